using System.Text;
using CongVu.Governance.Authorities;
using CongVu.Governance.Passwords;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Lifecycle;

/// <summary>
/// What falls due by itself, once a day (A8.1-2, A12.2):
/// 1. Passwords: terms are reckoned, what has expired is shut out.
/// 2. Closings that were ordered for today are done.
/// On working days, because nothing falls due on days off:
/// 3. what the managing body has approved is carried out, each mailbox only if what it was proposed for still holds;
/// 4. mailboxes whose term has ended are proposed, for suspension or removal;
/// 5. holders and organizations are warned of terms that end soon.
/// Each step is a row of small transactions that hold a change together with its notice, so a run that was killed is simply run again: what was done is seen to be done, and nothing is told twice.
/// </summary>
public sealed partial class DailyRun
{
    /// <summary>Mailboxes of one transaction: some tens of milliseconds of the writer's time. Those of one organization stand together, so that it has one mail of them.</summary>
    private const int ChunkMailboxes = 100;

    /// <summary>Attempts at a chunk whose mailboxes change under it.</summary>
    private const int MaxAttempts = 5;

    private readonly GovernanceStore store;
    private readonly NoticeDesk desk;

    internal DailyRun(GovernanceStore store, NoticeDesk desk)
    {
        this.store = store;
        this.desk = desk;
    }

    /// <summary>Does what is due today and was not done yet.</summary>
    /// <exception cref="StoreException">The store cannot do it now; what was done is done, and the rest follows with the next run.</exception>
    public async Task<DailyResult> RunAsync(CancellationToken cancellationToken)
    {
        var today = store.Today;
        var (policy, calendar) = await store.ReadAsync(async tx => (await LifecycleStore.PolicyAsync(tx), await store.Calendar.ReadAsync(tx)), cancellationToken);
        var result = new DailyResult { Day = today, IsWorkingDay = calendar.IsWorkingDay(today) };

        // 1. Passwords.
        result = result with
        {
            PasswordsExpired = await store.Mail.Database.WriteAsync(
                async tx =>
                {
                    await StartClocksAsync(tx, today);
                    await PasswordStore.ReckonAsync(tx, policy.Figures, calendar);
                    return await store.Mail.Accounts.ExpirePasswordsAsync(tx);
                },
                cancellationToken),
        };

        // 2. Closings have the day that a decision gives them.
        var (rows, managers) = await ReadAsync(today, cancellationToken);
        result = result with { Closed = await CloseAsync(rows, managers, policy, today, cancellationToken) };
        if (!result.IsWorkingDay)
            return result;
        var dates = new LifeDates(policy, calendar);

        // 3. What was approved.
        foreach (var batch in await store.ReadAsync(tx => tx.QueryAsync("SELECT id FROM lifecycle_batches WHERE state = 1 ORDER BY id", row => row.GetInt64(0)), cancellationToken))
            result = await CarryOutAsync(batch, managers, dates, policy, today, result, cancellationToken);
        if (result.Closed + result.Suspended + result.Removed > 0)
            (rows, managers) = await ReadAsync(today, cancellationToken);

        // 4. What has fallen due.
        foreach (var step in new[] { LifeStep.Suspended, LifeStep.Removed })
            result = result with { Proposed = result.Proposed + await ProposeAsync(step, rows, managers, dates, policy, today, cancellationToken) };

        // 5. What falls due soon.
        return result with { Warnings = await WarnAsync(rows, managers, dates, policy, today, cancellationToken) + await WarnOfPasswordsAsync(dates, calendar, policy, today, cancellationToken) };
    }

    private ValueTask<(List<LifeRow> Rows, ManagingBodies Managers)> ReadAsync(DateOnly today, CancellationToken cancellationToken) =>
        store.ReadAsync(async tx => (await LifeRow.ReadAllAsync(tx, today), await ManagingBodies.ReadAsync(tx, today)), cancellationToken);

    // A8.1: at go-live the clocks start that day.
    private static async ValueTask StartClocksAsync(Tx tx, DateOnly today) => await tx.ExecuteAsync(
        "INSERT INTO governance_settings (name, value) VALUES ('lifecycle.liveFrom', $1) ON CONFLICT (name) DO NOTHING", VietnamTime.Text(today));

    private async Task<int> CloseAsync(List<LifeRow> rows, ManagingBodies managers, LifecyclePolicy policy, DateOnly today, CancellationToken cancellationToken)
    {
        var closed = 0;
        foreach (var due in rows.Where(r => r.ClosesOn <= today && r.State is AccountState.Active or AccountState.Suspended))
        {
            object?[] values = [due.Address, due.Name, "", NoticeDesk.Day(today), due.MovedTo ?? "–", ""];
            var key = $"closed:{due.Account.Value}:{VietnamTime.Text(due.ClosesOn!.Value)}";
            await using var toManagers = await desk.PrepareAsync($"{key}:managers", "closed.one", due.Account, managers.Of(due.Account), values, cancellationToken);
            await using var toHolder = await desk.PrepareAsync($"{key}:holder", "closed", due.Account, [new(due.Account, due.Address)], values, cancellationToken);
            closed += await store.Mail.Database.WriteAsync(
                async tx =>
                {
                    if (await LifeRow.ReadAsync(tx, due.Account, today) is not { ClosesOn: { } day, ClosesReason: { } reason } row || day > today || row.State is not (AccountState.Active or AccountState.Suspended))
                        return 0;
                    await desk.SendAsync(tx, toHolder);
                    await store.Lifecycle.CloseNowAsync(tx, Actor.System, row, reason, "", row.MovedTo, policy);
                    await desk.SendAsync(tx, toManagers);
                    return 1;
                },
                cancellationToken);
        }
        return closed;
    }

    private async Task<int> ProposeAsync(LifeStep step, List<LifeRow> rows, ManagingBodies managers, LifeDates dates, LifecyclePolicy policy, DateOnly today, CancellationToken cancellationToken)
    {
        var waiting = await store.ReadAsync(async tx => (await tx.QueryAsync("SELECT account_id FROM lifecycle_items WHERE state = 0", row => row.GetInt64(0))).ToHashSet(), cancellationToken);
        var due = rows.Where(r => r.Proposal(dates, today) == step && !waiting.Contains(r.Account.Value)).ToList();
        if (due.Count == 0)
            return 0;
        var inUse = rows.Count(r => r.State == AccountState.Active);
        // Above the share it stops and asks; a single mailbox always may pass.
        var isStopped = due.Count > Math.Max(1, policy.StopShare * inUse);
        var day = VietnamTime.Text(today);
        await using var notice = await desk.PrepareAsync(
            $"proposed:{step}:{day}", isStopped ? "proposed.stopped" : "proposed", null, managers.Managers, [NoticeDesk.Day(today), due.Count, inUse, NoticeDesk.Words[$"notice.step.{step}"]], cancellationToken);
        return await store.Mail.Database.WriteAsync(
            async tx =>
            {
                // One run at a time proposes; whoever waited sees here what the other has proposed.
                await tx.ExecuteAsync("UPDATE governance_settings SET value = value WHERE name = 'lifecycle.liveFrom'");
                var batch = await tx.ScalarAsync<long>(
                    "INSERT INTO lifecycle_batches (step, is_stopped, mailboxes, in_use, proposed_on, proposed_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                    (int)step,
                    isStopped ? 1 : 0,
                    due.Count,
                    inUse,
                    day,
                    store.Now);
                var count = 0;
                foreach (var row in due)
                {
                    count += await tx.ExecuteAsync(
                        "INSERT INTO lifecycle_items (batch_id, account_id, due_on) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM lifecycle_items WHERE account_id = $2 AND state = 0)",
                        batch,
                        row.Account.Value,
                        VietnamTime.Text(row.LastDay(dates)!.Value));
                }
                if (count == 0)
                {
                    await tx.ExecuteAsync("DELETE FROM lifecycle_batches WHERE id = $1", batch);
                    return 0;
                }
                await tx.ExecuteAsync("UPDATE lifecycle_batches SET mailboxes = $2 WHERE id = $1", batch, count);
                await store.AuditAsync(tx, Actor.System, "batch.propose", $"batch {batch}", $"{step}: {count} of {inUse}{(isStopped ? "; stopped" : "")}");
                await desk.SendAsync(tx, notice);
                return count;
            },
            cancellationToken);
    }

    private async Task<DailyResult> CarryOutAsync(long batch, ManagingBodies managers, LifeDates dates, LifecyclePolicy policy, DateOnly today, DailyResult result, CancellationToken cancellationToken)
    {
        var (of, items) = await store.ReadAsync(
            async tx => ((await LifecycleStore.BatchAsync(tx, batch))!, await tx.QueryAsync("SELECT account_id FROM lifecycle_items WHERE batch_id = $1 AND state = 0 ORDER BY account_id", row => new AccountId(row.GetInt64(0)), batch)),
            cancellationToken);
        foreach (var chunk in items.OrderBy(a => managers.FirstOf(a)?.Account.Value ?? 0).Chunk(ChunkMailboxes))
        {
            var (done, dropped) = await CarryOutAsync(of, chunk, managers, dates, policy, today, cancellationToken);
            result = of.Step == LifeStep.Suspended
                ? result with { Suspended = result.Suspended + done, Dropped = result.Dropped + dropped }
                : result with { Removed = result.Removed + done, Dropped = result.Dropped + dropped };
        }
        await store.Mail.Database.WriteAsync(
            tx => tx.ExecuteAsync("UPDATE lifecycle_batches SET state = 3 WHERE id = $1 AND state = 1 AND NOT EXISTS (SELECT 1 FROM lifecycle_items WHERE batch_id = $1 AND state = 0)", batch), cancellationToken);
        return result;
    }

    // Notices are written for what is seen, and it is done only if that is still so in the transaction; else both anew.
    private async Task<(int Done, int Dropped)> CarryOutAsync(
        LifecycleBatch batch, AccountId[] chunk, ManagingBodies managers, LifeDates dates, LifecyclePolicy policy, DateOnly today, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var seen = await store.ReadAsync(tx => RowsAsync(tx, batch.Id, chunk, today), cancellationToken);
            var due = seen.Where(r => r.Proposal(dates, today) == batch.Step).ToList();
            var notices = new List<PreparedNotice>();
            try
            {
                await PrepareAsync(batch, due, managers, dates, today, notices, cancellationToken);
                var done = await store.Mail.Database.WriteAsync<(int, int)?>(
                    async tx =>
                    {
                        var now = await RowsAsync(tx, batch.Id, chunk, today);
                        if (!now.SequenceEqual(seen))
                            return null;
                        // The holder's mail first: a mailbox that is removed takes none.
                        foreach (var notice in notices)
                            await desk.SendAsync(tx, notice);
                        foreach (var row in now)
                            await CarryOutAsync(tx, batch, row, due.Contains(row), policy, dates, today);
                        return (due.Count, now.Count - due.Count);
                    },
                    cancellationToken);
                if (done is { } counts)
                    return counts;
            }
            finally
            {
                foreach (var notice in notices)
                    await notice.DisposeAsync();
            }
        }
        // They change faster than notices are written: tomorrow.
        return default;
    }

    private static async ValueTask<List<LifeRow>> RowsAsync(Tx tx, long batch, AccountId[] chunk, DateOnly today)
    {
        var rows = new List<LifeRow>(chunk.Length);
        foreach (var account in chunk)
        {
            if (await tx.ScalarAsync<long?>("SELECT 1 FROM lifecycle_items WHERE batch_id = $1 AND account_id = $2 AND state = 0", batch, account.Value) is not null
                && await LifeRow.ReadAsync(tx, account, today) is { } row)
                rows.Add(row);
        }
        return rows;
    }

    private async Task PrepareAsync(
        LifecycleBatch batch, List<LifeRow> due, ManagingBodies managers, LifeDates dates, DateOnly today, List<PreparedNotice> notices, CancellationToken cancellationToken)
    {
        var isSuspension = batch.Step == LifeStep.Suspended;
        var lastDay = isSuspension ? NoticeDesk.Day(dates.LastReopeningDay(today)) : "";
        foreach (var group in due.GroupBy(r => managers.FirstOf(r.Account)))
        {
            var (list, count, first) = (new StringBuilder(), 0, group.First().Account);
            foreach (var row in group)
            {
                count++;
                list.Append(System.Globalization.CultureInfo.InvariantCulture, $"  - {row.Address} ({row.Name})\r\n");
                if (isSuspension)
                    notices.Add(await desk.PrepareAsync($"suspended:{batch.Id}:{row.Account.Value}", "suspended", row.Account, [new(row.Account, row.Address)], [row.Address, row.Name, IdleReason(row, dates), NoticeDesk.Day(today), lastDay], cancellationToken));
            }
            var kind = isSuspension ? "suspended.list" : "removed.list";
            notices.Add(await desk.PrepareAsync($"{kind}:{batch.Id}:{first.Value}", kind, null, managers.Of(first), [NoticeDesk.Day(today), count, list.ToString(), lastDay], cancellationToken));
        }
    }

    private static string IdleReason(LifeRow row, LifeDates dates) =>
        NoticeDesk.Words["notice.idleReason", NoticeDesk.Day(row.LastUsed), NoticeDesk.Day(dates.LastIdleDay(row.LastUsed))];

    private async ValueTask CarryOutAsync(Tx tx, LifecycleBatch batch, LifeRow row, bool isDue, LifecyclePolicy policy, LifeDates dates, DateOnly today)
    {
        if (isDue && batch.Step == LifeStep.Suspended)
        {
            await store.Mail.Accounts.SuspendAsync(tx, row.Account, Actor.System.Name);
            await LifecycleStore.SetStepAsync(tx, row.Account, LifeStep.Suspended, LifeReason.Idle, today, notifiedOn: today);
            await store.Lifecycle.RecordAsync(tx, Actor.System, row, "suspend", $"{LifeReason.Idle}; {VietnamTime.Text(row.LastUsed)} – {VietnamTime.Text(dates.LastIdleDay(row.LastUsed))}", $"batch {batch.Id}");
        }
        else if (isDue)
        {
            await RemoveAsync(tx, batch, row, policy, today);
        }
        await tx.ExecuteAsync(
            "UPDATE lifecycle_items SET state = $3, outcome = $4 WHERE batch_id = $1 AND account_id = $2",
            batch.Id,
            row.Account.Value,
            (int)(isDue ? ItemState.Done : ItemState.Dropped),
            isDue ? "" : row.IsHeld ? "held" : row.ReopenAskedOn is not null ? "reopen-asked" : row.State == AccountState.Active && batch.Step == LifeStep.Suspended ? "used" : "changed");
    }

    private async ValueTask RemoveAsync(Tx tx, LifecycleBatch batch, LifeRow row, LifecyclePolicy policy, DateOnly today)
    {
        var removed = (await store.Mail.Accounts.RemoveAsync(tx, row.Account, Actor.System.Name))!;
        await tx.ExecuteAsync(
            """
            INSERT INTO removal_records (account_id, address, addresses, name, kind, reason, notified_on, batch_id, approved_by, removed_on, removed_at, mailboxes, messages, bytes, digest, backups_until)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            """,
            row.Account.Value,
            row.Address,
            string.Join(' ', removed.Addresses),
            row.Name,
            (int)row.Kind,
            (int)(row.Reason ?? LifeReason.Idle),
            LifecycleStore.Text(row.NotifiedOn),
            batch.Id,
            batch.DecidedBy ?? "",
            VietnamTime.Text(today),
            store.Now,
            removed.Mailboxes,
            removed.Messages,
            removed.Bytes,
            removed.Digest,
            VietnamTime.Text(today.AddDays(policy.BackupDays)));
        await LifecycleStore.SetStepAsync(tx, row.Account, LifeStep.Removed, row.Reason, today, notifiedOn: row.NotifiedOn);
        await store.Lifecycle.RecordAsync(tx, Actor.System, row, "remove", $"{removed.Messages} messages, {removed.Bytes} bytes, {removed.Digest}", $"batch {batch.Id}");
    }
}
