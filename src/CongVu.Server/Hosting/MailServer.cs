using System.Net;
using CongVu.Governance;
using CongVu.Governance.Requests;
using CongVu.Mail.Delivery;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Delivery.Inspect.Spam;
using CongVu.Mail.Dns;
using CongVu.Mail.Imap;
using CongVu.Mail.Outbound;
using CongVu.Mail.Smtp;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using CongVu.Mail.Store.Search;
using CongVu.Mail.Jmap;
using CongVu.Mail.Jmap.Push;
using CongVu.Server.Configuration;
using CongVu.Server.Web;
using CongVu.Server.Web.Governance;
using CongVu.Server.Web.Html;
using CongVu.Server.Web.Passkeys;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace CongVu.Server.Hosting;

/// <summary>
/// The running program: Kestrel carries every protocol, one listener after the other, and hosted services own whatever runs beside. Stopping closes
/// the listeners, lets sessions end after the command at hand, and then ends the background work.
/// </summary>
internal sealed partial class MailServer : IAsyncDisposable
{
    /// <summary>What sessions get to finish the command at hand.</summary>
    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromDays(1);

    private readonly WebApplication application;
    private readonly List<(ListenerKind Kind, ListenOptions Options)> listening = [];
    private readonly CancellationTokenSource stopping = new();
    private readonly RspamdClient? rspamd;
    private Exception? storeFailure;

    private MailServer(ServerOptions options, MailStore store, TlsCertificate certificate, TimeProvider clock, Action<ILoggingBuilder>? logging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = "congvu", ContentRootPath = AppContext.BaseDirectory });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(store);
        builder.Services.AddSingleton(options);
        var governance = new GovernanceStore(store, clock);
        RequestSetup.Apply(governance, options);
        builder.Services.AddSingleton(governance);
        builder.Services.AddWebEncoders();
        builder.Services.AddAuthenticationCore(schemes =>
        {
            schemes.DefaultScheme = WebAuthentication.SchemeName;
            schemes.AddScheme<WebAuthentication>(WebAuthentication.SchemeName, null);
        });
        builder.Services.AddTransient<WebAuthentication>();
        builder.Services.AddAuthorization(authorization => authorization.AddPolicy(WebPrincipal.Administrators, policy => policy.RequireAssertion(of => WebPrincipal.IsAdministrator(of.User))));
        ApiDocument.Add(builder.Services);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTime);
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        (logging ?? ToConsole)(builder.Logging.SetMinimumLevel(options.LogLevel).AddFilter("Microsoft", LogLevel.Warning));
        // A session goes on where its bytes were read: none of them blocks a thread, and a message is a dozen of such steps.
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true).UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);

        var dns = new DnsResolver(options.DnsServers, clock);
        var inspection = new SenderInspection(options.HostName, dns.LookupAsync, options.InspectedPeers, options.TrustedNetworks);
        rspamd = options.Rspamd is var (scan, controller, password) ? new RspamdClient(scan, controller, password) : null;
        var contents = new Inspection(
            options.InspectionPolicy,
            store.Contents.Spool,
            options.Clamd.Count > 0 ? new(options.Clamd, clock) : null,
            options.FilterSpam ? new(new(store.SpamWords, options.DnsLists, dns.LookupAsync), rspamd) : null);
        var path = new MailPath(store, options.MessageLimits, new(inspection, options.DmarcAction), contents);
        AddBackgroundWork(builder.Services, options, store, governance, path, dns, rspamd, clock);
        builder.Services.AddSingleton(of => new JmapApi(store, path, options.HostName, new() { MaxSizeAttachmentsPerEmail = options.MessageLimits.AttachmentBytes }, clock, of.GetRequiredService<ILogger<JmapApi>>()));
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, store, path, certificate, clock));
        application = builder.Build();
        WebPages.Use(application);
        application.Use((context, next) => WebPrincipal.LimitAsync(context, next));
        application.UseAuthentication();
        application.UseAuthorization();
        application.Use((context, next) => WebPrincipal.GuardAsync(context, next));
        WebPages.Map(application, options, store, this);
        SessionEndpoints.Map(application, store);
        ReportEndpoint.Map(application, options, store, path, clock);
        AccountEndpoints.Map(application, store, governance);
        SecondStepEndpoints.Map(application, store);
        PasskeyEndpoints.Map(application, store, clock);
        RequestEndpoints.Map(application, governance);
        AdministrationEndpoints.Map(application, store, governance, options, certificate);
        GovernanceEndpoints.Map(application, governance);
        QuarantineEndpoints.Map(application, store);
        LifecycleEndpoints.Map(application, governance, $"https://{options.HostName}");
        ClaimPage.Map(application);
        ApiDocument.Map(application);
        HtmlEndpoints.Map(application, store);
        SignatureEndpoints.Map(application, options, store, clock);
        MailSettings.Map(application, options, PortOf);
        JmapEndpoints.Map(
            application,
application.Services.GetRequiredService<JmapApi>(),
            store);

        var log = application.Services.GetRequiredService<ILogger<MailServer>>();
        certificate.ReloadFailed = error => LogCertificateFailed(log, error);
        store.Database.Failed = error =>
        {
            storeFailure = error;
            LogStoreFailed(log, error);
            application.Lifetime.StopApplication();
        };
        application.Lifetime.ApplicationStopping.Register(stopping.Cancel);
    }

    /// <summary>Where it listens, with the ports that were given for 0.</summary>
    public IReadOnlyList<(ListenerKind Kind, IPEndPoint EndPoint)> EndPoints => [.. listening.Select(l => (l.Kind, l.Options.IPEndPoint!))];

    /// <summary>A sync failed and the server has ended for it: what is on the disk is read anew at the next start.</summary>
    public Exception? StoreFailure => storeFailure;

    /// <summary>Starts to listen and to work.</summary>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<MailServer> StartAsync(
        ServerOptions options, MailStore store, TlsCertificate certificate, TimeProvider clock, Action<ILoggingBuilder>? logging, CancellationToken cancellationToken)
    {
        var server = new MailServer(options, store, certificate, clock, logging);
        try
        {
            await server.application.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns when the server has stopped, by a signal, by <paramref name="stop"/> or by itself.</summary>
    public Task WaitAsync(CancellationToken stop) => application.WaitForShutdownAsync(stop);

    /// <summary>Stops.</summary>
    public Task StopAsync() => application.StopAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        rspamd?.Dispose();
        stopping.Dispose();
    }

    private int? PortOf(ListenerKind kind) => listening.Find(l => l.Kind == kind) is { Options: { } options } ? options.IPEndPoint?.Port : null;

    private static void ToConsole(ILoggingBuilder logging) => logging.AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
    });

    private static void AddBackgroundWork(IServiceCollection services, ServerOptions options, MailStore store, GovernanceStore governance, MailPath path, DnsResolver dns, RspamdClient? rspamd, TimeProvider clock)
    {
        // Circulars that a crash interrupted go on first.
        Add(services, _ => store.Deliveries.ResumeAsync);
        Add(services, _ => store.Refusals.RunAsync);
        Add(services, of => new SearchIndexer(store, clock, of.GetRequiredService<ILogger<SearchIndexer>>()).RunAsync);
        Add(services, of => new ForeignChanges(store, clock, of.GetRequiredService<ILogger<ForeignChanges>>()).RunAsync);
        Add(services, of => new IntakeReader(governance, options.HostName, of.GetRequiredService<ILogger<IntakeReader>>()).RunAsync);
        Add(services, of => new VacationResponder(store, path, options.HostName, clock, of.GetRequiredService<ILogger<VacationResponder>>()).RunAsync);
        Add(services, of => new AuditSealer(store, clock, of.GetRequiredService<ILogger<AuditSealer>>()).RunAsync);
        Add(services, of => async token =>
        {
            using var http = PushConnections.Create();
            await new PushSender(of.GetRequiredService<JmapApi>(), http, clock, of.GetRequiredService<ILogger<PushSender>>()).RunAsync(token);
        });
        Add(services, of => new JunkLearner(store, rspamd, clock, of.GetRequiredService<ILogger<JunkLearner>>()).RunAsync);
        Add(services, of => new QuarantineDigest(store, path, options.HostName, $"postmaster@{options.Domains.FirstOrDefault(options.HostName)}", clock, of.GetRequiredService<ILogger<QuarantineDigest>>()).RunAsync);
        Add(services, of => token => SweepAsync(store, clock, of.GetRequiredService<ILogger<MailServer>>(), token));
        Add(services, of => new LifecycleWork(governance, clock, of.GetRequiredService<ILogger<LifecycleWork>>()).RunAsync);
        var results = new TlsResults(store.Database, clock);
        Add(services, _ => results.RunAsync);
        Add(services, of => async token =>
        {
            using var sts = options.MtaSts ? new MtaSts(store.Database, dns.LookupAsync, MtaSts.Web(), clock) : null;
            await new OutboundWorker(store, options.Outbound, dns.ClientOf(options.Outbound.HasValidatingDns), sts, results, clock, of.GetRequiredService<ILogger<OutboundWorker>>()).RunAsync(token);
        });
    }

    private static async Task SweepAsync(MailStore store, TimeProvider clock, ILogger log, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var swept = await store.Sweeper.SweepAsync(stopping);
                if (swept != default)
                    LogSwept(log, swept);
            }
            catch (StoreException error)
            {
                LogSweepFailed(log, error);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(SweepEvery, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Not AddHostedService, which takes one of each type.
    private static void Add(IServiceCollection services, Func<IServiceProvider, Func<CancellationToken, Task>> work) =>
        services.AddSingleton<IHostedService>(provider => new BackgroundWork(work(provider)));

    private void Listen(KestrelServerOptions kestrel, ServerOptions options, MailStore store, MailPath path, TlsCertificate certificate, TimeProvider clock)
    {
        var smtp = new SmtpServer(
            store,
            path,
            new()
            {
                HostName = options.HostName,
                Certificate = () => certificate.Current,
                MaxRecipients = options.MaxRecipients,
                ProxyNetworks = options.ProxyNetworks,
                OfferScram = options.OfferScram,
                Connections = options.SmtpConnections,
            },
            clock,
            kestrel.ApplicationServices.GetRequiredService<ILogger<SmtpServer>>());
        var imap = new ImapServer(
            store,
            new()
            {
                HostName = options.HostName,
                Certificate = () => certificate.Current,
                MaxMessageBytes = options.MessageLimits.MessageBytes,
                ProxyNetworks = options.ProxyNetworks,
                OfferScram = options.OfferScram,
                Connections = options.ImapConnections,
            },
            clock,
            kestrel.ApplicationServices.GetRequiredService<ILogger<ImapServer>>());
        // A backlog and buffers of Kestrel's own; each protocol bounds what it holds.
        kestrel.Limits.MaxConcurrentConnections = null;
        foreach (var (kind, address) in options.Listeners)
        {
            void Configure(ListenOptions listen)
            {
                listening.Add((kind, listen));
                switch (kind)
                {
                    case ListenerKind.Smtp:
                        listen.Run(connection => smtp.ServeAsync(connection, SmtpRole.Inbound, implicitTls: false, stopping.Token));
                        break;
                    case ListenerKind.Submission or ListenerKind.Submissions:
                        listen.Run(connection => smtp.ServeAsync(connection, SmtpRole.Submission, kind == ListenerKind.Submissions, stopping.Token));
                        break;
                    case ListenerKind.Imap or ListenerKind.Imaps:
                        listen.Run(connection => imap.ServeAsync(connection, kind == ListenerKind.Imaps, stopping.Token));
                        break;
                    case ListenerKind.Https:
                        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(new System.Net.Security.SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current }) });
                        break;
                }
            }

            if (address.Host == ListenAddress.Loopback)
                kestrel.ListenLocalhost(address.Port, Configure);
            else if (address.Address is { } ip)
                kestrel.Listen(ip, address.Port, Configure);
            else
                kestrel.ListenAnyIP(address.Port, Configure);
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "A sync to disk failed. The server stops: what is on the disk is read anew at its next start, and no mail that was accepted is lost.")]
    private static partial void LogStoreFailed(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Swept away: {Swept}.")]
    private static partial void LogSwept(ILogger log, Swept swept);

    [LoggerMessage(Level = LogLevel.Error, Message = "The sweeper cannot use the store; trying again tomorrow.")]
    private static partial void LogSweepFailed(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed certificate cannot be read; the one before stays in use.")]
    private static partial void LogCertificateFailed(ILogger log, Exception error);
}
