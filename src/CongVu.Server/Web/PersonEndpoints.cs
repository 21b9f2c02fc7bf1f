using CongVu.Governance;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Imports;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using static CongVu.Server.Web.GovernanceEndpoints;

namespace CongVu.Server.Web;

/// <summary>A person.</summary>
internal sealed record PersonItem(
    long Id, string StaffCode, string Name, string Surname, string Middle, string Given, DateOnly? BirthDate, string? Phone, DateOnly? ServiceStart, string Status, string? Address);

/// <summary>Where a person works or worked.</summary>
internal sealed record PostingItem(long Id, long OrganizationId, string Position, string Unit, bool IsPrimary, DateOnly From, DateOnly? To);

/// <summary>A person with postings, duties and history.</summary>
internal sealed record PersonDetail(PersonItem Person, IReadOnlyList<PostingItem> Postings, IReadOnlyList<DutyEntry> Duties, IReadOnlyList<HistoryItem> History);

/// <summary>A person to add.</summary>
internal sealed record NewPersonRequest(
    string Name, long OrganizationId, string? StaffCode, string? Position, string? Unit, string? Phone, DateOnly? BirthDate, DateOnly? ServiceStart, string? IdentityNumber, DateOnly? From, bool Mailbox);

/// <summary>What of a person to change; what is left out stays.</summary>
internal sealed record PersonChangeRequest(
    string? Name, string? Surname, string? Middle, string? Given, DateOnly? BirthDate, string? Phone, DateOnly? ServiceStart, string? IdentityNumber, string? Position, string? Unit);

/// <summary>Where to.</summary>
internal sealed record MoveRequest(long OrganizationId, string? Position, string? Unit, DateOnly? From, bool KeepAddress);

/// <summary>Why and when a person leaves.</summary>
internal sealed record LeaveRequest(string Status, DateOnly? Last);

/// <summary>An address that the rules do not give, and why.</summary>
internal sealed record PersonMailboxRequest(string? LocalPart, string? Reason);

/// <summary>An address and how it came about.</summary>
internal sealed record ProposalItem(string? Address, string Rule, string Explanation, string? Fault, bool NeedsReview);

/// <summary>For whom an address is proposed.</summary>
internal sealed record ProposalRequest(long OrganizationId, string? Name, DateOnly? BirthDate, string? IdentityNumber);

/// <summary>An address that was given.</summary>
internal sealed record GivenAddressItem(string Address, long? OrganizationId, long? PersonId, string Rule, string Citation, string Explanation, string? OverrideReason, string Actor, DateTimeOffset At);

/// <summary>People, where they work, and the addresses they get.</summary>
internal static class PersonEndpoints
{
    private const int PageSize = 100;

    internal static void Map(RouteGroupBuilder group, GovernanceStore store)
    {
        group.MapGet("/people", (HttpContext context, long? organization, string? search, int? skip) => ReadAsync<PersonItem[]>(
            context,
            store,
            Right.View,
            Key(organization),
            async tx => (await PeopleStore.SearchAsync(tx, Key(organization), search ?? "", PageSize, Math.Max(0, skip ?? 0))).ConvertAll(Item).ToArray())).Produces<PersonItem[]>().Produces<GovernanceError>(403);
        group.MapGet("/people/{id:long}", (HttpContext context, long id) => DetailAsync(context, store, new(id))).Produces<PersonDetail>().Produces<GovernanceError>(403).Produces<GovernanceError>(404);
        group.MapPost("/people", (HttpContext context, NewPersonRequest request) => ChangeAsync(
            context,
            store,
            async tx =>
            {
                var added = await store.People.AddAsync(
                    tx,
                    context.Actor(),
                    new(request.StaffCode, request.Name ?? "") { BirthDate = request.BirthDate, Phone = request.Phone, ServiceStart = request.ServiceStart, IdentityNumber = request.IdentityNumber },
                    new(new(request.OrganizationId), request.Position ?? "", request.Unit ?? "", request.From));
                if (!added.Ok || !request.Mailbox)
                    return added;
                var made = await store.People.AddMailboxAsync(tx, context.Actor(), added.Value.Id, null);
                return made.Problem is { } problem ? problem : (await PeopleStore.FindAsync(tx, added.Value.Id))!;
            },
            Item,
            status: 201)).Produces<PersonItem>(201).Produces<GovernanceError>(400).Produces<GovernanceError>(403);
        group.MapPatch("/people/{id:long}", (HttpContext context, long id, PersonChangeRequest r) => ChangeAsync(
            context,
            store,
            tx => store.People.ChangeAsync(
                tx,
                context.Actor(),
                new(id),
                new(r.Name, r.Given is { Length: > 0 } given ? new(r.Surname ?? "", (r.Middle ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries), given) : null, r.BirthDate, r.Phone, r.ServiceStart, r.IdentityNumber, r.Position, r.Unit)),
            Item)).Produces<PersonItem>().Produces<GovernanceError>(400).Produces<GovernanceError>(403).Produces<GovernanceError>(404);
        group.MapPost("/people/{id:long}/postings", (HttpContext context, long id, MoveRequest r) => ChangeAsync(
            context, store, tx => store.People.PostAsync(tx, context.Actor(), new(id), To(r), isPrimary: false), Posting, status: 201)).Produces<PostingItem>(201).Produces<GovernanceError>(400);
        group.MapDelete("/postings/{id:long}", (HttpContext context, long id, long person, DateOnly? last) => ChangeAsync(
            context, store, tx => store.People.EndPostingAsync(tx, context.Actor(), new(person), new(id), last ?? store.Today), Posting)).Produces<PostingItem>().Produces<GovernanceError>(409);
        group.MapPost("/people/{id:long}/move", (HttpContext context, long id, MoveRequest r) => ChangeAsync(
            context, store, tx => store.People.MoveAsync(tx, context.Actor(), new(id), To(r), readdress: !r.KeepAddress), Item)).Produces<PersonItem>().Produces<GovernanceError>(409);
        group.MapPost("/people/{id:long}/leave", (HttpContext context, long id, LeaveRequest r) => Enum.TryParse<PersonStatus>(r.Status, ignoreCase: true, out var status) && Enum.IsDefined(status)
            ? ChangeAsync(context, store, tx => store.People.LeaveAsync(tx, context.Actor(), new(id), status, r.Last ?? store.Today), Item)
            : Task.FromResult(Refuse(context, Problem.NotFound(r.Status ?? "")))).Produces<PersonItem>().Produces<GovernanceError>(409);
        group.MapPost("/people/{id:long}/mailbox", (HttpContext context, long id, PersonMailboxRequest r) => ChangeAsync(
            context, store, tx => store.People.AddMailboxAsync(tx, context.Actor(), new(id), null, r.LocalPart, r.Reason), made => Proposal(context, made.Proposal), status: 201)).Produces<ProposalItem>(201).Produces<GovernanceError>(409);
        group.MapPost("/people/import", async (HttpContext context, bool? dryRun, bool? mailboxes) => await ReadListAsync(context) is { } list
            ? Report(context, await new PeopleImport(store).RunAsync(context.Actor(), list, new(dryRun ?? true, mailboxes ?? false), null, context.RequestAborted))
            : Results.StatusCode(413)).Produces<ImportItem>().Produces<GovernanceError>(400);

        group.MapPost("/addresses/propose", (HttpContext context, ProposalRequest request) => ReadAsync<ProposalItem>(
            context, store, Right.PrepareRequest, new(request.OrganizationId), async tx => await ProposeAsync(context, store, tx, request))).Produces<ProposalItem>().Produces<GovernanceError>(400);
        group.MapGet("/addresses", (HttpContext context, string? search, string? after) => ReadAsync<GivenAddressItem[]>(
            context,
            store,
            Right.View,
            null,
            async tx => (await AddressStore.ListAsync(tx, search ?? "", after ?? "", PageSize))
                .ConvertAll(g => new GivenAddressItem(g.Address, g.Organization?.Value, g.Person?.Value, g.Rule, g.Citation, g.Explanation, g.OverrideReason, g.Actor, g.At)).ToArray())).Produces<GivenAddressItem[]>();
    }

    private static PersonItem Item(Person p) =>
        new(p.Id.Value, p.StaffCode, p.Name, p.Parts.Surname, string.Join(' ', p.Parts.Middle), p.Parts.Given, p.BirthDate, p.Phone, p.ServiceStart, Word(p.Status), p.Address);

    private static PostingItem Posting(Posting p) => new(p.Id.Value, p.Organization.Value, p.Position, p.Unit, p.IsPrimary, p.From, p.To);

    private static PostingToGive To(MoveRequest r) => new(new(r.OrganizationId), r.Position ?? "", r.Unit ?? "", r.From);

    private static OrganizationId? Key(long? organization) => organization is { } id ? new OrganizationId(id) : null;

    private static ProposalItem Proposal(HttpContext context, AddressProposal p) =>
        new(p.Address.Length == 0 ? null : p.Address, p.Citation, Wording(context).Explain(p), p.Fault == AddressFault.None ? null : Word(p.Fault), p.NeedsReview);

    // Oneself, or people of an organization that one may see.
    private static async Task<IResult> DetailAsync(HttpContext context, GovernanceStore store, PersonId id)
    {
        var detail = await store.ReadAsync<Result<PersonDetail>>(
            async tx =>
            {
                var person = await PeopleStore.FindAsync(tx, id);
                var posting = await PeopleStore.PrimaryPostingAsync(tx, id);
                if (person?.Principal != context.PrincipalId() && await store.Authority.RefuseAsync(tx, context.Actor(), Right.View, posting?.Organization) is { } refused)
                    return refused;
                if (person is null)
                    return Problem.NotFound($"{id.Value}");
                return new PersonDetail(
                    Item(person),
                    [.. (await PeopleStore.PostingsAsync(tx, id)).Select(Posting)],
                    [.. (await DutyStore.OfPersonAsync(tx, id, null)).Select(OrganizationEndpoints.Duty)],
                    History(await PeopleStore.HistoryAsync(tx, id)));
            },
            context.RequestAborted);
        return detail.Problem is { } problem ? Refuse(context, problem) : Results.Json(detail.Value);
    }

    private static async ValueTask<Result<ProposalItem>> ProposeAsync(HttpContext context, GovernanceStore store, CongVu.Mail.Store.Database.Tx tx, ProposalRequest request)
    {
        if (await OrganizationStore.NodeAsync(tx, new(request.OrganizationId)) is not { } node)
            return Problem.NotFound($"{request.OrganizationId}");
        if (request.Name is not { Length: > 0 } name)
            return Proposal(context, OrganizationAddresses.Propose(node, await AddressStore.ProfileAsync(tx)));
        return PersonName.Guess(name) is { } parts
            ? Proposal(context, await AddressStore.ProposeAsync(tx, new(default, "", name, parts, request.BirthDate, request.IdentityNumber, null, null, PersonStatus.Active, null, null, null), new(request.OrganizationId)))
            : new Problem(ProblemKind.InvalidName, name);
    }
}
