using System.Text;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Delivery;
using CongVu.Mail.Outbound;
using CongVu.Mail.Smtp;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Connections;
using CongVu.Mail.Tests.Store;
using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using MimeKit;

namespace CongVu.Mail.Tests.Outbound;

public sealed class SqliteOutboundWorkerTests() : OutboundWorkerTests(Backend.Sqlite);

public sealed class PostgresOutboundWorkerTests() : OutboundWorkerTests(Backend.Postgres);

public abstract class OutboundWorkerTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task Queued_mail_reaches_the_other_server_as_it_was_and_leaves_the_queue()
    {
        await using var other = await OtherServerAsync();
        const string message = "From: an@example.vn\nSubject: Chào\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nMột dòng  \n.\n\tcuối\n";
        await QueueAsync(message, "x@other.vn", "y@other.vn");
        Assert.Equal(1, await Worker(other.Port).RunOnceAsync(Cancellation));

        Assert.Empty(await Store.Queue.ListAsync(0, 10, Cancellation));
        foreach (var name in new[] { "x", "y" })
        {
            var text = await other.TextAsync(name);
            Assert.EndsWith(message.ReplaceLineEndings("\r\n"), text, StringComparison.Ordinal);
            Assert.StartsWith("Return-Path: <an@example.vn>\r\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_refused_recipient_brings_a_notice_and_the_others_get_the_message()
    {
        var (an, _) = await PersonAsync("an");
        await using var other = await OtherServerAsync();
        await QueueAsync("From: an@example.vn\nSubject: Một\n\nx\n", "x@other.vn", "nobody@other.vn");
        await Worker(other.Port).RunOnceAsync(Cancellation);

        Assert.Contains("Subject: Một", await other.TextAsync("x"), StringComparison.Ordinal);
        var notice = await NoticeAsync(an);
        var report = Assert.IsType<MultipartReport>(notice.Body);
        Assert.Equal("delivery-status", report.ReportType);
        var status = Assert.IsType<MessageDeliveryStatus>(report[1]);
        Assert.Equal("env-1", status.StatusGroups[0]["Original-Envelope-Id"]);
        Assert.Equal(("rfc822; nobody@other.vn", "failed", "5.1.1"), (status.StatusGroups[1]["Final-Recipient"], status.StatusGroups[1]["Action"], status.StatusGroups[1]["Status"]));
        Assert.StartsWith("smtp; 550 5.1.1", status.StatusGroups[1]["Diagnostic-Code"], StringComparison.Ordinal);
        Assert.Contains("nobody@other.vn", ((TextPart)report[0]).Text, StringComparison.Ordinal);
        Assert.Equal("auto-replied", notice.Headers["Auto-Submitted"]);
        Assert.Empty(await Store.Queue.ListAsync(0, 10, Cancellation));
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again_later_and_given_up_at_last()
    {
        var (an, _) = await PersonAsync("an");
        var closed = await LoopbackListener.StartAsync(_ => Task.CompletedTask);
        await closed.DisposeAsync();
        var id = await QueueAsync("From: an@example.vn\nSubject: Một\n\nx\n", "x@other.vn");
        var worker = Worker(closed.Port);
        await worker.RunOnceAsync(Cancellation);

        var waiting = Assert.Single((await Store.Queue.FindAsync(id, Cancellation))!.Recipients);
        Assert.Equal(1, waiting.Attempts);
        Assert.InRange(waiting.NextAttempt - Clock.Now, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3));
        Assert.StartsWith("4.4.1 ", waiting.LastStatus, StringComparison.Ordinal);
        Assert.Equal(0, await worker.RunOnceAsync(Cancellation));

        Clock.Now += TimeSpan.FromDays(5);
        await worker.RunOnceAsync(Cancellation);
        Assert.Empty(await Store.Queue.ListAsync(0, 10, Cancellation));
        Assert.Equal("4.4.1", ((MessageDeliveryStatus)((MultipartReport)(await NoticeAsync(an)).Body!)[1]).StatusGroups[1]["Status"]);
    }

    [Fact]
    public async Task Notices_are_not_sent_to_the_null_path_nor_where_they_are_not_wanted()
    {
        var (an, account) = await PersonAsync("an");
        await using var other = await OtherServerAsync();
        await QueueAsync("Subject: bounce\n\nx\n", "", DsnNotify.None, "nobody@other.vn");
        await QueueAsync("Subject: quiet\n\nx\n", "an@example.vn", DsnNotify.Never, "nobody@other.vn");
        await Worker(other.Port).RunOnceAsync(Cancellation);
        Assert.Empty(await Store.Queue.ListAsync(0, 10, Cancellation));
        Assert.Equal(0, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
        Assert.NotEqual(default, an);
    }

    [Fact]
    public async Task Operators_can_hurry_and_drop_messages_and_held_ones_wait_for_their_time()
    {
        var (an, account) = await PersonAsync("an");
        await using var content = await StageAsync("From: an@example.vn\nSubject: hold\n\nx\n");
        var held = await Store.Deliveries.DeliverAsync(
            new() { Sender = "an@example.vn", Remote = [new("an@example.vn", "example.vn")], HoldUntil = Clock.Now.AddHours(2) }, content, Cancellation);
        var worker = Worker(1);
        Assert.Equal(0, await worker.RunOnceAsync(Cancellation));
        Assert.Equal(("example.vn", Clock.Now.AddHours(2)), Assert.Single(await Store.Queue.DestinationsAsync(Cancellation)));
        Clock.Now = Clock.Now.AddHours(3);
        Assert.Equal(1, await worker.RunOnceAsync(Cancellation));
        Assert.Equal(1, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
        Assert.NotNull(held.QueueId);

        var id = await QueueAsync("Subject: x\n\nx\n", "z@other.vn");
        Assert.Equal(1, await Store.Queue.RetryAsync(id, Cancellation));
        Assert.True(await Store.Queue.DropAsync(id, "operator", Cancellation));
        Assert.False(await Store.Queue.DropAsync(id, "operator", Cancellation));
        Assert.Null(await Store.Queue.FindAsync(id, Cancellation));
        Assert.NotEqual(default, an);
    }

    [Fact]
    public async Task What_people_here_send_is_signed_with_the_keys_of_their_domain_and_verifies()
    {
        var (_, account) = await PersonAsync("an");
        await Store.SigningKeys.RotateAsync("example.vn", TimeSpan.FromDays(2), "test", Cancellation);
        var old = await Store.SigningKeys.ForAsync("example.vn", Cancellation);
        var made = await Store.SigningKeys.RotateAsync("example.vn", TimeSpan.FromDays(2), "test", Cancellation);
        Assert.Equal(old.Select(k => k.Selector), (await Store.SigningKeys.ForAsync("so.example.vn", Cancellation)).Select(k => k.Selector));
        await using var other = await OtherServerAsync();
        const string message = "From: An <an@so.example.vn>\nTo: x@other.vn\nSubject: Chào\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nMột dòng  \n.\n\tcuối\n\n\n";
        await using (var content = await StageAsync(message))
            await Store.Deliveries.DeliverAsync(new() { Sender = "an@example.vn", Submitter = account, Body = BodyType.EightBitMime, Remote = [new("x@other.vn", "other.vn")] }, content, Cancellation);
        await Worker(other.Port).RunOnceAsync(Cancellation);

        var text = await other.TextAsync("x");
        var outcomes = await VerifyAsync(text, old);
        Assert.Equal([("example.vn", DkimResult.Pass, ""), ("example.vn", DkimResult.Pass, "")], outcomes.Select(o => (o.Domain, o.Result, o.Reason)));
        Assert.EndsWith(message.ReplaceLineEndings("\r\n"), text, StringComparison.Ordinal);

        Clock.Now += TimeSpan.FromDays(3);
        Assert.Equal(made.Select(k => k.Key.Selector), (await Store.SigningKeys.ForAsync("example.vn", Cancellation)).Select(k => k.Selector));
        Assert.True(await Store.SigningKeys.RemoveAsync("example.vn", old[0].Selector, "test", Cancellation));
        Assert.Equal(3, (await Store.SigningKeys.ListAsync(null, Cancellation)).Count);
        Assert.Empty(await Store.SigningKeys.ForAsync("khac.vn", Cancellation));
    }

    private async Task<IReadOnlyList<DkimOutcome>> VerifyAsync(string text, IReadOnlyList<SigningKey> keys)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var fields = MessageFields.Read(bytes);
        using var hashes = new BodyHashes();
        var verifier = new DkimVerifier(fields, hashes, Clock.Now);
        await hashes.ComputeAsync(new MemoryStream(bytes[fields.BodyOffset..]), Cancellation);
        return await verifier.RunAsync((name, _, _) => ValueTask.FromResult(new DnsAnswer(DnsStatus.Answered, [.. keys.Where(k => k.RecordName == name).Select(k => k.RecordText)], [])), Cancellation);
    }

    private Task<long> QueueAsync(string message, params string[] to) => QueueAsync(message, "an@example.vn", DsnNotify.None, to);

    private async Task<long> QueueAsync(string message, string from, DsnNotify notify, params string[] to)
    {
        await using var content = await StageAsync(message);
        var receipt = await Store.Deliveries.DeliverAsync(
            new() { Sender = from, EnvelopeId = "env-1", Body = BodyType.EightBitMime, Remote = [.. to.Select(a => new RemoteRecipient(a, a[(a.IndexOf('@', StringComparison.Ordinal) + 1)..], null, notify))] }, content, Cancellation);
        return receipt.QueueId!.Value;
    }

    private OutboundWorker Worker(int port) => new(Store, new() { HostName = "mx.example.vn", SmartHost = new("127.0.0.1", port) }, new LookupClient(), null, new(Store.Database, Clock), Clock, NullLogger<OutboundWorker>.Instance);

    private async Task<MimeMessage> NoticeAsync(PrincipalId who)
    {
        var entry = Assert.Single(await EntriesAsync((await MailboxAsync(who, "INBOX")).Id, EntryColumns.Message));
        await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
        return await MimeMessage.LoadAsync(reader.AsStream(), Cancellation);
    }

    private async Task<OtherServer> OtherServerAsync()
    {
        var store = await MailStore.OpenAsync(new() { Folder = Path.Combine(Folder, "other") }, Clock, Cancellation);
        await store.Accounts.AddDomainAsync("other.vn", "test", Cancellation);
        foreach (var name in new[] { "x", "y" })
            await store.Accounts.AddPersonAsync(new($"{name}@other.vn", name, null), "test", Cancellation);
        var server = new SmtpServer(store, new MailPath(store, new()), new() { HostName = "mx.other.vn" }, Clock, NullLogger<SmtpServer>.Instance);
        return new(store, await LoopbackListener.StartAsync(context => server.ServeAsync(context, SmtpRole.Inbound, false, CancellationToken.None)));
    }

    private sealed class OtherServer(MailStore store, LoopbackListener listener) : IAsyncDisposable
    {
        public int Port => listener.Port;

        public async Task<string> TextAsync(string name)
        {
            var who = (await store.Accounts.FindPrincipalAsync($"{name}@other.vn", Cancellation))!.Id;
            var inbox = (await store.Mailboxes.FindAsync(who, "INBOX", Cancellation)).Value.Mailbox.Id;
            var entry = Assert.Single(await store.Messages.ReadAsync(inbox, new(1), new(9), EntryColumns.Message, 9, Cancellation));
            await using var reader = await store.Messages.OpenContentAsync(entry, Cancellation);
            using var text = new StreamReader(reader.AsStream(), Encoding.UTF8);
            return await text.ReadToEndAsync(Cancellation);
        }

        public async ValueTask DisposeAsync()
        {
            await listener.DisposeAsync();
            await store.DisposeAsync();
        }
    }
}
