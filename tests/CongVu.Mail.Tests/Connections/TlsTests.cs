using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using CongVu.Mail.Delivery;
using CongVu.Mail.Smtp;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Connections;

public sealed class TlsTests() : StoreFixture(Backend.Sqlite)
{
    [Fact]
    public async Task Tls_may_be_the_first_thing_of_a_connection()
    {
        await using var listener = await ListenAsync(implicitTls: true);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, listener.Port, Cancellation);
        await using var tls = await SecureAsync(client.GetStream());
        using var reader = new StreamReader(tls);
        Assert.StartsWith("220 ", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_begins_on_command_and_what_was_said_before_is_forgotten()
    {
        await using var listener = await ListenAsync(implicitTls: false);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, listener.Port, Cancellation);
        var stream = client.GetStream();
        await AskAsync(stream, "EHLO a\r\n", "250 ENHANCEDSTATUSCODES\r\n");
        await AskAsync(stream, "STARTTLS\r\n", "220 2.0.0 Ready to start TLS\r\n");
        await using var tls = await SecureAsync(stream);
        await AskAsync(tls, "MAIL FROM:<a@b.vn>\r\n", "503 ");
        Assert.DoesNotContain("STARTTLS", await AskAsync(tls, "EHLO a\r\n", "250 ENHANCEDSTATUSCODES\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_sent_with_the_command_close_the_connection()
    {
        await using var listener = await ListenAsync(implicitTls: false);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, listener.Port, Cancellation);
        var stream = client.GetStream();
        await AskAsync(stream, "EHLO a\r\n", "250 ENHANCEDSTATUSCODES\r\n");
        await stream.WriteAsync("STARTTLS\r\nRSET\r\n"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(stream);
        Assert.DoesNotContain("250", await reader.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
    }

    private Task<LoopbackListener> ListenAsync(bool implicitTls)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
        var server = new SmtpServer(Store, new MailPath(Store, new()), new() { HostName = "mx.example.vn", Certificate = () => context }, Clock, NullLogger<SmtpServer>.Instance);
        return LoopbackListener.StartAsync(connection => server.ServeAsync(connection, SmtpRole.Inbound, implicitTls, CancellationToken.None));
    }

    private static async Task<SslStream> SecureAsync(Stream stream)
    {
        var tls = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, Cancellation);
        return tls;
    }

    private static async Task<string> AskAsync(Stream stream, string command, string until)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command), Cancellation);
        var answer = new StringBuilder();
        var bytes = new byte[4096];
        while (!answer.ToString().Contains(until, StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(bytes, Cancellation);
            Assert.NotEqual(0, count);
            answer.Append(Encoding.ASCII.GetString(bytes, 0, count));
        }
        return answer.ToString();
    }
}
