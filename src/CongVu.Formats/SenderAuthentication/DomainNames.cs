using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>Domain names as sender authentication compares them.</summary>
public static class DomainNames
{
    private static readonly IdnMapping Idn = new() { AllowUnassigned = true };

    /// <summary>The name in ASCII and lower case, without a dot at its end; null where DNS could not be asked for it.</summary>
    public static string? Normalize(string name)
    {
        if (name.EndsWith('.'))
            name = name[..^1];
        if (!System.Text.Ascii.IsValid(name))
        {
            try
            {
                name = Idn.GetAscii(name);
            }
            catch (ArgumentException)
            {
                return null;
            }
        }
        return CanBeAsked(name) ? name.ToLowerInvariant() : null;
    }

    /// <summary>RFC 1035 §2.3.4: labels of 1 to 63 bytes, 253 in all.</summary>
    public static bool CanBeAsked(string name)
    {
        if (name.Length is 0 or > 253)
            return false;
        foreach (var label in name.AsSpan().Split('.'))
        {
            if (label.End.Value - label.Start.Value is 0 or > 63)
                return false;
        }
        return true;
    }

    /// <summary>It is <paramref name="domain"/> or below it.</summary>
    public static bool IsWithin(string name, string domain) =>
        name.Equals(domain, StringComparison.OrdinalIgnoreCase)
        || (name.Length > domain.Length && name[name.Length - domain.Length - 1] == '.' && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name under which DNS keeps the names of an address.</summary>
    public static string Reverse(IPAddress address) => Dotted(address, reverse: true) + (address.AddressFamily == AddressFamily.InterNetwork ? ".in-addr.arpa" : ".ip6.arpa");

    /// <summary>The address with dots: four numbers, or 32 hexadecimal digits.</summary>
    public static string Dotted(IPAddress address, bool reverse = false)
    {
        var parts = address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString().Split('.')
            : [.. Convert.ToHexString(address.GetAddressBytes()).Select(c => c.ToString())];
        if (reverse)
            Array.Reverse(parts);
        return string.Join('.', parts);
    }
}
