using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CongVu.Mail.Tests.Outbound;

/// <summary>Another mail server that behaves as a test wants, and keeps what it was told.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentBag<Task> sessions = [];
    private readonly Task accepting;
    private readonly SemaphoreSlim took = new(0);
    private int connections;

    public ScriptedPeer(IPAddress? address = null, int port = 0)
    {
        listener = new(address ?? IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What it offers behind EHLO.</summary>
    public string[] Extensions { get; init; } = ["PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "SIZE 50000000"];

    /// <summary>With it, it offers STARTTLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The authority that it shows beside its certificate.</summary>
    public X509Certificate2? Chain { get; init; }

    /// <summary>Answers a command of a connection (counted from 1) in another way; null as usual, "" hangs up.</summary>
    public Func<string, int, string?> Answer { get; init; } = (_, _) => null;

    /// <summary>Every command, and "[data]" with what followed.</summary>
    public ConcurrentQueue<string> Told { get; } = new();

    /// <summary>The messages that it has taken.</summary>
    public ConcurrentQueue<string> Messages { get; } = new();

    public int Connections => connections;

    /// <summary>Returns when it has taken this many more messages.</summary>
    public async Task TookAsync(int count, CancellationToken cancellationToken)
    {
        for (; count > 0; count--)
            await took.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(sessions);
        stopping.Dispose();
        took.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                sessions.Add(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        var number = Interlocked.Increment(ref connections);
        using var owned = client;
        try
        {
            await TalkAsync(client.GetStream(), number);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The other has gone.
        }
    }

    private async Task TalkAsync(Stream stream, int number)
    {
        var isTls = false;
        if (!await SayAsync(stream, Answer("CONNECT", number) ?? "220 peer.test ESMTP"))
            return;
        while (await LineAsync(stream) is { } command)
        {
            Told.Enqueue(command);
            var answer = Answer(command, number) ?? Usual(command, isTls);
            if (!await SayAsync(stream, answer))
                return;
            if (command == "QUIT")
                return;
            if (command == "STARTTLS" && answer.StartsWith("220", StringComparison.Ordinal))
            {
                if (Certificate is null)
                {
                    // Only after the other has begun.
                    await stream.ReadExactlyAsync(new byte[1], stopping.Token);
                    await stream.WriteAsync("no TLS at all, and a line long enough for a record\r\n"u8.ToArray(), stopping.Token);
                    return;
                }
                var secured = new SslStream(stream);
                await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(Certificate, Chain is null ? null : [Chain], offline: true) }, stopping.Token);
                (stream, isTls) = (secured, true);
            }
            if (answer.StartsWith("354", StringComparison.Ordinal))
            {
                var text = new StringBuilder();
                while (await LineAsync(stream) is { } line && line != ".")
                    text.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
                var end = Answer("[end]", number) ?? "250 2.0.0 taken";
                if (end.StartsWith('2'))
                {
                    Messages.Enqueue(text.ToString());
                    took.Release();
                }
                if (!await SayAsync(stream, end))
                    return;
            }
        }
    }

    private string Usual(string command, bool isTls) => command.Split(' ')[0] switch
    {
        "EHLO" => string.Join("\r\n", ((string[])["peer.test", .. Extensions, .. Certificate is null || isTls ? Array.Empty<string>() : ["STARTTLS"]]) is var lines ? lines.Select((l, i) => $"250{(i == lines.Length - 1 ? ' ' : '-')}{l}") : []),
        "DATA" => "354 go on",
        "STARTTLS" => "220 go on",
        "QUIT" => "221 bye",
        _ => "250 2.0.0 ok",
    };

    private async Task<bool> SayAsync(Stream stream, string answer)
    {
        if (answer.Length == 0)
            return false;
        await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), stopping.Token);
        return true;
    }

    private async Task<string?> LineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, stopping.Token) > 0)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return null;
    }
}
