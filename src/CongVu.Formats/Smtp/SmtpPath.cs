using System.Buffers;

namespace CongVu.Formats.Smtp;

/// <summary>The path of MAIL FROM and RCPT TO, and the parameters after it (RFC 5321 §4.1.2).</summary>
/// <param name="Address">The mailbox; empty for the null path.</param>
/// <param name="Parameters">ESMTP parameters by upper-case keyword; the value is empty where none was given.</param>
public sealed record SmtpPath(string Address, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>RFC 5321 §4.5.3.1.3: 256 with the brackets; UTF-8 ones are measured in characters.</summary>
    private const int MaxAddressChars = 254;
    private const int MaxLocalChars = 64;
    private const int MaxParameters = 20;

    private static readonly SearchValues<char> ParameterName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");
    private static readonly SearchValues<char> NotInLiteral = SearchValues.Create("[]\\<>@");

    /// <summary>The part before the last '@'.</summary>
    public string LocalPart => Address[..Math.Max(0, Address.LastIndexOf('@'))];

    /// <summary>The part after the last '@'; an address literal keeps its brackets.</summary>
    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>Reads "FROM:&lt;a@b&gt; SIZE=1" given the keyword; null when it is not one. Source routes are dropped (RFC 5321 appendix C).</summary>
    public static SmtpPath? Parse(string argument, string keyword)
    {
        if (!argument.StartsWith(keyword + ":", StringComparison.OrdinalIgnoreCase))
            return null;
        var rest = argument.AsSpan(keyword.Length + 1).TrimStart(' ');
        if (rest.IsEmpty || rest[0] != '<')
            return null;
        var close = Close(rest);
        if (close < 0)
            return null;
        var inside = rest[1..close];
        if (!inside.IsEmpty && inside[0] == '@' && inside.IndexOf(':') is var colon and > 0)
            inside = inside[(colon + 1)..];
        var address = Unquote(inside);
        if (address is null || !ReadParameters(rest[(close + 1)..], out var parameters))
            return null;
        return new(address, parameters);
    }

    // The '>' that is not inside a quoted local part.
    private static int Close(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case '>' when !quoted:
                    return i;
                case '<' when !quoted:
                    return -1;
                default:
                    break;
            }
        }
        return -1;
    }

    // A quoted local part that needs no quotes is the same as without (RFC 5321 §4.1.2).
    private static string? Unquote(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
            return "";
        var at = path.LastIndexOf('@');
        if (at == 0 || at == path.Length - 1 || path.Length > MaxAddressChars || at > MaxLocalChars)
            return null;
        // "postmaster" alone is the one mailbox that needs no domain (§4.1.1.3).
        if (at < 0)
            return path.Equals("postmaster", StringComparison.OrdinalIgnoreCase) ? path.ToString() : null;
        var local = path[..at];
        var domain = path[(at + 1)..];
        if (!IsDomain(domain))
            return null;
        if (local[0] != '"')
            return IsDotString(local) ? path.ToString() : null;
        if (local.Length < 2 || local[^1] != '"')
            return null;
        var text = new System.Text.StringBuilder(local.Length);
        for (var i = 1; i < local.Length - 1; i++)
        {
            if (local[i] == '\\' && ++i >= local.Length - 1)
                return null;
            if (char.IsControl(local[i]))
                return null;
            text.Append(local[i]);
        }
        var plain = text.ToString();
        return IsDotString(plain) ? $"{plain}@{domain}" : $"{local}@{domain}";
    }

    private static bool IsDotString(ReadOnlySpan<char> local)
    {
        if (local.IsEmpty || local[0] == '.' || local[^1] == '.')
            return false;
        for (var i = 0; i < local.Length; i++)
        {
            var c = local[i];
            var isAtom = char.IsAsciiLetterOrDigit(c) || c >= 0x80 || "!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal);
            if (!isAtom && !(c == '.' && local[i - 1] != '.'))
                return false;
        }
        return true;
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        if (domain[0] == '[')
            return domain[^1] == ']' && domain.Length is > 2 and < 80 && domain[1..^1].IndexOfAnyExceptInRange('!', '~') < 0 && !domain[1..^1].ContainsAny(NotInLiteral);
        if (domain[0] is '.' or '-' || domain[^1] is '-')
            return false;
        for (var i = 0; i < domain.Length; i++)
        {
            var c = domain[i];
            if (!(char.IsAsciiLetterOrDigit(c) || c is '-' or '_' || c >= 0x80 || (c == '.' && domain[i - 1] != '.')))
                return false;
        }
        return true;
    }

    private static bool ReadParameters(ReadOnlySpan<char> text, out Dictionary<string, string> parameters)
    {
        parameters = new(StringComparer.OrdinalIgnoreCase);
        if (!text.IsEmpty && text[0] != ' ')
            return false;
        foreach (var range in text.Split(' '))
        {
            var one = text[range];
            if (one.IsEmpty)
                continue;
            var equals = one.IndexOf('=');
            var name = equals < 0 ? one : one[..equals];
            if (name.IsEmpty || name.ContainsAnyExcept(ParameterName) || parameters.Count >= MaxParameters
                || !parameters.TryAdd(name.ToString().ToUpperInvariant(), equals < 0 ? "" : one[(equals + 1)..].ToString()))
                return false;
        }
        return true;
    }

}
