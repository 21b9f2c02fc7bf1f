using System.Globalization;

namespace CongVu.Formats.Imap;

/// <summary>An immutable set of UIDs or message numbers, kept as sorted ranges that do not touch.</summary>
public sealed class UidSet : IEquatable<UidSet>
{
    /// <summary>None.</summary>
    public static readonly UidSet Empty = new([]);

    private readonly (uint First, uint Last)[] ranges;

    private UidSet((uint First, uint Last)[] ranges) => this.ranges = ranges;

    /// <summary>Its ranges, lowest first, both ends in it.</summary>
    public ReadOnlySpan<(uint First, uint Last)> Ranges => ranges;

    /// <summary>There is nothing in it.</summary>
    public bool IsEmpty => ranges.Length == 0;

    /// <summary>The lowest; of a set that is not empty.</summary>
    public uint First => ranges[0].First;

    /// <summary>The highest; of a set that is not empty.</summary>
    public uint Last => ranges[^1].Last;

    /// <summary>How many numbers.</summary>
    public long Count
    {
        get
        {
            var count = 0L;
            foreach (var (first, last) in ranges)
                count += (long)last - first + 1;
            return count;
        }
    }

    /// <summary>A set of ranges in any order; each must not end before it begins.</summary>
    public static UidSet Of(List<(uint First, uint Last)> unordered)
    {
        if (unordered.Count == 0)
            return Empty;
        unordered.Sort();
        var merged = new List<(uint First, uint Last)>(unordered.Count) { unordered[0] };
        foreach (var (first, last) in unordered)
        {
            if (first <= (ulong)merged[^1].Last + 1)
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else
                merged.Add((first, last));
        }
        return new([.. merged]);
    }

    /// <summary>A set of one range.</summary>
    public static UidSet Range(uint first, uint last) => first > last ? Empty : new([(first, last)]);

    /// <summary>A set of numbers in ascending order.</summary>
    public static UidSet OfAscending(IEnumerable<uint> ascending)
    {
        var builder = new Builder();
        foreach (var number in ascending)
            builder.Add(number);
        return builder.Build();
    }

    /// <summary>It is in the set.</summary>
    public bool Contains(uint number)
    {
        var (low, high) = (0, ranges.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            if (number < ranges[middle].First)
                high = middle - 1;
            else if (number > ranges[middle].Last)
                low = middle + 1;
            else
                return true;
        }
        return false;
    }

    /// <summary>What is in either.</summary>
    public UidSet Union(UidSet other) => IsEmpty ? other : other.IsEmpty ? this : Of([.. ranges, .. other.ranges]);

    /// <summary>What is in both.</summary>
    public UidSet Intersect(UidSet other)
    {
        var common = new List<(uint First, uint Last)>();
        var (i, j) = (0, 0);
        while (i < ranges.Length && j < other.ranges.Length)
        {
            var first = Math.Max(ranges[i].First, other.ranges[j].First);
            var last = Math.Min(ranges[i].Last, other.ranges[j].Last);
            if (first <= last)
                common.Add((first, last));
            if (ranges[i].Last < other.ranges[j].Last)
                i++;
            else
                j++;
        }
        return common.Count == 0 ? Empty : new([.. common]);
    }

    /// <summary>Every number, lowest first.</summary>
    public IEnumerable<uint> Numbers()
    {
        foreach (var (first, last) in ranges)
        {
            for (ulong number = first; number <= last; number++)
                yield return (uint)number;
        }
    }

    /// <summary>As a client or server writes it: "1:3,5".</summary>
    public override string ToString() =>
        string.Join(',', ranges.Select(r => r.First == r.Last ? r.First.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"{r.First}:{r.Last}")));

    /// <inheritdoc/>
    public bool Equals(UidSet? other) => other is not null && ranges.AsSpan().SequenceEqual(other.ranges);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UidSet);

    /// <inheritdoc/>
    public override int GetHashCode() => ranges.Length == 0 ? 0 : HashCode.Combine(ranges.Length, ranges[0], ranges[^1]);

    /// <summary>Puts a set together from numbers in ascending order.</summary>
    public sealed class Builder
    {
        private readonly List<(uint First, uint Last)> ranges = [];

        /// <summary>Adds the next number, which is above the last one.</summary>
        public void Add(uint number)
        {
            if (ranges.Count > 0 && ranges[^1].Last + 1 == number && number != 0)
                ranges[^1] = (ranges[^1].First, number);
            else
                ranges.Add((number, number));
        }

        /// <summary>The set.</summary>
        public UidSet Build() => ranges.Count == 0 ? Empty : new([.. ranges]);
    }
}
