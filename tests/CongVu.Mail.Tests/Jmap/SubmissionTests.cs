using System.Text;
using CongVu.Mail.Outbound;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Jmap;

public sealed class SqliteSubmissionTests() : SubmissionTests(Backend.Sqlite);

public sealed class PostgresSubmissionTests() : SubmissionTests(Backend.Postgres);

/// <summary>RFC 8621 §6-8: identities, sending with undo and delay, answers while away.</summary>
public abstract class SubmissionTests(Backend backend) : JmapFixture(backend)
{
    [Fact]
    public async Task A_draft_is_sent_loses_its_blind_copies_and_moves_to_sent()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var (chi, _) = await PersonAsync("chi");
        var (drafts, sent) = ((await MailboxAsync(an, "Drafts")).Id, (await MailboxAsync(an, "Sent")).Id);
        var identity = (await CallAsync(an, account, "Identity/get", "{}"))["list"]![0]!;
        Assert.Equal(("an@example.vn", false), (identity["email"]!.GetValue<string>(), identity["mayDelete"]!.GetValue<bool>()));
        var answers = await CallsAsync(an, account, $$"""
            [["Email/set",{"accountId":"ACCOUNT","create":{"m":{"mailboxIds":{"{{MailboxId(drafts)}}":true},"keywords":{"$draft":true},"from":[{"email":"an@example.vn"}],
               "to":[{"email":"binh@example.vn"}],"bcc":[{"email":"chi@example.vn"}],"subject":"Gửi thử","textBody":[{"partId":"1"}],"bodyValues":{"1":{"value":"Xin chào."} } } } },"0"],
             ["EmailSubmission/set",{"accountId":"ACCOUNT","create":{"s":{"emailId":"#m","identityId":{{identity["id"]!.ToJsonString()}} } },
               "onSuccessUpdateEmail":{"#s":{"mailboxIds/{{MailboxId(drafts)}}":null,"mailboxIds/{{MailboxId(sent)}}":true,"keywords/$draft":null,"keywords/$seen":true} } },"1"]]
            """);
        Assert.Equal(["Email/set", "EmailSubmission/set", "Email/set"], answers.Select(a => a![0]!.GetValue<string>()));
        Assert.Equal("final", answers[1]![1]!["created"]!["s"]!["undoStatus"]!.GetValue<string>());
        Assert.Empty(await EntriesAsync(drafts));
        Assert.Equal(MessageFlags.Seen, Assert.Single(await EntriesAsync(sent)).Flags);
        foreach (var who in new[] { binh, chi })
        {
            var raw = await RawAsync(await MailboxAsync(who, "INBOX"));
            Assert.Contains("Subject: =?", raw, StringComparison.Ordinal);
            Assert.Contains("Received: by mail.example.vn with JMAP", raw, StringComparison.Ordinal);
            Assert.DoesNotContain("chi@example.vn>\r\nSubject", raw, StringComparison.Ordinal);
            Assert.DoesNotContain("Bcc:", raw, StringComparison.Ordinal);
        }
        Assert.Contains("Bcc:", await RawAsync(await MailboxAsync(an, "Sent")), StringComparison.Ordinal);
        var submission = (await CallAsync(an, account, "EmailSubmission/get", "{}"))["list"]![0]!;
        Assert.Equal(["binh@example.vn", "chi@example.vn"], submission["envelope"]!["rcptTo"]!.AsArray().Select(r => r!["email"]!.GetValue<string>()));
        Assert.Equal("an@example.vn", submission["envelope"]!["mailFrom"]!["email"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_waits_can_be_stopped_until_it_goes()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var id = await DraftAsync(an, account);
        var state = (await CallAsync(an, account, "EmailSubmission/get", "{}"))["state"]!.GetValue<string>();
        var first = await SendAsync(an, account, id, "\"sendAt\":\"2026-03-02T01:05:00Z\"");
        var second = await SendAsync(an, account, id, """ "envelope":{"mailFrom":{"email":"an@example.vn","parameters":{"HOLDFOR":"300"} },"rcptTo":[{"email":"binh@example.vn","parameters":{"NOTIFY":"FAILURE"} }]} """);
        Assert.Empty(await EntriesAsync((await MailboxAsync(binh, "INBOX")).Id));
        Assert.Equal([first, second], Strings((await CallAsync(an, account, "EmailSubmission/query", """{"filter":{"undoStatus":"pending"} }"""))["ids"]));
        Assert.Equal([first, second], Strings((await CallAsync(an, account, "EmailSubmission/changes", $$"""{"sinceState":"{{state}}"}"""))["created"]));

        var stop = await CallAsync(an, account, "EmailSubmission/set", $$"""{"update":{"{{first}}":{"undoStatus":"canceled"} } }""");
        Assert.True(stop["updated"]!.AsObject().ContainsKey(first), stop.ToJsonString());
        Clock.Now += TimeSpan.FromMinutes(6);
        var worker = new OutboundWorker(Store, new() { HostName = "mail.example.vn" }, new DnsClient.LookupClient(), null, new(Store.Database, Clock), Clock, NullLogger<OutboundWorker>.Instance);
        Assert.Equal(1, await worker.RunOnceAsync(Cancellation));
        Assert.Single(await EntriesAsync((await MailboxAsync(binh, "INBOX")).Id));

        stop = await CallAsync(an, account, "EmailSubmission/set", $$"""{"update":{"{{second}}":{"undoStatus":"canceled"} } }""");
        Assert.Equal("cannotUnsend", stop["notUpdated"]![second]!["type"]!.GetValue<string>());
        var states = (await CallAsync(an, account, "EmailSubmission/get", "{}"))["list"]!.AsArray().Select(s => s!["undoStatus"]!.GetValue<string>());
        Assert.Equal(["canceled", "final"], states);
        await CallAsync(an, account, "EmailSubmission/set", $$"""{"destroy":["{{first}}"]}""");
        Assert.Equal([second], Strings((await CallAsync(an, account, "EmailSubmission/query", "{}"))["ids"]));
    }

    [Theory]
    [InlineData("""{"emailId":"EMAIL","identityId":"i999"}""", "invalidProperties")]
    [InlineData("""{"emailId":"e999","identityId":"IDENTITY"}""", "invalidProperties")]
    [InlineData("""{"emailId":"EMAIL","identityId":"IDENTITY","envelope":{"mailFrom":{"email":"binh@example.vn"},"rcptTo":[{"email":"binh@example.vn"}]}}""", "forbiddenMailFrom")]
    [InlineData("""{"emailId":"EMAIL","identityId":"IDENTITY","envelope":{"mailFrom":{"email":"an@example.vn"},"rcptTo":[{"email":"khong-co@example.vn"},{"email":"binh@example.vn"}]}}""", "invalidRecipients")]
    [InlineData("""{"emailId":"EMAIL","identityId":"IDENTITY","envelope":{"mailFrom":{"email":"an@example.vn"},"rcptTo":[]}}""", "noRecipients")]
    [InlineData("""{"emailId":"EMAIL","identityId":"IDENTITY","sendAt":"2027-03-02T01:05:00Z"}""", "invalidProperties")]
    public async Task What_may_not_be_sent_is_refused_and_nothing_is_sent(string submission, string error)
    {
        var (an, account) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var id = await DraftAsync(an, account);
        var identity = (await CallAsync(an, account, "Identity/get", "{}"))["list"]![0]!["id"]!.GetValue<string>();
        var set = await CallAsync(an, account, "EmailSubmission/set", $$"""
            {"create":{"s":{{submission.Replace("EMAIL", id, StringComparison.Ordinal).Replace("IDENTITY", identity, StringComparison.Ordinal)}} } }
            """);
        Assert.Equal(error, set["notCreated"]!["s"]!["type"]!.GetValue<string>());
        Assert.Empty(await EntriesAsync((await MailboxAsync(binh, "INBOX")).Id));
        Assert.Empty(await Store.Queue.ListAsync(0, 10, Cancellation));
    }

    [Fact]
    public async Task Identities_belong_to_the_account_and_only_to_addresses_one_may_use()
    {
        var (an, account) = await PersonAsync("an");
        var (_, _) = await PersonAsync("binh");
        await Store.Accounts.AddAliasAsync(account, "vanan@example.vn", "test", Cancellation);
        var set = await CallAsync(an, account, "Identity/set", """
            {"create":{"a":{"name":"Văn An","email":"vanan@example.vn","textSignature":"Trân trọng","replyTo":[{"name":null,"email":"an@example.vn"}]},"b":{"email":"binh@example.vn"},"c":{"name":"x"} } }
            """);
        var made = set["created"]!["a"]!["id"]!.GetValue<string>();
        Assert.Equal(("forbiddenFrom", "invalidProperties"), (set["notCreated"]!["b"]!["type"]!.GetValue<string>(), set["notCreated"]!["c"]!["type"]!.GetValue<string>()));
        var state = set["newState"]!.GetValue<string>();
        await CallAsync(an, account, "Identity/set", $$"""{"update":{"{{made}}":{"htmlSignature":"<b>An</b>"} } }""");
        Assert.Equal([made], Strings((await CallAsync(an, account, "Identity/changes", $$"""{"sinceState":"{{state}}"}"""))["updated"]));
        var primary = (await CallAsync(an, account, "Identity/get", "{}"))["list"]!.AsArray().First(i => i!["email"]!.GetValue<string>() == "an@example.vn")!["id"]!.GetValue<string>();
        set = await CallAsync(an, account, "Identity/set", $$"""{"destroy":["{{primary}}","{{made}}"]}""");
        Assert.Equal("forbidden", set["notDestroyed"]![primary]!["type"]!.GetValue<string>());
        Assert.Equal([made], Strings(set["destroyed"]));
    }

    [Fact]
    public async Task The_answer_while_away_and_the_quota_are_one_of_each()
    {
        var (an, account) = await PersonAsync("an");
        var set = await CallAsync(an, account, "VacationResponse/set", """
            {"update":{"singleton":{"isEnabled":true,"fromDate":"2026-03-03T00:00:00Z","textBody":"Tôi đi công tác."} },"create":{"x":{} },"destroy":["singleton"]}
            """);
        Assert.Equal(("singleton", "singleton"), (set["notCreated"]!["x"]!["type"]!.GetValue<string>(), set["notDestroyed"]!["singleton"]!["type"]!.GetValue<string>()));
        var vacation = (await CallAsync(an, account, "VacationResponse/get", "{}"))["list"]![0]!;
        Assert.Equal((true, "2026-03-03T00:00:00Z", "Tôi đi công tác."), (vacation["isEnabled"]!.GetValue<bool>(), vacation["fromDate"]!.GetValue<string>(), vacation["textBody"]!.GetValue<string>()));

        await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "Một");
        var quota = (await CallAsync(an, account, "Quota/get", "{}"))["list"]![0]!;
        Assert.Equal((Accounts.DefaultQuotaBytes, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).UsedBytes), (quota["hardLimit"]!.GetValue<long>(), quota["used"]!.GetValue<long>()));
    }

    [Fact]
    public async Task Blobs_are_made_of_pieces_read_in_ranges_and_looked_up()
    {
        var (an, account) = await PersonAsync("an");
        await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "Một");
        var answers = await CallsAsync(an, account, """
            [["Blob/upload",{"accountId":"ACCOUNT","create":{"a":{"data":[{"data:asText":"Xin "},{"data:asBase64":"Y2jDoG8="}],"type":"text/plain"} } },"0"],
             ["Blob/upload",{"accountId":"ACCOUNT","create":{"b":{"data":[{"blobId":"#a","offset":0,"length":3}]},"c":{"data":[{"blobId":"U999"}]} } },"1"],
             ["Blob/get",{"accountId":"ACCOUNT","ids":["#b","U999"],"properties":["data:asText","size","digest:sha-256"]},"2"],
             ["Blob/lookup",{"accountId":"ACCOUNT","ids":["M1"],"typeNames":["Email","Mailbox"]},"3"],
             ["ContactCard/query",{"accountId":"ACCOUNT","filter":{"text":"an"} },"4"]]
            """);
        Assert.Equal("blobNotFound", answers[1]![1]!["notCreated"]!["c"]!["type"]!.GetValue<string>());
        var piece = answers[2]![1]!["list"]![0]!;

        Assert.Equal(("Xin", 3), (piece["data:asText"]!.GetValue<string>(), piece["size"]!.GetValue<int>()));
        Assert.Equal(["e1"], Strings(answers[3]![1]!["list"]![0]!["matchedIds"]!["Email"]));
        Assert.Equal([$"c{account.Value}"], Strings(answers[4]![1]!["ids"]));
    }

    private async Task<string> DraftAsync(PrincipalId who, AccountId account)
    {
        var drafts = (await MailboxAsync(who, "Drafts")).Id;
        var set = await CallAsync(who, account, "Email/set", $$"""
            {"create":{"m":{"mailboxIds":{"{{MailboxId(drafts)}}":true},"from":[{"email":"an@example.vn"}],"to":[{"email":"binh@example.vn"}],"subject":"Hẹn giờ","textBody":[{"partId":"1"}],"bodyValues":{"1":{"value":"x"} } } } }
            """);
        return set["created"]!["m"]!["id"]!.GetValue<string>();
    }

    private async Task<string> SendAsync(PrincipalId who, AccountId account, string email, string more)
    {
        var identity = (await CallAsync(who, account, "Identity/get", "{}"))["list"]![0]!["id"]!.GetValue<string>();
        var set = await CallAsync(who, account, "EmailSubmission/set", $$"""{"create":{"s":{"emailId":"{{email}}","identityId":"{{identity}}",{{more}} } } }""");
        Assert.True(set["created"] is not null, set.ToJsonString());
        return set["created"]!["s"]!["id"]!.GetValue<string>();
    }

    private async Task<string> RawAsync(Mailbox mailbox)
    {
        var entry = Assert.Single(await EntriesAsync(mailbox.Id, EntryColumns.Message));
        await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
        using var text = new StreamReader(reader.AsStream(), Encoding.UTF8);
        return await text.ReadToEndAsync(Cancellation);
    }
}
