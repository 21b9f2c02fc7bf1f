using CongVu.Formats.Text;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Imports;

/// <summary>
/// Imports a tree of organizations from a list (CSV or XLSX): one row each with name, kind, parent; or the administrative list of provinces, districts and communes, whose rows stand for
/// their People's Committees. The whole list is looked at first; with one problem nothing is done, without any all of it is done in one transaction. A second import of a list changes nothing.
/// </summary>
public sealed class OrganizationImport(GovernanceStore store)
{
    private static readonly Dictionary<string, string[]> Columns = new()
    {
        ["name"] = ["name", "ten", "ten co quan", "ten don vi", "ten co quan don vi", "ten to chuc", "co quan", "organization"],
        ["kind"] = ["kind", "loai", "loai co quan", "loai hinh"],
        ["parent"] = ["parent", "co quan quan ly", "co quan quan ly truc tiep", "co quan chu quan", "truc thuoc", "don vi cap tren", "cap tren"],
        ["code"] = ["code", "ma", "ma co quan", "ma don vi", "ma dinh danh"],
        ["abbreviation"] = ["abbreviation override", "abbreviation", "viet tat", "ten viet tat", "chu viet tat"],
        ["reason"] = ["reason", "ly do", "ly do viet tat"],
        ["province"] = ["province", "tinh", "ten tinh"],
        ["district"] = ["district", "huyen", "ten huyen", "quan huyen"],
        ["districtCode"] = ["district code", "ma huyen"],
        ["commune"] = ["commune", "xa", "ten xa", "phuong xa"],
        ["communeCode"] = ["commune code", "ma xa"],
    };

    /// <summary>Looks at a list and, unless it is a dry run or something is wrong, imports it.</summary>
    public async Task<Result<ImportReport>> RunAsync(Actor actor, byte[] file, ImportOptions options, CancellationToken cancellationToken)
    {
        var table = ImportTable.Read(file, Columns, ["name"], ["district", "commune"]);
        if (table.Problem is { } unreadable)
            return unreadable;
        var rows = table.Value.Has("commune") && table.Value.Has("district") ? Administrative(table.Value) : Listed(table.Value);
        if (options.DryRun)
            return await store.ReadAsync(tx => RunAsync(tx, actor, table.Value, rows, options), cancellationToken);
        return await store.ChangeAsync(tx => RunAsync(tx, actor, table.Value, rows, options), cancellationToken);
    }

    private async ValueTask<Result<ImportReport>> RunAsync(Tx tx, Actor actor, ImportTable table, List<Row> rows, ImportOptions options)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.EditOrganizations, null) is { } refused)
            return refused;
        var problems = new List<ImportFinding>();
        var notes = new List<ImportFinding>();

        // 1. Each row by itself.
        var kinds = await OrganizationStore.KindsAsync(tx);
        foreach (var row in rows)
        {
            if (OrganizationStore.CheckName(row.Name) is { } wrong)
                problems.Add(new(row.Number, table.HeadingOf("name"), wrong));
            if (row.Kind.Length > 0)
            {
                row.KindItem = kinds.Find(k => k.Code == row.Kind || OrganizationStore.Key(k.NameVi) == OrganizationStore.Key(row.Kind) || OrganizationStore.Key(k.NameEn) == OrganizationStore.Key(row.Kind));
                if (row.KindItem is null)
                    problems.Add(new(row.Number, table.HeadingOf("kind"), new(ProblemKind.UnknownKind, row.Kind)));
            }
            if (row.Abbreviation.Length > 0 && OrganizationStore.CheckOverride(row.Override(options)) is { } unfit)
                problems.Add(new(row.Number, table.HeadingOf("abbreviation"), unfit));
        }

        // 2. Parents: in the list itself, or there already.
        var existing = (await OrganizationStore.ListAsync(tx)).Where(o => o.State == OrganizationState.Active).ToList();
        FindParents(table, rows, existing, problems);

        // 3. Parents before children; rows that are below themselves are never reached.
        var ordered = new List<Row>();
        var below = rows.Where(r => r.ParentRow is not null).ToLookup(r => r.ParentRow!);
        var ready = new Queue<Row>(rows.Where(r => r.ParentRow is null));
        while (ready.TryDequeue(out var row))
        {
            ordered.Add(row);
            row.Depth = (row.ParentRow?.Depth ?? DepthOf(row.ParentId, existing)) + 1;
            if (row.Depth > OrganizationPath.MaxDepth)
                problems.Add(new(row.Number, table.HeadingOf("parent"), new(ProblemKind.TooDeep, row.Name)));
            foreach (var child in below[row])
                ready.Enqueue(child);
        }
        problems.AddRange(rows.Except(ordered).Select(r => new ImportFinding(r.Number, table.HeadingOf("parent"), new(ProblemKind.Cycle, r.Name))));

        // 4. What is known already, and what is there twice.
        var byId = existing.ToDictionary(o => o.Id);
        var byPlace = existing.GroupBy(o => (o.Parent?.Value ?? 0, OrganizationStore.Key(o.Name))).ToDictionary(g => g.Key, g => g.First());
        var byCode = existing.Where(o => o.Code is not null).GroupBy(o => o.Code!).ToDictionary(g => g.Key, g => g.First());
        var seen = new Dictionary<(object?, string), int>();
        foreach (var row in ordered)
        {
            if (!row.IsLost && !seen.TryAdd((row.ParentRow ?? (object?)row.ParentId, OrganizationStore.Key(row.Name)), row.Number))
                problems.Add(new(row.Number, table.HeadingOf("name"), new(ProblemKind.DuplicateRow, row.Name, $"{seen[(row.ParentRow ?? (object?)row.ParentId, OrganizationStore.Key(row.Name))]}")));
            var parent = row.ParentRow is { } above ? above.Known?.Id : row.ParentId;
            if (row.ParentRow is null || parent is not null)
                row.Known = byPlace.GetValueOrDefault((parent?.Value ?? 0, OrganizationStore.Key(row.Name)));
            row.Known ??= row.Code.Length > 0 ? byCode.GetValueOrDefault(row.Code) : null;
            var node = row.ParentRow?.Node ?? NodeOf(row.ParentId, byId);
            var kind = row.KindItem ?? (row.Known is { } known ? kinds.Find(k => k.Code == known.Kind) : null) ?? kinds.Find(k => k.Rule == OrganizationName.GuessKind(row.Name, node))!;
            row.KindItem = kind;
            row.Node = new(row.Name, kind.Rule, node) { Override = row.Abbreviation.Length > 0 ? row.Override(options) : row.Known?.Override };
        }
        if (problems.Count > 0)
            return Report();

        // 5. Addresses of the new ones together, so that none is preferred for its place in the list (A5.*).
        var added = ordered.Where(r => r.Known is null).ToList();
        var profile = await AddressStore.ProfileAsync(tx);
        var taken = await AddressStore.TakenAsync(tx, profile.Domain);
        var unclaimed = await AddressStore.UnclaimedAsync(tx, AccountKind.Organization);
        var proposals = OrganizationAddresses.ProposeAll([.. added.Select(r => r.Node!)], profile, local => taken.Contains(local) && !unclaimed.Contains($"{local}@{profile.Domain}"));
        for (var i = 0; i < added.Count; i++)
        {
            added[i].Proposal = proposals[i];
            if (proposals[i].Fault != AddressFault.None)
                notes.Add(new(added[i].Number, table.HeadingOf("name"), new(ProblemKind.Address, added[i].Name, proposals[i].Fault.ToString())));
        }
        if (options.DryRun)
            return Report();

        // 6. All of it.
        foreach (var row in ordered)
        {
            row.Id = row.Known?.Id ?? await store.Organizations.InsertAsync(tx, actor, row.Node!, row.KindItem!.Code, row.ParentRow?.Id ?? row.ParentId, row.Code.Length > 0 ? row.Code : null, row.Proposal!);
            if (row.IsChanged && await store.Organizations.ChangeAsync(tx, actor, row.Id.Value, row.Change) is { Problem: { } unchangeable })
                return unchangeable;
            if (options.Mailboxes && await OrganizationStore.FindAsync(tx, row.Id.Value) is { Account: null, Address: not null } && await store.Organizations.AddMailboxAsync(tx, actor, row.Id.Value) is { Problem: { } failed })
                return failed;
        }
        await store.AuditAsync(tx, actor, "organization.import", $"{rows.Count}", $"{added.Count} added");
        return Report();

        ImportReport Report()
        {
            if (problems.Count > 0)
                return new(rows.Count, 0, 0, 0, [.. problems.OrderBy(p => p.Row)], notes, IsDone: false);
            var (isNew, isChanged) = (rows.Count(r => r.Known is null), rows.Count(r => r.IsChanged));
            return new(rows.Count, isNew, isChanged, rows.Count - isNew - isChanged, [], notes, !options.DryRun);
        }
    }

    private static void FindParents(ImportTable table, List<Row> rows, List<Organization> existing, List<ImportFinding> problems)
    {
        var listed = rows.ToLookup(r => OrganizationStore.Key(r.Name));
        var known = existing.ToLookup(o => OrganizationStore.Key(o.Name));
        var byId = existing.ToDictionary(o => o.Id);
        foreach (var row in rows.Where(r => r.Parent.Length > 0))
        {
            if (row.Parent.StartsWith('#') && long.TryParse(row.Parent.AsSpan(1), out var key) && byId.ContainsKey(new(key)))
            {
                row.ParentId = new(key);
                continue;
            }
            var path = row.Parent.Split(" / ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var name = OrganizationStore.Key(AddressLetters.Tidy(path[^1]));
            var above = path.Length > 1 ? OrganizationStore.Key(AddressLetters.Tidy(path[^2])) : null;
            var inList = listed[name].Where(r => above is null || OrganizationStore.Key(AddressLetters.Tidy(r.Parent.Split(" / ")[^1])) == above).ToList();
            var there = known[name].Where(o => above is null || (o.Parent is { } p && OrganizationStore.Key(byId[p].Name) == above)).ToList();
            if (inList.Count == 1)
                row.ParentRow = inList[0];
            else if (inList.Count == 0 && there.Count == 1)
                row.ParentId = there[0].Id;
            else if (inList.Count == 0 && there.Count == 0 && existing.Where(o => o.Code == row.Parent).ToList() is [var coded])
                row.ParentId = coded.Id;
            else
                row.IsLost = true;
            if (row.IsLost)
                problems.Add(new(row.Number, table.HeadingOf("parent"), new(inList.Count + there.Count == 0 ? ProblemKind.UnknownParent : ProblemKind.AmbiguousName, row.Parent)));
        }
    }

    private static List<Row> Listed(ImportTable table) =>
    [
        .. table.Rows.Select(r => new Row
        {
            Number = r.Number,
            Name = AddressLetters.Tidy(table.Cell(r, "name")),
            Kind = table.Cell(r, "kind"),
            Parent = table.Cell(r, "parent"),
            Code = table.Cell(r, "code"),
            Abbreviation = table.Cell(r, "abbreviation"),
            Reason = table.Cell(r, "reason"),
        }),
    ];

    // Each commune with its district and province; a place stands for its People's Committee.
    private static List<Row> Administrative(ImportTable table)
    {
        var rows = new List<Row>();
        var known = new Dictionary<string, Row>();
        foreach (var r in table.Rows)
        {
            var province = Place(r.Number, table.Cell(r, "province"), "", null, "provincial_people_committee");
            var district = Place(r.Number, table.Cell(r, "district"), table.Cell(r, "districtCode"), province, "district_people_committee");
            var commune = Committee(table.Cell(r, "commune"));
            rows.Add(new() { Number = r.Number, Name = commune, Kind = "commune_people_committee", Parent = district?.Name ?? "", ParentRow = district, Code = table.Cell(r, "communeCode") });
        }
        return rows;

        Row? Place(int number, string name, string code, Row? parent, string kind)
        {
            if (name.Length == 0)
                return parent;
            var full = Committee(name);
            if (!known.TryGetValue(OrganizationStore.Key(full), out var row))
            {
                row = new() { Number = number, Name = full, Kind = kind, Parent = parent?.Name ?? "", ParentRow = parent, Code = code };
                known.Add(OrganizationStore.Key(full), row);
                rows.Add(row);
            }
            return row;
        }
    }

    // "Thành phố Gia Nghĩa" in a list is "Ủy ban nhân dân thành phố Gia Nghĩa" as a body.
    private static string Committee(string place)
    {
        var tidy = AddressLetters.Tidy(place);
        return tidy.Length == 0 || VietnameseFolding.Fold(tidy).StartsWith("uy ban", StringComparison.Ordinal) ? tidy : $"Ủy ban nhân dân {char.ToLowerInvariant(tidy[0])}{tidy[1..]}";
    }

    private static int DepthOf(OrganizationId? id, List<Organization> existing)
    {
        var depth = 0;
        for (var at = id; at is { } here && depth < 32; at = existing.Find(o => o.Id == here)?.Parent)
            depth++;
        return depth;
    }

    private static OrganizationNode? NodeOf(OrganizationId? id, Dictionary<OrganizationId, Organization> byId) =>
        id is { } here && byId.TryGetValue(here, out var o) ? new(o.Name, o.Rule, NodeOf(o.Parent, byId)) { Override = o.Override, RegistersItsPeople = o.RegistersItsPeople } : null;

    private sealed class Row
    {
        public required int Number { get; init; }

        public required string Name { get; init; }

        public string Kind { get; init; } = "";

        public string Parent { get; init; } = "";

        public string Code { get; init; } = "";

        public string Abbreviation { get; init; } = "";

        public string Reason { get; init; } = "";

        public Row? ParentRow { get; set; }

        /// <summary>What it names as its parent is not to be found.</summary>
        public bool IsLost { get; set; }

        public OrganizationId? ParentId { get; set; }

        public OrganizationKindItem? KindItem { get; set; }

        public int Depth { get; set; }

        public Organization? Known { get; set; }

        public OrganizationNode? Node { get; set; }

        public AddressProposal? Proposal { get; set; }

        public OrganizationId? Id { get; set; }

        /// <summary>What the list knows better.</summary>
        public OrganizationChange Change => new(
            Name: OrganizationStore.Key(Known!.Name) == OrganizationStore.Key(Name) ? null : Name, Kind: Kind.Length > 0 && KindItem!.Code != Known.Kind ? KindItem.Code : null, Code: Code.Length > 0 && Code != Known.Code ? Code : null);

        public bool IsChanged => Known is not null && Change != new OrganizationChange();

        public AbbreviationOverride Override(ImportOptions options) => new(Abbreviation, Reason.Length > 0 ? Reason : options.Reason ?? "Theo danh sách nhập");
    }
}
