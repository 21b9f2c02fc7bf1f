using CongVu.Formats.Smtp;

namespace CongVu.Formats.Tests.Smtp;

public sealed class MtaStsPolicyTests
{
    private const string Text = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmx: backup.example.com.\r\nmax_age: 604800\r\n";

    [Fact]
    public void The_policy_of_the_RFCs_example_is_read()
    {
        var policy = MtaStsPolicy.Parse(Text)!;
        Assert.Equal((MtaStsMode.Enforce, TimeSpan.FromDays(7)), (policy.Mode, policy.MaxAge));
        Assert.All(["mail.example.com", "MAIL.example.com.", "mx1.example.net", "backup.example.com"], host => Assert.True(policy.Names(host), host));
        // RFC 8461 §4.1: the star is one label, never none and never two.
        Assert.All(["example.com", "example.net", "a.b.example.net", "mail.example.com.evil.test", "xmail.example.com", "mx1example.net"], host => Assert.False(policy.Names(host), host));
    }

    [Theory]
    [InlineData("mode: enforce\nmx: a.test\nmax_age: 1")]
    [InlineData("version: STSv2\nmode: enforce\nmx: a.test\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: strict\nmx: a.test\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmax_age: 1")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test")]
    [InlineData("version: STSv1\nmode: enforce\nmx: a.test\nmax_age: -1")]
    [InlineData("<html>")]
    [InlineData("")]
    public void What_is_no_policy_is_none(string text) => Assert.Null(MtaStsPolicy.Parse(text));

    [Fact]
    public void A_domain_may_say_that_it_has_none_any_more_and_age_has_a_bound()
    {
        Assert.Equal(MtaStsMode.None, MtaStsPolicy.Parse("version: STSv1\nmode: none\nmax_age: 86400\n")!.Mode);
        Assert.Equal(31_557_600, MtaStsPolicy.Parse(Text.Replace("604800", "99999999999", StringComparison.Ordinal))!.MaxAge.TotalSeconds);
    }

    [Theory]
    [InlineData("v=STSv1; id=20160831085700Z;", "20160831085700Z")]
    [InlineData("v=STSv1;id=a", "a")]
    [InlineData("v=STSv1; id=;", null)]
    [InlineData("v=STSv1; id=a-b;", null)]
    [InlineData("v=STSv10; id=a;", null)]
    [InlineData("v=spf1 -all", null)]
    public void The_record_names_its_policy(string record, string? id) => Assert.Equal(id, MtaStsPolicy.RecordId(["unrelated", record]));

    [Fact]
    public void Two_records_are_none() => Assert.Null(MtaStsPolicy.RecordId(["v=STSv1; id=a;", "v=STSv1; id=b;"]));
}
