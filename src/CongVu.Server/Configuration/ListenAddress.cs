using System.Globalization;
using System.Net;

namespace CongVu.Server.Configuration;

/// <summary>What ports are used unless a listener says otherwise.</summary>
internal enum PortProfile
{
    /// <summary>High ports on loopback.</summary>
    Local,

    /// <summary>Well-known ports on every address.</summary>
    Standard,
}

/// <summary>Where to listen.</summary>
/// <param name="Host">An IP address, <c>localhost</c> or <c>*</c>; empty for "off".</param>
/// <param name="Port">The port; 0 for a free one.</param>
internal readonly record struct ListenAddress(string Host, int Port)
{
    public const string Loopback = "localhost";
    public const string Everywhere = "*";

    /// <summary>Do not listen.</summary>
    public static ListenAddress Off { get; } = new("", 0);

    /// <summary>The address; null for localhost and everywhere.</summary>
    public IPAddress? Address => IPAddress.TryParse(Host, out var address) ? address : null;

    public static bool TryParse(string text, out ListenAddress value)
    {
        value = Off;
        if (text.Equals("off", StringComparison.OrdinalIgnoreCase))
            return true;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return false;
        var host = text[..colon];
        if (host is not (Loopback or Everywhere))
        {
            // [::1]:25, but not ::1:25, which nobody could read.
            var isBracketed = host.StartsWith('[') && host.EndsWith(']');
            if (isBracketed)
                host = host[1..^1];
            if (!IPAddress.TryParse(host, out var address) || isBracketed != (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6))
                return false;
        }
        value = new(host, port);
        return true;
    }

    public override string ToString() => Host.Length == 0 ? "off" : string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
