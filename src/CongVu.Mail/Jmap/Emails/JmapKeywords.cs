using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Keywords as JMAP names them, system flags among them (RFC 8621 §4.1.1).</summary>
internal static class JmapKeywords
{
    /// <summary>Longest name of a keyword.</summary>
    private const int MaxLength = 255;

    internal static IEnumerable<string> Of(IndexedMessage message)
    {
        var flags = message.Flags;
        if (flags.HasFlag(MessageFlags.Seen))
            yield return "$seen";
        if (flags.HasFlag(MessageFlags.Answered))
            yield return "$answered";
        if (flags.HasFlag(MessageFlags.Flagged))
            yield return "$flagged";
        if (flags.HasFlag(MessageFlags.Draft))
            yield return "$draft";
        foreach (var keyword in message.Copies.SelectMany(c => Keywords.Split(c.Keywords)).Select(k => k.ToLowerInvariant()).Distinct())
            yield return keyword;
    }

    internal static bool Has(IndexedMessage message, string keyword) => Flag(keyword) is { } flag ? message.Flags.HasFlag(flag) : message.HasKeyword(keyword);

    /// <summary>The system flag of a keyword; null of others.</summary>
    internal static MessageFlags? Flag(string keyword) => keyword.ToLowerInvariant() switch
    {
        "$seen" => MessageFlags.Seen,
        "$answered" => MessageFlags.Answered,
        "$flagged" => MessageFlags.Flagged,
        "$draft" => MessageFlags.Draft,
        _ => null,
    };

    /// <summary>§4.1.1: 1-255 characters from "!" to "~", none of ( ) { ] % * " \.</summary>
    internal static bool IsValid(string keyword) =>
        keyword.Length is > 0 and <= MaxLength && keyword.All(c => c is > ' ' and <= '~' and not ('(' or ')' or '{' or ']' or '%' or '*' or '"' or '\\'));
}
