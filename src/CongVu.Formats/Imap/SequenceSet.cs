namespace CongVu.Formats.Imap;

/// <summary>A set of message numbers or UIDs as a client writes it (RFC 9051 §9 sequence-set): "*" is not resolved yet, "$" is the saved result.</summary>
public sealed class SequenceSet
{
    /// <summary>"$" (RFC 5182).</summary>
    public static readonly SequenceSet Saved = new([]);

    /// <summary>"*" in a range.</summary>
    internal const uint Star = 0;

    private readonly (uint First, uint Last)[] ranges;

    internal SequenceSet((uint First, uint Last)[] ranges) => this.ranges = ranges;

    /// <summary>It is "$".</summary>
    public bool IsSaved => ReferenceEquals(this, Saved);

    /// <summary>The highest number it names; <see cref="uint.MaxValue"/> where it names "*".</summary>
    public uint Highest
    {
        get
        {
            uint highest = 0;
            foreach (var (first, last) in ranges)
                highest = Math.Max(highest, first == Star || last == Star ? uint.MaxValue : Math.Max(first, last));
            return highest;
        }
    }

    /// <summary>A set of one number.</summary>
    public static SequenceSet Of(uint number) => new([(number, number)]);

    /// <summary>A set of numbers that are known.</summary>
    public static SequenceSet Of(UidSet set) => new([.. set.Ranges]);

    /// <summary>The numbers it means where "*" is <paramref name="highest"/>, 0 when there are none: then "*" means nothing.</summary>
    public UidSet Resolve(uint highest)
    {
        var resolved = new List<(uint First, uint Last)>(ranges.Length);
        foreach (var (first, last) in ranges)
        {
            var (a, b) = (first == Star ? highest : first, last == Star ? highest : last);
            if (a == 0 || b == 0)
                continue;
            resolved.Add((Math.Min(a, b), Math.Max(a, b)));
        }
        return UidSet.Of(resolved);
    }

    /// <inheritdoc/>
    public override string ToString() => IsSaved ? "$" : string.Join(',', ranges.Select(r => r.First == r.Last ? Text(r.First) : $"{Text(r.First)}:{Text(r.Last)}"));

    private static string Text(uint number) => number == Star ? "*" : number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
