namespace CongVu.Formats.Imap;

/// <summary>What a text search looks at.</summary>
public enum SearchField
{
    /// <summary>BODY.</summary>
    Body,

    /// <summary>TEXT: header and body.</summary>
    Text,

    /// <summary>SUBJECT.</summary>
    Subject,

    /// <summary>FROM.</summary>
    From,

    /// <summary>TO.</summary>
    To,

    /// <summary>CC.</summary>
    Cc,

    /// <summary>BCC.</summary>
    Bcc,

    /// <summary>HEADER: a field by name.</summary>
    Header,
}

/// <summary>Which date of a message.</summary>
public enum SearchDate
{
    /// <summary>INTERNALDATE.</summary>
    Internal,

    /// <summary>The Date header, its zone disregarded.</summary>
    Sent,

    /// <summary>SAVEDATE (RFC 8514).</summary>
    Saved,
}

/// <summary>On which side of a day.</summary>
public enum DateSide
{
    /// <summary>Before it.</summary>
    Before,

    /// <summary>On it.</summary>
    On,

    /// <summary>On it or after.</summary>
    Since,
}

/// <summary>A condition on a message (RFC 9051 §6.4.4).</summary>
public abstract record SearchKey;

/// <summary>ALL.</summary>
public sealed record AllKey : SearchKey;

/// <summary>Nothing: RECENT and NEW, as this server knows no \Recent.</summary>
public sealed record NothingKey : SearchKey;

/// <summary>A set of message numbers or UIDs.</summary>
public sealed record SetKey(SequenceSet Set, bool Uid) : SearchKey;

/// <summary>A system flag is set, or is not.</summary>
public sealed record FlagKey(ImapFlags Flag, bool IsSet) : SearchKey;

/// <summary>A keyword is set, or is not.</summary>
public sealed record KeywordKey(string Keyword, bool IsSet) : SearchKey;

/// <summary>Text is in a field; <paramref name="Header"/> names it for <see cref="SearchField.Header"/>.</summary>
public sealed record TextKey(SearchField Field, string Text, string Header = "") : SearchKey;

/// <summary>A date is before, on or since a day.</summary>
public sealed record DateKey(SearchDate Date, DateSide Side, DateOnly Day) : SearchKey;

/// <summary>LARGER and SMALLER.</summary>
public sealed record SizeKey(bool Larger, long Bytes) : SearchKey;

/// <summary>OLDER and YOUNGER (RFC 5032).</summary>
public sealed record AgeKey(bool Older, uint Seconds) : SearchKey;

/// <summary>MODSEQ: at least this (RFC 7162 §3.1.5).</summary>
public sealed record ModSeqKey(long Least) : SearchKey;

/// <summary>EMAILID or THREADID (RFC 8474 §6).</summary>
public sealed record ObjectIdKey(bool Thread, string Id) : SearchKey;

/// <summary>All of them.</summary>
public sealed record AndKey(IReadOnlyList<SearchKey> Keys) : SearchKey;

/// <summary>One of two.</summary>
public sealed record OrKey(SearchKey Left, SearchKey Right) : SearchKey;

/// <summary>Not this.</summary>
public sealed record NotKey(SearchKey Key) : SearchKey;
