using System.Text.RegularExpressions;
using CongVu.Formats.Text;

namespace CongVu.Formats.Mime;

/// <summary>The base subject that threads and SORT compare (RFC 5256 §2.1), with the reply marks of Vietnamese mail programs as well.</summary>
public static partial class BaseSubject
{
    /// <summary>Takes reply and forward marks, list tags and "(fwd)" off a decoded subject and folds what is left.</summary>
    public static string Of(string subject)
    {
        // Bounded: each round makes the text shorter.
        var text = Whitespace().Replace(subject.Length > 1000 ? subject[..1000] : subject, " ").Trim();
        for (var before = -1; before != text.Length;)
        {
            before = text.Length;
            text = Trailer().Replace(text, "").Trim();
            text = Leader().Replace(text, "").Trim();
            if (Tag().Match(text) is { Success: true } tag && tag.Length < text.Length)
                text = text[tag.Length..].Trim();
            if (Forwarded().Match(text) is { Success: true } wrapped)
                text = wrapped.Groups[1].Value.Trim();
        }
        return VietnameseFolding.Fold(text);
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Whitespace();

    [GeneratedRegex(@"\(fwd\)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Trailer();

    [GeneratedRegex(@"^(?:re|fwd?|tr[ảa] l[ờo]i|chuy[ểe]n ti[ếe]p|tl|ct)\s*(?:\[[^\[\]]*\]\s*)?:", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Leader();

    [GeneratedRegex(@"^\[[^\[\]]*\]\s*", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"^\[fwd:(.*)\]$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Forwarded();
}
