using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.People;

/// <summary>What of a person to change; null leaves a field as it is.</summary>
/// <param name="Name">The whole name; the mailbox is shown by it too, its address stays.</param>
/// <param name="Parts">The parts of the name where the guess is wrong.</param>
/// <param name="BirthDate">The day of birth.</param>
/// <param name="Phone">The telephone number; empty takes it away.</param>
/// <param name="ServiceStart">The first day of service.</param>
/// <param name="IdentityNumber">The number of the identity card; empty takes it away.</param>
/// <param name="Position">Chức vụ of the primary posting.</param>
/// <param name="Unit">Phòng, ban of the primary posting.</param>
public sealed record PersonChange(
    string? Name = null, PersonName? Parts = null, DateOnly? BirthDate = null, string? Phone = null, DateOnly? ServiceStart = null, string? IdentityNumber = null, string? Position = null, string? Unit = null);

public sealed partial class PeopleStore
{
    /// <summary>Changes what is known of a person.</summary>
    public async ValueTask<Result<Person>> ChangeAsync(Tx tx, Actor actor, PersonId id, PersonChange change)
    {
        var found = await AllowedAsync(tx, actor, id);
        if (!found.Ok)
            return found;
        var was = found.Value;
        var wanted = new PersonToAdd(was.StaffCode, change.Name ?? was.Name)
        {
            Parts = change.Parts ?? (change.Name is null ? was.Parts : null),
            BirthDate = change.BirthDate ?? was.BirthDate,
            Phone = change.Phone ?? was.Phone,
            ServiceStart = change.ServiceStart ?? was.ServiceStart,
            IdentityNumber = change.IdentityNumber ?? was.IdentityNumber,
        };
        if (Check(wanted, store.Today) is { } wrong)
            return wrong;
        var name = AddressLetters.Tidy(wanted.Name);
        var parts = (wanted.Parts ?? PersonName.Guess(name))!;
        await tx.ExecuteAsync(
            "UPDATE people SET name = $2, name_key = $3, surname = $4, middle = $5, given = $6, birth_date = $7, identity_number = $8, phone = $9, service_start = $10 WHERE id = $1",
            id.Value,
            name,
            Key(name),
            parts.Surname,
            string.Join(' ', parts.Middle),
            parts.Given,
            Day(wanted.BirthDate),
            NullIfEmpty(wanted.IdentityNumber),
            NullIfEmpty(wanted.Phone?.Trim()),
            Day(wanted.ServiceStart));
        await NoteAsync("name", was.Name, name);
        await NoteAsync("birthDate", Day(was.BirthDate), Day(wanted.BirthDate));
        await NoteAsync("phone", was.Phone, NullIfEmpty(wanted.Phone?.Trim()));
        await NoteAsync("serviceStart", Day(was.ServiceStart), Day(wanted.ServiceStart));
        if (was.IdentityNumber != NullIfEmpty(wanted.IdentityNumber))
            await RecordAsync(tx, id, actor, "identityNumber", "", "…");
        if (name != was.Name && was.Account is { } account)
            await store.Mail.Accounts.RenameAsync(tx, account, name, actor.Name);
        if ((change.Position is not null || change.Unit is not null) && await PrimaryPostingAsync(tx, id) is { } posting)
        {
            var (position, unit) = (AddressLetters.Tidy(change.Position ?? posting.Position), AddressLetters.Tidy(change.Unit ?? posting.Unit));
            await tx.ExecuteAsync("UPDATE postings SET position = $2, unit = $3 WHERE id = $1", posting.Id.Value, position, unit);
            await NoteAsync("position", posting.Position, position);
            await NoteAsync("unit", posting.Unit, unit);
        }
        return (await FindAsync(tx, id))!;

        async ValueTask NoteAsync(string what, string? before, string? after)
        {
            if (before != after)
                await RecordAsync(tx, id, actor, what, before ?? "", after ?? "");
        }
    }

    /// <summary>
    /// Moves a person to another organization (A14.5): the primary posting and the duties there end the day before, the person and the login stay. With <paramref name="readdress"/> the mailbox
    /// gets the address that the rules give in the new organization, and the old one goes on leading to it.
    /// </summary>
    public async ValueTask<Result<Person>> MoveAsync(Tx tx, Actor actor, PersonId id, PostingToGive to, bool readdress)
    {
        var found = await AllowedAsync(tx, actor, id);
        if (!found.Ok)
            return found;
        var person = found.Value;
        if (person.Status != PersonStatus.Active)
            return new Problem(ProblemKind.WrongState, person.Name);
        var first = to.From ?? store.Today;
        if (await PrimaryPostingAsync(tx, id) is { } old)
        {
            if (old.Organization == to.Organization)
                return new Problem(ProblemKind.AlreadyExists, person.Name);
            if (first <= old.From && old.From < store.Today)
                return new Problem(ProblemKind.InvalidDate, VietnamTime.Text(first));
            foreach (var duty in (await DutyStore.OfPersonAsync(tx, id, first)).Where(d => d.Organization == old.Organization))
            {
                if (await store.Duties.EndWithPostingAsync(tx, actor, duty, first.AddDays(-1)) is { } sole)
                    return sole;
            }
            await tx.ExecuteAsync("UPDATE postings SET to_date = $2 WHERE id = $1", old.Id.Value, VietnamTime.Text(first.AddDays(-1)));
        }
        if (await PostAsync(tx, actor, id, to with { From = first }, isPrimary: true) is { Problem: { } problem })
            return problem;
        if (readdress && person.Account is not null)
        {
            var proposal = await AddressStore.ProposeAsync(tx, person, to.Organization);
            if (proposal.Fault != AddressFault.None)
                return new Problem(ProblemKind.Address, person.Name, proposal.Fault.ToString());
            if (await store.Addresses.GiveAsync(tx, actor, person, proposal, null) is { } taken)
                return taken;
        }
        return (await FindAsync(tx, id))!;
    }

    /// <summary>Ends a posting after its last day, with the duties that the person has there.</summary>
    public async ValueTask<Result<Posting>> EndPostingAsync(Tx tx, Actor actor, PersonId id, PostingId posting, DateOnly last)
    {
        var found = await AllowedAsync(tx, actor, id);
        if (!found.Ok)
            return found.Problem!;
        if ((await PostingsAsync(tx, id)).Find(p => p.Id == posting) is not { } item || item.To <= last)
            return Problem.NotFound($"{posting.Value}");
        if (last < item.From.AddDays(-1))
            return new Problem(ProblemKind.InvalidDate, VietnamTime.Text(last));
        foreach (var duty in (await DutyStore.OfPersonAsync(tx, id, last.AddDays(1))).Where(d => d.Organization == item.Organization))
        {
            if (await store.Duties.EndWithPostingAsync(tx, actor, duty, last) is { } sole)
                return sole;
        }
        await tx.ExecuteAsync("UPDATE postings SET to_date = $2 WHERE id = $1", posting.Value, VietnamTime.Text(last));
        await RecordAsync(tx, id, actor, "postingEnd", (await OrganizationStore.FindAsync(tx, item.Organization))!.Name, VietnamTime.Text(last));
        return item with { To = last };
    }

    /// <summary>
    /// Records that a person has left service (A8.2): every posting and duty ends with the last day. What becomes of the mailbox is decided by who calls. A sole head, liaison or custodian does not leave before a successor is named.
    /// </summary>
    public async ValueTask<Result<Person>> LeaveAsync(Tx tx, Actor actor, PersonId id, PersonStatus status, DateOnly last)
    {
        var found = await AllowedAsync(tx, actor, id);
        if (!found.Ok)
            return found;
        if (found.Value.Status != PersonStatus.Active || status == PersonStatus.Active)
            return new Problem(ProblemKind.WrongState, found.Value.Name);
        if (last > store.Today)
            return new Problem(ProblemKind.InvalidDate, VietnamTime.Text(last));
        foreach (var duty in await DutyStore.OfPersonAsync(tx, id, last.AddDays(1)))
        {
            if (await store.Duties.EndWithPostingAsync(tx, actor, duty, last) is { } sole)
                return sole;
        }
        await tx.ExecuteAsync("UPDATE postings SET to_date = CASE WHEN from_date > $2 THEN from_date ELSE $2 END WHERE person_id = $1 AND (to_date IS NULL OR to_date > $2)", id.Value, VietnamTime.Text(last));
        await tx.ExecuteAsync("UPDATE people SET status = $2 WHERE id = $1", id.Value, (int)status);
        await RecordAsync(tx, id, actor, "status", found.Value.Status.ToString(), $"{status}; {VietnamTime.Text(last)}");
        return (await FindAsync(tx, id))!;
    }

    /// <summary>Takes back that a person left, with a posting that begins anew (A8.3).</summary>
    public async ValueTask<Result<Person>> ReturnAsync(Tx tx, Actor actor, PersonId id, PostingToGive posting)
    {
        if (await FindAsync(tx, id) is not { } person)
            return Problem.NotFound($"{id.Value}");
        if (person.Status is PersonStatus.Active or PersonStatus.Dead)
            return new Problem(ProblemKind.WrongState, person.Name);
        if (await PostAsync(tx, actor, id, posting, isPrimary: true) is { Problem: { } problem })
            return problem;
        await tx.ExecuteAsync("UPDATE people SET status = 0 WHERE id = $1", id.Value);
        await RecordAsync(tx, id, actor, "status", person.Status.ToString(), nameof(PersonStatus.Active));
        return (await FindAsync(tx, id))!;
    }

    /// <summary>What happened to a person, the earliest first.</summary>
    public ValueTask<List<HistoryEntry>> HistoryAsync(PersonId id, CancellationToken cancellationToken) => store.ReadAsync(tx => HistoryAsync(tx, id), cancellationToken);

    /// <summary>What happened to a person, on a snapshot at hand.</summary>
    public static ValueTask<List<HistoryEntry>> HistoryAsync(Tx tx, PersonId id) =>
        tx.QueryAsync("SELECT at, actor, what, before, after FROM person_changes WHERE person_id = $1 ORDER BY id", OrganizationStore.ReadHistory, id.Value);

    /// <summary>People, by name: those posted in an organization today (<paramref name="organization"/>), whose name or code has all of the words.</summary>
    public static async ValueTask<List<Person>> SearchAsync(Tx tx, OrganizationId? organization, string words, int limit, int skip = 0)
    {
        var asked = VietnameseWords(words);
        var found = new List<Person>();
        await tx.ForEachWhileAsync(
            $"SELECT {Columns} {(organization is null ? "WHERE $1 = $1" : "WHERE p.id IN (SELECT person_id FROM postings WHERE organization_id = $1 AND to_date IS NULL)")} ORDER BY p.name_key, p.id",
            row =>
            {
                var person = Read(row);
                var key = $" {Key(person.Name)} {person.StaffCode.ToLowerInvariant()} {person.Address}";
                if (asked.All(w => key.Contains(w, StringComparison.Ordinal)) && skip-- <= 0)
                    found.Add(person);
                return found.Count < limit;
            },
            organization?.Value ?? 0L);
        return found;
    }

    private static string[] VietnameseWords(string words) => Key(words).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // A person, for somebody who may change people where it works; one without a posting is for the whole installation's clerks.
    private async ValueTask<Result<Person>> AllowedAsync(Tx tx, Actor actor, PersonId id)
    {
        if (await FindAsync(tx, id) is not { } person)
            return Problem.NotFound($"#{id.Value}");
        var posting = await PrimaryPostingAsync(tx, id);
        return await store.Authority.RefuseAsync(tx, actor, Right.EditPeople, posting?.Organization) is { } refused ? refused : person;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
