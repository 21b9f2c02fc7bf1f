using System.Collections;

namespace CongVu.Mail.Store;

/// <summary>UIDs from <paramref name="First"/> to <paramref name="Last"/>, both in it; empty when First is above Last.</summary>
public readonly record struct UidRange(Uid First, Uid Last);

/// <summary>
/// The UIDs of a mailbox in order, kept as runs of neighbours: message sequence number to UID and back (RFC 9051 §2.3.1.2).
/// Immutable, so any number of sessions share one; a mailbox of 100,000 messages that lost a few is a few runs.
/// </summary>
public sealed class UidRuns : IEnumerable<Uid>
{
    /// <summary>No messages.</summary>
    public static readonly UidRuns Empty = new([], []);

    private readonly uint[] starts;

    // Sequence number before each run, and the count of all at the end.
    private readonly int[] before;

    private UidRuns(uint[] starts, int[] before)
    {
        this.starts = starts;
        this.before = before;
    }

    /// <summary>How many messages.</summary>
    public int Count => before.Length == 0 ? 0 : before[^1];

    /// <summary>The highest UID; null when empty.</summary>
    public Uid? Last => Count == 0 ? null : At(Count);

    /// <summary>The runs, lowest first.</summary>
    public IEnumerable<UidRange> Runs
    {
        get
        {
            for (var run = 0; run < starts.Length; run++)
                yield return new(new(starts[run]), new(starts[run] + (uint)(before[run + 1] - before[run]) - 1));
        }
    }

    /// <summary>Makes one of UIDs in ascending order.</summary>
    public static UidRuns Of(IEnumerable<Uid> ascending)
    {
        var builder = new Builder();
        foreach (var uid in ascending)
            builder.Add(uid.Value, 1);
        return builder.Build();
    }

    /// <summary>The UID of message <paramref name="sequence"/>, 1 to <see cref="Count"/>.</summary>
    public Uid At(int sequence)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, Count);
        var run = Array.BinarySearch(before, sequence - 1);
        if (run < 0)
            run = ~run - 1;
        return new(starts[run] + (uint)(sequence - 1 - before[run]));
    }

    /// <summary>The message sequence number of <paramref name="uid"/>; 0 when it is not here.</summary>
    public int SequenceOf(Uid uid)
    {
        var sequence = CountUpTo(uid);
        return sequence > 0 && At(sequence) == uid ? sequence : 0;
    }

    /// <summary>How many UIDs are at or below <paramref name="uid"/>.</summary>
    public int CountUpTo(Uid uid)
    {
        var run = Array.BinarySearch(starts, uid.Value);
        if (run < 0)
            run = ~run - 1;
        if (run < 0)
            return 0;
        var length = before[run + 1] - before[run];
        return before[run] + (int)Math.Min(length, (long)uid.Value - starts[run] + 1);
    }

    /// <summary>It is here.</summary>
    public bool Contains(Uid uid) => SequenceOf(uid) > 0;

    /// <summary>These without <paramref name="gone"/> (ascending); those not here are passed over.</summary>
    public UidRuns Without(IReadOnlyList<Uid> gone)
    {
        if (gone.Count == 0 || Count == 0)
            return this;
        var builder = new Builder();
        var next = 0;
        foreach (var run in Runs)
        {
            // 64 bits: the UID after the highest possible one is none.
            ulong from = run.First.Value;
            while (next < gone.Count && gone[next] < run.First)
                next++;
            for (; next < gone.Count && gone[next] <= run.Last; next++)
            {
                if (gone[next].Value > from)
                    builder.Add((uint)from, (int)(gone[next].Value - from));
                from = Math.Max(from, gone[next].Value + 1UL);
            }
            if (from <= run.Last.Value)
                builder.Add((uint)from, (int)(run.Last.Value - from + 1));
        }
        return builder.Build();
    }

    /// <summary>These and <paramref name="added"/> (ascending); those already here are passed over.</summary>
    public UidRuns With(IReadOnlyList<Uid> added)
    {
        if (added.Count == 0)
            return this;
        if (Last is null || added[0] > Last)
        {
            var builder = new Builder(this);
            foreach (var uid in added)
                builder.Add(uid.Value, 1);
            return builder.Build();
        }
        return Of(this.Concat(added).Distinct().Order());
    }

    /// <inheritdoc/>
    public IEnumerator<Uid> GetEnumerator()
    {
        foreach (var run in Runs)
        {
            for (var uid = run.First.Value; uid <= run.Last.Value; uid++)
            {
                yield return new(uid);
                if (uid == uint.MaxValue)
                    yield break;
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class Builder
    {
        private readonly List<uint> starts = [];
        private readonly List<int> before = [0];

        public Builder()
        {
        }

        public Builder(UidRuns from)
        {
            starts.AddRange(from.starts);
            before.Clear();
            before.AddRange(from.before.Length == 0 ? [0] : from.before);
        }

        public void Add(uint first, int count)
        {
            if (starts.Count > 0 && starts[^1] + (uint)(before[^1] - before[^2]) == first)
            {
                before[^1] += count;
                return;
            }
            starts.Add(first);
            before.Add(before[^1] + count);
        }

        public UidRuns Build() => starts.Count == 0 ? Empty : new([.. starts], [.. before]);
    }
}
