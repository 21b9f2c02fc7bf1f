using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.Resources;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Addresses;

/// <summary>An address that was given, to whom, by which rule and why.</summary>
/// <param name="Address">The address.</param>
/// <param name="Organization">The organization that it was given to.</param>
/// <param name="Person">The person that it was given to.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Citation">The article, or the decision.</param>
/// <param name="Explanation">How it came about, in Vietnamese.</param>
/// <param name="OverrideReason">Why it is not what the rule gives; null when it is.</param>
/// <param name="Actor">Who gave it.</param>
/// <param name="At">When.</param>
public sealed record GivenAddress(string Address, OrganizationId? Organization, PersonId? Person, string Rule, string Citation, string Explanation, string? OverrideReason, string Actor, DateTimeOffset At);

/// <summary>
/// Addresses given and kept (A5): who has or had which, by which rule and why. An address that was given once is never given to another; the database's keys hold that, also between processes.
/// </summary>
public sealed class AddressStore
{
    private const string ProfileSetting = "profile";

    private readonly GovernanceStore store;

    internal AddressStore(GovernanceStore store) => this.store = store;

    /// <summary>The profile by which the installation makes addresses.</summary>
    public static async ValueTask<AddressProfile> ProfileAsync(Tx tx) =>
        AddressProfiles.All.GetValueOrDefault(await tx.ScalarAsync<string>("SELECT value FROM governance_settings WHERE name = $1", ProfileSetting) ?? "") ?? AddressProfiles.Default;

    /// <summary>Addresses that were given, in their order: those after <paramref name="after"/> with <paramref name="part"/> in them.</summary>
    public static ValueTask<List<GivenAddress>> ListAsync(Tx tx, string part, string after, int limit) => tx.QueryAsync(
        """
        SELECT address, organization_id, person_id, rule, citation, explanation, override_reason, actor, given_at FROM given_addresses
        WHERE address > $1 AND ($2 = '' OR replace(address, $2, '') <> address) ORDER BY address LIMIT $3
        """,
        row => new GivenAddress(
            row.GetString(0),
            row.IsDBNull(1) ? null : new OrganizationId(row.GetInt64(1)),
            row.IsDBNull(2) ? null : new PersonId(row.GetInt64(2)),
            row.GetString(3),
            row.GetString(4),
            row.GetString(5),
            row.IsDBNull(6) ? null : row.GetString(6),
            row.GetString(7),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(8))),
        after.ToLowerInvariant(),
        part.Trim().ToLowerInvariant(),
        limit);

    /// <summary>Makes addresses by another profile from now on.</summary>
    internal static async ValueTask SetProfileAsync(Tx tx, AddressProfile profile)
    {
        await tx.ExecuteAsync("DELETE FROM governance_settings WHERE name = $1", ProfileSetting);
        await tx.ExecuteAsync("INSERT INTO governance_settings (name, value) VALUES ($1, $2)", ProfileSetting, profile.Id);
    }

    /// <summary>Every local part of a domain that somebody has or had, or that is kept for somebody.</summary>
    internal static async ValueTask<HashSet<string>> TakenAsync(Tx tx, string domain)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        await tx.ForEachAsync(
            "SELECT address FROM addresses UNION SELECT address FROM reserved_addresses UNION SELECT address FROM given_addresses",
            row =>
            {
                var address = row.GetString(0);
                if (address.Length > domain.Length && address.EndsWith(domain, StringComparison.Ordinal) && address[^(domain.Length + 1)] == '@')
                    taken.Add(address[..^(domain.Length + 1)]);
            });
        return taken;
    }

    /// <summary>Somebody has or had the address, or it is kept for somebody.</summary>
    public static async ValueTask<bool> IsTakenAsync(Tx tx, string address) => await tx.ScalarAsync<long?>(
        "SELECT 1 FROM addresses WHERE address = $1 UNION ALL SELECT 1 FROM reserved_addresses WHERE address = $1 UNION ALL SELECT 1 FROM given_addresses WHERE address = $1", address) is not null;

    /// <summary>
    /// Addresses of mailboxes that the engine had before the Regulation knew of organizations and people: of organizations they are taken over by the one to whom the rules give the address, of
    /// people only where a list names the address.
    /// </summary>
    internal static async ValueTask<HashSet<string>> UnclaimedAsync(Tx tx, AccountKind kind) => [.. await tx.QueryAsync(
        """
        SELECT d.address FROM addresses d JOIN accounts a ON a.id = d.account_id
        WHERE a.kind = $1 AND a.state < 3 AND d.is_primary = 1 AND NOT EXISTS (SELECT 1 FROM given_addresses g WHERE g.address = d.address)
          AND NOT EXISTS (SELECT 1 FROM organizations o WHERE o.account_id = a.id) AND NOT EXISTS (SELECT 1 FROM people p WHERE p.account_id = a.id)
        """,
        row => row.GetString(0),
        (int)kind)];

    /// <summary>The mailbox of an address that nobody has claimed yet; null when there is none.</summary>
    internal static async ValueTask<AccountId?> UnclaimedAsync(Tx tx, AccountKind kind, string address) => await tx.ScalarAsync<long?>(
        """
        SELECT a.id FROM addresses d JOIN accounts a ON a.id = d.account_id
        WHERE d.address = $2 AND a.kind = $1 AND a.state < 3 AND d.is_primary = 1 AND NOT EXISTS (SELECT 1 FROM given_addresses g WHERE g.address = d.address)
          AND NOT EXISTS (SELECT 1 FROM organizations o WHERE o.account_id = a.id) AND NOT EXISTS (SELECT 1 FROM people p WHERE p.account_id = a.id)
        """,
        (int)kind,
        address) is { } account ? new AccountId(account) : null;

    /// <summary>Keeps an organization's address for it; false when it is not free, so that the organization waits for an abbreviation.</summary>
    internal async ValueTask<bool> TryKeepAsync(Tx tx, Actor actor, OrganizationId organization, AddressProposal proposal, string? overrideReason)
    {
        if (await UnclaimedAsync(tx, AccountKind.Organization, proposal.Address) is { } mailbox)
        {
            await tx.ExecuteAsync("UPDATE organizations SET address = $2, account_id = $3 WHERE id = $1", organization.Value, proposal.Address, mailbox.Value);
            await RecordAsync(tx, actor, organization, null, proposal, overrideReason);
            await store.Organizations.RecordAsync(tx, organization, actor, "mailbox", "", proposal.Address);
            return true;
        }
        if (await IsTakenAsync(tx, proposal.Address) || await store.Mail.Accounts.ReserveAddressAsync(tx, proposal.Address) != Refusal.None)
            return false;
        await tx.ExecuteAsync("UPDATE organizations SET address = $2 WHERE id = $1", organization.Value, proposal.Address);
        await RecordAsync(tx, actor, organization, null, proposal, overrideReason);
        return true;
    }

    /// <summary>Gives an organization another address: one of its own from before, or one that is free. The old one goes on leading to its mailbox, or stays kept for it.</summary>
    internal async ValueTask<Problem?> GiveAsync(Tx tx, Actor actor, Organization organization, AddressProposal proposal)
    {
        var address = proposal.Address;
        if (address == organization.Address)
            return null;
        var isOwn = await tx.ScalarAsync<long?>("SELECT organization_id FROM given_addresses WHERE address = $1", address) == organization.Id.Value;
        if (!isOwn && await IsTakenAsync(tx, address))
            return new(ProblemKind.AddressTaken, address);
        if (organization.Account is { } account)
        {
            await Accounts.ReleaseAddressAsync(tx, address);
            if (await store.Mail.Accounts.SetPrimaryAddressAsync(tx, account, address, actor.Name) is var refusal and not Refusal.None)
                return refusal == Refusal.NotFound ? new(ProblemKind.UnknownDomain, address) : Problem.Of(refusal, address);
        }
        else if (!isOwn && await store.Mail.Accounts.ReserveAddressAsync(tx, address) is var refusal and not Refusal.None)
        {
            return Problem.Of(refusal, address);
        }
        await tx.ExecuteAsync("UPDATE organizations SET address = $2 WHERE id = $1", organization.Id.Value, address);
        if (!isOwn)
            await RecordAsync(tx, actor, organization.Id, null, proposal, organization.Override?.Reason);
        await store.Organizations.RecordAsync(tx, organization.Id, actor, "address", organization.Address ?? "", address);
        return null;
    }

    /// <summary>Gives a person another address than the one before, which goes on leading to the mailbox.</summary>
    internal async ValueTask<Problem?> GiveAsync(Tx tx, Actor actor, Person person, AddressProposal proposal, string? overrideReason)
    {
        var address = proposal.Address;
        if (address == person.Address)
            return null;
        var isOwn = await tx.ScalarAsync<long?>("SELECT person_id FROM given_addresses WHERE address = $1", address) == person.Id.Value;
        if (!isOwn && await IsTakenAsync(tx, address))
            return new(ProblemKind.AddressTaken, address);
        if (await store.Mail.Accounts.SetPrimaryAddressAsync(tx, person.Account!.Value, address, actor.Name) is var refusal and not Refusal.None)
            return refusal == Refusal.NotFound ? new(ProblemKind.UnknownDomain, address) : Problem.Of(refusal, address);
        await tx.ExecuteAsync("UPDATE people SET address = $2 WHERE id = $1", person.Id.Value, address);
        if (!isOwn)
            await RecordAsync(tx, actor, null, person.Id, proposal, overrideReason);
        await store.People.RecordAsync(tx, person.Id, actor, "address", person.Address ?? "", address);
        return null;
    }

    /// <summary>The address that the rules give a person in an organization (A5.2), free now.</summary>
    public static async ValueTask<AddressProposal> ProposeAsync(Tx tx, Person person, OrganizationId organization)
    {
        var profile = await ProfileAsync(tx);
        var node = (await OrganizationStore.NodeAsync(tx, organization))!;
        var asked = new PersonForAddress(person.Parts, node) { ServiceStart = person.ServiceStart, BirthYear = person.BirthDate?.Year, IdentityNumber = person.IdentityNumber };
        return await FirstFreeAsync(tx, person.Id, known => PersonAddresses.Propose(asked, profile, known.Contains));
    }

    // The rules are asked again with each address found taken, which are as many as there are namesakes. What the person had before is free for it.
    internal static async ValueTask<AddressProposal> FirstFreeAsync(Tx tx, PersonId person, Func<HashSet<string>, AddressProposal> propose)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var proposal = propose(known);
            if (proposal.LocalPart.Length == 0 || !await IsTakenAsync(tx, proposal.Address)
                || await tx.ScalarAsync<long?>("SELECT person_id FROM given_addresses WHERE address = $1", proposal.Address) == person.Value || !known.Add(proposal.LocalPart))
                return proposal;
        }
    }

    internal async ValueTask RecordAsync(Tx tx, Actor actor, OrganizationId? organization, PersonId? person, AddressProposal proposal, string? overrideReason)
    {
        await tx.ExecuteAsync(
            """
            INSERT INTO given_addresses (address, organization_id, person_id, rule, citation, explanation, override_reason, actor, given_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            proposal.Address,
            organization?.Value,
            person?.Value,
            proposal.Rule.ToString(),
            proposal.Citation,
            new Wording(isVietnamese: true).Explain(proposal),
            overrideReason,
            actor.Name,
            store.Now);
        await store.AuditAsync(tx, actor, "address.give", proposal.Address, $"{proposal.Citation}{(overrideReason is null ? "" : $"; {overrideReason}")}");
    }
}
