using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace CongVu.Formats.Mime;

/// <summary>The header fields of one part that facts are made of, raw.</summary>
internal sealed class HeaderSet
{
    private readonly Dictionary<HeaderId, byte[]> first = [];
    private readonly List<(HeaderId Id, byte[] Value)> repeated = [];
    private readonly Dictionary<HeaderId, InternetAddressList> addresses = [];

    /// <summary>How many Received fields.</summary>
    internal int Received { get; private set; }

    internal void Add(Header header)
    {
        if (header.Id == HeaderId.Received)
            Received++;
        else if (header.Id != HeaderId.Unknown && !first.TryAdd(header.Id, header.RawValue))
            repeated.Add((header.Id, header.RawValue));
    }

    /// <summary>The field's raw value, unfolded and trimmed; null without it.</summary>
    internal byte[]? Raw(HeaderId id) => first.TryGetValue(id, out var value) ? Unfold(value) : null;

    /// <summary>The field as text for people.</summary>
    internal string Text(HeaderId id) => first.TryGetValue(id, out var value) ? DecodeText(Unfold(value)) : "";

    /// <summary>The addresses of the field, and of its repetitions: nobody hides a second From. Empty when there is none or they cannot be read.</summary>
    internal InternetAddressList Addresses(HeaderId id)
    {
        if (addresses.TryGetValue(id, out var known))
            return known;
        if (!first.TryGetValue(id, out var value))
            return [];
        var all = addresses[id] = Parse(value);
        foreach (var (other, again) in repeated)
        {
            if (other == id)
                all.AddRange(Parse(again));
        }
        return all;
    }

    internal static InternetAddressList Parse(byte[] value)
    {
        var bytes = IsAscii(value) ? value : Encoding.UTF8.GetBytes(Charsets.Guess(value));
        try
        {
            return InternetAddressList.TryParse(ParserOptions.Default, bytes, out var list) ? list : Readable(bytes);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or IndexOutOfRangeException)
        {
            return [];
        }
    }

    // What can be made out of a list with a mistake in it: a message's reader stops at nothing.
    private static InternetAddressList Readable(byte[] bytes)
    {
        var header = new Header(HeaderId.To, "");
        header.SetRawValue([(byte)' ', .. bytes, (byte)'\n']);
        using var message = new MimeMessage(header);
        return message.To;
    }

    internal IEnumerable<string> Ids(HeaderId id) => first.TryGetValue(id, out var value) ? MimeUtils.EnumerateReferences(value, 0, value.Length) : [];

    internal DateTimeOffset? Date()
    {
        if (!first.TryGetValue(HeaderId.Date, out var value) || !DateUtils.TryParse(value, out var date))
            return null;
        return date.Year is > 1900 and < 9000 ? date : null;
    }

    internal MimePart ToPart(PartKind kind, ContentType type, long headerOffset)
    {
        var disposition = Disposition();
        return new()
        {
            Kind = kind,
            MediaType = $"{type.MediaType}/{type.MediaSubtype}".ToLowerInvariant(),
            Charset = type.Parameters["charset"] ?? "",
            FileName = Clean(disposition?.FileName ?? type.Name),
            Disposition = disposition?.Disposition.ToLowerInvariant() ?? "",
            ContentId = Text(HeaderId.ContentId).Trim('<', '>', ' '),
            Encoding = kind == PartKind.Multipart ? TransferEncoding.Identity : EncodingOf(Text(HeaderId.ContentTransferEncoding)),
            HeaderOffset = headerOffset,
        };
    }

    internal ContentDisposition? Disposition() =>
        first.TryGetValue(HeaderId.ContentDisposition, out var value) && ContentDisposition.TryParse(ParserOptions.Default, value, out var disposition) ? disposition : null;

    internal static string DecodeText(byte[] raw)
    {
        if (!IsAscii(raw))
            raw = Encoding.UTF8.GetBytes(Charsets.Guess(raw));
        // Encoded words in charsets that the framework does not know are ours to decode.
        return EncodedWords.Decode(raw);
    }

    internal static bool IsAscii(ReadOnlySpan<byte> bytes) => System.Text.Ascii.IsValid(bytes);

    private static TransferEncoding EncodingOf(string name) => name.ToLowerInvariant() switch
    {
        "" or "7bit" or "8bit" or "binary" => TransferEncoding.Identity,
        "base64" => TransferEncoding.Base64,
        "quoted-printable" => TransferEncoding.QuotedPrintable,
        "x-uuencode" or "uuencode" or "x-uue" => TransferEncoding.UuEncode,
        _ => TransferEncoding.Unknown,
    };

    private static string Clean(string? name) => name is null ? "" : string.Concat(name.Where(c => !char.IsControl(c) && c != '\ufffe' && c != '\uffff'));

    // RFC 5322 §2.2.3: the line ends go, the white space after them stays.
    internal static byte[] Unfold(ReadOnlySpan<byte> raw)
    {
        var value = new byte[raw.Length];
        var length = 0;
        foreach (var b in raw)
        {
            if (b is (byte)'\r' or (byte)'\n' or 0)
                continue;
            value[length++] = b == (byte)'\t' ? (byte)' ' : b;
        }
        return value.AsSpan(0, length).Trim((byte)' ').ToArray();
    }
}
