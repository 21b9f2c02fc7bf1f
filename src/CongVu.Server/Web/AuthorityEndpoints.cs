using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Mail.Store;
using static CongVu.Server.Web.GovernanceEndpoints;

namespace CongVu.Server.Web;

/// <summary>A right given by hand.</summary>
internal sealed record RoleEntry(long Id, string Login, string Role, long? OrganizationId, string GrantedBy, DateTimeOffset At);

/// <summary>A right to give.</summary>
internal sealed record RoleRequest(string Login, string Role, long? OrganizationId);

/// <summary>What the one who asks may do.</summary>
internal sealed record RightsItem(IReadOnlyList<string> Rights);

/// <summary>A row of the audit trail.</summary>
internal sealed record AuditItem(long Id, DateTimeOffset At, string Actor, string Action, string Subject, string Detail, long? Sequence);

/// <summary>A place where the chain of the audit trail is broken.</summary>
internal sealed record AuditFindingItem(string Fault, long Sequence, long Id);

/// <summary>What a verification of the audit trail found.</summary>
internal sealed record AuditVerification(long Rows, long Waiting, string Head, IReadOnlyList<AuditFindingItem> Findings);

/// <summary>Roles, rights, and the audit trail.</summary>
internal static class AuthorityEndpoints
{
    private const int PageSize = 200;

    internal static void Map(RouteGroupBuilder group, GovernanceStore store)
    {
        group.MapGet("/rights", async (HttpContext context, long? organization) =>
        {
            OrganizationId? at = organization is { } id ? new OrganizationId(id) : null;
            return Results.Json(await store.ReadAsync(
                async tx =>
                {
                    var rights = new List<string>();
                    foreach (var right in Enum.GetValues<Right>())
                    {
                        if (await store.Authority.MayAsync(tx, context.Actor(), right, at))
                            rights.Add(Word(right));
                    }
                    return new RightsItem(rights);
                },
                context.RequestAborted));
        }).Produces<RightsItem>();
        group.MapGet("/roles", (HttpContext context, CancellationToken _) => ReadAsync<RoleEntry[]>(context, store, Right.GrantRoles, null, async tx => (await RoleStore.ListAsync(tx)).ConvertAll(Item).ToArray()))
            .Produces<RoleEntry[]>().Produces<GovernanceError>(403);
        group.MapPost("/roles", (HttpContext context, RoleRequest request) => ChangeAsync<RoleItem, RoleEntry>(
            context,
            store,
            async tx =>
            {
                if (!Enum.TryParse<Role>(request.Role, ignoreCase: true, out var role) || !Enum.IsDefined(role))
                    return Problem.NotFound(request.Role ?? "");
                if (await Accounts.FindPrincipalAsync(tx, request.Login ?? "") is not { } principal)
                    return Problem.NotFound(request.Login ?? "");
                var given = await store.Roles.GiveAsync(tx, context.Actor(), principal.Id, role, request.OrganizationId is { } id ? new OrganizationId(id) : null);
                return given.Problem is { } problem ? problem : (await RoleStore.ListAsync(tx)).Find(r => r.Id == given.Value)!;
            },
            Item,
            status: 201)).Produces<RoleEntry>(201).Produces<GovernanceError>(400).Produces<GovernanceError>(403);
        group.MapDelete("/roles/{id:long}", (HttpContext context, long id) => ChangeAsync(context, store, tx => store.Roles.TakeAsync(tx, context.Actor(), id), Item)).Produces<RoleEntry>().Produces<GovernanceError>(404);

        group.MapGet("/audit", async (HttpContext context, long? before, string? actor, string? action, string? subject, DateTimeOffset? from, DateTimeOffset? to) =>
            await RefusedAsync(context, store) ?? Results.Json((await store.Mail.Audit.ListAsync(new(before, actor, action, subject, from, to, PageSize), context.RequestAborted))
                .ConvertAll(e => new AuditItem(e.Id, e.At, e.Actor, e.Action, e.Subject, e.Detail, e.Sequence)))).Produces<AuditItem[]>().Produces<GovernanceError>(403);
        group.MapGet("/audit/verification", async (HttpContext context) =>
        {
            if (await RefusedAsync(context, store) is { } refused)
                return refused;
            var report = await store.Mail.Audit.VerifyAsync(AuditSealer.HeadsIn(store.Mail.Options.Folder), context.RequestAborted);
            return Results.Json(new AuditVerification(report.Rows, report.Waiting, report.Head.ToString(), [.. report.Findings.Select(f => new AuditFindingItem(Word(f.Fault), f.Sequence, f.Id))]));
        }).Produces<AuditVerification>().Produces<GovernanceError>(403);
    }

    private static async Task<IResult?> RefusedAsync(HttpContext context, GovernanceStore store) =>
        await store.ReadAsync(tx => store.Authority.RefuseAsync(tx, context.Actor(), Right.ViewAudit, null), context.RequestAborted) is { } refused ? Refuse(context, refused) : null;

    private static RoleEntry Item(RoleItem r) => new(r.Id, r.Login, Word(r.Role), r.Organization?.Value, r.GrantedBy, r.At);
}
