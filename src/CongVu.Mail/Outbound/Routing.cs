using System.Net;
using DnsClient;
using DnsClient.Protocol;

namespace CongVu.Mail.Outbound;

/// <summary>A host to try.</summary>
/// <param name="Name">Its name or address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Server">The configured server that it is; null for one found by MX.</param>
public sealed record RouteHost(string Name, int Port, SmartHost? Server = null);

/// <summary>Where to try a domain's mail, best first; or why it cannot be.</summary>
/// <param name="Hosts">The hosts.</param>
/// <param name="Permanent">The domain takes no mail, or does not exist.</param>
/// <param name="Problem">What to tell; empty when there are hosts.</param>
/// <param name="IsSecure">DNSSEC vouches for the hosts' names.</param>
public sealed record Route(IReadOnlyList<RouteHost> Hosts, bool Permanent, string Problem, bool IsSecure = false);

/// <summary>Finds the servers of a domain: its own route, the smart host where one is set, else by MX (RFC 5321 §5.1).</summary>
public sealed class Routing(OutboundOptions options, ILookupClient dns)
{
    /// <summary>More hosts than this are not tried for one message.</summary>
    private const int MaxHosts = 10;

    /// <summary>Where mail for <paramref name="domain"/> goes.</summary>
    public async Task<Route> FindAsync(string domain, CancellationToken cancellationToken)
    {
        var route = options.Routes.FirstOrDefault(r => r.IsFor(domain));
        if ((route is null ? options.SmartHost : route.Server) is { } server)
            return new([new(server.Host, server.Port, server)], false, "");
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
            var secure = answer.Header.IsAuthenticData;
            // Without MX the domain itself.
            if (records.Length == 0)
                return new([new(name, options.Port)], false, "", secure);
            var hosts = Ranked(records).ToArray();
            return hosts.Length == 0 ? new([], true, $"5.4.6 The mail of {domain} leads back to this server") : new(hosts, false, "", secure);
        }
        catch (Exception error) when (error is DnsResponseException or ArgumentException)
        {
            return error is ArgumentException ? new([], true, $"5.1.2 {domain} is not a domain name") : new([], false, $"4.4.3 The name server could not be asked for {domain}");
        }
    }

    private Route Literal(string text)
    {
        var address = text.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase) ? text[5..] : text;
        return IPAddress.TryParse(address, out var ip) ? new([new(ip.ToString(), options.Port)], false, "") : new([], true, $"5.1.2 [{text}] is not an address");
    }

    // Equal preferences in random order; who finds itself in the list tries only those that are better.
    private IEnumerable<RouteHost> Ranked(MxRecord[] records)
    {
        Random.Shared.Shuffle(records);
        var own = records.Where(mx => mx.Exchange.Value.TrimEnd('.').Equals(options.HostName, StringComparison.OrdinalIgnoreCase)).Select(mx => (int)mx.Preference).DefaultIfEmpty(int.MaxValue).Min();
        return records.Where(mx => mx.Preference < own).OrderBy(mx => mx.Preference).Select(mx => new RouteHost(mx.Exchange.Value.TrimEnd('.'), options.Port)).Take(MaxHosts);
    }
}
