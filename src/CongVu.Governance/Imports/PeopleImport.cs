using System.Security.Cryptography;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Imports;

/// <summary>
/// Imports people from a list (CSV or XLSX), one row each. The whole list is looked at first; with one problem nothing is done. Without any it is done in slices, each row whole and with its audit
/// rows; what an interruption left is done by importing the list again, which finds what is there by staff code. Rows without a code get one made of the list and the row, so that this holds for them too.
/// </summary>
public sealed class PeopleImport(GovernanceStore store)
{
    /// <summary>Rows of one transaction: some tens of milliseconds of the writer's time.</summary>
    private const int SliceRows = 100;

    private static readonly Dictionary<string, string[]> Columns = new()
    {
        ["name"] = ["name", "ho va ten", "ho ten", "full name", "ho va ten can bo"],
        ["surname"] = ["surname", "ho"],
        ["middle"] = ["middle", "chu dem", "dem"],
        ["given"] = ["given", "ten"],
        ["code"] = ["staff code", "code", "ma can bo", "ma so can bo", "ma nhan vien", "ma cbccvc", "ma cb"],
        ["organization"] = ["organization", "co quan", "don vi", "co quan don vi", "ten co quan", "noi cong tac"],
        ["position"] = ["position", "chuc vu", "chuc danh"],
        ["unit"] = ["unit", "phong ban", "phong", "bo phan", "phong ban don vi"],
        ["phone"] = ["phone", "dien thoai", "so dien thoai", "di dong", "dien thoai di dong"],
        ["birth"] = ["birth date", "birthday", "ngay sinh", "ngay thang nam sinh", "nam sinh"],
        ["identity"] = ["identity number", "so cccd", "cccd", "can cuoc", "so can cuoc"],
        ["service"] = ["service start", "ngay vao nganh", "ngay tuyen dung", "thoi gian bat dau cong tac", "ngay bat dau cong tac", "bat dau cong tac"],
        ["from"] = ["from", "tu ngay", "ngay hieu luc"],
        ["duty"] = ["duty", "nhiem vu", "vai tro"],
        ["address"] = ["address", "dia chi thu", "thu dien tu", "email", "hop thu"],
    };

    // Folded words of the duty column.
    private static readonly (string Words, Duty Duty)[] DutyWords =
    [
        ("head", Duty.Head), ("thu truong", Duty.Head), ("deputy", Duty.Deputy), ("cap pho", Duty.Deputy), ("liaison", Duty.Liaison), ("dau moi", Duty.Liaison), ("can bo dau moi", Duty.Liaison),
        ("van thu", Duty.Liaison), ("custodian", Duty.Custodian), ("quan ly hop thu", Duty.Custodian), ("delegate", Duty.Delegate), ("uy quyen", Duty.Delegate),
    ];

    /// <summary>Looks at a list and, unless it is a dry run or something is wrong, imports it.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="file">The list.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told how many rows are done.</param>
    /// <param name="cancellationToken">Stops between slices.</param>
    public async Task<Result<ImportReport>> RunAsync(Actor actor, byte[] file, ImportOptions options, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var read = ImportTable.Read(file, Columns, ["name", "organization"], ["given", "surname", "organization"]);
        if (read.Problem is { } unreadable)
            return unreadable;
        var table = read.Value;
        var mark = Convert.ToHexString(SHA256.HashData(file))[..6];
        var problems = new List<ImportFinding>();
        var notes = new List<ImportFinding>();
        var rows = table.Rows.Select(r => ReadRow(table, r, mark, problems)).ToList();
        if (await store.ReadAsync(tx => CheckAsync(tx, actor, table, rows, options, problems, notes), cancellationToken) is { } refused)
            return refused;
        var (added, changed) = (rows.Count(r => r.Known is null), rows.Count(r => r.IsChanged));
        if (problems.Count > 0)
            return new ImportReport(rows.Count, 0, 0, 0, [.. problems.OrderBy(p => p.Row)], notes, IsDone: false);
        if (!options.DryRun)
        {
            for (var first = 0; first < rows.Count; first += SliceRows)
            {
                var slice = rows.Skip(first).Take(SliceRows).ToList();
                if (await store.ChangeAsync(tx => ApplyAsync(tx, actor, slice, options), cancellationToken) is { Problem: { } problem })
                    return problem;
                progress?.Report(Math.Min(rows.Count, first + SliceRows));
            }
        }
        return new ImportReport(rows.Count, added, changed, rows.Count - added - changed, [], notes, !options.DryRun);
    }

    private Row ReadRow(ImportTable table, TableRow from, string mark, List<ImportFinding> problems)
    {
        var parts = table.Has("given") && table.Has("surname")
            ? new PersonName(AddressLetters.Tidy(table.Cell(from, "surname")), AddressLetters.Tidy(table.Cell(from, "middle")).Split(' ', StringSplitOptions.RemoveEmptyEntries), AddressLetters.Tidy(table.Cell(from, "given")))
            : null;
        var code = table.Cell(from, "code");
        var phone = table.Cell(from, "phone");
        var name = AddressLetters.Tidy(table.Cell(from, "name") is { Length: > 0 } whole ? whole : parts?.ToString() ?? "");
        var row = new Row
        {
            Number = from.Number,
            HasCode = code.Length > 0,
            Organization = table.Cell(from, "organization"),
            Posting = new(default, table.Cell(from, "position"), table.Cell(from, "unit"), Date("from")),
            Address = table.Cell(from, "address").ToLowerInvariant(),
            Person = new(code.Length > 0 ? code : $"TCV{mark}{from.Number:D5}", name)
            {
                Parts = parts is { Given.Length: > 0 } ? parts : null,
                BirthDate = Date("birth"),
                IdentityNumber = table.Cell(from, "identity") is { Length: > 0 } identity ? identity : null,
                Phone = phone.Length > 0 ? CellText.Phone(phone) ?? phone : null,
                ServiceStart = Date("service"),
            },
        };
        if (PeopleStore.Check(row.Person, store.Today) is { } wrong)
            problems.Add(new(row.Number, table.HeadingOf(wrong.Kind switch
            {
                ProblemKind.InvalidPhone => "phone",
                ProblemKind.InvalidDate => row.Person.BirthDate is { } born && wrong.Values[0] == VietnamTime.Text(born) ? "birth" : "service",
                _ => "name",
            }), wrong));
        foreach (var word in table.Cell(from, "duty").Split([',', ';', '/'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (DutyWords.FirstOrDefault(d => d.Words == PeopleStore.Key(word)) is { Words: not null } known)
                row.Duties.Add(known.Duty);
            else
                problems.Add(new(row.Number, table.HeadingOf("duty"), new(ProblemKind.NotFound, word)));
        }
        return row;

        DateOnly? Date(string column)
        {
            var text = table.Cell(from, column);
            if (text.Length == 0)
                return null;
            var date = CellText.Date(text, isRough: true);
            if (date is null)
                problems.Add(new(from.Number, table.HeadingOf(column), new(ProblemKind.InvalidDate, text)));
            return date;
        }
    }

    // Everything that can be known before the first row is written.
    private async ValueTask<Problem?> CheckAsync(Tx tx, Actor actor, ImportTable table, List<Row> rows, ImportOptions options, List<ImportFinding> problems, List<ImportFinding> notes)
    {
        // 1. Organizations, and whether the actor may change people there.
        var organizations = new Dictionary<string, Result<Organization>>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            if (!organizations.TryGetValue(row.Organization, out var found))
            {
                found = row.Organization.Length == 0 ? new Problem(ProblemKind.Missing, "organization") : await OrganizationStore.ResolveAsync(tx, row.Organization);
                if (found.Ok && await store.Authority.RefuseAsync(tx, actor, Right.EditPeople, found.Value.Id) is { } refused)
                    found = refused;
                organizations.Add(row.Organization, found);
            }
            if (found.Problem is { } problem)
                problems.Add(new(row.Number, table.HeadingOf("organization"), problem));
            else
                row.Posting = row.Posting with { Organization = found.Value.Id };
        }

        // 2. Nobody twice: by staff code; without one by name, organization and day of birth.
        var codes = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var likely = new Dictionary<(string, OrganizationId), List<Row>>();
        foreach (var row in rows)
        {
            if (!codes.TryAdd(row.Person.StaffCode!, row.Number))
                problems.Add(new(row.Number, table.HeadingOf("code"), new(ProblemKind.DuplicateRow, row.Person.StaffCode!, $"{codes[row.Person.StaffCode!]}")));
            row.Known = await PeopleStore.FindAsync(tx, row.Person.StaffCode!);
            var key = (PeopleStore.Key(row.Person.Name), row.Posting.Organization);
            if (!likely.TryGetValue(key, out var namesakes))
                likely.Add(key, namesakes = []);
            if (namesakes.Find(o => !(o.HasCode && row.HasCode) && MayBeOne(o.Person.BirthDate, row.Person.BirthDate)) is { } other)
                problems.Add(new(row.Number, table.HeadingOf("name"), new(ProblemKind.DuplicateRow, row.Person.Name, $"{other.Number}")));
            namesakes.Add(row);
            if (row is { Known: null, HasCode: false } && row.Posting.Organization != default
                && (await PeopleStore.NamesakesAsync(tx, row.Person.Name, row.Posting.Organization)).Find(p => MayBeOne(p.BirthDate, row.Person.BirthDate)) is { } same)
                problems.Add(new(row.Number, table.HeadingOf("name"), new(ProblemKind.PossibleDuplicate, row.Person.Name, same.StaffCode)));
        }

        // 3. What changes of those who are known.
        foreach (var row in rows.Where(r => r.Known is not null))
        {
            row.Current = await PeopleStore.PrimaryPostingAsync(tx, row.Known!.Id);
            if (row.Known.Status != PersonStatus.Active)
                problems.Add(new(row.Number, table.HeadingOf("name"), new(ProblemKind.WrongState, row.Person.Name)));
        }
        if (problems.Count > 0 || !options.Mailboxes)
            return null;

        // 4. Addresses of all new mailboxes together: namesakes choose by length of service, not by their place in the list (A5.2c).
        var profile = await AddressStore.ProfileAsync(tx);
        var taken = await AddressStore.TakenAsync(tx, profile.Domain);
        var waiting = rows.Where(r => r.Known?.Account is null && r.Address.Length == 0).ToList();
        var nodes = new Dictionary<OrganizationId, OrganizationNode>();
        foreach (var id in waiting.Select(r => r.Posting.Organization).Distinct())
            nodes.Add(id, (await OrganizationStore.NodeAsync(tx, id))!);
        var given = rows.Where(r => r.Address.Length > 0).Select(r => r.LocalPart).ToHashSet(StringComparer.Ordinal);
        var proposals = PersonAddresses.ProposeAll(
            [
                .. waiting.Select(r => new PersonForAddress((r.Person.Parts ?? PersonName.Guess(r.Person.Name))!, nodes[r.Posting.Organization])
                {
                    ServiceStart = r.Person.ServiceStart ?? r.Known?.ServiceStart, BirthYear = r.Person.BirthDate?.Year, IdentityNumber = r.Person.IdentityNumber,
                }),
            ],
            profile,
            local => taken.Contains(local) || given.Contains(local));
        for (var i = 0; i < waiting.Count; i++)
        {
            waiting[i].Proposal = proposals[i];
            if (proposals[i].Fault != AddressFault.None)
                problems.Add(new(waiting[i].Number, table.HeadingOf("name"), new(ProblemKind.Address, waiting[i].Person.Name, proposals[i].Fault.ToString())));
            else if (proposals[i].NeedsReview)
                notes.Add(new(waiting[i].Number, table.HeadingOf("name"), new(ProblemKind.NeedsReview, waiting[i].Person.Name, proposals[i].Address)));
        }
        var unclaimed = await AddressStore.UnclaimedAsync(tx, AccountKind.Personal);
        foreach (var row in rows.Where(r => r.Address.Length > 0 && r.Known?.Account is null && taken.Contains(r.LocalPart) && !unclaimed.Contains($"{r.LocalPart}@{profile.Domain}")))
            problems.Add(new(row.Number, table.HeadingOf("address"), new(ProblemKind.AddressTaken, row.Address)));
        return null;
    }

    private async ValueTask<Result<int>> ApplyAsync(Tx tx, Actor actor, List<Row> slice, ImportOptions options)
    {
        foreach (var row in slice)
        {
            // 1. The person.
            PersonId id;
            if (row.Known is { } known)
            {
                id = known.Id;
                if (row.Current?.Organization != row.Posting.Organization && await store.People.MoveAsync(tx, actor, id, row.Posting, readdress: known.Account is not null) is { Problem: { } unmoved })
                    return unmoved;
                if (row.Change != new PersonChange() && await store.People.ChangeAsync(tx, actor, id, row.Change) is { Problem: { } unchanged })
                    return unchanged;
            }
            else
            {
                var added = await store.People.AddAsync(tx, actor, row.Person, row.Posting);
                if (added.Problem is { } problem)
                    return problem;
                id = added.Value.Id;
            }

            // 2. The mailbox, at the address that was found for it; when another took it meanwhile, at the next one.
            if (options.Mailboxes && row.Known?.Account is null)
            {
                var proposal = row.Proposal is { } planned && !await AddressStore.IsTakenAsync(tx, planned.Address) ? planned : null;
                var made = row.Address.Length > 0
                    ? await store.People.AddMailboxAsync(tx, actor, id, null, row.LocalPart, "Địa chỉ đã cấp, theo danh sách nhập")
                    : await store.People.AddMailboxAsync(tx, actor, id, null, proposal, null);
                if (made.Problem is { } problem)
                    return problem;
            }

            // 3. Duties that it does not have yet.
            foreach (var duty in row.Duties)
            {
                if (await store.Duties.NameAsync(tx, actor, row.Posting.Organization, id, duty, row.Posting.From) is { Problem: { Kind: not ProblemKind.AlreadyExists } problem })
                    return problem;
            }
        }
        await store.AuditAsync(tx, actor, "staff.import", $"{slice.Count}", $"rows {slice[0].Number}-{slice[^1].Number}");
        return slice.Count;
    }

    private static bool MayBeOne(DateOnly? one, DateOnly? other) => one is null || other is null || one == other;

    private sealed class Row
    {
        public required int Number { get; init; }

        public required bool HasCode { get; init; }

        public required PersonToAdd Person { get; init; }

        public required string Organization { get; init; }

        public required string Address { get; init; }

        public PostingToGive Posting { get; set; } = null!;

        public List<Duty> Duties { get; } = [];

        public Person? Known { get; set; }

        public Posting? Current { get; set; }

        public AddressProposal? Proposal { get; set; }

        public string LocalPart => Address.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? Address[..at] : Address;

        /// <summary>What the list says otherwise of somebody who is known; an empty cell says nothing.</summary>
        public PersonChange Change => Known is null ? new() : new(
            Name: Known.Name == Person.Name ? null : Person.Name,
            BirthDate: Person.BirthDate == Known.BirthDate ? null : Person.BirthDate,
            Phone: Person.Phone == Known.Phone ? null : Person.Phone,
            ServiceStart: Person.ServiceStart == Known.ServiceStart ? null : Person.ServiceStart,
            IdentityNumber: Person.IdentityNumber == Known.IdentityNumber ? null : Person.IdentityNumber,
            Position: Posting.Position.Length == 0 || Posting.Organization != Current?.Organization || AddressLetters.Tidy(Posting.Position) == Current.Position ? null : Posting.Position,
            Unit: Posting.Unit.Length == 0 || Posting.Organization != Current?.Organization || AddressLetters.Tidy(Posting.Unit) == Current.Unit ? null : Posting.Unit);

        public bool IsChanged => Known is not null && (Change != new PersonChange() || Current?.Organization != Posting.Organization);
    }
}
