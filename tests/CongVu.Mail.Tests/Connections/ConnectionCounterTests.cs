using System.Net;
using CongVu.Mail.Connections;

namespace CongVu.Mail.Tests.Connections;

public sealed class ConnectionCounterTests
{
    [Theory]
    [InlineData("203.0.113.1", "203.0.113.1", true)]
    [InlineData("203.0.113.1", "::ffff:203.0.113.1", true)]
    [InlineData("203.0.113.1", "203.0.113.2", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", false)]
    [InlineData("::1", "::1", false)]
    public void A_network_has_its_limit_and_the_machine_itself_none(string first, string second, bool isOneNetwork)
    {
        var counter = new ConnectionCounter(new(PerNetwork: 1));
        using var place = counter.TryEnter(IPAddress.Parse(first));
        using var other = counter.TryEnter(IPAddress.Parse(second));
        Assert.NotNull(place);
        Assert.Equal(isOneNetwork, other is null);
    }

    [Fact]
    public void The_total_has_its_limit()
    {
        var counter = new ConnectionCounter(new(Total: 2));
        var first = counter.TryEnter(IPAddress.Loopback);
        using var second = counter.TryEnter(IPAddress.Loopback);
        Assert.Null(counter.TryEnter(IPAddress.Loopback));
        first!.Dispose();
        first.Dispose();
        using var third = counter.TryEnter(IPAddress.Loopback);
        Assert.NotNull(third);
        Assert.Null(counter.TryEnter(IPAddress.Loopback));
    }

    [Fact]
    public void Whoever_is_turned_away_leaves_no_trace_in_the_counts()
    {
        var counter = new ConnectionCounter(new(Total: 1, PerNetwork: 1));
        var address = IPAddress.Parse("203.0.113.1");
        using (counter.TryEnter(IPAddress.Loopback))
        {
            for (var i = 0; i < 5; i++)
                Assert.Null(counter.TryEnter(address));
        }
        var place = counter.TryEnter(address);
        Assert.NotNull(place);
        place.Dispose();
        var random = new Random(7);
        var held = new List<IDisposable>();
        for (var i = 0; i < 1000; i++)
        {
            if (held.Count > 0 && random.Next(2) == 0)
            {
                held[^1].Dispose();
                held.RemoveAt(held.Count - 1);
            }
            else if (counter.TryEnter(IPAddress.Parse($"203.0.113.{random.Next(3)}")) is { } entered)
            {
                held.Add(entered);
            }
            Assert.True(held.Count <= 1);
        }
        held.ForEach(p => p.Dispose());
        using var last = counter.TryEnter(address);
        Assert.NotNull(last);
    }
}
