using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// Mailboxes (folders): their names, subscriptions and rights. Every ancestor of a mailbox exists. Each call looks at the caller's rights in
/// the transaction that acts; what a caller may not look up does not exist for it.
/// </summary>
public sealed partial class Mailboxes
{
    private readonly StoreDatabase database;
    private readonly TimeProvider clock;
    private readonly TimeSpan vaultTerm;

    internal Mailboxes(StoreDatabase database, TimeProvider clock, TimeSpan vaultTerm)
    {
        this.database = database;
        this.clock = clock;
        this.vaultTerm = vaultTerm;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>All that <paramref name="who"/> may look up: its own first, INBOX first among them, then by name.</summary>
    public ValueTask<IReadOnlyList<VisibleMailbox>> ListAsync(PrincipalId who, CancellationToken cancellationToken) => database.ReadAsync(
        async tx =>
        {
            var all = await Access.ListAsync(tx, who);
            all.RemoveAll(m => !m.Rights.HasFlag(MailboxRights.Lookup));
            all.Sort(static (a, b) => Order(a).CompareTo(Order(b)) is var order and not 0 ? order : string.CompareOrdinal(a.Name, b.Name));
            return (IReadOnlyList<VisibleMailbox>)all;
        },
        cancellationToken);

    /// <summary>The mailbox that <paramref name="who"/> knows as <paramref name="name"/>.</summary>
    public ValueTask<Outcome<VisibleMailbox>> FindAsync(PrincipalId who, string name, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => await Access.FindAsync(tx, who, name) is { } found ? found : (Outcome<VisibleMailbox>)Refusal.NotFound,
        cancellationToken);

    /// <summary>A mailbox by key, as <paramref name="who"/> meets it.</summary>
    public ValueTask<Outcome<VisibleMailbox>> FindAsync(PrincipalId who, MailboxId id, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => await Access.FindAsync(tx, who, id) is { } found ? found : (Outcome<VisibleMailbox>)Refusal.NotFound,
        cancellationToken);

    /// <summary>What an account holds and may hold.</summary>
    public ValueTask<Quota> QuotaAsync(AccountId account, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.FirstAsync("SELECT used_bytes, quota_bytes, message_count FROM accounts WHERE id = $1", row => new Quota(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)), account.Value),
        cancellationToken);

    /// <summary>Makes a mailbox and the ancestors it lacks; they inherit the rights of what they are made in.</summary>
    public Task<Outcome<VisibleMailbox>> CreateAsync(PrincipalId who, string name, MailboxRole role, CancellationToken cancellationToken) => database.WriteAsync<Outcome<VisibleMailbox>>(
        async tx =>
        {
            if (await Access.PlaceAsync(tx, who, name) is not { } place)
                return Refusal.NoPermission;
            if (!MailboxName.IsValid(place.Path))
                return Refusal.InvalidName;
            if (await tx.ScalarAsync<long?>("SELECT id FROM mailboxes WHERE account_id = $1 AND path = $2", place.Account.Value, place.Path) is { } id)
                return await Access.FindAsync(tx, who, new MailboxId(id)) is null ? Refusal.NoPermission : Refusal.AlreadyExists;
            if (role != MailboxRole.None && await tx.ScalarAsync<long?>("SELECT id FROM mailboxes WHERE account_id = $1 AND role = $2", place.Account.Value, (int)role) is not null)
                return Refusal.AlreadyExists;
            if (await tx.ScalarAsync<long>("SELECT COUNT(*) FROM mailboxes WHERE account_id = $1", place.Account.Value) >= MaxMailboxes)
                return Refusal.TooMany;
            var made = await MakeAsync(tx, who, place.Account, place.Path, role, await BumpAsync(tx, place.Account));
            return made is { } mailbox && await Access.FindAsync(tx, who, mailbox) is { } found ? found : Refusal.NoPermission;
        },
        cancellationToken);

    /// <summary>Deletes a mailbox with its messages, which stay restorable for the vault's term.</summary>
    public Task<Refusal> DeleteAsync(PrincipalId who, string name, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            if (await Access.FindAsync(tx, who, name) is not { } found)
                return Refusal.NotFound;
            // RFC 9051 §6.3.5: INBOX cannot be deleted.
            if (!found.Rights.HasFlag(MailboxRights.Delete) || found.Mailbox.Role == MailboxRole.Inbox)
                return Refusal.NoPermission;
            var mailbox = found.Mailbox;
            if (await tx.ScalarAsync<long?>($"SELECT id FROM mailboxes WHERE {Below} LIMIT 1", mailbox.Account.Value, mailbox.Path + "/", mailbox.Path + "0") is not null)
                return Refusal.HasChildren;

            var modSeq = await BumpAsync(tx, mailbox.Account);
            await Messages.RemoveAllAsync(tx, mailbox, modSeq, Now, vaultTerm);
            await tx.ExecuteAsync("DELETE FROM mailbox_rights WHERE mailbox_id = $1", mailbox.Id.Value);
            await tx.ExecuteAsync("DELETE FROM mailboxes WHERE id = $1", mailbox.Id.Value);
            await tx.ExecuteAsync("INSERT INTO mailbox_tombstones (account_id, modseq, mailbox_id) VALUES ($1, $2, $3)", mailbox.Account.Value, modSeq.Value, mailbox.Id.Value);
            return Refusal.None;
        },
        cancellationToken);

    /// <summary>Gives a mailbox and what is below it another name in the same account; of INBOX the messages move (RFC 9051 §6.3.6).</summary>
    public Task<Refusal> RenameAsync(PrincipalId who, string from, string to, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => RenameAsync(tx, who, from, to), cancellationToken);

    private async ValueTask<Refusal> RenameAsync(Tx tx, PrincipalId who, string from, string to)
    {
        // 1. What is renamed, and may it be?
        if (await Access.FindAsync(tx, who, from) is not { } found)
            return Refusal.NotFound;
        var mailbox = found.Mailbox;
        if (!found.Rights.HasFlag(MailboxRights.Delete) || await Access.PlaceAsync(tx, who, to) is not { } place || place.Account != mailbox.Account)
            return Refusal.NoPermission;

        // 2. Is the new name free and possible?
        if (!MailboxName.IsValid(place.Path) || place.Path.StartsWith(mailbox.Path + "/", StringComparison.Ordinal))
            return Refusal.InvalidName;
        if (await tx.ScalarAsync<long?>("SELECT id FROM mailboxes WHERE account_id = $1 AND path = $2", place.Account.Value, place.Path) is not null)
            return Refusal.AlreadyExists;

        // 3. INBOX stays; its messages go.
        var modSeq = await BumpAsync(tx, place.Account);
        if (mailbox.Role == MailboxRole.Inbox)
        {
            if (await MakeAsync(tx, who, place.Account, place.Path, MailboxRole.None, modSeq) is not { } made)
                return Refusal.NoPermission;
            await Messages.MoveAllAsync(tx, mailbox, made, modSeq, Now);
            return Refusal.None;
        }

        // 4. The new parent, then the mailbox and all below it.
        if (MailboxName.Parent(place.Path) is { } parent && await EnsureAsync(tx, who, place.Account, parent, modSeq) is null)
            return Refusal.NoPermission;
        await tx.ExecuteAsync(
            $"UPDATE mailboxes SET path = $4 || substr(path, $5), modseq = $6 WHERE {Below} OR id = $7",
            place.Account.Value,
            mailbox.Path + "/",
            mailbox.Path + "0",
            place.Path,
            RuneCount(mailbox.Path) + 1,
            modSeq.Value,
            mailbox.Id.Value);
        return Refusal.None;
    }

    /// <summary>Adds a name to the list of subscriptions or takes it off; the mailbox need not exist (RFC 9051 §6.3.7).</summary>
    public Task<Refusal> SubscribeAsync(PrincipalId who, string name, bool subscribed, CancellationToken cancellationToken)
    {
        var normalized = MailboxName.Normalize(name);
        return database.WriteAsync(
            async tx =>
            {
                if (await PutSubscriptionAsync(tx, who, normalized, subscribed) is var refusal and not Refusal.None)
                    return refusal;
                if (await Access.FindAsync(tx, who, normalized) is { } found)
                    await TouchAsync(tx, found.Mailbox);
                return Refusal.None;
            },
            cancellationToken);
    }

    /// <summary>The names subscribed to.</summary>
    public ValueTask<IReadOnlyList<string>> SubscriptionsAsync(PrincipalId who, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<string>)await tx.QueryAsync("SELECT name FROM subscriptions WHERE principal_id = $1 ORDER BY name", row => row.GetString(0), who.Value),
        cancellationToken);

    private static (bool IsShared, bool IsNotInbox) Order(VisibleMailbox m) => (m.Name.StartsWith(Access.SharedPrefix, StringComparison.Ordinal), m.Mailbox.Role != MailboxRole.Inbox);
}
