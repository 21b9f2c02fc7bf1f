using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Imports;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Mail.Store;
using static CongVu.Server.Web.GovernanceEndpoints;

namespace CongVu.Server.Web;

/// <summary>An organization in the tree.</summary>
internal sealed record OrganizationItem(
    long Id, long? ParentId, string Name, string Kind, string? Code, string? Address, bool HasMailbox, string State, long? SuccessorId, string? Abbreviation, string? AbbreviationReason, bool? RegistersItsPeople);

/// <summary>A duty.</summary>
internal sealed record DutyEntry(long Id, long PersonId, string Name, long OrganizationId, string Duty, DateOnly From, DateOnly? To, string GrantedBy);

/// <summary>An organization as those see it who may: with the state of its mailbox, its duties and its history.</summary>
internal sealed record OrganizationDetail(OrganizationItem Organization, string? MailboxState, long? UsedBytes, long? QuotaBytes, IReadOnlyList<DutyEntry> Duties, IReadOnlyList<HistoryItem> History);

/// <summary>An organization to add.</summary>
internal sealed record NewOrganizationRequest(string Name, long? ParentId, string? Kind, string? Code, string? Abbreviation, string? AbbreviationReason, bool? RegistersItsPeople, bool Mailbox);

/// <summary>What of an organization to change; what is left out stays. A parent of 0 is the top.</summary>
internal sealed record OrganizationChangeRequest(string? Name, string? Kind, string? Code, bool? RegistersItsPeople, long? ParentId, bool NewAddress);

/// <summary>An abbreviation set by hand.</summary>
internal sealed record AbbreviationRequest(string Abbreviation, string Reason);

/// <summary>Who takes a duty, from when to when.</summary>
internal sealed record DutyRequest(long PersonId, string Duty, DateOnly? From, DateOnly? To);

/// <summary>A kind of organizations.</summary>
internal sealed record KindItem(string Code, string NameVi, string NameEn);

/// <summary>An organization's mailbox just made.</summary>
internal sealed record MailboxMade(string Address);

/// <summary>The tree of organizations, their mailboxes and duties.</summary>
internal static class OrganizationEndpoints
{
    internal static void Map(RouteGroupBuilder group, GovernanceStore store)
    {
        // Names, places and addresses are the directory (A2.6): for everybody here.
        group.MapGet("/organizations", async (HttpContext context, CancellationToken _) => Results.Json((await store.Organizations.ListAsync(context.RequestAborted)).Select(Item))).Produces<OrganizationItem[]>();
        group.MapGet("/organizations/kinds", async (HttpContext context, CancellationToken _) =>
            Results.Json((await store.ReadAsync(OrganizationStore.KindsAsync, context.RequestAborted)).Select(k => new KindItem(k.Code, k.NameVi, k.NameEn)))).Produces<KindItem[]>();
        group.MapGet("/organizations/{id:long}", (HttpContext context, long id) => DetailAsync(context, store, new(id))).Produces<OrganizationDetail>().Produces<GovernanceError>(403).Produces<GovernanceError>(404);
        group.MapPost("/organizations", (HttpContext context, NewOrganizationRequest request) => ChangeAsync(
            context,
            store,
            async tx =>
            {
                var added = await store.Organizations.AddAsync(tx, context.Actor(), new(request.Name ?? "", request.Kind, request.ParentId is { } parent ? new OrganizationId(parent) : null)
                {
                    Code = request.Code,
                    Override = request.Abbreviation is { Length: > 0 } set ? new(set, request.AbbreviationReason ?? "") : null,
                    RegistersItsPeople = request.RegistersItsPeople,
                });
                if (!added.Ok || !request.Mailbox)
                    return added;
                var made = await store.Organizations.AddMailboxAsync(tx, context.Actor(), added.Value.Id);
                return made.Problem is { } problem ? problem : (await OrganizationStore.FindAsync(tx, added.Value.Id))!;
            },
            Item,
            status: 201)).Produces<OrganizationItem>(201).Produces<GovernanceError>(400).Produces<GovernanceError>(403);
        group.MapPatch("/organizations/{id:long}", (HttpContext context, long id, OrganizationChangeRequest request) => ChangeAsync(
            context,
            store,
            async tx =>
            {
                var done = await store.Organizations.ChangeAsync(tx, context.Actor(), new(id), new(request.Name, request.Kind, request.Code, request.RegistersItsPeople));
                if (done.Ok && request.ParentId is { } parent)
                    done = await store.Organizations.MoveAsync(tx, context.Actor(), new(id), parent == 0 ? null : new OrganizationId(parent));
                return done.Ok && request.NewAddress ? await store.Organizations.ReaddressAsync(tx, context.Actor(), new(id)) : done;
            },
            Item)).Produces<OrganizationItem>().Produces<GovernanceError>(400).Produces<GovernanceError>(403).Produces<GovernanceError>(404);
        group.MapPost("/organizations/{id:long}/abbreviation", (HttpContext context, long id, AbbreviationRequest request) => ChangeAsync(
            context, store, tx => store.Organizations.SetAbbreviationAsync(tx, context.Actor(), new(id), new(request.Abbreviation ?? "", request.Reason ?? "")), Item)).Produces<OrganizationItem>().Produces<GovernanceError>(400);
        group.MapPost("/organizations/{id:long}/mailbox", (HttpContext context, long id) => ChangeAsync(
            context, store, tx => store.Organizations.AddMailboxAsync(tx, context.Actor(), new(id)), a => new MailboxMade(a.PrimaryAddress), status: 201)).Produces<MailboxMade>(201).Produces<GovernanceError>(409);
        group.MapPost("/organizations/{id:long}/duties", (HttpContext context, long id, DutyRequest request) =>
            Enum.TryParse<Duty>(request.Duty, ignoreCase: true, out var duty) && Enum.IsDefined(duty)
                ? ChangeAsync(context, store, tx => store.Duties.NameAsync(tx, context.Actor(), new(id), new(request.PersonId), duty, request.From, request.To), Duty, status: 201)
                : Task.FromResult(Refuse(context, Problem.NotFound(request.Duty ?? "")))).Produces<DutyEntry>(201).Produces<GovernanceError>(400);
        group.MapDelete("/duties/{id:long}", (HttpContext context, long id, DateOnly? last) =>
            ChangeAsync(context, store, tx => store.Duties.EndAsync(tx, context.Actor(), new(id), last), Duty)).Produces<DutyEntry>().Produces<GovernanceError>(409);
        group.MapPost("/organizations/import", async (HttpContext context, bool? dryRun, bool? mailboxes) => await ReadListAsync(context) is { } list
            ? Report(context, await new OrganizationImport(store).RunAsync(context.Actor(), list, new(dryRun ?? true, mailboxes ?? false), context.RequestAborted))
            : Results.StatusCode(413)).Produces<ImportItem>().Produces<GovernanceError>(400);
    }

    internal static OrganizationItem Item(Organization o) => new(
        o.Id.Value, o.Parent?.Value, o.Name, o.Kind, o.Code, o.Address, o.Account is not null, Word(o.State), o.Successor?.Value, o.Override?.Abbreviation, o.Override?.Reason, o.RegistersItsPeople);

    internal static DutyEntry Duty(DutyItem d) => new(d.Id.Value, d.Person.Value, d.Name, d.Organization.Value, Word(d.Duty), d.From, d.To, d.GrantedBy);

    private static Task<IResult> DetailAsync(HttpContext context, GovernanceStore store, OrganizationId id) => ReadAsync<OrganizationDetail>(
        context,
        store,
        Right.View,
        id,
        async tx =>
        {
            if (await OrganizationStore.FindAsync(tx, id) is not { } organization)
                return Problem.NotFound($"{id.Value}");
            var account = organization.Account is { } mailbox ? await Accounts.FindAsync(tx, mailbox) : null;
            return new OrganizationDetail(
                Item(organization),
                account is null ? null : Word(account.State),
                account?.UsedBytes,
                account?.QuotaBytes,
                [.. (await DutyStore.OfOrganizationAsync(tx, id, null)).Select(Duty)],
                History(await OrganizationStore.HistoryAsync(tx, id)));
        });
}
