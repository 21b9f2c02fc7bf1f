using System.Collections.Concurrent;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// When a mailbox was last used by those it is for (A8.1): its holder by any protocol, running sessions included, or for an organization's a custodian who opened it. Written once a day for each of
/// them, so that sessions may tell of every command.
/// </summary>
public sealed class Activity
{
    /// <summary>More than there are people; beyond it everything is asked of the database again.</summary>
    private const int MaxRemembered = 200_000;

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<(long Who, long Account), long> written = new();

    internal Activity(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    // Days begin at midnight in Vietnam, so that the day that is written is the day of use.
    private long Today => (clock.GetUtcNow().ToUnixTimeMilliseconds() + DayOffset) / DayMilliseconds;

    private const long DayMilliseconds = 24L * 3600 * 1000;
    private const long DayOffset = 7L * 3600 * 1000;

    /// <summary>A principal has used its own mailbox.</summary>
    public ValueTask SeenAsync(Principal who, CancellationToken cancellationToken) => who.HomeAccount is { } home ? SeenAsync(who.Id, home, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>A principal has opened a mailbox; it counts where it is its holder's or its custodian's.</summary>
    public ValueTask SeenAsync(PrincipalId who, AccountId account, CancellationToken cancellationToken) =>
        written.TryGetValue((who.Value, account.Value), out var day) && day == Today ? ValueTask.CompletedTask : WriteAsync(who, account, cancellationToken);

    private async ValueTask WriteAsync(PrincipalId who, AccountId account, CancellationToken cancellationToken)
    {
        var (now, today) = (clock.GetUtcNow().ToUnixTimeMilliseconds(), Today);
        try
        {
            await database.WriteAsync(tx => StampAsync(tx, who, account, now, (today * DayMilliseconds) - DayOffset), cancellationToken);
        }
        catch (StoreException)
        {
            // The store says so to whoever needs it; this is told again with the next command.
            return;
        }
        if (written.Count >= MaxRemembered)
            written.Clear();
        written[(who.Value, account.Value)] = today;
    }

    private static async ValueTask<int> StampAsync(Tx tx, PrincipalId who, AccountId account, long now, long dayStart)
    {
        await tx.ExecuteAsync("UPDATE principals SET last_login_at = $2 WHERE id = $1 AND (last_login_at IS NULL OR last_login_at < $3)", who.Value, now, dayStart);
        return await tx.ExecuteAsync(
            """
            UPDATE accounts SET last_activity_at = $2
            WHERE id = $1 AND (last_activity_at IS NULL OR last_activity_at < $3)
              AND (EXISTS (SELECT 1 FROM principals p WHERE p.id = $4 AND p.home_account_id = accounts.id)
                OR (kind = 1 AND EXISTS (SELECT 1 FROM grants g WHERE g.principal_id = $4 AND g.account_id = accounts.id AND g.rights % 2 = 1)))
            """,
            account.Value,
            now,
            dayStart,
            who.Value);
    }
}
