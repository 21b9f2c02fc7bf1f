using CongVu.Formats.Mime;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>A message to describe: its row, its facts, and its bytes, which are opened when a property needs them.</summary>
internal sealed class EmailView : IAsyncDisposable
{
    /// <summary>A header section that is read for its fields.</summary>
    private const int MaxHeaderBytes = 1 << 20;

    private readonly Func<CancellationToken, ValueTask<ContentReader>> open;
    private readonly int prefixLength;
    private ContentReader? reader;
    private HeaderBlock? header;
    private EnvelopeView? envelope;
    private BodyPart? body;
    private BodyLists? lists;

    private EmailView(IndexedMessage? indexed, string blobId, MessageFacts facts, int prefixLength, Func<CancellationToken, ValueTask<ContentReader>> open)
    {
        Indexed = indexed;
        BlobId = blobId;
        Facts = facts;
        this.prefixLength = prefixLength;
        this.open = open;
    }

    /// <summary>Its row; null of a message that is only parsed.</summary>
    internal IndexedMessage? Indexed { get; }

    internal string BlobId { get; }

    /// <summary>Bytes.</summary>
    internal long Size { get; private init; }

    internal MessageFacts Facts { get; }

    internal EnvelopeView Envelope => envelope ??= new(Facts.Envelope.Span);

    internal BodyPart Body => body ??= BodyPart.Of(Facts.Root);

    internal BodyLists Lists => lists ??= BodyLists.Of(Body);

    /// <summary>Something to download (RFC 8621 §4.1.4).</summary>
    internal bool HasAttachment => Facts.AttachmentBytes > 0 && Lists.Attachments.Any(part => part.Part.Disposition != "inline");

    internal static EmailView Of(MailStore store, StoredMessage message) => new(
        message.Indexed,
        Blob.Of(message.Indexed.Id),
        MessageFacts.Deserialize(message.Facts),
        message.Prefix.Length,
        token => store.Contents.OpenAsync(message.Content, message.Prefix, token)) { Size = message.Indexed.Size };

    /// <summary>A message that is no account's.</summary>
    internal static EmailView Of(string blobId, MessageFacts facts, ContentReader reader, long size) => new(null, blobId, facts, 0, _ => ValueTask.FromResult(reader)) { Size = size };

    internal async ValueTask<HeaderBlock> HeaderAsync(CancellationToken cancellationToken) =>
        header ??= HeaderBlock.Read(await ReadAsync(0, Math.Min(prefixLength + Facts.Root.BodyOffset, MaxHeaderBytes), cancellationToken));

    /// <summary>The header of a part; of the root it is the message's.</summary>
    internal async ValueTask<HeaderBlock> HeaderOfAsync(BodyPart part, CancellationToken cancellationToken) => ReferenceEquals(part.Part, Facts.Root)
        ? await HeaderAsync(cancellationToken)
        : HeaderBlock.Read(await ReadAsync(prefixLength + part.Part.HeaderOffset, Math.Min(part.Part.BodyOffset - part.Part.HeaderOffset, MaxHeaderBytes), cancellationToken));

    /// <summary>The text of a part, its line ends as "\n": at most so many bytes of it.</summary>
    internal async ValueTask<(string Text, bool HasProblem, bool IsTruncated)> TextAsync(BodyPart part, int maxBytes, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken);
        var encoding = part.Part.Encoding == TransferEncoding.Unknown ? TransferEncoding.Identity : part.Part.Encoding;
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        await new Imap.DecodedPart(opened, prefixLength + part.Part.BodyOffset, part.Part.Size, encoding).CopyToAsync(bytes, 0, 4L * maxBytes, cancellationToken);
        var text = Charsets.Decode(bytes.WrittenSpan, part.Part.Charset).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\0', '\ufffd');
        var problem = part.Part.Encoding == TransferEncoding.Unknown || text.Contains('\ufffd', StringComparison.Ordinal) || !Charsets.IsKnown(part.Part.Charset);
        var truncated = System.Text.Encoding.UTF8.GetByteCount(text) > maxBytes || part.Part.DecodedBytes > bytes.WrittenCount;
        return (truncated ? Cut(text, maxBytes) : text, problem, truncated);
    }

    public ValueTask DisposeAsync() => reader?.DisposeAsync() ?? ValueTask.CompletedTask;

    // RFC 8621 §4.1.4: never in the middle of a character.
    private static string Cut(string text, int maxBytes)
    {
        var (bytes, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
                break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length];
    }

    private async ValueTask<byte[]> ReadAsync(long offset, long length, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(cancellationToken);
        var bytes = new byte[length];
        var total = 0;
        while (total < length && await opened.ReadAsync(offset + total, bytes.AsMemory(total), cancellationToken) is var read and > 0)
            total += read;
        return bytes;
    }

    private async ValueTask<ContentReader> OpenAsync(CancellationToken cancellationToken) => reader ??= await open(cancellationToken);
}
