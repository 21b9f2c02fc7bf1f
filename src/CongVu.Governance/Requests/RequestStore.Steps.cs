using System.Text.Json;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Requests;

/// <summary>What of a request's head to set; null leaves a field as it is.</summary>
/// <param name="Organization">Whose request it is.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="Number">Số, ký hiệu.</param>
/// <param name="DocumentDate">The document's day.</param>
/// <param name="Signer">Who signed it.</param>
/// <param name="Action">What is asked for in rows that do not say it: the answer to what the third form leaves open.</param>
public sealed record RequestChange(OrganizationId? Organization = null, RequestKind? Kind = null, string? Number = null, DateOnly? DocumentDate = null, string? Signer = null, MailboxAction? Action = null);

public sealed partial class RequestStore
{
    /// <summary>The organization hands its draft in.</summary>
    public Task<Result<Request>> SubmitAsync(Actor actor, RequestId id, CancellationToken cancellationToken) => StepAsync(actor, id, RequestStep.Submit, Right.PrepareRequest, "", null, cancellationToken);

    /// <summary>The operator receives what was handed in; the time limit runs from that day.</summary>
    public Task<Result<Request>> ReceiveAsync(Actor actor, RequestId id, DateOnly? on, CancellationToken cancellationToken) => StepAsync(
        actor,
        id,
        RequestStep.Receive,
        Right.Provision,
        "",
        async (tx, request) =>
        {
            var day = on ?? store.Today;
            if (day > store.Today || day < request.DocumentDate || day < VietnamTime.Day(request.CreatedAt).AddYears(-1))
                return new Problem(ProblemKind.InvalidDate, Shown(day));
            await tx.ExecuteAsync("UPDATE requests SET received_on = $2, complete_on = $2 WHERE id = $1", id.Value, VietnamTime.Text(day));
            return null;
        },
        cancellationToken);

    /// <summary>Gives a request to somebody, and begins it.</summary>
    public Task<Result<Request>> AssignAsync(Actor actor, RequestId id, string owner, CancellationToken cancellationToken) => StepAsync(
        actor,
        id,
        RequestStep.Begin,
        Right.Provision,
        owner,
        async (tx, _) =>
        {
            if (owner.Trim().Length == 0)
                return new Problem(ProblemKind.Missing, "owner");
            await tx.ExecuteAsync("UPDATE requests SET owner = $2 WHERE id = $1", id.Value, owner.Trim());
            return null;
        },
        cancellationToken);

    /// <summary>Asks the organization for what is missing: the request waits, and no time limit runs (A6.2).</summary>
    public Task<Result<Request>> AskSupplementAsync(Actor actor, RequestId id, string what, CancellationToken cancellationToken) => StepAsync(
        actor,
        id,
        RequestStep.AskSupplement,
        Right.Provision,
        what,
        async (tx, _) =>
        {
            if (what.Trim().Length == 0)
                return new Problem(ProblemKind.NeedsReason, "supplement");
            await tx.ExecuteAsync("UPDATE requests SET complete_on = NULL WHERE id = $1", id.Value);
            return null;
        },
        cancellationToken);

    /// <summary>What was missing has come: the time limit runs from that day, and the day of the first receipt is kept (A6.2).</summary>
    public Task<Result<Request>> SupplementAsync(Actor actor, RequestId id, DateOnly? on, FormReading? form, IReadOnlyList<FileToKeep> files, CancellationToken cancellationToken) =>
        store.ChangeAsync(tx => SupplementAsync(tx, actor, id, on, form, files), cancellationToken);

    internal ValueTask<Result<Request>> SupplementAsync(Tx tx, Actor actor, RequestId id, DateOnly? on, FormReading? form, IReadOnlyList<FileToKeep> files) => StepAsync(
        tx,
        actor,
        id,
        RequestStep.Supplement,
        Right.PrepareRequest,
        "",
        async (_, request) =>
        {
            var day = on ?? store.Today;
            if (day > store.Today || day < request.ReceivedOn)
                return new Problem(ProblemKind.InvalidDate, Shown(day));
            if (form is not null)
            {
                if (Check(form) is { } wrong)
                    return wrong;
                await PutFormAsync(tx, id, form);
            }
            await tx.ExecuteAsync("UPDATE requests SET complete_on = $2, owes_document = 0 WHERE id = $1", id.Value, VietnamTime.Text(day));
            await KeepAsync(tx, id, RequestDocumentKind.Supplement, files);
            return null;
        });

    /// <summary>Refuses a request as a whole, with the reason that its answer gives.</summary>
    public Task<Result<Request>> RejectAsync(Actor actor, RequestId id, string reason, CancellationToken cancellationToken) => StepAsync(
        actor,
        id,
        RequestStep.Reject,
        Right.Provision,
        reason,
        async (tx, request) =>
        {
            if (reason.Trim().Length == 0)
                return new Problem(ProblemKind.NeedsReason, request.Reference);
            // What was done stays done; what waits is refused for this reason.
            if (request.Rows.Done > 0)
                return new Problem(ProblemKind.WrongState, request.Reference);
            await tx.ExecuteAsync(
                "UPDATE request_rows SET state = $2, problem = $3 WHERE request_id = $1 AND state = $4",
                id.Value,
                (int)RowState.Refused,
                JsonSerializer.Serialize(new Problem(ProblemKind.Rejected, reason.Trim()), Json),
                (int)RowState.Waiting);
            return null;
        },
        cancellationToken);

    /// <summary>The organization takes its request back; what was done already stays.</summary>
    public Task<Result<Request>> WithdrawAsync(Actor actor, RequestId id, string reason, CancellationToken cancellationToken) =>
        StepAsync(actor, id, RequestStep.Withdraw, Right.PrepareRequest, reason, null, cancellationToken);

    /// <summary>Sets what was entered wrongly or left open, while the request is open.</summary>
    public Task<Result<Request>> ChangeAsync(Actor actor, RequestId id, RequestChange change, FormReading? form, IReadOnlyList<FileToKeep> files, CancellationToken cancellationToken) => store.ChangeAsync<Request>(
        async tx =>
        {
            if (await FindAsync(tx, id) is not { } request)
                return Problem.NotFound($"#{id.Value}");
            if (await RefuseWriterAsync(tx, actor, request.Organization) is { } refused)
                return refused;
            if (change.Organization is { } to && await RefuseWriterAsync(tx, actor, to) is { } elsewhere)
                return elsewhere;
            if (RequestFlow.IsEnded(request.State) || request.State == RequestState.AwaitingSignature)
                return new Problem(ProblemKind.WrongState, request.Reference);
            // Once it is received, it is the operator's to change.
            if (request.State is not (RequestState.Draft or RequestState.AwaitingSupplement) && await store.Authority.RefuseAsync(tx, actor, Right.Provision, null) is { } received)
                return received;
            if (change.DocumentDate > (request.ReceivedOn ?? store.Today))
                return new Problem(ProblemKind.InvalidDate, Shown(change.DocumentDate.Value));
            var organization = change.Organization ?? request.Organization;
            if (organization is { } of && await OrganizationStore.FindAsync(tx, of) is null)
                return Problem.NotFound($"#{of.Value}");
            var (number, date) = (change.Number?.Trim() ?? request.Number, change.DocumentDate ?? request.DocumentDate);
            var key = KeyOf(organization, number, date);
            if (key is not null && await tx.ScalarAsync<string>("SELECT reference FROM requests WHERE document_key = $1 AND id <> $2", key, id.Value) is { } other)
                return new Problem(ProblemKind.AlreadyExists, other);
            await tx.ExecuteAsync(
                "UPDATE requests SET organization_id = $2, number = $3, document_date = $4, document_key = $5, signer = $6, owes_document = CASE WHEN $3 <> '' THEN 0 ELSE owes_document END WHERE id = $1",
                id.Value,
                organization?.Value,
                number,
                Text(date),
                key,
                change.Signer?.Trim() ?? request.Signer);
            if (form is not null)
            {
                if (Check(form) is { } wrong)
                    return wrong;
                await PutFormAsync(tx, id, form);
            }
            if (change.Action is { } action)
                await DecideActionAsync(tx, id, action);
            if (change.Kind is { } kind)
                await tx.ExecuteAsync("UPDATE requests SET kind = $2 WHERE id = $1", id.Value, (int)kind);
            await KeepAsync(tx, id, RequestDocumentKind.Asked, files);
            await CountAsync(tx, id);
            await RecordAsync(tx, actor, id, "change", request.State, $"{number} {Text(date)} {change.Action}".Trim());
            return (await FindAsync(tx, id))!;
        },
        cancellationToken);

    // What the third form leaves open, once it was asked.
    private static async ValueTask DecideActionAsync(Tx tx, RequestId id, MailboxAction action)
    {
        await tx.ExecuteAsync("UPDATE request_rows SET action = $2 WHERE request_id = $1 AND action IS NULL", id.Value, (int)action);
        var kind = action switch
        {
            MailboxAction.Revoke => RequestKind.Revoke,
            MailboxAction.Delete => RequestKind.Delete,
            MailboxAction.Restore => RequestKind.Restore,
            MailboxAction.Reopen => RequestKind.Reopen,
            MailboxAction.Terminate => RequestKind.Termination,
            MailboxAction.ResetPassword => RequestKind.PasswordReset,
            MailboxAction.MoreStorage => RequestKind.MoreStorage,
            MailboxAction.Change => RequestKind.ChangePersonal,
            _ => RequestKind.NewPersonalMailboxes,
        };
        var problems = JsonSerializer.Deserialize<CellProblem[]>(await tx.ScalarAsync<string>("SELECT problems FROM requests WHERE id = $1", id.Value) ?? "[]", Json)!;
        await tx.ExecuteAsync(
            "UPDATE requests SET kind = CASE WHEN kind = $2 THEN $3 ELSE kind END, problems = $4 WHERE id = $1",
            id.Value,
            (int)RequestKind.Unclear,
            (int)kind,
            JsonSerializer.Serialize(problems.Where(p => p.Fault != CellFault.UnclearAction), Json));
    }

    private Task<Result<Request>> StepAsync(Actor actor, RequestId id, RequestStep step, Right right, string note, Func<Tx, Request, ValueTask<Problem?>>? also, CancellationToken cancellationToken) =>
        store.ChangeAsync(tx => StepAsync(tx, actor, id, step, right, note, also), cancellationToken);

    // Every step: is it there, may they, is it possible now; then what belongs to it, the due day, and its entry.
    private async ValueTask<Result<Request>> StepAsync(Tx tx, Actor actor, RequestId id, RequestStep step, Right right, string note, Func<Tx, Request, ValueTask<Problem?>>? also)
    {
        if (await FindAsync(tx, id) is not { } request || !await MaySeeAsync(tx, actor, request))
            return Problem.NotFound($"#{id.Value}");
        if ((right == Right.PrepareRequest ? await RefuseWriterAsync(tx, actor, request.Organization) : await store.Authority.RefuseAsync(tx, actor, right, null)) is { } refused)
            return refused;
        if (RequestFlow.After(request.State, step) is not { } next)
            return new Problem(ProblemKind.WrongState, request.Reference);
        if (note.Length > CongVu.Governance.Documents.TableFile.MaxCellChars)
            return new Problem(ProblemKind.TooLong, note[..40], $"{TableFile.MaxCellChars}");
        if (also is not null && await also(tx, request) is { } problem)
            return problem;
        await tx.ExecuteAsync("UPDATE requests SET state = $2, ended_at = $3 WHERE id = $1", id.Value, (int)next, RequestFlow.IsEnded(next) ? store.Now : null);
        await CountAsync(tx, id);
        await RecordAsync(tx, actor, id, char.ToLowerInvariant(step.ToString()[0]) + step.ToString()[1..], next, note.Trim());
        return (await FindAsync(tx, id))!;
    }
}
