using System.Net;
using System.Text;
using CongVu.Formats.Mime;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Store;

namespace CongVu.Mail.Delivery.Inspect;

/// <summary>Whose mail is looked at.</summary>
public enum InspectedPeers
{
    /// <summary>Nobody's.</summary>
    None,

    /// <summary>That of all but this machine and trusted networks.</summary>
    Outside,

    /// <summary>That of all but trusted networks.</summary>
    All,
}

/// <summary>
/// Sender authentication of mail from outside: SPF, DKIM, DMARC and ARC. The header is read in memory, the body once as a stream. All of it has twenty
/// seconds (RFC 7208 §4.6.4); what DNS has not answered by then is a temporary error, and never a reason to lose the message.
/// </summary>
/// <param name="hostName">This server: the authserv-id.</param>
/// <param name="dns">Answers.</param>
/// <param name="peers">Whose mail is looked at.</param>
/// <param name="trusted">Networks whose mail is not: own relays.</param>
public sealed class SenderInspection(string hostName, DnsLookup dns, InspectedPeers peers, IReadOnlyCollection<IPNetwork> trusted)
{
    private static readonly TimeSpan AllTime = TimeSpan.FromSeconds(20);

    /// <summary>Mail of this peer is looked at.</summary>
    public bool AppliesTo(IPAddress peer)
    {
        if (peers == InspectedPeers.None || (peers == InspectedPeers.Outside && IPAddress.IsLoopback(peer)))
            return false;
        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        foreach (var network in trusted)
        {
            if (network.Contains(address))
                return false;
        }
        return true;
    }

    /// <summary>Looks at a message, and takes fields out of it that claim to be our own results (RFC 8601 §5).</summary>
    public async ValueTask<SenderFinding> InspectAsync(ContentWriter message, string sender, MailPeer peer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // 1. The header, and the body's hashes for whatever is signed.
        var fields = MessageFields.Read(message.Head);
        using var hashes = new BodyHashes();
        var dkim = new DkimVerifier(fields, hashes, now);
        var arc = new ArcVerifier(fields, hashes, now);
        await using (var body = message.OpenRead())
        {
            body.Position = fields.BodyOffset < 0 ? body.Length : fields.BodyOffset;
            await hashes.ComputeAsync(body, cancellationToken);
        }

        // 2. The four methods, which share their answers of DNS.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AllTime);
        var query = new SpfQuery(peer.Address, peer.Helo, sender, hostName);
        var spf = await SpfCheck.RunAsync(query, LookupAsync, now, cancellationToken);
        var signatures = await dkim.RunAsync(LookupAsync, cancellationToken);
        var dmarc = await DmarcCheck.RunAsync(AuthorsOf(fields), spf, signatures, LookupAsync, cancellationToken);
        var chain = await arc.RunAsync(LookupAsync, cancellationToken);

        // 3. Only we say what we found.
        for (var i = fields.All.Count - 1; i >= 0; i--)
        {
            if (AuthenticationResults.IsOf(fields.All[i], hostName))
                message.Remove(fields.All[i].Offset, fields.All[i].Raw.Length);
        }
        return new(spf, signatures, dmarc, chain, $"{AuthenticationResults.FieldName}: {AuthenticationResults.Value(hostName, query, spf, signatures, dmarc, chain)}\r\n");

        async ValueTask<DnsAnswer> LookupAsync(string name, DnsKind kind, CancellationToken _)
        {
            try
            {
                return limit.IsCancellationRequested ? DnsAnswer.Failed : await dns(name, kind, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return DnsAnswer.Failed;
            }
        }
    }

    // Of every From field there is: programs differ in which of two they show.
    private static HashSet<string> AuthorsOf(MessageFields fields)
    {
        var domains = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in fields.Named("from"))
        {
            foreach (var address in HeaderBlock.Addresses(Encoding.Latin1.GetBytes(field.Value)))
                domains.Add(address.Email[(address.Email.LastIndexOf('@') + 1)..]);
        }
        return domains;
    }
}
