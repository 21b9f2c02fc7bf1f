using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Mailboxes
{
    /// <summary>Changes what of a mailbox is given, all or nothing.</summary>
    /// <param name="who">Who asks.</param>
    /// <param name="id">Which.</param>
    /// <param name="name">Its new name, as <paramref name="who"/> writes names.</param>
    /// <param name="role">What it is for.</param>
    /// <param name="sortOrder">Its place among its siblings (RFC 8621 §2).</param>
    /// <param name="subscribed">On the list of <paramref name="who"/>.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    public async Task<Refusal> EditAsync(PrincipalId who, MailboxId id, string? name, MailboxRole? role, long? sortOrder, bool? subscribed, CancellationToken cancellationToken)
    {
        var edited = await database.WriteAsync<Outcome<bool>>(
            async tx =>
            {
                if (await Access.FindAsync(tx, who, id) is not { } found)
                    return Refusal.NotFound;
                var mailbox = found.Mailbox;
                if (name is not null && name != found.Name && await RenameAsync(tx, who, found.Name, name) is var refusal and not Refusal.None)
                    throw new RefusedException(refusal);
                if (role is { } wanted && wanted != mailbox.Role)
                {
                    // Where mail arrives stays INBOX (RFC 9051 §5.1).
                    if (!found.Rights.HasFlag(MailboxRights.Delete) || mailbox.Role == MailboxRole.Inbox || wanted == MailboxRole.Inbox)
                        throw new RefusedException(Refusal.NoPermission);
                    if (wanted != MailboxRole.None && await tx.ScalarAsync<long?>("SELECT id FROM mailboxes WHERE account_id = $1 AND role = $2", mailbox.Account.Value, (int)wanted) is not null)
                        throw new RefusedException(Refusal.AlreadyExists);
                    await tx.ExecuteAsync("UPDATE mailboxes SET role = $2 WHERE id = $1", id.Value, (int)wanted);
                }
                if (sortOrder is { } order)
                {
                    if (!found.Rights.HasFlag(MailboxRights.Write))
                        throw new RefusedException(Refusal.NoPermission);
                    await tx.ExecuteAsync("UPDATE mailboxes SET sort_order = $2 WHERE id = $1", id.Value, order);
                }
                if (subscribed is { } listed && await PutSubscriptionAsync(tx, who, name ?? found.Name, listed) is var full and not Refusal.None)
                    throw new RefusedException(full);
                await TouchAsync(tx, mailbox);
                return true;
            },
            cancellationToken).OrRefusedAsync();
        return edited.Refusal;
    }

    private static async ValueTask<Refusal> PutSubscriptionAsync(Tx tx, PrincipalId who, string name, bool subscribed)
    {
        var normalized = MailboxName.Normalize(name);
        await tx.ExecuteAsync("DELETE FROM subscriptions WHERE principal_id = $1 AND name = $2", who.Value, normalized);
        if (!subscribed)
            return Refusal.None;
        if (await tx.ScalarAsync<long>("SELECT COUNT(*) FROM subscriptions WHERE principal_id = $1", who.Value) >= MaxMailboxes)
            return Refusal.TooMany;
        await tx.ExecuteAsync("INSERT INTO subscriptions (principal_id, name) VALUES ($1, $2)", who.Value, normalized);
        return Refusal.None;
    }

    // Clients that follow changes are told of what is no message.
    private static async ValueTask TouchAsync(Tx tx, Mailbox mailbox) =>
        await tx.ExecuteAsync("UPDATE mailboxes SET modseq = $2 WHERE id = $1", mailbox.Id.Value, (await BumpAsync(tx, mailbox.Account)).Value);
}
