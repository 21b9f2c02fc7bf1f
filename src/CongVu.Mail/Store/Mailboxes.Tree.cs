using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Mailboxes
{
    /// <summary>Mailboxes of an account and subscriptions of a principal: far above what people make, far below what hurts.</summary>
    private const int MaxMailboxes = 10_000;

    /// <summary>Those below a path: '0' is the character after '/', so $2 and $3 bound them in the index.</summary>
    private const string Below = "account_id = $1 AND path > $2 AND path < $3";

    /// <summary>
    /// Keeps other processes and sessions from changing these accounts until the commit, in the order of their ids. Whoever reads rows in order to change
    /// them does it first. SQLite has one writer at a time anyway.
    /// </summary>
    internal static async ValueTask LockAsync(Tx tx, AccountId one, AccountId other)
    {
        if (!tx.IsPostgres)
            return;
        await tx.ExecuteAsync("SELECT id FROM accounts WHERE id = $1 FOR UPDATE", Math.Min(one.Value, other.Value));
        if (one != other)
            await tx.ExecuteAsync("SELECT id FROM accounts WHERE id = $1 FOR UPDATE", Math.Max(one.Value, other.Value));
    }

    /// <summary>The account's next modification sequence; one for each transaction.</summary>
    internal static async ValueTask<ModSeq> BumpAsync(Tx tx, AccountId account)
    {
        var modSeq = new ModSeq(await tx.ScalarAsync<long>("UPDATE accounts SET modseq = modseq + 1 WHERE id = $1 RETURNING modseq", account.Value));
        tx.Touch(account, modSeq);
        return modSeq;
    }

    /// <summary>Writes the row of a new mailbox.</summary>
    internal static async ValueTask<MailboxId> InsertAsync(Tx tx, AccountId account, string path, MailboxRole role, ModSeq modSeq)
    {
        // RFC 9051 §2.3.1.1: never the same validity for a name again; one counter of the installation sees to it.
        var validity = await tx.ScalarAsync<long>("INSERT INTO counters (name, value) VALUES ('uidvalidity', 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value");
        return new(await tx.ScalarAsync<long>(
            "INSERT INTO mailboxes (account_id, path, role, uidvalidity, modseq, created_modseq) VALUES ($1, $2, $3, $4, $5, $5) RETURNING id",
            account.Value,
            path,
            (int)role,
            validity,
            modSeq.Value));
    }

    // An existing mailbox, or a new one with its ancestors; null where the principal may not make it.
    private static async ValueTask<MailboxId?> EnsureAsync(Tx tx, PrincipalId who, AccountId account, string path, ModSeq modSeq) =>
        await tx.ScalarAsync<long?>("SELECT id FROM mailboxes WHERE account_id = $1 AND path = $2", account.Value, path) is { } id
            ? new MailboxId(id)
            : await MakeAsync(tx, who, account, path, MailboxRole.None, modSeq);

    private static async ValueTask<MailboxId?> MakeAsync(Tx tx, PrincipalId who, AccountId account, string path, MailboxRole role, ModSeq modSeq)
    {
        // At the top of an account only those who own it may make anything.
        if (MailboxName.Parent(path) is not { } parentPath)
            return await OwnsAsync(tx, who, account) ? await InsertAsync(tx, account, path, role, modSeq) : null;
        if (await EnsureAsync(tx, who, account, parentPath, modSeq) is not { } parent)
            return null;
        if (await Access.FindAsync(tx, who, parent) is not { } found || !found.Rights.HasFlag(MailboxRights.Create))
            return null;
        var made = await InsertAsync(tx, account, path, role, modSeq);
        await tx.ExecuteAsync("INSERT INTO mailbox_rights (mailbox_id, identifier, rights) SELECT $1, identifier, rights FROM mailbox_rights WHERE mailbox_id = $2", made.Value, parent.Value);
        return made;
    }

    private static async ValueTask<bool> OwnsAsync(Tx tx, PrincipalId who, AccountId account) => await tx.ScalarAsync<long?>(
        "SELECT 1 FROM grants g JOIN accounts a ON a.id = g.account_id AND a.state = 0 WHERE g.principal_id = $1 AND g.account_id = $2 AND g.rights % 2 = 1",
        who.Value,
        account.Value) is not null;

    // SQL counts characters, .NET counts UTF-16 units.
    private static int RuneCount(string text) => text.EnumerateRunes().Count();
}
