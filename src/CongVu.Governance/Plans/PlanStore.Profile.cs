using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Plans;

public sealed partial class PlanStore
{
    // Addresses of everybody by other rules. The old ones go on leading where they led.
    private async ValueTask<List<PlanLine>> ChangeProfileAsync(Tx tx, Actor actor, AddressProfile profile)
    {
        var lines = new List<PlanLine>();
        await BeginProfileAsync(tx, actor, profile, lines);
        await ReaddressAllAsync(tx, actor, profile, lines);
        return lines;
    }

    private async ValueTask BeginProfileAsync(Tx tx, Actor actor, AddressProfile profile, List<PlanLine> lines)
    {
        await AddressStore.SetProfileAsync(tx, profile);
        if (await store.Mail.Accounts.AddDomainAsync(tx, profile.Domain, actor.Name) is var refusal and not (Refusal.None or Refusal.AlreadyExists))
            lines.Add(new(PlanStep.Change, profile.Domain, "", profile.Id, Problem.Of(refusal, profile.Domain)));
    }

    private async ValueTask ReaddressAllAsync(Tx tx, Actor actor, AddressProfile profile, List<PlanLine> lines)
    {
        // 1. Organizations, all at once: none is preferred.
        var organizations = (await OrganizationStore.ListAsync(tx)).Where(o => o.State == OrganizationState.Active).ToList();
        var nodes = Nodes(organizations);
        var ofOthers = await AddressStore.TakenAsync(tx, profile.Domain);
        var own = organizations.Select(o => o.Address).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var proposals = OrganizationAddresses.ProposeAll([.. organizations.Select(o => nodes[o.Id])], profile, local => ofOthers.Contains(local) && !own.Contains($"{local}@{profile.Domain}"));
        for (var i = 0; i < organizations.Count; i++)
        {
            var (organization, proposal) = (organizations[i], proposals[i]);
            if (proposal.Fault == AddressFault.None && proposal.Address == organization.Address)
                continue;
            // One that never had an address goes on waiting for an abbreviation.
            var problem = proposal.Fault == AddressFault.None ? await store.Addresses.GiveAsync(tx, actor, organization, proposal)
                : organization.Address is null ? null
                : new Problem(ProblemKind.Address, organization.Name, proposal.Fault.ToString());
            if (proposal.Address.Length > 0 || problem is not null)
                lines.Add(new(PlanStep.Address, organization.Name, organization.Address ?? "", proposal.Address, problem));
        }

        // 2. People in the order in which they got their addresses of today, so that namesakes stay in it.
        var people = await tx.QueryAsync(
            "SELECT p.id FROM people p WHERE p.address IS NOT NULL ORDER BY length(p.address), p.address", row => new PersonId(row.GetInt64(0)));
        foreach (var id in people)
        {
            var person = (await PeopleStore.FindAsync(tx, id))!;
            if (await PeopleStore.PrimaryPostingAsync(tx, id) is not { } posting || !nodes.TryGetValue(posting.Organization, out var node))
                continue;
            var asked = new PersonForAddress(person.Parts, node) { ServiceStart = person.ServiceStart, BirthYear = person.BirthDate?.Year, IdentityNumber = person.IdentityNumber };
            if (PersonAddresses.Propose(asked, profile, _ => false).Address == person.Address)
                continue;
            var proposal = await AddressStore.FirstFreeAsync(tx, id, known => PersonAddresses.Propose(asked, profile, known.Contains));
            var problem = proposal.Fault == AddressFault.None ? await store.Addresses.GiveAsync(tx, actor, person, proposal, null) : new Problem(ProblemKind.Address, person.Name, proposal.Fault.ToString());
            lines.Add(new(PlanStep.Address, $"{person.StaffCode} {person.Name}", person.Address!, proposal.Address, problem));
        }
    }

    private static Dictionary<OrganizationId, OrganizationNode> Nodes(List<Organization> organizations)
    {
        var byId = organizations.ToDictionary(o => o.Id);
        var nodes = new Dictionary<OrganizationId, OrganizationNode>();
        foreach (var organization in organizations)
            NodeOf(organization);
        return nodes;

        OrganizationNode NodeOf(Organization o)
        {
            if (!nodes.TryGetValue(o.Id, out var node))
            {
                node = new(o.Name, o.Rule, o.Parent is { } above && byId.TryGetValue(above, out var parent) ? NodeOf(parent) : null) { Override = o.Override, RegistersItsPeople = o.RegistersItsPeople };
                nodes.Add(o.Id, node);
            }
            return node;
        }
    }
}
