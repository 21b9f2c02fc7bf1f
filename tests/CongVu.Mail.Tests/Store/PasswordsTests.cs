using System.Net;
using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqlitePasswordsTests() : PasswordsTests(Backend.Sqlite);

public sealed class PostgresPasswordsTests() : PasswordsTests(Backend.Postgres);

/// <summary>How passwords are kept, expire and are guarded (A12.1-2, A13.6).</summary>
public abstract class PasswordsTests(Backend backend) : StoreFixture(backend)
{
    private const string Password = "Mot-mat-khau-10";

    [Fact]
    public async Task A_password_holds_until_its_moment_on_every_road()
    {
        var (an, account) = await PersonAsync("an");
        var expires = Clock.Now.AddDays(92);
        await Store.Database.WriteAsync(tx => Store.Accounts.SetPasswordAsync(tx, an, PasswordHash.Create(Password), mustChange: false, "test", expires), Cancellation);
        var (_, program) = await Store.Accounts.AddAppPasswordAsync(an, "Thunderbird", "test", Cancellation);
        var token = await Store.WebSessions.BeginAsync(an, isPublic: false, "", "", Cancellation);

        Clock.Now = expires.AddMilliseconds(-1);
        foreach (var protocol in new[] { "imap", "smtp", "jmap" })
        {
            Assert.Equal(SignInRefusal.None, (await CheckAsync(Password, protocol)).Refusal);
            Assert.Equal(SignInRefusal.None, (await CheckAsync(program, protocol)).Refusal);
        }
        token = await Store.WebSessions.BeginAsync(an, isPublic: false, "", "", Cancellation);
        Assert.False((await Store.WebSessions.FindAsync(token, Cancellation))!.Principal.MustChangePassword);

        Clock.Now = expires;
        foreach (var protocol in new[] { "imap", "smtp", "jmap" })
        {
            Assert.Equal(SignInRefusal.PasswordChangeRequired, (await CheckAsync(Password, protocol)).Refusal);
            Assert.Equal(SignInRefusal.PasswordChangeRequired, (await CheckAsync(program, protocol)).Refusal);
        }
        Assert.True((await CheckAsync(Password, "web")).Principal!.MustChangePassword);
        Assert.True((await Store.WebSessions.FindAsync(token, Cancellation))!.Principal.MustChangePassword);
        Assert.Equal(AddressStatus.Local, (await Store.Accounts.LookupAsync("an@example.vn", Cancellation)).Status);

        // Sessions that were there before are shut out by the daily work, once.
        Assert.True((await Store.Mailboxes.FindAsync(an, "INBOX", Cancellation)).Ok);
        Assert.Equal(1, await Store.Database.WriteAsync(Store.Accounts.ExpirePasswordsAsync, Cancellation));
        Assert.Equal(0, await Store.Database.WriteAsync(Store.Accounts.ExpirePasswordsAsync, Cancellation));
        Assert.False((await Store.Mailboxes.FindAsync(an, "INBOX", Cancellation)).Ok);
        Assert.Null(await Store.Messages.InScopeAsync<string>(an, account, (_, _) => ValueTask.FromResult<string?>("seen"), Cancellation));
        Assert.False(await Store.Accounts.MaySendAsAsync(an, "an@example.vn", Cancellation));

        // A new password opens everything again, the app password too.
        await Store.Database.WriteAsync(tx => Store.Accounts.SetPasswordAsync(tx, an, PasswordHash.Create("Hai-mat-khau-20"), mustChange: false, "test", expires.AddDays(92)), Cancellation);
        Assert.Equal(SignInRefusal.None, (await CheckAsync(program, "imap")).Refusal);
        Assert.True((await Store.Mailboxes.FindAsync(an, "INBOX", Cancellation)).Ok);
    }

    [Fact]
    public async Task The_last_passwords_are_known_again()
    {
        var (an, _) = await PersonAsync("an");
        for (var i = 1; i <= 6; i++)
            await Store.Accounts.SetPasswordAsync(an, $"Mat-khau-so-{i}", mustChange: false, "test", Cancellation);
        Assert.False(await Store.Accounts.HadPasswordAsync(an, "Mat-khau-so-1", 5, Cancellation));
        for (var i = 2; i <= 6; i++)
            Assert.True(await Store.Accounts.HadPasswordAsync(an, $"Mat-khau-so-{i}", 5, Cancellation));
        Assert.False(await Store.Accounts.HadPasswordAsync(an, "Mat-khau-so-7", 5, Cancellation));
    }

    [Fact]
    public async Task A_password_that_was_taken_away_signs_nobody_in()
    {
        var (an, _) = await PersonAsync("an");
        await Store.Accounts.SetPasswordAsync(an, Password, mustChange: false, "test", Cancellation);
        var (_, program) = await Store.Accounts.AddAppPasswordAsync(an, "Thunderbird", "test", Cancellation);
        var token = await Store.WebSessions.BeginAsync(an, isPublic: false, "", "", Cancellation);
        Assert.Equal(SignInRefusal.None, (await CheckAsync(Password, "imap")).Refusal);
        await Store.Database.WriteAsync(tx => Store.Accounts.ClearPasswordAsync(tx, an, "test"), Cancellation);
        Assert.Equal(SignInRefusal.WrongCredentials, (await CheckAsync(Password, "imap")).Refusal);
        Assert.Equal(SignInRefusal.WrongCredentials, (await CheckAsync(Password, "web")).Refusal);
        Assert.Equal(SignInRefusal.PasswordChangeRequired, (await CheckAsync(program, "imap")).Refusal);
        Assert.Null(await Store.WebSessions.FindAsync(token, Cancellation));
        Assert.False((await Store.Mailboxes.FindAsync(an, "INBOX", Cancellation)).Ok);
    }

    // A13.6: a thousand strangers guess; the holder at the usual place notices nothing, and elsewhere has a try as well.
    [Fact]
    public async Task Many_networks_that_guess_at_one_login_have_one_try_each_and_do_not_lock_the_holder_out()
    {
        var (an, _) = await PersonAsync("an");
        await Store.Accounts.SetPasswordAsync(an, Password, mustChange: false, "test", Cancellation);
        var (office, cafe) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("203.0.113.9"));
        Assert.Equal(SignInRefusal.None, (await CheckAsync(Password, "imap", office)).Refusal);
        for (var i = 0; i < 60; i++)
            await CheckAsync("", "imap", IPAddress.Parse($"198.51.100.{i}"));
        var guesser = IPAddress.Parse("198.51.100.200");
        for (var i = 0; i < 2; i++)
            Assert.Equal(SignInRefusal.WrongCredentials, (await CheckAsync("", "imap", guesser)).Refusal);
        Assert.Equal(SignInRefusal.TooManyFailures, (await CheckAsync("", "imap", guesser)).Refusal);
        for (var i = 0; i < 4; i++)
            Assert.Equal(SignInRefusal.WrongCredentials, (await CheckAsync("", "imap", office)).Refusal);
        Assert.Equal(SignInRefusal.None, (await CheckAsync(Password, "imap", office)).Refusal);
        Assert.Equal(SignInRefusal.None, (await CheckAsync(Password, "imap", cafe)).Refusal);
    }

    private ValueTask<SignInResult> CheckAsync(string password, string protocol, IPAddress? from = null) => Store.SignIn.CheckPasswordAsync("an@example.vn", password, protocol, from, Cancellation);
}
