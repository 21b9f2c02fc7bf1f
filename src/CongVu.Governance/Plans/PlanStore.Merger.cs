using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Plans;

public sealed partial class PlanStore
{
    // A14.5: people are moved, the old mailboxes become readable by the successor, their addresses lead to the new one, liaisons and custodians go on.
    private async ValueTask<List<PlanLine>> MergeAsync(Tx tx, Actor actor, Merger merger)
    {
        var lines = new List<PlanLine>();
        var profile = merger.Profile is { } id ? AddressProfiles.All[id] : null;
        if (profile is not null)
            await BeginProfileAsync(tx, actor, profile, lines);
        foreach (var group in merger.Rows.Where(r => r.Into.Length > 0).GroupBy(r => (OrganizationStore.Key(r.Into), r.Parent)))
            await MergeAsync(tx, actor, [.. group], lines);
        foreach (var row in merger.Rows.Where(r => r.Into.Length == 0))
            await DissolveAsync(tx, actor, await FromAsync(tx, row), lines);
        if (profile is not null)
            await ReaddressAllAsync(tx, actor, profile, lines);
        return lines;
    }

    private async ValueTask MergeAsync(Tx tx, Actor actor, List<MergerRow> group, List<PlanLine> lines)
    {
        var sources = new List<Organization>();
        foreach (var row in group)
            sources.Add(await FromAsync(tx, row));
        var (first, name) = (group[0], group[0].Into);
        if (sources.Find(s => s.State != OrganizationState.Active) is { } ended)
        {
            lines.Add(new(PlanStep.End, ended.Name, "", name, new(ProblemKind.Ended, ended.Name)));
            return;
        }
        OrganizationId? parent = first.Parent is { } key ? (await OrganizationStore.ResolveAsync(tx, key)).Value.Id : sources[0].Parent;

        // 1. One that only changes its name or place stays the organization that it is.
        if (sources is [var only])
        {
            await ChangeAsync(tx, actor, only, first, parent, lines);
            return;
        }

        // 2. The new one. A name that one of the old ones has (xã Đắk Sắk) is free once that is under way to its end.
        foreach (var source in sources)
            await tx.ExecuteAsync("UPDATE organizations SET state = $2 WHERE id = $1", source.Id.Value, (int)OrganizationState.Merged);
        var added = await store.Organizations.AddAsync(tx, actor, new(name, first.Kind ?? sources[0].Kind, parent)
        {
            Code = first.Code,
            Override = first.Abbreviation is { } abbreviation ? new(abbreviation, "Theo phương án sắp xếp") : null,
        });
        if (added.Problem is { } problem)
        {
            lines.Add(new(PlanStep.Create, name, "", "", problem));
            return;
        }
        var target = added.Value;
        lines.Add(new(PlanStep.Create, target.Name, string.Join("; ", sources.Select(s => s.Name)), target.Address ?? "", target.Address is null ? await WhyNoAddressAsync(tx, target) : null));
        if (sources.Exists(s => s.Account is not null) && target.Address is not null && await store.Organizations.AddMailboxAsync(tx, actor, target.Id) is { Problem: { } unmade })
            lines.Add(new(PlanStep.Mailbox, target.Name, "", target.Address, unmade));
        target = (await OrganizationStore.FindAsync(tx, target.Id))!;

        // 3. What was below the old ones, who worked there, who had duties there.
        foreach (var source in sources)
        {
            foreach (var child in (await OrganizationStore.ListAsync(tx)).Where(o => o.Parent == source.Id && o.State == OrganizationState.Active))
            {
                var moved = await store.Organizations.MoveAsync(tx, actor, child.Id, target.Id);
                lines.Add(new(PlanStep.Change, child.Name, source.Name, target.Name, moved.Problem));
            }
            await PassPeopleAsync(tx, actor, source, target, lines);
            await PassDutiesAsync(tx, actor, source, target, lines);
            await PassMailboxAsync(tx, actor, source, target, lines);
            await tx.ExecuteAsync("UPDATE organizations SET successor_id = $2, ended_at = $3 WHERE id = $1", source.Id.Value, target.Id.Value, store.Now);
            await store.Organizations.RecordAsync(tx, source.Id, actor, "end", "", $"{OrganizationState.Merged}: {target.Name}");
            lines.Add(new(PlanStep.End, source.Name, "", target.Name));
        }
    }

    private static async ValueTask<Problem> WhyNoAddressAsync(Tx tx, Organization organization)
    {
        var proposal = OrganizationAddresses.Propose((await OrganizationStore.NodeAsync(tx, organization.Id))!, await AddressStore.ProfileAsync(tx));
        return proposal.Fault == AddressFault.None ? new(ProblemKind.AddressTaken, proposal.Address) : new(ProblemKind.Address, organization.Name, proposal.Fault.ToString());
    }

    private async ValueTask ChangeAsync(Tx tx, Actor actor, Organization only, MergerRow row, OrganizationId? parent, List<PlanLine> lines)
    {
        var moved = await store.Organizations.MoveAsync(tx, actor, only.Id, parent);
        var changed = moved.Ok ? await store.Organizations.ChangeAsync(tx, actor, only.Id, new(row.Into, row.Kind, row.Code)) : moved;
        lines.Add(new(PlanStep.Change, only.Name, only.Parent is { } old ? (await OrganizationStore.FindAsync(tx, old))!.Name : "", row.Into, changed.Problem));
        if (!changed.Ok)
            return;
        var readdressed = row.Abbreviation is { } abbreviation
            ? await store.Organizations.SetAbbreviationAsync(tx, actor, only.Id, new(abbreviation, "Theo phương án sắp xếp"))
            : await store.Organizations.ReaddressAsync(tx, actor, only.Id);
        if (!readdressed.Ok || readdressed.Value.Address != only.Address)
            lines.Add(new(PlanStep.Address, row.Into, only.Address ?? "", readdressed.Ok ? readdressed.Value.Address ?? "" : "", readdressed.Problem));
    }

    private async ValueTask PassPeopleAsync(Tx tx, Actor actor, Organization source, Organization target, List<PlanLine> lines)
    {
        var today = store.Today;
        var posted = await tx.QueryAsync(
            "SELECT id, person_id, position, unit, is_primary FROM postings WHERE organization_id = $1 AND (to_date IS NULL OR to_date >= $2) ORDER BY id",
            row => (Id: row.GetInt64(0), Person: new PersonId(row.GetInt64(1)), Position: row.GetString(2), Unit: row.GetString(3), IsPrimary: row.GetInt16(4) != 0),
            source.Id.Value,
            VietnamTime.Text(today));
        foreach (var posting in posted)
        {
            await tx.ExecuteAsync("UPDATE postings SET to_date = $2 WHERE id = $1", posting.Id, VietnamTime.Text(today.AddDays(-1)));
            var passed = await store.People.PostAsync(tx, actor, posting.Person, new(target.Id, posting.Position, posting.Unit, today), posting.IsPrimary);
            var person = (await PeopleStore.FindAsync(tx, posting.Person))!;
            lines.Add(new(PlanStep.Person, $"{person.StaffCode} {person.Name}", source.Name, target.Name, passed.Problem));
            if (!posting.IsPrimary || person.Account is null || target.Address is null)
                continue;
            var proposal = await AddressStore.ProposeAsync(tx, person, target.Id);
            var problem = proposal.Fault == AddressFault.None ? await store.Addresses.GiveAsync(tx, actor, person, proposal, null) : new(ProblemKind.Address, person.Name, proposal.Fault.ToString());
            lines.Add(new(PlanStep.Address, $"{person.StaffCode} {person.Name}", person.Address!, proposal.Address, problem));
        }
    }

    private async ValueTask PassDutiesAsync(Tx tx, Actor actor, Organization source, Organization target, List<PlanLine> lines)
    {
        foreach (var duty in await DutyStore.OfOrganizationAsync(tx, source.Id, store.Today))
        {
            await store.Duties.EndWithPostingAsync(tx, actor, duty, store.Today.AddDays(-1));
            // There is one head, whom a decision names; those who do the work go on with it.
            if (duty.Duty is not (Duty.Liaison or Duty.Custodian))
                continue;
            var named = await store.Duties.NameAsync(tx, actor, target.Id, duty.Person, duty.Duty);
            lines.Add(new(PlanStep.Duty, duty.Name, source.Name, target.Name, named.Problem is { Kind: ProblemKind.AlreadyExists } ? null : named.Problem));
        }
    }

    // The old mailbox stays whole under an address of its own; what is sent to its addresses arrives at the successor, whose custodians may read it.
    private async ValueTask PassMailboxAsync(Tx tx, Actor actor, Organization source, Organization target, List<PlanLine> lines)
    {
        if (source.Account is not { } old || target.Account is not { } heir)
            return;
        var at = source.Address!.LastIndexOf('@');
        var kept = $"luu-{source.Id.Value}.{source.Address[..Math.Min(at, 40)].TrimEnd('.')}{source.Address[at..]}";
        var refusal = await store.Mail.Accounts.HandOverAddressesAsync(tx, old, heir, kept, actor.Name);
        await tx.ExecuteAsync("UPDATE organizations SET address = NULL WHERE id = $1", source.Id.Value);
        await tx.ExecuteAsync("UPDATE organizations SET address = $2 WHERE id = $1", source.Id.Value, kept);
        foreach (var custodian in (await DutyStore.OfOrganizationAsync(tx, target.Id, store.Today)).Where(d => d.Duty == Duty.Custodian))
        {
            if (await PeopleStore.FindAsync(tx, custodian.Person) is { Principal: { } principal })
                await Mailboxes.LetReadAsync(tx, old, principal);
        }
        lines.Add(new(PlanStep.Mailbox, source.Name, source.Address, target.Address!, refusal == Refusal.None ? null : Problem.Of(refusal, kept)));
    }

    private async ValueTask DissolveAsync(Tx tx, Actor actor, Organization organization, List<PlanLine> lines)
    {
        foreach (var child in (await OrganizationStore.ListAsync(tx)).Where(o => o.Parent == organization.Id && o.State == OrganizationState.Active))
            await DissolveAsync(tx, actor, child, lines);
        var ended = await store.Organizations.EndAsync(tx, actor, organization.Id, null);
        if (ended.Ok)
        {
            foreach (var duty in await DutyStore.OfOrganizationAsync(tx, organization.Id, store.Today))
                await store.Duties.EndWithPostingAsync(tx, actor, duty, store.Today.AddDays(-1));
        }
        lines.Add(new(PlanStep.End, organization.Name, organization.Address ?? "", "", ended.Problem));
    }

    private static async ValueTask<Organization> FromAsync(Tx tx, MergerRow row) => (await OrganizationStore.FindAsync(tx, new(long.Parse(row.From.AsSpan(1), null))))!;
}
