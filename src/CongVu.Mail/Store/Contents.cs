using System.Data.Common;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>How a content's bytes are kept.</summary>
internal enum ContentStorage
{
    /// <summary>In the database, as they are.</summary>
    InlineRaw,

    /// <summary>In the database, in compressed frames.</summary>
    InlineFrames,

    /// <summary>In a file, as they are.</summary>
    FileRaw,

    /// <summary>In a file, in compressed frames.</summary>
    FileFrames,
}

/// <summary>Where the bytes of a content are.</summary>
internal sealed record ContentRow(ContentId Id, long Size, ContentStorage Storage, string? File, byte[] Bytes)
{
    /// <summary>Reads <c>size, storage, file, data</c> from <paramref name="first"/> on.</summary>
    internal static ContentRow Read(DbDataReader row, ContentId id, int first) => new(
        id,
        row.GetInt64(first),
        (ContentStorage)row.GetInt16(first + 1),
        row.IsDBNull(first + 2) ? null : row.GetString(first + 2),
        row.IsDBNull(first + 3) ? [] : row.GetFieldValue<byte[]>(first + 3));
}

/// <summary>
/// The bytes of messages, which never change and may be shared by any number of messages. Small ones live in the database and are synced with
/// it; large ones are files, synced before the row that names them is handed to the writer, so a row never points at nothing.
/// </summary>
public sealed class Contents
{
    private readonly StoreDatabase database;
    private readonly string folder;

    internal Contents(StoreDatabase database, string folder)
    {
        this.database = database;
        this.folder = folder;
        Spool = Path.Combine(folder, "spool");
        Directory.CreateDirectory(Spool);
        foreach (var left in Directory.EnumerateFiles(Spool))
            DeleteIfUnused(left);
    }

    /// <summary>Where messages on their way in wait; emptied at start.</summary>
    public string Spool { get; }

    /// <summary>A sync failed: the process must end and recover at its next start.</summary>
    internal void Failed(Exception error) => database.Failed?.Invoke(error);

    /// <summary>Begins a new content.</summary>
    public ContentWriter Create() => new(this);

    /// <summary>The path of a file that a content's row names: spread over 256 folders.</summary>
    internal string PathOf(string name) => Path.Combine(folder, name[..2], name);

    /// <summary>Every file that holds, or held, a content.</summary>
    internal IEnumerable<string> Files() =>
        Directory.EnumerateDirectories(folder, "??").SelectMany(Directory.EnumerateFiles);

    internal async ValueTask<ContentReader> OpenAsync(Entry entry, CancellationToken cancellationToken) =>
        new(this, entry.Data ?? await RowAsync(entry.Content, cancellationToken), entry.Prefix);

    /// <summary>Opens a content without a recipient's prefix, or with <paramref name="prefix"/> in front.</summary>
    public async ValueTask<ContentReader> OpenAsync(ContentId id, ReadOnlyMemory<byte> prefix, CancellationToken cancellationToken) =>
        new(this, await RowAsync(id, cancellationToken), prefix);

    /// <summary>Opens a content whose row was read.</summary>
    internal ContentReader Open(ContentRow row) => new(this, row, default);

    /// <summary>Reads bytes in memory as if they were a content.</summary>
    internal ContentReader OfBytes(byte[] bytes) => new(this, new(default, bytes.Length, ContentStorage.InlineRaw, null, bytes), default);

    /// <summary>Keeps a content that no message has, as part of a larger change; it stays until <see cref="ReleaseAsync"/>.</summary>
    public static async ValueTask<ContentId> KeepAsync(Tx tx, StagedContent content, long now)
    {
        var id = await content.InsertAsync(tx, now);
        await tx.ExecuteAsync("INSERT INTO kept_contents (content_id, created_at) VALUES ($1, $2)", id.Value, now);
        tx.AfterCommit(content.Keep);
        return id;
    }

    /// <summary>Ends what <see cref="KeepAsync"/> began; the sweeper takes the bytes.</summary>
    public static async ValueTask ReleaseAsync(Tx tx, ContentId id) => await tx.ExecuteAsync("DELETE FROM kept_contents WHERE content_id = $1", id.Value);

    internal ValueTask<ContentRow> RowAsync(ContentId id, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => await tx.FirstAsync(
            "SELECT c.size, c.storage, c.file, d.data FROM contents c LEFT JOIN content_data d ON d.content_id = c.id WHERE c.id = $1", row => ContentRow.Read(row, id, 0), id.Value)
            ?? throw new StoreException($"Content {id.Value} is missing."),
        cancellationToken);

    // A spool file of another process that is still writing is locked and stays.
    private static void DeleteIfUnused(string path)
    {
        try
        {
            using (File.Open(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
            }
            File.Delete(path);
        }
        catch (IOException)
        {
        }
    }
}
