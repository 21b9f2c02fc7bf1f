using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CongVu.Mail.Outbound;

/// <summary>What the other server can do (RFC 5321 §2.2).</summary>
[Flags]
internal enum PeerExtensions
{
    None = 0,
    Pipelining = 1,
    Size = 2,
    EightBitMime = 4,
    SmtpUtf8 = 8,
    Dsn = 16,
    Chunking = 32,
    BinaryMime = 64,
    StartTls = 128,
    AuthPlain = 256,
    AuthLogin = 512,
}

/// <summary>
/// A conversation with another server, from the connection to QUIT; messages go one after the other. Every step has its limit of time (RFC 5321 §4.5.3.2),
/// replies have theirs of length. What fails before a message was answered for is a <see cref="PeerException"/>.
/// </summary>
internal sealed partial class SmtpPeer : IAsyncDisposable
{
    private const int MaxLine = 4096;
    private const int MaxReplyLines = 200;

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan GreetingTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CommandTime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DataStartTime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BlockTime = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan DataEndTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan QuitTime = TimeSpan.FromSeconds(5);

    private readonly Socket socket;
    private readonly string host;
    private readonly string ownName;
    private readonly byte[] buffer = new byte[MaxLine];
    private readonly CancellationTokenSource deadline;
    private Stream stream;
    private SslStream? tls;
    private int buffered;
    private int taken;

    private SmtpPeer(Socket socket, string host, string ownName, CancellationToken stopping)
    {
        (this.socket, this.host, this.ownName) = (socket, host, ownName);
        stream = new NetworkStream(socket, ownsSocket: true);
        deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    }

    /// <summary>What it can do, by its latest answer to EHLO.</summary>
    public PeerExtensions Extensions { get; private set; }

    /// <summary>The largest message it takes, in bytes; null when it does not say.</summary>
    public long? MaxSize { get; private set; }

    /// <summary>TLS is on.</summary>
    public bool IsTls => tls is not null;

    /// <summary>Connects, greets, begins TLS as demanded and signs in where there is a name for it.</summary>
    /// <param name="host">The host's name, for its certificate; <paramref name="addresses"/> are its own.</param>
    /// <param name="addresses">Tried in turn.</param>
    /// <param name="port">465 is TLS from the first byte.</param>
    /// <param name="demand">What TLS there must be.</param>
    /// <param name="options">Who we are.</param>
    /// <param name="signIn">User and password; null without.</param>
    /// <param name="withoutTls">Where TLS has failed and need not be.</param>
    /// <param name="stopping">Gives up.</param>
    /// <exception cref="PeerException">It came to nothing.</exception>
    public static async Task<SmtpPeer> OpenAsync(
        string host, IReadOnlyList<IPAddress> addresses, int port, TlsDemand demand, OutboundOptions options, (string User, string Password)? signIn, bool withoutTls, CancellationToken stopping)
    {
        var peer = new SmtpPeer(await ConnectAsync(host, addresses, port, options, stopping), host, options.HostName, stopping);
        try
        {
            // RFC 8314 §3.
            if (port == 465)
                await peer.BeginTlsAsync(demand, options);
            var greeting = await peer.ReadReplyAsync(GreetingTime);
            if (greeting.Code != 220)
                throw new PeerException(PeerFault.Protocol, $"{host} does not want to talk", greeting);
            await peer.HelloAsync();
            if (!peer.IsTls && !withoutTls && peer.Extensions.HasFlag(PeerExtensions.StartTls))
                await peer.StartTlsAsync(demand, options);
            if (!peer.IsTls && demand.IsMandatory)
                throw new PeerException(PeerFault.NoTls, $"{host} offers no TLS, and mail for it must not go without");
            if (signIn is { } who)
                await peer.SignInAsync(who.User, who.Password);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says good-bye; what comes of it does not matter any more.</summary>
    public async Task QuitAsync()
    {
        try
        {
            await WriteAsync("QUIT\r\n", QuitTime);
            await ReadReplyAsync(QuitTime);
        }
        catch (PeerException)
        {
            // It is over in any case.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        socket.Dispose();
        deadline.Dispose();
    }

    private static async Task<Socket> ConnectAsync(string host, IReadOnlyList<IPAddress> addresses, int port, OutboundOptions options, CancellationToken stopping)
    {
        Exception? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                if (options.SourceAddresses.FirstOrDefault(a => a.AddressFamily == address.AddressFamily) is { } source)
                    socket.Bind(new IPEndPoint(source, 0));
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                limit.CancelAfter(ConnectTime);
                await socket.ConnectAsync(new IPEndPoint(address, port), limit.Token);
                return socket;
            }
            catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !stopping.IsCancellationRequested))
            {
                socket.Dispose();
                last = error;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw new PeerException(PeerFault.Connection, $"{host} cannot be reached: {(last is OperationCanceledException ? "no answer in time" : last?.Message ?? "it has no address")}", inner: last);
    }

    private async Task HelloAsync()
    {
        var reply = await CommandAsync($"EHLO {ownName}\r\n", CommandTime);
        Extensions = PeerExtensions.None;
        MaxSize = null;
        if (!reply.IsDone)
        {
            // RFC 5321 §3.2: an old server.
            reply = await CommandAsync($"HELO {ownName}\r\n", CommandTime);
            if (!reply.IsDone)
                throw new PeerException(PeerFault.Protocol, $"{host} does not take our greeting", reply);
            return;
        }
        foreach (var line in reply.Lines.Skip(1))
        {
            var words = line.Split(' ', '=', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length == 0)
                continue;
            Extensions |= words[0].ToUpperInvariant() switch
            {
                "PIPELINING" => PeerExtensions.Pipelining,
                "SIZE" => PeerExtensions.Size,
                "8BITMIME" => PeerExtensions.EightBitMime,
                "SMTPUTF8" => PeerExtensions.SmtpUtf8,
                "DSN" => PeerExtensions.Dsn,
                "CHUNKING" => PeerExtensions.Chunking,
                "BINARYMIME" => PeerExtensions.BinaryMime,
                "STARTTLS" => PeerExtensions.StartTls,
                "AUTH" => (words.Contains("PLAIN", StringComparer.OrdinalIgnoreCase) ? PeerExtensions.AuthPlain : 0) | (words.Contains("LOGIN", StringComparer.OrdinalIgnoreCase) ? PeerExtensions.AuthLogin : 0),
                _ => PeerExtensions.None,
            };
            if (words.Length > 1 && words[0].Equals("SIZE", StringComparison.OrdinalIgnoreCase) && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0)
                MaxSize = size;
        }
    }

    private async Task StartTlsAsync(TlsDemand demand, OutboundOptions options)
    {
        var reply = await CommandAsync("STARTTLS\r\n", CommandTime);
        if (reply.Code != 220)
        {
            if (demand.IsMandatory)
                throw new PeerException(PeerFault.NoTls, $"{host} offers TLS and then refuses it", reply);
            return;
        }
        // RFC 3207 §4.2: what was said in the clear ahead of the handshake is nobody's word.
        if (taken < buffered)
            throw new PeerException(PeerFault.Protocol, $"{host} spoke between STARTTLS and the handshake");
        await BeginTlsAsync(demand, options);
        await HelloAsync();
    }

    private async Task BeginTlsAsync(TlsDemand demand, OutboundOptions options)
    {
        var rejected = false;
        var secured = new SslStream(stream, leaveInnerStreamOpen: false, (_, certificate, chain, errors) =>
        {
            rejected = certificate is not X509Certificate2 shown || !demand.Accepts(host, shown, chain, errors);
            return !rejected;
        });
        deadline.CancelAfter(HandshakeTime);
        var authentication = new SslClientAuthenticationOptions
        {
            TargetHost = IPAddress.TryParse(host, out _) ? "" : host,
            // RFC 8996: below 1.2 it only looks like TLS.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (options.TrustedRoots is { Count: > 0 } roots)
        {
            authentication.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            authentication.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }
        try
        {
            await secured.AuthenticateAsClientAsync(authentication, deadline.Token);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or InvalidOperationException)
        {
            await secured.DisposeAsync();
            throw rejected
                ? new PeerException(PeerFault.Certificate, $"the certificate of {host} is not the one it must have", inner: error)
                : new PeerException(PeerFault.Handshake, $"TLS with {host} failed: {error.Message}", inner: error);
        }
        catch (OperationCanceledException error)
        {
            await secured.DisposeAsync();
            throw new PeerException(PeerFault.Handshake, $"TLS with {host} did not begin in time", inner: error);
        }
        stream = tls = secured;
    }

    private async Task SignInAsync(string user, string password)
    {
        if (!IsTls && !IPAddress.IsLoopback(((IPEndPoint)socket.RemoteEndPoint!).Address))
            throw new PeerException(PeerFault.NoTls, $"{host} has no TLS, and no password is sent without");
        PeerReply reply;
        // RFC 4616.
        if (Extensions.HasFlag(PeerExtensions.AuthPlain))
        {
            reply = await CommandAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}\r\n", CommandTime);
        }
        else if (Extensions.HasFlag(PeerExtensions.AuthLogin))
        {
            reply = await CommandAsync("AUTH LOGIN\r\n", CommandTime);
            if (reply.Code == 334)
                reply = await CommandAsync(Base64(user) + "\r\n", CommandTime);
            if (reply.Code == 334)
                reply = await CommandAsync(Base64(password) + "\r\n", CommandTime);
        }
        else
        {
            throw new PeerException(PeerFault.SignIn, $"{host} offers no way of signing in that is known here");
        }
        if (reply.Code != 235)
            throw new PeerException(PeerFault.SignIn, $"{host} does not let us in", reply with { Code = reply.Code >= 500 ? 454 : reply.Code });

        static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
    }

    private async Task<PeerReply> CommandAsync(string line, TimeSpan time)
    {
        await WriteAsync(line, time);
        return await ReadReplyAsync(time);
    }

    private Task WriteAsync(string text, TimeSpan time) => WriteAsync(Encoding.UTF8.GetBytes(text), time);

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, TimeSpan time)
    {
        deadline.CancelAfter(time);
        try
        {
            await stream.WriteAsync(bytes, deadline.Token);
        }
        catch (Exception error) when (IsBroken(error))
        {
            throw Broken(error);
        }
    }

    // RFC 5321 §4.2.1: every line but the last has a hyphen behind the code.
    private async Task<PeerReply> ReadReplyAsync(TimeSpan time)
    {
        deadline.CancelAfter(time);
        var lines = new List<string>(1);
        while (true)
        {
            var line = await ReadLineAsync();
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is < 200 or > 599 || (line.Length > 3 && line[3] is not (' ' or '-')))
                throw new PeerException(PeerFault.Protocol, $"{host} answered what is no SMTP reply");
            lines.Add(line.Length > 4 ? line[4..].Trim() : "");
            if (line.Length == 3 || line[3] == ' ')
                return new(code, lines);
            if (lines.Count >= MaxReplyLines)
                throw new PeerException(PeerFault.Protocol, $"{host} answered without end");
        }
    }

    private async Task<string> ReadLineAsync()
    {
        while (true)
        {
            var end = buffer.AsSpan(taken, buffered - taken).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(buffer, taken, end).TrimEnd('\r');
                taken += end + 1;
                return line;
            }
            buffer.AsSpan(taken, buffered - taken).CopyTo(buffer);
            (buffered, taken) = (buffered - taken, 0);
            if (buffered == buffer.Length)
                throw new PeerException(PeerFault.Protocol, $"{host} answered a line without end");
            int read;
            try
            {
                read = await stream.ReadAsync(buffer.AsMemory(buffered), deadline.Token);
            }
            catch (Exception error) when (IsBroken(error))
            {
                throw Broken(error);
            }
            if (read == 0)
                throw new PeerException(PeerFault.Connection, $"{host} hung up");
            buffered += read;
        }
    }

    private static bool IsBroken(Exception error) => error is IOException or SocketException or OperationCanceledException or ObjectDisposedException;

    private PeerException Broken(Exception error) =>
        new(PeerFault.Connection, error is OperationCanceledException ? $"{host} did not answer in time" : $"the connection to {host} broke: {error.Message}", inner: error);
}
