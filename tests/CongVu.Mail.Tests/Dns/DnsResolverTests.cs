using System.Net;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Dns;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Dns;

public sealed class DnsResolverTests : IAsyncDisposable
{
    private readonly LocalDns server = new();
    private readonly ManualClock clock = new();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Every_kind_of_record_is_read()
    {
        server.Host("mx.tinh.vn", "203.0.113.5").Host("mx.tinh.vn", "2001:db8::5").Mx("tinh.vn", 20, "mx2.tinh.vn").Mx("tinh.vn", 10, "mx.tinh.vn")
            .Text("tinh.vn", "v=spf1 -all").Text("tinh.vn", "khac").Ptr("5.113.0.203.in-addr.arpa", "mx.tinh.vn").Alias("bi-danh.vn", "mx.tinh.vn");
        Assert.Equal([IPAddress.Parse("203.0.113.5")], (await AskAsync("mx.tinh.vn", DnsKind.A)).Addresses);
        Assert.Equal([IPAddress.Parse("2001:db8::5")], (await AskAsync("mx.tinh.vn", DnsKind.Aaaa)).Addresses);
        Assert.Equal(["mx.tinh.vn", "mx2.tinh.vn"], (await AskAsync("tinh.vn", DnsKind.Mx)).Texts);
        Assert.Equal(["v=spf1 -all", "khac"], (await AskAsync("tinh.vn", DnsKind.Txt)).Texts);
        Assert.Equal(["mx.tinh.vn"], (await AskAsync("5.113.0.203.in-addr.arpa", DnsKind.Ptr)).Texts);
        Assert.Equal([IPAddress.Parse("203.0.113.5")], (await AskAsync("bi-danh.vn", DnsKind.A)).Addresses);
        Assert.Equal((DnsStatus.Answered, true), ((await AskAsync("tinh.vn", DnsKind.A)).Status, (await AskAsync("tinh.vn", DnsKind.A)).IsVoid));
        Assert.Equal(DnsStatus.NoSuchName, (await AskAsync("khong.vn", DnsKind.A)).Status);
    }

    [Fact]
    public async Task A_long_text_comes_whole_over_tcp()
    {
        var text = "v=DKIM1; p=" + new string('A', 2000);
        server.Text("s._domainkey.tinh.vn", text);
        Assert.Equal([text], (await AskAsync("s._domainkey.tinh.vn", DnsKind.Txt)).Texts);
    }

    [Fact]
    public async Task An_answer_is_kept_as_long_as_it_says_and_then_asked_for_again()
    {
        server.Text("tinh.vn", "một");
        var resolver = new DnsResolver([server.Address], clock);
        for (var i = 0; i < 3; i++)
            await resolver.LookupAsync("Tinh.vn", DnsKind.Txt, TestContext.Current.CancellationToken);
        Assert.Single(server.Asked);
        clock.Now += TimeSpan.FromSeconds(257);
        await resolver.LookupAsync("tinh.vn", DnsKind.Txt, TestContext.Current.CancellationToken);
        Assert.Equal(2, server.Asked.Count);
    }

    [Theory]
    [InlineData("a..vn")]
    [InlineData("a\u0000b.vn")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789.vn")]
    public async Task A_name_that_cannot_be_asked_for_does_not_exist(string name) => Assert.NotEqual(DnsStatus.Answered, (await AskAsync(name, DnsKind.A)).Status);

    private ValueTask<DnsAnswer> AskAsync(string name, DnsKind kind) => new DnsResolver([server.Address], clock).LookupAsync(name, kind, TestContext.Current.CancellationToken);
}
