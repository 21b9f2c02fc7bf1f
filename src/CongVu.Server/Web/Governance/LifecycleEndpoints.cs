using System.Globalization;
using System.Text.Json;
using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.Passwords;
using CongVu.Governance.Resources;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;

namespace CongVu.Server.Web.Governance;

/// <summary>Why something of the Regulation was not done.</summary>
/// <param name="Error">A word that programs know.</param>
/// <param name="Message">The same for people, in the language that the browser asks for.</param>
internal sealed record ProblemView(string Error, string Message);

/// <summary>A mailbox's life as the interfaces tell it.</summary>
internal sealed record LifeView(
    long Id, string Address, string Name, LifeStep Step, LifeReason? Reason, DateOnly? Since, DateOnly LastUsed, DateOnly? NotifiedOn, DateOnly? Due, DateOnly? ReopenAskedOn, DateOnly? ClosesOn, string? MovedTo, bool IsHeld);

/// <summary>A file that shows a prohibited act, in base64.</summary>
internal sealed record EvidenceRequest(string Name, byte[] Data);

/// <summary>A suspension.</summary>
internal sealed record SuspendRequest(LifeReason Reason, string Why, string? Document, IReadOnlyList<EvidenceRequest>? Evidence);

/// <summary>A reopening or a restoring.</summary>
internal sealed record ReopenRequest(string Why, string? Document);

/// <summary>A closing.</summary>
internal sealed record CloseRequest(LifeReason Reason, string Document, DateOnly DecidedOn, DateOnly EffectiveOn, DateOnly AskedOn, string? NewAddress);

/// <summary>A hold or a leave.</summary>
internal sealed record HoldRequest(HoldKind Kind, string Reason, string? Document, DateOnly From, DateOnly? To);

/// <summary>An approval; of a batch above the limit with its number.</summary>
internal sealed record ApproveRequest(int? Confirmed);

/// <summary>A reason.</summary>
internal sealed record ReasonRequest(string Reason);

/// <summary>A code to be made; the present password may be taken away at once.</summary>
internal sealed record CodeRequest(bool IsLeaked);

/// <summary>The life of mailboxes over HTTP: /api/governance/lifecycle. What somebody may do is asked in the store, act by act.</summary>
internal static class LifecycleEndpoints
{
    internal static void Map(WebApplication application, GovernanceStore governance, string webAddress)
    {
        var life = governance.Lifecycle;
        var group = application.MapGroup("/api/governance/lifecycle").RequireAuthorization();
        group.MapGet("", (HttpContext context, GovernanceStore of) => SeeAsync(context, of, Right.View, async token => (await life.ListAsync(token)).Select(View))).Produces<LifeView[]>().Produces<ProblemView>(403);
        group.MapGet("/batches", (HttpContext context, bool? all) => SeeAsync(context, governance, Right.View, async token => await life.BatchesAsync(all ?? false, token))).Produces<LifecycleBatch[]>().Produces<ProblemView>(403);
        group.MapGet("/batches/{id:long}", (HttpContext context, long id) => SeeAsync(context, governance, Right.View, async token => await life.ItemsAsync(id, token))).Produces<LifecycleItem[]>().Produces<ProblemView>(403);
        group.MapPost("/batches/{id:long}/approve", async (HttpContext context, long id, ApproveRequest request) => Answer(context, await life.ApproveAsync(context.Actor(), id, request.Confirmed, context.RequestAborted)))
            .Produces<LifecycleBatch>().Produces<ProblemView>(400).Produces<ProblemView>(403).Produces<ProblemView>(404).Produces<ProblemView>(409);
        group.MapPost("/batches/{id:long}/refuse", async (HttpContext context, long id, ReasonRequest request) => Answer(context, await life.RefuseAsync(context.Actor(), id, request.Reason ?? "", context.RequestAborted)))
            .Produces<LifecycleBatch>().Produces<ProblemView>(400).Produces<ProblemView>(403).Produces<ProblemView>(404).Produces<ProblemView>(409);
        group.MapGet("/removals", (HttpContext context, GovernanceStore of) => SeeAsync(context, of, Right.ViewReports, async token => await life.RemovalsAsync(token))).Produces<RemovalRecord[]>().Produces<ProblemView>(403);
        group.MapGet("/holds", (HttpContext context, GovernanceStore of) => SeeAsync(context, of, Right.View, async token => await life.HoldsAsync(token))).Produces<MailboxHold[]>().Produces<ProblemView>(403);
        group.MapPost("/holds/{id:long}/end", async (HttpContext context, long id, ReasonRequest request) => Answer(context, await life.EndHoldAsync(context.Actor(), id, request.Reason ?? "", context.RequestAborted)))
            .Produces<MailboxHold>().Produces<ProblemView>(403).Produces<ProblemView>(404);

        var one = group.MapGroup("/mailboxes/{id:long}");
        one.MapGet("", (HttpContext context, long id) => SeeOneAsync(context, governance, new(id), async token => await life.FindAsync(new(id), token) is { } found ? View(found) : null)).Produces<LifeView>().Produces<ProblemView>(403).Produces<ProblemView>(404);
        one.MapGet("/history", (HttpContext context, long id) => SeeOneAsync(context, governance, new(id), async token => await life.HistoryAsync(new(id), token))).Produces<LifeEvent[]>().Produces<ProblemView>(403);
        one.MapPost("/suspend", async (HttpContext context, long id, SuspendRequest request) => Answer(context, Viewed(await life.SuspendAsync(
            context.Actor(), new(id), request.Reason, request.Why ?? "", request.Document ?? "", [.. (request.Evidence ?? []).Select(e => new Evidence(e.Name ?? "", e.Data ?? []))], context.RequestAborted))))
            .Produces<LifeView>().Produces<ProblemView>(400).Produces<ProblemView>(403).Produces<ProblemView>(404).Produces<ProblemView>(409);
        one.MapPost("/reopen", async (HttpContext context, long id, ReopenRequest request) => Answer(context, Viewed(await life.ReopenAsync(context.Actor(), new(id), request.Why ?? "", request.Document ?? "", context.RequestAborted))))
            .Produces<LifeView>().Produces<ProblemView>(400).Produces<ProblemView>(403).Produces<ProblemView>(404).Produces<ProblemView>(409);
        one.MapPost("/close", async (HttpContext context, long id, CloseRequest request) => Answer(context, await life.CloseAsync(
            context.Actor(), new(new(id), request.Reason, request.Document ?? "", request.DecidedOn, request.EffectiveOn, request.AskedOn, request.NewAddress), context.RequestAborted)))
            .Produces<ClosingResult>().Produces<ProblemView>(400).Produces<ProblemView>(403).Produces<ProblemView>(404).Produces<ProblemView>(409);
        one.MapPost("/holds", async (HttpContext context, long id, HoldRequest request) => Answer(context, await life.HoldAsync(
            context.Actor(), new(id), request.Kind, request.Reason ?? "", request.Document ?? "", request.From, request.To, context.RequestAborted)))
            .Produces<MailboxHold>().Produces<ProblemView>(400).Produces<ProblemView>(403).Produces<ProblemView>(404);
        one.MapPost("/password-code", async (HttpContext context, long id, CodeRequest request) => Answer(context, await governance.Passwords.IssueCodeAsync(context.Actor(), new(id), request.IsLeaked, context.RequestAborted)))
            .Produces<OneTimeCode>().Produces<ProblemView>(403).Produces<ProblemView>(404);
        one.MapPost("/password-slip", (HttpContext context, long id) => SlipAsync(context, governance, new(id), webAddress)).Produces(200, contentType: DocxType).Produces<ProblemView>(403).Produces<ProblemView>(404);

        var calendar = application.MapGroup("/api/governance/calendar").RequireAuthorization();
        calendar.MapGet("", async (HttpContext context, GovernanceStore of) => Results.Json((await of.Calendar.DecisionsAsync(context.RequestAborted)).Select(d => new DecisionView(d.Decision, d.IsOwn)))).Produces<DecisionView[]>();
        calendar.MapPut("", (HttpContext context, JsonElement decisions) => PutDecisionsAsync(context, governance, decisions)).Produces(204).Produces<DecisionError[]>(400).Produces<ProblemView>(403);
    }

    private const string DocxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    /// <summary>A yearly decision, and whether it was entered here.</summary>
    internal sealed record DecisionView(YearDecision Decision, bool IsOwn);

    private static async Task<IResult> PutDecisionsAsync(HttpContext context, GovernanceStore governance, JsonElement decisions)
    {
        var (read, errors) = YearDecisions.Read(decisions.GetRawText());
        if (errors.Count > 0)
            return Results.Json(errors, statusCode: 400);
        var put = await governance.Calendar.PutAsync(context.Actor(), read, context.RequestAborted);
        return put.Problem is { } problem ? Refused(context, problem) : Results.NoContent();
    }

    // The slip leaves by this answer only: it is neither kept nor logged.
    private static async Task<IResult> SlipAsync(HttpContext context, GovernanceStore governance, AccountId account, string webAddress)
    {
        var slip = await governance.Passwords.IssueSlipAsync(context.Actor(), account, context.RequestAborted);
        if (slip.Problem is { } problem)
            return Refused(context, problem);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Bytes(DocumentWriter.Write(PasswordSlips.Document(slip.Value, new(), webAddress)), DocxType, $"phieu-mat-khau-{account.Value.ToString(CultureInfo.InvariantCulture)}.docx");
    }

    private static async Task<IResult> SeeAsync<T>(HttpContext context, GovernanceStore governance, Right right, Func<CancellationToken, Task<T>> read) =>
        await governance.ReadAsync(tx => governance.Authority.RefuseAsync(tx, context.Actor(), right, null), context.RequestAborted) is { } refused ? Refused(context, refused) : Results.Json(await read(context.RequestAborted), Json);

    private static async Task<IResult> SeeOneAsync<T>(HttpContext context, GovernanceStore governance, AccountId account, Func<CancellationToken, Task<T>> read)
    {
        if (await governance.ReadAsync(async tx => await governance.Authority.RefuseAsync(tx, context.Actor(), Right.View, await LifecycleStore.OrganizationOfAsync(tx, account)), context.RequestAborted) is { } refused)
            return Refused(context, refused);
        return await read(context.RequestAborted) is { } found ? Results.Json(found, Json) : Refused(context, Problem.NotFound($"{account.Value}"));
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private static IResult Answer<T>(HttpContext context, Result<T> result) => result.Problem is { } problem ? Refused(context, problem) : Results.Json(result.Value, Json);

    private static IResult Refused(HttpContext context, Problem problem) => Results.Json(
        new ProblemView(JsonNamingPolicy.CamelCase.ConvertName(problem.Kind.ToString()), new Wording(!context.Request.Headers.AcceptLanguage.ToString().StartsWith("en", StringComparison.OrdinalIgnoreCase)).Explain(problem)),
        statusCode: problem.Kind switch { ProblemKind.NotFound => 404, ProblemKind.NoPermission => 403, ProblemKind.WrongState or ProblemKind.NeedsConfirmation or ProblemKind.SoleOfficer => 409, _ => 400 });

    private static Result<LifeView> Viewed(Result<MailboxLife> result) => result.Problem is { } problem ? problem : View(result.Value);

    private static LifeView View(MailboxLife l) => new(l.Account.Value, l.Address, l.Name, l.Step, l.Reason, l.Since, l.LastUsed, l.NotifiedOn, l.Due, l.ReopenAskedOn, l.ClosesOn, l.MovedTo, l.IsHeld);

    private static Actor Actor(this HttpContext context) => new(context.Login(), context.PrincipalId());
}
