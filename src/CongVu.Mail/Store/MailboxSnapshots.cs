using System.Collections.Concurrent;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>The UIDs and keywords of a mailbox at one sequence, and its first message without \Seen; shared by all who open it.</summary>
internal sealed record MailboxSnapshot(ModSeq ModSeq, UidRuns Uids, IReadOnlyList<string> Keywords, Uid? FirstUnseen);

/// <summary>
/// Keeps the snapshots of mailboxes that were opened, so that the next opening reads only what changed since. A snapshot holds nothing of
/// rights: those are looked up each time.
/// </summary>
internal sealed class MailboxSnapshots
{
    // Some hundred bytes each, a few kilobytes for mailboxes with many gaps.
    private const int MaxKept = 20_000;

    private readonly ConcurrentDictionary<MailboxId, MailboxSnapshot> kept = new();

    internal async ValueTask<MailboxSnapshot> GetAsync(Tx tx, Mailbox mailbox)
    {
        if (kept.TryGetValue(mailbox.Id, out var snapshot) && snapshot.ModSeq == mailbox.HighestModSeq)
            return snapshot;
        snapshot = snapshot is null || snapshot.ModSeq > mailbox.HighestModSeq ? await ReadAsync(tx, mailbox) : await BringUpAsync(tx, mailbox, snapshot);
        if (kept.Count >= MaxKept)
            kept.Clear();
        kept[mailbox.Id] = snapshot;
        return snapshot;
    }

    private static async ValueTask<MailboxSnapshot> ReadAsync(Tx tx, Mailbox mailbox)
    {
        var uids = await tx.QueryAsync("SELECT uid FROM entries WHERE mailbox_id = $1 ORDER BY uid", row => new Uid((uint)row.GetInt64(0)), mailbox.Id.Value);
        var keywords = await tx.QueryAsync("SELECT DISTINCT keywords FROM entries WHERE mailbox_id = $1 AND keywords <> ''", row => row.GetString(0), mailbox.Id.Value);
        return new(mailbox.HighestModSeq, UidRuns.Of(uids), Keywords.Split(Keywords.Join(keywords.SelectMany(Keywords.Split))), await FirstUnseenAsync(tx, mailbox, new(1)));
    }

    private static async ValueTask<MailboxSnapshot> BringUpAsync(Tx tx, Mailbox mailbox, MailboxSnapshot old)
    {
        if (old.ModSeq < new ModSeq(await tx.ScalarAsync<long>("SELECT tombstone_floor FROM accounts WHERE id = $1", mailbox.Account.Value)))
            return await ReadAsync(tx, mailbox);
        var gone = await Messages.VanishedAsync(tx, mailbox.Id, old.ModSeq);
        var added = new List<Uid>();
        var keywords = new HashSet<string>(old.Keywords, StringComparer.OrdinalIgnoreCase);
        Uid? changedUnseen = null;
        await tx.ForEachAsync(
            "SELECT uid, keywords, created_modseq, flags FROM entries WHERE mailbox_id = $1 AND modseq > $2",
            row =>
            {
                var uid = new Uid((uint)row.GetInt64(0));
                if (row.GetInt64(2) > old.ModSeq.Value)
                    added.Add(uid);
                if (!((MessageFlags)row.GetInt32(3)).HasFlag(MessageFlags.Seen) && !(changedUnseen <= uid))
                    changedUnseen = uid;
                keywords.UnionWith(Keywords.Split(row.GetString(1)));
            },
            mailbox.Id.Value,
            old.ModSeq.Value);
        added.Sort();
        var joined = keywords.Count == old.Keywords.Count ? old.Keywords : Keywords.Split(Keywords.Join(keywords));
        // What did not change was seen below the first unseen of then: look from there on, unless something below has become unseen.
        var firstUnseen = changedUnseen < old.FirstUnseen ? changedUnseen : old.FirstUnseen is { } from ? await FirstUnseenAsync(tx, mailbox, from) : changedUnseen;
        return new(mailbox.HighestModSeq, old.Uids.Without(gone).With(added), joined, firstUnseen);
    }

    private static async ValueTask<Uid?> FirstUnseenAsync(Tx tx, Mailbox mailbox, Uid from) =>
        mailbox.UnseenCount > 0
        && await tx.ScalarAsync<long?>("SELECT uid FROM entries WHERE mailbox_id = $1 AND uid >= $2 AND flags % 2 = 0 ORDER BY uid LIMIT 1", mailbox.Id.Value, (long)from.Value) is { } uid
            ? new Uid((uint)uid)
            : null;
}
