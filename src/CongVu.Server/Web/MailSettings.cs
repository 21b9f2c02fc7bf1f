using System.Globalization;
using System.Security;
using System.Text;
using System.Xml;
using CongVu.Server.Configuration;

namespace CongVu.Server.Web;

/// <summary>How a mail program reaches one protocol.</summary>
/// <param name="Kind">"imap", "submission" or "submissions".</param>
/// <param name="Port">TCP port.</param>
/// <param name="ImplicitTls">TLS from the first byte; otherwise by STARTTLS.</param>
internal sealed record MailService(string Kind, int Port, bool ImplicitTls);

/// <summary>What somebody types into a mail program that does not find it out by itself.</summary>
/// <param name="Host">This server.</param>
/// <param name="Incoming">For reading; null where there is none.</param>
/// <param name="Outgoing">For sending; null where there is none.</param>
internal sealed record MailProgramSettings(string Host, MailService? Incoming, MailService? Outgoing);

/// <summary>
/// What mail programs ask for so that nobody types servers and ports: Mozilla's autoconfig, Microsoft's autodiscover, Apple's profile, and the DNS records of RFC 6186 and 8620.
/// </summary>
internal static class MailSettings
{
    private const int MaxRequest = 64 * 1024;

    /// <summary>The services of an installation by the ports that it listens on; TLS from the first byte is preferred (RFC 8314 §3).</summary>
    internal static (MailService? Incoming, MailService? Outgoing) Services(Func<ListenerKind, int?> port) => (
        port(ListenerKind.Imaps) is { } imaps ? new("imap", imaps, ImplicitTls: true) : port(ListenerKind.Imap) is { } imap ? new("imap", imap, ImplicitTls: false) : null,
        port(ListenerKind.Submissions) is { } submissions ? new("submissions", submissions, ImplicitTls: true) : port(ListenerKind.Submission) is { } submission ? new("submission", submission, ImplicitTls: false) : null);

    internal static void Map(WebApplication application, ServerOptions options, Func<ListenerKind, int?> port)
    {
        foreach (var path in new[] { "/.well-known/autoconfig/mail/config-v1.1.xml", "/mail/config-v1.1.xml" })
            application.MapGet(path, (HttpContext context, string? emailaddress) => Results.Text(Autoconfig(options, Services(port), DomainOf(emailaddress, options)), "text/xml; charset=utf-8"));
        application.MapPost("/autodiscover/autodiscover.xml", (HttpContext context, CancellationToken aborted) => AutodiscoverAsync(context, options, port, aborted));
        application.MapGet("/api/account/mail-programs", (CancellationToken _) =>
        {
            var (incoming, outgoing) = Services(port);
            return Results.Json(new MailProgramSettings(options.HostName, incoming, outgoing));
        }).RequireAuthorization().Produces<MailProgramSettings>();
        application.MapGet("/api/account/mobileconfig", (HttpContext context, CancellationToken _) => Profile(context, options, port)).RequireAuthorization();
    }

    /// <summary>DNS records with which mail programs and other servers find this installation.</summary>
    internal static IReadOnlyList<string> Records(string domain, string host, (MailService? Incoming, MailService? Outgoing) services, int? https)
    {
        var records = new List<string> { $"{domain}. IN MX 10 {host}." };
        if (services.Incoming is { } incoming)
            records.Add(string.Create(CultureInfo.InvariantCulture, $"_{(incoming.ImplicitTls ? "imaps" : "imap")}._tcp.{domain}. IN SRV 0 1 {incoming.Port} {host}."));
        if (services.Outgoing is { } outgoing)
            records.Add(string.Create(CultureInfo.InvariantCulture, $"_{outgoing.Kind}._tcp.{domain}. IN SRV 0 1 {outgoing.Port} {host}."));
        // RFC 6186 §3.4: what is not there is said.
        records.Add($"_pop3._tcp.{domain}. IN SRV 0 0 0 .");
        records.Add($"_pop3s._tcp.{domain}. IN SRV 0 0 0 .");
        if (https is { } web)
        {
            records.Add(string.Create(CultureInfo.InvariantCulture, $"_jmap._tcp.{domain}. IN SRV 0 1 {web} {host}."));
            records.Add(string.Create(CultureInfo.InvariantCulture, $"_autodiscover._tcp.{domain}. IN SRV 0 1 {web} {host}."));
            records.Add($"autoconfig.{domain}. IN CNAME {host}.");
        }
        return records;
    }

    private static string DomainOf(string? address, ServerOptions options)
    {
        var domain = address?[(address.LastIndexOf('@') + 1)..].ToLowerInvariant() ?? "";
        return options.Domains.Contains(domain) ? domain : options.Domains.Count > 0 ? options.Domains[0] : options.HostName;
    }

    private static string Autoconfig(ServerOptions options, (MailService? Incoming, MailService? Outgoing) services, string domain) => $"""
        <?xml version="1.0" encoding="UTF-8"?>
        <clientConfig version="1.1">
          <emailProvider id="{Escape(domain)}">
            <domain>{Escape(domain)}</domain>
            <displayName>Thư Công Vụ</displayName>
            <displayShortName>Thư Công Vụ</displayShortName>{Server("incomingServer", "imap", services.Incoming, options.HostName)}{Server("outgoingServer", "smtp", services.Outgoing, options.HostName)}
          </emailProvider>
        </clientConfig>
        """;

    private static string Server(string element, string type, MailService? service, string host) => service is null ? "" : string.Create(CultureInfo.InvariantCulture, $"""

            <{element} type="{type}">
              <hostname>{Escape(host)}</hostname>
              <port>{service.Port}</port>
              <socketType>{(service.ImplicitTls ? "SSL" : "STARTTLS")}</socketType>
              <username>%EMAILADDRESS%</username>
              <authentication>password-cleartext</authentication>
            </{element}>
        """);

    // MS-OXDSCLI §3.1.5: what Outlook asks before it shows a form. The request only names the address.
    private static async Task<IResult> AutodiscoverAsync(HttpContext context, ServerOptions options, Func<ListenerKind, int?> port, CancellationToken aborted)
    {
        if (await AddressAsync(context, aborted) is not { } address)
            return Results.BadRequest();
        var (incoming, outgoing) = Services(port);
        var text = new StringBuilder("""
            <?xml version="1.0" encoding="utf-8"?>
            <Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"><Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">
            <Account><AccountType>email</AccountType><Action>settings</Action>
            """);
        foreach (var (type, service) in new[] { ("IMAP", incoming), ("SMTP", outgoing) })
        {
            if (service is null)
                continue;
            text.Append(CultureInfo.InvariantCulture, $"<Protocol><Type>{type}</Type><Server>{Escape(options.HostName)}</Server><Port>{service.Port}</Port><LoginName>{Escape(address)}</LoginName><DomainRequired>off</DomainRequired><SPA>off</SPA><SSL>{(service.ImplicitTls ? "on" : "off")}</SSL><Encryption>{(service.ImplicitTls ? "SSL" : "TLS")}</Encryption><AuthRequired>on</AuthRequired>{(type == "SMTP" ? "<UsePOPAuth>off</UsePOPAuth><SMTPLast>off</SMTPLast>" : "")}</Protocol>");
        }
        return Results.Text(text.Append("</Account></Response></Autodiscover>").ToString(), "text/xml; charset=utf-8");
    }

    private static async Task<string?> AddressAsync(HttpContext context, CancellationToken aborted)
    {
        if (context.Request.ContentLength is null or > MaxRequest)
            return null;
        try
        {
            using var reader = XmlReader.Create(context.Request.Body, new XmlReaderSettings { Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxRequest });
            while (await reader.ReadAsync())
            {
                aborted.ThrowIfCancellationRequested();
                if (reader is { NodeType: XmlNodeType.Element, LocalName: "EMailAddress" })
                    return await reader.ReadElementContentAsStringAsync();
            }
        }
        catch (XmlException)
        {
            // Not what was asked for.
        }
        return null;
    }

    // A configuration profile for telephones and computers of Apple; the password is asked for there.
    private static IResult Profile(HttpContext context, ServerOptions options, Func<ListenerKind, int?> port)
    {
        var (incoming, outgoing) = Services(port);
        if (incoming is null || outgoing is null)
            return Results.NotFound();
        var (login, host) = (Escape(context.Login()), Escape(options.HostName));
        var id = Escape($"{options.HostName}.congvu.{context.PrincipalId().Value}");
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0"><dict>
            <key>PayloadType</key><string>Configuration</string><key>PayloadVersion</key><integer>1</integer><key>PayloadIdentifier</key><string>{id}</string>
            <key>PayloadUUID</key><string>{Guid.NewGuid()}</string><key>PayloadDisplayName</key><string>Thư Công Vụ</string>
            <key>PayloadContent</key><array><dict>
            <key>PayloadType</key><string>com.apple.mail.managed</string><key>PayloadVersion</key><integer>1</integer><key>PayloadIdentifier</key><string>{id}.mail</string><key>PayloadUUID</key><string>{Guid.NewGuid()}</string>
            <key>PayloadDisplayName</key><string>{login}</string><key>EmailAccountType</key><string>EmailTypeIMAP</string><key>EmailAddress</key><string>{login}</string><key>EmailAccountDescription</key><string>{login}</string>
            <key>IncomingMailServerHostName</key><string>{host}</string><key>IncomingMailServerPortNumber</key><integer>{incoming.Port}</integer><key>IncomingMailServerUseSSL</key><true/>
            <key>IncomingMailServerUsername</key><string>{login}</string><key>IncomingMailServerAuthentication</key><string>EmailAuthPassword</string>
            <key>OutgoingMailServerHostName</key><string>{host}</string><key>OutgoingMailServerPortNumber</key><integer>{outgoing.Port}</integer><key>OutgoingMailServerUseSSL</key><true/>
            <key>OutgoingMailServerUsername</key><string>{login}</string><key>OutgoingMailServerAuthentication</key><string>EmailAuthPassword</string><key>OutgoingPasswordSameAsIncomingPassword</key><true/>
            </dict></array></dict></plist>
            """);
        context.Response.Headers.ContentDisposition = "attachment; filename=\"thu-cong-vu.mobileconfig\"";
        return Results.Text(text, "application/x-apple-aspen-config");
    }

    private static string Escape(string text) => SecurityElement.Escape(text);
}
