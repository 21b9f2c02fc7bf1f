using System.Globalization;
using System.Text;
using CongVu.Governance.Passwords;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;

namespace CongVu.Governance.Lifecycle;

public sealed partial class DailyRun
{
    private readonly record struct Warning(LifeRow Row, LifeStep Next, DateOnly LastDay, int DaysBefore)
    {
        // Another sign-in is another last day, and another warning.
        internal string Key => string.Create(CultureInfo.InvariantCulture, $"{(Next == LifeStep.Suspended ? "idle" : "removal")}:{Row.Account.Value}:{VietnamTime.Text(LastDay)}:{DaysBefore}");
    }

    private async Task<int> WarnAsync(List<LifeRow> rows, ManagingBodies managers, LifeDates dates, LifecyclePolicy policy, DateOnly today, CancellationToken cancellationToken)
    {
        var soon = new List<Warning>();
        foreach (var row in rows)
        {
            if (row.IsHeld || row.LastDay(dates) is not { } last)
                continue;
            var days = row.Step == LifeStep.InUse ? dates.Warning(today, last, policy.IdleWarningDays) : row.ReopenAskedOn is null ? dates.WarningByWorkingDays(today, last, policy.RemovalWarningWorkingDays) : null;
            if (days is { } before)
                soon.Add(new(row, row.Step == LifeStep.InUse ? LifeStep.Suspended : LifeStep.Removed, last, before));
        }
        soon = await UnsentAsync(soon, w => w.Key, cancellationToken);
        var sent = 0;
        foreach (var chunk in soon.OrderBy(w => managers.FirstOf(w.Row.Account)?.Account.Value ?? 0).Chunk(ChunkMailboxes))
            sent += await WarnAsync(chunk, managers, today, cancellationToken);
        return sent;
    }

    // One mail to each holder who can still read it, and one to each organization with the list.
    private async Task<int> WarnAsync(Warning[] chunk, ManagingBodies managers, DateOnly today, CancellationToken cancellationToken)
    {
        var notices = new List<PreparedNotice>();
        try
        {
            foreach (var group in chunk.GroupBy(w => (managers.FirstOf(w.Row.Account), w.Next)))
            {
                var kind = group.Key.Next == LifeStep.Suspended ? "idle" : "removal";
                var (list, count, first) = (new StringBuilder(), 0, group.First().Row.Account);
                foreach (var warning in group)
                {
                    var row = warning.Row;
                    count++;
                    list.Append(CultureInfo.InvariantCulture, $"  - {row.Address} ({row.Name}): {NoticeDesk.Day(warning.LastDay)}\r\n");
                    notices.Add(await desk.PrepareAsync(warning.Key, kind, row.Account, [new(row.Account, row.Address)], [row.Address, row.Name, NoticeDesk.Day(row.LastUsed), NoticeDesk.Day(warning.LastDay)], cancellationToken));
                }
                notices.Add(await desk.PrepareAsync($"{kind}.list:{VietnamTime.Text(today)}:{first.Value}", $"{kind}.list", null, managers.Of(first), [NoticeDesk.Day(today), count, list.ToString()], cancellationToken));
            }
            return await SendAsync(notices, cancellationToken);
        }
        finally
        {
            foreach (var notice in notices)
                await notice.DisposeAsync();
        }
    }

    // Lists are not counted: what was told to whom is.
    private Task<int> SendAsync(List<PreparedNotice> notices, CancellationToken cancellationToken) => store.Mail.Database.WriteAsync(
        async tx =>
        {
            var count = 0;
            foreach (var notice in notices)
                count += await desk.SendAsync(tx, notice) && notice.About is not null ? 1 : 0;
            return count;
        },
        cancellationToken);

    private async Task<int> WarnOfPasswordsAsync(LifeDates dates, WorkingCalendar calendar, LifecyclePolicy policy, DateOnly today, CancellationToken cancellationToken)
    {
        // A12.2: who must change it anyway hears of that at the door.
        var lastDays = new Dictionary<(DateOnly, bool), DateOnly>();
        var soon = new List<(PrincipalId Id, NoticeMailbox Mailbox, string Name, DateOnly LastDay, int Days)>();
        await store.ReadAsync(
            async tx =>
            {
                soon.Clear();
                await tx.ForEachAsync(
                    """
                    SELECT p.id, p.home_account_id, p.login, p.display_name, p.is_administrator, p.password_changed_at FROM principals p
                    WHERE p.state = 0 AND p.must_change_password = 0 AND p.password_hash IS NOT NULL AND p.home_account_id IS NOT NULL
                    """,
                    row =>
                    {
                        var set = (VietnamTime.Day(DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5))), row.GetInt16(4) != 0);
                        if (!lastDays.TryGetValue(set, out var last))
                            lastDays[set] = last = PasswordRule.LastDay(set.Item1, set.Item2, policy.Figures, calendar);
                        if (dates.Warning(today, last, policy.PasswordWarningDays) is { } days)
                            soon.Add((new(row.GetInt64(0)), new(new(row.GetInt64(1)), row.GetString(2)), row.GetString(3), last, days));
                    });
                return true;
            },
            cancellationToken);
        var unsent = await UnsentAsync(soon, p => PasswordKey(p.Id, p.LastDay, p.Days), cancellationToken);
        var sent = 0;
        foreach (var chunk in unsent.Chunk(ChunkMailboxes))
        {
            var notices = new List<PreparedNotice>();
            try
            {
                foreach (var (id, mailbox, name, last, days) in chunk)
                    notices.Add(await desk.PrepareAsync(PasswordKey(id, last, days), "password", mailbox.Account, [mailbox], [mailbox.Address, name, NoticeDesk.Day(last)], cancellationToken));
                sent += await SendAsync(notices, cancellationToken);
            }
            finally
            {
                foreach (var notice in notices)
                    await notice.DisposeAsync();
            }
        }
        return sent;
    }

    private static string PasswordKey(PrincipalId who, DateOnly lastDay, int days) => string.Create(CultureInfo.InvariantCulture, $"password:{who.Value}:{VietnamTime.Text(lastDay)}:{days}");

    private async Task<List<T>> UnsentAsync<T>(List<T> all, Func<T, string> keyOf, CancellationToken cancellationToken) => all.Count == 0 ? all : await store.ReadAsync(
        async tx =>
        {
            var unsent = new List<T>();
            foreach (var one in all)
            {
                if (!await NoticeDesk.WasSentAsync(tx, keyOf(one)))
                    unsent.Add(one);
            }
            return unsent;
        },
        cancellationToken);
}
