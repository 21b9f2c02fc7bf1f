using System.Net;
using CongVu.Formats.SenderAuthentication;

namespace CongVu.Formats.Tests.SenderAuthentication;

public sealed class SpfCheckTests
{
    private const string Characters = "v=spf1 +-~?alincudexmptrs:/.%{}_0123456789sdloihcvexp=\u00e9\t\0";

    [Fact]
    public async Task A_mapped_address_is_the_address_of_version_four()
    {
        var zone = new TestZone().Add("tinh.gov.vn", "TXT", "v=spf1 ip4:203.0.113.0/25 -all");
        Assert.Equal(SpfResult.Pass, (await RunAsync(zone, "a@tinh.gov.vn", "::ffff:203.0.113.7")).Result);
        Assert.Equal(SpfResult.Fail, (await RunAsync(zone, "a@tinh.gov.vn", "203.0.113.200")).Result);
    }

    [Fact]
    public async Task The_null_path_asks_for_postmaster_of_the_helo_name()
    {
        var zone = new TestZone().Add("mx.tinh.gov.vn", "TXT", "v=spf1 ip4:203.0.113.7 -all");
        var outcome = await RunAsync(zone, "", "203.0.113.7");
        Assert.Equal((SpfResult.Pass, "mx.tinh.gov.vn"), (outcome.Result, outcome.Domain));
    }

    [Fact]
    public async Task Whatever_a_record_says_it_ends_and_asks_little()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var record = "v=spf1 " + new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => Characters[random.Next(Characters.Length)])]);
            var zone = new TestZone().Add("a.vn", "TXT", record).Add("b.vn", "TXT", "v=spf1 include:a.vn redirect=a.vn");
            Assert.True(Enum.IsDefined((await RunAsync(zone, "x@b.vn", "2001:db8::1")).Result));
            Assert.InRange(zone.Asked.Count, 1, 150);
        }
    }

    private static ValueTask<SpfOutcome> RunAsync(TestZone zone, string sender, string client) =>
        SpfCheck.RunAsync(new(IPAddress.Parse(client), "mx.tinh.gov.vn", sender), zone.Lookup, DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
}
