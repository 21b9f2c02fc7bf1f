using System.Data.Common;
using System.Globalization;
using CongVu.Formats.Text;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.People;

/// <summary>People, where they work and worked, and their mailboxes (A1.2, A14.5).</summary>
public sealed partial class PeopleStore
{
    private const string Columns =
        "p.id, p.staff_code, p.name, p.surname, p.middle, p.given, p.birth_date, p.identity_number, p.phone, p.service_start, p.status, p.address, p.principal_id, p.account_id FROM people p";

    private readonly GovernanceStore store;

    internal PeopleStore(GovernanceStore store) => this.store = store;

    /// <summary>Adds a person with a first posting.</summary>
    public Task<Result<Person>> AddAsync(Actor actor, PersonToAdd person, PostingToGive posting, CancellationToken cancellationToken) =>
        store.ChangeAsync(tx => AddAsync(tx, actor, person, posting), cancellationToken);

    /// <summary>Adds a person with a first posting, as part of a larger change.</summary>
    public async ValueTask<Result<Person>> AddAsync(Tx tx, Actor actor, PersonToAdd person, PostingToGive posting)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.EditPeople, posting.Organization) is { } refused)
            return refused;
        if (Check(person, store.Today) is { } wrong)
            return wrong;
        var parts = (person.Parts ?? PersonName.Guess(person.Name))!;
        var name = AddressLetters.Tidy(person.Name);
        var code = person.StaffCode?.Trim() is { Length: > 0 } given ? given : await NextCodeAsync(tx);
        if (await tx.ScalarAsync<long?>("SELECT id FROM people WHERE staff_code = $1", code) is not null)
            return new Problem(ProblemKind.AlreadyExists, code);
        var id = new PersonId(await tx.ScalarAsync<long>(
            """
            INSERT INTO people (staff_code, name, name_key, surname, middle, given, birth_date, identity_number, phone, service_start, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id
            """,
            code,
            name,
            Key(name),
            parts.Surname,
            string.Join(' ', parts.Middle),
            parts.Given,
            Day(person.BirthDate),
            person.IdentityNumber,
            person.Phone?.Trim(),
            Day(person.ServiceStart),
            store.Now));
        await RecordAsync(tx, id, actor, "add", "", $"{code} {name}");
        if (await PostAsync(tx, actor, id, posting, isPrimary: true) is { Ok: false, Problem: { } problem })
            return problem;
        return (await FindAsync(tx, id))!;
    }

    /// <summary>
    /// Makes a person's mailbox at the address that the rules give (A5.2, A6.2), or at <paramref name="localPart"/> with a recorded reason.
    /// </summary>
    /// <param name="tx">The larger change.</param>
    /// <param name="actor">Who.</param>
    /// <param name="id">For whom.</param>
    /// <param name="passwordHash">The first password, hashed before (<see cref="PasswordHash.Create"/>); null: nobody can sign in yet.</param>
    /// <param name="localPart">Another address than the rules give.</param>
    /// <param name="reason">Why.</param>
    public async ValueTask<Result<(Account Account, AddressProposal Proposal)>> AddMailboxAsync(Tx tx, Actor actor, PersonId id, string? passwordHash, string? localPart = null, string? reason = null)
    {
        if (localPart is not null && string.IsNullOrWhiteSpace(reason))
            return new Problem(ProblemKind.NeedsReason, localPart);
        if (localPart is null)
            return await AddMailboxAsync(tx, actor, id, passwordHash, (AddressProposal?)null, null);
        if (await FindAsync(tx, id) is not { } person || await PrimaryPostingAsync(tx, id) is not { } posting)
            return Problem.NotFound($"{id.Value}");
        var byRule = await AddressStore.ProposeAsync(tx, person, posting.Organization);
        var local = localPart.Trim().ToLowerInvariant();
        return await AddMailboxAsync(tx, actor, id, passwordHash, byRule with { LocalPart = local, Fault = AddressFault.None, Steps = [.. byRule.Steps, new("override", local, reason!.Trim())] }, reason);
    }

    /// <summary>The same at an address that was found for the person together with others (<see cref="PersonAddresses.ProposeAll"/>); null finds one now.</summary>
    internal async ValueTask<Result<(Account Account, AddressProposal Proposal)>> AddMailboxAsync(Tx tx, Actor actor, PersonId id, string? passwordHash, AddressProposal? planned, string? overrideReason)
    {
        if (await FindAsync(tx, id) is not { } person)
            return Problem.NotFound($"{id.Value}");
        if (await PrimaryPostingAsync(tx, id) is not { } posting)
            return new Problem(ProblemKind.WrongState, person.Name);
        if (await store.Authority.RefuseAsync(tx, actor, Right.Provision, posting.Organization) is { } refused)
            return refused;
        if (person.Account is not null)
            return new Problem(ProblemKind.AlreadyExists, person.Address ?? person.Name);
        if (person.Status != PersonStatus.Active)
            return new Problem(ProblemKind.WrongState, person.Name);
        var proposal = planned ?? await AddressStore.ProposeAsync(tx, person, posting.Organization);
        if (proposal.Fault != AddressFault.None)
            return new Problem(ProblemKind.Address, person.Name, proposal.Fault.ToString());
        var unclaimed = overrideReason is null ? null : await AddressStore.UnclaimedAsync(tx, AccountKind.Personal, proposal.Address);
        if (unclaimed is null && await AddressStore.IsTakenAsync(tx, proposal.Address))
            return new Problem(ProblemKind.AddressTaken, proposal.Address);
        var figures = (await AddressStore.ProfileAsync(tx)).Figures;
        Outcome<Account> added = unclaimed is { } old ? (await Accounts.FindAsync(tx, old))! : await store.Mail.Accounts.AddPersonAsync(tx, new NewPerson(proposal.Address, person.Name, null, figures.QuotaBytes, MustChangePassword: true), passwordHash, actor.Name);
        if (!added.Ok)
            return added.Refusal == Refusal.NotFound ? new Problem(ProblemKind.UnknownDomain, proposal.Address) : Problem.Of(added.Refusal, proposal.Address);
        if (unclaimed is not null)
            await store.Mail.Accounts.RenameAsync(tx, added.Value.Id, person.Name, actor.Name);
        var principal = (await Accounts.FindPrincipalAsync(tx, proposal.Address))!;
        await store.Addresses.RecordAsync(tx, actor, null, id, proposal, overrideReason);
        await tx.ExecuteAsync("UPDATE people SET address = $2, principal_id = $3, account_id = $4 WHERE id = $1", id.Value, proposal.Address, principal.Id.Value, added.Value.Id.Value);
        await RecordAsync(tx, id, actor, "mailbox", "", proposal.Address);
        await store.Duties.AlignGrantsOfAsync(tx, actor, id);
        return (added.Value, proposal);
    }

    /// <summary>Gives a person another posting beside those it has; a primary one takes that from the one before.</summary>
    public async ValueTask<Result<Posting>> PostAsync(Tx tx, Actor actor, PersonId id, PostingToGive posting, bool isPrimary)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.EditPeople, posting.Organization) is { } refused)
            return refused;
        if (await OrganizationStore.FindAsync(tx, posting.Organization) is not { } organization)
            return Problem.NotFound($"{posting.Organization.Value}");
        if (organization.State != OrganizationState.Active)
            return new Problem(ProblemKind.Ended, organization.Name);
        var from = posting.From ?? store.Today;
        if (isPrimary)
            await tx.ExecuteAsync("UPDATE postings SET is_primary = 0 WHERE person_id = $1 AND is_primary = 1", id.Value);
        var key = await tx.ScalarAsync<long>(
            "INSERT INTO postings (person_id, organization_id, position, unit, is_primary, from_date) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
            id.Value,
            posting.Organization.Value,
            AddressLetters.Tidy(posting.Position),
            AddressLetters.Tidy(posting.Unit),
            isPrimary ? 1 : 0,
            VietnamTime.Text(from));
        await RecordAsync(tx, id, actor, "post", "", $"{organization.Name}; {posting.Position}; {VietnamTime.Text(from)}");
        return new Posting(new(key), id, posting.Organization, posting.Position, posting.Unit, isPrimary, from, null);
    }

    /// <summary>A person by key.</summary>
    public static ValueTask<Person?> FindAsync(Tx tx, PersonId id) => tx.FirstAsync<Person?>($"SELECT {Columns} WHERE p.id = $1", Read, id.Value);

    /// <summary>A person by staff code.</summary>
    public static ValueTask<Person?> FindAsync(Tx tx, string staffCode) => tx.FirstAsync<Person?>($"SELECT {Columns} WHERE p.staff_code = $1", Read, staffCode.Trim());

    /// <summary>The person that a word means: a staff code, a key like "#12", or an address that leads to the personal mailbox.</summary>
    public static async ValueTask<Result<Person>> ResolveAsync(Tx tx, string word)
    {
        if (word.StartsWith('#') && long.TryParse(word.AsSpan(1), out var key))
            return await FindAsync(tx, new PersonId(key)) is { } keyed ? keyed : Problem.NotFound(word);
        if (await FindAsync(tx, word) is { } coded)
            return coded;
        return word.Contains('@', StringComparison.Ordinal) && await Accounts.LookupAsync(tx, word) is { Account.Value: > 0 } lookup && await FindAsync(tx, lookup.Account) is { } holder ? holder : Problem.NotFound(word);
    }

    /// <summary>The person whose mailbox an account is.</summary>
    public static ValueTask<Person?> FindAsync(Tx tx, AccountId account) => tx.FirstAsync<Person?>($"SELECT {Columns} WHERE p.account_id = $1", Read, account.Value);

    /// <summary>The person who signs in as a principal.</summary>
    public static ValueTask<Person?> FindAsync(Tx tx, PrincipalId principal) => tx.FirstAsync<Person?>($"SELECT {Columns} WHERE p.principal_id = $1", Read, principal.Value);

    /// <summary>People of one name who are posted in an organization.</summary>
    internal static ValueTask<List<Person>> NamesakesAsync(Tx tx, string name, OrganizationId organization) => tx.QueryAsync(
        $"SELECT {Columns} WHERE p.name_key = $1 AND p.id IN (SELECT person_id FROM postings WHERE organization_id = $2 AND to_date IS NULL) ORDER BY p.id", Read, Key(name), organization.Value);

    /// <summary>Where a person works and worked, the earliest first.</summary>
    public static ValueTask<List<Posting>> PostingsAsync(Tx tx, PersonId id) => tx.QueryAsync(
        "SELECT id, person_id, organization_id, position, unit, is_primary, from_date, to_date FROM postings WHERE person_id = $1 ORDER BY from_date, id", ReadPosting, id.Value);

    /// <summary>The posting that a person's address follows.</summary>
    public static ValueTask<Posting?> PrimaryPostingAsync(Tx tx, PersonId id) => tx.FirstAsync<Posting?>(
        "SELECT id, person_id, organization_id, position, unit, is_primary, from_date, to_date FROM postings WHERE person_id = $1 AND is_primary = 1 ORDER BY id DESC", ReadPosting, id.Value);

    internal static string Key(string name) => VietnameseFolding.Fold(name).Trim();

    internal static string? Day(DateOnly? day) => day is { } given ? VietnamTime.Text(given) : null;

    internal static DateOnly? Day(DbDataReader row, int column) => row.IsDBNull(column) ? null : VietnamTime.Read(row.GetString(column));

    internal async ValueTask RecordAsync(Tx tx, PersonId id, Actor actor, string what, string before, string after)
    {
        await tx.ExecuteAsync("INSERT INTO person_changes (person_id, at, actor, what, before, after) VALUES ($1, $2, $3, $4, $5, $6)", id.Value, store.Now, actor.Name, what, before, after);
        await store.AuditAsync(tx, actor, $"staff.{what}", $"person {id.Value}", before.Length == 0 ? after : $"{before} -> {after}");
    }

    /// <summary>What is wrong with a person to add; null when nothing is.</summary>
    internal static Problem? Check(PersonToAdd person, DateOnly today)
    {
        var name = AddressLetters.Tidy(person.Name);
        if (name.Length == 0)
            return new(ProblemKind.Missing, "name");
        if (name.Length > PersonName.MaxChars)
            return new(ProblemKind.TooLong, name[..40], $"{PersonName.MaxChars}");
        if ((person.Parts ?? PersonName.Guess(name)) is null || name.Any(char.IsControl) || name.Any(char.IsDigit))
            return new(ProblemKind.InvalidName, name);
        if (person.StaffCode is { Length: > 40 } code)
            return new(ProblemKind.TooLong, code[..40], "40");
        if (person.BirthDate is { } born && (born.Year < 1900 || born > today))
            return new(ProblemKind.InvalidDate, VietnamTime.Text(born));
        if (person.ServiceStart is { } start && (start.Year < 1940 || start > today.AddYears(1) || start <= person.BirthDate))
            return new(ProblemKind.InvalidDate, VietnamTime.Text(start));
        if (person.Phone?.Trim() is { Length: > 0 } phone && (phone.Length > 30 || phone.Count(char.IsAsciiDigit) < 3 || phone.Any(c => !(char.IsAsciiDigit(c) || c is ' ' or '+' or '-' or '.' or '(' or ')' or '/' or ','))))
            return new(ProblemKind.InvalidPhone, phone);
        return null;
    }

    // A code of our own where a list has none.
    private static async ValueTask<string> NextCodeAsync(Tx tx)
    {
        var last = await tx.ScalarAsync<long?>("SELECT MAX(id) FROM people") ?? 0;
        for (var number = last + 1; ; number++)
        {
            var code = string.Create(CultureInfo.InvariantCulture, $"TCV{number:D6}");
            if (await tx.ScalarAsync<long?>("SELECT id FROM people WHERE staff_code = $1", code) is null)
                return code;
        }
    }

    private static Posting ReadPosting(DbDataReader row) => new(
        new(row.GetInt64(0)), new(row.GetInt64(1)), new(row.GetInt64(2)), row.GetString(3), row.GetString(4), row.GetInt16(5) != 0, VietnamTime.Read(row.GetString(6)), Day(row, 7));

    private static Person Read(DbDataReader row) => new(
        new(row.GetInt64(0)),
        row.GetString(1),
        row.GetString(2),
        new(row.GetString(3), row.GetString(4).Split(' ', StringSplitOptions.RemoveEmptyEntries), row.GetString(5)),
        Day(row, 6),
        row.IsDBNull(7) ? null : row.GetString(7),
        row.IsDBNull(8) ? null : row.GetString(8),
        Day(row, 9),
        (PersonStatus)row.GetInt16(10),
        row.IsDBNull(11) ? null : row.GetString(11),
        row.IsDBNull(12) ? null : new PrincipalId(row.GetInt64(12)),
        row.IsDBNull(13) ? null : new AccountId(row.GetInt64(13)));
}
