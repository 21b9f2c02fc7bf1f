using CongVu.Governance.Passwords;
using CongVu.Governance.Policy;
using CongVu.Governance.WorkingDays;

namespace CongVu.Server.Tests;

public sealed class PasswordRuleTests
{
    private static readonly PasswordSubject Hoa = new("hoant.stttt@daknong.gov.vn", "Nguyễn Thị Hoa", new(1990, 7, 5));

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

    [Theory]
    [InlineData("Matkhau@123")]
    [InlineData("Mật khẩu 9")]
    [InlineData("M@tkh4u2026!")]
    [InlineData("P@ssw0rd")]
    [InlineData("P@ssw0rd123!")]
    [InlineData("Vietnam@2026")]
    [InlineData("DakNong#1975")]
    [InlineData("Qwerty!234")]
    [InlineData("1qaz@WSX")]
    [InlineData("Asdf1234!")]
    [InlineData("Abcd@1234")]
    [InlineData("Aa1!Aa1!")]
    [InlineData("Anhyeuem_1")]
    [InlineData("Xin-Chao-2")]
    [InlineData("Aaaaaaa1!")]
    public void What_everybody_tries_first_is_refused(string password) =>
        Assert.Equal(PasswordFault.Common, PasswordRule.Check(password, false, PasswordSubject.Nobody));

    [Theory]
    [InlineData("Mot-mat-khau-10")]
    [InlineData("Rung thong 7 cay.")]
    [InlineData("Kx9#mbTq")]
    public void What_is_longer_than_a_word_and_a_year_is_taken(string password) =>
        Assert.Equal(PasswordFault.None, PasswordRule.Check(password, false, Hoa));

    [Theory]
    [InlineData("Hoa#k2-vuon9", PasswordFault.HasName)]
    [InlineData("vườn-HÒA-92x", PasswordFault.HasName)]
    [InlineData("neyugn-K2#vuon", PasswordFault.HasName)]
    [InlineData("Hoant-2#vuonx", PasswordFault.HasName)]
    [InlineData("Stttt-2#vuonx", PasswordFault.HasName)]
    [InlineData("H0@-vuonk#9x", PasswordFault.HasName)]
    [InlineData("Vuonk-1990#x", PasswordFault.HasBirthDate)]
    [InlineData("Vu-05onk/07#x", PasswordFault.HasBirthDate)]
    [InlineData("Vuonk-0991#xe", PasswordFault.HasBirthDate)]
    [InlineData("Vuonk-8274#xe", PasswordFault.None)]
    public void Nothing_of_the_holder_is_in_it(string password, PasswordFault expected) =>
        Assert.Equal(expected, PasswordRule.Check(password, false, Hoa));

    [Fact]
    public void A_generated_one_always_satisfies_the_rule()
    {
        var generated = Enumerable.Range(0, 500).Select(_ => PasswordRule.Generate(Hoa)).ToList();
        Assert.All(generated, password => Assert.Equal(PasswordFault.None, PasswordRule.Check(password, isAdministrator: true, Hoa)));
        Assert.Equal(generated.Count, generated.Distinct().Count());
    }

    // A12.2 and the Civil Code: three months after Monday 2 March 2026 is Tuesday 2 June. An administrator's month ends on 2 April. What ends on a Sunday holds on Monday, too.
    [Theory]
    [InlineData("2026-03-02", false, "2026-06-02", "2026-06-03")]
    [InlineData("2026-03-02", true, "2026-04-02", "2026-04-03")]
    [InlineData("2026-02-28", false, "2026-05-28", "2026-05-29")]
    [InlineData("2026-03-28", false, "2026-06-29", "2026-06-30")]
    [InlineData("2025-11-14", false, "2026-02-23", "2026-02-24")]
    [InlineData("2026-01-27", true, "2026-02-27", "2026-03-02")]
    public void Passwords_expire_on_working_days(string changed, bool isAdministrator, string lastDay, string expires)
    {
        var day = DateOnly.Parse(changed);
        Assert.Equal(DateOnly.Parse(lastDay), PasswordRule.LastDay(day, isAdministrator, new(), WorkingCalendar.Standard));
        Assert.Equal(VietnamTime.StartOf(DateOnly.Parse(expires)), PasswordRule.ExpiresAt(VietnamTime.StartOf(day).AddHours(23), isAdministrator, new RegulationFigures(), WorkingCalendar.Standard));
    }
}
