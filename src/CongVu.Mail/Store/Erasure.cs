using CongVu.Mail.Store.Database;
using CongVu.Mail.Store.Search;

namespace CongVu.Mail.Store;

/// <summary>
/// Takes away what removed accounts held: messages out of mailboxes, store and search, then everything else that was theirs but the addresses, which stay reserved. Small steps, each safe to repeat;
/// the bytes of contents that nobody else has go with the next sweeps.
/// </summary>
public sealed class Erasure
{
    private const int BatchRows = 200;

    private static readonly string[] OfAccount =
    [
        "mailbox_rights WHERE mailbox_id IN (SELECT id FROM mailboxes WHERE account_id = $1)", "mailboxes WHERE account_id = $1", "entry_tombstones WHERE account_id = $1", "message_tombstones WHERE account_id = $1",
        "mailbox_tombstones WHERE account_id = $1", "thread_refs WHERE account_id = $1", "uploads WHERE account_id = $1", "identities WHERE account_id = $1", "submissions WHERE account_id = $1",
        "vacations WHERE account_id = $1",
    ];

    private static readonly string[] OfPrincipal =
    [
        "app_passwords", "subscriptions", "web_sessions", "sign_ins", "preferences", "totp", "recovery_codes", "passkeys", "former_passwords",
    ];

    private readonly StoreDatabase database;
    private readonly MessageSearch search;
    private readonly TimeProvider clock;

    internal Erasure(StoreDatabase database, MessageSearch search, TimeProvider clock)
    {
        this.database = database;
        this.search = search;
        this.clock = clock;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Goes on with every removed account whose content is not gone yet; returns how many were finished.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var left = await database.ReadAsync(
            tx => tx.QueryAsync("SELECT id FROM accounts WHERE state = $1 AND removed_at IS NULL ORDER BY id", row => row.GetInt64(0), (int)AccountState.Removed), cancellationToken);
        foreach (var account in left)
        {
            while (await EraseMessagesAsync(account, cancellationToken))
            {
            }
            await database.WriteAsync(tx => FinishAsync(tx, account), cancellationToken);
        }
        return left.Count;
    }

    private async Task<bool> EraseMessagesAsync(long account, CancellationToken cancellationToken)
    {
        var gone = await database.WriteAsync(
            async tx =>
            {
                var some = await tx.QueryAsync("SELECT id, content_id FROM messages WHERE account_id = $1 LIMIT $2", row => (Id: row.GetInt64(0), Content: row.GetInt64(1)), account, BatchRows);
                foreach (var (id, content) in some)
                {
                    await tx.ExecuteAsync("DELETE FROM search_pending WHERE message_id = $1", id);
                    await tx.ExecuteAsync("DELETE FROM entries WHERE message_id = $1", id);
                    await tx.ExecuteAsync("DELETE FROM messages WHERE id = $1", id);
                    await tx.ExecuteAsync($"UPDATE contents SET orphaned_at = $2 WHERE id = $1 AND {Sweeper.Unused}", content, Now);
                }
                return some;
            },
            cancellationToken);
        await search.RemoveAsync([.. gone.Select(m => SearchIndex.KeyOf(new(account), new(m.Id)))], cancellationToken);
        return gone.Count > 0;
    }

    private async ValueTask<int> FinishAsync(Tx tx, long account)
    {
        foreach (var rows in OfAccount)
            await tx.ExecuteAsync($"DELETE FROM {rows}", account);
        foreach (var table in OfPrincipal)
            await tx.ExecuteAsync($"DELETE FROM {table} WHERE principal_id IN (SELECT id FROM principals WHERE home_account_id = $1)", account);
        return await tx.ExecuteAsync("UPDATE accounts SET removed_at = $2, used_bytes = 0, message_count = 0 WHERE id = $1", account, Now);
    }
}
