using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Plans;
using static CongVu.Server.Web.GovernanceEndpoints;

namespace CongVu.Server.Web;

/// <summary>A reorganization that is planned.</summary>
internal sealed record PlanItem(long Id, string Kind, string Title, string State, string CreatedBy, DateTimeOffset CreatedAt, string? DecidedBy, DateTimeOffset? DecidedAt);

/// <summary>One line of a preview.</summary>
internal sealed record PlanLineItem(string Step, string Subject, string Before, string After, string? Problem);

/// <summary>A plan and what applying it now would do.</summary>
internal sealed record PlanDetail(PlanItem Plan, int Problems, IReadOnlyList<PlanLineItem> Lines);

/// <summary>Another profile to plan.</summary>
internal sealed record ProfilePlanRequest(string Profile);

/// <summary>A merger planned, or what is wrong with its list.</summary>
internal sealed record MergerPlanned(PlanItem? Plan, IReadOnlyList<FindingItem> Problems);

/// <summary>Mergers and other profiles: planned, looked at, applied, taken back.</summary>
internal static class PlanEndpoints
{
    internal static void Map(RouteGroupBuilder group, GovernanceStore store)
    {
        group.MapGet("/plans", (HttpContext context, CancellationToken _) => ReadAsync<PlanItem[]>(context, store, Right.EditOrganizations, null, async tx => (await PlanStore.ListAsync(tx)).ConvertAll(Item).ToArray()))
            .Produces<PlanItem[]>().Produces<GovernanceError>(403);
        group.MapPost("/plans/merger", async (HttpContext context, string? title, string? profile) =>
        {
            if (await ReadListAsync(context) is not { } list)
                return Results.StatusCode(413);
            var planned = await store.Plans.PlanMergerAsync(context.Actor(), title ?? "", list, profile, context.RequestAborted);
            return planned.Problem is { } problem
                ? Refuse(context, problem)
                : Results.Json(new MergerPlanned(planned.Value.Plan is { } plan ? Item(plan) : null, Findings(context, planned.Value.Problems)), statusCode: planned.Value.Plan is null ? 400 : 201);
        }).Produces<MergerPlanned>(201).Produces<MergerPlanned>(400);
        group.MapPost("/plans/profile", async (HttpContext context, ProfilePlanRequest request) =>
            await store.Plans.PlanProfileAsync(context.Actor(), request.Profile ?? "", context.RequestAborted) is { } planned && planned.Problem is { } problem ? Refuse(context, problem) : Results.Json(Item(planned.Value), statusCode: 201))
            .Produces<PlanItem>(201).Produces<GovernanceError>(404);
        group.MapGet("/plans/{id:long}", async (HttpContext context, long id) => Detail(context, await store.Plans.PreviewAsync(context.Actor(), id, context.RequestAborted))).Produces<PlanDetail>().Produces<GovernanceError>(404);
        group.MapPost("/plans/{id:long}/apply", async (HttpContext context, long id) => Detail(context, await store.Plans.ApplyAsync(context.Actor(), id, context.RequestAborted)))
            .Produces<PlanDetail>().Produces<GovernanceError>(400).Produces<GovernanceError>(409);
        group.MapPost("/plans/{id:long}/undo", async (HttpContext context, long id) =>
            await store.Plans.UndoAsync(context.Actor(), id, context.RequestAborted) is { } undone && undone.Problem is { } problem ? Refuse(context, problem) : Results.Json(Item(undone.Value)))
            .Produces<PlanItem>().Produces<GovernanceError>(409);
    }

    private static IResult Detail(HttpContext context, Result<PlanPreview> result) => result.Problem is { } problem
        ? Refuse(context, problem)
        : Results.Json(new PlanDetail(
            Item(result.Value.Plan),
            result.Value.Problems,
            [.. result.Value.Lines.Select(l => new PlanLineItem(Word(l.Step), l.Subject, l.Before, l.After, l.Problem is { } p ? Wording(context).Explain(p) : null))]));

    private static PlanItem Item(Plan p) => new(p.Id, Word(p.Kind), p.Title, Word(p.State), p.CreatedBy, p.CreatedAt, p.DecidedBy, p.DecidedAt);
}
