using CongVu.Formats.Mime;
using CongVu.Formats.Text;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Search;

namespace CongVu.Mail.Tests.Store.Search;

public sealed class SqliteMessageSearchTests() : MessageSearchTests(Backend.Sqlite);

public sealed class PostgresMessageSearchTests() : MessageSearchTests(Backend.Postgres);

public abstract class MessageSearchTests(Backend backend) : StoreFixture(backend)
{
    private static readonly string[] Syllables = ["công", "văn", "đến", "ủy", "ban", "nhân", "dân", "tỉnh", "Đắk", "Nông", "báo", "cáo", "an", "toàn", "thông", "tin", "2026", "số", "15/QĐ-UBND", "a@b.vn", "họp,", "(khẩn)"];

    [Theory]
    [InlineData("công văn", 1)]
    [InlineData("cong van", 1)]
    [InlineData("CÔNG VĂN", 1)]
    [InlineData("ông vă", 1)]
    [InlineData("văn đ", 1)]
    [InlineData("van den so 15", 1)]
    [InlineData("15/QĐ", 1)]
    [InlineData("15-QĐ", 0)]
    [InlineData("ngvan", 0)]
    [InlineData("van cong", 0)]
    [InlineData("đến", 1)]
    [InlineData("/", 1)]
    [InlineData("…", 0)]
    [InlineData("", 2)]
    [InlineData("binh@example.vn", 2)]
    [InlineData("kế hoạch.pdf", 0)]
    public async Task A_needle_is_any_piece_of_the_text_whether_indexed_or_pending(string needle, int count)
    {
        var (an, account) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        await AppendAsync(an, inbox, "Công văn đến số 15/QĐ-UBND");
        await AppendAsync(an, inbox, "khác");
        Assert.Equal(count, (await Store.Search.MatchAsync(account, SearchField.Text, needle, Cancellation)).Count);
        Assert.Equal(2, await Store.Search.DrainAsync(Cancellation));
        Assert.Equal(count, (await Store.Search.MatchAsync(account, SearchField.Text, needle, Cancellation)).Count);
    }

    [Fact]
    public async Task Fields_are_apart_and_other_accounts_are_never_found()
    {
        var (an, account) = await PersonAsync("an");
        var (_, other) = await PersonAsync("binh");
        await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "đặc biệt");
        foreach (var drained in new[] { false, true })
        {
            if (drained)
                await Store.Search.DrainAsync(Cancellation);
            Assert.Single(await Store.Search.MatchAsync(account, SearchField.Subject, "dac biet", Cancellation));
            Assert.Empty(await Store.Search.MatchAsync(account, SearchField.Body, "dac biet", Cancellation));
            Assert.Single(await Store.Search.MatchAsync(account, SearchField.Body, "xin chao", Cancellation));
            Assert.Single(await Store.Search.MatchAsync(account, SearchField.From, "an@example", Cancellation));
            Assert.Empty(await Store.Search.MatchAsync(account, SearchField.Cc, "an", Cancellation));
            Assert.Empty(await Store.Search.MatchAsync(other, SearchField.Text, "dac biet", Cancellation));
        }
    }

    [Fact]
    public async Task A_circular_is_indexed_once_and_found_by_each_who_got_it()
    {
        var people = new List<AccountId>();
        for (var i = 0; i < 8; i++)
            people.Add((await PersonAsync($"p{i}")).Account);
        await using (var content = await StageAsync(Mail("Thông báo chung")))
            await Store.Deliveries.DeliverAsync(new() { Sender = "", Local = [.. people.Take(6).Select(a => new LocalRecipient(a, "x@example.vn"))] }, content, Cancellation);
        await Store.Search.DrainAsync(Cancellation);
        foreach (var account in people.Take(6))
            Assert.Single(await Store.Search.MatchAsync(account, SearchField.Subject, "bao chung", Cancellation));
        Assert.Empty(await Store.Search.MatchAsync(people[7], SearchField.Subject, "bao chung", Cancellation));
    }

    [Fact]
    public async Task Random_texts_and_needles_agree_with_reading_every_message()
    {
        var (an, account) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        var random = new Random(5);
        var texts = new Dictionary<MessageId, string>();
        for (var round = 0; round < 12; round++)
        {
            for (var i = 0; i < 5; i++)
            {
                var subject = string.Join(' ', Enumerable.Range(0, random.Next(1, 8)).Select(_ => Syllables[random.Next(Syllables.Length)]));
                var uid = (await AppendAsync(an, inbox, subject)).Uids[0];
                var entry = (await Store.Messages.ReadAsync(inbox, uid, uid, EntryColumns.Message | EntryColumns.Facts, 1, Cancellation))[0];
                texts[entry.MessageId] = MessageFacts.Deserialize(entry.Facts).Subject;
            }
            if (random.Next(2) == 0)
                await Store.Search.DrainAsync(Cancellation);
            for (var i = 0; i < 15; i++)
            {
                var whole = texts.Values.ElementAt(random.Next(texts.Count));
                var start = random.Next(whole.Length);
                var needle = whole.Substring(start, random.Next(1, whole.Length - start + 1));
                var expected = texts.Where(t => VietnameseFolding.Fold(t.Value).Contains(VietnameseFolding.Fold(needle).Trim(), StringComparison.Ordinal)).Select(t => t.Key).ToHashSet();
                var actual = await Store.Search.MatchAsync(account, SearchField.Subject, needle, Cancellation);
                // Words alone are compared as words: punctuation between them does not part them.
                Assert.True(SearchWords.NeedsVerification(needle) ? expected.SetEquals(actual) : expected.IsSubsetOf(actual), needle);
                Assert.All(actual.Except(expected), id => Assert.Contains(SearchWords.Normalize(needle), SearchWords.Normalize(texts[id]), StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task A_search_during_indexing_misses_nothing()
    {
        var (an, account) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var indexer = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                    await Store.Search.DrainAsync(Cancellation);
            },
            Cancellation);
        for (var count = 1; count <= 60; count++)
        {
            await AppendAsync(an, inbox, $"cần tìm {count}");
            Assert.Equal(count, (await Store.Search.MatchAsync(account, SearchField.Subject, "can tim", Cancellation)).Count);
        }
        await stop.CancelAsync();
        await indexer;
    }
}
