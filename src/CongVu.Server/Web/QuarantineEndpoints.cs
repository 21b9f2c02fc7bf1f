using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Store;

namespace CongVu.Server.Web;

/// <summary>What came of a decision about a held message.</summary>
internal sealed record HeldDecision(string Outcome);

/// <summary>The beginning of a held message.</summary>
internal sealed record HeldPreview(string Text);

/// <summary>Held messages and what mail showed, for administrators: /api/admin/quarantine, /api/admin/usage.</summary>
internal static class QuarantineEndpoints
{
    private const int PageSize = 100;

    internal static void Map(WebApplication application, MailStore store)
    {
        // Not in the document yet that the webmail is made from.
        var admin = application.MapGroup("/api/admin").RequireAuthorization(WebPrincipal.Administrators).ExcludeFromDescription();
        admin.MapGet("/quarantine", async (HttpContext context, long? after, bool? all) =>
            Results.Json(await store.Quarantine.ListAsync(all != true, after ?? 0, PageSize, context.RequestAborted))).Produces<HeldMessage[]>();
        admin.MapGet("/quarantine/{id:long}", async (HttpContext context, long id) =>
            await store.Quarantine.FindAsync(id, context.RequestAborted) is { } found ? Results.Json(found) : Results.NotFound()).Produces<HeldMessage>().Produces(404);
        admin.MapGet("/quarantine/{id:long}/preview", async (HttpContext context, long id) =>
            await store.Quarantine.PreviewAsync(id, context.Login(), store.Contents, context.RequestAborted) is { } text ? Results.Json(new HeldPreview(text)) : Results.NotFound()).Produces<HeldPreview>().Produces(404);
        admin.MapPost("/quarantine/{id:long}/release", async (HttpContext context, long id) => Answer(await store.Quarantine.ReleaseAsync(id, context.Login(), context.RequestAborted))).Produces<HeldDecision>().Produces<ApiError>(409).Produces(404);
        admin.MapPost("/quarantine/{id:long}/approve", async (HttpContext context, long id) => Answer(await store.Quarantine.ApproveAsync(id, context.Login(), context.RequestAborted))).Produces<HeldDecision>().Produces<ApiError>(409).Produces(404);
        admin.MapDelete("/quarantine/{id:long}", async (HttpContext context, long id) => Answer(await store.Quarantine.DeleteAsync(id, context.Login(), context.RequestAborted))).Produces<HeldDecision>().Produces<ApiError>(409).Produces(404);
        admin.MapGet("/usage", async (HttpContext context, long? before, UsageKind? kind) =>
            Results.Json(await store.UsageLog.ListAsync(kind, null, before ?? long.MaxValue, PageSize, context.RequestAborted))).Produces<UsageEntry[]>();
    }

    private static IResult Answer(HeldOutcome outcome) => outcome switch
    {
        HeldOutcome.NotFound => Results.NotFound(),
        HeldOutcome.Done => Results.Json(new HeldDecision("done")),
        HeldOutcome.NeedsSecond => Results.Json(new HeldDecision("needsSecond")),
        HeldOutcome.SamePerson => Results.Json(new ApiError("samePerson"), statusCode: 409),
        _ => Results.Json(new ApiError("notReleased"), statusCode: 409),
    };
}
