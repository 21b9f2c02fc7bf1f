using System.Net;
using CongVu.Governance.Documents;
using CongVu.Governance.Policy;
using CongVu.Mail.Delivery;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Outbound;

namespace CongVu.Server.Configuration;

/// <summary>All settings there are.</summary>
internal static class Settings
{
    public static readonly Setting<string> Data = new(
        "data", "data", "a folder; made when it is missing", "Where everything is kept: the database, messages, certificates and this file. Relative to the working folder.", Values.Text);

    public static readonly Setting<string> HostName = new(
        "hostName", "localhost", "a host name such as mail.example.gov.vn", "The name by which this server greets others and which mail programs are told to use.", Values.HostName);

    public static readonly ListSetting<string> Domains = new(
        "domains", "", "domain names such as example.gov.vn", "Domains whose mail is kept here; added at start where they are missing. `congvu domain add` does the same.", Values.Domain);

    public static readonly Setting<PortProfile> Ports = new(
        "ports", "local", "local, standard", "local: high ports that only this machine reaches. standard: the well-known ports (25, 587, 465, 143, 993, 443, 80) on every address.", Values.Choice);

    public static readonly ListSetting<ListenAddress> Smtp = Listen("smtp", 2525, 25, "mail from other servers (SMTP, STARTTLS offered)");
    public static readonly ListSetting<ListenAddress> Submission = Listen("submission", 2587, 587, "mail programs that send (SMTP, STARTTLS)");
    public static readonly ListSetting<ListenAddress> Submissions = Listen("submissions", 2465, 465, "mail programs that send (SMTP over TLS)");
    public static readonly ListSetting<ListenAddress> Imap = Listen("imap", 2143, 143, "mail programs that read (IMAP, STARTTLS)");
    public static readonly ListSetting<ListenAddress> Imaps = Listen("imaps", 2993, 993, "mail programs that read (IMAP over TLS)");
    public static readonly ListSetting<ListenAddress> Https = Listen("https", 8443, 443, "the web (HTTPS)");
    public static readonly ListSetting<ListenAddress> Http = Listen("http", 8080, 80, "the web without TLS, and health checks");

    public static readonly Setting<string> Certificate = new(
        "tls.certificate", "", "a PEM file with the certificate, those it rests on, and the key unless `tls.key` names it",
        "The server's certificate. Without it one is made once, in tls/ of the data folder. A changed file is read again by itself.", Values.ExistingFile);

    public static readonly Setting<string> CertificateKey = new(
        "tls.key", "", "a PEM file with the private key", "The key of `tls.certificate`, when it is not in the same file.", Values.ExistingFile);

    public static readonly Setting<string> SignatureAuthorities = new(
        "signatures.authorities", "", "a PEM file with one or more certificates", "Authorities whose certificates are trusted for signatures of mail and of documents. Without it no signature counts as trusted.", Values.ExistingFile);

    public static readonly Setting<string> Database = new(
        "database", "sqlite", "sqlite, or a connection string of PostgreSQL such as Host=db;Database=congvu;Username=congvu;Password=…",
        "Where the store is kept: in the data folder, or in a PostgreSQL server that several of these programs may share.", Values.Database) { IsSecret = true };

    public static readonly Setting<int> VaultDays = new(
        "store.vaultDays", "30", "0 to 3650", "Days for which an expunged message stays in the store and could be restored.", Values.Number(0, 3650));

    public static readonly Setting<string> RelayHost = new(
        "relay.host", "", "a host name or an IP address", "The server that takes all mail to other domains (smart host). Without it mail goes to each domain's own servers (MX).", Values.Text);

    public static readonly Setting<int> RelayPort = new("relay.port", "25", "1 to 65535", "The port of `relay.host`; 465 is TLS from the first byte.", Values.Number(1, 65535));

    public static readonly Setting<bool> RelayRequireTls = new(
        "relay.requireTls", "false", "true, false", "Nothing is sent to `relay.host` without TLS and a certificate that is right for it. Otherwise TLS is used where it is offered.", Values.Truth);

    public static readonly Setting<string> RelayUser = new("relay.user", "", "a user name", "To sign in at `relay.host`.", Values.Text);

    public static readonly Setting<string> RelayPasswordFile = new("relay.passwordFile", "", "a file whose first line is the password", "The password of `relay.user`.", Values.ExistingFile);

    public static readonly Setting<string> SupportAddress = new(
        "support.address", "", "an e-mail address", "Who gets the problems that holders report from the webmail. Without it postmaster of the first domain.", Values.Text);

    public static readonly ListSetting<IPEndPoint> DnsServers = new(
        "dns.servers", "", "IP addresses, with a port where it is not 53, such as 10.0.0.53 or 127.0.0.1:5353", "The name servers to ask. Without them those that the system names.", Values.NameServer);

    public static readonly Setting<bool> DnsValidating = new(
        "dns.validating", "false", "true, false",
        "The name servers check DNSSEC, and nobody stands between them and this machine (unbound on the same machine, for example). Then TLSA records of other mail servers count (DANE).", Values.Truth);

    public static readonly ListSetting<DomainRoute> Routes = new(
        "outbound.routes", "", "domain=host:port, domain=host, or domain=mx; a domain that begins with a dot stands for all below it",
        "Domains whose mail goes to a server of their own instead of `relay.host` or the servers that DNS names.", Values.Route);

    public static readonly ListSetting<IPAddress> SourceAddresses = new(
        "outbound.sourceAddresses", "", "an IPv4 and an IPv6 address of this machine", "From where to connect to other servers. Without it the system chooses.", Values.Address);

    public static readonly Setting<string> TrustedRoots = new(
        "outbound.trustedRoots", "", "a PEM file with certificates", "The authorities that are believed where the certificate of another server must be right. Without it those of the system.", Values.ExistingFile);

    public static readonly Setting<bool> MtaSts = new(
        "outbound.mtaSts", "true", "true, false", "Policies of other domains for the TLS of their mail servers (MTA-STS) are fetched and kept to. Needs a way to the web for this machine.", Values.Truth);

    public static readonly Setting<int> OutboundConnections = new("outbound.connections", "100", "1 to 2000", "Conversations at once with other servers, those apart that keep this one waiting.", Values.Number(1, 2000));

    public static readonly Setting<int> OutboundPerDomain = new("outbound.connectionsPerDomain", "4", "1 to 100", "Of them, with the servers of one domain.", Values.Number(1, 100));

    public static readonly Setting<int> DelayNoticeHours = new(
        "outbound.delayNoticeHours", "4", "1 to 96", "Hours after which a sender is told that a message is still on its way. It is given up after five days.", Values.Number(1, 96));

    public static readonly Setting<InspectedPeers> InspectedPeers = new(
        "inbound.authenticate", "outside", "none, outside, all",
        "Whose mail is asked about with SPF, DKIM, DMARC and ARC; what is found stands in Authentication-Results at the top of the message. outside: that of every server but this machine itself.", Values.Choice);

    public static readonly ListSetting<IPNetwork> TrustedNetworks = new(
        "inbound.trustedNetworks", "", "networks such as 10.0.0.0/24", "Own relays and filters: mail from them is not asked about, since it is not they who wrote it.", Values.Network);

    public static readonly Setting<DmarcAction> DmarcAction = new(
        "inbound.dmarc", "junk", "mark, junk, reject",
        "What follows when a message is not from the domain in From and that domain asks for quarantine or refusal. mark: it only stands in the header. junk: the message goes to Junk. reject: as junk, and where the domain asks for refusal the message is refused (550 5.7.1).", Values.Choice);

    public static readonly Setting<FindingAction> Programs = Action(
        "attachments.programs", "refuse", "Programs, whatever their name and also in archives. The Regulation forbids them (A12.6): anything but refuse is for trials, or where somebody looks at each.");

    public static readonly Setting<FindingAction> Macros = Action("attachments.macros", "refuse", "Documents with macros, embedded packages or a template from elsewhere (A12.6).");

    public static readonly Setting<FindingAction> EncryptedFiles = Action("attachments.encrypted", "mark", "Encrypted archives and documents (A12.6).");
    public static readonly Setting<FindingAction> UnreadableFiles = Action("attachments.unreadable", "hold", "Archives that cannot be looked into: damaged, nested more than five times, or far larger unpacked.");

    public static readonly ListSetting<string> AlsoStandard = new(
        "attachments.alsoStandard", "", "short names of formats such as rar, 7z, bmp", "Formats that circular 39/2017/TT-BTTTT does not list and of which senders are not told (A4).", Values.Text);

    public static readonly Setting<FindingAction> StateSecrets = Action("content.stateSecrets", "hold", "Marks of state secrets in subject, text, and the text of documents (A13.7). Two people release what was held for it.");

    public static readonly ListSetting<string> Clamd = new(
        "virus.clamd", "", "host:port or the path of a socket, such as 127.0.0.1:3310 or /run/clamav/clamd.ctl", "ClamAV's clamd, which scans every message in and out (A12.5). Several are asked in turn; one that does not answer is passed over.", Values.Backend);

    public static readonly Setting<WhenAway> ScannerAway = new(
        "virus.whenAway", "defer", "defer, hold", "What happens to a message while no clamd answers. defer: the sender is to try again (451). hold: it waits in quarantine. Nothing passes unscanned.", Values.Choice);

    public static readonly Setting<bool> SpamFilter = new("spam.filter", "true", "true, false", "Mail from other servers is judged: by rspamd where it is configured, else by the filter in this program. Whose mail: see `inbound.authenticate`.", Values.Truth);

    public static readonly Setting<Uri> Rspamd = new("spam.rspamd", "", "a URL such as http://127.0.0.1:11333", "rspamd's scanner. While it does not answer, the filter in this program judges.", Values.HttpUrl);

    public static readonly Setting<Uri> RspamdController = new("spam.rspamdController", "", "a URL such as http://127.0.0.1:11334", "rspamd's controller, which learns what people move to Junk and out of it.", Values.HttpUrl);

    public static readonly Setting<string> RspamdPasswordFile = new("spam.rspamdPasswordFile", "", "a file whose first line is the password", "The password of `spam.rspamdController`.", Values.ExistingFile);

    public static readonly ListSetting<string> DnsLists = new("spam.dnsLists", "", "domains of DNS lists such as zen.example.org", "Lists of addresses that send spam (RFC 5782), asked by the filter in this program. The first that lists the sender counts 4 points, others 2.", Values.Domain);

    public static readonly Setting<int> JunkScore = new("spam.junkScore", "5", "1 to 100", "Points from which a message goes to Junk.", Values.Number(1, 100));
    public static readonly Setting<int> RefuseScore = new("spam.refuseScore", "12", "1 to 1000", "Points from which it is refused, with a reason that the sender can act on.", Values.Number(1, 1000));

    public static readonly ListSetting<IPNetwork> ProxyNetworks = new(
        "proxy.networks", "", "networks such as 10.0.0.0/24", "Balancers in front of this server, whose PROXY protocol header (version 1 or 2) is required and believed on every mail listener.", Values.Network);

    public static readonly Setting<long> AttachmentBytes = Limit("attachments", Values.WriteSize(Regulation.AttachmentBytes), "Attachments of one message, decoded (A5.3).");
    public static readonly Setting<long> MessageBytes = Limit("message", "45M", "One message on the way: attachments are a third larger there.");

    public static readonly Setting<int> Recipients = new("limits.recipients", "10000", "1 to 100000", "Recipients of one message.", Values.Number(1, 100_000));

    public static readonly Setting<int> SmtpConnections = ConnectionLimit("smtpConnections", "20000", "SMTP connections at once.");
    public static readonly Setting<int> SmtpConnectionsPerNetwork = ConnectionLimit("smtpConnectionsPerNetwork", "100", "Of them, from one IPv4 address or one IPv6 /64. This machine itself is not limited.");
    public static readonly Setting<int> ImapConnections = ConnectionLimit("imapConnections", "100000", "IMAP connections at once: a mail program holds one for each mailbox it watches.");
    public static readonly Setting<int> ImapConnectionsPerNetwork = ConnectionLimit("imapConnectionsPerNetwork", "5000", "Of them, from one IPv4 address or one IPv6 /64: a whole office may stand behind one address.");

    public static readonly ListSetting<string> Intake = new(
        "requests.intake", "", "addresses; without a domain they are of the first one", "Mailboxes to which organizations send requests (A6.1); answers go out from the first. Without it ttcntt.stttt and stttt.", Values.Text);

    public static readonly Setting<string> IssuerParent = Issuer("parent", new IssuingBody().Parent, "The body above the one that answers.");
    public static readonly Setting<string> IssuerName = Issuer("name", new IssuingBody().Name, "The body in whose name answers and notices go out (A16.1).");
    public static readonly Setting<string> IssuerSymbol = Issuer("symbol", new IssuingBody().Symbol, "The sign behind its numbers.");
    public static readonly Setting<string> IssuerPlace = Issuer("place", new IssuingBody().Place, "The place in its place-and-date lines.");
    public static readonly Setting<string> IssuerHead = Issuer("headTitle", new IssuingBody().HeadTitle, "The position of its head; others sign for the head (KT.).");
    public static readonly Setting<string> IssuerOperator = Issuer("operator", new IssuingBody().Operator, "Who operates the system (A16.2).");
    public static readonly Setting<string> IssuerRegulation = Issuer("regulation", new IssuingBody().Regulation, "The decision that answers refer to.");

    public static readonly Setting<bool> Scram = new(
        "signIn.scram", "false", "true, false", "SCRAM-SHA-256 for app passwords. Mail programs prefer it and would try it with the main password, which it cannot check: only where everybody has app passwords.", Values.Truth);

    public static readonly Setting<LogLevel> LogLevel = new(
        "log.level", "information", "trace, debug, information, warning, error, critical", "What is written to the console, from this level on.", Values.Choice);

    /// <summary>In the order in which they are documented.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Data, HostName, Domains,
        Ports, Smtp, Submission, Submissions, Imap, Imaps, Https, Http,
        Certificate, CertificateKey,
        Database, VaultDays,
        RelayHost, RelayPort, RelayRequireTls, RelayUser, RelayPasswordFile, SupportAddress,
        Routes, SourceAddresses, TrustedRoots, MtaSts, OutboundConnections, OutboundPerDomain, DelayNoticeHours,
        SignatureAuthorities, DnsServers, DnsValidating, InspectedPeers, TrustedNetworks, DmarcAction,
        Programs, Macros, EncryptedFiles, UnreadableFiles, AlsoStandard, StateSecrets,
        Clamd, ScannerAway,
        SpamFilter, Rspamd, RspamdController, RspamdPasswordFile, DnsLists, JunkScore, RefuseScore,
        ProxyNetworks,
        AttachmentBytes, MessageBytes, Recipients,
        SmtpConnections, SmtpConnectionsPerNetwork, ImapConnections, ImapConnectionsPerNetwork,
        Intake, IssuerParent, IssuerName, IssuerSymbol, IssuerPlace, IssuerHead, IssuerOperator, IssuerRegulation,
        Scram,
        LogLevel,
    ];

    /// <summary>The setting of a key as written, case aside; null for none.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(s => s.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static Setting<FindingAction> Action(string key, string unset, string what) =>
        new(key, unset, "mark, hold, refuse", what + " mark: it stands in the header. hold: the message waits in quarantine. refuse: it is refused in the session.", Values.Choice);

    private static Setting<long> Limit(string name, string unset, string what) => new($"limits.{name}", unset, "a size such as 500K or 30M, at least 64K", what, Values.SizeAtLeast(64 << 10));

    private static Setting<string> Issuer(string name, string unset, string what) => new($"requests.issuer.{name}", unset, "words", what, Values.Text);

    private static Setting<int> ConnectionLimit(string name, string unset, string what) => new($"limits.{name}", unset, "1 to 1000000", what, Values.Number(1, 1_000_000));

    private static ListSetting<ListenAddress> Listen(string name, int local, int standard, string what) => new(
        $"listen.{name}", "", "addresses as host:port, host being an IP address, localhost or * (all), for example *:25; or off", $"Where to listen for {what}. By `ports`: localhost:{local} or *:{standard}.", ListenAddress.TryParse);
}
