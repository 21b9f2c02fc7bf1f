using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using CongVu.Mail.Outbound;
using Npgsql;

namespace CongVu.Server.Configuration;

/// <summary>Readers of written values: what is allowed is decided here, once.</summary>
internal static class Values
{
    /// <summary>The word for the embedded database.</summary>
    public const string Sqlite = "sqlite";

    public static bool Text(string text, [MaybeNullWhen(false)] out string value) => (value = text.Trim()).Length > 0;

    public static bool HostName(string text, [MaybeNullWhen(false)] out string value)
    {
        value = text.Trim().TrimEnd('.').ToLowerInvariant();
        return value.Length is > 0 and <= 253 && value.Split('.').All(label => label.Length is > 0 and <= 63 && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && label[0] != '-' && label[^1] != '-');
    }

    /// <summary>A mail domain; an internationalized one as people write it.</summary>
    public static bool Domain(string text, [MaybeNullWhen(false)] out string value)
    {
        value = text.Trim().TrimEnd('.').ToLowerInvariant();
        try
        {
            return HostName(new IdnMapping().GetAscii(value), out _);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static bool Choice<T>(string text, out T value) where T : struct, Enum =>
        Enum.TryParse(text.Trim(), ignoreCase: true, out value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text.Trim()[0]);

    public static ValueParser<int> Number(int min, int max) => (string text, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;

    public static bool Truth(string text, out bool value) => bool.TryParse(text, out value);

    public static bool Network(string text, out IPNetwork value) => IPNetwork.TryParse(text.Trim(), out value);

    /// <summary>host:port, or the path of a socket.</summary>
    public static bool Backend(string text, [MaybeNullWhen(false)] out string value)
    {
        value = text.Trim();
        return value.StartsWith('/') || (value.LastIndexOf(':') is var colon and > 0 && int.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536);
    }

    public static bool HttpUrl(string text, [MaybeNullWhen(false)] out Uri value) =>
        Uri.TryCreate(text.Trim().TrimEnd('/') + "/", UriKind.Absolute, out value) && value.Scheme is "http" or "https";

    /// <summary>An IP address with or without a port; 53 without.</summary>
    public static bool NameServer(string text, [MaybeNullWhen(false)] out IPEndPoint value)
    {
        if (IPAddress.TryParse(text.Trim(), out var address))
        {
            value = new(address, 53);
            return true;
        }
        return IPEndPoint.TryParse(text.Trim(), out value) && value.Port > 0;
    }

    public static bool Address(string text, [MaybeNullWhen(false)] out IPAddress value) => IPAddress.TryParse(text.Trim(), out value);

    /// <summary>A domain and where its mail goes: domain=host:port, domain=host, domain=mx.</summary>
    public static bool Route(string text, [MaybeNullWhen(false)] out DomainRoute value)
    {
        value = null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            return false;
        var (domain, server) = (text[..equals].Trim(), text[(equals + 1)..].Trim());
        if (!Domain(domain.TrimStart('.'), out var normalized))
            return false;
        if (domain.StartsWith('.'))
            normalized = "." + normalized;
        if (server.Equals("mx", StringComparison.OrdinalIgnoreCase))
        {
            value = new(normalized, null);
            return true;
        }
        var colon = server.LastIndexOf(':');
        var port = 25;
        if (colon > 0 && !Number(1, 65535)(server[(colon + 1)..], out port))
            return false;
        var host = (colon > 0 ? server[..colon] : server).Trim('[', ']');
        if (!IPAddress.TryParse(host, out _) && !HostName(host, out _))
            return false;
        value = new(normalized, new(host, port));
        return true;
    }

    public static bool ExistingFile(string text, [MaybeNullWhen(false)] out string value) => File.Exists(value = text.Trim());

    public static bool Database(string text, [MaybeNullWhen(false)] out string value)
    {
        value = text.Trim();
        if (value.Equals(Sqlite, StringComparison.OrdinalIgnoreCase))
        {
            value = Sqlite;
            return true;
        }
        try
        {
            return !string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(value).Host);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    public static ValueParser<long> SizeAtLeast(long min) => (string text, out long value) => Size(text, out value) && value >= min;

    /// <summary>A size as <see cref="Size"/> reads it.</summary>
    public static string WriteSize(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20}M");

    /// <summary>A size in bytes: a number with K, M, G or T after it for 1024 bytes and so on; also KB, MB …</summary>
    public static bool Size(string text, out long value)
    {
        value = 0;
        var number = text.AsSpan().Trim().TrimEnd("bB").TrimEnd();
        var shift = number.Length == 0 ? 0 : char.ToUpperInvariant(number[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        if (shift > 0)
            number = number[..^1].TrimEnd();
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > long.MaxValue >> shift)
            return false;
        value = count << shift;
        return true;
    }
}
