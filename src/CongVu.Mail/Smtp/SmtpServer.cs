using System.Net;
using System.Net.Security;
using CongVu.Mail.Connections;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Smtp;

/// <summary>What a listener is for.</summary>
public enum SmtpRole
{
    /// <summary>Mail from other servers, for the domains kept here (port 25).</summary>
    Inbound,

    /// <summary>Mail of our own people, who sign in (ports 587 and 465).</summary>
    Submission,
}

/// <summary>How the SMTP server behaves.</summary>
public sealed record SmtpOptions
{
    /// <summary>This server's name in greetings and Received lines.</summary>
    public required string HostName { get; init; }

    /// <summary>The certificate for TLS, asked for at each handshake; null where TLS is not offered.</summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    /// <summary>SCRAM for app passwords. Off by default: programs prefer it and would try it with the main password, which it cannot check.</summary>
    public bool OfferScram { get; init; }

    /// <summary>Recipients of one message.</summary>
    public int MaxRecipients { get; init; } = 10_000;

    /// <summary>Recipients of one message from outside, whose sender is not known (RFC 5321 §4.5.3.1.8: at least 100); the machine itself may have more.</summary>
    public int MaxRecipientsOfStrangers { get; init; } = 200;

    /// <summary>Messages in one session.</summary>
    public int MaxMessages { get; init; } = 10_000;

    /// <summary>RFC 5321 §4.5.3.2: five minutes for a command.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Before anything useful was said a stranger gets less.</summary>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How far ahead a submission may be held back (RFC 4865).</summary>
    public TimeSpan MaxHold { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Peers whose PROXY header is believed; empty where there is no balancer.</summary>
    public IReadOnlyList<IPNetwork> ProxyNetworks { get; init; } = [];

    /// <summary>Connections at once.</summary>
    public ConnectionLimits Connections { get; init; } = new();
}

/// <summary>Serves SMTP connections; one session each.</summary>
public sealed partial class SmtpServer(MailStore store, MailPath path, SmtpOptions options, TimeProvider clock, ILogger<SmtpServer> log)
{
    private readonly ConnectionCounter counter = new(options.Connections);

    internal MailStore Store => store;

    internal MailPath Path => path;

    internal SmtpOptions Options => options;

    internal TimeProvider Clock => clock;

    /// <summary>Serves one connection until it ends.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="role">What the listener is for.</param>
    /// <param name="implicitTls">TLS from the first byte (RFC 8314).</param>
    /// <param name="stopping">The server is stopping: sessions end after the command at hand.</param>
    public async Task ServeAsync(ConnectionContext context, SmtpRole role, bool implicitTls, CancellationToken stopping)
    {
        await using var connection = new MailConnection(context, clock);
        connection.Allow(options.GreetingTimeout);
        try
        {
            if (options.ProxyNetworks.Any(network => network.Contains(connection.Remote.Address)) && !await ProxyHeader.ReadAsync(connection))
                return;
            using var place = counter.TryEnter(connection.Remote.Address);
            if (implicitTls)
            {
                // Who is one too many does not cost a handshake.
                if (options.Certificate is null || place is null)
                    return;
                await connection.BeginTlsAsync(options.Certificate());
            }
            var session = new SmtpSession(this, connection, role);
            if (place is null)
                await session.SendAsync(SmtpRefusal.TooManyConnections);
            else
                await session.RunAsync(stopping);
        }
        catch (Exception error) when (error is OperationCanceledException or ConnectionResetException or ConnectionAbortedException or IOException)
        {
            // RFC 5321 §3.8: who took too long is told so; who went away is not.
            if (connection.IsOverdue)
                await connection.SendLastWordsAsync(SmtpRefusals.Reply(SmtpRefusal.TimedOut).Bytes(withEnhanced: true));
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "SMTP from {Remote}: the store could not do it.")]
    internal partial void LogStoreFailure(Exception error, EndPoint remote);

    [LoggerMessage(Level = LogLevel.Error, Message = "SMTP from {Remote}: an error of ours.")]
    internal partial void LogFailure(Exception error, EndPoint remote);

    internal void Failed(Exception error, EndPoint remote)
    {
        if (error is Store.Database.StoreException)
            LogStoreFailure(error, remote);
        else
            LogFailure(error, remote);
    }
}
