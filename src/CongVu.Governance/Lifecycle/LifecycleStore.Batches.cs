using System.Data.Common;
using CongVu.Governance.Authorities;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Lifecycle;

public sealed partial class LifecycleStore
{
    /// <summary>The proposals of the daily run, the latest first; only those that wait or are not carried out yet, or all.</summary>
    public ValueTask<List<LifecycleBatch>> BatchesAsync(bool all, CancellationToken cancellationToken) => store.ReadAsync(
        tx => tx.QueryAsync($"SELECT {BatchColumns} FROM lifecycle_batches {(all ? "" : "WHERE state < 2")} ORDER BY id DESC", ReadBatch), cancellationToken);

    /// <summary>The mailboxes of a proposal, by address.</summary>
    public ValueTask<List<LifecycleItem>> ItemsAsync(long batch, CancellationToken cancellationToken) => store.ReadAsync(
        tx => tx.QueryAsync(
            """
            SELECT i.account_id, d.address, a.name, i.due_on, i.state, i.outcome FROM lifecycle_items i JOIN accounts a ON a.id = i.account_id
            JOIN addresses d ON d.account_id = a.id AND d.is_primary = 1 WHERE i.batch_id = $1 ORDER BY d.address
            """,
            row => new LifecycleItem(new(row.GetInt64(0)), row.GetString(1), row.GetString(2), VietnamTime.Read(row.GetString(3)), (ItemState)row.GetInt16(4), row.GetString(5)),
            batch),
        cancellationToken);

    /// <summary>
    /// Approves a proposal in the managing body's name (A8.1); the daily run carries it out. One that is above the limit is approved only by <paramref name="confirmed"/>, the number of its mailboxes.
    /// </summary>
    public Task<Result<LifecycleBatch>> ApproveAsync(Actor actor, long batch, int? confirmed, CancellationToken cancellationToken) => store.ChangeAsync<LifecycleBatch>(
        async tx =>
        {
            if (await store.Authority.RefuseAsync(tx, actor, Right.Approve, null) is { } refused)
                return refused;
            if (await BatchAsync(tx, batch) is not { } found)
                return Problem.NotFound($"{batch}");
            if (found.State != BatchState.Proposed)
                return new Problem(ProblemKind.WrongState, $"{batch}");
            if (found.IsStopped && confirmed != found.Mailboxes)
                return new Problem(ProblemKind.NeedsConfirmation, $"{found.Mailboxes}", $"{found.InUse}");
            await DecideAsync(tx, actor, batch, BatchState.Approved, "");
            return (await BatchAsync(tx, batch))!;
        },
        cancellationToken);

    /// <summary>Refuses a proposal: what it was about is left as it is, and its terms run anew from today.</summary>
    public Task<Result<LifecycleBatch>> RefuseAsync(Actor actor, long batch, string reason, CancellationToken cancellationToken) => CheckText("reason", reason, isNeeded: true) is { } wrong
        ? Task.FromResult<Result<LifecycleBatch>>(wrong)
        : store.ChangeAsync<LifecycleBatch>(
            async tx =>
            {
                if (await store.Authority.RefuseAsync(tx, actor, Right.Approve, null) is { } refused)
                    return refused;
                if (await BatchAsync(tx, batch) is not { } found)
                    return Problem.NotFound($"{batch}");
                if (found.State is not (BatchState.Proposed or BatchState.Approved))
                    return new Problem(ProblemKind.WrongState, $"{batch}");
                var accounts = await tx.QueryAsync("SELECT account_id FROM lifecycle_items WHERE batch_id = $1 AND state = 0", row => row.GetInt64(0), batch);
                foreach (var account in accounts)
                {
                    await tx.ExecuteAsync("INSERT INTO mailbox_lives (account_id) VALUES ($1) ON CONFLICT (account_id) DO NOTHING", account);
                    await tx.ExecuteAsync(
                        found.Step == LifeStep.Suspended
                            ? "UPDATE mailbox_lives SET clock_from = $2 WHERE account_id = $1"
                            : "UPDATE mailbox_lives SET notified_on = CASE WHEN step = 1 THEN $2 ELSE notified_on END, kept_until = CASE WHEN step = 2 THEN $3 ELSE kept_until END WHERE account_id = $1",
                        found.Step == LifeStep.Suspended ? [account, VietnamTime.Text(store.Today)] : [account, VietnamTime.Text(store.Today), VietnamTime.Text(store.Today.AddDays((await PolicyAsync(tx)).ClosedDays))]);
                }
                await tx.ExecuteAsync("UPDATE lifecycle_items SET state = 2, outcome = 'refused' WHERE batch_id = $1 AND state = 0", batch);
                await DecideAsync(tx, actor, batch, BatchState.Refused, reason);
                return (await BatchAsync(tx, batch))!;
            },
            cancellationToken);

    private const string BatchColumns = "id, step, state, is_stopped, mailboxes, in_use, proposed_on, decided_by, note";

    internal static ValueTask<LifecycleBatch?> BatchAsync(Tx tx, long id) => tx.FirstAsync<LifecycleBatch?>($"SELECT {BatchColumns} FROM lifecycle_batches WHERE id = $1", ReadBatch, id);

    private async ValueTask DecideAsync(Tx tx, Actor actor, long batch, BatchState state, string note)
    {
        await tx.ExecuteAsync("UPDATE lifecycle_batches SET state = $2, decided_by = $3, decided_at = $4, note = $5 WHERE id = $1", batch, (int)state, actor.Name, store.Now, note);
        await store.AuditAsync(tx, actor, $"batch.{(state == BatchState.Approved ? "approve" : "refuse")}", $"batch {batch}", note);
    }

    internal static LifecycleBatch ReadBatch(DbDataReader row) => new(
        row.GetInt64(0),
        (LifeStep)row.GetInt16(1),
        (BatchState)row.GetInt16(2),
        row.GetInt16(3) != 0,
        row.GetInt32(4),
        row.GetInt32(5),
        VietnamTime.Read(row.GetString(6)),
        row.IsDBNull(7) ? null : row.GetString(7),
        row.GetString(8));
}
