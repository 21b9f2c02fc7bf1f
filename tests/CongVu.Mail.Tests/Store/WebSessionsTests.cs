using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqliteWebSessionsTests() : WebSessionsTests(Backend.Sqlite);

public sealed class PostgresWebSessionsTests() : WebSessionsTests(Backend.Postgres);

public abstract class WebSessionsTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task A_session_ends_when_it_is_not_used_and_sooner_on_a_shared_computer()
    {
        var (an, _) = await PersonAsync("an");
        var own = await BeginAsync(an, isPublic: false);
        var shared = await BeginAsync(an, isPublic: true);
        Clock.Now += TimeSpan.FromMinutes(29);
        Assert.NotNull(await Store.WebSessions.FindAsync(shared, Cancellation));
        Clock.Now += TimeSpan.FromMinutes(29);
        Assert.NotNull(await Store.WebSessions.FindAsync(shared, Cancellation));
        Clock.Now += TimeSpan.FromMinutes(31);
        Assert.Null(await Store.WebSessions.FindAsync(shared, Cancellation));
        Assert.NotNull(await Store.WebSessions.FindAsync(own, Cancellation));
        Clock.Now += TimeSpan.FromDays(8);
        Assert.Null(await Store.WebSessions.FindAsync(own, Cancellation));
    }

    [Fact]
    public async Task However_much_it_is_used_a_session_ends_at_last()
    {
        var (an, _) = await PersonAsync("an");
        var token = await BeginAsync(an, isPublic: false);
        for (var day = 0; day < 30; day++)
        {
            Assert.NotNull(await Store.WebSessions.FindAsync(token, Cancellation));
            Clock.Now += TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1);
        }
        Assert.Null(await Store.WebSessions.FindAsync(token, Cancellation));
    }

    [Fact]
    public async Task Sessions_are_their_holders_and_end_with_the_password_or_the_person()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var (first, second) = (await BeginAsync(an, false), await BeginAsync(an, false));
        var id = (await Store.WebSessions.FindAsync(first, Cancellation))!.Id;
        Assert.False(await Store.WebSessions.EndAsync(binh, id, Cancellation));
        Assert.Equal(1, await Store.WebSessions.EndOthersAsync(an, id, Cancellation));
        Assert.Null(await Store.WebSessions.FindAsync(second, Cancellation));
        await Store.Accounts.SetPasswordAsync(an, "Mot-mat-khau-10", mustChange: false, "test", Cancellation);
        Assert.Null(await Store.WebSessions.FindAsync(first, Cancellation));

        var third = await BeginAsync(an, false);
        await Store.Accounts.SetStateAsync(account, AccountState.Suspended, "test", Cancellation);
        Assert.Null(await Store.WebSessions.FindAsync(third, Cancellation));
        Assert.Null(await Store.WebSessions.FindAsync("", Cancellation));
        // What the database holds signs nobody in.
        Assert.DoesNotContain(third, await Store.Database.ReadAsync(tx => tx.QueryAsync("SELECT token_hash FROM web_sessions", row => System.Text.Encoding.Latin1.GetString(row.GetFieldValue<byte[]>(0))), Cancellation));
    }

    [Fact]
    public async Task Attempts_are_kept_to_a_hundred()
    {
        var (an, _) = await PersonAsync("an");
        for (var i = 0; i < 130; i++)
            await Store.WebSessions.NoteAsync(an, i % 2 == 0, "192.0.2.1", new string('x', 1000), Cancellation);
        var attempts = await Store.WebSessions.AttemptsAsync(an, Cancellation);
        Assert.Equal((100, false, 300), (attempts.Count, attempts[0].Succeeded, attempts[0].UserAgent.Length));
        Assert.InRange(await Store.Database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM sign_ins"), Cancellation), 100, 101);
    }

    private Task<string> BeginAsync(PrincipalId who, bool isPublic) => Store.WebSessions.BeginAsync(who, isPublic, "192.0.2.1", "test", Cancellation);
}
