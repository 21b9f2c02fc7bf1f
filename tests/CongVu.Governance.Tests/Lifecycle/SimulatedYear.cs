using System.Diagnostics;
using CongVu.Governance.Authorities;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.Policy;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Tests.Lifecycle;

/// <summary>Something that happened to a mailbox on a day: a warning, a suspension, a removal, a closing.</summary>
internal readonly record struct Happening(DateOnly Day, int Mailbox, string What);

/// <summary>What a holder does in the year, fixed beforehand.</summary>
internal sealed record HolderPlan(int Number, HashSet<DateOnly> SignIns, (DateOnly From, DateOnly To)? Leave, DateOnly? ClosingOrdered, DateOnly? ClosingEffective, int? AskAfterDays, int ReopenAfterDays);

/// <summary>
/// The year 2025 day by day: the daily run in the morning, holders' doings by day, the managing body's approval in the evening. What comes of it is compared with <see cref="NaiveYear"/>, which knows
/// nothing of the system.
/// </summary>
internal sealed class SimulatedYear(GovernanceStore store, Action<DateTimeOffset> setClock, int mailboxes, int seed)
{
    internal static readonly DateOnly First = new(2025, 1, 2);
    internal static readonly DateOnly Last = new(2025, 12, 31);

    private const int PeopleOfOrganization = 40;

    private static readonly Actor Office = new("cli:office");

    private readonly Random random = new(seed);
    private readonly List<AccountId> accounts = [];
    private readonly Dictionary<AccountId, int> numbers = [];
    private DateTimeOffset now;

    /// <summary>How long each daily run took.</summary>
    internal List<TimeSpan> Durations { get; } = [];

    /// <summary>How much of the processors' time each daily run took, whatever else the machine did.</summary>
    internal List<TimeSpan> Costs { get; } = [];

    /// <summary>Sums of what the daily runs said they did.</summary>
    internal DailyResult Total { get; private set; }

    /// <summary>What the holders do.</summary>
    internal List<HolderPlan> Plans { get; } = [];

    /// <summary>Makes organizations with mailboxes, and people in them.</summary>
    internal async Task FillAsync(CancellationToken cancellationToken)
    {
        Set(VietnamTime.StartOf(First).AddHours(5));
        for (var first = 0; first < mailboxes; first += PeopleOfOrganization)
        {
            var from = first;
            accounts.AddRange(await store.Mail.Database.WriteAsync(tx => AddOrganizationAsync(tx, from, Math.Min(PeopleOfOrganization, mailboxes - from)), cancellationToken));
        }
        for (var i = 0; i < mailboxes; i++)
        {
            numbers[accounts[i]] = i;
            Plans.Add(Plan(i));
        }
    }

    /// <summary>Lives through the year. <paramref name="run"/> is the daily run, perhaps interrupted and begun again.</summary>
    internal async Task LiveAsync(Func<DateOnly, Task<DailyResult>> run, CancellationToken cancellationToken)
    {
        var signIns = new Dictionary<DateOnly, List<AccountId>>();
        foreach (var plan in Plans)
        {
            foreach (var day in plan.SignIns)
                (signIns.TryGetValue(day, out var list) ? list : signIns[day] = []).Add(accounts[plan.Number]);
        }
        for (var day = First; day <= Last; day = day.AddDays(1))
        {
            Set(VietnamTime.StartOf(day).AddHours(6));
            var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var done = await run(day);
            Durations.Add(watch.Elapsed);
            Costs.Add(Environment.CpuUsage.TotalTime - before);
            Total = new(day, true, Total.Warnings + done.Warnings, Total.Proposed + done.Proposed, Total.Suspended + done.Suspended, Total.Removed + done.Removed, Total.Dropped + done.Dropped, Total.Closed + done.Closed, 0);

            Set(VietnamTime.StartOf(day).AddHours(10));
            await ActAsync(day, signIns.GetValueOrDefault(day) ?? [], cancellationToken);

            Set(VietnamTime.StartOf(day).AddHours(17));
            foreach (var batch in await store.Lifecycle.BatchesAsync(all: false, cancellationToken))
            {
                if (batch.State == BatchState.Proposed && !(await store.Lifecycle.ApproveAsync(Office, batch.Id, batch.IsStopped ? batch.Mailboxes : null, cancellationToken)).Ok)
                    throw new InvalidOperationException($"The batch {batch} was not approved.");
            }
        }
    }

    /// <summary>What happened, from the notices, the history and the records.</summary>
    internal async Task<List<Happening>> HappenedAsync(CancellationToken cancellationToken)
    {
        return await store.ReadAsync(
            async tx =>
            {
                var found = await tx.QueryAsync(
                    "SELECT sent_on, account_id, key FROM notices WHERE kind IN ('idle', 'removal') AND account_id IS NOT NULL",
                    row => (Day: VietnamTime.Read(row.GetString(0)), Account: row.GetInt64(1), What: $"{row.GetString(2).Split(':')[0]} {row.GetString(2).Split(':')[^1]}"));
                found.AddRange(await tx.QueryAsync(
                    "SELECT at, account_id, what FROM mailbox_events WHERE what IN ('suspend', 'remove', 'close')",
                    row => (VietnamTime.Day(DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0))), row.GetInt64(1), row.GetString(2))));
                return found.Where(f => numbers.ContainsKey(new(f.Account))).Select(f => new Happening(f.Day, numbers[new(f.Account)], f.What)).ToList();
            },
            cancellationToken);
    }

    /// <summary>Due dates of requests: what the calendar and the figures say, beside the naive count.</summary>
    internal static List<(DateOnly Received, string Kind, DateOnly Due, DateOnly Naive)> Requests(int count, int seed, WorkingCalendar calendar)
    {
        var random = new Random(seed);
        var figures = new RegulationFigures();
        (string Kind, TimeLimit Limit, int WorkingDays)[] kinds = [("provision", figures.Provision, 3), ("password", figures.PasswordReset, 1), ("termination", figures.Termination, 3), ("restore", figures.Restore, 2)];
        var requests = new List<(DateOnly, string, DateOnly, DateOnly)>();
        for (var i = 0; i < count; i++)
        {
            var received = First.AddDays(random.Next(Last.DayNumber - First.DayNumber));
            var (kind, limit, days) = kinds[random.Next(kinds.Length)];
            requests.Add((received, kind, limit.DueAfter(received, calendar).Date, NaiveYear.WorkingDaysAfter(received, days)));
        }
        return requests;
    }

    private void Set(DateTimeOffset time)
    {
        now = time;
        setClock(time);
    }

    private HolderPlan Plan(int number)
    {
        var signIns = new HashSet<DateOnly>();
        var kind = random.Next(100);
        var stops = kind < 12 ? First.AddDays(random.Next(1, 300)) : Last;
        var longest = kind < 85 ? 20 : 135;
        for (var day = First.AddDays(random.Next(longest)); day <= Last; day = day.AddDays(random.Next(1, longest)))
        {
            if (day <= stops || (kind < 6 && day > stops.AddDays(170)))
                signIns.Add(day);
        }
        var leaveFrom = First.AddDays(random.Next(5, 200));
        var ordered = First.AddDays(random.Next(20, 320));
        return new(
            number,
            signIns,
            random.Next(100) < 3 ? (leaveFrom, leaveFrom.AddDays(random.Next(20, 200))) : null,
            random.Next(100) < 2 ? ordered : null,
            ordered.AddDays(random.Next(1, 40)),
            random.Next(100) < 50 ? random.Next(1, 20) : null,
            random.Next(1, 12));
    }

    private async Task ActAsync(DateOnly day, List<AccountId> signIns, CancellationToken cancellationToken)
    {
        await store.Mail.Database.WriteAsync(
            async tx =>
            {
                // Passwords are changed every 80 days, so that some warnings go out each day and none expires.
                await tx.ExecuteAsync(
                    "UPDATE principals SET password_changed_at = $2, password_expires_at = NULL WHERE id % 80 = $1", day.DayNumber % 80, now.ToUnixTimeMilliseconds());
                foreach (var account in signIns)
                    await tx.ExecuteAsync("UPDATE accounts SET last_activity_at = $2 WHERE id = $1 AND state = 0", account.Value, now.ToUnixTimeMilliseconds());
                return signIns.Count;
            },
            cancellationToken);
        foreach (var plan in Plans)
        {
            var account = accounts[plan.Number];
            if (plan.Leave is { } leave && leave.From == day && await StepAsync(account, cancellationToken) != LifeStep.Removed)
                Require(await store.Lifecycle.HoldAsync(Office, account, HoldKind.Leave, "Nghỉ", "1/QĐ", leave.From, leave.To, cancellationToken));
            if (plan.ClosingOrdered == day && await StepAsync(account, cancellationToken) is LifeStep.InUse or LifeStep.Suspended)
                Require(await store.Lifecycle.CloseAsync(Office, new(account, LifeReason.Retirement, "2/QĐ", day, plan.ClosingEffective!.Value, day, null), cancellationToken));
        }
        foreach (var (account, since) in await store.ReadAsync(
            tx => tx.QueryAsync("SELECT account_id, since FROM mailbox_lives WHERE step = 1", row => (new AccountId(row.GetInt64(0)), VietnamTime.Read(row.GetString(1)))), cancellationToken))
        {
            if (!numbers.TryGetValue(account, out var number) || Plans[number] is not { AskAfterDays: { } ask } plan)
                continue;
            if (day == since.AddDays(ask))
                Require(await store.ChangeAsync<bool>(async tx => await store.Lifecycle.AskReopenAsync(tx, Office, account, day, "3/CV") is { } problem ? problem : true, cancellationToken));
            if (day == since.AddDays(ask + plan.ReopenAfterDays))
                Require(await store.Lifecycle.ReopenAsync(Office, account, "Đề nghị", "3/CV", cancellationToken));
        }
    }

    private async Task<LifeStep?> StepAsync(AccountId account, CancellationToken cancellationToken) => (await store.Lifecycle.FindAsync(account, cancellationToken))?.Step;

    private static void Require<T>(Result<T> result)
    {
        if (!result.Ok)
            throw new InvalidOperationException($"Refused: {result.Problem}");
    }

    private async ValueTask<List<AccountId>> AddOrganizationAsync(Tx tx, int first, int people)
    {
        var own = (await store.Mail.Accounts.AddOrganizationAsync(tx, new NewOrganization($"cq{first}@daknong.gov.vn", $"Cơ quan {first}"), "test")).Value.Id;
        // Its custodians look at it each day; that is not what the year is about.
        await tx.ExecuteAsync("UPDATE accounts SET last_activity_at = $2 WHERE id = $1", own.Value, VietnamTime.StartOf(new(2030, 1, 1)).ToUnixTimeMilliseconds());
        var organization = await tx.ScalarAsync<long>(
            "INSERT INTO organizations (kind, name, name_key, account_id, created_at) VALUES ('department', $1, $1, $2, $3) RETURNING id", $"Cơ quan {first}", own.Value, now.ToUnixTimeMilliseconds());
        var added = new List<AccountId>();
        for (var i = first; i < first + people; i++)
        {
            var account = (await store.Mail.Accounts.AddPersonAsync(tx, new NewPerson($"nguoi{i}@daknong.gov.vn", $"Người {i}", null), null, "test")).Value.Id;
            var person = await tx.ScalarAsync<long>(
                "INSERT INTO people (staff_code, name, name_key, surname, middle, given, account_id, created_at) VALUES ($1, $2, $2, '', '', $2, $3, $4) RETURNING id", $"CB{i}", $"Người {i}", account.Value, now.ToUnixTimeMilliseconds());
            await tx.ExecuteAsync(
                "INSERT INTO postings (person_id, organization_id, position, unit, is_primary, from_date) VALUES ($1, $2, '', '', 1, '2020-01-01')", person, organization);
            added.Add(account);
        }
        await tx.ExecuteAsync("UPDATE principals SET password_hash = 'none', password_changed_at = $1 WHERE password_hash IS NULL", now.ToUnixTimeMilliseconds());
        return added;
    }
}
