using System.Text.Json;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Requests;

/// <summary>What a run over a request's rows did.</summary>
/// <param name="Request">The request after it.</param>
/// <param name="Done">Rows done by this run.</param>
/// <param name="Refused">Rows refused by this run.</param>
public sealed record FulfilResult(Request Request, int Done, int Refused);

public sealed partial class RequestStore
{
    /// <summary>
    /// Does the work of a request, row by row: each row is one transaction with its entries in the audit trail, so that a run that was killed goes on where it was. Rows that cannot be done are refused
    /// with a reason, and the rest go on; when none waits, the answer is next.
    /// </summary>
    /// <param name="actor">Who.</param>
    /// <param name="id">Which.</param>
    /// <param name="retry">Rows that were refused are tried again.</param>
    /// <param name="progress">Called after each row.</param>
    /// <param name="cancellationToken">Stops between two rows.</param>
    public async Task<Result<FulfilResult>> FulfilAsync(Actor actor, RequestId id, bool retry, Action<RequestRow>? progress, CancellationToken cancellationToken)
    {
        // 1. It is begun, if it is not.
        var begun = await store.ChangeAsync(tx => BeginAsync(tx, actor, id, retry), cancellationToken);
        if (begun.Problem is { } refused)
            return refused;

        // 2. Rows one by one. Of namesakes who come together the longest-serving is first (A5.2c).
        var waiting = (await store.ReadAsync(tx => RowsAsync(tx, id), cancellationToken)).Where(r => r.State == RowState.Waiting)
            .OrderBy(r => r.Action == MailboxAction.Create && r.Subject == FormSubject.People ? 1 : 0)
            .ThenBy(r => r[FormField.ServiceStart] is { Length: > 0 } start ? start : "9")
            .ThenBy(r => r.Position).ToArray();
        var (done, failed) = (0, 0);
        foreach (var row in waiting)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var outcome = await store.ChangeAsync(tx => DoRowAsync(tx, actor, begun.Value, row), CancellationToken.None);
            if (outcome.Problem is { } problem)
                await store.ChangeAsync(tx => RefuseRowAsync(tx, actor, begun.Value, row, problem), CancellationToken.None);
            _ = outcome.Ok ? done++ : failed++;
            progress?.Invoke(outcome.Ok ? outcome.Value : row with { State = RowState.Refused, Problem = outcome.Problem });
        }

        // 3. None waits: the answer is next.
        var finished = await store.ChangeAsync(tx => StepAsync(tx, actor, id, RequestStep.Finish, Right.Provision, $"{done} done, {failed} refused", null), CancellationToken.None);
        return finished.Problem is { } wrong ? wrong : new FulfilResult(finished.Value, done, failed);
    }

    private async ValueTask<Result<Request>> BeginAsync(Tx tx, Actor actor, RequestId id, bool retry)
    {
        if (await FindAsync(tx, id) is not { } request)
            return Problem.NotFound($"#{id.Value}");
        if (await store.Authority.RefuseAsync(tx, actor, Right.Provision, null) is { } refused)
            return refused;
        if (request.Organization is null)
            return new Problem(ProblemKind.Missing, "organization");
        if (request.Rows.All == 0)
            return new Problem(ProblemKind.Missing, "rows");
        // What cannot be read is asked, never guessed.
        var problems = JsonSerializer.Deserialize<CellProblem[]>(await tx.ScalarAsync<string>("SELECT problems FROM requests WHERE id = $1", id.Value) ?? "[]", Json)!;
        if (await tx.ScalarAsync<long?>("SELECT 1 FROM request_rows WHERE request_id = $1 AND state = 0 AND action IS NULL", id.Value) is not null || problems.Any(p => p.IsBlocking))
            return new Problem(ProblemKind.Incomplete, request.Reference);
        if (retry)
            await tx.ExecuteAsync("UPDATE request_rows SET state = 0, problem = NULL WHERE request_id = $1 AND state = $2", id.Value, (int)RowState.Refused);
        var step = request.State == RequestState.AwaitingSignature ? RequestStep.Retry : RequestStep.Begin;
        if (step == RequestStep.Retry && !retry)
            return new Problem(ProblemKind.WrongState, request.Reference);
        // A run that goes on is no new event.
        return request.State == RequestState.InProgress ? request : await StepAsync(tx, actor, id, step, Right.Provision, "", null);
    }

    private async ValueTask<Result<RequestRow>> DoRowAsync(Tx tx, Actor actor, Request request, RequestRow row)
    {
        // Another process may have done it meanwhile; then it is done.
        if (await tx.FirstAsync<RequestRow?>("SELECT id, position, subject, action, cells, state, problem, address, account_id FROM request_rows WHERE id = $1", ReadRow, row.Id) is not { } now)
            return Problem.NotFound($"{row.Id}");
        if (now.State != RowState.Waiting)
            return now;
        var done = await new RowWork(store, actor, request).DoAsync(tx, now);
        if (done.Problem is { } problem)
            return problem;
        await tx.ExecuteAsync(
            "UPDATE request_rows SET state = $2, address = $3, account_id = $4, done_at = $5 WHERE id = $1", row.Id, (int)RowState.Done, done.Value.Address, done.Value.Account?.Value, store.Now);
        await store.AuditAsync(tx, actor, "request.row", $"request {request.Id.Value} row {row.Position}", $"{row.Action} {done.Value.Address}");
        return now with { State = RowState.Done, Address = done.Value.Address, Account = done.Value.Account };
    }

    private async ValueTask<Result<bool>> RefuseRowAsync(Tx tx, Actor actor, Request request, RequestRow row, Problem problem)
    {
        var changed = await tx.ExecuteAsync("UPDATE request_rows SET state = $2, problem = $3 WHERE id = $1 AND state = 0", row.Id, (int)RowState.Refused, JsonSerializer.Serialize(problem, Json));
        if (changed > 0)
            await store.AuditAsync(tx, actor, "request.row.refuse", $"request {request.Id.Value} row {row.Position}", problem.Kind.ToString());
        return changed > 0;
    }
}
