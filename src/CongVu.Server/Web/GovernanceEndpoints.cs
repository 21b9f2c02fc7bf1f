using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Imports;
using CongVu.Governance.Organizations;
using CongVu.Governance.Resources;
using CongVu.Mail.Store.Database;
using Microsoft.AspNetCore.Http.Features;

namespace CongVu.Server.Web;

/// <summary>Why something of /api/governance was not done.</summary>
/// <param name="Error">Which problem.</param>
/// <param name="Message">The same as a sentence, in the request's language.</param>
/// <param name="Values">What it is about.</param>
internal sealed record GovernanceError(string Error, string Message, IReadOnlyList<string> Values);

/// <summary>Something about a row of a list.</summary>
internal sealed record FindingItem(int Row, string Column, string Error, string Message);

/// <summary>What an import did, or would do.</summary>
internal sealed record ImportItem(int Rows, int Added, int Changed, int Unchanged, bool Done, IReadOnlyList<FindingItem> Problems, IReadOnlyList<FindingItem> Notes);

/// <summary>One entry of a history.</summary>
internal sealed record HistoryItem(DateTimeOffset At, string Actor, string What, string Before, string After);

/// <summary>
/// /api/governance: what the Regulation knows and does. Everybody who is signed in may ask; what each may see and do is decided in the store. Changes are made in a browser's session, not with a mail program's password.
/// </summary>
internal static class GovernanceEndpoints
{
    /// <summary>A list of all people of a province has some megabytes.</summary>
    private const long MaxListBytes = 32L << 20;

    internal static void Map(WebApplication application, GovernanceStore store)
    {
        var group = application.MapGroup("/api/governance").RequireAuthorization().AddEndpointFilter(async (context, next) =>
            HttpMethods.IsGet(context.HttpContext.Request.Method) || context.HttpContext.SessionId() is not null
                ? await next(context)
                : Results.Json(new ApiError("session"), statusCode: 403));
        OrganizationEndpoints.Map(group, store);
        PersonEndpoints.Map(group, store);
        AuthorityEndpoints.Map(group, store);
        PlanEndpoints.Map(group, store);
    }

    /// <summary>Who is signed in, as the store asks for it.</summary>
    internal static Actor Actor(this HttpContext context) => new(context.Login(), context.PrincipalId());

    /// <summary>Does a change and answers with what became of it.</summary>
    internal static async Task<IResult> ChangeAsync<T, TItem>(HttpContext context, GovernanceStore store, Func<Tx, ValueTask<Result<T>>> work, Func<T, TItem> item, int status = 200)
    {
        var result = await store.ChangeAsync(work, context.RequestAborted);
        return result.Problem is { } problem ? Refuse(context, problem) : Results.Json(item(result.Value), statusCode: status);
    }

    /// <summary>Reads what somebody with a right may see.</summary>
    internal static async Task<IResult> ReadAsync<T>(HttpContext context, GovernanceStore store, Right right, OrganizationId? organization, Func<Tx, ValueTask<Result<T>>> read)
    {
        var result = await store.ReadAsync(
            async tx => await store.Authority.RefuseAsync(tx, context.Actor(), right, organization) is { } refused ? refused : await read(tx), context.RequestAborted);
        return result.Problem is { } problem ? Refuse(context, problem) : Results.Json(result.Value);
    }

    internal static IResult Refuse(HttpContext context, Problem problem) => Results.Json(
        new GovernanceError(Word(problem.Kind), Wording(context).Explain(problem), problem.Values),
        statusCode: problem.Kind switch { ProblemKind.NoPermission => 403, ProblemKind.NotFound => 404, ProblemKind.AlreadyExists or ProblemKind.AddressTaken or ProblemKind.WrongState or ProblemKind.InUse or ProblemKind.SoleOfficer => 409, _ => 400 });

    /// <summary>The body of a request as the bytes of a list; null when there are too many.</summary>
    internal static async Task<byte[]?> ReadListAsync(HttpContext context)
    {
        if (context.Request.ContentLength > MaxListBytes)
            return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxListBytes;
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        return bytes.ToArray();
    }

    internal static IResult Report(HttpContext context, Result<ImportReport> result)
    {
        if (result.Problem is { } problem)
            return Refuse(context, problem);
        var report = result.Value;
        return Results.Json(new ImportItem(report.Rows, report.Added, report.Changed, report.Unchanged, report.IsDone, Findings(context, report.Problems), Findings(context, report.Notes)));
    }

    internal static IReadOnlyList<FindingItem> Findings(HttpContext context, IReadOnlyList<ImportFinding> findings) =>
        [.. findings.Select(f => new FindingItem(f.Row, f.Column, Word(f.Problem.Kind), Wording(context).Explain(f.Problem)))];

    internal static IReadOnlyList<HistoryItem> History(IEnumerable<HistoryEntry> entries) => [.. entries.Select(h => new HistoryItem(h.At, h.Actor, h.What, h.Before, h.After))];

    // Vietnamese unless the request asks for English.
    internal static Wording Wording(HttpContext context) => new(!context.Request.Headers.AcceptLanguage.ToString().StartsWith("en", StringComparison.OrdinalIgnoreCase));

    internal static string Word(Enum value) => value.ToString() is var name ? $"{char.ToLowerInvariant(name[0])}{name[1..]}" : "";
}
