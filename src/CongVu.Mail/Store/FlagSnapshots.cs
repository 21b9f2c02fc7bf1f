using System.Collections.Concurrent;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A message as listings of flags show it.</summary>
internal readonly record struct FlagRow(Uid Uid, MessageFlags Flags, string Keywords, ModSeq ModSeq, ModSeq Created, MessageId Message)
{
    internal Entry ToEntry() => new() { Uid = Uid, Flags = Flags, Keywords = Keywords, ModSeq = ModSeq, Created = Created, MessageId = Message };
}

/// <summary>
/// Keeps the flags of mailboxes whose whole is listed, as mail programs do each time they open one, so that the next listing reads only what changed
/// since. It holds nothing of rights, and nothing but what readers have seen committed: a writer's own changes are not in it.
/// </summary>
internal sealed class FlagSnapshots
{
    /// <summary>Rows of all that is kept: some 20 MB.</summary>
    private const int MaxRows = 500_000;

    /// <summary>One mailbox alone: beyond it rows are read each time.</summary>
    private const int MaxOfMailbox = 200_000;

    private readonly ConcurrentDictionary<MailboxId, Kept> kept = new();
    private long clock;
    private long total;

    /// <summary>All rows of a mailbox in UID order at the sequence that this reader sees; null where the asked part is better read by itself.</summary>
    internal async ValueTask<FlagRow[]?> GetAsync(Tx tx, Mailbox mailbox, Uid from, Uid to)
    {
        kept.TryGetValue(mailbox.Id, out var found);
        if (found is not null && found.ModSeq == mailbox.HighestModSeq)
        {
            found.Used = Interlocked.Increment(ref clock);
            return found.Rows;
        }
        // The whole is made for those who ask for much of it.
        if (found?.ModSeq > mailbox.HighestModSeq || mailbox.MessageCount > MaxOfMailbox || (long)to.Value - from.Value + 1 < mailbox.MessageCount / 2)
            return null;
        var rows = found is null ? await ReadAsync(tx, mailbox) : await BringUpAsync(tx, mailbox, found);
        Keep(mailbox, rows);
        return rows;
    }

    /// <summary>Where a UID is, or would be.</summary>
    internal static int IndexOf(FlagRow[] rows, Uid uid)
    {
        var (low, high) = (0, rows.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rows[middle].Uid < uid)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private void Keep(Mailbox mailbox, FlagRow[] rows)
    {
        var now = new Kept(mailbox.HighestModSeq, rows) { Used = Interlocked.Increment(ref clock) };
        Interlocked.Add(ref total, rows.Length - (kept.TryGetValue(mailbox.Id, out var old) ? old.Rows.Length : 0));
        kept[mailbox.Id] = now;
        if (Interlocked.Read(ref total) <= MaxRows)
            return;
        // The longest unused go. Two at once may miscount: what is left is counted anew.
        var left = kept.Sum(pair => (long)pair.Value.Rows.Length);
        foreach (var (id, some) in kept.OrderBy(pair => pair.Value.Used).ToArray())
        {
            if (left <= MaxRows)
                break;
            if (kept.TryRemove(id, out _))
                left -= some.Rows.Length;
        }
        Interlocked.Exchange(ref total, left);
    }

    private static async ValueTask<FlagRow[]> ReadAsync(Tx tx, Mailbox mailbox)
    {
        var rows = new List<FlagRow>((int)mailbox.MessageCount);
        await tx.ForEachAsync($"SELECT {Messages.FlagColumns} FROM entries e WHERE e.mailbox_id = $1 ORDER BY e.uid", row => Add(rows, row), mailbox.Id.Value);
        return [.. rows];
    }

    private static async ValueTask<FlagRow[]> BringUpAsync(Tx tx, Mailbox mailbox, Kept old)
    {
        if (old.ModSeq < new ModSeq(await tx.ScalarAsync<long>("SELECT tombstone_floor FROM accounts WHERE id = $1", mailbox.Account.Value)))
            return await ReadAsync(tx, mailbox);
        var gone = await Messages.VanishedAsync(tx, mailbox.Id, old.ModSeq);
        var changed = new List<FlagRow>();
        await tx.ForEachAsync(
            $"SELECT {Messages.FlagColumns} FROM entries e WHERE e.mailbox_id = $1 AND e.modseq > $2", row => Add(changed, row), mailbox.Id.Value, old.ModSeq.Value);
        changed.Sort(static (a, b) => a.Uid.CompareTo(b.Uid));

        // Two sorted runs into one; a UID that is in both is as it is now.
        var merged = new List<FlagRow>(old.Rows.Length + changed.Count);
        var (next, nextGone) = (0, 0);
        foreach (var row in old.Rows)
        {
            while (next < changed.Count && changed[next].Uid < row.Uid)
                merged.Add(changed[next++]);
            while (nextGone < gone.Count && gone[nextGone] < row.Uid)
                nextGone++;
            if (next < changed.Count && changed[next].Uid == row.Uid)
                merged.Add(changed[next++]);
            else if (nextGone == gone.Count || gone[nextGone] != row.Uid)
                merged.Add(row);
        }
        for (; next < changed.Count; next++)
            merged.Add(changed[next]);
        return [.. merged];
    }

    private static void Add(List<FlagRow> rows, System.Data.Common.DbDataReader row)
    {
        var keywords = Messages.ReadKeywords(row, 2);
        // Neighbours often bear the same: one string for all of them.
        if (rows.Count > 0 && rows[^1].Keywords == keywords)
            keywords = rows[^1].Keywords;
        rows.Add(new(new((uint)row.GetInt64(0)), (MessageFlags)row.GetInt32(1), keywords, new(row.GetInt64(3)), new(row.GetInt64(4)), new(row.GetInt64(5))));
    }

    private sealed class Kept(ModSeq modSeq, FlagRow[] rows)
    {
        public ModSeq ModSeq => modSeq;

        public FlagRow[] Rows => rows;

        public long Used { get; set; }
    }
}
