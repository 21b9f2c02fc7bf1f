using System.Net;
using System.Security.Cryptography.X509Certificates;
using CongVu.Governance;
using CongVu.Governance.Documents;
using CongVu.Mail.Connections;
using CongVu.Mail.Delivery;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Outbound;
using CongVu.Mail.Store;

namespace CongVu.Server.Configuration;

/// <summary>What a listener speaks.</summary>
internal enum ListenerKind
{
    Smtp,
    Submission,
    Submissions,
    Imap,
    Imaps,
    Https,
    Http,
}

/// <summary>A place to listen.</summary>
internal sealed record Listener(ListenerKind Kind, ListenAddress Address);

/// <summary>The configuration as the program uses it.</summary>
internal sealed record ServerOptions
{
    public required string DataFolder { get; init; }

    public required string HostName { get; init; }

    public required IReadOnlyList<string> Domains { get; init; }

    public required string? SupportAddress { get; init; }

    public required IReadOnlyList<Listener> Listeners { get; init; }

    public required string? CertificateFile { get; init; }

    public required string? CertificateKeyFile { get; init; }

    public required StoreOptions Store { get; init; }

    /// <summary>How mail goes out.</summary>
    public required OutboundOptions Outbound { get; init; }

    /// <summary>Policies of other domains for TLS are kept to.</summary>
    public required bool MtaSts { get; init; }

    public required IReadOnlyList<IPNetwork> ProxyNetworks { get; init; }

    public required IReadOnlyList<IPEndPoint> DnsServers { get; init; }

    public required InspectedPeers InspectedPeers { get; init; }

    public required IReadOnlyList<IPNetwork> TrustedNetworks { get; init; }

    /// <summary>A PEM file of the authorities that signatures are trusted by; null without one.</summary>
    public required string? SignatureAuthorities { get; init; }

    public required DmarcAction DmarcAction { get; init; }

    public required InspectionPolicy InspectionPolicy { get; init; }

    /// <summary>Virus scanners; none where it is empty.</summary>
    public required IReadOnlyList<string> Clamd { get; init; }

    /// <summary>Mail from other servers is judged.</summary>
    public required bool FilterSpam { get; init; }

    /// <summary>rspamd's scanner, its controller and the controller's password.</summary>
    public required (Uri Scan, Uri? Controller, string? Password)? Rspamd { get; init; }

    public required IReadOnlyList<string> DnsLists { get; init; }

    public required MessageLimits MessageLimits { get; init; }

    public required int MaxRecipients { get; init; }

    public required ConnectionLimits SmtpConnections { get; init; }

    /// <summary>SCRAM is offered.</summary>
    public required bool OfferScram { get; init; }

    public required ConnectionLimits ImapConnections { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <summary>Intake mailboxes; null for the Regulation's.</summary>
    public IReadOnlyList<string>? IntakeAddresses { get; init; }

    /// <summary>In whose name answers go out.</summary>
    public required IssuingBody Issuer { get; init; }

    public static ServerOptions From(Configuration configuration)
    {
        var data = Path.GetFullPath(configuration.Get(Settings.Data));
        var database = configuration.Get(Settings.Database);
        return new()
        {
            DataFolder = data,
            HostName = configuration.Get(Settings.HostName),
            SupportAddress = configuration.Find(Settings.SupportAddress),
            Domains = configuration.Find(Settings.Domains) ?? [],
            Listeners = [.. ListenersOf(configuration)],
            CertificateFile = configuration.Find(Settings.Certificate),
            CertificateKeyFile = configuration.Find(Settings.CertificateKey),
            Store = new()
            {
                Folder = data,
                PostgresConnection = database == Values.Sqlite ? null : database,
                VaultTerm = TimeSpan.FromDays(configuration.Get(Settings.VaultDays)),
                Migrations = [GovernanceStore.Migrations],
            },
            Outbound = OutboundOf(configuration),
            MtaSts = configuration.Get(Settings.MtaSts),
            ProxyNetworks = configuration.Find(Settings.ProxyNetworks) ?? [],
            DnsServers = configuration.Find(Settings.DnsServers) ?? [],
            InspectedPeers = configuration.Get(Settings.InspectedPeers),
            SignatureAuthorities = configuration.Find(Settings.SignatureAuthorities) is { Length: > 0 } authorities ? authorities : null,
            TrustedNetworks = configuration.Find(Settings.TrustedNetworks) ?? [],
            DmarcAction = configuration.Get(Settings.DmarcAction),
            InspectionPolicy = new()
            {
                Programs = configuration.Get(Settings.Programs),
                ActiveContent = configuration.Get(Settings.Macros),
                Encrypted = configuration.Get(Settings.EncryptedFiles),
                Unreadable = configuration.Get(Settings.UnreadableFiles),
                StateSecrets = configuration.Get(Settings.StateSecrets),
                ScannerAway = configuration.Get(Settings.ScannerAway),
                AlsoStandard = new HashSet<string>(configuration.Find(Settings.AlsoStandard) ?? [], StringComparer.OrdinalIgnoreCase),
                JunkScore = configuration.Get(Settings.JunkScore),
                RefuseScore = configuration.Get(Settings.RefuseScore),
            },
            Clamd = configuration.Find(Settings.Clamd) ?? [],
            FilterSpam = configuration.Get(Settings.SpamFilter),
            Rspamd = configuration.Find(Settings.Rspamd) is not { } scan ? null : (
                scan, configuration.Find(Settings.RspamdController), configuration.Find(Settings.RspamdPasswordFile) is { } rspamdPassword ? File.ReadLines(rspamdPassword).FirstOrDefault("").Trim() : null),
            DnsLists = configuration.Find(Settings.DnsLists) ?? [],
            MessageLimits = new(configuration.Get(Settings.AttachmentBytes), configuration.Get(Settings.MessageBytes)),
            MaxRecipients = configuration.Get(Settings.Recipients),
            OfferScram = configuration.Get(Settings.Scram),
            SmtpConnections = new(configuration.Get(Settings.SmtpConnections), configuration.Get(Settings.SmtpConnectionsPerNetwork)),
            ImapConnections = new(configuration.Get(Settings.ImapConnections), configuration.Get(Settings.ImapConnectionsPerNetwork)),
            LogLevel = configuration.Get(Settings.LogLevel),
            IntakeAddresses = configuration.Find(Settings.Intake),
            Issuer = new()
            {
                Parent = configuration.Get(Settings.IssuerParent),
                Name = configuration.Get(Settings.IssuerName),
                Symbol = configuration.Get(Settings.IssuerSymbol),
                Place = configuration.Get(Settings.IssuerPlace),
                HeadTitle = configuration.Get(Settings.IssuerHead),
                Operator = configuration.Get(Settings.IssuerOperator),
                Regulation = configuration.Get(Settings.IssuerRegulation),
            },
        };
    }

    /// <summary>Where a kind listens unless told otherwise.</summary>
    public static ListenAddress DefaultAddress(ListenerKind kind, PortProfile profile)
    {
        var (local, standard) = kind switch
        {
            ListenerKind.Smtp => (2525, 25),
            ListenerKind.Submission => (2587, 587),
            ListenerKind.Submissions => (2465, 465),
            ListenerKind.Imap => (2143, 143),
            ListenerKind.Imaps => (2993, 993),
            ListenerKind.Https => (8443, 443),
            _ => (8080, 80),
        };
        return profile == PortProfile.Local ? new(ListenAddress.Loopback, local) : new(ListenAddress.Everywhere, standard);
    }

    private static OutboundOptions OutboundOf(Configuration configuration)
    {
        var roots = new X509Certificate2Collection();
        if (configuration.Find(Settings.TrustedRoots) is { } file)
            roots.ImportFromPemFile(file);
        return new()
        {
            HostName = configuration.Get(Settings.HostName),
            SmartHost = configuration.Find(Settings.RelayHost) is not { } relay ? null : new(
                relay,
                configuration.Get(Settings.RelayPort),
                configuration.Get(Settings.RelayRequireTls),
                configuration.Find(Settings.RelayUser),
                configuration.Find(Settings.RelayPasswordFile) is { } password ? File.ReadLines(password).FirstOrDefault("").Trim() : null),
            Routes = [.. (configuration.Find(Settings.Routes) ?? []).OrderByDescending(r => !r.Domain.StartsWith('.')).ThenByDescending(r => r.Domain.Length)],
            SourceAddresses = configuration.Find(Settings.SourceAddresses) ?? [],
            TrustedRoots = roots.Count == 0 ? null : roots,
            HasValidatingDns = configuration.Get(Settings.DnsValidating),
            MaxConnections = configuration.Get(Settings.OutboundConnections),
            MaxPerDomain = configuration.Get(Settings.OutboundPerDomain),
            DelayNotice = TimeSpan.FromHours(configuration.Get(Settings.DelayNoticeHours)),
        };
    }

    private static IEnumerable<Listener> ListenersOf(Configuration configuration)
    {
        (ListenerKind Kind, ListSetting<ListenAddress> Setting)[] all =
        [
            (ListenerKind.Smtp, Settings.Smtp), (ListenerKind.Submission, Settings.Submission), (ListenerKind.Submissions, Settings.Submissions),
            (ListenerKind.Imap, Settings.Imap), (ListenerKind.Imaps, Settings.Imaps), (ListenerKind.Https, Settings.Https), (ListenerKind.Http, Settings.Http),
        ];
        foreach (var (kind, setting) in all)
        {
            foreach (var address in configuration.Find(setting) ?? [DefaultAddress(kind, configuration.Get(Settings.Ports))])
            {
                if (address != ListenAddress.Off)
                    yield return new(kind, address);
            }
        }
    }
}
