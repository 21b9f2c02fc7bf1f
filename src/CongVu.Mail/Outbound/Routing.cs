using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace CongVu.Mail.Outbound;

/// <summary>The server that takes all mail to other domains.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="RequireTls">Nothing is sent in the clear, and its certificate must be right.</param>
/// <param name="User">To sign in as; null without.</param>
/// <param name="Password">Its password.</param>
public sealed record SmartHost(string Host, int Port = 25, bool RequireTls = false, string? User = null, string? Password = null);

/// <summary>Where to try a domain's mail, best first; or why it cannot be.</summary>
/// <param name="Hosts">Host and port.</param>
/// <param name="Permanent">The domain takes no mail, or does not exist.</param>
/// <param name="Problem">What to tell; empty when there are hosts.</param>
public sealed record Route(IReadOnlyList<(string Host, int Port)> Hosts, bool Permanent, string Problem);

/// <summary>Finds the servers of a domain: the smart host where one is set, else by MX (RFC 5321 §5.1).</summary>
public sealed class Routing(SmartHost? smartHost, ILookupClient dns)
{
    /// <summary>More hosts than this are not tried for one message.</summary>
    private const int MaxHosts = 10;

    /// <summary>The smart host; null when mail goes by MX.</summary>
    public SmartHost? SmartHost => smartHost;

    /// <summary>Where mail for <paramref name="domain"/> goes.</summary>
    public async Task<Route> FindAsync(string domain, CancellationToken cancellationToken)
    {
        if (smartHost is not null)
            return new([(smartHost.Host, smartHost.Port)], false, "");
        if (domain.StartsWith('[') && domain.EndsWith(']'))
            return Literal(domain[1..^1]);
        try
        {
            var name = new System.Globalization.IdnMapping().GetAscii(domain);
            var answer = await dns.QueryAsync(name, QueryType.MX, cancellationToken: cancellationToken);
            if (answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
                return new([], true, $"5.1.2 The domain {domain} does not exist");
            if (answer.HasError)
                return new([], false, $"4.4.3 The name server could not answer for {domain}");
            var records = answer.Answers.MxRecords().ToArray();
            // RFC 7505: a null MX says that the domain takes no mail.
            if (records is [{ Exchange.Value: "." }])
                return new([], true, $"5.1.10 The domain {domain} takes no mail");
            // RFC 5321 §5.1: without MX the domain itself; equal preferences in random order.
            return records.Length == 0
                ? new([(name, 25)], false, "")
                : new([.. Shuffled(records).Select(mx => (mx.Exchange.Value.TrimEnd('.'), 25)).Take(MaxHosts)], false, "");
        }
        catch (Exception error) when (error is DnsResponseException or ArgumentException)
        {
            return error is ArgumentException ? new([], true, $"5.1.2 {domain} is not a domain name") : new([], false, $"4.4.3 The name server could not be asked for {domain}");
        }
    }

    private static Route Literal(string text)
    {
        var address = text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? text[5..] : text;
        return IPAddress.TryParse(address, out var ip) ? new([(ip.ToString(), 25)], false, "") : new([], true, $"5.1.2 [{text}] is not an address");
    }

    private static IEnumerable<MxRecord> Shuffled(MxRecord[] records)
    {
        Random.Shared.Shuffle(records);
        return records.OrderBy(mx => mx.Preference);
    }
}
