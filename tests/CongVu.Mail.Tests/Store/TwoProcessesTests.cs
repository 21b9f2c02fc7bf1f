using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Store;

/// <summary>A second store on the same database stands for another process: an operator's command beside the server.</summary>
public abstract class TwoProcessesTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task A_session_is_told_what_another_process_has_delivered()
    {
        var (who, account) = await PersonAsync("an");
        var inbox = await MailboxAsync(who, "INBOX");
        var told = new List<ModSeq>();
        using var subscription = Store.Changes.Subscribe(account, told.Add);
        var watcher = new ForeignChanges(Store, Clock, NullLogger<ForeignChanges>.Instance);
        await watcher.LookAsync(Cancellation);
        told.Clear();

        await using var other = await MailStore.OpenAsync(Store.Options, Clock, Cancellation);
        await using var writer = other.Contents.Create();
        await writer.WriteAsync("Subject: x\r\n\r\n"u8.ToArray(), Cancellation);
        await using var content = await writer.FinishAsync(default, Cancellation);
        var appended = await other.Messages.AppendAsync(who, inbox.Id, [new(content, MessageFlags.None, [], null)], null, Cancellation);

        await watcher.LookAsync(Cancellation);
        Assert.Equal([appended.Value.ModSeq], told);
        await watcher.LookAsync(Cancellation);
        Assert.Single(told);
        Assert.Equal(1, (await Store.Messages.OpenAsync(who, inbox.Id, Cancellation)).Value.Uids.Count);
    }

    [Fact]
    public async Task Both_write_at_once_and_nothing_is_lost()
    {
        var (who, account) = await PersonAsync("an");
        var inbox = await MailboxAsync(who, "INBOX");
        await using var other = await MailStore.OpenAsync(Store.Options, Clock, Cancellation);
        await Task.WhenAll(FillAsync(Store), FillAsync(other));
        Assert.Equal(200, (await Store.Messages.OpenAsync(who, inbox.Id, Cancellation)).Value.Uids.Count);
        Assert.Equal(200, (await other.Accounts.FindAsync(account, Cancellation))!.MessageCount);
        Assert.Empty(await FindingsAsync());

        async Task FillAsync(MailStore store)
        {
            for (var i = 0; i < 100; i++)
            {
                await using var writer = store.Contents.Create();
                await writer.WriteAsync("Subject: x\r\n\r\n"u8.ToArray(), Cancellation);
                await using var content = await writer.FinishAsync(default, Cancellation);
                Assert.True((await store.Messages.AppendAsync(who, inbox.Id, [new(content, MessageFlags.None, [], null)], null, Cancellation)).Ok);
            }
        }
    }

    private async Task<List<StoreFinding>> FindingsAsync()
    {
        var findings = new List<StoreFinding>();
        await new StoreCheck(Store).RunAsync(findings.Add, null, Cancellation);
        return findings;
    }
}

public sealed class SqliteTwoProcessesTests() : TwoProcessesTests(Backend.Sqlite)
{
    [Fact]
    public async Task A_process_that_holds_the_lock_for_long_does_not_stop_the_store()
    {
        var file = Path.Combine(Folder, "other.db");
        await using var database = await SqliteStoreDatabase.OpenAsync(file, TimeSpan.FromMilliseconds(50), [], Cancellation);
        await using (var holder = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await holder.OpenAsync(Cancellation);
            await using var begin = holder.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            await begin.ExecuteNonQueryAsync(Cancellation);
            await Assert.ThrowsAsync<StoreException>(() => AddAsync("a.vn"));
        }
        await AddAsync("b.vn");
        Assert.Equal(["b.vn"], await database.ReadAsync(tx => tx.QueryAsync("SELECT name FROM domains", row => row.GetString(0)), Cancellation));

        Task<int> AddAsync(string name) => database.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO domains (name, created_at) VALUES ($1, 0)", name), Cancellation);
    }
}

public sealed class PostgresTwoProcessesTests() : TwoProcessesTests(Backend.Postgres);
