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
/// <see cref="Output"/>; nothing is sent before <see cref="FlushAsync"/>, so replies to pipelined commands leave together.
/// </summary>
public sealed class MailConnection : IAsyncDisposable
{
    private readonly ConnectionContext context;
    private readonly CancellationTokenSource lifetime;
    private SslStream? tls;

    /// <summary>Takes a connection that Kestrel (or a test) has accepted.</summary>
    public MailConnection(ConnectionContext context)
    {
        this.context = context;
        Input = context.Transport.Input;
        Output = context.Transport.Output;
        lifetime = CancellationTokenSource.CreateLinkedTokenSource(context.ConnectionClosed);
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

    /// <summary>tls-server-end-point (RFC 5929 §4.1): the hash of our certificate; null without TLS.</summary>
    public byte[]? ChannelBinding { get; private set; }

    /// <summary>The TLS version and cipher, for the Received line; null without TLS.</summary>
    public string? TlsDescription => tls is null ? null : $"{tls.SslProtocol} {tls.NegotiatedCipherSuite}";

    /// <summary>Gives the client this long from now for what comes next.</summary>
    public void Allow(TimeSpan time) => lifetime.CancelAfter(time);

    /// <summary>Sends what was written.</summary>
    public async ValueTask FlushAsync()
    {
        var result = await Output.FlushAsync(Closed);
        if (result.IsCompleted || result.IsCanceled)
            throw new ConnectionAbortedException("The client is gone.");
    }

    /// <summary>
    /// Begins TLS on a client's command; <paramref name="agree"/> writes the protocol's consent. False when the client had already sent more in the clear
    /// (RFC 3207 §4.2, RFC 9051 §6.2.1): those bytes could be a stranger's, nothing was agreed to, and the connection must be closed.
    /// </summary>
    public async ValueTask<bool> StartTlsAsync(SslStreamCertificateContext certificate, Action agree)
    {
        if (Input.TryRead(out var early))
        {
            var injected = early.Buffer.Length > 0;
            Input.AdvanceTo(early.Buffer.Start);
            if (injected)
                return false;
        }
        agree();
        await FlushAsync();
        await BeginTlsAsync(certificate);
        return true;
    }

    /// <summary>Begins TLS as the first thing of a connection (RFC 8314 §3).</summary>
    public async Task BeginTlsAsync(SslStreamCertificateContext certificate)
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
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw new ConnectionAbortedException("The client did not begin TLS.", error);
        }
        tls = stream;
        ChannelBinding = BindingOf(certificate.TargetCertificate);
        // Waiting needs no buffer: an idle session holds none.
        Input = PipeReader.Create(stream, new(bufferSize: 4096, minimumReadSize: 1024, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(stream, new(leaveOpen: true));
    }

    // The hash is that of the certificate's signature, MD5 and SHA-1 excepted.
    private static byte[] BindingOf(X509Certificate2 certificate) => certificate.SignatureAlgorithm.FriendlyName switch
    {
        { } name when name.Contains("384", StringComparison.Ordinal) => SHA384.HashData(certificate.RawData),
        { } name when name.Contains("512", StringComparison.Ordinal) => SHA512.HashData(certificate.RawData),
        _ => SHA256.HashData(certificate.RawData),
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (tls is not null)
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
            await tls.DisposeAsync();
        }
        lifetime.Dispose();
    }

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
