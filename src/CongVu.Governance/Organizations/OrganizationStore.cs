using System.Data.Common;
using CongVu.Formats.Text;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Organizations;

/// <summary>The tree of organizations (A1.2, A14.5). Every change is kept as history and in the audit trail.</summary>
public sealed partial class OrganizationStore
{
    private const string Columns = """
        o.id, o.parent_id, o.kind, k.rule, o.name, o.code, o.abbreviation, o.abbreviation_reason, o.registers_people, o.address, o.account_id, o.state, o.successor_id
        FROM organizations o JOIN organization_kinds k ON k.code = o.kind
        """;

    private readonly GovernanceStore store;

    internal OrganizationStore(GovernanceStore store) => this.store = store;

    /// <summary>Adds an organization and keeps its address for it (A5.1); without one it waits for an abbreviation.</summary>
    public Task<Result<Organization>> AddAsync(Actor actor, OrganizationToAdd organization, CancellationToken cancellationToken) =>
        store.ChangeAsync(tx => AddAsync(tx, actor, organization), cancellationToken);

    /// <summary>Adds an organization, as part of a larger change.</summary>
    public async ValueTask<Result<Organization>> AddAsync(Tx tx, Actor actor, OrganizationToAdd organization)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.EditOrganizations, organization.Parent) is { } refused)
            return refused;
        var name = AddressLetters.Tidy(organization.Name);
        if (CheckName(name) is { } wrong)
            return wrong;
        Organization? parent = null;
        if (organization.Parent is { } above)
        {
            if (await FindAsync(tx, above) is not { } found)
                return new Problem(ProblemKind.UnknownParent, $"{above.Value}");
            if (found.State != OrganizationState.Active)
                return new Problem(ProblemKind.Ended, found.Name);
            if ((await Authority.AboveAsync(tx, above)).Count >= OrganizationPath.MaxDepth)
                return new Problem(ProblemKind.TooDeep, name);
            parent = found;
        }
        var node = parent is null ? null : await NodeAsync(tx, parent.Id);
        var kind = organization.Kind ?? await CodeOfAsync(tx, OrganizationName.GuessKind(name, node));
        if (await RuleOfAsync(tx, kind) is not { } rule)
            return new Problem(ProblemKind.UnknownKind, kind);
        if (await SiblingAsync(tx, organization.Parent, name) is not null)
            return new Problem(ProblemKind.AlreadyExists, name);
        if (organization.Override is { } set && CheckOverride(set) is { } incomplete)
            return incomplete;

        var full = new OrganizationNode(name, rule, node) { Override = organization.Override, RegistersItsPeople = organization.RegistersItsPeople };
        var proposal = OrganizationAddresses.Propose(full, await AddressStore.ProfileAsync(tx));
        return (await FindAsync(tx, await InsertAsync(tx, actor, full, kind, organization.Parent, organization.Code, proposal)))!;
    }

    /// <summary>Writes an organization that was looked at before; without a free address it waits for an abbreviation.</summary>
    internal async ValueTask<OrganizationId> InsertAsync(Tx tx, Actor actor, OrganizationNode node, string kind, OrganizationId? parent, string? code, AddressProposal proposal)
    {
        var id = new OrganizationId(await tx.ScalarAsync<long>(
            """
            INSERT INTO organizations (parent_id, kind, name, name_key, code, abbreviation, abbreviation_reason, registers_people, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
            """,
            parent?.Value,
            kind,
            node.Name,
            Key(node.Name),
            code,
            node.Override?.Abbreviation,
            node.Override?.Reason,
            node.RegistersItsPeople is { } registers ? (registers ? 1 : 0) : null,
            store.Now));
        await RecordAsync(tx, id, actor, "add", "", node.Name);
        if (proposal.Fault == AddressFault.None)
            await store.Addresses.TryKeepAsync(tx, actor, id, proposal, node.Override?.Reason);
        return id;
    }

    /// <summary>Makes the organization's mailbox at the address kept for it (A2.3). It has no password; custodians are granted it.</summary>
    public async ValueTask<Result<Account>> AddMailboxAsync(Tx tx, Actor actor, OrganizationId id)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.Provision, id) is { } refused)
            return refused;
        if (await FindAsync(tx, id) is not { } organization)
            return Problem.NotFound($"{id.Value}");
        if (organization.State != OrganizationState.Active)
            return new Problem(ProblemKind.Ended, organization.Name);
        if (organization.Account is not null)
            return new Problem(ProblemKind.AlreadyExists, organization.Address ?? organization.Name);
        if (organization.Address is not { } address)
            return new Problem(ProblemKind.Address, organization.Name, nameof(AddressFault.NeedsOverride));
        await Accounts.ReleaseAddressAsync(tx, address);
        var figures = (await AddressStore.ProfileAsync(tx)).Figures;
        var added = await store.Mail.Accounts.AddOrganizationAsync(tx, new NewOrganization(address, organization.Name, figures.OrganizationQuotaBytes), actor.Name);
        if (!added.Ok)
            return added.Refusal == Refusal.NotFound ? new Problem(ProblemKind.UnknownDomain, address) : Problem.Of(added.Refusal, address);
        await tx.ExecuteAsync("UPDATE organizations SET account_id = $2 WHERE id = $1", id.Value, added.Value.Id.Value);
        await RecordAsync(tx, id, actor, "mailbox", "", address);
        await store.Duties.AlignGrantsAsync(tx, actor, id);
        return added.Value;
    }

    /// <summary>An organization by key.</summary>
    public ValueTask<Organization?> FindAsync(OrganizationId id, CancellationToken cancellationToken) => store.ReadAsync(tx => FindAsync(tx, id), cancellationToken);

    /// <summary>An organization by key, as part of a larger change.</summary>
    public static ValueTask<Organization?> FindAsync(Tx tx, OrganizationId id) => tx.FirstAsync<Organization?>($"SELECT {Columns} WHERE o.id = $1", Read, id.Value);

    /// <summary>
    /// The active organizations that <paramref name="name"/> may mean: a key like "#12", a code, a full name in any spelling, its address, or a path from the top with " / " between.
    /// </summary>
    public static async ValueTask<List<Organization>> SearchAsync(Tx tx, string name)
    {
        if (name.StartsWith('#') && long.TryParse(name.AsSpan(1), out var key))
            return await FindAsync(tx, new(key)) is { } found ? [found] : [];
        if (name.Contains('@', StringComparison.Ordinal))
            return await tx.FirstAsync<Organization?>($"SELECT {Columns} WHERE o.address = $1", Read, name.ToLowerInvariant()) is { } addressed ? [addressed] : [];
        var path = name.Split(" / ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (path.Length == 0)
            return [];
        var named = await tx.QueryAsync($"SELECT {Columns} WHERE (o.name_key = $1 OR o.code = $2) AND o.state = 0 ORDER BY o.id", Read, Key(AddressLetters.Tidy(path[^1])), path[^1]);
        if (path.Length == 1)
            return named;
        var fitting = new List<Organization>();
        foreach (var organization in named)
        {
            var at = organization.Parent;
            var i = path.Length - 2;
            for (; i >= 0 && at is { } above && await FindAsync(tx, above) is { } parent; at = parent.Parent)
            {
                if (Key(parent.Name) == Key(AddressLetters.Tidy(path[i])))
                    i--;
                else if (i == path.Length - 2)
                    break;
            }
            if (i < 0)
                fitting.Add(organization);
        }
        return fitting;
    }

    /// <summary>The one organization that a name means, or why not.</summary>
    public static async ValueTask<Result<Organization>> ResolveAsync(Tx tx, string name) => await SearchAsync(tx, name) switch
    {
        [] => Problem.NotFound(name),
        [var only] => only,
        _ => new Problem(ProblemKind.AmbiguousName, name),
    };

    /// <summary>All organizations in the order of their keys, parents before what was added below them.</summary>
    public ValueTask<List<Organization>> ListAsync(CancellationToken cancellationToken) => store.ReadAsync(ListAsync, cancellationToken);

    /// <summary>All organizations, as part of a larger change.</summary>
    public static ValueTask<List<Organization>> ListAsync(Tx tx) => tx.QueryAsync($"SELECT {Columns} ORDER BY o.id", Read);

    /// <summary>The organization as the address rules see it, with all above it.</summary>
    public static async ValueTask<OrganizationNode?> NodeAsync(Tx tx, OrganizationId id)
    {
        OrganizationNode? node = null;
        var above = await Authority.AboveAsync(tx, id);
        for (var i = above.Count - 1; i >= 0; i--)
        {
            var o = (await FindAsync(tx, new(above[i])))!;
            node = new(o.Name, o.Rule, node) { Override = o.Override, RegistersItsPeople = o.RegistersItsPeople };
        }
        return node;
    }

    /// <summary>What happened to an organization, the earliest first.</summary>
    public ValueTask<List<HistoryEntry>> HistoryAsync(OrganizationId id, CancellationToken cancellationToken) => store.ReadAsync(tx => HistoryAsync(tx, id), cancellationToken);

    /// <summary>What happened to an organization, on a snapshot at hand.</summary>
    public static ValueTask<List<HistoryEntry>> HistoryAsync(Tx tx, OrganizationId id) =>
        tx.QueryAsync("SELECT at, actor, what, before, after FROM organization_changes WHERE organization_id = $1 ORDER BY id", ReadHistory, id.Value);

    /// <summary>The kinds there are.</summary>
    public static ValueTask<List<OrganizationKindItem>> KindsAsync(Tx tx) => tx.QueryAsync(
        "SELECT code, rule, name_vi, name_en FROM organization_kinds ORDER BY code", row => new OrganizationKindItem(row.GetString(0), Enum.Parse<OrganizationKind>(row.GetString(1)), row.GetString(2), row.GetString(3)));

    /// <summary>A name as it is compared: folded, with single spaces.</summary>
    internal static string Key(string name) => VietnameseFolding.Fold(name).Trim();

    internal static HistoryEntry ReadHistory(DbDataReader row) =>
        new(DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4));

    internal async ValueTask RecordAsync(Tx tx, OrganizationId id, Actor actor, string what, string before, string after)
    {
        await tx.ExecuteAsync(
            "INSERT INTO organization_changes (organization_id, at, actor, what, before, after) VALUES ($1, $2, $3, $4, $5, $6)", id.Value, store.Now, actor.Name, what, before, after);
        await store.AuditAsync(tx, actor, $"organization.{what}", $"organization {id.Value}", before.Length == 0 ? after : $"{before} -> {after}");
    }

    internal static Problem? CheckName(string name) =>
        name.Length == 0 ? new(ProblemKind.Missing, "name")
        : name.Length > OrganizationName.MaxChars ? new(ProblemKind.TooLong, name[..40], $"{OrganizationName.MaxChars}")
        : !name.Any(char.IsLetter) || name.Any(char.IsControl) ? new(ProblemKind.InvalidName, name)
        : null;

    internal static Problem? CheckOverride(AbbreviationOverride set) =>
        set.Reason.Trim().Length == 0 ? new(ProblemKind.NeedsReason, set.Abbreviation)
        : AddressLetters.Of(set.Abbreviation) != set.Abbreviation || set.Abbreviation.Length is 0 or > 40 ? new(ProblemKind.Address, set.Abbreviation, nameof(AddressFault.NoLetters))
        : null;

    private static ValueTask<long?> SiblingAsync(Tx tx, OrganizationId? parent, string name) => parent is { } above
        ? tx.ScalarAsync<long?>("SELECT id FROM organizations WHERE name_key = $1 AND state = 0 AND parent_id = $2", Key(name), above.Value)
        : tx.ScalarAsync<long?>("SELECT id FROM organizations WHERE name_key = $1 AND state = 0 AND parent_id IS NULL", Key(name));

    internal static async ValueTask<OrganizationKind?> RuleOfAsync(Tx tx, string kind) =>
        await tx.ScalarAsync<string>("SELECT rule FROM organization_kinds WHERE code = $1", kind) is { } rule ? Enum.Parse<OrganizationKind>(rule) : null;

    private static async ValueTask<string> CodeOfAsync(Tx tx, OrganizationKind rule) =>
        await tx.ScalarAsync<string>("SELECT code FROM organization_kinds WHERE rule = $1 ORDER BY code", rule.ToString()) ?? rule.ToString();

    private static Organization Read(DbDataReader row) => new(
        new(row.GetInt64(0)),
        row.IsDBNull(1) ? null : new OrganizationId(row.GetInt64(1)),
        row.GetString(2),
        Enum.Parse<OrganizationKind>(row.GetString(3)),
        row.GetString(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.IsDBNull(6) ? null : new AbbreviationOverride(row.GetString(6), row.IsDBNull(7) ? "" : row.GetString(7)),
        row.IsDBNull(8) ? null : row.GetInt16(8) != 0,
        row.IsDBNull(9) ? null : row.GetString(9),
        row.IsDBNull(10) ? null : new AccountId(row.GetInt64(10)),
        (OrganizationState)row.GetInt16(11),
        row.IsDBNull(12) ? null : new OrganizationId(row.GetInt64(12)));
}
