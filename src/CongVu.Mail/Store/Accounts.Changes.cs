using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Accounts
{
    // The folders that mail programs and the webmail expect; they show them in the reader's language by their role.
    private static readonly (string Path, MailboxRole Role)[] FirstMailboxes =
    [
        (MailboxName.Inbox, MailboxRole.Inbox),
        ("Drafts", MailboxRole.Drafts),
        ("Sent", MailboxRole.Sent),
        ("Junk", MailboxRole.Junk),
        ("Trash", MailboxRole.Trash),
        ("Archive", MailboxRole.Archive),
    ];

    /// <summary>Adds a domain whose mail is kept here.</summary>
    public Task<Refusal> AddDomainAsync(string domain, string actor, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => AddDomainAsync(tx, domain, actor), cancellationToken);

    /// <summary>Adds a domain, as part of a larger change.</summary>
    public async ValueTask<Refusal> AddDomainAsync(Tx tx, string domain, string actor)
    {
        var name = Address.NormalizeDomain(domain);
        if (!Address.IsValid($"a@{name}"))
            return Refusal.InvalidName;
        if (await tx.ScalarAsync<long?>("SELECT 1 FROM domains WHERE name = $1", name) is not null)
            return Refusal.AlreadyExists;
        await tx.ExecuteAsync("INSERT INTO domains (name, created_at) VALUES ($1, $2)", name, Now);
        await Audit.WriteAsync(tx, Now, actor, "domain.add", name, "");
        return Refusal.None;
    }

    /// <summary>Adds a person: a principal, its account with the usual mailboxes, its address and its grant.</summary>
    public Task<Outcome<Account>> AddPersonAsync(NewPerson person, string actor, CancellationToken cancellationToken)
    {
        // Hashing is slow on purpose, so it is done before the writer's turn.
        var hash = person.Password is null ? null : PasswordHash.Create(person.Password);
        return database.WriteAsync(tx => AddPersonAsync(tx, person, hash, actor), cancellationToken);
    }

    /// <summary>Adds a person as part of a larger change, with a password that was hashed before it (<see cref="PasswordHash.Create"/>); <see cref="NewPerson.Password"/> is not looked at.</summary>
    public async ValueTask<Outcome<Account>> AddPersonAsync(Tx tx, NewPerson person, string? passwordHash, string actor)
    {
        var address = Address.Normalize(person.Address);
        var added = await AddAccountAsync(tx, AccountKind.Personal, address, person.DisplayName, person.QuotaBytes);
        if (!added.Ok)
            return added;
        var principal = await tx.ScalarAsync<long>(
            """
            INSERT INTO principals (login, display_name, is_administrator, home_account_id, password_hash, password_changed_at, must_change_password, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $6) RETURNING id
            """,
            address,
            person.DisplayName,
            person.IsAdministrator ? 1 : 0,
            added.Value.Id.Value,
            passwordHash,
            Now,
            person.MustChangePassword ? 1 : 0);
        await PutGrantAsync(tx, principal, added.Value.Id, AccountRights.Own | AccountRights.SendAs, actor);
        foreach (var (path, _) in FirstMailboxes)
            await tx.ExecuteAsync("INSERT INTO subscriptions (principal_id, name) VALUES ($1, $2)", principal, path);
        await Audit.WriteAsync(tx, Now, actor, "person.add", address, person.DisplayName);
        return added;
    }

    /// <summary>Adds an organization's mailbox; people get at it by <see cref="GrantAsync(PrincipalId, AccountId, AccountRights, string, CancellationToken)"/>.</summary>
    public Task<Outcome<Account>> AddOrganizationAsync(NewOrganization organization, string actor, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => AddOrganizationAsync(tx, organization, actor), cancellationToken);

    /// <summary>Adds an organization's mailbox, as part of a larger change.</summary>
    public async ValueTask<Outcome<Account>> AddOrganizationAsync(Tx tx, NewOrganization organization, string actor)
    {
        var address = Address.Normalize(organization.Address);
        var added = await AddAccountAsync(tx, AccountKind.Organization, address, organization.Name, organization.QuotaBytes);
        if (added.Ok)
            await Audit.WriteAsync(tx, Now, actor, "organization.add", address, organization.Name);
        return added;
    }

    /// <summary>Adds another address that leads to an account.</summary>
    public Task<Refusal> AddAliasAsync(AccountId account, string address, string actor, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => AddAliasAsync(tx, account, address, actor), cancellationToken);

    /// <summary>Adds another address, as part of a larger change.</summary>
    public async ValueTask<Refusal> AddAliasAsync(Tx tx, AccountId account, string address, string actor)
    {
        var normalized = Address.Normalize(address);
        if (await CheckFreeAsync(tx, normalized) is var refusal and not Refusal.None)
            return refusal;
        await tx.ExecuteAsync("INSERT INTO addresses (address, account_id, is_primary, created_at) VALUES ($1, $2, 0, $3)", normalized, account.Value, Now);
        await Audit.WriteAsync(tx, Now, actor, "address.add", normalized, $"account {account.Value}");
        return Refusal.None;
    }

    /// <summary>
    /// Makes <paramref name="address"/>, new or one of its own, the address that an account is known by, and the login of its holder. The one before goes on leading to it.
    /// </summary>
    public async ValueTask<Refusal> SetPrimaryAddressAsync(Tx tx, AccountId account, string address, string actor)
    {
        var normalized = Address.Normalize(address);
        var owner = await tx.ScalarAsync<long?>("SELECT account_id FROM addresses WHERE address = $1", normalized);
        if (owner is null && await AddAliasAsync(tx, account, normalized, actor) is var refusal and not Refusal.None)
            return refusal;
        if (owner is not null && owner != account.Value)
            return Refusal.AlreadyExists;
        await tx.ExecuteAsync("UPDATE addresses SET is_primary = CASE WHEN address = $2 THEN 1 ELSE 0 END WHERE account_id = $1", account.Value, normalized);
        foreach (var login in await tx.QueryAsync("SELECT login FROM principals WHERE home_account_id = $1", row => row.GetString(0), account.Value))
        {
            // Rights in mailboxes are kept by login (RFC 4314 §2).
            await tx.ExecuteAsync("UPDATE mailbox_rights SET identifier = $2 WHERE identifier = $1", login, normalized);
            await tx.ExecuteAsync("UPDATE mailbox_rights SET identifier = $2 WHERE identifier = $1", $"-{login}", $"-{normalized}");
        }
        await tx.ExecuteAsync("UPDATE principals SET login = $2 WHERE home_account_id = $1", account.Value, normalized);
        await Audit.WriteAsync(tx, Now, actor, "address.primary", normalized, $"account {account.Value}");
        return await TouchAsync(tx, account);
    }

    /// <summary>Makes every address of an account lead to <paramref name="heir"/>; the account stays, known by <paramref name="kept"/> alone.</summary>
    public async ValueTask<Refusal> HandOverAddressesAsync(Tx tx, AccountId account, AccountId heir, string kept, string actor)
    {
        var normalized = Address.Normalize(kept);
        if (await CheckFreeAsync(tx, normalized) is var refusal and not Refusal.None)
            return refusal;
        await tx.ExecuteAsync("UPDATE addresses SET account_id = $2, is_primary = 0 WHERE account_id = $1", account.Value, heir.Value);
        await tx.ExecuteAsync("INSERT INTO addresses (address, account_id, is_primary, created_at) VALUES ($1, $2, 1, $3)", normalized, account.Value, Now);
        await Audit.WriteAsync(tx, Now, actor, "address.handOver", $"account {account.Value}", $"account {heir.Value}; {normalized}");
        await TouchAsync(tx, heir);
        return await TouchAsync(tx, account);
    }

    /// <summary>Changes the name that an account, and its holder, is shown by.</summary>
    public async ValueTask<Refusal> RenameAsync(Tx tx, AccountId account, string name, string actor)
    {
        await tx.ExecuteAsync("UPDATE accounts SET name = $2 WHERE id = $1", account.Value, name);
        await tx.ExecuteAsync("UPDATE principals SET display_name = $2 WHERE home_account_id = $1", account.Value, name);
        await Audit.WriteAsync(tx, Now, actor, "account.rename", $"account {account.Value}", name);
        return await TouchAsync(tx, account);
    }

    /// <summary>Keeps an address for later: nobody is given it until it is released.</summary>
    public async ValueTask<Refusal> ReserveAddressAsync(Tx tx, string address)
    {
        var normalized = Address.Normalize(address);
        if (!Address.IsValid(normalized))
            return Refusal.InvalidName;
        if (await tx.ScalarAsync<long?>("SELECT 1 FROM addresses WHERE address = $1 UNION ALL SELECT 1 FROM reserved_addresses WHERE address = $1", normalized) is not null)
            return Refusal.AlreadyExists;
        await tx.ExecuteAsync("INSERT INTO reserved_addresses (address, created_at) VALUES ($1, $2)", normalized, Now);
        return Refusal.None;
    }

    /// <summary>Ends what <see cref="ReserveAddressAsync"/> began, in the change that gives the address to whom it was kept for.</summary>
    public static async ValueTask ReleaseAddressAsync(Tx tx, string address) => await tx.ExecuteAsync("DELETE FROM reserved_addresses WHERE address = $1", Address.Normalize(address));

    /// <summary>Says what a principal may do with an account; <see cref="AccountRights.None"/> takes it away.</summary>
    public Task<Refusal> GrantAsync(PrincipalId principal, AccountId account, AccountRights rights, string actor, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => GrantAsync(tx, principal, account, rights, actor), cancellationToken);

    /// <summary>Says what a principal may do with an account, as part of a larger change.</summary>
    public async ValueTask<Refusal> GrantAsync(Tx tx, PrincipalId principal, AccountId account, AccountRights rights, string actor)
    {
        await PutGrantAsync(tx, principal.Value, account, rights, actor);
        await Audit.WriteAsync(tx, Now, actor, "grant.set", $"account {account.Value}", $"principal {principal.Value}: {rights}");
        return await TouchAsync(tx, account);
    }

    /// <summary>Changes what an account may do; a person's sign-in follows its own account (A8.1).</summary>
    public Task<Refusal> SetStateAsync(AccountId account, AccountState state, string actor, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => SetStateAsync(tx, account, state, actor), cancellationToken);

    /// <summary>Changes what an account may do, as part of a larger change.</summary>
    public async ValueTask<Refusal> SetStateAsync(Tx tx, AccountId account, AccountState state, string actor)
    {
        await tx.ExecuteAsync("UPDATE accounts SET state = $2 WHERE id = $1 AND state <> $3", account.Value, (int)state, (int)AccountState.Removed);
        var principal = state switch { AccountState.Active => PrincipalState.Active, AccountState.Removed => PrincipalState.Removed, _ => PrincipalState.Suspended };
        await tx.ExecuteAsync("UPDATE principals SET state = $2 WHERE home_account_id = $1", account.Value, (int)principal);
        await Audit.WriteAsync(tx, Now, actor, "account.state", $"account {account.Value}", state.ToString());
        return await TouchAsync(tx, account);
    }

    /// <summary>Changes the bytes that an account may hold (A5.3).</summary>
    public Task<Refusal> SetQuotaAsync(AccountId account, long quotaBytes, string actor, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => SetQuotaAsync(tx, account, quotaBytes, actor), cancellationToken);

    /// <summary>Changes the bytes that an account may hold, as part of a larger change.</summary>
    public async ValueTask<Refusal> SetQuotaAsync(Tx tx, AccountId account, long quotaBytes, string actor)
    {
        await tx.ExecuteAsync("UPDATE accounts SET quota_bytes = $2 WHERE id = $1", account.Value, quotaBytes);
        await Audit.WriteAsync(tx, Now, actor, "account.quota", $"account {account.Value}", $"{quotaBytes}");
        return await TouchAsync(tx, account);
    }

    private async ValueTask<Outcome<Account>> AddAccountAsync(Tx tx, AccountKind kind, string address, string name, long quotaBytes)
    {
        if (await CheckFreeAsync(tx, address) is var refusal and not Refusal.None)
            return refusal;
        var id = await tx.ScalarAsync<long>(
            "INSERT INTO accounts (kind, name, quota_bytes, created_at) VALUES ($1, $2, $3, $4) RETURNING id", (int)kind, name, quotaBytes, Now);
        await tx.ExecuteAsync("INSERT INTO addresses (address, account_id, is_primary, created_at) VALUES ($1, $2, 1, $3)", address, id, Now);
        foreach (var (path, role) in FirstMailboxes)
            await Mailboxes.InsertAsync(tx, new(id), path, role, new(1));
        return new Account(new(id), kind, name, AccountState.Active, address, quotaBytes, 0, 0, new(1));
    }

    private static async ValueTask<Refusal> CheckFreeAsync(Tx tx, string address)
    {
        if (!Address.IsValid(address))
            return Refusal.InvalidName;
        if (await tx.ScalarAsync<long?>("SELECT 1 FROM domains WHERE name = $1", Address.DomainOf(address)) is null)
            return Refusal.NotFound;
        return await tx.ScalarAsync<long?>("SELECT 1 FROM addresses WHERE address = $1 UNION ALL SELECT 1 FROM reserved_addresses WHERE address = $1", address) is null
            ? Refusal.None
            : Refusal.AlreadyExists;
    }

    private async ValueTask PutGrantAsync(Tx tx, long principal, AccountId account, AccountRights rights, string actor)
    {
        await tx.ExecuteAsync("DELETE FROM grants WHERE principal_id = $1 AND account_id = $2", principal, account.Value);
        if (rights != AccountRights.None)
            await tx.ExecuteAsync(
                "INSERT INTO grants (principal_id, account_id, rights, granted_by, created_at) VALUES ($1, $2, $3, $4, $5)", principal, account.Value, (int)rights, actor, Now);
    }

    // Open sessions look at their rights again when the account stirs.
    private static async ValueTask<Refusal> TouchAsync(Tx tx, AccountId account)
    {
        var modSeq = await tx.ScalarAsync<long?>("UPDATE accounts SET modseq = modseq + 1 WHERE id = $1 RETURNING modseq", account.Value);
        if (modSeq is null)
            return Refusal.NotFound;
        tx.Touch(account, new(modSeq.Value));
        return Refusal.None;
    }
}
