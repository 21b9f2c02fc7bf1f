using CongVu.Governance.Organizations;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Authorities;

/// <summary>
/// Who may do what, and where. A role holds for its organization and everything below it. A duty holds for the own body; a head's, a deputy's, a delegate's and a liaison's
/// also for the units that the body manages directly ("quản lý trực tiếp"), deeper only by a duty or a role there. Asked inside the transaction that does what is asked for.
/// </summary>
public sealed class Authority
{
    private readonly TimeProvider clock;

    internal Authority(TimeProvider clock) => this.clock = clock;

    /// <summary>Whether <paramref name="actor"/> may do it in <paramref name="organization"/>; null asks for the whole installation.</summary>
    public async ValueTask<bool> MayAsync(Tx tx, Actor actor, Right right, OrganizationId? organization)
    {
        if (actor.Principal is not { } who)
            return true;
        var principal = await tx.FirstAsync<(bool Active, bool Administrator)?>(
            "SELECT state, is_administrator FROM principals WHERE id = $1", row => (row.GetInt16(0) == 0, row.GetInt16(1) != 0), who.Value);
        if (principal is not { Active: true })
            return false;
        if (principal.Value.Administrator && OfRole(Role.SystemAdministrator, right))
            return true;

        // 1. The organization and those above it, the nearest first.
        var above = organization is { } at ? await AboveAsync(tx, at) : [];
        if (organization is not null && above.Count == 0)
            return false;

        // 2. Roles reach down the whole tree.
        var roles = await tx.QueryAsync("SELECT role, organization_id FROM roles WHERE principal_id = $1", row => ((Role)row.GetInt16(0), row.IsDBNull(1) ? (long?)null : row.GetInt64(1)), who.Value);
        if (roles.Exists(r => OfRole(r.Item1, right) && (r.Item2 is not { } on || above.Contains(on))))
            return true;
        if (above.Count == 0)
            return false;

        // 3. Duties reach the own body, and those of its leaders one step down.
        var today = VietnamTime.Text(VietnamTime.Today(clock));
        var duties = await tx.QueryAsync(
            """
            SELECT d.duty, d.organization_id FROM duties d JOIN people p ON p.id = d.person_id
            WHERE p.principal_id = $1 AND d.from_date <= $2 AND (d.to_date IS NULL OR d.to_date >= $2)
            """,
            row => ((Duty)row.GetInt16(0), row.GetInt64(1)),
            who.Value,
            today);
        return duties.Exists(d => OfDuty(d.Item1, right) && (above[0] == d.Item2 || (d.Item1 != Duty.Custodian && above.Count > 1 && above[1] == d.Item2)));
    }

    /// <summary>Whether somebody signed in may do it.</summary>
    public ValueTask<bool> MayAsync(Tx tx, PrincipalId who, Right right, OrganizationId? organization) => MayAsync(tx, new Actor("", who), right, organization);

    /// <summary>The problem of not being allowed to; null when it is.</summary>
    public async ValueTask<Problem?> RefuseAsync(Tx tx, Actor actor, Right right, OrganizationId? organization) =>
        await MayAsync(tx, actor, right, organization) ? null : new(ProblemKind.NoPermission, right.ToString());

    /// <summary>What a role is for.</summary>
    public static bool OfRole(Role role, Right right) => role switch
    {
        // Everything technical; but it approves nothing and signs nothing in an organization's name, and opens nobody's mailbox.
        Role.SystemAdministrator => right is not (Right.Approve or Right.SignRequest or Right.UseMailbox),
        Role.ManagingBody => right is Right.View or Right.ViewReports or Right.ViewAudit or Right.Approve,
        Role.Operator => right is Right.View or Right.ViewReports or Right.ViewAudit or Right.PrepareRequest or Right.Provision or Right.EditOrganizations or Right.EditPeople
            or Right.AssignCustodian or Right.NameDelegate or Right.NameHead or Right.ResetPassword or Right.Suspend,
        Role.Viewer => right is Right.ViewReports,
        Role.OrganizationAdministrator => right is Right.View or Right.ViewReports or Right.PrepareRequest or Right.ResetPassword or Right.Suspend,
        _ => false,
    };

    /// <summary>What a duty is for.</summary>
    public static bool OfDuty(Duty duty, Right right) => duty switch
    {
        Duty.Head or Duty.Deputy => right is Right.View or Right.ViewReports or Right.PrepareRequest or Right.SignRequest or Right.AssignCustodian or Right.NameDelegate,
        Duty.Delegate => right is Right.View or Right.ViewReports or Right.PrepareRequest or Right.SignRequest or Right.AssignCustodian,
        Duty.Liaison => right is Right.View or Right.PrepareRequest,
        Duty.Custodian => right is Right.UseMailbox,
        _ => false,
    };

    internal static async ValueTask<List<long>> AboveAsync(Tx tx, OrganizationId organization) => await tx.QueryAsync(
        """
        WITH RECURSIVE above(id, parent_id, depth) AS (
          SELECT id, parent_id, 0 FROM organizations WHERE id = $1
          UNION ALL SELECT o.id, o.parent_id, a.depth + 1 FROM organizations o JOIN above a ON o.id = a.parent_id WHERE a.depth < 32)
        SELECT id FROM above ORDER BY depth
        """,
        row => row.GetInt64(0),
        organization.Value);
}
