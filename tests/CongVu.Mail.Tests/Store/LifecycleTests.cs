using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqliteLifecycleTests() : LifecycleTests(Backend.Sqlite);

public sealed class PostgresLifecycleTests() : LifecycleTests(Backend.Postgres);

/// <summary>The states of an account, its use and its end (A8).</summary>
public abstract class LifecycleTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task A_use_is_written_once_a_day_for_those_whom_a_mailbox_is_for()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, other) = await PersonAsync("binh");
        var office = (await Store.Accounts.AddOrganizationAsync(new("vp@example.vn", "Văn phòng"), "test", Cancellation)).Value.Id;
        await Store.Accounts.GrantAsync(an, office, AccountRights.Own, "test", Cancellation);
        await Store.Accounts.GrantAsync(binh, office, AccountRights.SendAs, "test", Cancellation);
        Assert.Null(await LastAsync(account));

        var first = Clock.Now;
        await Store.Activity.SeenAsync(an, account, Cancellation);
        await Store.Activity.SeenAsync(an, office, Cancellation);
        // Neither who may only send for it, nor who looks into a shared folder of somebody else's.
        await Store.Activity.SeenAsync(an, other, Cancellation);
        Clock.Now = Clock.Now.AddHours(5);
        await Store.Activity.SeenAsync(an, account, Cancellation);
        await Store.Activity.SeenAsync(binh, office, Cancellation);
        Assert.Equal(first, await LastAsync(account));
        Assert.Equal(first, await LastAsync(office));
        Assert.Null(await LastAsync(other));

        // The day ends at midnight in Vietnam, 17:00 UTC.
        Clock.Now = new(first.UtcDateTime.Date.AddHours(17), TimeSpan.Zero);
        await Store.Activity.SeenAsync(an, account, Cancellation);
        Assert.Equal(Clock.Now, await LastAsync(account));
    }

    [Fact]
    public async Task A_sign_in_by_any_protocol_is_a_use()
    {
        var (an, account) = await PersonAsync("an");
        await Store.Accounts.SetPasswordAsync(an, "Mot-mat-khau-10", mustChange: false, "test", Cancellation);
        foreach (var protocol in new[] { "imap", "smtp", "jmap", "web" })
        {
            Clock.Now = Clock.Now.AddDays(1);
            Assert.Equal(SignInRefusal.WrongCredentials, (await Store.SignIn.CheckPasswordAsync("an@example.vn", "x", protocol, null, Cancellation)).Refusal);
            Assert.NotEqual(Clock.Now, await LastAsync(account));
            Assert.Equal(SignInRefusal.None, (await Store.SignIn.CheckPasswordAsync("an@example.vn", "Mot-mat-khau-10", protocol, null, Cancellation)).Refusal);
            Assert.Equal(Clock.Now, await LastAsync(account));
        }
    }

    [Fact]
    public async Task A_suspended_mailbox_takes_mail_and_is_closed_to_its_holder()
    {
        var (an, account) = await PersonAsync("an");
        var token = await Store.WebSessions.BeginAsync(an, isPublic: false, "", "", Cancellation);
        await Store.Database.WriteAsync(tx => Store.Accounts.SuspendAsync(tx, account, "test"), Cancellation);
        Assert.Null(await Store.WebSessions.FindAsync(token, Cancellation));
        Assert.False((await Store.Mailboxes.FindAsync(an, "INBOX", Cancellation)).Ok);
        Assert.False(await Store.Accounts.MaySendAsAsync(an, "an@example.vn", Cancellation));
        await DeliverAsync(account, "Đến khi bị tạm khóa");
        await Store.Database.WriteAsync(tx => Store.Accounts.ReopenAsync(tx, account, "test"), Cancellation);
        Assert.Single(await EntriesAsync((await MailboxAsync(an, "INBOX")).Id));
    }

    [Fact]
    public async Task A_closed_mailbox_tells_the_new_address_for_its_time()
    {
        var (_, account) = await PersonAsync("an");
        await Store.Database.WriteAsync(tx => Store.Accounts.CloseAsync(tx, account, "an@khac.vn", Clock.Now.AddDays(90), "test"), Cancellation);
        Assert.Equal("an@khac.vn", (await Store.Accounts.LookupAsync("an@example.vn", Cancellation)).MovedTo);
        Clock.Now = Clock.Now.AddDays(89);
        await Store.Sweeper.SweepAsync(Cancellation);
        Assert.Equal("an@khac.vn", (await Store.Accounts.LookupAsync("an@example.vn", Cancellation)).MovedTo);
        Clock.Now = Clock.Now.AddDays(1);
        await Store.Sweeper.SweepAsync(Cancellation);
        Assert.Equal((AddressStatus.Closed, (string?)null), ((await Store.Accounts.LookupAsync("an@example.vn", Cancellation)) is var found ? (found.Status, found.MovedTo) : default));
    }

    [Fact]
    public async Task A_removed_mailbox_leaves_its_addresses_and_a_record_and_nothing_else()
    {
        var (an, account) = await PersonAsync("an");
        var (_, other) = await PersonAsync("binh");
        await Store.Accounts.SetPasswordAsync(an, "Mot-mat-khau-10", mustChange: false, "test", Cancellation);
        await Store.Accounts.AddAliasAsync(account, "an.cu@example.vn", "test", Cancellation);
        for (var i = 0; i < 3; i++)
            await DeliverAsync(account, $"Thư {i} của An");
        await using (var shared = await StageAsync(Mail("Thư chung")))
            await Store.Deliveries.DeliverAsync(new() { Sender = "x@y.vn", Local = [new(account, "an@example.vn"), new(other, "binh@example.vn")] }, shared, Cancellation);

        var removed = await Store.Database.WriteAsync(tx => Store.Accounts.RemoveAsync(tx, account, "test"), Cancellation);
        Assert.Equal(4, removed!.Messages);
        Assert.Equal(["an@example.vn", "an.cu@example.vn"], removed.Addresses);
        Assert.Equal(64, removed.Digest.Length);
        Assert.Null(await Store.Database.WriteAsync(tx => Store.Accounts.RemoveAsync(tx, account, "test"), Cancellation));
        Assert.Equal(AddressStatus.Unknown, (await Store.Accounts.LookupAsync("an@example.vn", Cancellation)).Status);
        Assert.Equal(SignInRefusal.WrongCredentials, (await Store.SignIn.CheckPasswordAsync("an@example.vn", "Mot-mat-khau-10", "imap", null, Cancellation)).Refusal);

        Assert.Equal(1, await Store.Erasure.RunAsync(Cancellation));
        Assert.Equal(0, await Store.Erasure.RunAsync(Cancellation));
        foreach (var table in new[] { "messages", "mailboxes", "thread_refs", "search_pending" })
            Assert.Equal(0, await CountAsync($"SELECT COUNT(*) FROM {table} WHERE account_id = {account.Value}"));
        Assert.Equal(1, await CountAsync($"SELECT COUNT(*) FROM messages WHERE account_id = {other.Value}"));
        Assert.Equal(2, await CountAsync($"SELECT COUNT(*) FROM addresses WHERE account_id = {account.Value}"));
        Assert.Equal(Refusal.AlreadyExists, (await Store.Accounts.AddPersonAsync(new("an@example.vn", "Người khác", null), "test", Cancellation)).Refusal);

        // The bytes go with the sweeps; what somebody else holds stays.
        var before = await CountAsync("SELECT COUNT(*) FROM contents");
        await Store.Sweeper.SweepAsync(Cancellation);
        Clock.Now = Clock.Now.AddDays(2);
        await Store.Sweeper.SweepAsync(Cancellation);
        Assert.Equal(before - 3, await CountAsync("SELECT COUNT(*) FROM contents"));
    }

    private async Task DeliverAsync(AccountId to, string subject)
    {
        await using var content = await StageAsync(Mail(subject));
        await Store.Deliveries.DeliverAsync(new() { Sender = "x@y.vn", Local = [new(to, "an@example.vn")] }, content, Cancellation);
    }

    private async Task<DateTimeOffset?> LastAsync(AccountId account) =>
        await Store.Database.ReadAsync(tx => tx.ScalarAsync<long?>("SELECT last_activity_at FROM accounts WHERE id = $1", account.Value), Cancellation) is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private async Task<long> CountAsync(string sql) => await Store.Database.ReadAsync(tx => tx.ScalarAsync<long>(sql), Cancellation);
}
