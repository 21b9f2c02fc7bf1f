using System.Text;
using System.Text.Json;
using CongVu.Governance.Addresses;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.Policy;
using CongVu.Governance.Resources;

namespace CongVu.Governance.Tests.Addresses;

public sealed class AddressProfilesTests
{
    [Fact]
    public void Every_profile_is_read() => Assert.Equal(["bacninh-2025", "daknong-2022", "dongthap-2025", "lamdong-two-tier", "nghean-2025", "ninhbinh-2025"], AddressProfiles.All.Keys.Order());

    [Theory]
    [InlineData("daknong-2022", "3wd 1wd 2wd 3m 15wd 5d 3wd", "1024 1024 30", "8 10 3m 1m", "12-15")]
    [InlineData("lamdong-two-tier", "3wd 1wd 2wd 3m 15wd 5d 3wd", "1024 1024 30", "8 10 3m 1m", "12-15")]
    [InlineData("ninhbinh-2025", "3wd 1wd 3wd 3m 15wd 5d 3wd", "2048 2048 30", "9 10 6m 6m", "12-15")]
    [InlineData("bacninh-2025", "2wd 2h 2wd 3m 15wd 15d 2wd", "1024 1024 30", "8 10 6m 3m", "12-15")]
    [InlineData("nghean-2025", "3wd 1wd 3wd 6m 6m 5d 3wd", "2048 10240 20", "8 10 3m 1m", "12-11")]
    [InlineData("dongthap-2025", "5wd 5wd 5wd 45d 30d 5d 5wd", "500 2048 20", "8 10 3m 1m", "06-20 12-20")]
    public void Figures_are_those_of_the_province(string id, string limits, string megabytes, string passwords, string reports)
    {
        var f = AddressProfiles.All[id].Figures;
        Assert.Equal(limits, $"{f.Provision} {f.PasswordReset} {f.Restore} {f.Idle} {f.Removal} {f.TerminationRequest} {f.Termination}");
        Assert.Equal(megabytes, $"{f.QuotaBytes >> 20} {f.OrganizationQuotaBytes >> 20} {f.AttachmentBytes >> 20}");
        Assert.Equal(passwords, $"{f.PasswordChars} {f.AdministratorPasswordChars} {f.PasswordAge} {f.AdministratorPasswordAge}");
        Assert.Equal(reports, string.Join(' ', f.ReportsDueBefore));
    }

    [Theory]
    [InlineData("""{"id":"x"}""")]
    [InlineData("""{"id":"x","province":"x","source":"x","domain":"x","colour":"red"}""")]
    [InlineData("""{"id":"x","province":"x","source":"x","domain":"x","figures":{"provision":"three days"}}""")]
    [InlineData("null")]
    public void A_wrong_profile_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => AddressProfiles.Read(new MemoryStream(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("3wd", true)]
    [InlineData("wd", false)]
    [InlineData("3", false)]
    [InlineData("3 wd", false)]
    [InlineData("99999999999d", false)]
    [InlineData(null, false)]
    public void Time_limits_are_read(string? text, bool isOne) => Assert.Equal(isOne, TimeLimit.TryParse(text, out _));

    [Fact]
    public void An_explanation_names_the_words_in_both_languages()
    {
        var proposal = PersonAddresses.Propose(new(PersonName.Guess("Nguyễn Thị Hoa")!, OrganizationPath.Parse("Sở Thông tin và Truyền thông")!), AddressProfiles.Default, local => local == "hoant.stttt");
        Assert.Equal(
            "Tên \"Hoa\": hoa. Chữ cái đầu của họ \"Nguyễn\": n. Chữ cái đầu của chữ đệm \"Thị\": t. Nối với địa chỉ của Sở Thông tin và Truyền thông: stttt. hoant.stttt đã được cấp (hoặc đã từng cấp) cho người khác. Trùng tên: thêm số 1; người có thâm niên công tác cao hơn giữ nguyên định dạng.",
            new Wording(isVietnamese: true).Explain(proposal));
        Assert.StartsWith("Given name \"Hoa\": hoa. Initial of the surname \"Nguyễn\": n.", new Wording(isVietnamese: false).Explain(proposal), StringComparison.Ordinal);
        Assert.Contains("Thông → t, tin → t, Truyền → t, thông → t; ghép lại là stttt.", new Wording(isVietnamese: true).Explain(OrganizationAddresses.Propose(OrganizationPath.Parse("Sở Thông tin và Truyền thông")!, AddressProfiles.Default)), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reason_has_words()
    {
        var (vietnamese, english) = (new Wording(true), new Wording(false));
        foreach (var fault in Enum.GetValues<AddressFault>().Where(f => f != AddressFault.None))
            Assert.NotEqual(vietnamese[$"fault.{fault}"], english[$"fault.{fault}"]);
        foreach (var note in new[] { NameNotes.Marker, NameNotes.ClanLast, NameNotes.CompoundSurname, NameNotes.Foreign })
            Assert.NotEqual(vietnamese[$"review.{note}"], english[$"review.{note}"]);
    }
}
