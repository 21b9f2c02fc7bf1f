using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>Who did what to whom: rows written in the same transaction as the changes that they describe (A16.3c).</summary>
public sealed class Audit
{
    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal Audit(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Writes the row of a change, in its transaction.</summary>
    /// <param name="tx">The change.</param>
    /// <param name="actor">Who: a login, "cli:name" or "system".</param>
    /// <param name="action">What, as "noun.verb".</param>
    /// <param name="subject">To whom or what; never a secret.</param>
    /// <param name="detail">More of it; never a secret.</param>
    public ValueTask WriteAsync(Tx tx, string actor, string action, string subject, string detail) =>
        WriteAsync(tx, clock.GetUtcNow().ToUnixTimeMilliseconds(), actor, action, subject, detail);

    internal static async ValueTask WriteAsync(Tx tx, long at, string actor, string action, string subject, string detail) =>
        await tx.ExecuteAsync("INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)", at, actor, action, subject, detail);
}
