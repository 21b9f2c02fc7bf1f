using CongVu.Mail.Store.Database;
using CongVu.Mail.Store.Search;

namespace CongVu.Mail.Store;

/// <summary>What one sweep took away.</summary>
/// <param name="Messages">Messages whose term in the vault had ended.</param>
/// <param name="Contents">Contents that nothing used any more.</param>
/// <param name="Files">Files that no content names, left by a crash.</param>
/// <param name="Tombstones">Tombstones below the new floor of their account.</param>
public readonly record struct Swept(int Messages, int Contents, int Files, int Tombstones);

/// <summary>
/// Takes away for good what nobody can reach: expunged messages after the vault's term, contents without a message, files without a content, old
/// tombstones. What is under legal hold stays. Every step is small and safe to repeat.
/// </summary>
public sealed class Sweeper
{
    private const int BatchRows = 200;

    /// <summary>A content is looked at twice, this long apart, before it goes: a message that is being written may be about to use it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(24);

    /// <summary>Tombstones that an account keeps; clients that know less read the mailbox anew.</summary>
    private const int MaxTombstones = 50_000;

    private readonly StoreDatabase database;
    private readonly Contents contents;
    private readonly MessageSearch search;
    private readonly Uploads uploads;
    private readonly Erasure erasure;
    private readonly TimeProvider clock;

    internal Sweeper(StoreDatabase database, Contents contents, MessageSearch search, Uploads uploads, Erasure erasure, TimeProvider clock)
    {
        this.database = database;
        this.contents = contents;
        this.search = search;
        this.uploads = uploads;
        this.erasure = erasure;
        this.clock = clock;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>One sweep.</summary>
    public async Task<Swept> SweepAsync(CancellationToken cancellationToken)
    {
        await erasure.RunAsync(cancellationToken);
        // A8.2: the new address of a closed mailbox is told for a time only.
        await database.WriteAsync(tx => tx.ExecuteAsync("UPDATE accounts SET moved_to = NULL, moved_until = NULL WHERE moved_until <= $1", Now), cancellationToken);
        await uploads.SweepAsync(cancellationToken);
        var messages = await RepeatAsync(SweepVaultAsync, cancellationToken);
        var removed = await RepeatAsync(SweepContentsAsync, cancellationToken);
        await RepeatAsync(MarkOrphansAsync, cancellationToken);
        var tombstones = await SweepTombstonesAsync(cancellationToken);
        return new(messages, removed, await SweepFilesAsync(cancellationToken), tombstones);
    }

    private static async Task<int> RepeatAsync(Func<CancellationToken, Task<int>> step, CancellationToken cancellationToken)
    {
        var total = 0;
        while (await step(cancellationToken) is > 0 and var count)
            total += count;
        return total;
    }

    private async Task<int> SweepVaultAsync(CancellationToken cancellationToken)
    {
        var gone = await database.WriteAsync(
            async tx =>
            {
                var due = await tx.QueryAsync(
                    "SELECT m.id, m.account_id, m.content_id FROM messages m JOIN accounts a ON a.id = m.account_id WHERE m.vault_until IS NOT NULL AND m.vault_until < $1 AND m.hold = 0 AND (a.hold_until IS NULL OR a.hold_until < $1) LIMIT $2",
                    row => (Id: row.GetInt64(0), Account: row.GetInt64(1), Content: row.GetInt64(2)),
                    Now,
                    BatchRows);
                foreach (var (id, _, content) in due)
                {
                    await tx.ExecuteAsync("DELETE FROM search_pending WHERE message_id = $1", id);
                    await tx.ExecuteAsync("DELETE FROM messages WHERE id = $1", id);
                    await tx.ExecuteAsync($"UPDATE contents SET orphaned_at = $2 WHERE id = $1 AND {Unused}", content, Now);
                }
                return due;
            },
            cancellationToken);
        await search.RemoveAsync([.. gone.Select(m => SearchIndex.KeyOf(new(m.Account), new(m.Id)))], cancellationToken);
        return gone.Count;
    }

    /// <summary>No message, queue entry, circular, upload or other keeper has the content.</summary>
    internal const string Unused = """
        NOT EXISTS (SELECT 1 FROM messages WHERE content_id = contents.id)
        AND NOT EXISTS (SELECT 1 FROM outbound_messages WHERE content_id = contents.id)
        AND NOT EXISTS (SELECT 1 FROM fanouts WHERE content_id = contents.id)
        AND NOT EXISTS (SELECT 1 FROM uploads WHERE content_id = contents.id)
        AND NOT EXISTS (SELECT 1 FROM kept_contents WHERE content_id = contents.id)
        AND NOT EXISTS (SELECT 1 FROM quarantine WHERE content_id = contents.id AND state < 2)
        """;

    private long orphansSeen;

    // A pass over the contents by id: those that only the queue had are found here.
    private async Task<int> MarkOrphansAsync(CancellationToken cancellationToken)
    {
        orphansSeen = await database.WriteAsync(
            async tx =>
            {
                var last = await tx.ScalarAsync<long?>("SELECT MAX(id) FROM (SELECT id FROM contents WHERE id > $1 ORDER BY id LIMIT $2) AS step", orphansSeen, BatchRows);
                if (last is not { } to)
                    return 0;
                await tx.ExecuteAsync($"UPDATE contents SET orphaned_at = $3 WHERE id > $1 AND id <= $2 AND orphaned_at IS NULL AND {Unused}", orphansSeen, to, Now);
                return to;
            },
            cancellationToken);
        return orphansSeen == 0 ? 0 : 1;
    }

    private async Task<int> SweepContentsAsync(CancellationToken cancellationToken)
    {
        var gone = await database.WriteAsync(
            async tx =>
            {
                var due = await tx.QueryAsync("SELECT id, file FROM contents WHERE orphaned_at < $1 LIMIT $2", row => (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1)), Now - (long)Grace.TotalMilliseconds, BatchRows);
                foreach (var (id, _) in due)
                {
                    // Looked at again in the transaction that removes it.
                    if (await tx.ScalarAsync<long?>($"SELECT 1 FROM contents WHERE id = $1 AND {Unused}", id) is null)
                    {
                        await tx.ExecuteAsync("UPDATE contents SET orphaned_at = NULL WHERE id = $1", id);
                        continue;
                    }
                    await tx.ExecuteAsync("DELETE FROM content_data WHERE content_id = $1", id);
                    await tx.ExecuteAsync("DELETE FROM contents WHERE id = $1", id);
                }
                return due;
            },
            cancellationToken);
        await search.RemoveAsync([.. gone.Select(c => c.Item1)], cancellationToken);
        // Rows first, files after: a crash between leaves a file that the next sweep finds, never a row without its file.
        foreach (var (_, file) in gone)
        {
            if (file is not null && !await IsNamedAsync(file, cancellationToken))
                File.Delete(contents.PathOf(file));
        }
        return gone.Count;
    }

    private async Task<int> SweepTombstonesAsync(CancellationToken cancellationToken)
    {
        var full = await database.ReadAsync(
            tx => tx.QueryAsync("SELECT account_id FROM entry_tombstones GROUP BY account_id HAVING COUNT(*) > $1", row => row.GetInt64(0), MaxTombstones), cancellationToken);
        var total = 0;
        foreach (var account in full)
        {
            total += await database.WriteAsync(
                async tx =>
                {
                    var floor = await tx.ScalarAsync<long>("SELECT modseq FROM entry_tombstones WHERE account_id = $1 ORDER BY modseq DESC LIMIT 1 OFFSET $2", account, MaxTombstones / 2);
                    await tx.ExecuteAsync("UPDATE accounts SET tombstone_floor = $2 WHERE id = $1 AND tombstone_floor < $2", account, floor);
                    await tx.ExecuteAsync("DELETE FROM message_tombstones WHERE account_id = $1 AND modseq <= $2", account, floor);
                    await tx.ExecuteAsync("DELETE FROM mailbox_tombstones WHERE account_id = $1 AND modseq <= $2", account, floor);
                    return await tx.ExecuteAsync("DELETE FROM entry_tombstones WHERE account_id = $1 AND modseq <= $2", account, floor);
                },
                cancellationToken);
        }
        return total;
    }

    private async Task<int> SweepFilesAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var path in contents.Files())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (clock.GetUtcNow() - File.GetLastWriteTimeUtc(path) < Grace || await IsNamedAsync(Path.GetFileName(path), cancellationToken))
                continue;
            File.Delete(path);
            removed++;
        }
        return removed;
    }

    private async ValueTask<bool> IsNamedAsync(string file, CancellationToken cancellationToken) =>
        await database.ReadAsync(tx => tx.ScalarAsync<long?>("SELECT id FROM contents WHERE file = $1", file), cancellationToken) is not null;
}
