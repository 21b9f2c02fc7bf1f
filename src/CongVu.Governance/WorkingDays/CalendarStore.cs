using CongVu.Governance.Authorities;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.WorkingDays;

/// <summary>
/// The working calendar of an installation: what comes with the program, and above it the yearly decisions that were entered here. A new decision moves terms that run: whoever keeps due days
/// puts a function into <see cref="Changed"/>, which reckons them anew in the decision's own transaction.
/// </summary>
public sealed class CalendarStore
{
    private readonly GovernanceStore store;
    private (string Key, WorkingCalendar Calendar) known = ("", WorkingCalendar.Standard);

    internal CalendarStore(GovernanceStore store) => this.store = store;

    /// <summary>Called with the calendar that holds from now on, in the transaction that changes it.</summary>
    public IList<Func<Tx, WorkingCalendar, ValueTask>> Changed { get; } = [];

    /// <summary>The calendar that holds.</summary>
    public ValueTask<WorkingCalendar> ReadAsync(CancellationToken cancellationToken) => store.ReadAsync(ReadAsync, cancellationToken);

    /// <summary>The calendar that holds, as part of a larger change.</summary>
    public async ValueTask<WorkingCalendar> ReadAsync(Tx tx)
    {
        var documents = await tx.QueryAsync("SELECT document FROM year_decisions ORDER BY year", row => row.GetString(0));
        var key = string.Concat(documents);
        var last = known;
        if (last.Key == key)
            return last.Calendar;
        var own = documents.SelectMany(d => YearDecisions.Read(d).Decisions).ToDictionary(d => d.Year);
        var calendar = new WorkingCalendar(YearDecisions.BuiltIn.Where(d => !own.ContainsKey(d.Year)).Concat(own.Values));
        known = (key, calendar);
        return calendar;
    }

    /// <summary>The decisions that hold, by year, and whether each was entered here.</summary>
    public ValueTask<List<(YearDecision Decision, bool IsOwn)>> DecisionsAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async tx =>
        {
            var own = await tx.QueryAsync("SELECT document FROM year_decisions ORDER BY year", row => YearDecisions.Read(row.GetString(0)).Decisions[0]);
            return YearDecisions.BuiltIn.Where(d => !own.Exists(o => o.Year == d.Year)).Select(d => (d, false)).Concat(own.Select(d => (d, true))).OrderBy(d => d.Item1.Year).ToList();
        },
        cancellationToken);

    /// <summary>Puts decisions in the place of those of the same years.</summary>
    public Task<Result<int>> PutAsync(Actor actor, IReadOnlyList<YearDecision> decisions, CancellationToken cancellationToken) => store.ChangeAsync<int>(
        async tx =>
        {
            if (await store.Authority.RefuseAsync(tx, actor, Right.Administer, null) is { } refused)
                return refused;
            foreach (var decision in decisions)
            {
                await tx.ExecuteAsync("DELETE FROM year_decisions WHERE year = $1", decision.Year);
                await tx.ExecuteAsync("INSERT INTO year_decisions (year, document, actor, at) VALUES ($1, $2, $3, $4)", decision.Year, YearDecisions.Write([decision]), actor.Name, store.Now);
                await store.AuditAsync(tx, actor, "calendar.decide", $"{decision.Year}", decision.Source);
            }
            await TellAsync(tx);
            return decisions.Count;
        },
        cancellationToken);

    /// <summary>Takes the decision away that was entered for a year: what comes with the program, or the law, holds again.</summary>
    public Task<Result<int>> RemoveAsync(Actor actor, int year, CancellationToken cancellationToken) => store.ChangeAsync<int>(
        async tx =>
        {
            if (await store.Authority.RefuseAsync(tx, actor, Right.Administer, null) is { } refused)
                return refused;
            if (await tx.ExecuteAsync("DELETE FROM year_decisions WHERE year = $1", year) == 0)
                return Problem.NotFound($"{year}");
            await store.AuditAsync(tx, actor, "calendar.undecide", $"{year}", "");
            await TellAsync(tx);
            return 1;
        },
        cancellationToken);

    private async ValueTask TellAsync(Tx tx)
    {
        var calendar = await ReadAsync(tx);
        foreach (var changed in Changed)
            await changed(tx, calendar);
    }
}
