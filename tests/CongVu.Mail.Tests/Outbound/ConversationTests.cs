using System.Net;
using CongVu.Mail.Outbound;
using CongVu.Mail.Store;
using MimeKit;

namespace CongVu.Mail.Tests.Outbound;

/// <summary>What is said to other servers, and what is made of their answers.</summary>
public sealed class ConversationTests : OutboundFixture
{
    [Fact]
    public async Task Messages_for_a_destination_share_a_connection_and_arrive_byte_for_byte()
    {
        await using var peer = new ScriptedPeer();
        for (var i = 0; i < 3; i++)
            await QueueAsync(["x@other.vn", "y@other.vn"]);
        Assert.Equal(3, await Worker(Relay(peer)).RunOnceAsync(Cancellation));
        Assert.Equal(1, peer.Connections);
        Assert.Equal(3, peer.Messages.Count);
        Assert.All(peer.Messages, m => Assert.Equal(Message.ReplaceLineEndings("\r\n"), m));
        Assert.Contains($"MAIL FROM:<an@example.vn> SIZE={System.Text.Encoding.UTF8.GetByteCount(Message.ReplaceLineEndings("\r\n"))} BODY=8BITMIME ENVID=env+2B1", peer.Told);
        Assert.Equal("QUIT", peer.Told.Last());
    }

    [Fact]
    public async Task A_server_with_DSN_takes_over_what_the_sender_asked_for()
    {
        await using var peer = new ScriptedPeer();
        var (an, _) = await PersonAsync("an");
        await QueueAsync("x@other.vn", notify: DsnNotify.Success | DsnNotify.Delay, original: "rfc822;cu+2Bx@other.vn", give: DsnReturn.Headers);
        await Worker(Relay(peer)).RunOnceAsync(Cancellation);
        Assert.Contains("RCPT TO:<x@other.vn> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;cu+2Bx@other.vn", peer.Told);
        Assert.Contains(peer.Told, c => c.Contains(" RET=HDRS ENVID=env+2B1", StringComparison.Ordinal));
        Assert.Empty(await InboxAsync(an));
    }

    [Fact]
    public async Task A_server_without_DSN_has_the_sender_told_by_us_that_it_was_relayed()
    {
        await using var peer = new ScriptedPeer { Extensions = ["PIPELINING", "8BITMIME"] };
        var (an, _) = await PersonAsync("an");
        await QueueAsync("x@other.vn", notify: DsnNotify.Success, original: "rfc822;cu+2Bx@other.vn");
        await Worker(Relay(peer)).RunOnceAsync(Cancellation);
        var report = Assert.IsType<MultipartReport>(Assert.Single(await InboxAsync(an)).Body);
        var status = Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups;
        Assert.Equal(("relayed", "rfc822; cu+x@other.vn", "env+1", "2.0.0"), (status[1]["Action"], status[1]["Original-Recipient"], status[0]["Original-Envelope-Id"], status[1]["Status"]));
        Assert.Equal("text/rfc822-headers", report[2].ContentType.MimeType);
        Assert.DoesNotContain(peer.Told, c => c.Contains("NOTIFY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sender_is_told_once_that_it_takes_long()
    {
        var (an, _) = await PersonAsync("an");
        var until = Clock.Now.AddHours(5);
        await using var peer = new ScriptedPeer { Answer = (command, _) => command.StartsWith("RCPT", StringComparison.Ordinal) && Clock.Now < until ? "450 4.7.1 later" : null };
        var id = await QueueAsync("x@other.vn");
        var worker = Worker(Relay(peer));
        await worker.RunOnceAsync(Cancellation);
        Assert.Empty(await InboxAsync(an));

        foreach (var hours in new[] { 4, 0.9 })
        {
            Clock.Now += TimeSpan.FromHours(hours);
            await Store.Queue.RetryAsync(id, Cancellation);
            await worker.RunOnceAsync(Cancellation);
            var status = ((MessageDeliveryStatus)((MultipartReport)Assert.Single(await InboxAsync(an)).Body!)[1]).StatusGroups[1];
            Assert.Equal(("delayed", "4.7.1"), (status["Action"], status["Status"]));
            Assert.NotNull(status["Will-Retry-Until"]);
        }

        Clock.Now += TimeSpan.FromHours(4);
        await worker.RunOnceAsync(Cancellation);
        Assert.Single(peer.Messages);
        Assert.Single(await InboxAsync(an));
    }

    [Fact]
    public async Task A_server_of_seven_bits_gets_them_and_one_without_SMTPUTF8_no_such_address()
    {
        var (an, _) = await PersonAsync("an");
        await using var peer = new ScriptedPeer { Extensions = [] };
        await QueueAsync("x@other.vn");
        await Worker(Relay(peer)).RunOnceAsync(Cancellation);
        var arrived = Assert.Single(peer.Messages);
        Assert.True(arrived.All(char.IsAscii));
        Assert.Equal("Xin chào\n.\n..\ncuối", MimeMessage.Load(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(arrived)), Cancellation).TextBody!.ReplaceLineEndings("\n").TrimEnd());

        await using (var content = await StageAsync(Message))
            await Store.Deliveries.DeliverAsync(new() { Sender = "an@example.vn", SmtpUtf8 = true, Remote = [new("đại@other.vn", "other.vn")] }, content, Cancellation);
        await Worker(Relay(peer)).RunOnceAsync(Cancellation);
        Assert.Equal("5.6.7", ((MessageDeliveryStatus)((MultipartReport)Assert.Single(await InboxAsync(an)).Body!)[1]).StatusGroups[1]["Status"]);
    }

    [Fact]
    public async Task A_message_goes_to_the_next_host_when_one_hangs_up_in_the_middle()
    {
        await using var bad = new ScriptedPeer { Answer = (command, _) => command == "[end]" ? "" : null };
        await using var good = new ScriptedPeer(IPAddress.Parse("127.0.0.2"), bad.Port);
        Dns.Mx("other.vn", 10, "a.other.vn").Mx("other.vn", 20, "b.other.vn").Host("a.other.vn", "127.0.0.1").Host("b.other.vn", "127.0.0.2");
        await QueueAsync("x@other.vn");
        await QueueAsync("y@other.vn");
        Assert.Equal(2, await Worker(By(bad.Port)).RunOnceAsync(Cancellation));
        Assert.Equal((1, 1, 2), (bad.Connections, good.Connections, good.Messages.Count));
        Assert.Empty(await Store.Queue.ListAsync(0, 10, Cancellation));
    }

    [Fact]
    public async Task Greylisting_defers_one_recipient_and_the_other_has_its_message()
    {
        await using var peer = new ScriptedPeer { Answer = (command, connection) => command.StartsWith("RCPT TO:<x@", StringComparison.Ordinal) && connection == 1 ? "451 4.7.1 greylisted" : null };
        var id = await QueueAsync(["x@other.vn", "y@other.vn"]);
        var worker = Worker(Relay(peer));
        await worker.RunOnceAsync(Cancellation);
        Assert.Equal(("x@other.vn", "451 4.7.1 greylisted"), ((await WaitingAsync(id)).Address, (await WaitingAsync(id)).LastStatus));
        Clock.Now += TimeSpan.FromMinutes(3);
        await worker.RunOnceAsync(Cancellation);
        Assert.Equal(2, peer.Messages.Count);
        Assert.Equal(2, peer.Told.Count(c => c.StartsWith("RCPT TO:<x@", StringComparison.Ordinal)));
        Assert.Single(peer.Told, c => c.StartsWith("RCPT TO:<y@", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("EHLO", "hello there")]
    [InlineData("EHLO", "250-without end")]
    [InlineData("MAIL", "999 what")]
    [InlineData("CONNECT", "421 4.3.2 too busy")]
    public async Task What_is_no_answer_or_no_welcome_defers(string at, string answer)
    {
        await using var peer = new ScriptedPeer { Answer = (command, _) => command.StartsWith(at, StringComparison.Ordinal) ? answer == "250-without end" ? string.Join("\r\n", Enumerable.Repeat("250-x", 300)) : answer : null };
        var id = await QueueAsync("x@other.vn");
        await Worker(Relay(peer)).RunOnceAsync(Cancellation);
        Assert.StartsWith("4", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
        Assert.Empty(peer.Messages);
    }

    [Fact]
    public async Task A_line_without_end_is_not_kept_in_memory()
    {
        await using var peer = new ScriptedPeer { Answer = (command, _) => command.StartsWith("EHLO", StringComparison.Ordinal) ? "250 " + new string('x', 1_000_000) : null };
        var id = await QueueAsync("x@other.vn");
        await Worker(Relay(peer)).RunOnceAsync(Cancellation);
        Assert.Contains("a line without end", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_before_the_greeting_is_final_only_when_no_host_is_left()
    {
        var (an, _) = await PersonAsync("an");
        await using var peer = new ScriptedPeer { Answer = (command, _) => command == "CONNECT" ? "554 5.7.1 not you" : null };
        await QueueAsync("x@other.vn");
        await Worker(Relay(peer)).RunOnceAsync(Cancellation);
        Assert.Equal("5.7.1", ((MessageDeliveryStatus)((MultipartReport)Assert.Single(await InboxAsync(an)).Body!)[1]).StatusGroups[1]["Status"]);
    }

    [Fact]
    public async Task What_waits_for_a_destination_that_is_away_is_given_up_in_its_time()
    {
        var (an, _) = await PersonAsync("an");
        int port;
        await using (var gone = new ScriptedPeer())
            port = gone.Port;
        for (var i = 0; i < 3; i++)
            await QueueAsync("x@other.vn");
        var worker = Worker(new() { HostName = "mx.example.vn", SmartHost = new("127.0.0.1", port) });
        Assert.Equal(1, await worker.RunOnceAsync(Cancellation));
        Assert.Equal([1, 0, 0], (await Store.Queue.ListAsync(0, 10, Cancellation)).Select(m => m.Recipients[0].Attempts));
        Clock.Now += TimeSpan.FromDays(6);
        await worker.RunOnceAsync(Cancellation);
        Assert.Empty(await Store.Queue.ListAsync(0, 10, Cancellation));
        Assert.Equal(3, (await InboxAsync(an)).Count);
    }

    [Fact]
    public async Task MX_rules_hold()
    {
        await using var peer = new ScriptedPeer();
        Dns.Host("implicit.vn", "127.0.0.1").Mx("null.vn", 0, ".").Mx("loop.vn", 10, "mx.example.vn").Mx("loop.vn", 20, "later.loop.vn")
            .Mx("second.vn", 10, "first.second.vn").Mx("second.vn", 20, "mx.example.vn").Host("first.second.vn", "127.0.0.1").Mx("empty.vn", 10, "nowhere.empty.vn").Host("x.empty.vn", "127.0.0.9");
        var routing = new Routing(By(peer.Port), new CongVu.Mail.Dns.DnsResolver([Dns.Address], Clock).ClientOf(false));
        Assert.Equal("implicit.vn", Assert.Single((await routing.FindAsync("implicit.vn", Cancellation)).Hosts).Name);
        Assert.StartsWith("5.1.10 ", (await routing.FindAsync("null.vn", Cancellation)).Problem, StringComparison.Ordinal);
        Assert.StartsWith("5.4.6 ", (await routing.FindAsync("loop.vn", Cancellation)).Problem, StringComparison.Ordinal);
        Assert.Equal("first.second.vn", Assert.Single((await routing.FindAsync("second.vn", Cancellation)).Hosts).Name);
        Assert.Equal((true, "5.1.2 "), await routing.FindAsync("missing.vn", Cancellation) is var missing ? (missing.Permanent, missing.Problem[..6]) : default);
        Assert.False((await routing.FindAsync("cham.vn", Cancellation)).Permanent);
        Assert.Equal("127.0.0.1", Assert.Single((await routing.FindAsync("[127.0.0.1]", Cancellation)).Hosts).Name);
        var id = await QueueAsync("x@empty.vn");
        await Worker(By(peer.Port)).RunOnceAsync(Cancellation);
        Assert.Contains("nowhere.empty.vn has no address", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Domains_have_routes_of_their_own_and_a_smart_host_is_signed_in_to_under_TLS()
    {
        using var authority = Authority();
        using var certificate = CertificateOf("localhost", authority);
        await using var relay = new ScriptedPeer { Certificate = certificate, Extensions = ["AUTH PLAIN LOGIN"], Answer = (command, _) => command.StartsWith("AUTH", StringComparison.Ordinal) ? "235 2.7.0 in" : null };
        await using var inner = new ScriptedPeer();
        var options = new OutboundOptions
        {
            HostName = "mx.example.vn",
            SmartHost = new("localhost", relay.Port, RequireTls: true, "tinh", "mật khẩu"),
            Routes = [new("noibo.vn", new("127.0.0.1", inner.Port)), new(".noibo.vn", new("127.0.0.1", inner.Port))],
            TrustedRoots = [authority],
        };
        await QueueAsync(["x@other.vn", "y@noibo.vn", "z@so.noibo.vn"]);
        await Worker(options).RunOnceAsync(Cancellation);
        Assert.Single(relay.Messages);
        Assert.Equal(2, inner.Messages.Count);
        Assert.Contains($"AUTH PLAIN {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("\0tinh\0mật khẩu"))}", relay.Told);
        Assert.Equal(["EHLO mx.example.vn", "STARTTLS", "EHLO mx.example.vn"], relay.Told.Take(3));

        // With another authority nothing is said to it, least of all the password.
        using var stranger = Authority();
        var id = await QueueAsync("x@other.vn");
        var told = relay.Told.Count(c => c.StartsWith("AUTH", StringComparison.Ordinal));
        await Worker(options with { TrustedRoots = [stranger] }).RunOnceAsync(Cancellation);
        Assert.StartsWith("4.7.5 ", (await WaitingAsync(id)).LastStatus, StringComparison.Ordinal);
        Assert.Equal(told, relay.Told.Count(c => c.StartsWith("AUTH", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_circular_lets_other_mail_to_the_same_destination_go_first()
    {
        await using var peer = new ScriptedPeer();
        await QueueAsync([.. Enumerable.Range(0, 60).Select(i => $"c{i}@other.vn")]);
        Clock.Now += TimeSpan.FromSeconds(1);
        await QueueAsync("x@other.vn");
        await Worker(Relay(peer)).RunOnceAsync(Cancellation);
        Assert.StartsWith("RCPT TO:<x@other.vn>", peer.Told.First(c => c.StartsWith("RCPT", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(61, peer.Told.Count(c => c.StartsWith("RCPT", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Servers_that_keep_us_waiting_do_not_hold_up_the_others()
    {
        const int bad = 6, good = 20;
        await using var peer = new ScriptedPeer();
        // These accept the connection and never say a word.
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Parse("127.0.0.3"), peer.Port);
        silent.Start();
        for (var i = 0; i < bad; i++)
            Dns.Mx($"bad{i}.vn", 10, $"mx.bad{i}.vn").Host($"mx.bad{i}.vn", "127.0.0.3");
        for (var i = 0; i < good; i++)
            Dns.Mx($"good{i}.vn", 10, $"mx.good{i}.vn").Host($"mx.good{i}.vn", "127.0.0.1");
        Clock.Now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < bad; i++)
            await QueueAsync($"x@bad{i}.vn");
        for (var i = 0; i < good; i++)
            await QueueAsync($"x@good{i}.vn");

        // Fewer places than silent servers.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var run = Worker(By(peer.Port) with { MaxConnections = 4, SlowAfter = TimeSpan.FromMilliseconds(20) }, clock: TimeProvider.System).RunAsync(stop.Token);
        await peer.TookAsync(good, Cancellation);
        await stop.CancelAsync();
        silent.Stop();
        await run;
        Assert.Equal(bad, (await Store.Queue.ListAsync(0, 100, Cancellation)).Count);
    }

    private static OutboundOptions Relay(ScriptedPeer peer) => new() { HostName = "mx.example.vn", SmartHost = new("127.0.0.1", peer.Port) };
}
