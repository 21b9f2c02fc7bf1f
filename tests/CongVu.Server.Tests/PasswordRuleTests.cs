using CongVu.Governance.Passwords;

namespace CongVu.Server.Tests;

public sealed class PasswordRuleTests
{
    [Theory]
    [InlineData("Mat-khau9", false, PasswordFault.None)]
    [InlineData("Mật khẩu 9", false, PasswordFault.None)]
    [InlineData("Mat-k9", false, PasswordFault.TooShort)]
    [InlineData("Mat-khau9", true, PasswordFault.TooShort)]
    [InlineData("matkhau", false, PasswordFault.TooShort | PasswordFault.NoUpper | PasswordFault.NoDigit | PasswordFault.NoSpecial)]
    [InlineData("MATKHAU12!", false, PasswordFault.NoLower)]
    [InlineData("", false, PasswordFault.TooShort | PasswordFault.NoLower | PasswordFault.NoUpper | PasswordFault.NoDigit | PasswordFault.NoSpecial)]
    public void A_password_is_long_enough_and_has_all_four_kinds_of_characters(string password, bool isAdministrator, PasswordFault expected) =>
        Assert.Equal(expected, PasswordRule.Check(password, isAdministrator));

    [Fact]
    public void A_generated_one_always_satisfies_the_rule()
    {
        var generated = Enumerable.Range(0, 500).Select(_ => PasswordRule.Generate()).ToList();
        Assert.All(generated, password => Assert.Equal(PasswordFault.None, PasswordRule.Check(password, isAdministrator: true)));
        Assert.Equal(generated.Count, generated.Distinct().Count());
    }
}
