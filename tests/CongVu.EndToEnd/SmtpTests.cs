using CongVu.Formats.Tests;
using CongVu.Server.Configuration;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace CongVu.EndToEnd;

public sealed class SmtpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_submitted_over_tls_is_in_the_other_mailbox_when_it_is_accepted()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var (an, binh) = (await server.PersonAsync("an", Cancellation), await server.PersonAsync("binh", Cancellation));
        var message = new MimeMessage([MailboxAddress.Parse(an)], [MailboxAddress.Parse(binh)], "Mời họp giao ban", new TextPart("plain") { Text = "Kính mời đồng chí.\n" });
        foreach (var (kind, security) in new[] { (ListenerKind.Submissions, SecureSocketOptions.SslOnConnect), (ListenerKind.Submission, SecureSocketOptions.StartTls) })
        {
            using var client = new SmtpClient { ServerCertificateValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate) };
            await client.ConnectAsync("127.0.0.1", server.Port(kind), security, Cancellation);
            await client.AuthenticateAsync(an, RunningServer.Password, Cancellation);
            await client.SendAsync(message, Cancellation);
            await client.DisconnectAsync(true, Cancellation);
        }
        Assert.Equal(2, (await server.Store.Accounts.FindAsync(binh, Cancellation))!.MessageCount);
    }

    [Fact]
    public async Task Every_message_of_the_corpus_is_taken_and_exported_byte_for_byte()
    {
        Assert.SkipWhen(Corpus.Folder is null, "The corpus is not here.");
        await using var server = await RunningServer.StartAsync(Cancellation, PlainSmtp.MarkOnly);
        var an = await server.PersonAsync("an", Cancellation);
        // What ends without a line end gets one on the way (RFC 5321 §4.1.1.4).
        var originals = Corpus.Messages().Select(m => m.Bytes.Length > 0 && !m.Bytes.AsSpan().EndsWith("\r\n"u8) ? [.. m.Bytes, .. "\r\n"u8] : m.Bytes).ToList();
        await using (var client = await PlainSmtp.ConnectAsync(server.Port(ListenerKind.Smtp), Cancellation))
        {
            foreach (var original in originals)
                await client.SendAsync("b@other.vn", an, original, Cancellation);
        }

        Assert.True(originals.Count > 100);
        var target = Path.Combine(server.Folder, "out");
        await server.CommandAsync(Cancellation, "export", an, target, "--format", "eml");
        var exported = Directory.GetFiles(target).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(originals.Count, exported.Count);
        for (var i = 0; i < exported.Count; i++)
        {
            var bytes = await File.ReadAllBytesAsync(exported[i], Cancellation);
            Assert.True(bytes.AsSpan().EndsWith(originals[i]), exported[i]);
            Assert.Matches(
                @"\AReturn-Path: <b@other\.vn>\r\nDelivered-To: an@example\.gov\.vn\r\n((X-CongVu-Files|X-CongVu-Usage|X-Spam-Status): [^\r\n]*\r\n([ \t][^\r\n]*\r\n)*)*Received: from [^\r\n]*\r\n([ \t][^\r\n]*\r\n)*\z",
                System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, bytes.Length - originals[i].Length)));
        }
        Assert.Contains("The store is sound.", await server.CommandAsync(Cancellation, "check"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swaks_sends_over_starttls_and_tls()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var (an, binh) = (await server.PersonAsync("an", Cancellation), await server.PersonAsync("binh", Cancellation));
        foreach (var (kind, tls) in new[] { (ListenerKind.Submission, "--tls"), (ListenerKind.Submissions, "--tls-on-connect") })
        {
            var (code, output) = await RunningServer.RunAsync(
                "swaks",
                ["--server", $"127.0.0.1:{server.Port(kind)}", tls, "--auth", "PLAIN", "--auth-user", an, "--auth-password", RunningServer.Password, "--from", an, "--to", binh, "--h-Subject", "swaks"],
                Cancellation);
            Assert.True(code == 0, output);
        }
        Assert.Equal(2, (await server.Store.Accounts.FindAsync(binh, Cancellation))!.MessageCount);
    }

    [Fact]
    public async Task Curl_submits_a_message()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var (an, binh) = (await server.PersonAsync("an", Cancellation), await server.PersonAsync("binh", Cancellation));
        var (code, output) = await RunningServer.RunAsync(
            "curl",
            ["-sSk", "--url", $"smtps://127.0.0.1:{server.Port(ListenerKind.Submissions)}", "--user", $"{an}:{RunningServer.Password}", "--mail-from", an, "--mail-rcpt", binh, "--upload-file", "-"],
            Cancellation,
            $"From: {an}\r\nTo: {binh}\r\nSubject: curl\r\n\r\nxin chào\r\n");
        Assert.True(code == 0, output);
        Assert.Equal(1, (await server.Store.Accounts.FindAsync(binh, Cancellation))!.MessageCount);
    }
}
