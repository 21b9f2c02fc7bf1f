namespace CongVu.Formats.Imap;

/// <summary>What SEARCH and SORT return (RFC 4731, RFC 5182, RFC 5267, RFC 9394).</summary>
[Flags]
public enum SearchReturn
{
    /// <summary>No RETURN: a plain SEARCH or SORT response.</summary>
    Plain = 0,

    /// <summary>RETURN was given.</summary>
    Extended = 1,

    /// <summary>MIN.</summary>
    Min = 2,

    /// <summary>MAX.</summary>
    Max = 4,

    /// <summary>ALL.</summary>
    All = 8,

    /// <summary>COUNT.</summary>
    Count = 16,

    /// <summary>SAVE.</summary>
    Save = 32,

    /// <summary>PARTIAL.</summary>
    Partial = 64,
}

/// <summary>SEARCH and UID SEARCH (RFC 9051 §6.4.4).</summary>
/// <param name="Return">What to return.</param>
/// <param name="Partial">The slice of PARTIAL.</param>
/// <param name="Charset">The charset named, in capitals; empty for none.</param>
/// <param name="Key">The condition.</param>
public sealed record SearchArguments(SearchReturn Return, PartialRange? Partial, string Charset, SearchKey Key)
{
    /// <summary>Charsets a search may be written in.</summary>
    public static bool IsSupported(string charset) => charset is "" or "UTF-8" or "US-ASCII";

    /// <summary>Reads the arguments.</summary>
    public static SearchArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var (what, partial) = ReadReturn(ref reader);
        var charset = "";
        if (reader.TryWord("CHARSET"u8))
        {
            reader.Space();
            charset = reader.AString("a charset").ToUpperInvariant();
            reader.Space();
        }
        // A text in another charset is not looked at: the answer is BADCHARSET anyway.
        return new(what, partial, charset, IsSupported(charset) ? SearchProgram.ReadAll(ref reader) : new NothingKey());
    }

    internal static (SearchReturn Return, PartialRange? Partial) ReadReturn(ref ImapReader reader)
    {
        if (!reader.TryWord("RETURN"u8))
            return (SearchReturn.Plain, null);
        reader.Space();
        reader.Expect((byte)'(');
        var what = SearchReturn.Extended;
        PartialRange? partial = null;
        while (!reader.Failed && !reader.Try((byte)')'))
        {
            switch (reader.Word("a return option"))
            {
                case "MIN": what |= SearchReturn.Min; break;
                case "MAX": what |= SearchReturn.Max; break;
                case "ALL": what |= SearchReturn.All; break;
                case "COUNT": what |= SearchReturn.Count; break;
                case "SAVE": what |= SearchReturn.Save; break;
                case "PARTIAL":
                    reader.Space();
                    partial = PartialRange.Read(ref reader);
                    what |= SearchReturn.Partial;
                    break;
                case var other: reader.Fail($"Unknown return option {other}"); break;
            }
            if (reader.Next != ')')
                reader.Space();
        }
        reader.Space();
        // RFC 4731 §3.1: none named means ALL.
        if (what == SearchReturn.Extended)
            what |= SearchReturn.All;
        if (what.HasFlag(SearchReturn.Partial) && what.HasFlag(SearchReturn.All))
            reader.Fail("PARTIAL and ALL exclude each other");
        return (what, partial);
    }
}

/// <summary>What SORT orders by (RFC 5256 §3, RFC 5957).</summary>
public enum SortKey
{
    /// <summary>ARRIVAL.</summary>
    Arrival,

    /// <summary>CC.</summary>
    Cc,

    /// <summary>DATE.</summary>
    Date,

    /// <summary>FROM.</summary>
    From,

    /// <summary>SIZE.</summary>
    Size,

    /// <summary>SUBJECT.</summary>
    Subject,

    /// <summary>TO.</summary>
    To,

    /// <summary>DISPLAYFROM.</summary>
    DisplayFrom,

    /// <summary>DISPLAYTO.</summary>
    DisplayTo,
}

/// <summary>One criterion of SORT.</summary>
public readonly record struct SortCriterion(SortKey Key, bool Reverse);

/// <summary>SORT and UID SORT (RFC 5256 §3).</summary>
/// <param name="Return">What to return (RFC 5267).</param>
/// <param name="Partial">The slice of PARTIAL.</param>
/// <param name="Criteria">What to order by.</param>
/// <param name="Charset">In capitals.</param>
/// <param name="Key">Which messages.</param>
public sealed record SortArguments(SearchReturn Return, PartialRange? Partial, IReadOnlyList<SortCriterion> Criteria, string Charset, SearchKey Key)
{
    private const int MaxCriteria = 20;

    /// <summary>Reads the arguments.</summary>
    public static SortArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var (what, partial) = SearchArguments.ReadReturn(ref reader);
        reader.Expect((byte)'(');
        var criteria = new List<SortCriterion>();
        do
        {
            var reverse = reader.TryWord("REVERSE"u8);
            if (reverse)
                reader.Space();
            SortKey? key = reader.Word("a sort key") switch
            {
                "ARRIVAL" => SortKey.Arrival,
                "CC" => SortKey.Cc,
                "DATE" => SortKey.Date,
                "FROM" => SortKey.From,
                "SIZE" => SortKey.Size,
                "SUBJECT" => SortKey.Subject,
                "TO" => SortKey.To,
                "DISPLAYFROM" => SortKey.DisplayFrom,
                "DISPLAYTO" => SortKey.DisplayTo,
                _ => null,
            };
            if (key is null || criteria.Count >= MaxCriteria)
                reader.Fail("Unknown sort key, or too many");
            criteria.Add(new(key ?? SortKey.Arrival, reverse));
        }
        while (!reader.Failed && reader.Try((byte)' '));
        reader.Expect((byte)')');
        reader.Space();
        var charset = reader.AString("a charset").ToUpperInvariant();
        reader.Space();
        return new(what, partial, criteria, charset, SearchArguments.IsSupported(charset) ? SearchProgram.ReadAll(ref reader) : new NothingKey());
    }
}

/// <summary>How THREAD groups.</summary>
public enum ThreadAlgorithm
{
    /// <summary>ORDEREDSUBJECT.</summary>
    OrderedSubject,

    /// <summary>REFERENCES.</summary>
    References,
}

/// <summary>THREAD and UID THREAD (RFC 5256 §4).</summary>
/// <param name="Algorithm">How to group.</param>
/// <param name="Charset">In capitals.</param>
/// <param name="Key">Which messages.</param>
public sealed record ThreadArguments(ThreadAlgorithm Algorithm, string Charset, SearchKey Key)
{
    /// <summary>Reads the arguments.</summary>
    public static ThreadArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var algorithm = reader.Word("a threading algorithm");
        if (algorithm is not ("ORDEREDSUBJECT" or "REFERENCES"))
            reader.Fail($"Unknown threading algorithm {algorithm}");
        reader.Space();
        var charset = reader.AString("a charset").ToUpperInvariant();
        reader.Space();
        return new(
            algorithm == "REFERENCES" ? ThreadAlgorithm.References : ThreadAlgorithm.OrderedSubject,
            charset,
            SearchArguments.IsSupported(charset) ? SearchProgram.ReadAll(ref reader) : new NothingKey());
    }
}
