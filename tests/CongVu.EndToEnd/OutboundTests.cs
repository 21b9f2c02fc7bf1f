using System.Text.Json;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;
using MailKit;
using MailKit.Security;
using MimeKit;

namespace CongVu.EndToEnd;

/// <summary>Mail from one installation to another, which is the first one's smart host.</summary>
public sealed class OutboundTests
{
    private const string OtherDomain = "other.gov.vn";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_to_another_domain_arrives_and_what_is_refused_comes_back_to_its_sender()
    {
        await using var other = await RunningServer.StartAsync(Cancellation, KeyValuePair.Create("domains", OtherDomain));
        var binh = (await other.Store.Accounts.AddPersonAsync(new($"binh@{OtherDomain}", "Bình", RunningServer.Password), "test", Cancellation)).Value;
        await using var server = await RunningServer.StartAsync(Cancellation, [.. Relay(other.Port(ListenerKind.Smtp))]);
        var an = await server.PersonAsync("an", Cancellation);
        var account = (await server.Store.Accounts.FindAsync(an, Cancellation))!.Id;

        var arrived = Changed(other.Store, binh.Id);
        var returned = Changed(server.Store, account);
        var message = new MimeMessage([MailboxAddress.Parse(an)], [MailboxAddress.Parse(binh.PrimaryAddress), MailboxAddress.Parse($"nobody@{OtherDomain}")], "Ra ngoài", new TextPart("plain") { Text = "Xin chào.\n" });
        await ImapTests.SendAsync(server, an, message);
        await arrived.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await returned.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        using var there = await ImapTests.ConnectAsync(other, binh.PrimaryAddress, ListenerKind.Imaps, SecureSocketOptions.SslOnConnect);
        await there.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal("Ra ngoài", (await there.Inbox.GetMessageAsync(0, Cancellation)).Subject);
        using var here = await ImapTests.ConnectAsync(server, an, ListenerKind.Imaps, SecureSocketOptions.SslOnConnect);
        await here.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        var report = Assert.IsType<MultipartReport>((await here.Inbox.GetMessageAsync(0, Cancellation)).Body);
        var status = report.OfType<MessageDeliveryStatus>().Single().StatusGroups[1];
        Assert.Equal(($"rfc822; nobody@{OtherDomain}", "failed"), (status["Final-Recipient"], status["Action"]));
        Assert.Equal("[]", (await server.CommandAsync(Cancellation, "queue", "list", "--json")).Trim());
    }

    [Fact]
    public async Task What_waits_is_listed_tried_again_at_once_on_command_and_dropped()
    {
        // A port that nobody listens on any more.
        int port;
        await using (var gone = await RunningServer.StartAsync(Cancellation))
            port = gone.Port(ListenerKind.Smtp);
        await using var server = await RunningServer.StartAsync(Cancellation, [.. Relay(port)]);
        var an = await server.PersonAsync("an", Cancellation);
        await ImapTests.SendAsync(server, an, new MimeMessage([MailboxAddress.Parse(an)], [MailboxAddress.Parse($"binh@{OtherDomain}")], "x", new TextPart("plain") { Text = "x" }));

        await AttemptsAsync(server, 1);
        Assert.Contains("1 recipients are due now.", await server.CommandAsync(Cancellation, "queue", "retry"), StringComparison.Ordinal);
        await AttemptsAsync(server, 2);
        var id = (await server.Store.Queue.ListAsync(0, 10, Cancellation)).Single().Id;
        Assert.Contains($"binh@{OtherDomain}", await server.CommandAsync(Cancellation, "queue", "show", $"{id}"), StringComparison.Ordinal);
        await server.CommandAsync(Cancellation, "queue", "drop", $"{id}");
        Assert.Contains("Nothing waits.", await server.CommandAsync(Cancellation, "queue", "list"), StringComparison.Ordinal);
    }

    // The commands' own output is what is waited on, as an operator would.
    private static async Task AttemptsAsync(RunningServer server, int expected)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            var list = JsonDocument.Parse(await server.CommandAsync(limit.Token, "queue", "list", "--json")).RootElement;
            if (list[0].GetProperty("recipients")[0].GetProperty("attempts").GetInt32() >= expected)
                return;
        }
    }

    private static Task Changed(CongVu.Mail.Store.MailStore store, AccountId account)
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Changes.Subscribe(account, _ => told.TrySetResult());
        return told.Task;
    }

    private static IEnumerable<KeyValuePair<string, string>> Relay(int port) =>
        [new("relay.host", "127.0.0.1"), new("relay.port", port.ToString(System.Globalization.CultureInfo.InvariantCulture))];
}
