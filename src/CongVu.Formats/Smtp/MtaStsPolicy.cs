using System.Globalization;

namespace CongVu.Formats.Smtp;

/// <summary>What follows where a host is not as a domain's policy says (RFC 8461 §5).</summary>
public enum MtaStsMode
{
    /// <summary>Nothing: the domain has no policy any more.</summary>
    None,

    /// <summary>It is reported.</summary>
    Testing,

    /// <summary>No mail goes there.</summary>
    Enforce,
}

/// <summary>A domain's policy for the TLS of its mail servers (RFC 8461 §3.2).</summary>
/// <param name="Mode">What follows.</param>
/// <param name="MaxAge">How long it may be kept.</param>
/// <param name="Hosts">Names of its mail servers; "*." stands for one label.</param>
public sealed record MtaStsPolicy(MtaStsMode Mode, TimeSpan MaxAge, IReadOnlyList<string> Hosts)
{
    /// <summary>§3.2: about a year.</summary>
    private const long MaxAgeSeconds = 31_557_600;

    private const int MaxHosts = 100;

    /// <summary>The id of the TXT record at _mta-sts (§3.1); null where it is none.</summary>
    public static string? RecordId(IEnumerable<string> texts)
    {
        string[] records = [.. texts.Where(t => t.StartsWith("v=STSv1", StringComparison.Ordinal) && t.Length > 7 && t[7] is ';' or ' ')];
        if (records.Length != 1)
            return null;
        return records[0].Split(';', StringSplitOptions.TrimEntries).FirstOrDefault(f => f.StartsWith("id=", StringComparison.Ordinal)) is { } field
            && field[3..] is { Length: > 0 and <= 32 } id && id.All(char.IsAsciiLetterOrDigit) ? id : null;
    }

    /// <summary>Reads a policy; null when it is none.</summary>
    public static MtaStsPolicy? Parse(string text)
    {
        MtaStsMode? mode = null;
        long? age = null;
        var version = false;
        var hosts = new List<string>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                return null;
            var value = line[(colon + 1)..].Trim();
            switch (line[..colon].Trim())
            {
                case "version":
                    version = value == "STSv1";
                    break;
                // §3.2: of a field that stands twice the first counts.
                case "mode":
                    mode ??= value switch { "enforce" => MtaStsMode.Enforce, "testing" => MtaStsMode.Testing, "none" => MtaStsMode.None, _ => null };
                    if (mode is null)
                        return null;
                    break;
                case "max_age":
                    if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                        return null;
                    age ??= Math.Min(seconds, MaxAgeSeconds);
                    break;
                case "mx" when hosts.Count < MaxHosts:
                    hosts.Add(value.TrimEnd('.').ToLowerInvariant());
                    break;
            }
        }
        return version && mode is { } known && age is { } keep && (known == MtaStsMode.None || hosts.Count > 0) ? new(known, TimeSpan.FromSeconds(keep), hosts) : null;
    }

    /// <summary>The policy names this host (§4.1).</summary>
    public bool Names(string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        return Hosts.Any(h => h.StartsWith("*.", StringComparison.Ordinal)
            ? name.Length > h.Length - 1 && name.EndsWith(h[1..], StringComparison.Ordinal) && !name.AsSpan(0, name.Length - h.Length + 1).Contains('.')
            : name == h);
    }
}
