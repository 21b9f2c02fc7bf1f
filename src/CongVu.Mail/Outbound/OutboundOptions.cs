using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace CongVu.Mail.Outbound;

/// <summary>How mail goes out.</summary>
public sealed record OutboundOptions
{
    /// <summary>By which name we greet.</summary>
    public required string HostName { get; init; }

    /// <summary>The server that takes all mail to other domains; null when mail goes by MX.</summary>
    public SmartHost? SmartHost { get; init; }

    /// <summary>Domains with a server of their own, the more exact first.</summary>
    public IReadOnlyList<DomainRoute> Routes { get; init; } = [];

    /// <summary>Addresses of this machine to connect from, at most one of each family; where there is none the system chooses.</summary>
    public IReadOnlyList<IPAddress> SourceAddresses { get; init; } = [];

    /// <summary>The authorities that vouch for other servers; null for those of the system.</summary>
    public X509Certificate2Collection? TrustedRoots { get; init; }

    /// <summary>The name servers check DNSSEC and can be believed when they say so: DANE (RFC 7672) counts.</summary>
    public bool HasValidatingDns { get; init; }

    /// <summary>The port of other servers; only tests have another one.</summary>
    public int Port { get; init; } = 25;

    /// <summary>Conversations at once that get on.</summary>
    public int MaxConnections { get; init; } = 100;

    /// <summary>Conversations at once with servers that keep us waiting: they cost memory only.</summary>
    public int MaxSlowConnections { get; init; } = 1000;

    /// <summary>Conversations with one domain at once: more looks like an attack there.</summary>
    public int MaxPerDomain { get; init; } = 4;

    /// <summary>How long nothing may go on before a conversation counts as slow.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When a sender is told that mail is still on its way (RFC 5321 §4.5.4.1 leaves it open; four hours are usual).</summary>
    public TimeSpan DelayNotice { get; init; } = TimeSpan.FromHours(4);
}

/// <summary>The server that takes all mail to other domains, or that to some.</summary>
/// <param name="Host">Its name or address.</param>
/// <param name="Port">Its port; 465 is TLS from the first byte.</param>
/// <param name="RequireTls">Nothing is sent in the clear, and its certificate must be right.</param>
/// <param name="User">To sign in as; null without.</param>
/// <param name="Password">Its password.</param>
public sealed record SmartHost(string Host, int Port = 25, bool RequireTls = false, string? User = null, string? Password = null);

/// <summary>Mail for a domain has a server of its own.</summary>
/// <param name="Domain">The domain, or ".domain" for all below one.</param>
/// <param name="Server">The server; null to go by MX in spite of a smart host.</param>
public sealed record DomainRoute(string Domain, SmartHost? Server)
{
    /// <summary>It is for <paramref name="domain"/>.</summary>
    public bool IsFor(string domain) => Domain.StartsWith('.') ? domain.EndsWith(Domain, StringComparison.OrdinalIgnoreCase) : domain.Equals(Domain, StringComparison.OrdinalIgnoreCase);
}
