using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace CongVu.Mail.Connections;

/// <summary>
/// A client of a mail protocol: bytes in and out, TLS when it is begun, one deadline. Protocols read from <see cref="Input"/> and write to
/// <see cref="Output"/>; nothing is sent before <see cref="FlushAsync"/>, so replies to pipelined commands leave together. A client that does not
/// take what it is sent is cut off at the deadline, and some seconds after the session's end at the latest.
/// </summary>
public sealed class MailConnection : IAsyncDisposable
{
    /// <summary>Until the first <see cref="Allow"/>.</summary>
    private static readonly TimeSpan FirstDeadline = TimeSpan.FromMinutes(1);

    /// <summary>For the last bytes to reach the client after the session's end.</summary>
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(10);

    private readonly ConnectionContext context;
    private readonly TimeProvider clock;
    private readonly CancellationTokenSource lifetime;
    private readonly CancellationTokenRegistration gone;
    private SslStream? tls;
    private byte[]? certificateHash;

    /// <summary>Takes a connection that Kestrel (or a test) has accepted.</summary>
    public MailConnection(ConnectionContext context, TimeProvider? clock = null)
    {
        this.context = context;
        this.clock = clock ?? TimeProvider.System;
        Input = context.Transport.Input;
        Output = context.Transport.Output;
        // Made with a delay, so that later ones run by the same clock.
        lifetime = new(FirstDeadline, this.clock);
        gone = context.ConnectionClosed.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), lifetime);
        Remote = context.RemoteEndPoint as IPEndPoint ?? new(IPAddress.Loopback, 0);
    }

    /// <summary>What the client sends.</summary>
    public PipeReader Input { get; private set; }

    /// <summary>What is sent to the client at the next flush.</summary>
    public PipeWriter Output { get; private set; }

    /// <summary>The client, or what a trusted proxy says of it.</summary>
    public IPEndPoint Remote { get; internal set; }

    /// <summary>TLS is on.</summary>
    public bool IsTls => tls is not null;

    /// <summary>Nobody else can listen: TLS, or the same machine.</summary>
    public bool IsPrivate => IsTls || IPAddress.IsLoopback(Remote.Address);

    /// <summary>Ends when the client goes, the deadline passes or the server stops.</summary>
    public CancellationToken Closed => lifetime.Token;

    /// <summary>The deadline has passed, and the client was still there.</summary>
    public bool IsOverdue => lifetime.IsCancellationRequested && !context.ConnectionClosed.IsCancellationRequested;

    /// <summary>The TLS version and cipher, for the Received line; null without TLS.</summary>
    public string? TlsDescription => tls is null ? null : $"{tls.SslProtocol} {tls.NegotiatedCipherSuite}";

    /// <summary>What binds a sign-in to this very channel: the hash of our certificate, "tls-server-end-point" of RFC 5929 §4. Null without TLS.</summary>
    public byte[]? ChannelBinding => certificateHash;

    /// <summary>Gives the client this long from now for what comes next.</summary>
    public void Allow(TimeSpan time) => lifetime.CancelAfter(time);

    /// <summary>Waits for bytes of the client.</summary>
    /// <exception cref="ConnectionAbortedException">The connection broke.</exception>
    public async ValueTask<ReadResult> ReadAsync()
    {
        try
        {
            return await Input.ReadAsync(Closed);
        }
        catch (IOException error) when (error is not ConnectionResetException)
        {
            throw new ConnectionAbortedException("The connection broke.", error);
        }
    }

    /// <summary>Sends what was written.</summary>
    /// <exception cref="ConnectionAbortedException">The client has gone, or the connection broke.</exception>
    public async ValueTask FlushAsync()
    {
        FlushResult result;
        try
        {
            result = await Output.FlushAsync(Closed);
        }
        catch (IOException error) when (error is not ConnectionResetException)
        {
            throw new ConnectionAbortedException("The connection broke.", error);
        }
        if (result.IsCompleted || result.IsCanceled)
            throw new ConnectionAbortedException("The client is gone.");
    }

    /// <summary>Sends last words to a client whose deadline has passed; it may be too late for that.</summary>
    public async ValueTask SendLastWordsAsync(ReadOnlyMemory<byte> words)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1), clock);
        try
        {
            await Output.WriteAsync(words, limit.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or InvalidOperationException or ConnectionAbortedException)
        {
            // Nobody listens.
        }
    }

    /// <summary>
    /// Begins TLS at the client's command: <paramref name="writeReply"/> writes the reply after which the client begins. False, and nothing sent, when the
    /// client has already sent more in the clear (RFC 3207 §4.2, RFC 9051 §6.2.1): those bytes could be a stranger's, and the connection must be closed.
    /// </summary>
    public async ValueTask<bool> StartTlsAsync(SslStreamCertificateContext certificate, Action writeReply)
    {
        if (Input.TryRead(out var early))
        {
            Input.AdvanceTo(early.Buffer.Start);
            if (early.Buffer.Length > 0)
                return false;
        }
        // From here on whatever comes is read as TLS, never as a command.
        writeReply();
        await FlushAsync();
        await BeginTlsAsync(certificate);
        return true;
    }

    /// <summary>Begins TLS at once, where it is spoken from the first byte (RFC 8314 §3).</summary>
    /// <exception cref="ConnectionAbortedException">The client does not speak TLS, or none that we do.</exception>
    public async ValueTask BeginTlsAsync(SslStreamCertificateContext certificate)
    {
        var stream = new SslStream(new PipeStream(context.Transport), leaveInnerStreamOpen: true);
        try
        {
            await stream.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = certificate,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                },
                Closed);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or OperationCanceledException)
        {
            await stream.DisposeAsync();
            throw new ConnectionAbortedException("The client did not begin TLS.", error);
        }
        tls = stream;
        certificateHash = HashOf(certificate.TargetCertificate);
        // Waiting needs no buffer: an idle session holds none.
        Input = PipeReader.Create(stream, new(bufferSize: 4096, minimumReadSize: 1024, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(stream, new(leaveOpen: true));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (tls is not null)
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
            await EndTlsAsync(tls);
            await tls.DisposeAsync();
        }
        // A client that takes no more bytes would hold the socket for as long as it likes.
        if (!context.ConnectionClosed.IsCancellationRequested)
        {
            var abort = clock.CreateTimer(static state => ((ConnectionContext)state!).Abort(new("The client takes no bytes.")), context, LingerTime, Timeout.InfiniteTimeSpan);
            context.ConnectionClosed.UnsafeRegister(static state => ((ITimer)state!).Dispose(), abort);
        }
        await gone.DisposeAsync();
        lifetime.Dispose();
    }

    // Without the word of goodbye the other side may take the end for an attack (RFC 8446 §6.1).
    private async ValueTask EndTlsAsync(SslStream stream)
    {
        if (lifetime.IsCancellationRequested)
            return;
        try
        {
            await stream.ShutdownAsync().WaitAsync(LingerTime, clock);
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or TimeoutException or ConnectionAbortedException or System.ComponentModel.Win32Exception)
        {
            // It has gone.
        }
    }

    // RFC 5929 §4.1: the hash of the certificate's signature, but never a weaker one than SHA-256.
    private static byte[] HashOf(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => certificate.GetCertHash(HashAlgorithmName.SHA384),
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => certificate.GetCertHash(HashAlgorithmName.SHA512),
        _ => certificate.GetCertHash(HashAlgorithmName.SHA256),
    };

    /// <summary>The transport's two pipes as the one stream that TLS wants.</summary>
    private sealed class PipeStream(IDuplexPipe transport) : Stream
    {
        private readonly Stream input = transport.Input.AsStream(leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => input.ReadAsync(buffer, offset, count, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await transport.Output.WriteAsync(buffer, cancellationToken);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async Task FlushAsync(CancellationToken cancellationToken) => await transport.Output.FlushAsync(cancellationToken);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
