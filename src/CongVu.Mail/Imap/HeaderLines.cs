using System.Buffers;
using CongVu.Formats.Mime;
using CongVu.Formats.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>A message's header section, for searches in fields that the rows do not hold.</summary>
internal sealed class HeaderLines
{
    private const int MaxBytes = 1 << 20;

    private readonly byte[] header;

    private HeaderLines(byte[] header) => this.header = header;

    internal static async ValueTask<HeaderLines> ReadAsync(ImapSession session, Entry entry)
    {
        await using var content = await session.Store.Messages.OpenContentAsync(entry, session.Closed);
        var length = (int)Math.Min(MaxBytes, entry.Prefix.Length + MessageFacts.Deserialize(entry.Facts).BodyOffset);
        var header = new byte[Math.Min(length, content.Length)];
        for (var at = 0; at < header.Length;)
        {
            var read = await content.ReadAsync(at, header.AsMemory(at), session.Closed);
            if (read == 0)
                break;
            at += read;
        }
        return new(header);
    }

    /// <summary>A field of that name contains the text, case and diacritics aside; with no text, it is there.</summary>
    internal bool Contains(string name, string text)
    {
        var fields = new ArrayBufferWriter<byte>(256);
        MimeSection.FilterHeader(header, [name], not: false, fields);
        // The empty line is always there.
        if (fields.WrittenCount <= 2)
            return false;
        if (text.Length == 0)
            return true;
        var wanted = VietnameseFolding.Fold(text);
        foreach (var field in Unfold(fields.WrittenSpan).Split('\n'))
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0 && VietnameseFolding.Fold(EncodedWords.Decode(System.Text.Encoding.UTF8.GetBytes(field[(colon + 1)..]))).Contains(wanted, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    // Continuation lines join; each field becomes one line.
    private static string Unfold(ReadOnlySpan<byte> fields) =>
        Charsets.Guess(fields.ToArray()).Replace("\r", "", StringComparison.Ordinal).Replace("\n ", " ", StringComparison.Ordinal).Replace("\n\t", " ", StringComparison.Ordinal);
}
