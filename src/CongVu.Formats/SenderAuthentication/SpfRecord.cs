using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>The mechanisms of RFC 7208 §5.</summary>
internal enum SpfMechanism
{
    All,
    Include,
    A,
    Mx,
    Ptr,
    Ip4,
    Ip6,
    Exists,
}

/// <summary>A directive: what is said of those whom the mechanism matches.</summary>
/// <param name="Result">The result.</param>
/// <param name="Mechanism">The mechanism.</param>
/// <param name="Target">The domain-spec as written; null for the current domain.</param>
/// <param name="Network">The network of ip4 and ip6.</param>
/// <param name="Prefix4">Bits of an IPv4 address that count.</param>
/// <param name="Prefix6">Bits of an IPv6 address that count.</param>
internal sealed record SpfDirective(SpfResult Result, SpfMechanism Mechanism, string? Target, IPAddress? Network, int Prefix4 = 32, int Prefix6 = 128);

/// <summary>A record "v=spf1 …", read whole: an error anywhere makes it unusable (RFC 7208 §4.6).</summary>
internal sealed record SpfRecord(IReadOnlyList<SpfDirective> Directives, string? Redirect, string? Explanation)
{
    private const string Version = "v=spf1";

    /// <summary>The text is meant as a record (§4.5).</summary>
    internal static bool IsRecord(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    /// <summary>Reads a record; null where it is not well formed.</summary>
    internal static SpfRecord? Parse(string text)
    {
        var directives = new List<SpfDirective>();
        string? redirect = null, explanation = null;
        foreach (var term in text[Version.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = ModifierName(term);
            if (name is null)
            {
                if (ReadDirective(term) is not { } directive)
                    return null;
                directives.Add(directive);
                continue;
            }
            var value = term[(name.Length + 1)..];
            switch (name.ToLowerInvariant())
            {
                // §6: each at most once.
                case "redirect" when redirect is null && SpfMacro.IsDomainSpec(value):
                    redirect = value;
                    break;
                case "exp" when explanation is null && SpfMacro.IsDomainSpec(value):
                    explanation = value;
                    break;
                case "redirect" or "exp":
                    return null;
                default:
                    if (!SpfMacro.IsMacroString(value, SpfMacroUse.Domain))
                        return null;
                    break;
            }
        }
        return new(directives, redirect, explanation);
    }

    // name "=": the equals sign comes before any colon or slash.
    private static string? ModifierName(string term)
    {
        var end = term.AsSpan().IndexOfAny("=:/");
        if (end <= 0 || term[end] != '=' || !char.IsAsciiLetter(term[0]))
            return null;
        foreach (var c in term.AsSpan(0, end))
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                return null;
        }
        return term[..end];
    }

    private static SpfDirective? ReadDirective(string term)
    {
        var result = term[0] switch { '-' => SpfResult.Fail, '~' => SpfResult.SoftFail, '?' => SpfResult.Neutral, _ => SpfResult.Pass };
        var text = term[0] is '+' or '-' or '~' or '?' ? term[1..] : term;
        var end = text.AsSpan().IndexOfAny(":/");
        var name = end < 0 ? text : text[..end];
        var rest = end < 0 ? "" : text[end..];
        return name.ToLowerInvariant() switch
        {
            "all" when rest.Length == 0 => new(result, SpfMechanism.All, null, null),
            "include" when Target(rest) is { } target => new(result, SpfMechanism.Include, target, null),
            "exists" when Target(rest) is { } target => new(result, SpfMechanism.Exists, target, null),
            "ptr" when rest.Length == 0 => new(result, SpfMechanism.Ptr, null, null),
            "ptr" when Target(rest) is { } target => new(result, SpfMechanism.Ptr, target, null),
            "a" => ReadHost(result, SpfMechanism.A, rest),
            "mx" => ReadHost(result, SpfMechanism.Mx, rest),
            "ip4" => ReadNetwork(result, SpfMechanism.Ip4, rest, AddressFamily.InterNetwork, 32),
            "ip6" => ReadNetwork(result, SpfMechanism.Ip6, rest, AddressFamily.InterNetworkV6, 128),
            _ => null,
        };
    }

    private static string? Target(string rest) => rest.Length > 1 && rest[0] == ':' && SpfMacro.IsDomainSpec(rest[1..]) ? rest[1..] : null;

    // [ ":" domain-spec ] [ "/" bits [ "//" bits ] ]; a slash may also stand in the domain-spec.
    private static SpfDirective? ReadHost(SpfResult result, SpfMechanism mechanism, string rest)
    {
        int prefix4 = 32, prefix6 = 128;
        var slash = rest.LastIndexOf("//", StringComparison.Ordinal);
        if (slash >= 0)
        {
            if (!ReadPrefix(rest[(slash + 2)..], 128, out prefix6))
                return null;
            rest = rest[..slash];
        }
        slash = rest.LastIndexOf('/');
        if (slash >= 0 && (slash == 0 || rest.AsSpan(slash + 1).IndexOfAnyExceptInRange('0', '9') < 0))
        {
            if (!ReadPrefix(rest[(slash + 1)..], 32, out prefix4))
                return null;
            rest = rest[..slash];
        }
        if (rest.Length == 0)
            return new(result, mechanism, null, null, prefix4, prefix6);
        return Target(rest) is { } target ? new(result, mechanism, target, null, prefix4, prefix6) : null;
    }

    private static SpfDirective? ReadNetwork(SpfResult result, SpfMechanism mechanism, string rest, AddressFamily family, int bits)
    {
        if (rest.Length < 2 || rest[0] != ':')
            return null;
        var prefix = bits;
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0 && !ReadPrefix(rest[(slash + 1)..], bits, out prefix))
            return null;
        var text = slash < 0 ? rest[1..] : rest[1..slash];
        // The framework also takes "1", "0x1.2" and "fe80::1%eth0".
        if (family == AddressFamily.InterNetwork ? text.Count(c => c == '.') != 3 || text.Any(c => c != '.' && !char.IsAsciiDigit(c)) : text.Any(c => !char.IsAsciiHexDigit(c) && c is not (':' or '.')))
            return null;
        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != family)
            return null;
        return new(result, mechanism, null, address, prefix, prefix);
    }

    private static bool ReadPrefix(string text, int most, out int prefix) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= most && (text.Length == 1 || text[0] != '0');
}
