using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Mailboxes
{
    /// <summary>Who may do what here, owners first (RFC 4314 §3.3). Only those who administer the mailbox may ask.</summary>
    public ValueTask<Outcome<IReadOnlyList<KeyValuePair<string, MailboxRights>>>> AclAsync(PrincipalId who, string name, CancellationToken cancellationToken) =>
        database.ReadAsync<Outcome<IReadOnlyList<KeyValuePair<string, MailboxRights>>>>(
            async tx =>
            {
                var (mailbox, refusal) = await AdministeredAsync(tx, who, name);
                if (mailbox is null)
                    return refusal;
                var all = await tx.QueryAsync(
                    "SELECT p.login FROM grants g JOIN principals p ON p.id = g.principal_id WHERE g.account_id = $1 AND g.rights % 2 = 1 ORDER BY p.login",
                    row => KeyValuePair.Create(row.GetString(0), MailboxRights.All),
                    mailbox.Account.Value);
                all.AddRange(await tx.QueryAsync(
                    "SELECT identifier, rights FROM mailbox_rights WHERE mailbox_id = $1 ORDER BY identifier",
                    row => KeyValuePair.Create(row.GetString(0), (MailboxRights)row.GetInt32(1)),
                    mailbox.Id.Value));
                return all;
            },
            cancellationToken);

    /// <summary>Changes what <paramref name="identifier"/> may do here: a login, "anyone", or either with "-" in front for rights taken away.</summary>
    public Task<Refusal> SetAclAsync(PrincipalId who, string name, string identifier, AclChange change, MailboxRights rights, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var (mailbox, refusal) = await AdministeredAsync(tx, who, name);
            if (mailbox is null)
                return refusal;
            var key = identifier.ToLowerInvariant();
            var login = key.StartsWith('-') ? key[1..] : key;
            if (login != "anyone")
            {
                if (await Accounts.FindPrincipalAsync(tx, login) is not { } principal)
                    return Refusal.InvalidName;
                key = key.StartsWith('-') ? "-" + principal.Login : principal.Login;
            }
            var now = (MailboxRights)(await tx.ScalarAsync<int?>("SELECT rights FROM mailbox_rights WHERE mailbox_id = $1 AND identifier = $2", mailbox.Id.Value, key) ?? 0);
            await PutAsync(tx, mailbox, key, change switch { AclChange.Add => now | rights, AclChange.Remove => now & ~rights, _ => rights });
            return Refusal.None;
        },
        cancellationToken);

    /// <summary>Takes all rights of <paramref name="identifier"/> away here; an owner's come from the account and stay.</summary>
    public Task<Refusal> DeleteAclAsync(PrincipalId who, string name, string identifier, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var (mailbox, refusal) = await AdministeredAsync(tx, who, name);
            if (mailbox is null)
                return refusal;
            await PutAsync(tx, mailbox, identifier.ToLowerInvariant(), MailboxRights.None);
            return Refusal.None;
        },
        cancellationToken);

    /// <summary>Lets a principal see and read every mailbox that an account has now, as part of a larger change.</summary>
    public static async ValueTask LetReadAsync(Tx tx, AccountId account, PrincipalId principal)
    {
        await tx.ExecuteAsync(
            """
            INSERT INTO mailbox_rights (mailbox_id, identifier, rights)
            SELECT m.id, p.login, $3 FROM mailboxes m, principals p
            WHERE m.account_id = $1 AND p.id = $2 AND NOT EXISTS (SELECT 1 FROM mailbox_rights r WHERE r.mailbox_id = m.id AND r.identifier = p.login)
            """,
            account.Value,
            principal.Value,
            (int)(MailboxRights.Lookup | MailboxRights.Read));
        await BumpAsync(tx, account);
    }

    private static async ValueTask PutAsync(Tx tx, Mailbox mailbox, string identifier, MailboxRights rights)
    {
        await tx.ExecuteAsync("DELETE FROM mailbox_rights WHERE mailbox_id = $1 AND identifier = $2", mailbox.Id.Value, identifier);
        if (rights != MailboxRights.None)
            await tx.ExecuteAsync("INSERT INTO mailbox_rights (mailbox_id, identifier, rights) VALUES ($1, $2, $3)", mailbox.Id.Value, identifier, (int)rights);
        await BumpAsync(tx, mailbox.Account);
    }

    // RFC 4314 §6: who may not look it up is told that it does not exist.
    private static async ValueTask<(Mailbox? Mailbox, Refusal Refusal)> AdministeredAsync(Tx tx, PrincipalId who, string name) => await Access.FindAsync(tx, who, name) switch
    {
        { } found when found.Rights.HasFlag(MailboxRights.Administer) => (found.Mailbox, Refusal.None),
        { } found when found.Rights.HasFlag(MailboxRights.Lookup) => (null, Refusal.NoPermission),
        _ => (null, Refusal.NotFound),
    };
}
