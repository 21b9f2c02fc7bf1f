using System.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqliteSecondStepTests() : SecondStepTests(Backend.Sqlite);

public sealed class PostgresSecondStepTests() : SecondStepTests(Backend.Postgres);

public abstract class SecondStepTests(Backend backend) : StoreFixture(backend)
{
    private const string Password = "Mot-mat-khau-10";

    // RFC 6238 appendix B, the last six digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) => Assert.Equal(code, SecondStep.CodeAt(Encoding.ASCII.GetBytes("12345678901234567890"), seconds / 30));

    [Fact]
    public async Task A_code_is_good_once_and_near_its_time()
    {
        var (an, secret) = await OnAsync();
        Assert.False(await CheckAsync(an, Code(secret, 0)));
        Clock.Now += TimeSpan.FromSeconds(60);
        Assert.True(await CheckAsync(an, Code(secret, 0)));
        Assert.False(await CheckAsync(an, Code(secret, 0)));
        Assert.False(await CheckAsync(an, Code(secret, -1)));
        Assert.True(await CheckAsync(an, Code(secret, 1)));
        Assert.False(await CheckAsync(an, Code(secret, 2)));
        Assert.False(await CheckAsync(an, ""));
    }

    [Fact]
    public async Task Recovery_codes_are_good_once()
    {
        var (an, _) = await PersonAsync("an");
        var secret = (await Store.SecondStep.BeginAsync(an, Cancellation))!;
        Assert.Null(await Store.SecondStep.ConfirmAsync(an, "000000" == Code(secret, 0) ? "000001" : "000000", "test", Cancellation));
        Assert.False(await Store.SecondStep.IsOnAsync(an, Cancellation));
        var codes = (await Store.SecondStep.ConfirmAsync(an, Code(secret, 0), "test", Cancellation))!;
        Assert.Equal(10, codes.Distinct().Count());
        Assert.True(await CheckAsync(an, $"{codes[3][..6]}-{codes[3][6..].ToUpperInvariant()}"));
        Assert.False(await CheckAsync(an, codes[3]));
        Assert.True(await Store.SecondStep.EndAsync(an, "test", Cancellation));
        Assert.False(await CheckAsync(an, codes[4]));
    }

    [Fact]
    public async Task Mail_programs_then_need_app_passwords()
    {
        var (an, _) = await OnAsync();
        await Store.Accounts.SetPasswordAsync(an, Password, mustChange: false, "test", Cancellation);
        Assert.Equal(SignInRefusal.AppPasswordRequired, (await Store.SignIn.CheckPasswordAsync("an@example.vn", Password, "imap", null, Cancellation)).Refusal);
        Assert.Equal(SignInRefusal.None, (await Store.SignIn.CheckPasswordAsync("an@example.vn", Password, "web", null, Cancellation)).Refusal);
        var (_, app) = await Store.Accounts.AddAppPasswordAsync(an, "Thunderbird", "test", Cancellation);
        Assert.Equal(SignInRefusal.None, (await Store.SignIn.CheckPasswordAsync("an@example.vn", app, "imap", null, Cancellation)).Refusal);
    }

    [Fact]
    public async Task Guessing_is_slowed_like_guessing_passwords()
    {
        var (an, secret) = await OnAsync();
        Clock.Now += TimeSpan.FromMinutes(5);
        for (var i = 0; i < 50; i++)
            await CheckAsync(an, "000000");
        Assert.False(await CheckAsync(an, Code(secret, 0)));
    }

    [Fact]
    public async Task The_right_password_does_not_forgive_wrong_codes_nor_does_another_network()
    {
        var (an, secret) = await OnAsync();
        await Store.Accounts.SetPasswordAsync(an, Password, mustChange: false, "test", Cancellation);
        Clock.Now += TimeSpan.FromMinutes(5);
        var principal = (await Store.Accounts.FindPrincipalAsync(an, Cancellation))!;
        for (var i = 1; i <= 7; i++)
        {
            var from = System.Net.IPAddress.Parse($"192.0.2.{i}");
            Assert.Equal(SignInRefusal.None, (await Store.SignIn.CheckPasswordAsync("an@example.vn", Password, "web", from, Cancellation)).Refusal);
            Assert.False(await Store.SignIn.CheckCodeAsync(principal, "no code", from, Cancellation));
        }
        Assert.False(await CheckAsync(an, Code(secret, 0)));
        Clock.Now += TimeSpan.FromMinutes(15);
        Assert.True(await CheckAsync(an, Code(secret, 0)));
    }

    private string Code(byte[] secret, int steps) => SecondStep.CodeAt(secret, (Clock.Now.ToUnixTimeSeconds() / 30) + steps);

    private async Task<bool> CheckAsync(PrincipalId who, string code) =>
        await Store.SignIn.CheckCodeAsync((await Store.Accounts.FindPrincipalAsync(who, Cancellation))!, code, null, Cancellation);

    private async Task<(PrincipalId Who, byte[] Secret)> OnAsync()
    {
        var (an, _) = await PersonAsync("an");
        var secret = (await Store.SecondStep.BeginAsync(an, Cancellation))!;
        Assert.NotNull(await Store.SecondStep.ConfirmAsync(an, Code(secret, 0), "test", Cancellation));
        return (an, secret);
    }
}
