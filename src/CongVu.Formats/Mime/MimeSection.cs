using System.Buffers;

namespace CongVu.Formats.Mime;

/// <summary>What of a part a section names (RFC 9051 §6.4.5).</summary>
public enum SectionText
{
    /// <summary>The part itself.</summary>
    Whole,

    /// <summary>HEADER: of the message, or of the message inside the part.</summary>
    Header,

    /// <summary>HEADER.FIELDS: the named ones.</summary>
    HeaderFields,

    /// <summary>HEADER.FIELDS.NOT: all but the named ones.</summary>
    HeaderFieldsNot,

    /// <summary>TEXT: the body of the message, or of the message inside the part.</summary>
    Text,

    /// <summary>MIME: the part's own header.</summary>
    Mime,
}

/// <summary>Bytes of a stored message: <paramref name="Offset"/> counts from the first byte of prefix and content together.</summary>
public readonly record struct ByteRange(long Offset, long Length);

/// <summary>Finds the bytes that a section names.</summary>
public static class MimeSection
{
    /// <summary>
    /// The bytes of a section. For HEADER.FIELDS they are those of the whole header, to be given to <see cref="FilterHeader"/>. Null where there is no
    /// such part, which reads as an empty string or NIL.
    /// </summary>
    /// <param name="facts">The message's facts.</param>
    /// <param name="prefixLength">Bytes in front of the content.</param>
    /// <param name="path">Part numbers, from 1; empty for the message.</param>
    /// <param name="text">What of it.</param>
    /// <param name="size">Bytes of prefix and content.</param>
    public static ByteRange? Find(MessageFacts facts, int prefixLength, ReadOnlySpan<int> path, SectionText text, long size)
    {
        var root = facts.Root;
        if (path.IsEmpty)
        {
            var body = prefixLength + root.BodyOffset;
            return text switch
            {
                SectionText.Whole => new(0, size),
                SectionText.Text => new(body, size - body),
                SectionText.Mime => null,
                _ => new(0, body),
            };
        }
        if (FindPart(root, path) is not { } part)
            return null;
        if (text == SectionText.Whole)
            return new(prefixLength + part.BodyOffset, part.Size);
        if (text == SectionText.Mime)
            return ReferenceEquals(part, root) ? new(0, prefixLength + root.BodyOffset) : new(prefixLength + part.HeaderOffset, part.BodyOffset - part.HeaderOffset);
        // HEADER and TEXT of a part are those of the message in it.
        if (part.Kind != PartKind.Message || part.Children is not [var inner])
            return null;
        return text == SectionText.Text
            ? new(prefixLength + inner.BodyOffset, part.EndOffset - inner.BodyOffset)
            : new(prefixLength + inner.HeaderOffset, inner.BodyOffset - inner.HeaderOffset);
    }

    /// <summary>The part that numbers lead to. Of a message that is not multipart, 1 is its body; through a message inside, numbers count that message's parts.</summary>
    public static MimePart? FindPart(MimePart root, ReadOnlySpan<int> path)
    {
        var at = root;
        // Whether the next number counts parts of a message, of which a single body is part 1.
        var inMessage = true;
        foreach (var number in path)
        {
            if (at.Kind == PartKind.Message && !inMessage)
            {
                if (at.Children is not [var inner])
                    return null;
                at = inner;
                inMessage = true;
            }
            if (at.Kind == PartKind.Multipart)
            {
                if (number < 1 || number > at.Children.Count)
                    return null;
                at = at.Children[number - 1];
                inMessage = false;
                continue;
            }
            if (!inMessage || number != 1)
                return null;
            inMessage = false;
        }
        return at;
    }

    /// <summary>Writes the fields of a header that are named, or that are not, and the empty line (RFC 9051 §6.4.5.1).</summary>
    public static void FilterHeader(ReadOnlySpan<byte> header, IReadOnlyList<string> names, bool not, IBufferWriter<byte> target)
    {
        var rest = header;
        while (!rest.IsEmpty && rest[0] is not ((byte)'\r' or (byte)'\n'))
        {
            var field = rest[..FieldLength(rest)];
            rest = rest[field.Length..];
            var colon = field.IndexOf((byte)':');
            if (colon > 0 && IsNamed(field[..colon].TrimEnd((byte)' '), names) != not)
                target.Write(field);
        }
        target.Write("\r\n"u8);
    }

    private static bool IsNamed(ReadOnlySpan<byte> name, IReadOnlyList<string> names)
    {
        foreach (var candidate in names)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(name, candidate))
                return true;
        }
        return false;
    }

    // A field goes on over lines that begin with white space.
    internal static int FieldLength(ReadOnlySpan<byte> text)
    {
        var at = 0;
        while (true)
        {
            var end = text[at..].IndexOf((byte)'\n');
            if (end < 0)
                return text.Length;
            at += end + 1;
            if (at >= text.Length || text[at] is not ((byte)' ' or (byte)'\t'))
                return at;
        }
    }
}
