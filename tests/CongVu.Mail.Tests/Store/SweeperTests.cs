using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqliteSweeperTests() : SweeperTests(Backend.Sqlite);

public sealed class PostgresSweeperTests() : SweeperTests(Backend.Postgres);

public abstract class SweeperTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task An_expunged_message_is_kept_for_its_term_and_then_gone_with_its_bytes()
    {
        var (an, _) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        await AppendAsync(an, inbox, "kept");
        await using (var large = await StageAsync(Mail("large", RandomText(600_000))))
            await Store.Messages.AppendAsync(an, inbox, [new(large, MessageFlags.Deleted, [], null)], null, Cancellation);
        await Store.Messages.ExpungeAsync(an, inbox, null, Cancellation);
        Assert.Single(Files());

        Clock.Now += TimeSpan.FromDays(29);
        Assert.Equal(default, await Store.Sweeper.SweepAsync(Cancellation));
        Clock.Now += TimeSpan.FromDays(2);
        Assert.Equal(1, (await Store.Sweeper.SweepAsync(Cancellation)).Messages);
        Assert.Single(Files());
        Clock.Now += TimeSpan.FromDays(2);
        Assert.Equal(1, (await Store.Sweeper.SweepAsync(Cancellation)).Contents);
        Assert.Empty(Files());
        Assert.Single(await EntriesAsync(inbox, EntryColumns.Message | EntryColumns.Data));
    }

    [Fact]
    public async Task What_is_under_hold_stays_and_a_file_that_nothing_names_goes()
    {
        var (an, _) = await PersonAsync("an");
        var inbox = (await MailboxAsync(an, "INBOX")).Id;
        await AppendAsync(an, inbox, "held", MessageFlags.Deleted);
        await Store.Messages.ExpungeAsync(an, inbox, null, Cancellation);
        await Store.Database.WriteAsync(tx => tx.ExecuteAsync("UPDATE messages SET hold = 1"), Cancellation);
        var left = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "blobs", "ab")).FullName, "abandoned");
        await File.WriteAllTextAsync(left, "x", Cancellation);
        File.SetLastWriteTimeUtc(left, Clock.Now.UtcDateTime.AddDays(-2));

        Clock.Now += TimeSpan.FromDays(60);
        Assert.Equal(new Swept(0, 0, 1, 0), await Store.Sweeper.SweepAsync(Cancellation));
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task A_content_that_another_account_still_has_stays()
    {
        var people = new[] { await PersonAsync("an"), await PersonAsync("binh") };
        await using (var content = await StageAsync(Mail("shared")))
            await Store.Deliveries.DeliverAsync(new() { Sender = "", Local = [.. people.Select(p => new LocalRecipient(p.Account, "x@example.vn"))] }, content, Cancellation);
        var inbox = (await MailboxAsync(people[0].Who, "INBOX")).Id;
        await Store.Messages.StoreFlagsAsync(people[0].Who, inbox, All, new(FlagMode.Add, MessageFlags.Deleted, []), null, Cancellation);
        await Store.Messages.ExpungeAsync(people[0].Who, inbox, null, Cancellation);
        for (var i = 0; i < 3; i++)
        {
            Clock.Now += TimeSpan.FromDays(40);
            Assert.Equal(0, (await Store.Sweeper.SweepAsync(Cancellation)).Contents);
        }
        var entry = Assert.Single(await EntriesAsync((await MailboxAsync(people[1].Who, "INBOX")).Id, EntryColumns.Message));
        await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
        Assert.Equal(entry.Size, reader.Length);
    }

    private string[] Files() => [.. Directory.EnumerateFiles(Path.Combine(Folder, "blobs"), "*", SearchOption.AllDirectories)];

    private static string RandomText(int length)
    {
        var random = new Random(3);
        return string.Create(length, random, static (text, r) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = i % 70 == 69 ? '\n' : (char)(33 + r.Next(90));
        });
    }
}
