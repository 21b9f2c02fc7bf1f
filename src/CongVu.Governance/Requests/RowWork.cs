using System.Globalization;
using CongVu.Formats.Text;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Requests;

/// <summary>The mailbox that a row was about.</summary>
internal readonly record struct RowDone(string Address, AccountId? Account);

/// <summary>The work of one row, in its transaction. No password is made here: first ones reach their holders by slip or code (A6.3, A7.2), never by an answer.</summary>
internal sealed class RowWork(GovernanceStore store, Actor actor, Request request)
{
    private OrganizationId Asking => request.Organization!.Value;

    internal async ValueTask<Result<RowDone>> DoAsync(Tx tx, RequestRow row) => (row.Action, row.Subject) switch
    {
        (MailboxAction.Create, FormSubject.People) => await CreatePersonAsync(tx, row),
        (MailboxAction.Create, _) => await CreateOrganizationAsync(tx, row),
        (null, _) => new Problem(ProblemKind.Incomplete, request.Reference),
        _ => await WithMailboxAsync(tx, row),
    };

    private async ValueTask<Result<RowDone>> CreatePersonAsync(Tx tx, RequestRow row)
    {
        // 1. Where: the organization that asks, one that it manages where the row names it, or its office where the unit is one.
        var at = Asking;
        if (row[FormField.OrganizationName] is { Length: > 0 } named)
        {
            if (await OwnAsync(tx, named) is not { } own)
                return new Problem(ProblemKind.NotManaged, named);
            at = own.Id;
        }
        else if (row[FormField.Unit] is { Length: > 0 } unit && await OwnAsync(tx, unit) is { } office)
        {
            at = office.Id;
        }

        // 2. Who: known by the staff code, or by name and something more; two of one name are two people.
        var (birth, service) = (Day(row, FormField.BirthDate), Day(row, FormField.ServiceStart));
        var person = row[FormField.StaffCode] is { Length: > 0 } code ? await PeopleStore.FindAsync(tx, code) : await KnownAsync(tx, row, birth);
        if (person is { Account: not null })
            return new Problem(ProblemKind.AlreadyExists, person.Address ?? person.Name);
        if (person is not null && (await PeopleStore.PrimaryPostingAsync(tx, person.Id) is not { } posting || !await IsOwnAsync(tx, posting.Organization)))
            return new Problem(ProblemKind.NotManaged, person.Name);
        if (person is not null && !SameName(person.Name, row[FormField.PersonName]))
            return new Problem(ProblemKind.OtherName, row[FormField.StaffCode], person.Name);
        if (person is null)
        {
            var added = await store.People.AddAsync(
                tx, actor, new(row[FormField.StaffCode], row[FormField.PersonName]) { BirthDate = birth, ServiceStart = service, Phone = row[FormField.Phone] }, new(at, row[FormField.Position], row[FormField.Unit]));
            if (!added.Ok)
                return added.Problem!;
            person = added.Value;
        }
        else if (service is not null && person.ServiceStart is null)
        {
            await store.People.ChangeAsync(tx, actor, person.Id, new(ServiceStart: service));
        }

        // 3. The mailbox, without a password.
        var made = await store.People.AddMailboxAsync(tx, actor, person.Id, passwordHash: null);
        return made.Problem is { } problem ? problem : new RowDone(made.Value.Account.PrimaryAddress, made.Value.Account.Id);
    }

    private async ValueTask<Result<RowDone>> CreateOrganizationAsync(Tx tx, RequestRow row)
    {
        var name = row[FormField.OrganizationName];
        var organization = await OwnAsync(tx, name);
        if (organization is null)
        {
            // Another's name is no new body below this one.
            if (await OrganizationStore.SearchAsync(tx, name) is { Count: > 0 })
                return new Problem(ProblemKind.NotManaged, name);
            var added = await store.Organizations.AddAsync(tx, actor, new(name, null, Asking));
            if (!added.Ok)
                return added.Problem!;
            organization = added.Value;
        }
        var made = await store.Organizations.AddMailboxAsync(tx, actor, organization.Id);
        return made.Problem is { } problem ? problem : new RowDone(made.Value.PrimaryAddress, made.Value.Id);
    }

    // What is done to a mailbox that is there: it is of the organization that asks, or of one that it manages directly, and bears the name that the list says.
    private async ValueTask<Result<RowDone>> WithMailboxAsync(Tx tx, RequestRow row)
    {
        if (row[FormField.Address] is not { Length: > 0 } written)
            return new Problem(ProblemKind.Missing, "address");
        var address = written.Contains('@', StringComparison.Ordinal) ? written : $"{written}@{(await AddressStore.ProfileAsync(tx)).Domain}";
        if (await tx.ScalarAsync<long?>("SELECT account_id FROM addresses WHERE address = $1", address) is not { } key || await Accounts.FindAsync(tx, new(key)) is not { State: not AccountState.Removed } account)
            return Problem.NotFound(address);
        var owner = await LifecycleStore.OrganizationOfAsync(tx, account.Id);
        if (owner is not { } of || !await IsOwnAsync(tx, of))
            return new Problem(ProblemKind.NotManaged, address);
        if (row.Name.Length > 0 && !SameName(account.Name, row.Name) && !(row.Action == MailboxAction.Change && row.Subject == FormSubject.Organizations))
            return new Problem(ProblemKind.OtherName, address, account.Name);
        var problem = row.Action switch
        {
            MailboxAction.Change => await ChangeAsync(tx, row, account, of),
            MailboxAction.MoreStorage => await MoreStorageAsync(tx, row, account),
            MailboxAction.ResetPassword => await ResetAsync(tx, account),
            MailboxAction.Restore or MailboxAction.Reopen => await store.Lifecycle.ReopenAsync(tx, actor, account.Id, Why(row), Document(row)),
            MailboxAction.Revoke => await SuspendAsync(tx, row, account),
            MailboxAction.Delete => await CloseAsync(tx, row, account, LifeReason.Request),
            _ => await CloseAsync(tx, row, account, ReasonOf(row)),
        };
        return problem is null ? new RowDone(account.PrimaryAddress, account.Id) : problem;
    }

    private async ValueTask<Problem?> ChangeAsync(Tx tx, RequestRow row, Account account, OrganizationId owner)
    {
        var (what, to) = (row[FormField.ChangeWhat], row[FormField.ChangeTo]);
        if (row.Subject == FormSubject.Organizations)
        {
            return FormWords.FieldOf(what) == FormField.OrganizationName || FormWords.Letters(what).StartsWith("ten", StringComparison.Ordinal)
                ? (await store.Organizations.ChangeAsync(tx, actor, owner, new(Name: to))).Problem
                : new Problem(ProblemKind.UnclearChange, what);
        }
        if (await PeopleStore.FindAsync(tx, account.Id) is not { } person)
            return Problem.NotFound(account.PrimaryAddress);
        PersonChange? change = FormWords.FieldOf(what) switch
        {
            FormField.Position => new(Position: to),
            FormField.Unit => new(Unit: to),
            FormField.Phone => CellText.Phone(to) is { } phone ? new(Phone: phone) : null,
            FormField.PersonName => new(Name: to),
            FormField.BirthDate => CellText.Date(to, isRough: false) is { } born ? new(BirthDate: born) : null,
            FormField.ServiceStart => CellText.Date(to, isRough: true) is { } start ? new(ServiceStart: start) : null,
            _ => null,
        };
        return change is null ? new Problem(ProblemKind.UnclearChange, $"{what}: {to}") : (await store.People.ChangeAsync(tx, actor, person.Id, change)).Problem;
    }

    // A5.3: up to 2 GB on a written request.
    private async ValueTask<Problem?> MoreStorageAsync(Tx tx, RequestRow row, Account account)
    {
        var most = (await AddressStore.ProfileAsync(tx)).Figures.RaisedQuotaBytes;
        if (!long.TryParse(row[FormField.Storage], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes))
            return new(ProblemKind.Missing, "storage");
        if (bytes > most)
            return new(ProblemKind.AboveLimit, FormWriter.Shown(FormField.Storage, row[FormField.Storage]), FormWriter.Shown(FormField.Storage, most.ToString(CultureInfo.InvariantCulture)));
        if (bytes <= account.QuotaBytes)
            return new(ProblemKind.AlreadyExists, $"{account.PrimaryAddress} {FormWriter.Shown(FormField.Storage, account.QuotaBytes.ToString(CultureInfo.InvariantCulture))}");
        var refusal = await store.Mail.Accounts.SetQuotaAsync(tx, account.Id, bytes, actor.Name);
        return refusal == Refusal.None ? null : Problem.Of(refusal, account.PrimaryAddress);
    }

    // The old password ends at once; the new one is for the holder's hands only.
    private async ValueTask<Problem?> ResetAsync(Tx tx, Account account)
    {
        if (account.Kind == AccountKind.Organization)
            return new(ProblemKind.NoPasswordOfItsOwn, account.PrimaryAddress);
        if (account.State != AccountState.Active)
            return new(ProblemKind.WrongState, account.PrimaryAddress);
        if (await Accounts.FindPrincipalAsync(tx, account.PrimaryAddress) is not { } principal)
            return Problem.NotFound(account.PrimaryAddress);
        if (principal.IsAdministrator && await store.Authority.RefuseAsync(tx, actor, Right.Administer, null) is { } refused)
            return refused;
        await store.Mail.Accounts.ClearPasswordAsync(tx, principal.Id, actor.Name);
        return null;
    }

    private async ValueTask<Problem?> SuspendAsync(Tx tx, RequestRow row, Account account) => await LifeRow.ReadAsync(tx, account.Id, store.Today) is { } life
        ? await store.Lifecycle.SuspendAsync(tx, actor, life, LifeReason.Request, Why(row), Document(row), [])
        : Problem.NotFound(account.PrimaryAddress);

    private async ValueTask<Problem?> CloseAsync(Tx tx, RequestRow row, Account account, LifeReason reason)
    {
        var asked = request.ReceivedOn ?? store.Today;
        var decided = Day(row, FormField.DecisionDate) ?? request.DocumentDate ?? asked;
        var effective = Day(row, FormField.EffectiveDate) ?? decided;
        var closed = await store.Lifecycle.CloseAsync(tx, actor, new(account.Id, reason, Document(row), decided, effective, asked, MovedTo: null));
        if (closed.Problem is { } problem)
            return problem;
        // The staff list follows where the day has come; a later day is the daily run's.
        PersonStatus? status = reason switch { LifeReason.Retirement => PersonStatus.Retired, LifeReason.Resignation => PersonStatus.Resigned, LifeReason.Transfer => PersonStatus.TransferredOut, _ => null };
        if (status is { } left && closed.Value.IsClosed && await PeopleStore.FindAsync(tx, account.Id) is { Status: PersonStatus.Active } person)
            return (await store.People.LeaveAsync(tx, actor, person.Id, left, effective.AddDays(-1))).Problem;
        return null;
    }

    private static LifeReason ReasonOf(RequestRow row)
    {
        var words = VietnameseFolding.Fold($"{row[FormField.Reason]} {row[FormField.Action]} {row[FormField.Information]}");
        return words.Contains("huu", StringComparison.Ordinal) ? LifeReason.Retirement
            : words.Contains("thoi viec", StringComparison.Ordinal) ? LifeReason.Resignation
            : words.Contains("chuyen", StringComparison.Ordinal) ? LifeReason.Transfer
            : LifeReason.Request;
    }

    private string Why(RequestRow row) => row[FormField.Reason] is { Length: > 0 } reason ? reason : $"{RequestKinds.Words(request.Kind)}; {request.Reference}";

    private string Document(RequestRow row) => row[FormField.DecisionNumber] is { Length: > 0 } decision ? decision : request.Number.Length > 0 ? request.Number : request.Reference;

    // The organization that asks and those that it manages directly (the table of roles).
    private async ValueTask<bool> IsOwnAsync(Tx tx, OrganizationId id) =>
        id == Asking || await tx.ScalarAsync<long?>("SELECT parent_id FROM organizations WHERE id = $1", id.Value) == Asking.Value;

    private async ValueTask<Organization?> OwnAsync(Tx tx, string name)
    {
        foreach (var found in await OrganizationStore.SearchAsync(tx, name))
        {
            if (found.Id == Asking || found.Parent == Asking)
                return found;
        }
        return null;
    }

    private async ValueTask<Person?> KnownAsync(Tx tx, RequestRow row, DateOnly? birth)
    {
        var phone = row[FormField.Phone];
        var fitting = (await PeopleStore.SearchAsync(tx, Asking, row[FormField.PersonName], 50))
            .Where(p => p.Status == PersonStatus.Active && SameName(p.Name, row[FormField.PersonName]) && ((birth is not null && p.BirthDate == birth) || (phone.Length > 0 && p.Phone is { } known && CellText.Phone(known) == phone))).ToArray();
        return fitting is [var only] ? only : null;
    }

    private static bool SameName(string a, string b) => AddressLetters.Of(a) == AddressLetters.Of(b);

    private static DateOnly? Day(RequestRow row, FormField field) => row[field] is { Length: > 0 } text ? VietnamTime.Read(text) : null;
}
