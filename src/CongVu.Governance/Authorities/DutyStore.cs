using System.Data.Common;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Authorities;

/// <summary>
/// Heads, deputies, liaisons, custodians and delegates of organizations, from day to day. A custodian is granted the organization's mailbox in the engine for as long as the duty lasts (A9.1).
/// A sole head, liaison or custodian is not closed before a successor is named.
/// </summary>
public sealed class DutyStore
{
    private const string Columns = "d.id, d.person_id, p.name, d.organization_id, d.duty, d.from_date, d.to_date, d.granted_by FROM duties d JOIN people p ON p.id = d.person_id";

    private readonly GovernanceStore store;

    internal DutyStore(GovernanceStore store) => this.store = store;

    /// <summary>Names somebody for a duty.</summary>
    public async ValueTask<Result<DutyItem>> NameAsync(Tx tx, Actor actor, OrganizationId organization, PersonId person, Duty duty, DateOnly? from = null, DateOnly? to = null)
    {
        if (await store.Authority.RefuseAsync(tx, actor, RightFor(duty), organization) is { } refused)
            return refused;
        if (await OrganizationStore.FindAsync(tx, organization) is not { } of)
            return Problem.NotFound($"{organization.Value}");
        if (of.State != OrganizationState.Active)
            return new Problem(ProblemKind.Ended, of.Name);
        if (await PeopleStore.FindAsync(tx, person) is not { } who)
            return Problem.NotFound($"{person.Value}");
        if (who.Status != PersonStatus.Active)
            return new Problem(ProblemKind.WrongState, who.Name);
        var first = from ?? store.Today;
        if (to < first)
            return new Problem(ProblemKind.InvalidDate, VietnamTime.Text(to.Value));
        if (await tx.ScalarAsync<long?>(
            "SELECT id FROM duties WHERE person_id = $1 AND organization_id = $2 AND duty = $3 AND (to_date IS NULL OR to_date >= $4)", person.Value, organization.Value, (int)duty, VietnamTime.Text(first)) is not null)
            return new Problem(ProblemKind.AlreadyExists, who.Name);
        // There is one head: the one before leaves the day before.
        if (duty == Duty.Head)
            await tx.ExecuteAsync(
                "UPDATE duties SET to_date = $3 WHERE organization_id = $1 AND duty = $2 AND (to_date IS NULL OR to_date > $3)", organization.Value, (int)Duty.Head, VietnamTime.Text(first.AddDays(-1)));
        var id = await tx.ScalarAsync<long>(
            "INSERT INTO duties (person_id, organization_id, duty, from_date, to_date, granted_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            person.Value,
            organization.Value,
            (int)duty,
            VietnamTime.Text(first),
            PeopleStore.Day(to),
            actor.Name,
            store.Now);
        await store.Organizations.RecordAsync(tx, organization, actor, $"duty.{Word(duty)}", "", $"{who.StaffCode} {who.Name}; {VietnamTime.Text(first)}");
        if (duty == Duty.Custodian)
            await AlignGrantsAsync(tx, actor, organization);
        return new DutyItem(new(id), person, who.Name, organization, duty, first, to, actor.Name);
    }

    /// <summary>Ends a duty after <paramref name="last"/>; the only head, liaison or custodian stays until a successor is named.</summary>
    public async ValueTask<Result<DutyItem>> EndAsync(Tx tx, Actor actor, DutyId id, DateOnly? last = null)
    {
        if (await tx.FirstAsync<DutyItem?>($"SELECT {Columns} WHERE d.id = $1", Read, id.Value) is not { } item)
            return Problem.NotFound($"{id.Value}");
        if (await store.Authority.RefuseAsync(tx, actor, RightFor(item.Duty), item.Organization) is { } refused)
            return refused;
        var day = last ?? store.Today.AddDays(-1);
        if (item.To <= day)
            return new Problem(ProblemKind.WrongState, item.Name);
        if (await SoleAsync(tx, item, day) is { } sole)
            return sole;
        // A duty that never began leaves an empty span.
        await tx.ExecuteAsync("UPDATE duties SET to_date = $2 WHERE id = $1", id.Value, VietnamTime.Text(day));
        await store.Organizations.RecordAsync(tx, item.Organization, actor, $"duty.{Word(item.Duty)}", item.Name, VietnamTime.Text(day));
        if (item.Duty == Duty.Custodian)
            await AlignGrantsAsync(tx, actor, item.Organization);
        return item with { To = day };
    }

    /// <summary>Ends a duty because its holder leaves; the problem when there is no successor.</summary>
    internal async ValueTask<Problem?> EndWithPostingAsync(Tx tx, Actor actor, DutyItem item, DateOnly last)
    {
        if (item.To <= last)
            return null;
        if (await SoleAsync(tx, item, last) is { } sole)
            return sole;
        await tx.ExecuteAsync("UPDATE duties SET to_date = $2 WHERE id = $1", item.Id.Value, VietnamTime.Text(last));
        await store.Organizations.RecordAsync(tx, item.Organization, actor, $"duty.{Word(item.Duty)}", item.Name, VietnamTime.Text(last));
        if (item.Duty == Duty.Custodian)
            await AlignGrantsAsync(tx, actor, item.Organization);
        return null;
    }

    /// <summary>Brings every mailbox's grants to what its custodians are on this day: what began or ended by its date. Once a day, and safe to repeat; returns the organizations looked at.</summary>
    public async Task<int> AlignAllGrantsAsync(CancellationToken cancellationToken)
    {
        var organizations = await store.ReadAsync(
            tx => tx.QueryAsync("SELECT DISTINCT organization_id FROM duties WHERE duty = $1 ORDER BY organization_id", row => row.GetInt64(0), (int)Duty.Custodian), cancellationToken);
        foreach (var id in organizations)
        {
            await store.Mail.Database.WriteAsync(
                async tx =>
                {
                    await AlignGrantsAsync(tx, Actor.System, new(id));
                    return true;
                },
                cancellationToken);
        }
        return organizations.Count;
    }

    /// <summary>The duties of an organization that hold on a day or later; all there ever were with <paramref name="on"/> null.</summary>
    public static ValueTask<List<DutyItem>> OfOrganizationAsync(Tx tx, OrganizationId organization, DateOnly? on) => tx.QueryAsync(
        $"SELECT {Columns} WHERE d.organization_id = $1 AND (d.to_date IS NULL OR d.to_date >= $2) ORDER BY d.duty, d.from_date, d.id", Read, organization.Value, PeopleStore.Day(on) ?? "");

    /// <summary>The duties of a person, likewise.</summary>
    public static ValueTask<List<DutyItem>> OfPersonAsync(Tx tx, PersonId person, DateOnly? on) => tx.QueryAsync(
        $"SELECT {Columns} WHERE d.person_id = $1 AND (d.to_date IS NULL OR d.to_date >= $2) ORDER BY d.duty, d.from_date, d.id", Read, person.Value, PeopleStore.Day(on) ?? "");

    /// <summary>The duties for which a person has no successor named: while there are any, the person is not closed (A8.2).</summary>
    public async ValueTask<List<Problem>> SoleDutiesAsync(Tx tx, PersonId person, DateOnly lastDay)
    {
        var problems = new List<Problem>();
        foreach (var item in await OfPersonAsync(tx, person, store.Today))
        {
            if ((item.To is null || item.To > lastDay) && await SoleAsync(tx, item, lastDay) is { } sole)
                problems.Add(sole);
        }
        return problems;
    }

    /// <summary>Brings the engine's grants on an organization's mailbox to what its custodians are today. People who never were custodians keep what they were granted otherwise.</summary>
    internal async ValueTask AlignGrantsAsync(Tx tx, Actor actor, OrganizationId organization)
    {
        if (await tx.ScalarAsync<long?>("SELECT account_id FROM organizations WHERE id = $1", organization.Value) is not { } account)
            return;
        var today = VietnamTime.Text(store.Today);
        var custodians = await tx.QueryAsync(
            """
            SELECT p.principal_id, MAX(CASE WHEN d.from_date <= $2 AND (d.to_date IS NULL OR d.to_date >= $2) THEN 1 ELSE 0 END),
              (SELECT COUNT(*) FROM grants g WHERE g.principal_id = p.principal_id AND g.account_id = $3)
            FROM duties d JOIN people p ON p.id = d.person_id WHERE d.organization_id = $1 AND d.duty = $4 AND p.principal_id IS NOT NULL GROUP BY p.principal_id ORDER BY p.principal_id
            """,
            row => (Principal: row.GetInt64(0), Is: row.GetInt64(1) != 0, Has: row.GetInt64(2) != 0),
            organization.Value,
            today,
            account,
            (int)Duty.Custodian);
        foreach (var custodian in custodians.Where(c => c.Is != c.Has))
            await store.Mail.Accounts.GrantAsync(tx, new PrincipalId(custodian.Principal), new AccountId(account), custodian.Is ? AccountRights.Own | AccountRights.SendAs : AccountRights.None, actor.Name);
    }

    internal async ValueTask AlignGrantsOfAsync(Tx tx, Actor actor, PersonId person)
    {
        foreach (var organization in await tx.QueryAsync(
            "SELECT DISTINCT organization_id FROM duties WHERE person_id = $1 AND duty = $2 ORDER BY organization_id", row => row.GetInt64(0), person.Value, (int)Duty.Custodian))
            await AlignGrantsAsync(tx, actor, new(organization));
    }

    // The day after the last one somebody else must hold the duty, without a gap to the end of it.
    private static async ValueTask<Problem?> SoleAsync(Tx tx, DutyItem item, DateOnly last)
    {
        if (item.Duty is Duty.Deputy or Duty.Delegate)
            return null;
        var others = await tx.ScalarAsync<long>(
            """
            SELECT COUNT(*) FROM duties d JOIN people p ON p.id = d.person_id
            WHERE d.organization_id = $1 AND d.duty = $2 AND d.person_id <> $3 AND p.status = 0 AND d.from_date <= $4 AND (d.to_date IS NULL OR d.to_date >= $4)
            """,
            item.Organization.Value,
            (int)item.Duty,
            item.Person.Value,
            VietnamTime.Text(last.AddDays(1)));
        if (others > 0)
            return null;
        var organization = await OrganizationStore.FindAsync(tx, item.Organization);
        return organization!.State == OrganizationState.Active ? new(ProblemKind.SoleOfficer, item.Name, item.Duty.ToString(), organization.Name) : null;
    }

    private static Right RightFor(Duty duty) => duty switch
    {
        Duty.Custodian => Right.AssignCustodian,
        Duty.Liaison or Duty.Delegate => Right.NameDelegate,
        _ => Right.NameHead,
    };

    private static string Word(Duty duty) => duty.ToString().ToLowerInvariant();

    private static DutyItem Read(DbDataReader row) => new(
        new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetString(2), new(row.GetInt64(3)), (Duty)row.GetInt16(4), VietnamTime.Read(row.GetString(5)), PeopleStore.Day(row, 6), row.GetString(7));
}
