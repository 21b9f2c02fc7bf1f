using CongVu.Governance.Authorities;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Lifecycle;

public sealed partial class LifecycleStore
{
    private static readonly DateTimeOffset Endless = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// Keeps a mailbox from being suspended for idleness and from being removed, from a day to a day: for a violation or an inspection, when nothing of it may be lost, or for a leave. When it ends, idleness counts anew.
    /// </summary>
    public Task<Result<MailboxHold>> HoldAsync(Actor actor, AccountId account, HoldKind kind, string reason, string document, DateOnly from, DateOnly? to, CancellationToken cancellationToken) =>
        (CheckText("reason", reason, isNeeded: true) ?? CheckText("document", document, isNeeded: kind == HoldKind.Leave) ?? (to < from ? new(ProblemKind.InvalidDate, VietnamTime.Text(to.Value)) : null)) is { } wrong
            ? Task.FromResult<Result<MailboxHold>>(wrong)
            : store.ChangeAsync<MailboxHold>(
                async tx =>
                {
                    if (await store.Authority.RefuseAsync(tx, actor, Right.Suspend, await OrganizationOfAsync(tx, account)) is { } refused)
                        return refused;
                    if (await LifeRow.ReadAsync(tx, account, store.Today) is not { State: not AccountState.Removed } row)
                        return Problem.NotFound($"{account.Value}");
                    var id = await tx.ScalarAsync<long>(
                        "INSERT INTO mailbox_holds (account_id, kind, reason, document, from_day, to_day, placed_by, placed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                        account.Value,
                        (int)kind,
                        reason,
                        document,
                        VietnamTime.Text(from),
                        Text(to),
                        actor.Name,
                        store.Now);
                    await AlignHoldAsync(tx, actor, account);
                    await RecordAsync(tx, actor, row, kind == HoldKind.Legal ? "hold" : "leave", $"{reason}; {VietnamTime.Text(from)} – {Text(to)}", document);
                    return new MailboxHold(id, account, row.Address, kind, reason, document, from, to);
                },
                cancellationToken);

    /// <summary>Ends a hold or a leave with today as its last day.</summary>
    public Task<Result<MailboxHold>> EndHoldAsync(Actor actor, long id, string reason, CancellationToken cancellationToken) => store.ChangeAsync<MailboxHold>(
        async tx =>
        {
            if ((await HoldsAsync(tx, "h.id = $1", id)).FirstOrDefault() is not { } hold)
                return Problem.NotFound($"{id}");
            if (await store.Authority.RefuseAsync(tx, actor, Right.Suspend, await OrganizationOfAsync(tx, hold.Account)) is { } refused)
                return refused;
            if (hold.To < store.Today)
                return new Problem(ProblemKind.WrongState, hold.Address);
            await tx.ExecuteAsync("UPDATE mailbox_holds SET to_day = $2 WHERE id = $1", id, VietnamTime.Text(store.Today));
            await AlignHoldAsync(tx, actor, hold.Account);
            await RecordAsync(tx, actor, (await LifeRow.ReadAsync(tx, hold.Account, store.Today))!, "hold-end", reason, "");
            return hold with { To = store.Today };
        },
        cancellationToken);

    /// <summary>Holds and leaves that have not ended, by address.</summary>
    public ValueTask<List<MailboxHold>> HoldsAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(tx => HoldsAsync(tx, "h.to_day IS NULL OR h.to_day >= $1", VietnamTime.Text(store.Today)), cancellationToken);

    private static ValueTask<List<MailboxHold>> HoldsAsync(Tx tx, string where, object argument) => tx.QueryAsync(
        $"""
        SELECT h.id, h.account_id, d.address, h.kind, h.reason, h.document, h.from_day, h.to_day FROM mailbox_holds h JOIN addresses d ON d.account_id = h.account_id AND d.is_primary = 1
        WHERE {where} ORDER BY d.address, h.id
        """,
        row => new MailboxHold(
            row.GetInt64(0),
            new(row.GetInt64(1)),
            row.GetString(2),
            (HoldKind)row.GetInt16(3),
            row.GetString(4),
            row.GetString(5),
            VietnamTime.Read(row.GetString(6)),
            row.IsDBNull(7) ? null : VietnamTime.Read(row.GetString(7))),
        argument);

    // The engine keeps what is held out of every sweep: until the latest of the legal holds ends.
    private async ValueTask AlignHoldAsync(Tx tx, Actor actor, AccountId account)
    {
        var holds = await tx.QueryAsync(
            "SELECT to_day FROM mailbox_holds WHERE account_id = $1 AND kind = $2 AND (to_day IS NULL OR to_day >= $3)",
            row => row.IsDBNull(0) ? Endless : VietnamTime.StartOf(VietnamTime.Read(row.GetString(0)).AddDays(1)),
            account.Value,
            (int)HoldKind.Legal,
            VietnamTime.Text(store.Today));
        await store.Mail.Accounts.HoldAsync(tx, account, holds.Count == 0 ? null : holds.Max(), actor.Name);
    }
}
