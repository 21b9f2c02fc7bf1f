namespace CongVu.Formats.Imap;

/// <summary>A pattern of LIST (RFC 9051 §6.3.9): "*" is anything, "%" anything within one level.</summary>
public sealed class ListPattern
{
    /// <summary>Longer than any name; more would be work without a result.</summary>
    private const int MaxLength = 5_000;

    private const char Separator = '/';

    private readonly string pattern;
    private readonly bool tooLong;

    /// <summary>A pattern in Unicode, its reference in front.</summary>
    public ListPattern(string pattern)
    {
        tooLong = pattern.Length > MaxLength;
        this.pattern = tooLong ? "" : Collapse(pattern);
    }

    /// <summary>It names one mailbox: no wildcards.</summary>
    public bool IsLiteral => !tooLong && pattern.AsSpan().IndexOfAny('*', '%') < 0;

    /// <summary>The pattern, without what is said twice.</summary>
    public string Text => pattern;

    /// <summary>It matches <paramref name="name"/>. Work is bounded by the product of the lengths.</summary>
    public bool Matches(string name)
    {
        if (tooLong)
            return false;
        if (pattern == "*")
            return true;
        // Reachable places in the name after each character of the pattern.
        Span<bool> reach = name.Length < 512 ? stackalloc bool[name.Length + 1] : new bool[name.Length + 1];
        reach[0] = true;
        foreach (var c in pattern)
        {
            if (c is '*' or '%')
            {
                for (var i = 1; i <= name.Length; i++)
                    reach[i] |= reach[i - 1] && (c == '*' || name[i - 1] != Separator);
                continue;
            }
            for (var i = name.Length; i > 0; i--)
                reach[i] = reach[i - 1] && name[i - 1] == c;
            reach[0] = false;
        }
        return reach[name.Length];
    }

    // "**" is "*", "%*" is "*"; "inbox" in any case at the first level is INBOX.
    private static string Collapse(string pattern)
    {
        const string inbox = "INBOX";
        if (pattern.StartsWith(inbox, StringComparison.OrdinalIgnoreCase) && (pattern.Length == inbox.Length || pattern[inbox.Length] is Separator or '*' or '%'))
            pattern = inbox + pattern[inbox.Length..];
        if (pattern.AsSpan().IndexOfAny('*', '%') < 0)
            return pattern;
        var collapsed = new System.Text.StringBuilder(pattern.Length);
        foreach (var c in pattern)
        {
            if (c is '*' or '%' && collapsed.Length > 0 && collapsed[^1] is '*' or '%')
            {
                if (c == '*')
                    collapsed[^1] = '*';
                continue;
            }
            collapsed.Append(c);
        }
        return collapsed.ToString();
    }
}
