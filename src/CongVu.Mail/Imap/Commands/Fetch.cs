using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>
/// FETCH and UID FETCH (RFC 9051 §6.4.5). Messages are read in batches, and no read of the store is held while the client is written to. What lists
/// show is copied from the row; only items that name bytes open the content.
/// </summary>
internal static class Fetch
{
    /// <summary>Messages of one read. A small first batch lets the client begin.</summary>
    private const int FirstBatch = 100;
    private const int Batch = 1_000;

    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead((ref ImapReader reader) => FetchArguments.Read(ref reader, command.Uid), out var arguments, out var bad))
            return bad;
        // RFC 7162 §3.2.6.
        if (arguments.Vanished && !session.QResync)
            return ImapReply.Bad("QRESYNC was not enabled");
        var mailbox = session.Selected!;
        session.CondStore |= arguments.Items.HasFlag(FetchItems.ModSeq);

        // 1. Which messages.
        var wanted = MessageSets.Resolve(mailbox, arguments.Set, command.Uid);
        if (arguments.Partial is { } partial)
            wanted = Slice(mailbox.Uids, wanted, partial);
        if (arguments.ChangedSince is { } since)
            wanted = await ChangedAsync(session, mailbox, arguments, wanted, new(since));

        // 2. What of them.
        var plan = new FetchPlan(session, mailbox, arguments);
        var missing = wanted.Count;
        var batch = FirstBatch;
        foreach (var (first, last) in Coalesce(mailbox.Uids, wanted))
        {
            for (var from = first; ;)
            {
                var entries = await session.Store.Messages.ReadAsync(session.Who, mailbox.Id, new(from), new(last), plan.Columns, batch, session.Closed);
                if (entries.Count == 0)
                    break;
                missing -= await plan.WriteAsync(entries, wanted);
                if (entries[^1].Uid.Value >= last)
                    break;
                from = entries[^1].Uid.Value + 1;
                batch = Batch;
            }
        }
        if (plan.UnknownEncoding)
            return ImapReply.No("UNKNOWN-CTE", "A part is in an encoding that is not known");
        // RFC 2180 §4.1.2: expunges that could not be told yet.
        return missing > 0 && !command.Uid && arguments.ChangedSince is null ? ImapReply.SomeExpunged : ImapReply.Done;
    }

    private static UidSet Slice(UidRuns uids, UidSet wanted, PartialRange partial)
    {
        var numbers = MessageSets.ToNumbers(uids, wanted);
        var (start, length) = partial.Of(numbers.Count);
        var sliced = new List<(uint First, uint Last)>();
        foreach (var (first, last) in numbers.Ranges)
        {
            var count = (long)last - first + 1;
            var from = Math.Max(0, start);
            var to = Math.Min(count, start + length);
            if (from < to)
                sliced.Add(((uint)(first + from), (uint)(first + to - 1)));
            start -= count;
        }
        return MessageSets.OfNumbers(uids, UidSet.Of(sliced));
    }

    // RFC 7162 §3.1.4.1; what vanished comes before all else (§3.2.6).
    private static async ValueTask<UidSet> ChangedAsync(ImapSession session, SelectedMailbox mailbox, FetchArguments arguments, UidSet wanted, ModSeq since)
    {
        var changes = await session.Store.Messages.ChangesAsync(session.Who, mailbox.Id, since, session.Closed);
        if (arguments.Vanished && !changes.Gone)
            Select.WriteVanished(session, Select.Vanished(mailbox, changes, arguments.Set.IsSaved ? wanted : arguments.Set.Resolve(mailbox.HighestUid)));
        return wanted.Intersect(UidSet.OfAscending(changes.Changed.Select(entry => entry.Uid.Value)));
    }

    /// <summary>Ranges to read: those with few messages between them become one, and what was not asked for is passed over.</summary>
    internal static List<(uint First, uint Last)> Coalesce(UidRuns uids, UidSet wanted)
    {
        const int worthReading = 8;
        var ranges = new List<(uint First, uint Last)>();
        foreach (var range in wanted.Ranges)
        {
            if (ranges.Count > 0 && uids.CountUpTo(new(range.First)) - uids.CountUpTo(new(ranges[^1].Last)) <= worthReading)
                ranges[^1] = (ranges[^1].First, range.Last);
            else
                ranges.Add(range);
        }
        return ranges;
    }
}
