namespace CongVu.Formats.Imap;

/// <summary>System flags (RFC 9051 §2.3.2).</summary>
[Flags]
public enum ImapFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>\Seen.</summary>
    Seen = 1,

    /// <summary>\Answered.</summary>
    Answered = 2,

    /// <summary>\Flagged.</summary>
    Flagged = 4,

    /// <summary>\Deleted.</summary>
    Deleted = 8,

    /// <summary>\Draft.</summary>
    Draft = 16,
}

/// <summary>A parenthesized list of flags.</summary>
/// <param name="System">System flags.</param>
/// <param name="Keywords">Keywords, as written.</param>
public sealed record FlagList(ImapFlags System, IReadOnlyList<string> Keywords)
{
    /// <summary>No flags.</summary>
    public static readonly FlagList None = new(ImapFlags.None, []);
}
