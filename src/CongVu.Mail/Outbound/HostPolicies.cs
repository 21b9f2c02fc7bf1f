using System.Net;
using System.Net.Sockets;
using CongVu.Formats.Smtp;
using DnsClient;
using DnsClient.Protocol;

namespace CongVu.Mail.Outbound;

/// <summary>A host with all that must be known before it is talked to.</summary>
/// <param name="Host">Which.</param>
/// <param name="Addresses">Its addresses.</param>
/// <param name="Demand">What TLS it must have.</param>
/// <param name="Policy">Where the demand comes from, for reports (RFC 8460 §4.3): "tlsa", "sts" or "no-policy-found".</param>
/// <param name="IsTesting">A policy that is only tried: what it forbids is reported and done all the same.</param>
/// <param name="Problem">Why it is not talked to; null where it is.</param>
/// <param name="Failure">That problem in the words of reports.</param>
internal sealed record HostPlan(RouteHost Host, IReadOnlyList<IPAddress> Addresses, TlsDemand Demand, string Policy, bool IsTesting = false, string? Problem = null, string? Failure = null);

/// <summary>
/// Finds a host's addresses and what TLS it must have: what the operator demands of a configured server, else the host's TLSA records where DNSSEC vouches
/// for them (RFC 7672), else the domain's MTA-STS policy (RFC 8461 §2: DANE goes before it), else whatever is offered.
/// </summary>
internal sealed class HostPolicies(OutboundOptions options, ILookupClient dns, MtaSts? sts)
{
    private const int MaxAddresses = 8;

    private const int MaxAssociations = 20;

    /// <summary>The policy of the domain that mail is for.</summary>
    public Task<KnownPolicy?> OfDomainAsync(string domain, Route route, CancellationToken cancellationToken) =>
        sts is null || route.Hosts.Any(h => h.Server is not null) || domain.StartsWith('[') ? Task.FromResult<KnownPolicy?>(null) : sts.FindAsync(new System.Globalization.IdnMapping().GetAscii(domain), cancellationToken);

    /// <summary>How to talk to one host.</summary>
    public async Task<HostPlan> OfHostAsync(RouteHost host, bool isSecure, KnownPolicy? policy, CancellationToken cancellationToken)
    {
        if (host.Server is { } server)
        {
            var (own, _, failed) = await AddressesAsync(host.Name, cancellationToken);
            return new(host, own, server.RequireTls ? new TlsDemand.Verified() : new TlsDemand.Opportunistic(), "no-policy-found", Problem: own.Count == 0 ? NoAddress(host, failed) : null);
        }
        var (addresses, addressesSecure, unanswered) = await AddressesAsync(host.Name, cancellationToken);
        if (addresses.Count == 0)
            return new(host, [], new TlsDemand.Opportunistic(), "no-policy-found", Problem: NoAddress(host, unanswered));

        // RFC 7672 §2.2: the name of the host and its addresses must be beyond doubt first.
        if (options.HasValidatingDns && isSecure && addressesSecure)
        {
            var (status, records) = await AssociationsAsync(host, cancellationToken);
            if (status == DaneStatus.Unanswered)
                return new(host, addresses, new TlsDemand.Encrypted(), "tlsa", Problem: $"4.7.5 The TLSA records of {host.Name} could not be read", Failure: "dane-required");
            if (status == DaneStatus.Found)
                return new(host, addresses, records.Count > 0 ? new TlsDemand.Dane(records) : new TlsDemand.Encrypted(), "tlsa");
        }
        if (policy is null)
            return new(host, addresses, new TlsDemand.Opportunistic(), "no-policy-found");
        var testing = policy.Policy.Mode == MtaStsMode.Testing;
        // RFC 8461 §5: a host that the policy does not name is passed over.
        return policy.Policy.Names(host.Name)
            ? new(host, addresses, new TlsDemand.Verified(), "sts", testing)
            : new(host, addresses, new TlsDemand.Opportunistic(), "sts", testing, testing ? null : $"4.7.5 The policy of the domain does not name {host.Name}", "certificate-host-mismatch");
    }

    private enum DaneStatus
    {
        None,
        Found,
        Unanswered,
    }

    private static string NoAddress(RouteHost host, bool unanswered) => unanswered ? $"4.4.3 The name server could not answer for {host.Name}" : $"4.4.4 {host.Name} has no address";

    private async Task<(IReadOnlyList<IPAddress> Addresses, bool IsSecure, bool Unanswered)> AddressesAsync(string name, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(name, out var literal))
            return ([literal], false, false);
        // The system knows names that DNS does not, such as localhost.
        if (!name.Contains('.', StringComparison.Ordinal))
            return (await SystemAsync(name, cancellationToken), false, false);
        var (four, six) = (AskAsync(name, QueryType.A, cancellationToken), AskAsync(name, QueryType.AAAA, cancellationToken));
        var (a, aaaa) = (await four, await six);
        IPAddress[] addresses = [.. a?.Answers.ARecords().Select(r => r.Address) ?? [], .. aaaa?.Answers.AaaaRecords().Select(r => r.Address) ?? []];
        var secure = (a is null || a.Header.IsAuthenticData) && (aaaa is null || aaaa.Header.IsAuthenticData);
        return ([.. addresses.Take(MaxAddresses)], secure, addresses.Length == 0 && (a is null || aaaa is null));
    }

    private static async Task<IReadOnlyList<IPAddress>> SystemAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await System.Net.Dns.GetHostAddressesAsync(name, cancellationToken);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private async Task<(DaneStatus Status, IReadOnlyList<TlsaAssociation> Records)> AssociationsAsync(RouteHost host, CancellationToken cancellationToken)
    {
        var answer = await AskAsync($"_{host.Port}._tcp.{host.Name}", QueryType.TLSA, cancellationToken);
        // §2.1.1: an answer that cannot be had may have been kept from us.
        if (answer is null)
            return (DaneStatus.Unanswered, []);
        var records = answer.Answers.OfType<TlsaRecord>().Take(MaxAssociations).ToArray();
        if (!answer.Header.IsAuthenticData || records.Length == 0)
            return (DaneStatus.None, []);
        return (DaneStatus.Found, [.. records.Select(r => TlsaAssociation.From((int)r.CertificateUsage, (int)r.Selector, (int)r.MatchingType, [.. r.CertificateAssociationData])).OfType<TlsaAssociation>()]);
    }

    // Null when there is no answer; a name that does not exist is one.
    private async Task<IDnsQueryResponse?> AskAsync(string name, QueryType type, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await dns.QueryAsync(name, type, cancellationToken: cancellationToken);
            return answer.HasError && answer.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain ? null : answer;
        }
        catch (Exception error) when (error is DnsResponseException or ArgumentException or SocketException or InvalidOperationException)
        {
            return null;
        }
    }
}
