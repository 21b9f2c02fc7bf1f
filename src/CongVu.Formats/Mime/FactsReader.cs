using System.Buffers;
using MimeKit;

namespace CongVu.Formats.Mime;

/// <summary>
/// One pass over a message. MimeKit's reader finds the parts; this keeps what facts need of each and forgets the bytes. Bounded: 100 levels,
/// 10,000 parts, 1 MB of headers; what lies beyond is part of an opaque leaf.
/// </summary>
internal sealed class FactsReader : MimeReader
{
    internal const int MaxLevels = 100;
    internal const int MaxParts = 10_000;
    internal const int MaxHeaderBytes = 1 << 20;

    /// <summary>Raw bytes of the first text kept for the preview: enough for 200 characters in any encoding, of HTML also after a style sheet.</summary>
    private const int MaxPreviewBytes = 1536;
    private const int MaxHtmlPreviewBytes = 8 * 1024;

    private static readonly ParserOptions Options1 = new() { MaxMimeDepth = MaxLevels };
    private static readonly SearchValues<byte> NotBase64 = SearchValues.Create("\r\n\t ="u8);

    private readonly Stack<Node> open = new();
    private readonly ArrayBufferWriter<byte> previewBytes = new();
    private Node? root;
    private Node? previewNode;
    private HeaderSet headers = new();
    private int parts;
    private int headerBytes;

    private FactsReader(Stream stream) : base(Options1, stream, MimeFormat.Entity)
    {
    }

    internal static MessageFacts Read(Stream content, CancellationToken cancellationToken)
    {
        var start = content.Position;
        var reader = new FactsReader(content);
        try
        {
            reader.ReadMessage(cancellationToken);
            if (reader.root is { } root)
                return Finish(root, reader, content.Length - start, cancellationToken);
        }
        catch (Exception error) when (error is FormatException or TooMuchException or ArgumentException or InvalidOperationException or IndexOutOfRangeException or OverflowException)
        {
            // What the reader cannot follow is shown as it is: a header as far as it went, and one opaque text.
        }
        content.Position = start;
        return Opaque(content, start, reader.root?.Headers ?? reader.headers);
    }

    protected override void OnHeaderRead(Header header, int beginLineNumber, CancellationToken cancellationToken)
    {
        headerBytes += header.RawField.Length + header.RawValue.Length;
        if (headerBytes > MaxHeaderBytes)
            throw new TooMuchException();
        headers.Add(header);
    }

    protected override void OnHeadersBegin(long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => headers = new();

    protected override void OnMimePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Begin(PartKind.Leaf, contentType, beginOffset);

    protected override void OnMultipartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) => Begin(PartKind.Multipart, contentType, beginOffset);

    // The reader takes text/rfc822-headers for a message as well; to IMAP and to people it is a text.
    protected override void OnMessagePartBegin(ContentType contentType, long beginOffset, int beginLineNumber, CancellationToken cancellationToken) =>
        Begin(contentType.IsMimeType("message", "*") ? PartKind.Message : PartKind.Leaf, contentType, beginOffset);

    protected override void OnMimePartEnd(ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
        End(headersEndOffset, endOffset, null);

    protected override void OnMultipartEnd(ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
        End(headersEndOffset, endOffset, lines);

    protected override void OnMessagePartEnd(ContentType contentType, long beginOffset, int beginLineNumber, long headersEndOffset, long endOffset, int lines, CancellationToken cancellationToken) =>
        End(headersEndOffset, endOffset, lines);

    protected override void OnMimePartContentRead(byte[] buffer, int startIndex, int count, CancellationToken cancellationToken)
    {
        if (!open.TryPeek(out var node))
            return;
        var bytes = buffer.AsSpan(startIndex, count);
        node.Part.Lines += bytes.Count((byte)'\n');
        node.Decoded += node.Part.Encoding == TransferEncoding.Base64 ? CountBase64(bytes) : bytes.Length;
        if (node != previewNode)
            return;
        var room = (node.Part.MediaType == "text/html" ? MaxHtmlPreviewBytes : MaxPreviewBytes) - previewBytes.WrittenCount;
        if (room > 0)
            previewBytes.Write(bytes[..Math.Min(count, room)]);
    }

    private void Begin(PartKind kind, ContentType contentType, long beginOffset)
    {
        // More parts than anyone writes: they count as bytes of what encloses them.
        if (++parts > MaxParts)
            throw new TooMuchException();
        var node = new Node(headers.ToPart(kind, contentType, beginOffset), headers, contentType);
        if (root is null)
            root = node;
        else if (open.TryPeek(out var parent) && parent.Part.Kind != PartKind.Leaf)
            parent.Add(node);
        open.Push(node);
        headers = new();
        if (previewNode is null && kind == PartKind.Leaf && node.Part.MediaType is "text/plain" or "text/html" && !node.Part.IsAttachment)
            previewNode = node;
    }

    private void End(long headersEnd, long end, int? lines)
    {
        if (!open.TryPop(out var node))
            return;
        node.Part.BodyOffset = headersEnd;
        node.Part.EndOffset = Math.Max(headersEnd, end);
        node.Part.DecodedBytes = node.Part.Encoding == TransferEncoding.Base64 ? node.Decoded * 3 / 4 : node.Decoded;
        if (lines is { } counted)
            node.Part.Lines = counted;
        if (node.Part.Kind == PartKind.Leaf && lines is not null)
            node.Part.DecodedBytes = node.Part.Size;
    }

    private static long CountBase64(ReadOnlySpan<byte> bytes)
    {
        long count = 0;
        while (!bytes.IsEmpty)
        {
            var stop = bytes.IndexOfAny(NotBase64);
            if (stop < 0)
                return count + bytes.Length;
            count += stop;
            bytes = bytes[(stop + 1)..];
        }
        return count;
    }

    private static MessageFacts Finish(Node root, FactsReader reader, long length, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var preview = reader.previewNode is { } text ? Preview.Of(reader.previewBytes.WrittenSpan, text.Part) : "";
        Settle(root.Part, 0, length);
        return FactsBuilder.Build(root, preview);
    }

    // Where a broken message leads the reader to offsets that cross, each part is cut to lie in the one around it.
    private static void Settle(MimePart part, long from, long to)
    {
        part.HeaderOffset = Math.Clamp(part.HeaderOffset, from, to);
        part.BodyOffset = Math.Clamp(part.BodyOffset, part.HeaderOffset, to);
        part.EndOffset = Math.Clamp(part.EndOffset, part.BodyOffset, to);
        foreach (var child in part.ChildList)
            Settle(child, part.BodyOffset, part.EndOffset);
    }

    private static MessageFacts Opaque(Stream content, long start, HeaderSet headers)
    {
        var length = content.Length - start;
        var body = HeaderEnd(content);
        var part = new MimePart { Kind = PartKind.Leaf, MediaType = "text/plain", HeaderOffset = 0, BodyOffset = body, EndOffset = length, DecodedBytes = length - body };
        return FactsBuilder.Build(new(part, headers, new("text", "plain")), "");
    }

    // The first empty line, as far as headers may reach; without one all of it is body.
    private static long HeaderEnd(Stream content)
    {
        var bytes = new byte[(int)Math.Min(MaxHeaderBytes, content.Length - content.Position)];
        var count = content.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var end = bytes.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
        return end < 0 ? 0 : end + 4;
    }

    /// <summary>A part while it is read, with what only the rendering needs.</summary>
    internal sealed class Node(MimePart part, HeaderSet headers, ContentType contentType)
    {
        public MimePart Part => part;

        public HeaderSet Headers => headers;

        public ContentType ContentType => contentType;

        public List<Node> Children { get; } = [];

        public long Decoded { get; set; }

        public void Add(Node child)
        {
            Children.Add(child);
            part.ChildList.Add(child.Part);
        }
    }

    private sealed class TooMuchException : Exception;
}
