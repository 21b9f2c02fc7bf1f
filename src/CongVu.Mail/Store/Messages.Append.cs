using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Messages
{
    /// <summary>
    /// Puts messages into a mailbox, all or none; with <paramref name="replaces"/> the message there goes in the same moment (RFC 8508).
    /// </summary>
    public async Task<Outcome<AppendResult>> AppendAsync(
        PrincipalId who, MailboxId id, IReadOnlyList<NewMessage> messages, (MailboxId Mailbox, Uid Uid)? replaces, CancellationToken cancellationToken)
    {
        var result = await database.WriteAsync<Outcome<AppendResult>>(
            async tx =>
            {
                // 1. Rights, here and for what is replaced.
                if (await Access.FindAsync(tx, who, id) is not { } found)
                    return Refusal.NotFound;
                if (!found.Rights.HasFlag(MailboxRights.Insert))
                    return Refusal.NoPermission;
                VisibleMailbox? replacedIn = null;
                if (replaces is { } old)
                {
                    replacedIn = await Access.FindAsync(tx, who, old.Mailbox);
                    if (replacedIn is null || !replacedIn.Rights.HasFlag(MailboxRights.DeleteMessages | MailboxRights.Expunge))
                        return Refusal.NoPermission;
                }

                // 2. Room, the replaced message's counted as free.
                var mailbox = found.Mailbox;
                var (oldSeq, modSeq) = await BumpBothAsync(tx, replacedIn?.Mailbox.Account ?? mailbox.Account, mailbox.Account);
                if (replaces is { } gone)
                {
                    var rows = await RowsAsync(tx, gone.Mailbox, new(gone.Uid, gone.Uid), "");
                    if (rows.Count == 0)
                        throw new RefusedException(Refusal.Expunged);
                    await RemoveAsync(tx, replacedIn!.Mailbox, rows, oldSeq, Now, vaultTerm);
                }
                if (!await ChargeAsync(tx, mailbox.Account, messages.Sum(m => m.Content.Size), messages.Count))
                    throw new RefusedException(Refusal.OverQuota);

                // 3. The messages.
                var first = await TakeUidsAsync(tx, id, messages.Count);
                var delta = default(MailboxDelta);
                var uids = new List<Uid>(messages.Count);
                foreach (var message in messages)
                {
                    var uid = new Uid(first + (uint)uids.Count);
                    var content = await message.Content.InsertAsync(tx, Now);
                    var key = await InsertMessageAsync(tx, mailbox.Account, content, message.Content.Size, message.Content.ThreadKeys, [], message.Received?.ToUnixTimeMilliseconds() ?? Now, modSeq);
                    await InsertEntryAsync(tx, id, uid, key, message.Flags, Keywords.Join(message.Keywords), modSeq, Now);
                    delta.Add(message.Flags, message.Content.Size, 1);
                    uids.Add(uid);
                }
                await delta.ApplyAsync(tx, id, modSeq);
                return new AppendResult(mailbox.UidValidity, uids, modSeq);
            },
            cancellationToken).OrRefusedAsync();
        if (result.Ok)
        {
            foreach (var message in messages)
                message.Content.Keep();
        }
        return result;
    }

    private const string IntoInbox =
        """
        UPDATE mailboxes SET uidnext = uidnext + 1, message_count = message_count + 1, unseen_count = unseen_count + 1, size_bytes = size_bytes + $2, modseq = $3
        WHERE account_id = $1 AND path = 'INBOX' RETURNING id, uidnext - 1
        """;

    // A holder may have removed it.
    private static readonly string IntoJunk = IntoInbox.Replace("path = 'INBOX'", $"path = COALESCE((SELECT MIN(path) FROM mailboxes WHERE account_id = $1 AND role = {(int)MailboxRole.Junk}), 'INBOX')", StringComparison.Ordinal);

    /// <summary>
    /// Delivers into an account's INBOX, or its Junk; null when the account was removed meanwhile. Room was looked at when the recipient was taken: a message may
    /// overrun the quota once, rather than bounce after it was accepted.
    /// </summary>
    internal static async ValueTask<MessageId?> DeliverAsync(Tx tx, AccountId account, ContentId content, long contentSize, ThreadKeys keys, byte[] prefix, bool isJunk, long now)
    {
        var size = contentSize + prefix.Length;
        var modSeq = await tx.ScalarAsync<long?>(
            """
            UPDATE accounts SET modseq = modseq + 1, used_bytes = used_bytes + $2, message_count = message_count + 1
            WHERE id = $1 AND state < 3 RETURNING modseq
            """,
            account.Value,
            size);
        if (modSeq is null)
            return null;
        tx.Touch(account, new(modSeq.Value));
        var (mailbox, uid) = await tx.FirstAsync(
            isJunk ? IntoJunk : IntoInbox,
            row => (new MailboxId(row.GetInt64(0)), new Uid((uint)row.GetInt64(1))),
            account.Value,
            size,
            modSeq.Value);
        var message = await InsertMessageAsync(tx, account, content, contentSize, keys, prefix, now, new(modSeq.Value));
        await InsertEntryAsync(tx, mailbox, uid, message, MessageFlags.None, "", new(modSeq.Value), now);
        return message;
    }

    private static async ValueTask<MessageId> InsertMessageAsync(Tx tx, AccountId account, ContentId content, long contentSize, ThreadKeys keys, byte[] prefix, long received, ModSeq modSeq)
    {
        var thread = await Threads.AssignAsync(tx, account, keys);
        var message = new MessageId(await tx.ScalarAsync<long>(
            """
            INSERT INTO messages (account_id, content_id, thread_id, received_at, size, prefix, created_modseq, modseq)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id
            """,
            account.Value,
            content.Value,
            thread,
            received,
            contentSize + prefix.Length,
            prefix,
            modSeq.Value));
        await PendAsync(tx, account, message);
        return message;
    }
}
