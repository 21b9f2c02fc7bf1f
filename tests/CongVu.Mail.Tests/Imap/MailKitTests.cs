using CongVu.Mail.Imap;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Connections;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MailKit.Security;
using MimeKit;
using MessageFlags = MailKit.MessageFlags;

namespace CongVu.Mail.Tests.Imap;

/// <summary>A mail program of others, over a real socket and TLS.</summary>
public sealed class MailKitTests : ImapFixture
{
    protected override ImapOptions Options => base.Options with { Certificate = () => TestCertificate.Context };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Does_a_days_work(bool implicitTls)
    {
        await using var listener = await ListenAsync(implicitTls);
        using var client = await SignInAsync(listener, implicitTls, "an");
        Assert.True(client.IsSecure);

        // Folders.
        var top = client.GetFolder(client.PersonalNamespaces[0]);
        var made = await top.CreateAsync("Công văn đến", true, Cancellation);
        Assert.NotNull(made);
        Assert.Equal("Sent", client.GetFolder(SpecialFolder.Sent)!.Name);
        await made.CreateAsync("2026", true, Cancellation);
        Assert.Contains(await top.GetSubfoldersAsync(false, Cancellation), f => f.Name == "Công văn đến");

        // Messages in.
        await made.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        var uids = await made.AppendAsync([.. Enumerable.Range(1, 5).Select(i => new AppendRequest(Message(i), i % 2 == 0 ? MessageFlags.Seen : MessageFlags.None) { InternalDate = Clock.Now.AddDays(i) })], Cancellation);
        Assert.Equal(5, uids.Count);
        Assert.Equal(5, made.Count);

        // Lists.
        var list = await made.FetchAsync(
            0, -1, MessageSummaryItems.Envelope | MessageSummaryItems.BodyStructure | MessageSummaryItems.Flags | MessageSummaryItems.UniqueId | MessageSummaryItems.InternalDate | MessageSummaryItems.Size
                | MessageSummaryItems.ModSeq | MessageSummaryItems.PreviewText | MessageSummaryItems.EmailId | MessageSummaryItems.ThreadId | MessageSummaryItems.SaveDate, Cancellation);
        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"Thư số {i}"), list.Select(m => m.Envelope!.Subject));
        Assert.All(list, m => Assert.Equal("Kính gửi các đơn vị", m.PreviewText));
        Assert.All(list, m => Assert.NotNull(m.EmailId));
        Assert.Equal("ghi chú.txt", list[0].Attachments.Single().FileName);

        // Parts and whole messages.
        var part = (MimePart)await made.GetBodyPartAsync(list[0].UniqueId, list[0].Attachments.Single(), Cancellation);
        Assert.Equal("nội dung", new StreamReader(part.Content!.Open()).ReadToEnd());
        Assert.Equal("Thư số 2", (await made.GetMessageAsync(list[1].UniqueId, Cancellation)).Subject);

        // Searching, sorting, threads.
        Assert.Equal([uids[2]], await made.SearchAsync(SearchQuery.SubjectContains("số 3"), Cancellation));
        Assert.Equal([uids[0], uids[2], uids[4]], await made.SearchAsync(SearchQuery.NotSeen.And(SearchQuery.BodyContains("kinh gui")), Cancellation));
        Assert.Equal(uids.Reverse(), await made.SortAsync(SearchQuery.All, [OrderBy.ReverseArrival], Cancellation));
        Assert.Equal(5, (await made.ThreadAsync(ThreadingAlgorithm.References, SearchQuery.All, Cancellation)).Count);

        // Changes.
        await made.StoreAsync(uids[0], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Flagged, new HashSet<string> { "$Việc".Replace("ệ", "e", StringComparison.Ordinal) }), Cancellation);
        var trash = client.GetFolder(SpecialFolder.Trash)!;
        Assert.NotNull(await made.MoveToAsync(uids[1], trash, Cancellation));
        Assert.Equal(4, made.Count);
        await made.StoreAsync(uids[2], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted) { Silent = true }, Cancellation);
        await made.ExpungeAsync([uids[2]], Cancellation);
        Assert.Equal(3, made.Count);
        await made.ReplaceAsync(uids[3], Message(9), MessageFlags.Draft, Cancellation);
        Assert.Equal(3, made.Count);
        var quota = await made.GetQuotaAsync(Cancellation);
        Assert.True(quota.CurrentStorageSize > 0);

        // Rights.
        await made.AddAccessRightsAsync("binh@example.vn", new AccessRights("lr"), Cancellation);
        using var other = await SignInAsync(listener, implicitTls, "binh");
        var shared = await other.GetFolderAsync("Shared/an@example.vn/Công văn đến", Cancellation);
        await shared.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal(3, shared.Count);
        await Assert.ThrowsAnyAsync<Exception>(() => shared.CreateAsync("x", true, Cancellation));

        await made.CloseAsync(false, Cancellation);
        await client.DisconnectAsync(true, Cancellation);
        await other.DisconnectAsync(true, Cancellation);
    }

    [Fact]
    public async Task Is_told_of_new_mail_while_it_idles()
    {
        await using var listener = await ListenAsync(implicitTls: true);
        using var client = await SignInAsync(listener, implicitTls: true, "an");
        await client.Inbox!.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        using var done = new CancellationTokenSource();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Inbox.CountChanged += (_, _) => arrived.TrySetResult();
        var idle = client.IdleAsync(done.Token, Cancellation);
        var who = await WhoAsync("an");
        await AppendAsync(who, (await MailboxAsync(who, "INBOX")).Id, "Mới");
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        await done.CancelAsync();
        await idle;
        Assert.Equal(1, client.Inbox.Count);
        await client.DisconnectAsync(true, Cancellation);
    }

    [Fact]
    public async Task Learns_quickly_what_it_missed()
    {
        await using var listener = await ListenAsync(implicitTls: true);
        var who = await WhoAsync("an");
        var inbox = await MailboxAsync(who, "INBOX");
        for (var i = 0; i < 4; i++)
            await AppendAsync(who, inbox.Id, $"{i}");
        using var client = await SignInAsync(listener, implicitTls: true, "an");
        await client.EnableQuickResyncAsync(Cancellation);
        await client.Inbox!.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        var (validity, modSeq) = (client.Inbox.UidValidity, client.Inbox.HighestModSeq);
        await client.Inbox.CloseAsync(false, Cancellation);

        await Store.Messages.StoreFlagsAsync(who, inbox.Id, Only(2), new(FlagMode.Add, CongVu.Mail.Store.MessageFlags.Deleted, []), null, Cancellation);
        await Store.Messages.ExpungeAsync(who, inbox.Id, null, Cancellation);
        await Store.Messages.StoreFlagsAsync(who, inbox.Id, Only(3), new(FlagMode.Add, CongVu.Mail.Store.MessageFlags.Flagged, []), null, Cancellation);

        var vanished = new List<uint>();
        var flagged = new List<uint>();
        client.Inbox.MessagesVanished += (_, e) => vanished.AddRange(e.UniqueIds.Select(u => u.Id));
        client.Inbox.MessageFlagsChanged += (_, e) => flagged.Add(e.UniqueId!.Value.Id);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, validity, modSeq, [new UniqueId(1), new UniqueId(2), new UniqueId(3), new UniqueId(4)], Cancellation);
        Assert.Equal([2u], vanished);
        Assert.Equal([3u], flagged);
        await client.DisconnectAsync(true, Cancellation);
    }

    private Task<LoopbackListener> ListenAsync(bool implicitTls) => LoopbackListener.StartAsync(context => Server.ServeAsync(context, implicitTls, Stopping.Token));

    private static async Task<ImapClient> SignInAsync(LoopbackListener listener, bool implicitTls, string name)
    {
        var client = new ImapClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await client.ConnectAsync("127.0.0.1", listener.Port, implicitTls ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls, Cancellation);
        await client.AuthenticateAsync($"{name}@example.vn", "secret", Cancellation);
        return client;
    }

    private static MimeMessage Message(int i)
    {
        var body = new BodyBuilder { TextBody = "Kính gửi các đơn vị" };
        body.Attachments.Add("ghi chú.txt", System.Text.Encoding.UTF8.GetBytes("nội dung"), new ContentType("text", "plain"));
        var message = new MimeMessage { Subject = $"Thư số {i}", Body = body.ToMessageBody() };
        message.From.Add(new MailboxAddress("Nguyễn Văn An", "an@example.vn"));
        message.To.Add(new MailboxAddress("Bình", "binh@example.vn"));
        return message;
    }
}
