using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CongVu.Formats.Mime;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A content ready to be committed with the rows that use it. Disposed before that, it leaves nothing behind.</summary>
public sealed class StagedContent : IAsyncDisposable
{
    /// <summary>Up to this many stored bytes a content lives in the database; above it is a file.</summary>
    private const int MaxInlineBytes = 256 * 1024;

    /// <summary>Up to this many bytes a message is kept as it is: to expand it each time it is read costs more than its few kilobytes of disk.</summary>
    private const int MaxUncompressedBytes = 16 * 1024;

    private readonly Contents contents;
    private readonly ContentStorage storage;
    private readonly byte[] inline;
    private readonly byte[] sha256;
    private readonly byte[] bodySha256;
    private readonly long storedSize;
    private string? file;

    private StagedContent(Contents contents, long size, MessageFacts facts, ContentStorage storage, byte[] inline, string? file, long storedSize, byte[] sha256, byte[] bodySha256)
    {
        this.contents = contents;
        this.storage = storage;
        this.inline = inline;
        this.file = file;
        this.storedSize = storedSize;
        this.sha256 = sha256;
        this.bodySha256 = bodySha256;
        Size = size;
        Facts = facts;
        SerializedFacts = facts.Serialize();
        ThreadKeys = ThreadKeys.Of(facts);
    }

    /// <summary>Bytes of the message.</summary>
    public long Size { get; }

    /// <summary>What was read of it.</summary>
    public MessageFacts Facts { get; }

    /// <summary>Decoded bytes of its attachments (A5.3).</summary>
    public long AttachmentBytes => Facts.AttachmentBytes;

    internal byte[] SerializedFacts { get; }

    internal ThreadKeys ThreadKeys { get; }

    internal static async ValueTask<StagedContent> FromMemoryAsync(Contents contents, ReadOnlyMemory<byte> whole, MessageFacts? known, CancellationToken cancellationToken)
    {
        var facts = known ?? MessageFacts.Read(MemoryMarshal.TryGetArray(whole, out var segment) ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false) : new(whole.ToArray()), cancellationToken);
        var sha256 = SHA256.HashData(whole.Span);
        var bodySha256 = SHA256.HashData(whole.Span[(int)Math.Clamp(facts.BodyOffset, 0, whole.Length)..]);
        // Large arrays are lent, not made: making them for each message would keep the collector busy.
        var lent = ArrayPool<byte>.Shared.Rent(ContentFrames.MaxStoredBytes(whole.Length));
        try
        {
            var length = whole.Length > MaxUncompressedBytes ? ContentFrames.Compress(whole.Span, lent) : whole.Length;
            var isSmaller = length < whole.Length - (whole.Length / 16);
            var stored = isSmaller ? lent.AsMemory(0, length) : whole;
            var storage = isSmaller ? ContentStorage.InlineFrames : ContentStorage.InlineRaw;
            if (stored.Length <= MaxInlineBytes)
                return new(contents, whole.Length, facts, storage, stored.ToArray(), null, stored.Length, sha256, bodySha256);
            var file = NewName();
            await using (var target = CreateFile(contents.PathOf(file)))
                await target.WriteAsync(stored, cancellationToken);
            Sync(contents, contents.PathOf(file));
            return new(contents, whole.Length, facts, storage + 2, [], file, stored.Length, sha256, bodySha256);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(lent);
        }
    }

    internal static async ValueTask<StagedContent> FromStreamAsync(Contents contents, Stream source, MessageFacts? known, CancellationToken cancellationToken)
    {
        source.Position = 0;
        var facts = known ?? MessageFacts.Read(source, cancellationToken);
        source.Position = 0;
        var size = source.Length;
        var file = NewName();
        var path = contents.PathOf(file);
        try
        {
            var (storedSize, raw, sha256, bodySha256) = await StoreAsync(source, size, facts.BodyOffset, path, cancellationToken);
            Sync(contents, path);
            return new(contents, size, facts, raw ? ContentStorage.FileRaw : ContentStorage.FileFrames, [], file, storedSize, sha256, bodySha256);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private const string Insert = """
        INSERT INTO contents (size, storage, file, stored_size, attachment_bytes, sha256, body_sha256, created_at, facts_version, facts)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
        """;

    private bool IsInline => storage is ContentStorage.InlineRaw or ContentStorage.InlineFrames;

    /// <summary>The rows as parts "c", with the id, and "d" of one statement: to another server each statement is a journey. $11 is null for a file.</summary>
    internal const string InsertParts = $"c AS ({Insert}), d AS (INSERT INTO content_data (content_id, data) SELECT id, $11::bytea FROM c WHERE $11::bytea IS NOT NULL)";

    /// <summary>$1 to $11 of <see cref="InsertParts"/>.</summary>
    internal object?[] Arguments(long now) =>
        [Size, (int)storage, file, storedSize, AttachmentBytes, sha256, bodySha256, now, MessageFacts.Version, SerializedFacts, IsInline ? inline : null];

    /// <summary>Writes the content's rows. The work may run again, so nothing here remembers that it did.</summary>
    internal async ValueTask<ContentId> InsertAsync(Tx tx, long now)
    {
        var arguments = Arguments(now);
        if (tx.IsPostgres)
            return new(await tx.ScalarAsync<long>($"WITH {InsertParts} SELECT id FROM c", arguments));
        var id = await tx.ScalarAsync<long>(Insert, arguments);
        if (IsInline)
            await tx.ExecuteAsync("INSERT INTO content_data (content_id, data) VALUES ($1, $2)", id, inline);
        return new(id);
    }

    /// <summary>Committed: the file belongs to the store now.</summary>
    internal void Keep() => file = null;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (file is not null)
            File.Delete(contents.PathOf(file));
        file = null;
        return ValueTask.CompletedTask;
    }

    private static string NewName() => Guid.NewGuid().ToString("N");

    // One pass: hashes and frames. What does not compress in its first frame is kept as it is.
    private static async ValueTask<(long StoredSize, bool Raw, byte[] Sha256, byte[] BodySha256)> StoreAsync(Stream source, long size, long bodyOffset, string path, CancellationToken cancellationToken)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var body = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(ContentFrames.FrameBytes);
        try
        {
            await using var target = CreateFile(path);
            var table = new byte[ContentFrames.TableBytes(size)];
            var raw = false;
            long at = 0;
            for (var index = 0; at < size; index++)
            {
                var count = await source.ReadAtLeastAsync(buffer.AsMemory(0, ContentFrames.FrameBytes), ContentFrames.FrameBytes, throwOnEndOfStream: false, cancellationToken);
                if (count == 0)
                    break;
                all.AppendData(buffer, 0, count);
                var inBody = (int)Math.Clamp(at + count - bodyOffset, 0, count);
                body.AppendData(buffer, count - inBody, inBody);
                at += count;
                var frame = raw ? [] : ContentFrames.Compress(buffer.AsSpan(0, count));
                if (index == 0)
                {
                    raw = frame.Length > count - (count / 16);
                    if (!raw)
                        await target.WriteAsync(table, cancellationToken);
                }
                if (raw)
                {
                    await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                    continue;
                }
                if (table.Length > 0)
                    BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(index * sizeof(int)), frame.Length);
                await target.WriteAsync(frame, cancellationToken);
            }
            if (!raw)
            {
                target.Position = 0;
                await target.WriteAsync(table, cancellationToken);
            }
            await target.FlushAsync(cancellationToken);
            return (target.Length, raw, all.GetHashAndReset(), body.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FileStream CreateFile(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read);
    }

    // A failed sync leaves what is on the disk unknown, here as in the database: the message is refused for now and the process ends.
    private static void Sync(Contents contents, string path)
    {
        try
        {
            FileSync.SyncFile(path);
            FileSync.SyncFolder(Path.GetDirectoryName(path)!);
        }
        catch (IOException error)
        {
            contents.Failed(error);
            throw new StoreException("A content could not be synced.", error);
        }
    }
}
