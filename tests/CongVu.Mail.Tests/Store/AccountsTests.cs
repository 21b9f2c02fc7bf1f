using System.Net;
using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Store;

public sealed class SqliteAccountsTests() : AccountsTests(Backend.Sqlite);

public sealed class PostgresAccountsTests() : AccountsTests(Backend.Postgres);

public abstract class AccountsTests(Backend backend) : StoreFixture(backend)
{
    [Fact]
    public async Task A_new_person_has_the_usual_mailboxes_subscribed()
    {
        var (an, _) = await PersonAsync("an");
        var names = (await Store.Mailboxes.ListAsync(an, Cancellation)).Select(m => m.Name).ToArray();
        Assert.Equal(["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"], names);
        Assert.Equal(names.Order(StringComparer.Ordinal), await Store.Mailboxes.SubscriptionsAsync(an, Cancellation));
    }

    [Theory]
    [InlineData("AN@Example.VN", AddressStatus.Local)]
    [InlineData("an+việc@example.vn", AddressStatus.Local)]
    [InlineData("nobody@example.vn", AddressStatus.Unknown)]
    [InlineData("an@example.com", AddressStatus.NotLocal)]
    [InlineData("an", AddressStatus.NotLocal)]
    [InlineData("@", AddressStatus.NotLocal)]
    [InlineData("", AddressStatus.NotLocal)]
    public async Task An_address_is_looked_up_whatever_its_case(string address, AddressStatus status)
    {
        await PersonAsync("an");
        Assert.Equal(status, (await Store.Accounts.LookupAsync(address, Cancellation)).Status);
    }

    [Fact]
    public async Task Addresses_are_unique_aliases_included_and_must_be_of_a_domain_of_ours()
    {
        var (_, account) = await PersonAsync("an");
        Assert.Equal(Refusal.None, await Store.Accounts.AddAliasAsync(account, "a.n@example.vn", "test", Cancellation));
        Assert.Equal(Refusal.AlreadyExists, (await Store.Accounts.AddPersonAsync(new("A.N@example.vn", "x", null), "test", Cancellation)).Refusal);
        Assert.Equal(Refusal.NotFound, (await Store.Accounts.AddPersonAsync(new("x@elsewhere.vn", "x", null), "test", Cancellation)).Refusal);
        Assert.Equal(Refusal.InvalidName, (await Store.Accounts.AddPersonAsync(new("x y@example.vn", "x", null), "test", Cancellation)).Refusal);
        Assert.Equal(account, (await Store.Accounts.LookupAsync("a.n@example.vn", Cancellation)).Account);
        Assert.Equal("an@example.vn", (await Store.Accounts.FindPrincipalAsync("a.n@example.vn", Cancellation))!.Login);
    }

    [Fact]
    public async Task A_custodian_sees_and_writes_as_the_organization_until_the_grant_is_taken_away()
    {
        var (an, _) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var office = (await Store.Accounts.AddOrganizationAsync(new("vp@example.vn", "Văn phòng"), "test", Cancellation)).Value;
        await Store.Accounts.GrantAsync(an, office.Id, AccountRights.Own | AccountRights.SendAs, "test", Cancellation);

        Assert.Contains("Shared/vp@example.vn/INBOX", (await Store.Mailboxes.ListAsync(an, Cancellation)).Select(m => m.Name));
        Assert.DoesNotContain((await Store.Mailboxes.ListAsync(binh, Cancellation)), m => m.Name.StartsWith("Shared", StringComparison.Ordinal));
        Assert.True(await Store.Accounts.MaySendAsAsync(an, "VP@example.vn", Cancellation));
        Assert.False(await Store.Accounts.MaySendAsAsync(binh, "vp@example.vn", Cancellation));

        await Store.Accounts.GrantAsync(an, office.Id, AccountRights.None, "test", Cancellation);
        Assert.False((await Store.Mailboxes.FindAsync(an, "Shared/vp@example.vn/INBOX", Cancellation)).Ok);
        Assert.False(await Store.Accounts.MaySendAsAsync(an, "vp@example.vn", Cancellation));
    }

    [Fact]
    public async Task Only_the_right_password_of_an_active_person_signs_in()
    {
        var added = (await Store.Accounts.AddPersonAsync(new("an@example.vn", "An", "mật khẩu Đúng 1"), "test", Cancellation)).Value;
        Assert.Equal("an@example.vn", (await SignInAsync("AN@example.vn", "mật khẩu Đúng 1")).Principal!.Login);
        Assert.Equal(SignInRefusal.WrongCredentials, (await SignInAsync("an@example.vn", "mật khẩu đúng 1")).Refusal);
        Assert.Equal(SignInRefusal.WrongCredentials, (await SignInAsync("nobody@example.vn", "x")).Refusal);
        Assert.Equal(SignInRefusal.WrongCredentials, (await SignInAsync("an@example.vn", "")).Refusal);

        await Store.Accounts.SetStateAsync(added.Id, AccountState.Suspended, "test", Cancellation);
        Assert.Equal(SignInRefusal.Suspended, (await SignInAsync("an@example.vn", "mật khẩu Đúng 1")).Refusal);
        Assert.Equal(AddressStatus.Local, (await Store.Accounts.LookupAsync("an@example.vn", Cancellation)).Status);
        await Store.Accounts.SetStateAsync(added.Id, AccountState.Active, "test", Cancellation);

        // A changed password makes the known one worthless at once.
        await Store.Accounts.SetPasswordAsync((await Store.Accounts.FindPrincipalAsync("an@example.vn", Cancellation))!.Id, "khác", mustChange: true, "test", Cancellation);
        Assert.Equal(SignInRefusal.WrongCredentials, (await SignInAsync("an@example.vn", "mật khẩu Đúng 1")).Refusal);
        Assert.Equal(SignInRefusal.PasswordChangeRequired, (await SignInAsync("an@example.vn", "khác")).Refusal);
    }

    [Fact]
    public async Task Many_failures_from_one_network_are_held_off_while_the_holder_elsewhere_is_not()
    {
        await Store.Accounts.AddPersonAsync(new("an@example.vn", "An", "right"), "test", Cancellation);
        var stranger = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < 6; i++)
            Assert.Equal(SignInRefusal.WrongCredentials, (await Store.SignIn.CheckPasswordAsync("an@example.vn", $"", "imap", stranger, Cancellation)).Refusal);
        Assert.Equal(SignInRefusal.TooManyFailures, (await Store.SignIn.CheckPasswordAsync("an@example.vn", "right", "imap", stranger, Cancellation)).Refusal);
        Assert.Equal(SignInRefusal.None, (await Store.SignIn.CheckPasswordAsync("an@example.vn", "right", "imap", IPAddress.Parse("192.0.2.2"), Cancellation)).Refusal);
        Clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(SignInRefusal.None, (await Store.SignIn.CheckPasswordAsync("an@example.vn", "right", "imap", stranger, Cancellation)).Refusal);
    }

    private ValueTask<SignInResult> SignInAsync(string login, string password) => Store.SignIn.CheckPasswordAsync(login, password, "imap", IPAddress.Loopback, Cancellation);
}
