using System.Text;
using System.Text.Json.Nodes;
using CongVu.Mail.Delivery;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Delivery.Inspect.Spam;
using CongVu.Mail.Jmap;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Delivery;

public sealed class SqliteInspectionTests() : InspectionTests(Backend.Sqlite);

public sealed class PostgresInspectionTests() : InspectionTests(Backend.Postgres);

/// <summary>Messages with files and marks, in and out, and what becomes of those that are held.</summary>
public abstract class InspectionTests(Backend backend) : InspectionFixture(backend)
{
    private static readonly byte[] Program = File.ReadAllBytes(typeof(MailPath).Assembly.Location);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_program_is_refused_both_ways_in_two_languages_with_the_clause(bool submitted)
    {
        var (_, account) = await PersonAsync("an");
        await StartAsync();
        var reply = await SendAsync(Mime("Báo cáo", ("bao-cao.zip", Zip("bao-cao.pdf", Program))), submitted);
        Assert.StartsWith("550-5.7.1 Khong nhan tep dinh kem la chuong trinh chay duoc, ke ca trong tep nen (Quy che, Dieu 12 khoan 6): bao-cao.zip/bao-cao.pdf\r\n550 5.7.1 Executable files", reply, StringComparison.Ordinal);
        Assert.Equal(0, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
    }

    [Fact]
    public async Task A_program_is_refused_to_a_browser_with_the_same_words()
    {
        var (an, account) = await PersonAsync("an");
        await PersonAsync("binh");
        await StartAsync();
        await using var content = await StageAsync(Mime("x", ("a.exe", "x"u8.ToArray()), "an@example.vn"));
        var draft = (await Store.Messages.AppendAsync(an, (await MailboxAsync(an, "Drafts")).Id, [new(content, MessageFlags.Draft, [], null)], null, Cancellation)).Value;
        Assert.Single(draft.Uids);
        var id = (await EntriesAsync((await MailboxAsync(an, "Drafts")).Id, EntryColumns.Message))[0].MessageId;
        var api = new JmapApi(Store, Path, "mail.example.vn", new(), Clock, NullLogger<JmapApi>.Instance);
        var identities = await CallAsync(api, an, "Identity/get", $$"""{"accountId":"a{{account.Value}}"}""");
        var identity = identities["list"]![0]!["id"]!.GetValue<string>();
        var set = await CallAsync(api, an, "EmailSubmission/set", $$"""{"accountId":"a{{account.Value}}","create":{"s":{"identityId":"{{identity}}","emailId":"{{JmapId.Of(id)}}"} } }""");
        var error = set["notCreated"]?["s"];
        Assert.True(error?["type"]?.GetValue<string>() == "forbiddenToSend", set.ToJsonString());
        Assert.StartsWith("Không nhận tệp đính kèm là chương trình chạy được, kể cả trong tệp nén (Quy chế, Điều 12 khoản 6): a.exe / Executable files", error["description"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("Executable", error["refusal"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_is_outside_the_circulars_list_passes_and_is_named_to_its_sender()
    {
        var (binh, _) = await PersonAsync("binh");
        await StartAsync();
        var reply = await SendAsync(Mime("x", ("anh.bmp", [.. "BM"u8, .. new byte[12], 40, .. new byte[60]])));
        Assert.StartsWith("250 2.0.0 Taken as ", reply, StringComparison.Ordinal);
        Assert.EndsWith("not in the list of circular 39/2017: anh.bmp\r\n", reply, StringComparison.Ordinal);
        Assert.Contains("X-CongVu-Files: outside circular 39/2017 (bmp) \"anh.bmp\"", await OnlyAsync(binh, "INBOX"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_marked_document_waits_for_two_people_and_shows_nothing_meanwhile()
    {
        var (binh, account) = await PersonAsync("binh");
        await StartAsync();
        var reply = await SendAsync(Mime("Văn bản số 12", ("van-ban.docx", Docx("UBND TỈNH", "TỐI MẬT", "Nội dung riêng"))));
        Assert.Contains("held for review (StateSecret)", reply, StringComparison.Ordinal);
        Assert.Equal(0, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
        var held = Assert.Single(await Store.Quarantine.ListAsync(onlyOpen: true, 0, 10, Cancellation));
        Assert.Equal((HoldReason.StateSecret, "van-ban.docx", false), (held.Reason, held.Detail, held.IsOutgoing));
        var preview = await Store.Quarantine.PreviewAsync(held.Id, "a", Store.Contents, Cancellation);
        Assert.Contains("Subject: Văn bản số 12", preview, StringComparison.Ordinal);
        Assert.DoesNotContain("Xin chào", preview, StringComparison.Ordinal);

        Assert.Equal(HeldOutcome.NotReleased, await Store.Quarantine.ApproveAsync(held.Id, "b", Cancellation));
        Assert.Equal(HeldOutcome.NeedsSecond, await Store.Quarantine.ReleaseAsync(held.Id, "a", Cancellation));
        Assert.Equal(HeldOutcome.SamePerson, await Store.Quarantine.ApproveAsync(held.Id, "a", Cancellation));
        Assert.Equal(0, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
        Assert.Equal(HeldOutcome.Done, await Store.Quarantine.ApproveAsync(held.Id, "b", Cancellation));
        Assert.Equal(HeldOutcome.NotFound, await Store.Quarantine.ApproveAsync(held.Id, "c", Cancellation));
        Assert.Contains("Subject: =?utf-8?", await OnlyAsync(binh, "INBOX"), StringComparison.OrdinalIgnoreCase);
        var audit = await Store.Database.ReadAsync(tx => tx.QueryAsync("SELECT actor, action FROM audit WHERE subject = $1 ORDER BY id", r => $"{r.GetString(0)} {r.GetString(1)}", $"quarantine {held.Id}"), Cancellation);
        Assert.Equal(["a quarantine.preview", "a quarantine.release", "b quarantine.approve"], audit);
        Assert.Equal(UsageKind.StateSecret, Assert.Single(await Store.UsageLog.ListAsync(null, account, long.MaxValue, 10, Cancellation)).Kind);
    }

    [Fact]
    public async Task What_is_held_survives_sweeps_and_what_is_deleted_does_not()
    {
        await PersonAsync("binh");
        await StartAsync(new() { Encrypted = FindingAction.Hold });
        await SendAsync(Mime("một", ("a.docx", Encrypted())));
        await SendAsync(Mime("hai", ("a.docx", Encrypted())));
        var held = await Store.Quarantine.ListAsync(onlyOpen: true, 0, 10, Cancellation);
        Assert.Equal([HoldReason.Encrypted, HoldReason.Encrypted], held.Select(h => h.Reason));
        Assert.Equal(HeldOutcome.Done, await Store.Quarantine.DeleteAsync(held[0].Id, "a", Cancellation));
        await Store.Sweeper.SweepAsync(Cancellation);
        Clock.Now += TimeSpan.FromDays(3);
        await Store.Sweeper.SweepAsync(Cancellation);
        Assert.Null(await PreviewOrNullAsync(held[0].Id));
        Assert.Contains("Xin chào", await PreviewOrNullAsync(held[1].Id), StringComparison.Ordinal);
        Assert.Equal(HeldOutcome.NotFound, await Store.Quarantine.ReleaseAsync(held[0].Id, "a", Cancellation));
        Assert.Equal(HeldOutcome.Done, await Store.Quarantine.ReleaseAsync(held[1].Id, "a", Cancellation));
    }

    [Fact]
    public async Task A_program_waits_where_somebody_looks_at_each()
    {
        var (_, account) = await PersonAsync("an");
        await StartAsync(new() { Programs = FindingAction.Hold });
        await SendAsync(Mime("Báo cáo", ("bao-cao.zip", Zip("bao-cao.pdf", Program))));
        var held = Assert.Single(await Store.Quarantine.ListAsync(onlyOpen: true, 0, 10, Cancellation));
        Assert.Equal((HoldReason.Program, "bao-cao.zip/bao-cao.pdf"), (held.Reason, held.Detail));
        Assert.Equal(0, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
    }

    [Fact]
    public async Task A_held_submission_goes_out_when_it_is_released()
    {
        await PersonAsync("an");
        await StartAsync(new() { ActiveContent = FindingAction.Hold });
        await SendAsync(Mime("x", ("a.docm", Docx("Xin chào")), "an@example.vn"), submitted: true, to: "ai@noi-khac.vn");
        Assert.Empty(await Store.Queue.ListAsync(0, 10, Cancellation));
        var held = Assert.Single(await Store.Quarantine.ListAsync(onlyOpen: true, 0, 10, Cancellation));
        Assert.Equal((true, "ai@noi-khac.vn"), (held.IsOutgoing, Assert.Single(held.Recipients)));
        Assert.Equal(HeldOutcome.Done, await Store.Quarantine.ReleaseAsync(held.Id, "a", Cancellation));
        Assert.Equal("ai@noi-khac.vn", Assert.Single(Assert.Single(await Store.Queue.ListAsync(0, 10, Cancellation)).Recipients).Address);
    }

    [Fact]
    public async Task Holders_are_told_once_and_of_a_secret_not_even_its_subject()
    {
        var (binh, _) = await PersonAsync("binh");
        await StartAsync(new() { Encrypted = FindingAction.Hold });
        await SendAsync(Mime("Thư có khóa", ("a.docx", Encrypted())));
        await SendAsync(Mime("Tên riêng", ("a.docx", Docx("MẬT"))));
        var digest = new QuarantineDigest(Store, Path, "mx.example.vn", "postmaster@example.vn", Clock, NullLogger<QuarantineDigest>.Instance);
        Assert.Equal(1, await digest.SendAsync(Cancellation));
        Assert.Equal(0, await digest.SendAsync(Cancellation));
        var text = MimeKit.MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(await OnlyAsync(binh, "INBOX"))), Cancellation).TextBody;
        Assert.Contains("\"Thư có khóa\": tệp có đặt mật khẩu", text, StringComparison.Ordinal);
        Assert.Contains("có dấu hiệu bí mật nhà nước", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Tên riêng", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From: Facebook <security@facebookmail.com>\nSubject: Mã xác nhận của bạn\n", UsageKind.SignUp, "facebookmail.com")]
    [InlineData("From: Shop <no-reply@mail.shopee.vn>\nSubject: =?utf-8?B?xJDGoW4gaMOgbmc=?= 1\n", UsageKind.SignUp, "shopee.vn")]
    [InlineData("From: a@x.vn\nSubject: [QC] Giảm giá\n", UsageKind.Advertising, "[QC]")]
    [InlineData("From: a@x.vn\nSubject: a\nX-Forwarded-For: me@gmail.com an@example.vn\n", UsageKind.ForwardedIn, "X-Forwarded-For")]
    [InlineData("From: a@dichvucong.gov.vn\nSubject: Xác nhận đăng ký\n", null, "")]
    [InlineData("From: a@facebook.com\nSubject: Mời hợp tác\n", null, "")]
    public async Task How_addresses_are_used_is_listed(string header, UsageKind? kind, string evidence)
    {
        var (_, account) = await PersonAsync("binh");
        await StartAsync();
        await SendAsync(header + "Message-ID: <1@x.vn>\nDate: Mon, 2 Mar 2026 08:00:00 +0700\nTo: binh@example.vn\n\nXin chào\n");
        var found = await Store.UsageLog.ListAsync(null, account, long.MaxValue, 10, Cancellation);
        if (kind is null)
            Assert.Empty(found);
        else
            Assert.Equal((kind, evidence, "binh@example.vn"), (Assert.Single(found).Kind, found[0].Evidence, found[0].Address));
    }

    [Fact]
    public async Task What_is_moved_to_junk_teaches_the_filter_and_what_is_moved_back_too()
    {
        var (binh, account) = await PersonAsync("binh");
        await StartAsync();
        var learner = new JunkLearner(Store, null, Clock, NullLogger<JunkLearner>.Instance);
        Store.AccountsChanged = learner.Changed;
        for (var i = 0; i < EmbeddedFilter.MinLearned; i++)
        {
            await SendAsync(Plain($"Trung thuong {i}", $"Chúc mừng quý khách trúng thưởng lớn, bấm vào đây nhận tiền ngay {i}"));
            await SendAsync(Plain($"Bao cao {i}", $"Kính gửi Ủy ban nhân dân tỉnh báo cáo kết quả công tác quý {i}"));
        }
        var inbox = await MailboxAsync(binh, "INBOX");
        var junk = await MailboxAsync(binh, "Junk");
        Assert.Equal(0, await learner.LearnAsync(null, Cancellation));
        foreach (var entry in await EntriesAsync(inbox.Id))
        {
            if (entry.Uid.Value % 2 == 1)
                await Store.Messages.CopyAsync(binh, inbox.Id, Only(entry.Uid.Value), junk.Id, move: true, Cancellation);
        }
        Assert.Equal(EmbeddedFilter.MinLearned, await learner.LearnAsync([account.Value], Cancellation));
        Assert.Equal(0, await learner.LearnAsync([account.Value], Cancellation));

        // Moved by mistake, and back: each teaches once.
        foreach (var entry in await EntriesAsync(inbox.Id))
            await Store.Messages.CopyAsync(binh, inbox.Id, Only(entry.Uid.Value), junk.Id, move: true, Cancellation);
        await learner.LearnAsync(null, Cancellation);
        await Store.SpamWords.RefreshAsync(Cancellation);
        Assert.Equal((2L * EmbeddedFilter.MinLearned, 0L), Store.SpamWords.Learned);
        foreach (var entry in (await EntriesAsync(junk.Id)).Skip(EmbeddedFilter.MinLearned))
            await Store.Messages.CopyAsync(binh, junk.Id, Only(entry.Uid.Value), inbox.Id, move: true, Cancellation);
        Assert.Equal(EmbeddedFilter.MinLearned, await learner.LearnAsync(null, Cancellation));
        Assert.Equal((2L * EmbeddedFilter.MinLearned, (long)EmbeddedFilter.MinLearned), (await RefreshedAsync()).Learned);

        var before = (await MailboxAsync(binh, "Junk")).MessageCount;
        Assert.StartsWith("250 ", await SendAsync(Plain("Trung thuong", "Chúc mừng quý khách trúng thưởng lớn, bấm vào đây nhận tiền ngay")), StringComparison.Ordinal);
        Assert.Equal(before + 1, (await MailboxAsync(binh, "Junk")).MessageCount);
        // What the filter put there teaches nothing.
        Assert.Equal(0, await learner.LearnAsync(null, Cancellation));
    }

    [Fact]
    public async Task Lists_in_dns_and_rules_give_points_that_refuse()
    {
        await PersonAsync("binh");
        Dns.Host("7.113.0.203.dnsbl.test", "127.0.0.2").Host("7.113.0.203.other.test", "127.0.0.3");
        await StartAsync(new() { RefuseScore = 8 }, lists: ["dnsbl.test", "other.test"]);
        var reply = await SendAsync("From: \"no-reply@example.vn\" <x@la.vn>\nSubject: X\n\nx\n");
        Assert.StartsWith("550-5.7.1 Thu bi coi la thu rac", reply, StringComparison.Ordinal);
    }

    private async Task<SpamWords> RefreshedAsync()
    {
        await Store.SpamWords.RefreshAsync(Cancellation);
        return Store.SpamWords;
    }

    private async Task<string?> PreviewOrNullAsync(long id) => await Store.Quarantine.PreviewAsync(id, "a", Store.Contents, Cancellation);

    private static async Task<JsonNode> CallAsync(JmapApi api, PrincipalId who, string name, string arguments)
    {
        var reply = await api.RunAsync(who, Encoding.UTF8.GetBytes($$"""{"using":["urn:ietf:params:jmap:core","urn:ietf:params:jmap:mail","urn:ietf:params:jmap:submission"],"methodCalls":[["{{name}}",{{arguments}},"0"]]}"""), Cancellation);
        return JsonNode.Parse(reply.Json.Span)!["methodResponses"]![0]![1]!;
    }

    private static byte[] Encrypted() => [.. CompoundHeader(), .. CompoundDirectory("EncryptedPackage")];

    // The smallest compound file: a header, its table of sectors and a directory.
    private static byte[] CompoundHeader()
    {
        var file = new byte[1024];
        ((ReadOnlySpan<byte>)[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).CopyTo(file);
        file[30] = 9;
        file[48] = 1;
        file.AsSpan(60, 4).Fill(0xff);
        file.AsSpan(68, 4).Fill(0xff);
        file.AsSpan(80, 432).Fill(0xff);
        ((ReadOnlySpan<byte>)[0xfd, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff]).CopyTo(file.AsSpan(512));
        file.AsSpan(520, 504).Fill(0xff);
        return file;
    }

    private static byte[] CompoundDirectory(string stream)
    {
        var directory = new byte[512];
        Encoding.Unicode.GetBytes("Root Entry").CopyTo(directory, 0);
        (directory[64], directory[66]) = (22, 5);
        Encoding.Unicode.GetBytes(stream).CopyTo(directory, 128);
        (directory[192], directory[194]) = ((byte)((stream.Length + 1) * 2), 2);
        return directory;
    }
}
