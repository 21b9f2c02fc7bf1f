using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Messages
{
    /// <summary>
    /// Copies or moves messages. Within an account a copy is another entry of the same message (one EMAILID, counted once in the quota); into
    /// another account it is a new message on the same content.
    /// </summary>
    public Task<Outcome<CopyResult>> CopyAsync(PrincipalId who, MailboxId from, IReadOnlyList<UidRange> uids, MailboxId to, bool move, CancellationToken cancellationToken) =>
        database.WriteAsync<Outcome<CopyResult>>(
            async tx =>
            {
                // 1. Rights: read here, insert there; a move also removes here (RFC 6851 §3.3).
                if (await Access.FindAsync(tx, who, from) is not { } source || await Access.FindAsync(tx, who, to) is not { } target)
                    return Refusal.NotFound;
                var needed = move ? MailboxRights.Read | MailboxRights.DeleteMessages | MailboxRights.Expunge : MailboxRights.Read;
                if (!source.Rights.HasFlag(needed) || !target.Rights.HasFlag(MailboxRights.Insert))
                    return Refusal.NoPermission;

                // 2. What there is of it, and will be until this is done.
                await Mailboxes.LockAsync(tx, source.Mailbox.Account, target.Mailbox.Account);
                var rows = new List<Row>();
                foreach (var range in uids)
                    rows.AddRange(await RowsAsync(tx, from, range, ""));
                if (rows.Count == 0)
                    return new CopyResult(target.Mailbox.UidValidity, [], [], source.Mailbox.HighestModSeq);

                // 3. Accounts are locked in the order of their ids.
                var (sourceSeq, targetSeq) = await BumpBothAsync(tx, source.Mailbox.Account, target.Mailbox.Account);

                // 4. Entries there, and with them messages where the account is another one.
                var added = source.Mailbox.Account == target.Mailbox.Account
                    ? await EnterAsync(tx, target.Mailbox, rows, targetSeq, Now)
                    : await EnterElsewhereAsync(tx, target.Mailbox, rows, targetSeq);
                if (!added.Ok)
                    throw new RefusedException(added.Refusal);

                // 5. And gone here.
                if (move)
                    await RemoveAsync(tx, source.Mailbox, rows, sourceSeq, Now, vaultTerm);
                return new CopyResult(target.Mailbox.UidValidity, rows.ConvertAll(row => row.Uid), added.Value, sourceSeq);
            },
            cancellationToken).OrRefusedAsync();

    /// <summary>Takes every message out of a mailbox that is about to be deleted.</summary>
    internal static async ValueTask RemoveAllAsync(Tx tx, Mailbox mailbox, ModSeq modSeq, long now, TimeSpan vaultTerm)
    {
        var rows = await RowsAsync(tx, mailbox.Id, new(new(1), new(uint.MaxValue)), "");
        await RemoveAsync(tx, mailbox, rows, modSeq, now, vaultTerm);
        await tx.ExecuteAsync("DELETE FROM entry_tombstones WHERE mailbox_id = $1", mailbox.Id.Value);
    }

    /// <summary>Moves every message into another mailbox of the account.</summary>
    internal static async ValueTask MoveAllAsync(Tx tx, Mailbox source, MailboxId to, ModSeq modSeq, long now)
    {
        var rows = await RowsAsync(tx, source.Id, new(new(1), new(uint.MaxValue)), "");
        var target = source with { Id = to };
        await EnterAsync(tx, target, rows, modSeq, now);
        await RemoveAsync(tx, source, rows, modSeq, now, TimeSpan.Zero);
    }

    private readonly record struct Row(Uid Uid, MessageFlags Flags, string Keywords, MessageId Message, long Size);

    private static ValueTask<List<Row>> RowsAsync(Tx tx, MailboxId id, UidRange range, string filter) => tx.QueryAsync(
        $"SELECT e.uid, e.flags, e.keywords, e.message_id, m.size FROM entries e JOIN messages m ON m.id = e.message_id WHERE e.mailbox_id = $1 AND e.uid BETWEEN $2 AND $3 {filter} ORDER BY e.uid",
        row => new Row(new((uint)row.GetInt64(0)), (MessageFlags)row.GetInt32(1), ReadKeywords(row, 2), new(row.GetInt64(3)), row.GetInt64(4)),
        id.Value,
        (long)range.First.Value,
        (long)range.Last.Value);

    private static async ValueTask<(ModSeq Source, ModSeq Target)> BumpBothAsync(Tx tx, AccountId source, AccountId target)
    {
        if (source == target)
        {
            var one = await Mailboxes.BumpAsync(tx, source);
            return (one, one);
        }
        if (source.Value < target.Value)
            return (await Mailboxes.BumpAsync(tx, source), await Mailboxes.BumpAsync(tx, target));
        var second = await Mailboxes.BumpAsync(tx, target);
        return (await Mailboxes.BumpAsync(tx, source), second);
    }

    private static async ValueTask<Outcome<List<Uid>>> EnterAsync(Tx tx, Mailbox target, List<Row> rows, ModSeq modSeq, long now)
    {
        var first = await TakeUidsAsync(tx, target.Id, rows.Count);
        var delta = default(MailboxDelta);
        var added = new List<Uid>(rows.Count);
        foreach (var row in rows)
        {
            var uid = new Uid(first + (uint)added.Count);
            await InsertEntryAsync(tx, target.Id, uid, row.Message, row.Flags, row.Keywords, modSeq, now);
            await tx.ExecuteAsync("UPDATE messages SET modseq = $2 WHERE id = $1", row.Message.Value, modSeq.Value);
            delta.Add(row.Flags, row.Size, 1);
            added.Add(uid);
        }
        await delta.ApplyAsync(tx, target.Id, modSeq);
        return added;
    }

    private async ValueTask<Outcome<List<Uid>>> EnterElsewhereAsync(Tx tx, Mailbox target, List<Row> rows, ModSeq modSeq)
    {
        if (!await ChargeAsync(tx, target.Account, rows.Sum(row => row.Size), rows.Count))
            return Refusal.OverQuota;
        var now = Now;
        var copies = new List<Row>(rows.Count);
        foreach (var row in rows)
        {
            var facts = await tx.ScalarAsync<byte[]>("SELECT c.facts FROM contents c JOIN messages m ON m.content_id = c.id WHERE m.id = $1", row.Message.Value);
            var thread = await Threads.AssignAsync(tx, target.Account, ThreadKeys.Of(facts!));
            var message = await tx.ScalarAsync<long>(
                """
                INSERT INTO messages (account_id, content_id, thread_id, received_at, size, prefix, created_modseq, modseq)
                SELECT $2, content_id, $3, received_at, size, prefix, $4, $4 FROM messages WHERE id = $1 RETURNING id
                """,
                row.Message.Value,
                target.Account.Value,
                thread,
                modSeq.Value);
            await PendAsync(tx, target.Account, new(message));
            copies.Add(row with { Message = new(message) });
        }
        return await EnterAsync(tx, target, copies, modSeq, now);
    }

    // Takes entries away; messages that have no other entry go to the vault and out of the quota.
    private static async ValueTask RemoveAsync(Tx tx, Mailbox mailbox, List<Row> rows, ModSeq modSeq, long now, TimeSpan vaultTerm)
    {
        const int atOnce = 1_000;
        var delta = default(MailboxDelta);
        long freed = 0, gone = 0;
        foreach (var row in rows)
            delta.Add(row.Flags, row.Size, -1);
        foreach (var some in rows.Chunk(atOnce))
        {
            var uids = Numbers(some.Select(row => (long)row.Uid.Value));
            var messages = Numbers(some.Select(row => row.Message.Value));
            await tx.ExecuteAsync(
                $"""
                INSERT INTO entry_tombstones (mailbox_id, modseq, uid, account_id, message_id, thread_id, created_modseq)
                SELECT $1, $2, e.uid, $3, m.id, m.thread_id, e.created_modseq FROM entries e JOIN messages m ON m.id = e.message_id WHERE e.mailbox_id = $1 AND e.uid IN {In(tx, 4)}
                """,
                mailbox.Id.Value,
                modSeq.Value,
                mailbox.Account.Value,
                uids);
            await tx.ExecuteAsync($"DELETE FROM entries WHERE mailbox_id = $1 AND uid IN {In(tx, 2)}", mailbox.Id.Value, uids);
            await tx.ExecuteAsync($"UPDATE messages SET modseq = $1 WHERE id IN {In(tx, 2)}", modSeq.Value, messages);
            var vaulted = await tx.QueryAsync(
                $"""
                UPDATE messages SET vaulted_at = $1, vault_until = $2
                WHERE id IN {In(tx, 3)} AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.message_id = messages.id) RETURNING id, size
                """,
                row => (Id: row.GetInt64(0), Size: row.GetInt64(1)),
                now,
                now + (long)vaultTerm.TotalMilliseconds,
                messages);
            if (vaulted.Count == 0)
                continue;
            await tx.ExecuteAsync(
                $"INSERT INTO message_tombstones (account_id, modseq, message_id, thread_id, created_modseq) SELECT account_id, $1, id, thread_id, created_modseq FROM messages WHERE id IN {In(tx, 2)}", modSeq.Value, Numbers(vaulted.Select(v => v.Id)));
            freed += vaulted.Sum(v => v.Size);
            gone += vaulted.Count;
        }
        await delta.ApplyAsync(tx, mailbox.Id, modSeq);
        if (gone > 0)
            await tx.ExecuteAsync("UPDATE accounts SET used_bytes = used_bytes - $2, message_count = message_count - $3 WHERE id = $1", mailbox.Account.Value, freed, gone);
    }

    // A list of numbers is one parameter, so that the statement's text is always the same.
    internal static string Numbers(IEnumerable<long> numbers) => $"[{string.Join(',', numbers)}]";

    internal static string In(Tx tx, int parameter) => tx.IsPostgres
        ? $"(SELECT value::bigint FROM json_array_elements_text(${parameter}::json))"
        : $"(SELECT value FROM json_each(${parameter}))";

    private static async ValueTask<uint> TakeUidsAsync(Tx tx, MailboxId id, int count) =>
        (uint)(await tx.ScalarAsync<long>("UPDATE mailboxes SET uidnext = uidnext + $2 WHERE id = $1 RETURNING uidnext", id.Value, count) - count);

    private static async ValueTask InsertEntryAsync(Tx tx, MailboxId id, Uid uid, MessageId message, MessageFlags flags, string keywords, ModSeq modSeq, long now) => await tx.ExecuteAsync(
        "INSERT INTO entries (mailbox_id, uid, message_id, flags, keywords, saved_at, created_modseq, modseq) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)",
        id.Value,
        (long)uid.Value,
        message.Value,
        (int)flags,
        keywords,
        now,
        modSeq.Value);

    // A5.3: room is taken and looked at in one statement.
    private static async ValueTask<bool> ChargeAsync(Tx tx, AccountId account, long bytes, int messages) => await tx.ExecuteAsync(
        "UPDATE accounts SET used_bytes = used_bytes + $2, message_count = message_count + $3 WHERE id = $1 AND used_bytes + $2 <= quota_bytes", account.Value, bytes, messages) == 1;

    private static async ValueTask PendAsync(Tx tx, AccountId account, MessageId message) =>
        await tx.ExecuteAsync("INSERT INTO search_pending (message_id, account_id) VALUES ($1, $2)", message.Value, account.Value);
}
