namespace CongVu.Formats.Mime;

/// <summary>What a node of the part tree is.</summary>
public enum PartKind
{
    /// <summary>Bytes.</summary>
    Leaf,

    /// <summary>multipart/*: its children.</summary>
    Multipart,

    /// <summary>message/rfc822 or message/global: one child, the root part of the message inside.</summary>
    Message,
}

/// <summary>How a part's bytes are encoded (RFC 2045 §6).</summary>
public enum TransferEncoding
{
    /// <summary>7bit, 8bit, binary or not said: as they are.</summary>
    Identity,

    /// <summary>base64.</summary>
    Base64,

    /// <summary>quoted-printable.</summary>
    QuotedPrintable,

    /// <summary>uuencode.</summary>
    UuEncode,

    /// <summary>One that is not known: cannot be decoded.</summary>
    Unknown,
}

/// <summary>A node of a message's part tree. Offsets are from the first byte of the content.</summary>
public sealed class MimePart
{
    /// <summary>What it is.</summary>
    public PartKind Kind { get; init; }

    /// <summary>"type/subtype" in lower case.</summary>
    public required string MediaType { get; init; }

    /// <summary>The charset parameter; empty when not given.</summary>
    public string Charset { get; init; } = "";

    /// <summary>File name, decoded; empty without one.</summary>
    public string FileName { get; init; } = "";

    /// <summary>Disposition in lower case: "attachment", "inline"; empty when not given.</summary>
    public string Disposition { get; init; } = "";

    /// <summary>Content-ID without its brackets; empty without one.</summary>
    public string ContentId { get; init; } = "";

    /// <summary>How its bytes are encoded.</summary>
    public TransferEncoding Encoding { get; init; }

    /// <summary>First byte of its header. For the root: of the message's header.</summary>
    public long HeaderOffset { get; internal set; }

    /// <summary>First byte of its body.</summary>
    public long BodyOffset { get; internal set; }

    /// <summary>After the last byte of its body.</summary>
    public long EndOffset { get; internal set; }

    /// <summary>Line ends in its body.</summary>
    public long Lines { get; internal set; }

    /// <summary>Bytes of the body once decoded; of leaves.</summary>
    public long DecodedBytes { get; internal set; }

    /// <summary>Parts of a multipart, or the root of the message inside.</summary>
    public IReadOnlyList<MimePart> Children => ChildList;

    /// <summary>Bytes of its body as they stand.</summary>
    public long Size => EndOffset - BodyOffset;

    /// <summary>It is what a reader would call an attachment: said so, or named, or neither text nor an image shown in place.</summary>
    public bool IsAttachment => Kind != PartKind.Multipart
        && (Disposition == "attachment" || FileName.Length > 0 || (Kind == PartKind.Message && Disposition != "inline")
            || (Kind == PartKind.Leaf && !MediaType.StartsWith("text/", StringComparison.Ordinal) && ContentId.Length == 0 && Disposition != "inline"));

    internal List<MimePart> ChildList { get; } = [];

    /// <summary>Moves it and what is in it by a number of bytes.</summary>
    internal void Shift(long by)
    {
        HeaderOffset += by;
        BodyOffset += by;
        EndOffset += by;
        foreach (var child in ChildList)
            child.Shift(by);
    }
}
