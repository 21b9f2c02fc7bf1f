using System.Buffers;
using System.Globalization;
using CongVu.Formats.Mime;
using CongVu.Mail.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap;

/// <summary>
/// Bytes that a client names: a message ("M" and its key), an upload ("U" and its key), or a decoded part of one ("-" and the part's numbers, joined by
/// "_"). A part may be a message itself and have parts. A message's blob lives as long as the message does.
/// </summary>
public sealed class Blob : IAsyncDisposable
{
    /// <summary>A message inside a message is read into memory to find its parts.</summary>
    private const long MaxNestedBytes = 64L << 20;
    private const int MaxNesting = 10;

    private readonly DecodedPart bytes;

    private Blob(ContentReader reader, long offset, long length, TransferEncoding encoding, string mediaType)
    {
        Reader = reader;
        bytes = new(reader, offset, length, encoding);
        MediaType = mediaType;
    }

    /// <summary>What it is said to be.</summary>
    public string MediaType { get; }

    internal ContentReader Reader { get; }

    /// <summary>Facts of a message's content; null of other bytes.</summary>
    internal MessageFacts? Facts { get; private init; }

    /// <summary>The kept content that is the whole of this blob, with the lines in front of it; null of a part.</summary>
    internal (ContentId Content, byte[] Prefix, AccountId Account)? Kept { get; private init; }

    /// <summary>The id of a message's blob.</summary>
    internal static string Of(MessageId message) => JmapId.Of('M', message.Value);

    /// <summary>The id of an upload.</summary>
    public static string Of(Store.Upload upload) => JmapId.Of('U', upload.Id);

    /// <summary>The id of a part of <paramref name="blob"/>.</summary>
    internal static string Part(string blob, string partId) => $"{blob}-{partId}";

    /// <summary>Opens a blob that <paramref name="who"/> may read in an account; null where it may not or there is none.</summary>
    public static async ValueTask<Blob?> OpenAsync(MailStore store, PrincipalId who, AccountId account, string id, CancellationToken cancellationToken)
    {
        var steps = id.Split('-');
        if (steps.Length > MaxNesting || await OpenWholeAsync(store, who, account, steps[0], cancellationToken) is not { } blob)
            return null;
        foreach (var step in steps.AsSpan(1).ToArray())
        {
            var inner = await blob.OpenPartAsync(store, step, cancellationToken);
            if (inner is null)
            {
                await blob.DisposeAsync();
                return null;
            }
            blob = inner;
        }
        return blob;
    }

    /// <summary>Bytes once decoded.</summary>
    public ValueTask<long> CountAsync(CancellationToken cancellationToken) => bytes.CountAsync(cancellationToken);

    /// <summary>Copies decoded bytes; a pipe is flushed as it goes.</summary>
    public ValueTask CopyToAsync(IBufferWriter<byte> target, long from, long take, CancellationToken cancellationToken) => bytes.CopyToAsync(target, from, take, cancellationToken);

    /// <summary>All decoded bytes; null when there are more than <paramref name="max"/>.</summary>
    public async ValueTask<byte[]?> ReadAllAsync(long max, CancellationToken cancellationToken)
    {
        if (await CountAsync(cancellationToken) > max)
            return null;
        var target = new ArrayBufferWriter<byte>();
        await CopyToAsync(target, 0, long.MaxValue, cancellationToken);
        return target.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Reader.DisposeAsync();

    private static async ValueTask<Blob?> OpenWholeAsync(MailStore store, PrincipalId who, AccountId account, string id, CancellationToken cancellationToken)
    {
        if (JmapId.Read(id, 'M') is { } message)
        {
            var row = await store.Messages.FindStoredAsync(who, account, new(message), cancellationToken);
            if (row is null)
                return null;
            var reader = await store.Contents.OpenAsync(row.Content, row.Prefix, cancellationToken);
            return new(reader, 0, reader.Length, TransferEncoding.Identity, "message/rfc822") { Facts = MessageFacts.Deserialize(row.Facts), Kept = (row.Content, row.Prefix, account) };
        }
        if (JmapId.Read(id, 'U') is not { } key || await store.Uploads.FindAsync(who, key, cancellationToken) is not { } upload || upload.Account != account)
            return null;
        var content = await store.Contents.OpenAsync(upload.Content, default, cancellationToken);
        return new(content, 0, content.Length, TransferEncoding.Identity, upload.MediaType) { Kept = (upload.Content, [], account) };
    }

    private async ValueTask<Blob?> OpenPartAsync(MailStore store, string step, CancellationToken cancellationToken)
    {
        if (PartPath(step) is not { } path)
            return null;
        var (facts, reader, prefix) = (Facts, Reader, Kept?.Prefix.Length ?? 0);
        if (facts is null)
        {
            // Not yet read as a message: a message inside another, or an upload.
            if (await ReadAllAsync(MaxNestedBytes, cancellationToken) is not { } whole)
                return null;
            facts = MessageFacts.Read(new MemoryStream(whole, writable: false), cancellationToken);
            await DisposeAsync();
            (reader, prefix) = (store.Contents.OfBytes(whole), 0);
        }
        return MimeSection.FindPart(facts.Root, path) is { } part && part.Kind != PartKind.Multipart && part.Encoding != TransferEncoding.Unknown
            ? new(reader, prefix + part.BodyOffset, part.Size, part.Kind == PartKind.Leaf ? part.Encoding : TransferEncoding.Identity, part.MediaType)
            : null;
    }

    internal static int[]? PartPath(string partId)
    {
        var numbers = partId.Split('_');
        var path = new int[numbers.Length];
        for (var i = 0; i < path.Length; i++)
        {
            if (!int.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out path[i]))
                return null;
        }
        return path;
    }
}
