using CongVu.Governance.Organizations;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Authorities;

/// <summary>A right given by hand.</summary>
/// <param name="Id">Key.</param>
/// <param name="Principal">To whom.</param>
/// <param name="Login">Whose login this is.</param>
/// <param name="Role">Which.</param>
/// <param name="Organization">Where, with all below it; null for the whole installation.</param>
/// <param name="GrantedBy">Who gave it.</param>
/// <param name="At">When.</param>
public sealed record RoleItem(long Id, PrincipalId Principal, string Login, Role Role, OrganizationId? Organization, string GrantedBy, DateTimeOffset At);

/// <summary>Roles that were given.</summary>
public sealed class RoleStore
{
    private readonly GovernanceStore store;

    internal RoleStore(GovernanceStore store) => this.store = store;

    /// <summary>Gives a role.</summary>
    public async ValueTask<Result<long>> GiveAsync(Tx tx, Actor actor, PrincipalId principal, Role role, OrganizationId? organization)
    {
        if (await store.Authority.RefuseAsync(tx, actor, Right.GrantRoles, organization) is { } refused)
            return refused;
        if (await tx.ScalarAsync<string>("SELECT login FROM principals WHERE id = $1", principal.Value) is not { } login)
            return Problem.NotFound($"{principal.Value}");
        if (organization is { } at && await OrganizationStore.FindAsync(tx, at) is null)
            return Problem.NotFound($"{at.Value}");
        // An agency's own administrator is one of an agency.
        if (role == Role.OrganizationAdministrator && organization is null)
            return new Problem(ProblemKind.Missing, "organization");
        if ((await ListAsync(tx)).Exists(r => r.Principal == principal && r.Role == role && r.Organization == organization))
            return new Problem(ProblemKind.AlreadyExists, login);
        var id = await tx.ScalarAsync<long>(
            "INSERT INTO roles (principal_id, role, organization_id, granted_by, created_at) VALUES ($1, $2, $3, $4, $5) RETURNING id", principal.Value, (int)role, organization?.Value, actor.Name, store.Now);
        await store.AuditAsync(tx, actor, "role.give", login, $"{role}{(organization is { } where ? $" organization {where.Value}" : "")}");
        return id;
    }

    /// <summary>Takes a role away.</summary>
    public async ValueTask<Result<RoleItem>> TakeAsync(Tx tx, Actor actor, long id)
    {
        if ((await ListAsync(tx)).Find(r => r.Id == id) is not { } item)
            return Problem.NotFound($"{id}");
        if (await store.Authority.RefuseAsync(tx, actor, Right.GrantRoles, item.Organization) is { } refused)
            return refused;
        await tx.ExecuteAsync("DELETE FROM roles WHERE id = $1", id);
        await store.AuditAsync(tx, actor, "role.take", item.Login, $"{item.Role}");
        return item;
    }

    /// <summary>All roles given.</summary>
    public static ValueTask<List<RoleItem>> ListAsync(Tx tx) => tx.QueryAsync(
        "SELECT r.id, r.principal_id, p.login, r.role, r.organization_id, r.granted_by, r.created_at FROM roles r JOIN principals p ON p.id = r.principal_id ORDER BY p.login, r.id",
        row => new RoleItem(
            row.GetInt64(0), new(row.GetInt64(1)), row.GetString(2), (Role)row.GetInt16(3), row.IsDBNull(4) ? null : new OrganizationId(row.GetInt64(4)), row.GetString(5), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6))));
}
