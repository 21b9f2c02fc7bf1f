using System.Data.Common;
using System.Text.Json;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Imports;
using CongVu.Governance.Organizations;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Plans;

/// <summary>
/// Reorganizations: a merger of organizations, or another profile of addresses. A plan is stored, looked at as often as wanted, undone, or applied as a whole in one transaction. A preview is the
/// work itself, taken back at its end: it shows what would be done now, and every problem.
/// </summary>
public sealed partial class PlanStore
{
    private const string Columns = "id, kind, title, state, created_by, created_at, decided_by, decided_at FROM plans";

    private static readonly Dictionary<string, string[]> MergerColumns = new()
    {
        ["from"] = ["from", "old", "co quan cu", "don vi cu", "tu"],
        ["into"] = ["into", "new", "co quan moi", "don vi moi", "thanh"],
        ["parent"] = ["parent", "co quan quan ly", "truc thuoc"],
        ["code"] = ["code", "ma"],
        ["kind"] = ["kind", "loai"],
        ["abbreviation"] = ["abbreviation", "viet tat"],
    };

    private readonly GovernanceStore store;

    internal PlanStore(GovernanceStore store) => this.store = store;

    /// <summary>
    /// Plans a merger from a list with columns from, into and, where wanted, parent, code, kind, abbreviation. Every organization in it must be there. With <paramref name="profile"/> all addresses
    /// follow that profile from then on, those of the new organizations first.
    /// </summary>
    public async Task<Result<(Plan? Plan, IReadOnlyList<ImportFinding> Problems)>> PlanMergerAsync(Actor actor, string title, byte[] file, string? profile, CancellationToken cancellationToken)
    {
        if (profile is not null && !AddressProfiles.All.ContainsKey(profile))
            return Problem.NotFound(profile);
        var table = ImportTable.Read(file, MergerColumns, ["from", "into"]);
        if (table.Problem is { } unreadable)
            return unreadable;
        return await store.ChangeAsync<(Plan?, IReadOnlyList<ImportFinding>)>(
            async tx =>
            {
                if (await store.Authority.RefuseAsync(tx, actor, Right.EditOrganizations, null) is { } refused)
                    return refused;
                var problems = new List<ImportFinding>();
                var rows = new List<MergerRow>();
                var seen = new Dictionary<OrganizationId, int>();
                foreach (var row in table.Value.Rows)
                {
                    var from = await OrganizationStore.ResolveAsync(tx, table.Value.Cell(row, "from"));
                    if (from.Problem is { } unknown)
                        problems.Add(new(row.Number, table.Value.HeadingOf("from"), unknown));
                    else if (!seen.TryAdd(from.Value.Id, row.Number))
                        problems.Add(new(row.Number, table.Value.HeadingOf("from"), new(ProblemKind.DuplicateRow, from.Value.Name, $"{seen[from.Value.Id]}")));
                    string? parent = null;
                    if (table.Value.Cell(row, "parent") is { Length: > 0 } above)
                    {
                        var found = await OrganizationStore.ResolveAsync(tx, above);
                        if (found.Problem is { } missing)
                            problems.Add(new(row.Number, table.Value.HeadingOf("parent"), missing));
                        else
                            parent = $"#{found.Value.Id.Value}";
                    }
                    var into = AddressLetters.Tidy(table.Value.Cell(row, "into"));
                    if (into.Length > 0 && OrganizationStore.CheckName(into) is { } wrong)
                        problems.Add(new(row.Number, table.Value.HeadingOf("into"), wrong));
                    if (from.Ok)
                        rows.Add(new($"#{from.Value.Id.Value}", into, parent, Filled("code"), Filled("kind"), Filled("abbreviation")));

                    string? Filled(string column) => table.Value.Cell(row, column) is { Length: > 0 } text ? text : null;
                }
                if (problems.Count > 0)
                    return (null, problems);
                return (await AddAsync(tx, actor, PlanKind.Merger, title, JsonSerializer.Serialize(new Merger(profile, rows))), problems);
            },
            cancellationToken);
    }

    /// <summary>Plans that addresses follow another profile.</summary>
    public Task<Result<Plan>> PlanProfileAsync(Actor actor, string profile, CancellationToken cancellationToken) => store.ChangeAsync<Plan>(
        async tx =>
        {
            if (await store.Authority.RefuseAsync(tx, actor, Right.EditOrganizations, null) is { } refused)
                return refused;
            return AddressProfiles.All.ContainsKey(profile) ? await AddAsync(tx, actor, PlanKind.Profile, profile, profile) : Problem.NotFound(profile);
        },
        cancellationToken);

    /// <summary>All plans, the latest first.</summary>
    public ValueTask<List<Plan>> ListAsync(CancellationToken cancellationToken) => store.ReadAsync(ListAsync, cancellationToken);

    /// <summary>All plans, on a snapshot at hand.</summary>
    public static ValueTask<List<Plan>> ListAsync(Tx tx) => tx.QueryAsync($"SELECT {Columns} ORDER BY id DESC", Read);

    /// <summary>What applying a plan now would do. The store's writer is busy with it as long as applying would take.</summary>
    public async Task<Result<PlanPreview>> PreviewAsync(Actor actor, long id, CancellationToken cancellationToken)
    {
        PlanPreview? preview = null;
        var ended = await store.ChangeAsync<bool>(
            async tx =>
            {
                var found = await PlannedAsync(tx, actor, id);
                if (!found.Ok)
                    return found.Problem!;
                preview = new(found.Value.Plan, await DoAsync(tx, actor, found.Value.Plan, found.Value.Definition));
                return new Problem(ProblemKind.None);
            },
            cancellationToken);
        return ended.Problem is { Kind: ProblemKind.None } ? preview! : ended.Problem!;
    }

    /// <summary>Applies a plan as a whole; with one problem nothing of it is done.</summary>
    public Task<Result<PlanPreview>> ApplyAsync(Actor actor, long id, CancellationToken cancellationToken) => store.ChangeAsync<PlanPreview>(
        async tx =>
        {
            var found = await PlannedAsync(tx, actor, id);
            if (!found.Ok)
                return found.Problem!;
            var lines = await DoAsync(tx, actor, found.Value.Plan, found.Value.Definition);
            if (lines.Find(l => l.Problem is not null) is { } broken)
                return broken.Problem!;
            return new PlanPreview(await DecideAsync(tx, actor, found.Value.Plan, PlanState.Applied), lines);
        },
        cancellationToken);

    /// <summary>Takes a plan back that is not applied.</summary>
    public Task<Result<Plan>> UndoAsync(Actor actor, long id, CancellationToken cancellationToken) => store.ChangeAsync<Plan>(
        async tx => await PlannedAsync(tx, actor, id) is { Ok: true } found ? await DecideAsync(tx, actor, found.Value.Plan, PlanState.Undone) : (await PlannedAsync(tx, actor, id)).Problem!,
        cancellationToken);

    private ValueTask<List<PlanLine>> DoAsync(Tx tx, Actor actor, Plan plan, string definition) =>
        plan.Kind == PlanKind.Merger ? MergeAsync(tx, actor, JsonSerializer.Deserialize<Merger>(definition)!) : ChangeProfileAsync(tx, actor, AddressProfiles.All[definition]);

    private async ValueTask<Plan> AddAsync(Tx tx, Actor actor, PlanKind kind, string title, string definition)
    {
        var id = await tx.ScalarAsync<long>(
            "INSERT INTO plans (kind, title, definition, created_by, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id", (int)kind, title, definition, actor.Name, store.Now);
        await store.AuditAsync(tx, actor, "plan.add", $"plan {id}", $"{kind}: {title}");
        return (await tx.FirstAsync($"SELECT {Columns} WHERE id = $1", Read, id))!;
    }

    private async ValueTask<Plan> DecideAsync(Tx tx, Actor actor, Plan plan, PlanState state)
    {
        await tx.ExecuteAsync("UPDATE plans SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1", plan.Id, (int)state, actor.Name, store.Now);
        await store.AuditAsync(tx, actor, state == PlanState.Applied ? "plan.apply" : "plan.undo", $"plan {plan.Id}", plan.Title);
        return (await tx.FirstAsync($"SELECT {Columns} WHERE id = $1", Read, plan.Id))!;
    }

    private async ValueTask<Result<(Plan Plan, string Definition)>> PlannedAsync(Tx tx, Actor actor, long id)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.EditOrganizations, null) is { } refused)
            return refused;
        if (await tx.FirstAsync<Plan?>($"SELECT {Columns} WHERE id = $1", Read, id) is not { } plan)
            return Problem.NotFound($"{id}");
        return plan.State == PlanState.Planned
            ? (plan, (await tx.ScalarAsync<string>("SELECT definition FROM plans WHERE id = $1", id))!)
            : new Problem(ProblemKind.WrongState, plan.Title);
    }

    private static Plan Read(DbDataReader row) => new(
        row.GetInt64(0),
        (PlanKind)row.GetInt16(1),
        row.GetString(2),
        (PlanState)row.GetInt16(3),
        row.GetString(4),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        row.IsDBNull(6) ? null : row.GetString(6),
        row.IsDBNull(7) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)));
}
