using System.Buffers;
using CongVu.Formats.Imap;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>Writes the items of FETCH that name bytes of a message: BODY[…], BINARY[…], BINARY.SIZE[…] and RFC822 (RFC 9051 §6.4.5).</summary>
internal sealed class SectionWriter
{
    /// <summary>Longer header sections are not picked apart; nobody writes such.</summary>
    private const int MaxHeader = 2 << 20;

    /// <summary>What is decoded in memory; more is decoded twice, once to count.</summary>
    private const int MaxDecodedInMemory = 256 * 1024;

    private readonly ImapSession session;
    private readonly IReadOnlyList<FetchSection> sections;
    private readonly int[][] paths;

    internal SectionWriter(ImapSession session, IReadOnlyList<FetchSection> sections)
    {
        this.session = session;
        this.sections = sections;
        paths = [.. sections.Select(s => s.Path.ToArray())];
        NeedsFacts = sections.Any(s => s.Path.Count > 0 || s.Text != SectionText.Whole);
        IsOfHeads = sections.All(s => s.Path.Count == 0 && s.Text is SectionText.Header or SectionText.HeaderFields or SectionText.HeaderFieldsNot);
    }

    /// <summary>Whole messages need no facts; whatever is a part of one does.</summary>
    internal bool NeedsFacts { get; }

    /// <summary>Only messages' headers are asked for, which stand at the beginning.</summary>
    internal bool IsOfHeads { get; }

    /// <summary>A part could not be decoded.</summary>
    internal bool UnknownEncoding { get; private set; }

    /// <summary>Writes all sections of one message.</summary>
    internal async ValueTask WriteAsync(Entry entry, bool isFirst)
    {
        var facts = NeedsFacts ? MessageFacts.Deserialize(entry.Facts) : null;
        try
        {
            await using var content = await session.Store.Messages.OpenContentAsync(entry, session.Closed);
            for (var i = 0; i < sections.Count; i++)
            {
                if (!isFirst || i > 0)
                    session.Connection.Output.Write(" "u8);
                await WriteAsync(entry, facts, content, sections[i], paths[i]);
            }
        }
        catch (Exception error) when (error is Store.Database.StoreException or FileNotFoundException or DirectoryNotFoundException or EndOfStreamException or UnauthorizedAccessException)
        {
            throw new ResponseBrokenException(error);
        }
    }

    private async ValueTask WriteAsync(Entry entry, MessageFacts? facts, ContentReader content, FetchSection section, int[] path)
    {
        if (section.Form is SectionForm.Binary or SectionForm.BinarySize && path.Length > 0)
        {
            await WriteBinaryAsync(entry, facts!, content, section, path);
            return;
        }
        if (section.Form == SectionForm.BinarySize)
        {
            WriteNumber(section, entry.Size);
            return;
        }
        if (Find(entry, facts, content.Length, section, path) is not { } bytes)
        {
            WriteNil(section);
            return;
        }
        if (section.Text is SectionText.HeaderFields or SectionText.HeaderFieldsNot)
        {
            await WriteFieldsAsync(content, section, bytes);
            return;
        }
        var (offset, length) = Clip(section, bytes.Length);
        WriteHead(section, length, binary: section.Form == SectionForm.Binary);
        await content.CopyToAsync(bytes.Offset + offset, length, session.Connection.Output, session.Closed);
    }

    // The message itself, its header and its text need no part tree.
    private static ByteRange? Find(Entry entry, MessageFacts? facts, long size, FetchSection section, int[] path)
    {
        if (facts is null)
            return new(0, size);
        if (path.Length > 0)
            return MimeSection.Find(facts, entry.Prefix.Length, path, section.Text, size);
        var body = Math.Min(size, entry.Prefix.Length + facts.BodyOffset);
        return section.Text switch
        {
            SectionText.Whole => new(0, size),
            SectionText.Text => new(body, size - body),
            _ => new(0, body),
        };
    }

    private async ValueTask WriteFieldsAsync(ContentReader content, FetchSection section, ByteRange range)
    {
        var header = ArrayPool<byte>.Shared.Rent((int)Math.Min(range.Length, MaxHeader));
        try
        {
            var length = await ReadAsync(content, range.Offset, header.AsMemory(0, (int)Math.Min(range.Length, MaxHeader)));
            var fields = new ArrayBufferWriter<byte>(512);
            MimeSection.FilterHeader(header.AsSpan(0, length), section.Fields, section.Text == SectionText.HeaderFieldsNot, fields);
            var (offset, count) = Clip(section, fields.WrittenCount);
            WriteHead(section, count, binary: false);
            session.Connection.Output.Write(fields.WrittenSpan.Slice((int)offset, (int)count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(header);
        }
    }

    private async ValueTask WriteBinaryAsync(Entry entry, MessageFacts facts, ContentReader content, FetchSection section, int[] path)
    {
        var part = MimeSection.FindPart(facts.Root, path);
        if (part is null || part.Encoding == TransferEncoding.Unknown)
        {
            UnknownEncoding |= part is not null;
            if (section.Form == SectionForm.BinarySize)
                WriteNumber(section, 0);
            else
                WriteNil(section);
            return;
        }
        var decoded = new DecodedPart(content, entry.Prefix.Length + part.BodyOffset, part.Size, part.Kind == PartKind.Leaf ? part.Encoding : TransferEncoding.Identity);
        if (part.Size <= MaxDecodedInMemory && section.Form == SectionForm.Binary)
        {
            var bytes = new ArrayBufferWriter<byte>((int)part.Size + 1);
            await decoded.CopyToAsync(bytes, 0, long.MaxValue, session.Closed);
            var (start, count) = Clip(section, bytes.WrittenCount);
            var slice = bytes.WrittenMemory.Slice((int)start, (int)count);
            WriteHead(section, count, binary: slice.Span.Contains((byte)0));
            session.Connection.Output.Write(slice.Span);
            return;
        }
        var length = await decoded.CountAsync(session.Closed);
        if (section.Form == SectionForm.BinarySize)
        {
            WriteNumber(section, length);
            return;
        }
        var (from, take) = Clip(section, length);
        WriteHead(section, take, binary: true);
        await decoded.CopyToAsync(session.Connection.Output, from, take, session.Closed);
    }

    private static (long Offset, long Length) Clip(FetchSection section, long length)
    {
        if (section.Partial is not { } partial)
            return (0, length);
        var offset = Math.Min(partial.First, length);
        return (offset, Math.Min(partial.Count, length - offset));
    }

    private async ValueTask<int> ReadAsync(ContentReader content, long offset, Memory<byte> target)
    {
        var total = 0;
        while (total < target.Length && await content.ReadAsync(offset + total, target[total..], session.Closed) is var read and > 0)
            total += read;
        return total;
    }

    private void WriteHead(FetchSection section, long length, bool binary)
    {
        var writer = session.Writer();
        WriteLabel(ref writer, section);
        writer.Space();
        writer.LiteralHeader(length, binary);
        writer.Commit();
    }

    private void WriteNil(FetchSection section)
    {
        var writer = session.Writer();
        WriteLabel(ref writer, section);
        writer.Space();
        writer.Nil();
        writer.Commit();
    }

    private void WriteNumber(FetchSection section, long number)
    {
        var writer = session.Writer();
        WriteLabel(ref writer, section);
        writer.Space();
        writer.Number(number);
        writer.Commit();
    }

    private static void WriteLabel(ref ImapWriter writer, FetchSection section)
    {
        writer.Ascii(section.Label);
        if (section.Partial is not { } partial)
            return;
        writer.Octet((byte)'<');
        writer.Number(partial.First);
        writer.Octet((byte)'>');
    }
}
