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

    public static readonly Setting<string> Database = new(
        "database", "sqlite", "sqlite, or a connection string of PostgreSQL such as Host=db;Database=congvu;Username=congvu;Password=…",
        "Where the store is kept: in the data folder, or in a PostgreSQL server that several of these programs may share.", Values.Database) { IsSecret = true };

    public static readonly Setting<int> VaultDays = new(
        "store.vaultDays", "30", "0 to 3650", "Days for which an expunged message stays in the store and could be restored.", Values.Number(0, 3650));

    public static readonly Setting<LogLevel> LogLevel = new(
        "log.level", "information", "trace, debug, information, warning, error, critical", "What is written to the console, from this level on.", Values.Choice);

    /// <summary>In the order in which they are documented.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        Data, HostName, Domains,
        Ports, Smtp, Submission, Submissions, Imap, Imaps, Https, Http,
        Certificate, CertificateKey,
        Database, VaultDays,
        LogLevel,
    ];

    /// <summary>The setting of a key as written, case aside; null for none.</summary>
    public static Setting? Find(string key) => All.FirstOrDefault(s => s.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static ListSetting<ListenAddress> Listen(string name, int local, int standard, string what) => new(
        $"listen.{name}", "", "addresses as host:port, host being an IP address, localhost or * (all), for example *:25; or off", $"Where to listen for {what}. By `ports`: localhost:{local} or *:{standard}.", ListenAddress.TryParse);
}
