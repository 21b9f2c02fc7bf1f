using System.Data.Common;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A row of the audit trail.</summary>
/// <param name="Id">Key.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who: a login, "cli:name" or "system".</param>
/// <param name="Action">What, as "noun.verb".</param>
/// <param name="Subject">To whom or what.</param>
/// <param name="Detail">More of it.</param>
/// <param name="Sequence">Its place in the chain; null until it is sealed.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Actor, string Action, string Subject, string Detail, long? Sequence);

/// <summary>Which rows of the audit trail.</summary>
/// <param name="Before">Rows before this key; null begins with the latest.</param>
/// <param name="Actor">By whom.</param>
/// <param name="Action">Actions that begin so.</param>
/// <param name="Subject">Subjects that begin so.</param>
/// <param name="From">Not before.</param>
/// <param name="To">Before.</param>
/// <param name="Limit">At most so many.</param>
public sealed record AuditQuery(long? Before = null, string? Actor = null, string? Action = null, string? Subject = null, DateTimeOffset? From = null, DateTimeOffset? To = null, int Limit = 100);

/// <summary>
/// Who did what to whom: rows written in the same transaction as the changes that they describe, and chained within seconds by one sealer (A16.3c): a row that is changed, deleted or moved
/// afterwards breaks the chain, and one cut off at its end lacks a head that was written down outside.
/// </summary>
public sealed partial class Audit
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

    /// <summary>Rows, the latest first.</summary>
    public ValueTask<List<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.QueryAsync(
            """
            SELECT id, at, actor, action, subject, detail, seal_sequence FROM audit
            WHERE id < $1 AND at >= $2 AND at < $3 AND ($4 = '' OR actor = $4) AND substr(action, 1, length($5)) = $5 AND substr(subject, 1, length($6)) = $6 ORDER BY id DESC LIMIT $7
            """,
            Read,
            query.Before ?? long.MaxValue,
            query.From?.ToUnixTimeMilliseconds() ?? 0,
            query.To?.ToUnixTimeMilliseconds() ?? long.MaxValue,
            query.Actor ?? "",
            query.Action ?? "",
            query.Subject ?? "",
            query.Limit),
        cancellationToken);

    private static AuditEntry Read(DbDataReader row) => new(
        row.GetInt64(0),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5),
        row.IsDBNull(6) ? null : row.GetInt64(6));
}
