using System.Net;
using System.Net.Security;
using CongVu.Mail.Connections;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Imap;

/// <summary>How the IMAP server behaves.</summary>
public sealed record ImapOptions
{
    /// <summary>This server's name in its greeting.</summary>
    public required string HostName { get; init; }

    /// <summary>The certificate for TLS, asked for at each handshake; null where TLS is not offered.</summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    /// <summary>SCRAM for app passwords. Off by default: programs prefer it and would try it with the main password, which it cannot check.</summary>
    public bool OfferScram { get; init; }

    /// <summary>Bytes of one appended message: 30 MB of attachments (A5.3) encoded, and their text.</summary>
    public long MaxMessageBytes { get; init; } = 47_185_920;

    /// <summary>Messages of one APPEND (RFC 3502).</summary>
    public int MaxMessagesOfAppend { get; init; } = 1_000;

    /// <summary>A stranger signs in within this time, counted from its connection.</summary>
    public TimeSpan SignInTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>RFC 9051 §5.4: at least 30 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(31);

    /// <summary>For one piece of a message that is being appended.</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of an APPEND's small messages together: they wait in memory for the last one.</summary>
    public long MaxWaitingBytes { get; init; } = 32 << 20;

    /// <summary>Commands that make no sense, in a row, before the session ends.</summary>
    public int MaxErrors { get; init; } = 30;

    /// <summary>Peers whose PROXY header is believed; empty where there is no balancer.</summary>
    public IReadOnlyList<IPNetwork> ProxyNetworks { get; init; } = [];

    /// <summary>Connections at once: a mail program holds one for each mailbox it watches.</summary>
    public ConnectionLimits Connections { get; init; } = new(Total: 100_000, PerNetwork: 5_000);
}

/// <summary>Serves IMAP connections; one session each.</summary>
public sealed partial class ImapServer(MailStore store, ImapOptions options, TimeProvider clock, ILogger<ImapServer> log)
{
    private readonly ConnectionCounter counter = new(options.Connections);

    internal MailStore Store => store;

    internal ImapOptions Options => options;

    internal TimeProvider Clock => clock;

    /// <summary>Serves one connection until it ends.</summary>
    /// <param name="context">The connection.</param>
    /// <param name="implicitTls">TLS from the first byte (RFC 8314).</param>
    /// <param name="stopping">The server is stopping: sessions say goodbye.</param>
    public async Task ServeAsync(ConnectionContext context, bool implicitTls, CancellationToken stopping)
    {
        await using var connection = new MailConnection(context, clock);
        connection.Allow(options.SignInTimeout);
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
            using var session = new ImapSession(this, connection, stopping);
            if (place is null)
                await session.RefuseAsync("Too many connections");
            else
                await session.RunAsync();
        }
        catch (Exception error) when (error is OperationCanceledException or ConnectionResetException or ConnectionAbortedException or IOException)
        {
            // The client went away or took too long; there is nobody to tell.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "IMAP from {Remote}: the store could not do it.")]
    private partial void LogStoreFailure(Exception error, EndPoint remote);

    [LoggerMessage(Level = LogLevel.Error, Message = "IMAP from {Remote}: an error of ours.")]
    private partial void LogFailure(Exception error, EndPoint remote);

    internal void Failed(Exception error, EndPoint remote)
    {
        if (error is StoreException)
            LogStoreFailure(error, remote);
        else
            LogFailure(error, remote);
    }
}
