using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>From what a client writes to UIDs that it knows of.</summary>
internal static class MessageSets
{
    /// <summary>The UIDs of messages that a set means; numbers beyond the last message mean none (RFC 9051 §9 seq-number is the client's error, harmless).</summary>
    internal static UidSet Resolve(SelectedMailbox mailbox, SequenceSet set, bool uid)
    {
        var uids = mailbox.Uids;
        if (set.IsSaved)
            return Known(uids, mailbox.SavedResult);
        return uid ? Known(uids, set.Resolve(uids.Last?.Value ?? 0)) : OfNumbers(uids, set.Resolve((uint)uids.Count));
    }

    /// <summary>The UIDs of message numbers.</summary>
    internal static UidSet OfNumbers(UidRuns uids, UidSet numbers)
    {
        var ranges = new List<(uint First, uint Last)>();
        var count = (uint)uids.Count;
        foreach (var (first, last) in numbers.Ranges)
        {
            // Run by run: the UIDs of neighbours are neighbours but for the gaps.
            for (var number = first; number <= Math.Min(last, count) && number > 0;)
            {
                var start = uids.At((int)number).Value;
                var run = RunFrom(uids, number, Math.Min(last, count));
                ranges.Add((start, start + run - 1));
                number += run;
            }
        }
        return UidSet.Of(ranges);
    }

    /// <summary>Those of a set that are in the mailbox.</summary>
    internal static UidSet Known(UidRuns uids, UidSet set)
    {
        var ranges = new List<(uint First, uint Last)>();
        foreach (var (first, last) in set.Ranges)
        {
            var (from, to) = (uids.CountUpTo(new(first - 1)) + 1, uids.CountUpTo(new(last)));
            if (from <= to)
                ranges.AddRange(OfNumbers(uids, UidSet.Range((uint)from, (uint)to)).Ranges);
        }
        return UidSet.Of(ranges);
    }

    /// <summary>The message numbers of UIDs that are in the mailbox.</summary>
    internal static UidSet ToNumbers(UidRuns uids, UidSet set)
    {
        var ranges = new List<(uint First, uint Last)>();
        foreach (var (first, last) in set.Ranges)
        {
            var (from, to) = (uids.CountUpTo(new(first - 1)) + 1, uids.CountUpTo(new(last)));
            if (from <= to)
                ranges.Add(((uint)from, (uint)to));
        }
        return UidSet.Of(ranges);
    }

    internal static IReadOnlyList<UidRange> ToRanges(UidSet set)
    {
        var ranges = new List<UidRange>(set.Ranges.Length);
        foreach (var (first, last) in set.Ranges)
            ranges.Add(new(new(first), new(last)));
        return ranges;
    }

    // How many messages from a number on have UIDs without a gap: doubled while it holds, then halved.
    private static uint RunFrom(UidRuns uids, uint number, uint last)
    {
        var start = uids.At((int)number).Value;
        if (uids.At((int)last).Value - start == last - number)
            return last - number + 1;
        var (low, high) = (0u, last - number);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (uids.At((int)(number + middle)).Value - start == middle)
                low = middle;
            else
                high = middle - 1;
        }
        return low + 1;
    }
}
