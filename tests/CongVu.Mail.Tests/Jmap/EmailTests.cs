using System.Text.Json.Nodes;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Jmap;

public sealed class SqliteEmailTests() : EmailTests(Backend.Sqlite);

public sealed class PostgresEmailTests() : EmailTests(Backend.Postgres);

/// <summary>RFC 8621 §4: messages read, made, changed, copied, imported, parsed, found.</summary>
public abstract class EmailTests(Backend backend) : JmapFixture(backend)
{
    private const string Mixed = """
        From: =?utf-8?Q?Nguy=E1=BB=85n_V=C4=83n_An?= <an@example.vn>
        To: Nhóm: binh@example.vn, "Chi, Lê" <chi@example.vn>;, dung@example.vn
        Reply-To: <traloi@example.vn>
        Subject: =?utf-8?B?QsOhbyBjw6Fv?=
        Message-ID: <1@example.vn>
        References: <0@example.vn> <00@example.vn>
        Date: Mon, 2 Mar 2026 08:00:00 +0700
        List-Unsubscribe: <https://example.vn/thoi>
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary=x

        --x
        Content-Type: multipart/alternative; boundary=y

        --y
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Ch=C3=A0o anh.
        --y
        Content-Type: text/html; charset=utf-8

        <p>Chào anh.</p>
        --y--
        --x
        Content-Type: application/pdf; name=van-ban.pdf
        Content-Disposition: attachment
        Content-Transfer-Encoding: base64
        Content-Language: vi, en

        JVBERi0=
        --x
        Content-Type: message/rfc822

        Subject: Thu trong thu

        Ben trong.
        --x--
        """;

    [Fact]
    public async Task Every_property_is_read_from_a_message_of_many_parts()
    {
        var (an, account) = await PersonAsync("an");
        var id = await DeliverAsync(account, Mixed);
        var email = (await CallAsync(an, account, "Email/get", $$"""
            {"ids":["{{id}}","e999"],"fetchAllBodyValues":true,"bodyProperties":["partId","type","size","name","disposition","language","charset","blobId"],
             "properties":["messageId","references","inReplyTo","from","to","cc","sender","replyTo","subject","sentAt","hasAttachment","preview","bodyStructure","bodyValues","textBody","htmlBody","attachments",
               "header:To:asGroupedAddresses","header:List-Unsubscribe:asURLs","header:Subject:asText","header:subject","header:Received:asRaw:all"]}
            """))["list"]![0]!;
        Assert.Equal(["1@example.vn"], Strings(email["messageId"]));
        Assert.Equal(["0@example.vn", "00@example.vn"], Strings(email["references"]));
        Assert.Null(email["inReplyTo"]);
        Assert.Null(email["sender"]);
        Assert.Null(email["cc"]);
        Assert.Equal("""[{"name":"Nguyễn Văn An","email":"an@example.vn"}]""", Text(email["from"]));
        Assert.Equal(["binh@example.vn", "chi@example.vn", "dung@example.vn"], email["to"]!.AsArray().Select(a => a!["email"]!.GetValue<string>()));
        Assert.Equal("traloi@example.vn", email["replyTo"]![0]!["email"]!.GetValue<string>());
        Assert.Equal("Báo cáo", email["subject"]!.GetValue<string>());
        Assert.Equal("2026-03-02T08:00:00+07:00", email["sentAt"]!.GetValue<string>());
        Assert.True(email["hasAttachment"]!.GetValue<bool>());
        Assert.Equal("Chào anh.", email["preview"]!.GetValue<string>());
        Assert.Equal(["Nhóm", null], email["header:To:asGroupedAddresses"]!.AsArray().Select(g => g!["name"]?.GetValue<string>()));
        Assert.Equal(["https://example.vn/thoi"], Strings(email["header:List-Unsubscribe:asURLs"]));
        Assert.Equal("Báo cáo", email["header:Subject:asText"]!.GetValue<string>());
        Assert.Equal(" =?utf-8?B?QsOhbyBjw6Fv?=", email["header:subject"]!.GetValue<string>());
        Assert.Empty(email["header:Received:asRaw:all"]!.AsArray());

        var structure = email["bodyStructure"]!;
        Assert.Equal(("multipart/mixed", 3), (structure["type"]!.GetValue<string>(), structure["subParts"]!.AsArray().Count));
        Assert.Null(structure["partId"]);
        Assert.Equal("1_1", email["textBody"]![0]!["partId"]!.GetValue<string>());
        Assert.Equal("1_2", email["htmlBody"]![0]!["partId"]!.GetValue<string>());
        Assert.Equal("Chào anh.", email["bodyValues"]!["1_1"]!["value"]!.GetValue<string>());
        Assert.Equal("<p>Chào anh.</p>", email["bodyValues"]!["1_2"]!["value"]!.GetValue<string>());
        var pdf = email["attachments"]![0]!;
        Assert.Equal(("van-ban.pdf", 5, "attachment"), (pdf["name"]!.GetValue<string>(), pdf["size"]!.GetValue<int>(), pdf["disposition"]!.GetValue<string>()));
        Assert.Equal(["vi", "en"], Strings(pdf["language"]));
        Assert.Equal("%PDF-", await ReadBlobAsync(an, account, pdf["blobId"]!.GetValue<string>()));

        // The message inside is a part; parsed, it has parts of its own.
        var inner = email["attachments"]![1]!["blobId"]!.GetValue<string>();
        var parsed = (await CallAsync(an, account, "Email/parse", $$"""{"blobIds":["{{inner}}","M9","{{pdf["blobId"]}}"],"fetchTextBodyValues":true}"""));
        Assert.Equal(("Thu trong thu", "Ben trong."), (parsed["parsed"]![inner]!["subject"]!.GetValue<string>(), parsed["parsed"]![inner]!["bodyValues"]!["1"]!["value"]!.GetValue<string>().Trim()));
        Assert.Equal(["M9"], Strings(parsed["notFound"]));
        Assert.Equal([pdf["blobId"]!.GetValue<string>()], Strings(parsed["notParsable"]));
        Assert.StartsWith("Ben trong.", await ReadBlobAsync(an, account, parsed["parsed"]![inner]!["textBody"]![0]!["blobId"]!.GetValue<string>()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_made_of_texts_and_attachments_and_reads_back_the_same()
    {
        var (an, account) = await PersonAsync("an");
        var drafts = (await MailboxAsync(an, "Drafts")).Id;
        var blob = await UploadAsync(an, account, "Nội dung tệp.", "text/csv");
        var set = await CallAsync(an, account, "Email/set", $$"""
            {"create":{"d":{"mailboxIds":{"{{MailboxId(drafts)}}":true},"keywords":{"$draft":true,"$seen":true},"from":[{"name":"Nguyễn Văn An","email":"an@example.vn"}],"to":[{"email":"binh@example.vn"}],
              "subject":"Báo cáo tháng 3 về công tác tiếp nhận và xử lý văn bản đi, văn bản đến của các đơn vị trực thuộc","header:X-Own:asText":"Một hai","references":["0@example.vn"],
              "textBody":[{"partId":"t"}],"htmlBody":[{"partId":"h"}],"bodyValues":{"t":{"value":"Kính gửi anh,\nXin gửi báo cáo."},"h":{"value":"<p>Kính gửi anh,</p>"} },
              "attachments":[{"blobId":"{{blob}}","type":"text/csv","name":"số liệu.csv","disposition":"attachment"}]} } }
            """);
        var id = set["created"]!["d"]!["id"]!.GetValue<string>();
        var email = (await CallAsync(an, account, "Email/get", $$"""{"ids":["{{id}}"],"fetchAllBodyValues":true}"""))["list"]![0]!;
        Assert.Equal("Báo cáo tháng 3 về công tác tiếp nhận và xử lý văn bản đi, văn bản đến của các đơn vị trực thuộc", email["subject"]!.GetValue<string>());
        Assert.Equal("Kính gửi anh,\nXin gửi báo cáo.", email["bodyValues"]![email["textBody"]![0]!["partId"]!.GetValue<string>()]!["value"]!.GetValue<string>());
        Assert.Equal("<p>Kính gửi anh,</p>", email["bodyValues"]![email["htmlBody"]![0]!["partId"]!.GetValue<string>()]!["value"]!.GetValue<string>());
        var csv = Assert.Single(email["attachments"]!.AsArray())!;
        Assert.Equal(("số liệu.csv", "text/csv"), (csv["name"]!.GetValue<string>(), csv["type"]!.GetValue<string>()));
        Assert.Equal("Nội dung tệp.", await ReadBlobAsync(an, account, csv["blobId"]!.GetValue<string>()));
        Assert.Equal(["$draft", "$seen"], email["keywords"]!.AsObject().Select(k => k.Key).Order());
        var raw = await ReadBlobAsync(an, account, email["blobId"]!.GetValue<string>());
        Assert.All(raw.Split("\r\n"), line => Assert.True(line.Length < 998 && !line.Contains('\n', StringComparison.Ordinal) && System.Text.Ascii.IsValid(line), line));
        Assert.Contains("multipart/alternative", raw, StringComparison.Ordinal);
        // IMAP sees the same flags.
        Assert.Equal(MessageFlags.Draft | MessageFlags.Seen, Assert.Single(await EntriesAsync(drafts)).Flags);
    }

    [Theory]
    [InlineData("""{"subject":"x"}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"keywords":{"riêng":true}}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"m9999":true}}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"header:Content-Type":"text/html"}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"subject":"a","header:Subject:asText":"b"}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"header:X-A:asRaw":"a\r\nBcc: x@example.vn"}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"header:Subject:asDate":"2026-03-02T00:00:00Z"}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"textBody":[{"partId":"no"}]}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"textBody":[{"partId":"1","type":"text/html"}],"bodyValues":{"1":{"value":"x"}}}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"bodyStructure":{"partId":"1"},"textBody":[{"partId":"1"}],"bodyValues":{"1":{"value":"x"}}}""", "invalidProperties")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"attachments":[{"blobId":"U999"}]}""", "blobNotFound")]
    [InlineData("""{"mailboxIds":{"DRAFTS":true},"from":[{"email":"không phải địa chỉ"}]}""", "invalidProperties")]
    public async Task What_cannot_be_made_is_refused_with_its_reason(string email, string error)
    {
        var (an, account) = await PersonAsync("an");
        var drafts = (await MailboxAsync(an, "Drafts")).Id;
        var set = await CallAsync(an, account, "Email/set", $$"""{"create":{"d":{{email.Replace("DRAFTS", MailboxId(drafts), StringComparison.Ordinal)}} } }""");
        Assert.Equal(error, set["notCreated"]!["d"]!["type"]!.GetValue<string>());
        Assert.Equal(set["oldState"]!.GetValue<string>(), set["newState"]!.GetValue<string>());
    }

    [Fact]
    public async Task Changes_are_patches_and_reach_every_copy()
    {
        var (an, account) = await PersonAsync("an");
        var (inbox, archive) = ((await MailboxAsync(an, "INBOX")).Id, (await MailboxAsync(an, "Archive")).Id);
        var id = await DeliverAsync(account, Mail("Một"));
        var set = await CallAsync(an, account, "Email/set", $$"""{"update":{"{{id}}":{"keywords/$seen":true,"keywords/work":true,"mailboxIds/{{MailboxId(archive)}}":true} } }""");
        Assert.True(set["updated"]!.AsObject().ContainsKey(id), set.ToJsonString());
        foreach (var mailbox in new[] { inbox, archive })
            Assert.Equal((MessageFlags.Seen, "work"), (Assert.Single(await EntriesAsync(mailbox)).Flags, Assert.Single(await EntriesAsync(mailbox)).Keywords));
        Assert.Equal((0, 1), ((int)(await MailboxAsync(an, "INBOX")).UnseenCount, (int)(await MailboxAsync(an, "Archive")).MessageCount));

        // A message that IMAP marked in one mailbox is marked.
        await Store.Messages.StoreFlagsAsync(an, archive, All, new(FlagMode.Add, MessageFlags.Flagged, []), null, Cancellation);
        Assert.True((await GetAsync(an, account, id))["keywords"]!.AsObject().ContainsKey("$flagged"));

        set = await CallAsync(an, account, "Email/set", $$"""{"update":{"{{id}}":{"mailboxIds":{"{{MailboxId(archive)}}":true},"keywords":{ } } } }""");
        Assert.Empty(await EntriesAsync(inbox));
        Assert.Equal(MessageFlags.None, Assert.Single(await EntriesAsync(archive)).Flags);
        foreach (var (patch, error) in new[]
        {
            ("""{"mailboxIds":{}}""", "invalidProperties"), ("""{"mailboxIds/m9999":true}""", "invalidProperties"), ("""{"subject":"x"}""", "invalidProperties"), ("""{"keywords/$seen":false}""", "invalidProperties"),
            ("""{"keywords":{},"keywords/$seen":true}""", "invalidPatch"),
        })
        {
            set = await CallAsync(an, account, "Email/set", $$"""{"update":{"{{id}}":{{patch}} } }""");
            Assert.Equal(error, set["notUpdated"]![id]!["type"]!.GetValue<string>());
        }

        set = await CallAsync(an, account, "Email/set", $$"""{"update":{"{{id}}":{"keywords/$seen":true} },"destroy":["{{id}}","e999"]}""");
        Assert.Equal("willDestroy", set["notUpdated"]![id]!["type"]!.GetValue<string>());
        Assert.Equal([id], Strings(set["destroyed"]));
        Assert.Equal("notFound", set["notDestroyed"]!["e999"]!["type"]!.GetValue<string>());
        Assert.Empty(await EntriesAsync(archive));
        Assert.Equal(0, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).UsedBytes);
    }

    [Fact]
    public async Task Nobody_reaches_another_account_by_any_id()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, other) = await PersonAsync("binh");
        var id = await DeliverAsync(account, Mail("Riêng"));
        var theirs = await CallAsync(binh, other, "Email/get", $$"""{"ids":["{{id}}"]}""");
        Assert.Empty(theirs["list"]!.AsArray());
        Assert.Equal("notFound", (await CallAsync(binh, other, "Email/set", $$"""{"destroy":["{{id}}"]}"""))["notDestroyed"]![id]!["type"]!.GetValue<string>());
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        Assert.Equal("invalidProperties", (await CallAsync(binh, other, "Email/set", $$"""{"create":{"x":{"mailboxIds":{"{{MailboxId(inbox)}}":true} } } }"""))["notCreated"]!["x"]!["type"]!.GetValue<string>());
        Assert.Null(await Blob(binh, other, $"M{id[1..]}"));
        Assert.Null(await Blob(binh, account, $"M{id[1..]}"));
        Assert.NotNull(await Blob(an, account, $"M{id[1..]}"));
        var upload = await UploadAsync(an, account, "x");
        Assert.Null(await Blob(binh, other, upload));
        Assert.Empty((await CallAsync(binh, other, "Thread/get", $$"""{"ids":["{{(await GetAsync(an, account, id))["threadId"]}}"]}"""))["list"]!.AsArray());

        async Task<object?> Blob(PrincipalId who, AccountId of, string blob)
        {
            await using var opened = await CongVu.Mail.Jmap.Blob.OpenAsync(Store, who, of, blob, Cancellation);
            return opened?.MediaType;
        }
    }

    [Fact]
    public async Task A_shared_mailbox_shows_what_is_in_it_and_no_more()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var hidden = await DeliverAsync(account, Mail("Riêng"));
        var project = (await Store.Mailboxes.CreateAsync(an, "Dự án", MailboxRole.None, Cancellation)).Value.Mailbox.Id;
        await AppendAsync(an, project, "Chung");
        Assert.Equal("accountNotFound", await ErrorAsync(binh, account, "Email/query", "{}"));
        await Store.Mailboxes.SetAclAsync(an, "Dự án", "binh@example.vn", AclChange.Replace, MailboxRights.Lookup | MailboxRights.Read, Cancellation);

        var mailboxes = await CallAsync(binh, account, "Mailbox/get", "{}");
        var only = Assert.Single(mailboxes["list"]!.AsArray())!;
        Assert.Equal(("Dự án", 1, false), (only["name"]!.GetValue<string>(), only["totalEmails"]!.GetValue<int>(), only["myRights"]!["mayAddItems"]!.GetValue<bool>()));
        var found = Assert.Single(Strings((await CallAsync(binh, account, "Email/query", "{}"))["ids"]));
        Assert.NotEqual(hidden, found);
        Assert.Empty((await CallAsync(binh, account, "Email/get", $$"""{"ids":["{{hidden}}"]}"""))["list"]!.AsArray());
        Assert.Equal("forbidden", (await CallAsync(binh, account, "Email/set", $$"""{"update":{"{{found}}":{"keywords/$flagged":true} } }"""))["notUpdated"]![found]!["type"]!.GetValue<string>());
        Assert.Equal("forbidden", (await CallAsync(binh, account, "Email/set", $$"""{"destroy":["{{found}}"]}"""))["notDestroyed"]![found]!["type"]!.GetValue<string>());

        // What leaves the shared part is not told of; the state is another one with other rights.
        var state = mailboxes["state"]!.GetValue<string>();
        await CallAsync(an, account, "Email/set", $$"""{"destroy":["{{hidden}}"]}""");
        Assert.Empty(Strings((await CallAsync(binh, account, "Email/changes", $$"""{"sinceState":"{{state}}"}"""))["destroyed"]));
        await Store.Mailboxes.SetAclAsync(an, "Dự án", "binh@example.vn", AclChange.Replace, MailboxRights.Lookup, Cancellation);
        Assert.Empty(Strings((await CallAsync(binh, account, "Email/query", "{}"))["ids"]));
    }

    [Fact]
    public async Task Messages_are_imported_and_copied_without_new_bytes()
    {
        var (an, account) = await PersonAsync("an");
        var office = (await Store.Accounts.AddOrganizationAsync(new("vanphong@example.vn", "Văn phòng"), "test", Cancellation)).Value;
        await Store.Accounts.GrantAsync(an, office.Id, AccountRights.Own, "test", Cancellation);
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        var blob = await UploadAsync(an, account, Mail("Nhập", "Thư cũ."));
        var imported = (await CallAsync(an, account, "Email/import", $$"""
            {"emails":{"a":{"blobId":"{{blob}}","mailboxIds":{"{{MailboxId(inbox)}}":true},"keywords":{"$seen":true},"receivedAt":"2020-01-02T03:04:05Z"},"b":{"blobId":"U999","mailboxIds":{"{{MailboxId(inbox)}}":true} } } }
            """));
        Assert.Equal("blobNotFound", imported["notCreated"]!["b"]!["type"]!.GetValue<string>());
        var id = imported["created"]!["a"]!["id"]!.GetValue<string>();
        Assert.Equal("2020-01-02T03:04:05Z", (await GetAsync(an, account, id))["receivedAt"]!.GetValue<string>());

        var there = (await Store.Mailboxes.FindAsync(an, "Shared/vanphong@example.vn/INBOX", Cancellation)).Value.Mailbox.Id;
        var answers = await CallsAsync(an, office.Id, $$"""
            [["Email/copy",{"fromAccountId":"a{{account.Value}}","accountId":"ACCOUNT","create":{"c":{"id":"{{id}}","mailboxIds":{"{{MailboxId(there)}}":true} } },"onSuccessDestroyOriginal":true},"0"]]
            """);
        Assert.Equal(["Email/copy", "Email/set"], answers.Select(a => a![0]!.GetValue<string>()));
        Assert.Equal([id], Strings(answers[1]![1]!["destroyed"]));
        var copy = await GetAsync(an, office.Id, answers[0]![1]!["created"]!["c"]!["id"]!.GetValue<string>());
        Assert.Equal(("Nhập", "2020-01-02T03:04:05Z", true), (copy["subject"]!.GetValue<string>(), copy["receivedAt"]!.GetValue<string>(), copy["keywords"]!.AsObject().ContainsKey("$seen")));
        Assert.Equal(1, await Store.Database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM contents"), Cancellation));
    }

    [Fact]
    public async Task Queries_filter_sort_and_show_a_window()
    {
        var (an, account) = await PersonAsync("an");
        var ids = new List<string>();
        for (var i = 1; i <= 5; i++)
        {
            Clock.Now += TimeSpan.FromMinutes(1);
            ids.Add(await DeliverAsync(account, Mail($"Thư số {i}", i == 3 ? "Họp giao ban ngày mai." : "Khác.", i % 2 == 0 ? "Cc: lanh-dao@example.vn\nX-Loai: gap\n" : "")));
        }
        await CallAsync(an, account, "Email/set", $$"""{"update":{"{{ids[0]}}":{"keywords/$flagged":true} } }""");
        var inbox = MailboxId((await MailboxAsync(an, "INBOX")).Id);
        const string byTime = ""","sort":[{"property":"receivedAt"}]}""";
        Assert.Equal(ids, await FindAsync("""{"filter":{}""" + byTime));
        Assert.Equal((string[])[ids[2]], await FindAsync("""{"filter":{"body":"hop giao"}}"""));
        Assert.Equal((string[])[ids[2]], await FindAsync("""{"filter":{"text":"\"giao ban\" số"}}"""));
        Assert.Equal((string[])[ids[1], ids[3]], await FindAsync("""{"filter":{"cc":"lanh-dao"}""" + byTime));
        Assert.Equal((string[])[ids[1], ids[3]], await FindAsync("""{"filter":{"header":["X-Loai","GAP"]}""" + byTime));
        Assert.Equal((string[])[ids[0], ids[2], ids[4]], await FindAsync("""{"filter":{"operator":"NOT","conditions":[{"header":["X-Loai"]}]}""" + byTime));
        Assert.Equal((string[])[ids[0]], await FindAsync("""{"filter":{"hasKeyword":"$flagged"}}"""));
        Assert.Equal((string[])[ids[0], .. ids.Skip(1)], await FindAsync("""{"sort":[{"property":"hasKeyword","keyword":"$flagged","isAscending":false},{"property":"subject"}]}"""));
        Assert.Equal(Enumerable.Reverse(ids), await FindAsync("""{"sort":[{"property":"subject","isAscending":false}]}"""));
        Assert.Equal(ids.Skip(3), await FindAsync($$"""{"filter":{"operator":"AND","conditions":[{"inMailbox":"{{inbox}}"},{"after":"2026-03-02T01:04:00Z"}]}""" + byTime));
        Assert.Empty(await FindAsync($$"""{"filter":{"inMailboxOtherThan":["{{inbox}}"]} }"""));
        Assert.Empty(await FindAsync("""{"filter":{"hasAttachment":true}}"""));
        Assert.Equal(ids[1..3], await FindAsync("""{"position":1,"limit":2""" + byTime));
        Assert.Equal((string[])[ids[4]], await FindAsync("""{"position":-1""" + byTime));
        Assert.Equal((string[])[ids[2], ids[3]], await FindAsync($$"""{"anchor":"{{ids[3]}}","anchorOffset":-1,"limit":2""" + byTime));
        Assert.Equal("anchorNotFound", await ErrorAsync(an, account, "Email/query", """{"anchor":"e999"}"""));
        Assert.Equal("unsupportedFilter", await ErrorAsync(an, account, "Email/query", """{"filter":{"colour":"red"}}"""));
        Assert.Equal("unsupportedSort", await ErrorAsync(an, account, "Email/query", """{"sort":[{"property":"colour"}]}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, "Email/query", """{"limit":-1}"""));

        async Task<string[]> FindAsync(string arguments) => Strings((await CallAsync(an, account, "Email/query", arguments))["ids"]);
    }

    [Fact]
    public async Task Snippets_mark_what_was_found_diacritics_aside()
    {
        var (an, account) = await PersonAsync("an");
        var id = await DeliverAsync(account, Mail("Lịch <họp> tuần", "Kính mời dự cuộc HỌP giao ban."));
        var snippet = (await CallAsync(an, account, "SearchSnippet/get", $$"""{"filter":{"text":"hop"},"emailIds":["{{id}}","e99"]}"""));
        Assert.Equal("Lịch &lt;<mark>họp</mark>&gt; tuần", snippet["list"]![0]!["subject"]!.GetValue<string>());
        Assert.Contains("cuộc <mark>HỌP</mark> giao ban.", snippet["list"]![0]!["preview"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(["e99"], Strings(snippet["notFound"]));
    }

    private static string Text(JsonNode? node) => node!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private async Task<JsonNode> GetAsync(PrincipalId who, AccountId account, string id) => (await CallAsync(who, account, "Email/get", $$"""{"ids":["{{id}}"]}"""))["list"]![0]!;

    private async Task<string> DeliverAsync(AccountId account, string message)
    {
        await using var content = await StageAsync(message);
        await Store.Deliveries.DeliverAsync(new() { Sender = "a@example.vn", Local = [new(account, "an@example.vn")] }, content, Cancellation);
        return $"e{await Store.Database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT MAX(id) FROM messages"), Cancellation)}";
    }
}
