using CongVu.Mail.Connections;

namespace CongVu.Mail.Tests.Connections;

public sealed class DataPaceTests
{
    [Fact]
    public void A_pause_is_bounded_and_so_is_the_whole()
    {
        var clock = new TimerClock();
        var pace = new DataPace(clock, TimeSpan.FromMinutes(5));
        Assert.Equal(TimeSpan.FromMinutes(5), pace.Next(0));
        clock.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(TimeSpan.FromMinutes(2), pace.Next(100));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, pace.Next(200));
        Assert.Equal(TimeSpan.FromSeconds(60), pace.Next(60 * 1024));
        Assert.Equal(TimeSpan.FromMinutes(5), pace.Next(1 << 20));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(TimeSpan.Zero, pace.Next(1 << 20));
    }
}
