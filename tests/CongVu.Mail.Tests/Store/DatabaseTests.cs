using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Tests.Store;

public sealed class DatabaseTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;
    private SqliteStoreDatabase database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => Path.Combine(folder, "store.db");

    public async ValueTask InitializeAsync() => database = await SqliteStoreDatabase.OpenAsync(File, [], Cancellation);

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Opening_again_applies_no_migration_twice_and_keeps_what_was_written()
    {
        await Insert("kept");
        var applied = await database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM migrations"), Cancellation);
        await database.DisposeAsync();
        database = await SqliteStoreDatabase.OpenAsync(File, [], Cancellation);

        Assert.Equal(1, await Read("kept"));
        Assert.Equal(applied, await database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM migrations"), Cancellation));
    }

    [Fact]
    public async Task Concurrent_writes_all_commit_and_one_that_fails_takes_only_itself_back()
    {
        var good = Enumerable.Range(0, 200).Select(i => Insert($"good{i}")).ToArray();
        var bad = database.WriteAsync<int>(
            async tx =>
            {
                await tx.ExecuteAsync("INSERT INTO counters (name, value) VALUES ($1, $2)", "bad", 1);
                throw new InvalidOperationException("refused");
            },
            Cancellation);

        await Task.WhenAll(good);
        Assert.Equal("refused", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        Assert.Null(await Read("bad"));
        Assert.Equal(200L, await database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM counters"), Cancellation));
    }

    [Fact]
    public async Task What_follows_a_commit_is_done_once_however_often_a_piece_was_run_and_a_refused_piece_is_run_once()
    {
        var (followed, refused) = (0, 0);
        var good = Enumerable.Range(0, 50).Select(i => database.WriteAsync(
            async tx =>
            {
                tx.AfterCommit(() => followed++);
                return await tx.ExecuteAsync("INSERT INTO counters (name, value) VALUES ($1, $2)", $"good{i}", 1);
            },
            Cancellation)).ToArray();
        var bad = database.WriteAsync<int>(
            tx =>
            {
                refused++;
                tx.AfterCommit(() => followed += 1000);
                throw new InvalidOperationException("refused");
            },
            Cancellation);

        await Task.WhenAll(good);
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        Assert.Equal((50, 1), (followed, refused));
    }

    [Fact]
    public async Task A_violated_constraint_is_the_stores_error_and_leaves_the_store_usable()
    {
        await Insert("once");
        await Assert.ThrowsAsync<StoreException>(() => Insert("once"));
        await Insert("again");
        Assert.Equal(1, await Read("again"));
    }

    [Fact]
    public async Task Committed_accounts_are_announced_and_failed_ones_are_not()
    {
        var announced = new TaskCompletionSource<IReadOnlyDictionary<long, long>>();
        database.Committed = changed => announced.TrySetResult(changed);

        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync<int>(
            tx =>
            {
                tx.Touch(new AccountId(1), new ModSeq(5));
                throw new InvalidOperationException();
            },
            Cancellation));
        await database.WriteAsync(
            tx =>
            {
                tx.Touch(new AccountId(2), new ModSeq(7));
                return ValueTask.FromResult(0);
            },
            Cancellation);

        Assert.Equal(KeyValuePair.Create(2L, 7L), Assert.Single(await announced.Task.WaitAsync(Cancellation)));
    }

    private Task<int> Insert(string name) =>
        database.WriteAsync(tx => tx.ExecuteAsync("INSERT INTO counters (name, value) VALUES ($1, $2)", name, 1), Cancellation);

    private async Task<long?> Read(string name) =>
        await database.ReadAsync(tx => tx.ScalarAsync<long?>("SELECT value FROM counters WHERE name = $1", name), Cancellation);
}
