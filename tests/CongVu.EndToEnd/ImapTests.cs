using CongVu.Formats.Tests;
using CongVu.Server.Configuration;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Search;
using MailKit.Security;
using MimeKit;

namespace CongVu.EndToEnd;

public sealed class ImapTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_person_sends_and_the_other_reads_answers_and_files()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var (an, binh) = (await server.PersonAsync("an", Cancellation), await server.PersonAsync("binh", Cancellation));
        using var reader = await ConnectAsync(server, binh, ListenerKind.Imap, SecureSocketOptions.StartTls);
        await reader.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        Assert.Equal(0, reader.Inbox.Count);

        // The one who waits in IDLE is told when the message is there.
        using var done = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        reader.Inbox.CountChanged += (_, _) => done.Cancel();
        var idle = reader.IdleAsync(done.Token, Cancellation);
        await SendAsync(server, an, new MimeMessage([MailboxAddress.Parse(an)], [MailboxAddress.Parse(binh)], "Báo cáo quý", new BodyBuilder
        {
            TextBody = "Kính gửi đồng chí.\n",
            Attachments = { { "bao-cao.txt", "Nội dung"u8.ToArray() } },
        }.ToMessageBody()));
        await idle;
        Assert.Equal(1, reader.Inbox.Count);

        var summary = Assert.Single(await reader.Inbox.FetchAsync(0, -1, MessageSummaryItems.Envelope | MessageSummaryItems.BodyStructure | MessageSummaryItems.UniqueId | MessageSummaryItems.Flags, Cancellation));
        Assert.Equal(("Báo cáo quý", an, "bao-cao.txt"), (summary.Envelope!.Subject, summary.Envelope.From.Mailboxes.Single().Address, summary.Attachments.Single().FileName));
        Assert.Equal([summary.UniqueId], await reader.Inbox.SearchAsync(SearchQuery.BodyContains("dong chi").And(SearchQuery.NotSeen), Cancellation));
        await reader.Inbox.AddFlagsAsync(summary.UniqueId, MessageFlags.Seen | MessageFlags.Answered, silent: true, Cancellation);
        var work = (await reader.GetFolder(reader.PersonalNamespaces[0]).CreateAsync("Công việc", isMessageFolder: true, Cancellation))!;
        var moved = await reader.Inbox.MoveToAsync(summary.UniqueId, work!, Cancellation);
        await work!.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal("Nội dung", ((TextPart)(await work.GetMessageAsync(moved!.Value, Cancellation)).Attachments.Single()).Text);
    }

    [Fact]
    public async Task Every_message_of_the_corpus_is_read_back_byte_for_byte_over_tls()
    {
        Assert.SkipWhen(Corpus.Folder is null, "The corpus is not here.");
        await using var server = await RunningServer.StartAsync(Cancellation, PlainSmtp.MarkOnly);
        var an = await server.PersonAsync("an", Cancellation);
        var originals = Corpus.Messages().Select(m => m.Bytes.Length > 0 && !m.Bytes.AsSpan().EndsWith("\r\n"u8) ? [.. m.Bytes, .. "\r\n"u8] : m.Bytes).ToList();
        await using (var sender = await PlainSmtp.ConnectAsync(server.Port(ListenerKind.Smtp), Cancellation))
        {
            foreach (var original in originals)
                await sender.SendAsync("b@other.vn", an, original, Cancellation);
        }
        using var reader = await ConnectAsync(server, an, ListenerKind.Imaps, SecureSocketOptions.SslOnConnect);
        await reader.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal(originals.Count, reader.Inbox.Count);
        for (var i = 0; i < originals.Count; i++)
        {
            using var copy = new MemoryStream();
            await using var stream = await reader.Inbox.GetStreamAsync(i, Cancellation);
            await stream.CopyToAsync(copy, Cancellation);
            Assert.True(copy.ToArray().AsSpan().EndsWith(originals[i]), $"Message {i}.");
        }
    }

    [Fact]
    public async Task An_organizations_mailbox_is_read_and_written_for_by_its_custodian()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var (an, binh) = (await server.PersonAsync("an", Cancellation), await server.PersonAsync("binh", Cancellation));
        var office = $"stttt@{RunningServer.Domain}";
        await server.CommandAsync(Cancellation, "account", "add", office, "--organization", "--name", "Sở Thông tin và Truyền thông");
        await server.CommandAsync(Cancellation, "account", "grant", office, an);

        await SendAsync(server, binh, new MimeMessage([MailboxAddress.Parse(binh)], [MailboxAddress.Parse(office)], "Kính gửi Sở", new TextPart("plain") { Text = "x" }));
        using var reader = await ConnectAsync(server, an, ListenerKind.Imaps, SecureSocketOptions.SslOnConnect);
        var inbox = await reader.GetFolderAsync($"Shared/{office}/INBOX", Cancellation);
        await inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        Assert.Equal(1, inbox.Count);

        var reply = new MimeMessage([MailboxAddress.Parse(office)], [MailboxAddress.Parse(binh)], "Re: Kính gửi Sở", new TextPart("plain") { Text = "x" });
        await SendAsync(server, an, reply);
        var refused = await Assert.ThrowsAsync<SmtpCommandException>(() => SendAsync(server, binh, reply));
        Assert.Equal(SmtpErrorCode.SenderNotAccepted, refused.ErrorCode);
    }

    internal static async Task<ImapClient> ConnectAsync(RunningServer server, string login, ListenerKind kind, SecureSocketOptions security)
    {
        var client = new ImapClient { ServerCertificateValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate) };
        await client.ConnectAsync("127.0.0.1", server.Port(kind), security, Cancellation);
        await client.AuthenticateAsync(login, RunningServer.Password, Cancellation);
        return client;
    }

    internal static async Task SendAsync(RunningServer server, string login, MimeMessage message)
    {
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, certificate, _, _) => server.IsOwn(certificate) };
        await client.ConnectAsync("127.0.0.1", server.Port(ListenerKind.Submissions), SecureSocketOptions.SslOnConnect, Cancellation);
        await client.AuthenticateAsync(login, RunningServer.Password, Cancellation);
        await client.SendAsync(message, Cancellation);
        await client.DisconnectAsync(true, Cancellation);
    }
}
