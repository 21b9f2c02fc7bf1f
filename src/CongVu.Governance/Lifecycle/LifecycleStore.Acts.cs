using System.Security.Cryptography;
using CongVu.Governance.Authorities;
using CongVu.Governance.People;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Lifecycle;

public sealed partial class LifecycleStore
{
    /// <summary>Suspends a mailbox by hand: for a prohibited act with what shows it (A8.1, A13), or at a request. Removal counts from today's notice.</summary>
    public Task<Result<MailboxLife>> SuspendAsync(Actor actor, AccountId account, LifeReason reason, string why, string document, IReadOnlyList<Evidence> evidence, CancellationToken cancellationToken)
    {
        if ((CheckText("reason", why, isNeeded: true) ?? CheckText("document", document, isNeeded: false) ?? CheckEvidence(evidence)) is { } wrong)
            return Task.FromResult<Result<MailboxLife>>(wrong);
        return TellAsync<MailboxLife>(
            account,
            "suspended",
            row => [row.Address, row.Name, why, NoticeDesk.Day(store.Today)],
            async (tx, row, dates) => await SuspendAsync(tx, actor, row, reason, why, document, evidence) is { } refused ? refused : Life((await LifeRow.ReadAsync(tx, account, store.Today))!, dates),
            dates => NoticeDesk.Day(dates.LastReopeningDay(store.Today)),
            cancellationToken);
    }

    /// <summary>Suspends a mailbox as part of a larger change, which tells of it.</summary>
    internal async ValueTask<Problem?> SuspendAsync(Tx tx, Actor actor, LifeRow row, LifeReason reason, string why, string document, IReadOnlyList<Evidence> evidence)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.Suspend, await OrganizationOfAsync(tx, row.Account)) is { } refused)
            return refused;
        if (row.State != AccountState.Active)
            return new(ProblemKind.WrongState, row.Address);
        await store.Mail.Accounts.SuspendAsync(tx, row.Account, actor.Name);
        await SetStepAsync(tx, row.Account, LifeStep.Suspended, reason, store.Today, notifiedOn: store.Today);
        var entry = await RecordAsync(tx, actor, row, "suspend", $"{reason}: {why}", document);
        foreach (var file in evidence)
        {
            await tx.ExecuteAsync(
                "INSERT INTO mailbox_evidence (account_id, event_id, name, sha256, data) VALUES ($1, $2, $3, $4, $5)",
                row.Account.Value,
                entry,
                file.Name,
                Convert.ToHexStringLower(SHA256.HashData(file.Data.Span)),
                file.Data.ToArray());
        }
        return null;
    }

    /// <summary>Opens a suspended or closed mailbox again, with all its mail, at the managing organization's request (A8.3). The clocks start anew.</summary>
    public Task<Result<MailboxLife>> ReopenAsync(Actor actor, AccountId account, string why, string document, CancellationToken cancellationToken) =>
        (CheckText("reason", why, isNeeded: true) ?? CheckText("document", document, isNeeded: false)) is { } wrong
            ? Task.FromResult<Result<MailboxLife>>(wrong)
            : TellAsync<MailboxLife>(
                account,
                "reopened",
                row => [row.Address, row.Name, why, NoticeDesk.Day(store.Today)],
                async (tx, row, dates) => await ReopenAsync(tx, actor, account, why, document) is { } refused ? refused : Life((await LifeRow.ReadAsync(tx, account, store.Today))!, dates),
                dates => NoticeDesk.Day(dates.LastIdleDay(store.Today)),
                cancellationToken);

    /// <summary>Opens a mailbox again as part of a larger change, which tells of it.</summary>
    public async ValueTask<Problem?> ReopenAsync(Tx tx, Actor actor, AccountId account, string why, string document)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.Suspend, await OrganizationOfAsync(tx, account)) is { } refused)
            return refused;
        if (await LifeRow.ReadAsync(tx, account, store.Today) is not { } row)
            return Problem.NotFound($"{account.Value}");
        if (row.State is not (AccountState.Suspended or AccountState.Closed) || (row.State == AccountState.Closed && row.KeptUntil < store.Today))
            return new(ProblemKind.WrongState, row.Address);
        await store.Mail.Accounts.ReopenAsync(tx, account, actor.Name);
        await SetStepAsync(tx, account, LifeStep.InUse, null, store.Today);
        await RecordAsync(tx, actor, row, "reopen", why, document);
        return null;
    }

    /// <summary>Notes that a request to reopen a suspended mailbox is open: it is not removed meanwhile (A8.1). With <paramref name="asked"/> null the request has ended without a reopening.</summary>
    public async ValueTask<Problem?> AskReopenAsync(Tx tx, Actor actor, AccountId account, DateOnly? asked, string document)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.PrepareRequest, await OrganizationOfAsync(tx, account)) is { } refused)
            return refused;
        if (await LifeRow.ReadAsync(tx, account, store.Today) is not { } row)
            return Problem.NotFound($"{account.Value}");
        if (row.Step != LifeStep.Suspended)
            return new(ProblemKind.WrongState, row.Address);
        await tx.ExecuteAsync("UPDATE mailbox_lives SET reopen_asked_on = $2 WHERE account_id = $1", account.Value, Text(asked));
        await RecordAsync(tx, actor, row, asked is null ? "reopen-declined" : "reopen-asked", "", document);
        return null;
    }

    /// <summary>
    /// Closes a mailbox because its holder leaves (A8.2): on the day the decision takes effect, at once where that has come. Mail is then refused with the new address, and the content kept, for some months.
    /// </summary>
    public Task<Result<ClosingResult>> CloseAsync(Actor actor, Closing closing, CancellationToken cancellationToken) =>
        (CheckText("document", closing.Document, isNeeded: true) ?? CheckClosing(closing)) is { } wrong
            ? Task.FromResult<Result<ClosingResult>>(wrong)
            : TellAsync<ClosingResult>(
                closing.Account,
                closing.EffectiveOn <= store.Today ? "closed" : "closing",
                row => [row.Address, row.Name, closing.Document, NoticeDesk.Day(closing.EffectiveOn), closing.MovedTo ?? "–"],
                async (tx, _, _) => await CloseAsync(tx, actor, closing),
                _ => "",
                cancellationToken);

    /// <summary>Closes a mailbox, or sets the day for it, as part of a larger change, which tells of it.</summary>
    public async ValueTask<Result<ClosingResult>> CloseAsync(Tx tx, Actor actor, Closing closing)
    {
        var account = closing.Account;
        if (await store.Authority.RefuseAsync(tx, actor, Right.Suspend, await OrganizationOfAsync(tx, account)) is { } refused)
            return refused;
        if (await LifeRow.ReadAsync(tx, account, store.Today) is not { } row)
            return Problem.NotFound($"{account.Value}");
        if (row.State is AccountState.Closed or AccountState.Removed)
            return new Problem(ProblemKind.WrongState, row.Address);
        // A sole custodian, liaison or head is not closed before a successor is named.
        if (await PeopleStore.FindAsync(tx, account) is { } person && await store.Duties.SoleDutiesAsync(tx, person.Id, closing.EffectiveOn.AddDays(-1)) is [var sole, ..])
            return sole;
        var (policy, calendar) = (await PolicyAsync(tx), await store.Calendar.ReadAsync(tx));
        var isLate = closing.AskedOn > policy.Figures.TerminationRequest.DueAfter(closing.DecidedOn, calendar).Date;
        var finishBy = policy.Figures.Termination.DueAfter(closing.AskedOn, calendar).Date;
        if (closing.EffectiveOn <= store.Today)
            await CloseNowAsync(tx, actor, row, closing.Reason, closing.Document, closing.MovedTo, policy);
        else
        {
            await tx.ExecuteAsync("INSERT INTO mailbox_lives (account_id) VALUES ($1) ON CONFLICT (account_id) DO NOTHING", account.Value);
            await tx.ExecuteAsync(
                "UPDATE mailbox_lives SET closes_on = $2, closes_reason = $3, moved_to = $4 WHERE account_id = $1", account.Value, VietnamTime.Text(closing.EffectiveOn), (int)closing.Reason, closing.MovedTo);
            await RecordAsync(tx, actor, row, "closing", $"{closing.Reason}; {VietnamTime.Text(closing.EffectiveOn)}{(isLate ? "; late" : "")}", closing.Document);
        }
        return new ClosingResult(closing.EffectiveOn > store.Today ? closing.EffectiveOn : store.Today, closing.EffectiveOn <= store.Today, isLate, finishBy);
    }

    /// <summary>Closes a mailbox today.</summary>
    internal async ValueTask CloseNowAsync(Tx tx, Actor actor, LifeRow row, LifeReason reason, string document, string? movedTo, LifecyclePolicy policy)
    {
        var until = store.Today.AddDays(policy.ClosedDays);
        await store.Mail.Accounts.CloseAsync(tx, row.Account, movedTo, VietnamTime.StartOf(until.AddDays(1)), actor.Name);
        await SetStepAsync(tx, row.Account, LifeStep.Closed, reason, store.Today, movedTo: movedTo, keptUntil: until);
        await RecordAsync(tx, actor, row, "close", reason.ToString(), document);
    }

    private Problem? CheckClosing(Closing closing) =>
        closing.DecidedOn > store.Today || closing.AskedOn > store.Today || closing.AskedOn < closing.DecidedOn ? new(ProblemKind.InvalidDate, VietnamTime.Text(closing.DecidedOn))
        : closing.EffectiveOn < closing.DecidedOn.AddYears(-1) || closing.EffectiveOn > closing.DecidedOn.AddYears(2) ? new(ProblemKind.InvalidDate, VietnamTime.Text(closing.EffectiveOn))
        : closing.MovedTo is { } moved && !Address.IsValid(Address.Normalize(moved)) ? new(ProblemKind.Address, moved, "NotAnAddress")
        : null;

    private static Problem? CheckEvidence(IReadOnlyList<Evidence> evidence) =>
        evidence.Count > Evidence.MaxFiles ? new(ProblemKind.TooLong, "evidence", $"{Evidence.MaxFiles}")
        : evidence.FirstOrDefault(e => e.Data.Length is 0 or > Evidence.MaxBytes || e.Name.Length is 0 or > 200) is { } wrong ? new(ProblemKind.TooLong, wrong.Name, $"{Evidence.MaxBytes >> 20} MB")
        : null;

    // An act by hand and its notices: to the managing organization, and to the holder's mailbox, which reads it when it is open again.
    private async Task<Result<T>> TellAsync<T>(
        AccountId account, string kind, Func<LifeRow, object?[]> values, Func<Tx, LifeRow, LifeDates, ValueTask<Result<T>>> act, Func<LifeDates, string> lastDay, CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync(
            async tx => await LifeRow.ReadAsync(tx, account, store.Today) is { } row
                ? (row, await DatesAsync(tx), (await ManagingBodies.ReadAsync(tx, store.Today)).Of(account))
                : default((LifeRow, LifeDates, IReadOnlyList<NoticeMailbox>)?),
            cancellationToken);
        if (read is not var (before, dates, managers))
            return Problem.NotFound($"{account.Value}");
        var key = $"{kind}:{account.Value}:{Guid.NewGuid():N}";
        object?[] told = [.. values(before), lastDay(dates)];
        await using var toManagers = await desk.PrepareAsync($"{key}:managers", $"{kind}.one", account, managers, told, cancellationToken);
        await using var toHolder = await desk.PrepareAsync($"{key}:holder", kind, account, [new(account, before.Address)], told, cancellationToken);
        return await store.ChangeAsync<T>(
            async tx =>
            {
                if (await LifeRow.ReadAsync(tx, account, store.Today) is not { } row)
                    return Problem.NotFound($"{account.Value}");
                // Before the mailbox closes, so that it is still taken.
                await desk.SendAsync(tx, toHolder);
                var done = await act(tx, row, dates);
                if (done.Ok)
                    await desk.SendAsync(tx, toManagers);
                return done;
            },
            cancellationToken);
    }
}
