using System.Globalization;
using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Governance.Requests;
using CongVu.Governance.Resources;

namespace CongVu.Server.Web;

/// <summary>Why something was not done, for people: in the language that the browser asks for.</summary>
internal sealed record RequestRefused(string Error, string Message);

/// <summary>A file that was uploaded before (RFC 8620 §6.1).</summary>
internal sealed record UploadedFile(string BlobId, string Name);

/// <summary>A row of a web form.</summary>
internal sealed record WebRow(MailboxAction? Action, Dictionary<FormField, string> Cells);

/// <summary>A request as the portal hands it in: rows, or files with rows in them.</summary>
internal sealed record NewRequest(
    long? Organization, RequestChannel Channel, RequestKind? Kind, string? Number, DateOnly? DocumentDate, string? Signer, string? Requester, string? Position, string? Phone, DateOnly? ReceivedOn, string? Note,
    FormSubject Subject, WebRow[]? Rows, UploadedFile[]? Files);

/// <summary>What of a request to set.</summary>
internal sealed record RequestPatch(
    long? Organization, RequestKind? Kind, MailboxAction? Action, string? Number, DateOnly? DocumentDate, string? Signer, FormSubject Subject, WebRow[]? Rows, UploadedFile[]? Files);

/// <summary>A step with what belongs to it.</summary>
internal sealed record RequestStepBody(DateOnly? On, string? Text, UploadedFile[]? Files, bool Retry = false);

/// <summary>A signature.</summary>
internal sealed record SignBody(int? Number, DateOnly? On, string? Title, string Name);

/// <summary>Requests by their urgency.</summary>
internal sealed record LateRequests(IReadOnlyList<Request> Late, IReadOnlyList<Request> NearlyLate, IReadOnlyList<Request> OwingDocument);

/// <summary>Requests of organizations: /api/governance/requests, with the rights that <see cref="Authority"/> gives whoever is signed in.</summary>
internal static class RequestEndpoints
{
    private const int PageSize = 500;
    private const string XlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    internal static void Map(WebApplication application, GovernanceStore store)
    {
        var requests = application.MapGroup("/api/governance/requests").RequireAuthorization();
        requests.MapGet("/", async (HttpContext context, bool? all, long? organization, string? text) => Results.Json(
            await store.Requests.ListAsync(ActorOf(context), all != true, organization is { } id ? new OrganizationId(id) : null, text, PageSize, context.RequestAborted), RequestJson.Options)).Produces<Request[]>();
        requests.MapGet("/late", async (HttpContext context) =>
        {
            var (late, nearly, owing) = await store.Requests.LateAsync(ActorOf(context), context.RequestAborted);
            return Results.Json(new LateRequests(late, nearly, owing), RequestJson.Options);
        }).Produces<LateRequests>();
        requests.MapGet("/forms/{kind}", (HttpContext context, FormKind kind, string? format) => FormAsync(context, store, kind, format ?? "docx")).Produces<Stream>(200, "application/octet-stream").Produces<RequestRefused>(400);
        requests.MapPost("/read", (HttpContext context, UploadedFile file) => ReadAsync(context, store, file)).Produces<FormReading>().Produces<RequestRefused>(400);
        requests.MapPost("/", (HttpContext context, NewRequest request) => AddAsync(context, store, request)).Produces<RequestFile>(201).Produces<RequestRefused>(400).Produces<RequestRefused>(403);
        requests.MapGet("/{id:long}", (HttpContext context, long id) => ShowAsync(context, store, id)).Produces<RequestFile>().Produces<RequestRefused>(404);
        requests.MapPatch("/{id:long}", (HttpContext context, long id, RequestPatch patch) => ChangeAsync(context, store, id, patch)).Produces<RequestFile>().Produces<RequestRefused>(400);
        requests.MapGet("/{id:long}/documents/{document:long}", (HttpContext context, long id, long document) => DocumentAsync(context, store, id, document)).Produces<Stream>(200, "application/octet-stream").Produces<RequestRefused>(404);
        requests.MapGet("/{id:long}/answer", (HttpContext context, long id) => AnswerAsync(context, store, id)).Produces<Stream>(200, "application/octet-stream").Produces<RequestRefused>(404);
        Step(requests, store, "submit", (actor, id, _, _, token) => store.Requests.SubmitAsync(actor, id, token));
        Step(requests, store, "receive", (actor, id, body, _, token) => store.Requests.ReceiveAsync(actor, id, body.On, token));
        Step(requests, store, "assign", (actor, id, body, _, token) => store.Requests.AssignAsync(actor, id, body.Text ?? actor.Name, token));
        Step(requests, store, "ask", (actor, id, body, _, token) => store.Requests.AskSupplementAsync(actor, id, body.Text ?? "", token));
        Step(requests, store, "supplement", (actor, id, body, files, token) => store.Requests.SupplementAsync(actor, id, body.On, files.Form, files.Kept, token));
        Step(requests, store, "reject", (actor, id, body, _, token) => store.Requests.RejectAsync(actor, id, body.Text ?? "", token));
        Step(requests, store, "withdraw", (actor, id, body, _, token) => store.Requests.WithdrawAsync(actor, id, body.Text ?? "", token));
        Step(requests, store, "draft", (actor, id, body, _, token) => store.Requests.DraftAnswerAsync(actor, id, body.Text ?? "", token));
        Step(requests, store, "issue", (actor, id, _, _, token) => store.Requests.IssueAnswerAsync(actor, id, token));
        // A run is not given up because the browser is closed.
        Step(requests, store, "fulfil", (actor, id, body, _, _) => store.Requests.FulfilAsync(actor, id, body.Retry, null, CancellationToken.None));
        requests.MapPost("/{id:long}/sign", async (HttpContext context, long id, SignBody body) =>
            await DoneAsync(context, store, id, await store.Requests.SignAnswerAsync(ActorOf(context), new(id), new(body.Number, body.On, body.Title ?? "", body.Name ?? ""), context.RequestAborted))).Produces<RequestFile>().Produces<RequestRefused>(400).Produces<RequestRefused>(403);
    }

    private static void Step<T>(RouteGroupBuilder group, GovernanceStore store, string name, Func<Actor, RequestId, RequestStepBody, Uploaded, CancellationToken, Task<Result<T>>> step) => group.MapPost($"/{{id:long}}/{name}", async (HttpContext context, long id, RequestStepBody body) =>
    {
        await using var files = await Uploaded.TakeAsync(context, store, body.Files);
        return files.Missing is { } missing ? Refuse(context, Problem.NotFound(missing)) : await DoneAsync(context, store, id, await step(ActorOf(context), new(id), body, files, context.RequestAborted));
    }).Produces<RequestFile>().Produces<RequestRefused>(400).Produces<RequestRefused>(403).Produces<RequestRefused>(404);

    private static async Task<IResult> AddAsync(HttpContext context, GovernanceStore store, NewRequest request)
    {
        await using var files = await Uploaded.TakeAsync(context, store, request.Files);
        if (files.Missing is { } missing)
            return Refuse(context, Problem.NotFound(missing));
        var form = request.Rows is { Length: > 0 } rows ? FormOf(request.Subject, rows, request.Kind) : files.Form;
        var added = await store.Requests.AddAsync(
            ActorOf(context),
            new()
            {
                Organization = request.Organization is { } id ? new OrganizationId(id) : null,
                Channel = request.Channel,
                Kind = request.Kind,
                Number = request.Number ?? form?.Head.Number ?? "",
                DocumentDate = request.DocumentDate ?? form?.Head.Date,
                Signer = request.Signer ?? "",
                Requester = request.Requester ?? form?.Head.Requester ?? "",
                RequesterPosition = request.Position ?? form?.Head.Position ?? "",
                Phone = request.Phone ?? form?.Head.Phone ?? "",
                Sender = context.Login(),
                ReceivedOn = request.ReceivedOn,
                Note = request.Note ?? "",
                Form = form,
            },
            files.Kept,
            context.RequestAborted);
        if (added.Problem is { } problem)
            return Refuse(context, problem);
        var file = await store.Requests.OpenAsync(ActorOf(context), added.Value.Request.Id, context.RequestAborted);
        return file.Problem is { } gone ? Refuse(context, gone) : Results.Json(file.Value, RequestJson.Options, statusCode: added.Value.IsNew ? 201 : 200);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, GovernanceStore store, long id, RequestPatch patch)
    {
        await using var files = await Uploaded.TakeAsync(context, store, patch.Files);
        if (files.Missing is { } missing)
            return Refuse(context, Problem.NotFound(missing));
        var form = patch.Rows is { Length: > 0 } rows ? FormOf(patch.Subject, rows, patch.Kind) : files.Form;
        return await DoneAsync(context, store, id, await store.Requests.ChangeAsync(
            ActorOf(context),
            new(id),
            new(patch.Organization is { } of ? new OrganizationId(of) : null, patch.Kind, patch.Number, patch.DocumentDate, patch.Signer, patch.Action),
            form,
            files.Kept,
            context.RequestAborted));
    }

    // What is typed into a web form is checked as what stands in a file is.
    private static FormReading FormOf(FormSubject subject, WebRow[] rows, RequestKind? kind)
    {
        FormField[] fields = [subject == FormSubject.People ? FormField.PersonName : FormField.OrganizationName, .. rows.SelectMany(r => r.Cells.Keys).Distinct().Where(f => f is not (FormField.PersonName or FormField.OrganizationName or FormField.Sequence or FormField.Action)), FormField.Action];
        var asked = kind is { } known ? RequestKinds.Action(known) : null;
        TableRow[] table =
        [
            new(1, [.. fields.Select(FormReader.HeadingOf)]),
            .. rows.Select((row, i) => new TableRow(i + 2, [.. fields.Select(f => f == FormField.Action ? (row.Action ?? asked) is { } action ? Form.Words(action) : "" : row.Cells.GetValueOrDefault(f, ""))])),
        ];
        return FormReader.Read(new TableFile(FileFault.None, [], [new("web", table)]), asked);
    }

    private static async Task<IResult> ShowAsync(HttpContext context, GovernanceStore store, long id)
    {
        var file = await store.Requests.OpenAsync(ActorOf(context), new(id), context.RequestAborted);
        return file.Problem is { } problem ? Refuse(context, problem) : Results.Json(file.Value, RequestJson.Options);
    }

    private static async Task<IResult> DoneAsync<T>(HttpContext context, GovernanceStore store, long id, Result<T> done) => done.Problem is { } problem ? Refuse(context, problem) : await ShowAsync(context, store, id);

    private static async Task<IResult> DocumentAsync(HttpContext context, GovernanceStore store, long id, long document)
    {
        var found = await store.Requests.ReadDocumentAsync(ActorOf(context), new(id), document, context.RequestAborted);
        // Whatever a stranger has sent is saved, not shown.
        return found.Problem is { } problem ? Refuse(context, problem) : Results.File(found.Value.Bytes, "application/octet-stream", found.Value.Document.Name);
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, GovernanceStore store, long id)
    {
        var found = await store.Requests.AnswerDocumentAsync(ActorOf(context), new(id), context.RequestAborted);
        return found.Problem is { } problem ? Refuse(context, problem) : Results.File(DocumentWriter.Write(found.Value), RequestStore.DocxType, "tra-loi.docx");
    }

    private static async Task<IResult> FormAsync(HttpContext context, GovernanceStore store, FormKind kind, string format)
    {
        var fill = new FormFill { To = store.Requests.Issuer.Name, Place = store.Requests.Issuer.Place };
        var name = kind.ToString().ToLowerInvariant();
        var docx = DocumentWriter.Write(FormWriter.Document(kind, fill));
        return format switch
        {
            "docx" => Results.File(docx, RequestStore.DocxType, $"{name}.docx"),
            "xlsx" => Results.File(ListWriter.Write(kind, fill), XlsxType, $"{name}.xlsx"),
            "pdf" when await PdfConversion.FromDocxAsync(docx, context.RequestAborted) is { } pdf => Results.File(pdf, "application/pdf", $"{name}.pdf"),
            _ => Refuse(context, Problem.NotFound(format)),
        };
    }

    private static async Task<IResult> ReadAsync(HttpContext context, GovernanceStore store, UploadedFile file)
    {
        await using var files = await Uploaded.TakeAsync(context, store, [file]);
        return files.Missing is { } missing ? Refuse(context, Problem.NotFound(missing))
            : files.Form is { } form ? Results.Json(form, RequestJson.Options)
            : Refuse(context, new(ProblemKind.UnreadableFile, file.Name));
    }

    private static IResult Refuse(HttpContext context, Problem problem) => Results.Json(
        new RequestRefused(char.ToLowerInvariant(problem.Kind.ToString()[0]) + problem.Kind.ToString()[1..], new Wording(IsVietnamese(context)).Explain(problem)),
        RequestJson.Options,
        statusCode: problem.Kind switch { ProblemKind.NotFound => 404, ProblemKind.NoPermission => 403, _ => 400 });

    private static bool IsVietnamese(HttpContext context) => !context.Request.Headers.AcceptLanguage.ToString().TrimStart().StartsWith("en", StringComparison.OrdinalIgnoreCase);

    private static Actor ActorOf(HttpContext context) => new(context.Login(), context.PrincipalId());

    /// <summary>Files that whoever is signed in has uploaded, staged to be kept.</summary>
    private sealed class Uploaded(List<FileToKeep> kept, FormReading? form, string? missing) : IAsyncDisposable
    {
        private const int MaxFiles = 20;

        internal IReadOnlyList<FileToKeep> Kept => kept;

        internal FormReading? Form => form;

        internal string? Missing => missing;

        internal static async Task<Uploaded> TakeAsync(HttpContext context, GovernanceStore store, UploadedFile[]? files)
        {
            var kept = new List<FileToKeep>();
            FormReading? form = null;
            foreach (var file in (files ?? []).Take(MaxFiles))
            {
                if (file.BlobId is not { Length: > 1 } blob || blob[0] != 'U' || !long.TryParse(blob.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                    || await store.Mail.Uploads.FindAsync(context.PrincipalId(), id, context.RequestAborted) is not { } upload)
                    return new(kept, form, file.BlobId ?? "");
                var bytes = await store.Requests.ReadContentAsync(upload.Content, context.RequestAborted);
                var read = FormReader.Read(bytes);
                if (form is null && read.Rows.Count > 0)
                    form = read;
                kept.Add(await store.Requests.StageAsync(Path.GetFileName(file.Name is { Length: > 0 } name ? name : "tep"), upload.MediaType, bytes, context.RequestAborted));
            }
            return new(kept, form, null);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var file in kept)
                await file.DisposeAsync();
        }
    }
}
