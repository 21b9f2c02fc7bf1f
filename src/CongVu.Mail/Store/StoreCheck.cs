using System.Security.Cryptography;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>What kind of damage was found.</summary>
public enum StoreFault
{
    /// <summary>The database engine finds its own file damaged.</summary>
    Database,

    /// <summary>A row names another that is not there.</summary>
    MissingRow,

    /// <summary>A content's bytes are not there.</summary>
    MissingContent,

    /// <summary>A content's bytes are not those that were stored.</summary>
    WrongContent,

    /// <summary>A kept count or size is not what there is.</summary>
    WrongCount,

    /// <summary>A UID or sequence is beyond what its mailbox or account has given.</summary>
    WrongSequence,

    /// <summary>A file that no row names. It does no harm: a crash may leave one.</summary>
    OrphanFile,

    /// <summary>A content that nothing uses. It does no harm.</summary>
    OrphanContent,
}

/// <summary>Something that is not as it should be.</summary>
/// <param name="Fault">What kind.</param>
/// <param name="Subject">What it is about.</param>
/// <param name="Detail">What was found.</param>
public sealed record StoreFinding(StoreFault Fault, string Subject, string Detail)
{
    /// <summary>Mail is damaged or may be; false for what only takes room.</summary>
    public bool IsDamage => Fault is not (StoreFault.OrphanFile or StoreFault.OrphanContent);
}

/// <summary>What was looked at.</summary>
/// <param name="Accounts">Accounts.</param>
/// <param name="Messages">Messages, those in the vault included.</param>
/// <param name="Contents">Contents read and hashed.</param>
/// <param name="ContentBytes">Their bytes.</param>
public sealed record StoreCheckSummary(long Accounts, long Messages, long Contents, long ContentBytes);

/// <summary>
/// Verifies a store, also while it is in use: every row has what it names, every content its bytes, counts agree. What relates rows is looked at
/// in one snapshot; contents are read afterwards, one at a time.
/// </summary>
public sealed class StoreCheck(MailStore store)
{
    private const int MaxFindingsOfAKind = 100;
    private const int Batch = 200;

    // A younger file may belong to a message that is just being taken.
    private static readonly TimeSpan OrphanAge = TimeSpan.FromHours(1);

    // Each row that a query gives is a finding: what it is about, and a detail.
    private static readonly (StoreFault Fault, string Sql)[] Relations =
    [
        (StoreFault.MissingRow, "SELECT 'entry ' || e.uid || ' of mailbox ' || e.mailbox_id, 'no mailbox' FROM entries e LEFT JOIN mailboxes b ON b.id = e.mailbox_id WHERE b.id IS NULL LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'entry ' || e.uid || ' of mailbox ' || e.mailbox_id, 'no message ' || e.message_id FROM entries e LEFT JOIN messages m ON m.id = e.message_id WHERE m.id IS NULL LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'entry ' || e.uid || ' of mailbox ' || e.mailbox_id, 'message of another account' FROM entries e JOIN mailboxes b ON b.id = e.mailbox_id JOIN messages m ON m.id = e.message_id WHERE m.account_id <> b.account_id LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'message ' || m.id, 'in no mailbox and not in the vault' FROM messages m LEFT JOIN entries e ON e.message_id = m.id WHERE e.message_id IS NULL AND m.vaulted_at IS NULL LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'message ' || m.id, 'no content ' || m.content_id FROM messages m LEFT JOIN contents c ON c.id = m.content_id WHERE c.id IS NULL LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'queued message ' || m.id, 'no content ' || m.content_id FROM outbound_messages m LEFT JOIN contents c ON c.id = m.content_id WHERE c.id IS NULL LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'queued recipient ' || r.id, 'no message ' || r.message_id FROM outbound_recipients r LEFT JOIN outbound_messages m ON m.id = r.message_id WHERE m.id IS NULL LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'address ' || d.address, 'no account ' || d.account_id FROM addresses d LEFT JOIN accounts a ON a.id = d.account_id WHERE a.id IS NULL LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'mailbox ' || b.id, 'no account ' || b.account_id FROM mailboxes b LEFT JOIN accounts a ON a.id = b.account_id WHERE a.id IS NULL LIMIT 100"),
        (StoreFault.MissingRow, "SELECT 'account ' || a.id, 'no INBOX' FROM accounts a LEFT JOIN mailboxes b ON b.account_id = a.id AND b.path = 'INBOX' WHERE b.id IS NULL AND a.state < 3 LIMIT 100"),
        (StoreFault.MissingContent, "SELECT 'content ' || c.id, 'no bytes in the database' FROM contents c LEFT JOIN content_data d ON d.content_id = c.id WHERE c.storage < 2 AND d.content_id IS NULL LIMIT 100"),
        (StoreFault.WrongCount, "SELECT 'message ' || m.id, 'size ' || m.size || ', but prefix and content have ' || (c.size + length(m.prefix)) FROM messages m JOIN contents c ON c.id = m.content_id WHERE m.size <> c.size + length(m.prefix) LIMIT 100"),
        (StoreFault.WrongCount,
            """
            SELECT 'mailbox ' || b.id, b.message_count || ' messages, ' || b.unseen_count || ' unseen, ' || b.deleted_count || ' deleted, ' || b.size_bytes || ' bytes, but there are '
              || COALESCE(t.n, 0) || ', ' || COALESCE(t.unseen, 0) || ', ' || COALESCE(t.deleted, 0) || ', ' || COALESCE(t.bytes, 0)
            FROM mailboxes b LEFT JOIN (
              SELECT e.mailbox_id, COUNT(*) AS n, SUM(CASE WHEN e.flags % 2 = 0 THEN 1 ELSE 0 END) AS unseen, SUM(CASE WHEN (e.flags / 8) % 2 = 1 THEN 1 ELSE 0 END) AS deleted, SUM(m.size) AS bytes
              FROM entries e JOIN messages m ON m.id = e.message_id GROUP BY e.mailbox_id) t ON t.mailbox_id = b.id
            WHERE b.message_count <> COALESCE(t.n, 0) OR b.unseen_count <> COALESCE(t.unseen, 0) OR b.deleted_count <> COALESCE(t.deleted, 0) OR b.size_bytes <> COALESCE(t.bytes, 0) LIMIT 100
            """),
        (StoreFault.WrongCount,
            """
            SELECT 'account ' || a.id, a.message_count || ' messages, ' || a.used_bytes || ' bytes, but there are ' || COALESCE(t.n, 0) || ', ' || COALESCE(t.bytes, 0)
            FROM accounts a LEFT JOIN (SELECT account_id, COUNT(*) AS n, SUM(size) AS bytes FROM messages WHERE vaulted_at IS NULL GROUP BY account_id) t ON t.account_id = a.id
            WHERE a.message_count <> COALESCE(t.n, 0) OR a.used_bytes <> COALESCE(t.bytes, 0) LIMIT 100
            """),
        (StoreFault.WrongSequence, "SELECT 'mailbox ' || b.id, 'UID ' || t.uid || ', but UIDNEXT ' || b.uidnext FROM mailboxes b JOIN (SELECT mailbox_id, MAX(uid) AS uid FROM entries GROUP BY mailbox_id) t ON t.mailbox_id = b.id WHERE t.uid >= b.uidnext LIMIT 100"),
        (StoreFault.WrongSequence, "SELECT 'mailbox ' || b.id, 'entry at ' || t.modseq || ', mailbox at ' || b.modseq || ', account at ' || a.modseq FROM mailboxes b JOIN accounts a ON a.id = b.account_id JOIN (SELECT mailbox_id, MAX(modseq) AS modseq FROM entries GROUP BY mailbox_id) t ON t.mailbox_id = b.id WHERE t.modseq > b.modseq OR b.modseq > a.modseq LIMIT 100"),
        (StoreFault.OrphanContent,
            """
            SELECT 'content ' || c.id, c.size || ' bytes' FROM contents c
            WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.content_id = c.id) AND NOT EXISTS (SELECT 1 FROM outbound_messages o WHERE o.content_id = c.id)
              AND NOT EXISTS (SELECT 1 FROM fanouts f WHERE f.content_id = c.id) AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.content_id = c.id)
              AND NOT EXISTS (SELECT 1 FROM kept_contents k WHERE k.content_id = c.id) LIMIT 100
            """),
    ];

    private readonly Dictionary<StoreFault, int> counts = [];

    /// <summary>Looks at everything, and tells what is wrong as it is found.</summary>
    /// <param name="found">Called for each finding, at most a hundred of a kind.</param>
    /// <param name="progress">Called now and then with the contents that were read.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    public async Task<StoreCheckSummary> RunAsync(Action<StoreFinding> found, Action<long>? progress, CancellationToken cancellationToken)
    {
        // 1. The engine's own check, and everything that relates rows.
        var (accounts, messages) = await store.Database.ReadAsync(async tx => await RelationsAsync(tx, found), cancellationToken);

        // 2. Every content's bytes against its hash.
        var (contents, bytes, after) = (0L, 0L, 0L);
        while (true)
        {
            var rows = await store.Database.ReadAsync(tx => tx.QueryAsync("SELECT id, size, sha256 FROM contents WHERE id > $1 ORDER BY id LIMIT $2", row => (Id: new ContentId(row.GetInt64(0)), Size: row.GetInt64(1), Hash: row.GetFieldValue<byte[]>(2)), after, Batch), cancellationToken);
            foreach (var row in rows)
            {
                if (await ContentFaultAsync(row.Id, row.Size, row.Hash, cancellationToken) is { } fault && await IsStillThereAsync(row.Id, cancellationToken))
                    Report(found, fault);
                contents++;
                bytes += row.Size;
            }
            progress?.Invoke(contents);
            if (rows.Count < Batch)
                break;
            after = rows[^1].Id.Value;
        }

        // 3. Files that no row names.
        await OrphanFilesAsync(found, cancellationToken);
        return new(accounts, messages, contents, bytes);
    }

    private async ValueTask<(long Accounts, long Messages)> RelationsAsync(Tx tx, Action<StoreFinding> found)
    {
        if (!tx.IsPostgres)
        {
            foreach (var line in await tx.QueryAsync("PRAGMA quick_check(20)", row => row.GetString(0)))
            {
                if (line != "ok")
                    Report(found, new(StoreFault.Database, "database", line));
            }
        }
        foreach (var (fault, sql) in Relations)
        {
            foreach (var finding in await tx.QueryAsync(sql, row => new StoreFinding(fault, row.GetString(0), row.GetString(1))))
                Report(found, finding);
        }
        return (await tx.ScalarAsync<long>("SELECT COUNT(*) FROM accounts"), await tx.ScalarAsync<long>("SELECT COUNT(*) FROM messages"));
    }

    private async Task<StoreFinding?> ContentFaultAsync(ContentId id, long size, byte[] hash, CancellationToken cancellationToken)
    {
        var subject = $"content {id.Value}";
        try
        {
            await using var reader = await store.Contents.OpenAsync(id, default, cancellationToken);
            if (reader.Length != size)
                return new(StoreFault.WrongContent, subject, $"{reader.Length} bytes instead of {size}");
            await using var stream = reader.AsStream();
            return (await SHA256.HashDataAsync(stream, cancellationToken)).AsSpan().SequenceEqual(hash) ? null : new(StoreFault.WrongContent, subject, "SHA-256 differs");
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or StoreException)
        {
            return new(StoreFault.MissingContent, subject, error.Message);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ArgumentException or IndexOutOfRangeException or ZstdSharp.ZstdException)
        {
            return new(StoreFault.WrongContent, subject, error.Message);
        }
    }

    private ValueTask<bool> IsStillThereAsync(ContentId id, CancellationToken cancellationToken) =>
        store.Database.ReadAsync(async tx => await tx.ScalarAsync<long?>("SELECT 1 FROM contents WHERE id = $1", id.Value) is not null, cancellationToken);

    private async Task OrphanFilesAsync(Action<StoreFinding> found, CancellationToken cancellationToken)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        await store.Database.ReadAsync(
            async tx =>
            {
                await tx.ForEachAsync("SELECT file FROM contents WHERE file IS NOT NULL", row => named.Add(row.GetString(0)));
                return true;
            },
            cancellationToken);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(store.Options.Folder, "blobs"), "*", SearchOption.AllDirectories))
        {
            var file = new FileInfo(path);
            if (file.Directory!.Name != "spool" && !named.Contains(file.Name) && DateTime.UtcNow - file.LastWriteTimeUtc > OrphanAge)
                Report(found, new(StoreFault.OrphanFile, path, $"{file.Length} bytes"));
        }
    }

    private void Report(Action<StoreFinding> found, StoreFinding finding)
    {
        var count = counts[finding.Fault] = counts.GetValueOrDefault(finding.Fault) + 1;
        if (count <= MaxFindingsOfAKind)
            found(finding);
    }
}
