using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace CongVu.Mail.Tests.Connections;

/// <summary>A client of a session without a network: what it writes the session reads, and the other way round.</summary>
public sealed class InMemoryClient : IAsyncDisposable
{
    private readonly Pipe toServer = new(new(pauseWriterThreshold: 1 << 20));
    private readonly Pipe toClient = new(new(pauseWriterThreshold: 1 << 20));
    private readonly CancellationTokenSource closed = new();
    private readonly Task session;
    private PipeReader input;
    private PipeWriter output;
    private SslStream? tls;

    public InMemoryClient(Func<ConnectionContext, Task> serve, IPAddress? from = null)
    {
        (input, output) = (toClient.Reader, toServer.Writer);
        var context = new DefaultConnectionContext("test", new Side(toServer.Reader, toClient.Writer), new Side(toClient.Reader, toServer.Writer))
        {
            RemoteEndPoint = new IPEndPoint(from ?? IPAddress.Loopback, 40000),
            ConnectionClosed = closed.Token,
        };
        session = Task.Run(async () =>
        {
            await serve(context);
            await toClient.Writer.CompleteAsync();
            await toServer.Reader.CompleteAsync();
        });
    }

    /// <summary>TLS as the client sees it; null before <see cref="StartTlsAsync"/>.</summary>
    public SslStream? Tls => tls;

    /// <summary>Begins TLS with a server that has the certificate of the tests.</summary>
    public async Task StartTlsAsync(CancellationToken cancellationToken)
    {
        tls = new SslStream(new DuplexStream(toClient.Reader.AsStream(leaveOpen: true), toServer.Writer.AsStream(leaveOpen: true)), leaveInnerStreamOpen: true, (_, certificate, _, _) => certificate?.GetCertHashString() == TestCertificate.Context.TargetCertificate.GetCertHashString());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "mx.example.vn" }, cancellationToken);
        (input, output) = (PipeReader.Create(tls, new(leaveOpen: true)), PipeWriter.Create(tls, new(leaveOpen: true)));
    }

    /// <summary>Sends bytes, all at once or one at a time.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, bool oneByOne = false)
    {
        for (var at = 0; at < bytes.Length; at += oneByOne ? 1 : bytes.Length)
        {
            if ((await output.WriteAsync(bytes.Slice(at, oneByOne ? 1 : bytes.Length))).IsCompleted)
                return;
        }
    }

    /// <summary>The next line of the server without its end; null when it has closed.</summary>
    public async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.UTF8.GetString(read.Buffer.Slice(0, end).ToArray()).TrimEnd('\r');
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
                return null;
        }
    }

    /// <summary>Exactly this many bytes of the server.</summary>
    public async Task<byte[]> ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await input.AsStream(leaveOpen: true).ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>The session has ended by itself.</summary>
    public Task Ended => session;

    public async ValueTask DisposeAsync()
    {
        await toServer.Writer.CompleteAsync();
        await closed.CancelAsync();
        await session;
        if (tls is not null)
            await tls.DisposeAsync();
        closed.Dispose();
    }

    private sealed class Side(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
