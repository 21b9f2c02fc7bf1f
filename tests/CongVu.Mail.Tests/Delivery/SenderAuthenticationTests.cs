using System.Net;
using System.Text;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Delivery;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Dns;
using CongVu.Mail.Smtp;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Connections;
using CongVu.Mail.Tests.Dns;
using CongVu.Mail.Tests.Store;
using CongVu.Mail.Tests.Transcripts;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Delivery;

public sealed class SqliteSenderAuthenticationTests() : SenderAuthenticationTests(Backend.Sqlite);

public sealed class PostgresSenderAuthenticationTests() : SenderAuthenticationTests(Backend.Postgres);

public abstract class SenderAuthenticationTests(Backend backend) : StoreFixture(backend), IAsyncDisposable
{
    private static readonly IPAddress Outside = IPAddress.Parse("203.0.113.7");
    private static readonly SigningKey Key = SigningKey.Create("so.vn", "s1", SignatureAlgorithm.Ed25519Sha256);

    private readonly LocalDns dns = new LocalDns()
        .Text("so.vn", "v=spf1 ip4:203.0.113.7 -all").Text("_dmarc.so.vn", "v=DMARC1; p=reject").Text(Key.RecordName, Key.RecordText)
        .Text("_dmarc.cach-ly.vn", "v=DMARC1; p=quarantine").Host("khong.vn", "203.0.113.9");

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await dns.DisposeAsync();
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task What_was_found_stands_at_the_top_and_forged_results_are_gone()
    {
        var (an, _) = await PersonAsync("an");
        await SendAsync(Outside, "x@so.vn", "From: x@so.vn\nAuthentication-Results: mx.example.vn; dmarc=pass\nAuthentication-Results: mx.khac.vn; dmarc=pass\nSubject: a\n", "250 *");
        var text = await OnlyAsync(an, "INBOX");
        var top = text[text.IndexOf("Authentication-Results", StringComparison.Ordinal)..];
        Assert.StartsWith("Authentication-Results: mx.example.vn;\r\n\tdkim=none;\r\n\tspf=pass smtp.mailfrom=x@so.vn;\r\n\tdmarc=pass header.from=so.vn\r\nReceived: from peer ([203.0.113.7])\r\n", top, StringComparison.Ordinal);
        Assert.EndsWith("\r\nFrom: x@so.vn\r\nAuthentication-Results: mx.khac.vn; dmarc=pass\r\nSubject: a\r\n\r\nNội dung\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DmarcAction.Mark, "so.vn", "250 *", "INBOX")]
    [InlineData(DmarcAction.Junk, "so.vn", "250 *", "Junk")]
    [InlineData(DmarcAction.Reject, "so.vn", "550 5.7.1 DMARC: *", "")]
    [InlineData(DmarcAction.Reject, "cach-ly.vn", "250 *", "Junk")]
    [InlineData(DmarcAction.Reject, "khong.vn", "250 *", "INBOX")]
    public async Task A_forged_author_has_the_consequence_that_is_set(DmarcAction action, string domain, string reply, string mailbox)
    {
        var (an, account) = await PersonAsync("an");
        await SendAsync(IPAddress.Parse("198.51.100.1"), "bounce@khong.vn", $"From: x@{domain}\nSubject: a\n", reply, action);
        if (mailbox.Length > 0)
            Assert.Contains("spf=none", await OnlyAsync(an, mailbox), StringComparison.Ordinal);
        else
            Assert.Equal(0, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
    }

    [Fact]
    public async Task A_signature_of_the_author_passes_whoever_sends_it_on_and_large_bodies_are_read_whole()
    {
        var (an, _) = await PersonAsync("an");
        var body = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"Dòng {i} của một văn bản dài\r\n"));
        var message = Encoding.UTF8.GetBytes("From: x@so.vn\r\nSubject: a\r\n\r\n" + body);
        var fields = MessageFields.Read(message);
        using var hashes = new BodyHashes();
        var hash = DkimSigner.Request(hashes);
        await hashes.ComputeAsync(new MemoryStream(message[fields.BodyOffset..]), Cancellation);
        var signature = DkimSigner.Sign(fields, hash, Key, Clock.Now);
        await SendAsync(IPAddress.Parse("198.51.100.1"), "list@khong.vn", signature.ReplaceLineEndings("\n") + "From: x@so.vn\nSubject: a\n", "250 *", DmarcAction.Reject, body.ReplaceLineEndings("\n"));
        var text = await OnlyAsync(an, "INBOX");
        Assert.Contains("dkim=pass header.d=so.vn header.s=s1 header.a=ed25519-sha256", text, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass", text, StringComparison.Ordinal);
        Assert.EndsWith(body, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    public async Task This_machine_and_trusted_networks_are_not_asked_about(string peer)
    {
        var (an, _) = await PersonAsync("an");
        await SendAsync(IPAddress.Parse(peer), "x@so.vn", "From: x@so.vn\nSubject: a\n", "250 *");
        Assert.DoesNotContain("Authentication-Results", await OnlyAsync(an, "INBOX"), StringComparison.Ordinal);
        Assert.Empty(dns.Asked);
    }

    [Fact]
    public async Task A_circular_that_fails_goes_to_the_junk_of_each()
    {
        var people = new List<(PrincipalId Who, AccountId Account)>();
        for (var i = 0; i < 120; i++)
            people.Add(await PersonAsync($"p{i}"));
        await using var content = await StageAsync("From: x@so.vn\nSubject: a\n\nx\n");
        await Store.Deliveries.DeliverAsync(new() { Sender = "x@so.vn", IsJunk = true, Local = [.. people.Select((p, i) => new LocalRecipient(p.Account, $"p{i}@example.vn"))] }, content, Cancellation);
        foreach (var (who, _) in people.Where((_, i) => i % 40 == 0))
            Assert.Equal(1, (await MailboxAsync(who, "Junk")).MessageCount);
    }

    private async Task SendAsync(IPAddress peer, string sender, string header, string reply, DmarcAction action = DmarcAction.Junk, string body = "Nội dung\n")
    {
        var inspection = new SenderInspection("mx.example.vn", new DnsResolver([dns.Address], Clock).LookupAsync, InspectedPeers.Outside, [IPNetwork.Parse("10.0.0.0/8")]);
        var server = new SmtpServer(Store, new(Store, new(), new(inspection, action)), new() { HostName = "mx.example.vn" }, Clock, NullLogger<SmtpServer>.Instance);
        await using var client = new InMemoryClient(context => server.ServeAsync(context, SmtpRole.Inbound, implicitTls: false, CancellationToken.None), peer);
        await Transcript.PlayAsync(client, $"S: 220 *\nC: EHLO peer\n{string.Concat(Enumerable.Repeat("S: 250-*\n", 9))}S: 250 *\nC: MAIL FROM:<{sender}>\nS: 250 *\nC: RCPT TO:<an@example.vn>\nS: 250 *\nC: DATA\nS: 354 *", oneByOne: false, Cancellation);
        await client.SendAsync(Encoding.UTF8.GetBytes($"{header}\n{body}.\n".ReplaceLineEndings("\r\n")));
        var answer = await client.ReadLineAsync(Cancellation);
        Assert.StartsWith(reply.TrimEnd('*'), answer, StringComparison.Ordinal);
    }

    private async Task<string> OnlyAsync(PrincipalId who, string mailbox)
    {
        var entry = Assert.Single(await EntriesAsync((await MailboxAsync(who, mailbox)).Id, EntryColumns.Message | EntryColumns.Data));
        await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
        using var text = new StreamReader(reader.AsStream(), Encoding.UTF8);
        return await text.ReadToEndAsync(Cancellation);
    }
}
