using CongVu.Formats.SenderAuthentication;

namespace CongVu.Formats.Tests.SenderAuthentication;

public sealed class DmarcTests
{
    private static readonly SpfOutcome NoSpf = new(SpfResult.None, "");

    [Theory]
    [InlineData("v=DMARC1; p=reject", DmarcPolicy.Reject, DmarcPolicy.Reject, DmarcPolicy.Reject)]
    [InlineData("v=DMARC1;p=reject;sp=none;np=quarantine", DmarcPolicy.Reject, DmarcPolicy.None, DmarcPolicy.Quarantine)]
    [InlineData("v=DMARC1; p=quarantine; pct=50; rf=afrf; ri=86400; fo=1", DmarcPolicy.Quarantine, DmarcPolicy.Quarantine, DmarcPolicy.Quarantine)]
    [InlineData("v=DMARC1; rua=mailto:a@x.vn", DmarcPolicy.None, DmarcPolicy.None, DmarcPolicy.None)]
    [InlineData("v=DMARC1; p=wrong; rua=mailto:a@x.vn", DmarcPolicy.None, DmarcPolicy.None, DmarcPolicy.None)]
    public void Records_of_both_standards_are_read(string text, DmarcPolicy policy, DmarcPolicy subdomains, DmarcPolicy missing)
    {
        var record = DmarcRecord.Parse(text)!;
        Assert.Equal((policy, subdomains, missing), (record.Policy, record.Subdomains, record.Missing));
    }

    [Theory]
    [InlineData("v=DMARC1")]
    [InlineData("v=DMARC1; p=wrong")]
    [InlineData("v=DMARC2; p=reject")]
    [InlineData("p=reject; v=DMARC1")]
    [InlineData("v=spf1 -all")]
    [InlineData("v=DMARC1; p=reject; p=none")]
    public void What_is_no_record_is_not_followed(string text) => Assert.Null(DmarcRecord.Parse(text));

    // RFC 9989 §4.10.2 and appendix B.
    [Theory]
    [InlineData("mail.so.tinh.gov.vn", "tinh.gov.vn")]
    [InlineData("tinh.gov.vn", "tinh.gov.vn")]
    [InlineData("mail.rieng.tinh.gov.vn", "rieng.tinh.gov.vn")]
    [InlineData("a.khac.gov.vn", "khac.gov.vn")]
    [InlineData("a.b.c.d.e.f.g.h.i.so.tinh.gov.vn", "tinh.gov.vn")]
    [InlineData("khong.co.vn", "khong.co.vn")]
    [InlineData("gov.vn", "gov.vn")]
    public async Task The_organization_is_found_by_walking_up_the_tree(string domain, string organization)
    {
        var zone = new TestZone()
            .Add("_dmarc.tinh.gov.vn", "TXT", "v=DMARC1; p=reject")
            .Add("_dmarc.so.tinh.gov.vn", "TXT", "v=DMARC1; p=none")
            .Add("_dmarc.rieng.tinh.gov.vn", "TXT", "v=DMARC1; p=none; psd=n")
            .Add("_dmarc.gov.vn", "TXT", "v=DMARC1; p=quarantine; psd=y");
        Assert.Equal(organization, (await DmarcCheck.FindAsync(domain, zone.Lookup, TestContext.Current.CancellationToken)).Organization);
        Assert.InRange(zone.Asked.Count, 1, 8);
    }

    [Theory]
    [InlineData("tinh.gov.vn", "pass", "tinh.gov.vn", DmarcResult.Pass)]
    [InlineData("tinh.gov.vn", "pass", "bounce.tinh.gov.vn", DmarcResult.Pass)]
    [InlineData("so.tinh.gov.vn", "pass", "tinh.gov.vn", DmarcResult.Pass)]
    [InlineData("chat.gov.vn", "pass", "bounce.chat.gov.vn", DmarcResult.Fail)]
    [InlineData("chat.gov.vn", "pass", "chat.gov.vn", DmarcResult.Pass)]
    [InlineData("tinh.gov.vn", "pass", "khac.vn", DmarcResult.Fail)]
    [InlineData("tinh.gov.vn", "pass", "gov.vn", DmarcResult.Fail)]
    [InlineData("tinh.gov.vn", "softfail", "tinh.gov.vn", DmarcResult.Fail)]
    [InlineData("tinh.gov.vn", "temperror", "tinh.gov.vn", DmarcResult.TempError)]
    [InlineData("khong.vn", "pass", "khong.vn", DmarcResult.None)]
    [InlineData("cham.vn", "pass", "cham.vn", DmarcResult.TempError)]
    public async Task Spf_counts_where_its_domain_is_the_authors(string author, string spf, string domain, DmarcResult expected)
    {
        var outcome = await DmarcCheck.RunAsync([author], new(Enum.Parse<SpfResult>(spf, ignoreCase: true), domain), [], Zone().Lookup, TestContext.Current.CancellationToken);
        Assert.Equal(expected, outcome.Result);
    }

    [Theory]
    [InlineData("tinh.gov.vn", DmarcPolicy.Reject)]
    [InlineData("so.tinh.gov.vn", DmarcPolicy.Quarantine)]
    [InlineData("bia.tinh.gov.vn", DmarcPolicy.Reject)]
    [InlineData("thu.vn", DmarcPolicy.Quarantine)]
    [InlineData("cu.vn", DmarcPolicy.None)]
    public async Task A_failure_gets_the_policy_of_the_name(string author, DmarcPolicy expected)
    {
        var outcome = await DmarcCheck.RunAsync([author], NoSpf, [], Zone().Lookup, TestContext.Current.CancellationToken);
        Assert.Equal((DmarcResult.Fail, expected), (outcome.Result, outcome.Policy));
    }

    [Fact]
    public async Task A_signature_of_the_authors_domain_passes_and_a_second_author_hides_nothing()
    {
        IReadOnlyList<DkimOutcome> signatures = [new(DkimResult.Pass, "khac.vn", "s", "", "", ""), new(DkimResult.Pass, "tinh.gov.vn", "s", "", "", "")];
        Assert.Equal(DmarcResult.Pass, (await DmarcCheck.RunAsync(["Tinh.GOV.vn"], NoSpf, signatures, Zone().Lookup, TestContext.Current.CancellationToken)).Result);
        Assert.Equal(DmarcResult.Fail, (await DmarcCheck.RunAsync(["tinh.gov.vn", "chat.gov.vn"], NoSpf, signatures, Zone().Lookup, TestContext.Current.CancellationToken)).Result);
        Assert.Equal(DmarcResult.PermError, (await DmarcCheck.RunAsync([], NoSpf, signatures, Zone().Lookup, TestContext.Current.CancellationToken)).Result);
    }

    private static TestZone Zone() => new TestZone()
        .Add("_dmarc.tinh.gov.vn", "TXT", "v=DMARC1; p=reject; sp=quarantine; np=reject")
        .Add("so.tinh.gov.vn", "A", "203.0.113.1")
        .Add("_dmarc.chat.gov.vn", "TXT", "v=DMARC1; p=reject; aspf=s; adkim=s")
        .Add("_dmarc.thu.vn", "TXT", "v=DMARC1; p=reject; t=y")
        .Add("_dmarc.cu.vn", "TXT", "v=DMARC1; p=quarantine; pct=0")
        .Add("_dmarc.cham.vn", "TIMEOUT", "");
}
