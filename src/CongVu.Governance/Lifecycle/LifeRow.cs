using System.Data.Common;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Lifecycle;

/// <summary>What is known of a mailbox when its days are counted.</summary>
internal sealed record LifeRow(
    AccountId Account, AccountKind Kind, AccountState State, string Address, string Name, DateOnly LastUsed, LifeStep Step, LifeReason? Reason, DateOnly? Since, DateOnly? NotifiedOn, DateOnly? ReopenAskedOn, DateOnly? KeptUntil,
    DateOnly? ClosesOn, LifeReason? ClosesReason, string? MovedTo)
{
    private const string Sql = """
        SELECT a.id, a.kind, a.state, d.address, a.name, COALESCE(a.last_activity_at, 0), a.created_at, l.clock_from, COALESCE(l.step, 0), l.reason, l.since, l.notified_on, l.reopen_asked_on, l.kept_until,
          l.closes_on, l.closes_reason, l.moved_to
        FROM accounts a JOIN addresses d ON d.account_id = a.id AND d.is_primary = 1 LEFT JOIN mailbox_lives l ON l.account_id = a.id
        """;

    /// <summary>It may neither be suspended for idleness nor removed today.</summary>
    internal bool IsHeld { get; init; }

    /// <summary>Reads all mailboxes that are not removed.</summary>
    internal static async ValueTask<List<LifeRow>> ReadAllAsync(Tx tx, DateOnly today)
    {
        var holds = (await tx.QueryAsync("SELECT account_id, from_day, to_day FROM mailbox_holds", row => (Account: row.GetInt64(0), Span: Hold(row, 1)))).ToLookup(h => h.Account, h => h.Span);
        var liveFrom = await LiveFromAsync(tx);
        return await tx.QueryAsync($"{Sql} WHERE a.state < 3", row => Read(row, liveFrom, holds[row.GetInt64(0)], today));
    }

    /// <summary>Reads one mailbox; null where there is none.</summary>
    internal static async ValueTask<LifeRow?> ReadAsync(Tx tx, AccountId account, DateOnly today)
    {
        var holds = await tx.QueryAsync("SELECT from_day, to_day FROM mailbox_holds WHERE account_id = $1", row => Hold(row, 0), account.Value);
        var liveFrom = await LiveFromAsync(tx);
        return await tx.FirstAsync($"{Sql} WHERE a.id = $1", row => Read(row, liveFrom, holds, today), account.Value);
    }

    /// <summary>The day from which idleness is counted at all: the first daily run (A8.1).</summary>
    internal static async ValueTask<DateOnly?> LiveFromAsync(Tx tx) =>
        await tx.ScalarAsync<string>("SELECT value FROM governance_settings WHERE name = 'lifecycle.liveFrom'") is { } day ? VietnamTime.Read(day) : null;

    private static (DateOnly From, DateOnly? To) Hold(DbDataReader row, int at) => (VietnamTime.Read(row.GetString(at)), Day(row, at + 1));

    private static DateOnly? Day(DbDataReader row, int at) => row.IsDBNull(at) ? null : VietnamTime.Read(row.GetString(at));

    private static LifeRow Read(DbDataReader row, DateOnly? liveFrom, IEnumerable<(DateOnly From, DateOnly? To)> holds, DateOnly today)
    {
        // From the last use, or from issue when there was none; not before the clocks started, nor before a leave ended.
        var used = VietnamTime.Day(DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(row.GetInt64(5), row.GetInt64(6))));
        used = Later(Later(used, Day(row, 7)), liveFrom);
        var isHeld = false;
        foreach (var (from, to) in holds)
        {
            if (from > today)
                continue;
            if (to is null || to >= today)
                isHeld = true;
            else
                used = Later(used, to);
        }
        return new(
            new(row.GetInt64(0)),
            (AccountKind)row.GetInt16(1),
            (AccountState)row.GetInt16(2),
            row.GetString(3),
            row.GetString(4),
            used,
            (LifeStep)row.GetInt16(8),
            row.IsDBNull(9) ? null : (LifeReason)row.GetInt16(9),
            Day(row, 10),
            Day(row, 11),
            Day(row, 12),
            Day(row, 13),
            Day(row, 14),
            row.IsDBNull(15) ? null : (LifeReason)row.GetInt16(15),
            row.IsDBNull(16) ? null : row.GetString(16)) { IsHeld = isHeld };
    }

    private static DateOnly Later(DateOnly a, DateOnly? b) => b > a ? b.Value : a;

    /// <summary>The last day of the term that runs; null while none does.</summary>
    internal DateOnly? LastDay(LifeDates dates) => Step switch
    {
        LifeStep.InUse when State == AccountState.Active => dates.LastIdleDay(LastUsed),
        LifeStep.Suspended when NotifiedOn is { } notice && State == AccountState.Suspended => dates.LastReopeningDay(notice),
        LifeStep.Closed when State == AccountState.Closed => KeptUntil,
        _ => null,
    };

    /// <summary>What is to be proposed for it on a working day; null for nothing.</summary>
    internal LifeStep? Proposal(LifeDates dates, DateOnly today)
    {
        if (IsHeld || LastDay(dates) is not { } last || today <= last)
            return null;
        // Nothing is removed without its notice having gone out, nor while a request to reopen it is open.
        return Step == LifeStep.InUse ? LifeStep.Suspended : ReopenAskedOn is null ? LifeStep.Removed : null;
    }
}
