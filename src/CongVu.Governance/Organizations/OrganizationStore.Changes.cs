using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Organizations;

/// <summary>What of an organization to change; null leaves a field as it is.</summary>
/// <param name="Name">The full name; its mailbox is shown by it too.</param>
/// <param name="Kind">The kind's code.</param>
/// <param name="Code">A code of another register; empty takes it away.</param>
/// <param name="RegistersItsPeople">Whether its people are registered with itself.</param>
public sealed record OrganizationChange(string? Name = null, string? Kind = null, string? Code = null, bool? RegistersItsPeople = null);

public sealed partial class OrganizationStore
{
    /// <summary>Changes fields of an organization; its address stays what it is (A5.2c), see <see cref="ReaddressAsync"/>.</summary>
    public async ValueTask<Result<Organization>> ChangeAsync(Tx tx, Actor actor, OrganizationId id, OrganizationChange change)
    {
        var found = await ActiveAsync(tx, actor, id, Right.EditOrganizations);
        if (!found.Ok)
            return found;
        var was = found.Value;
        if (change.Name is { } written && AddressLetters.Tidy(written) is var name && name != was.Name)
        {
            if (CheckName(name) is { } wrong)
                return wrong;
            if (await SiblingAsync(tx, was.Parent, name) is { } sibling && sibling != id.Value)
                return new Problem(ProblemKind.AlreadyExists, name);
            await tx.ExecuteAsync("UPDATE organizations SET name = $2, name_key = $3 WHERE id = $1", id.Value, name, Key(name));
            await RecordAsync(tx, id, actor, "name", was.Name, name);
            if (was.Account is { } account)
                await store.Mail.Accounts.RenameAsync(tx, account, name, actor.Name);
        }
        if (change.Kind is { } kind && kind != was.Kind)
        {
            if (await RuleOfAsync(tx, kind) is null)
                return new Problem(ProblemKind.UnknownKind, kind);
            await tx.ExecuteAsync("UPDATE organizations SET kind = $2 WHERE id = $1", id.Value, kind);
            await RecordAsync(tx, id, actor, "kind", was.Kind, kind);
        }
        if (change.Code is { } code && code != (was.Code ?? ""))
        {
            await tx.ExecuteAsync("UPDATE organizations SET code = $2 WHERE id = $1", id.Value, code.Length == 0 ? null : code);
            await RecordAsync(tx, id, actor, "code", was.Code ?? "", code);
        }
        if (change.RegistersItsPeople is { } registers && registers != was.RegistersItsPeople)
        {
            await tx.ExecuteAsync("UPDATE organizations SET registers_people = $2 WHERE id = $1", id.Value, registers ? 1 : 0);
            await RecordAsync(tx, id, actor, "registers", $"{was.RegistersItsPeople}", $"{registers}");
        }
        return (await FindAsync(tx, id))!;
    }

    /// <summary>Sets the organization below another body; null at the top.</summary>
    public async ValueTask<Result<Organization>> MoveAsync(Tx tx, Actor actor, OrganizationId id, OrganizationId? parent)
    {
        var found = await ActiveAsync(tx, actor, id, Right.EditOrganizations);
        if (!found.Ok)
            return found;
        var was = found.Value;
        if (await store.Authority.RefuseAsync(tx, actor, Right.EditOrganizations, parent) is { } refused)
            return refused;
        if (parent is { } above)
        {
            if (await FindAsync(tx, above) is not { } to)
                return new Problem(ProblemKind.UnknownParent, $"{above.Value}");
            if (to.State != OrganizationState.Active)
                return new Problem(ProblemKind.Ended, to.Name);
            var line = await Authority.AboveAsync(tx, above);
            if (line.Contains(id.Value))
                return new Problem(ProblemKind.Cycle, was.Name);
            if (line.Count + await HeightAsync(tx, id) > OrganizationPath.MaxDepth)
                return new Problem(ProblemKind.TooDeep, was.Name);
        }
        if (parent == was.Parent)
            return was;
        if (await SiblingAsync(tx, parent, was.Name) is not null)
            return new Problem(ProblemKind.AlreadyExists, was.Name);
        await tx.ExecuteAsync("UPDATE organizations SET parent_id = $2 WHERE id = $1", id.Value, parent?.Value);
        await RecordAsync(tx, id, actor, "parent", was.Parent is { } old ? (await FindAsync(tx, old))!.Name : "", parent is { } now ? (await FindAsync(tx, now))!.Name : "");
        return (await FindAsync(tx, id))!;
    }

    /// <summary>Sets an abbreviation by hand, with its reason, and gives the address that follows from it (A5.*).</summary>
    public async ValueTask<Result<Organization>> SetAbbreviationAsync(Tx tx, Actor actor, OrganizationId id, AbbreviationOverride set)
    {
        var found = await ActiveAsync(tx, actor, id, Right.Provision);
        if (!found.Ok)
            return found;
        if (CheckOverride(set) is { } wrong)
            return wrong;
        await tx.ExecuteAsync("UPDATE organizations SET abbreviation = $2, abbreviation_reason = $3 WHERE id = $1", id.Value, set.Abbreviation, set.Reason.Trim());
        await RecordAsync(tx, id, actor, "abbreviation", found.Value.Override?.Abbreviation ?? "", $"{set.Abbreviation} ({set.Reason.Trim()})");
        return await ReaddressAsync(tx, actor, id);
    }

    /// <summary>Gives the organization the address that the rules make of its name and place today. The one before goes on leading to its mailbox, or stays kept for it.</summary>
    public async ValueTask<Result<Organization>> ReaddressAsync(Tx tx, Actor actor, OrganizationId id)
    {
        var found = await ActiveAsync(tx, actor, id, Right.Provision);
        if (!found.Ok)
            return found;
        var proposal = OrganizationAddresses.Propose((await NodeAsync(tx, id))!, await AddressStore.ProfileAsync(tx));
        if (proposal.Fault != AddressFault.None)
            return new Problem(ProblemKind.Address, found.Value.Name, proposal.Fault.ToString());
        return await store.Addresses.GiveAsync(tx, actor, found.Value, proposal) is { } problem ? problem : (await FindAsync(tx, id))!;
    }

    /// <summary>Ends an organization that nothing is below any more: merged into <paramref name="successor"/>, or dissolved (A14.5).</summary>
    public async ValueTask<Result<Organization>> EndAsync(Tx tx, Actor actor, OrganizationId id, OrganizationId? successor)
    {
        var found = await ActiveAsync(tx, actor, id, Right.EditOrganizations);
        if (!found.Ok)
            return found;
        var below = await tx.ScalarAsync<long>("SELECT COUNT(*) FROM organizations WHERE parent_id = $1 AND state = 0", id.Value)
            + await tx.ScalarAsync<long>("SELECT COUNT(*) FROM postings WHERE organization_id = $1 AND to_date IS NULL", id.Value);
        if (below > 0)
            return new Problem(ProblemKind.InUse, found.Value.Name, $"{below}");
        if (successor is { } into && (into == id || await FindAsync(tx, into) is not { State: OrganizationState.Active }))
            return new Problem(ProblemKind.WrongState, found.Value.Name);
        var state = successor is null ? OrganizationState.Dissolved : OrganizationState.Merged;
        await tx.ExecuteAsync("UPDATE organizations SET state = $2, successor_id = $3, ended_at = $4 WHERE id = $1", id.Value, (int)state, successor?.Value, store.Now);
        await RecordAsync(tx, id, actor, "end", "", successor is { } next ? $"{state}: {(await FindAsync(tx, next))!.Name}" : state.ToString());
        return (await FindAsync(tx, id))!;
    }

    // One that is still there, for somebody who may do it.
    private async ValueTask<Result<Organization>> ActiveAsync(Tx tx, Actor actor, OrganizationId id, Right right)
    {
        if (await FindAsync(tx, id) is not { } found)
            return Problem.NotFound($"#{id.Value}");
        if (await store.Authority.RefuseAsync(tx, actor, right, id) is { } refused)
            return refused;
        return found.State == OrganizationState.Active ? found : new Problem(ProblemKind.Ended, found.Name);
    }

    // Levels of the subtree, the organization itself included.
    private static async ValueTask<long> HeightAsync(Tx tx, OrganizationId id) => await tx.ScalarAsync<long>(
        """
        WITH RECURSIVE below(id, depth) AS (
          SELECT id, 1 FROM organizations WHERE id = $1
          UNION ALL SELECT o.id, b.depth + 1 FROM organizations o JOIN below b ON o.parent_id = b.id WHERE b.depth < 32)
        SELECT MAX(depth) FROM below
        """,
        id.Value);
}
