using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Messages
{
    private const MessageFlags OrdinaryFlags = MessageFlags.Answered | MessageFlags.Flagged | MessageFlags.Draft;

    /// <summary>
    /// Changes flags and keywords of the messages in <paramref name="uids"/>, as far as the rights go: \Seen needs s, \Deleted t, others w
    /// (RFC 4314 §4). Messages changed after <paramref name="unchangedSince"/> are left alone and named.
    /// </summary>
    public Task<Outcome<FlagsResult>> StoreFlagsAsync(
        PrincipalId who, MailboxId id, IReadOnlyList<UidRange> uids, FlagChange change, ModSeq? unchangedSince, CancellationToken cancellationToken) => database.WriteAsync<Outcome<FlagsResult>>(
        async tx =>
        {
            if (await Access.FindAsync(tx, who, id) is not { } found)
                return Refusal.NotFound;
            if (Permit(change, found.Rights) is not { } permitted)
                return Refusal.NoPermission;

            await Mailboxes.LockAsync(tx, found.Mailbox.Account, found.Mailbox.Account);
            var modified = new List<Uid>();
            var now = new List<Entry>();
            var delta = default(MailboxDelta);
            var runs = new List<FlagRun>();
            ModSeq? modSeq = null;
            foreach (var range in uids)
            {
                // Between two ranges there may be messages that nobody named.
                runs.Add(default);
                foreach (var entry in await FlagsOfAsync(tx, id, range))
                {
                    if (entry.ModSeq > unchangedSince)
                    {
                        modified.Add(entry.Uid);
                        runs.Add(default);
                        continue;
                    }
                    var flags = Apply(entry.Flags, permitted.Flags, permitted.Mask, change.Mode);
                    var keywords = permitted.Keywords ? Keywords.Apply(entry.Keywords, change) : entry.Keywords;
                    var isSame = flags == entry.Flags && keywords == entry.Keywords;
                    FlagRun.Add(runs, entry.Uid, flags, keywords, isSame);
                    if (isSame)
                    {
                        now.Add(entry);
                        continue;
                    }
                    if (keywords.Count(' ') >= Keywords.MaxOfMessage)
                        return Refusal.TooMany;
                    modSeq ??= await Mailboxes.BumpAsync(tx, found.Mailbox.Account);
                    delta.Unseen += Unseen(flags) - Unseen(entry.Flags);
                    delta.Deleted += Deleted(flags) - Deleted(entry.Flags);
                    now.Add(new() { Uid = entry.Uid, Flags = flags, Keywords = keywords, ModSeq = modSeq.Value, Created = entry.Created, MessageId = entry.MessageId });
                }
            }
            foreach (var run in runs)
            {
                if (run.Changes)
                    await WriteAsync(tx, id, run, modSeq!.Value);
            }
            if (modSeq is { } changed)
                await delta.ApplyAsync(tx, id, changed);
            return new FlagsResult(modSeq ?? found.Mailbox.HighestModSeq, now, modified, modSeq is not null);
        },
        cancellationToken);

    /// <summary>Takes messages with \Deleted out of a mailbox: all, or those in <paramref name="only"/> (RFC 9051 §6.4.9). They stay restorable for the vault's term.</summary>
    public Task<Outcome<ExpungeResult>> ExpungeAsync(PrincipalId who, MailboxId id, IReadOnlyList<UidRange>? only, CancellationToken cancellationToken) => database.WriteAsync<Outcome<ExpungeResult>>(
        async tx =>
        {
            if (await Access.FindAsync(tx, who, id) is not { } found)
                return Refusal.NotFound;
            if (!found.Rights.HasFlag(MailboxRights.Expunge))
                return Refusal.NoPermission;
            if (found.Mailbox.DeletedCount == 0)
                return new ExpungeResult(found.Mailbox.HighestModSeq, []);
            await Mailboxes.LockAsync(tx, found.Mailbox.Account, found.Mailbox.Account);
            var doomed = new List<Row>();
            foreach (var range in only ?? [new UidRange(new(1), new(uint.MaxValue))])
                doomed.AddRange(await RowsAsync(tx, id, range, "AND e.flags % 16 >= 8"));
            if (doomed.Count == 0)
                return new ExpungeResult(found.Mailbox.HighestModSeq, []);
            var modSeq = await Mailboxes.BumpAsync(tx, found.Mailbox.Account);
            await RemoveAsync(tx, found.Mailbox, doomed, modSeq, Now, vaultTerm);
            return new ExpungeResult(modSeq, doomed.ConvertAll(row => row.Uid));
        },
        cancellationToken);

    private static ValueTask<List<Entry>> FlagsOfAsync(Tx tx, MailboxId id, UidRange range) => tx.QueryAsync(
        $"SELECT {FlagColumns} FROM entries e WHERE e.mailbox_id = $1 AND e.uid BETWEEN $2 AND $3 ORDER BY e.uid", ReadFlags, id.Value, (long)range.First.Value, (long)range.Last.Value);

    // One statement for a run, not for each message; rows of it that have the flags already stay as they are.
    private static async ValueTask WriteAsync(Tx tx, MailboxId id, FlagRun run, ModSeq modSeq)
    {
        await tx.ExecuteAsync(
            "UPDATE entries SET flags = $4, keywords = $5, modseq = $6 WHERE mailbox_id = $1 AND uid BETWEEN $2 AND $3 AND (flags <> $4 OR keywords <> $5)",
            id.Value,
            (long)run.First.Value,
            (long)run.Last.Value,
            (int)run.Flags,
            run.Keywords,
            modSeq.Value);
        await tx.ExecuteAsync(
            "UPDATE messages SET modseq = $4 WHERE id IN (SELECT message_id FROM entries WHERE mailbox_id = $1 AND uid BETWEEN $2 AND $3 AND modseq = $4)",
            id.Value,
            (long)run.First.Value,
            (long)run.Last.Value,
            modSeq.Value);
    }

    /// <summary>Neighbours (no other message of the mailbox is between them) that are to have the same flags; default where one is left alone.</summary>
    private readonly record struct FlagRun(Uid First, Uid Last, MessageFlags Flags, string Keywords, bool Changes)
    {
        public static void Add(List<FlagRun> runs, Uid uid, MessageFlags flags, string keywords, bool isSame)
        {
            if (runs.Count > 0 && runs[^1] is { Keywords: not null } last && last.Flags == flags && last.Keywords == keywords)
                runs[^1] = last with { Last = uid, Changes = last.Changes || !isSame };
            else
                runs.Add(new(uid, uid, flags, keywords, !isSame));
        }
    }

    private static (MessageFlags Flags, MessageFlags Mask, bool Keywords)? Permit(FlagChange change, MailboxRights rights)
    {
        var mask = (rights.HasFlag(MailboxRights.Seen) ? MessageFlags.Seen : 0)
            | (rights.HasFlag(MailboxRights.DeleteMessages) ? MessageFlags.Deleted : 0)
            | (rights.HasFlag(MailboxRights.Write) ? OrdinaryFlags : 0);
        var keywords = rights.HasFlag(MailboxRights.Write);
        var asksForNothing = change.Flags == 0 && change.Keywords.Count == 0;
        var mayDoSome = (change.Flags & mask) != 0 || (keywords && change.Keywords.Count > 0) || (asksForNothing && mask != 0);
        return mayDoSome ? (change.Flags & mask, mask, keywords) : null;
    }

    private static MessageFlags Apply(MessageFlags now, MessageFlags flags, MessageFlags mask, FlagMode mode) => mode switch
    {
        FlagMode.Replace => (now & ~mask) | flags,
        FlagMode.Add => now | flags,
        _ => now & ~flags,
    };

    private static int Unseen(MessageFlags flags) => flags.HasFlag(MessageFlags.Seen) ? 0 : 1;

    private static int Deleted(MessageFlags flags) => flags.HasFlag(MessageFlags.Deleted) ? 1 : 0;

    /// <summary>What a transaction adds to the counts of a mailbox.</summary>
    internal struct MailboxDelta
    {
        public long Messages;
        public long Unseen;
        public long Deleted;
        public long Bytes;

        public void Add(MessageFlags flags, long bytes, int sign)
        {
            Messages += sign;
            Unseen += sign * Store.Messages.Unseen(flags);
            Deleted += sign * Store.Messages.Deleted(flags);
            Bytes += sign * bytes;
        }

        public readonly async ValueTask ApplyAsync(Tx tx, MailboxId id, ModSeq modSeq) => await tx.ExecuteAsync(
            """
            UPDATE mailboxes SET message_count = message_count + $2, unseen_count = unseen_count + $3, deleted_count = deleted_count + $4,
              size_bytes = size_bytes + $5, modseq = $6 WHERE id = $1
            """,
            id.Value,
            Messages,
            Unseen,
            Deleted,
            Bytes,
            modSeq.Value);
    }
}
