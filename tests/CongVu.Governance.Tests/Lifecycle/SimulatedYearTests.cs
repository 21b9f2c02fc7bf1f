using CongVu.Governance.Lifecycle;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Tests.Store;

namespace CongVu.Governance.Tests.Lifecycle;

/// <summary>A year of a thousand mailboxes, with the daily run killed in its middle again and again (A8.1-2); the full size is a measurement.</summary>
public sealed class SimulatedYearTests() : GovernanceFixture(Backend.Sqlite)
{
    private const int Mailboxes = 1_000;

    [Fact]
    public async Task Every_warning_suspension_removal_and_closing_is_on_its_day_and_told_once_though_the_run_is_killed_each_day()
    {
        var year = new SimulatedYear(Store, time => Clock.Now = time, Mailboxes, seed: 7);
        await year.FillAsync(Cancellation);
        var random = new Random(11);
        var killed = 0;
        await year.LiveAsync(
            async _ =>
            {
                using var kill = new CancellationTokenSource();
                var (left, committed) = (random.Next(1, 12), Mail.Database.Committed);
                Mail.Database.Committed = changed =>
                {
                    committed?.Invoke(changed);
                    if (--left == 0)
                        kill.Cancel();
                };
                DailyResult first = default;
                try
                {
                    first = await Store.Lifecycle.Run.RunAsync(kill.Token);
                }
                catch (OperationCanceledException)
                {
                    killed++;
                }
                Mail.Database.Committed = committed;
                var second = await Store.Lifecycle.Run.RunAsync(Cancellation);
                if (first.Day != default)
                    Assert.Equal(new DailyResult { Day = second.Day, IsWorkingDay = second.IsWorkingDay }, second);
                return first.Day == default ? second : first;
            },
            Cancellation);

        var happened = (await year.HappenedAsync(Cancellation)).OrderBy(h => h.Mailbox).ThenBy(h => h.Day).ThenBy(h => h.What, StringComparer.Ordinal).ToList();
        var expected = year.Plans.SelectMany(NaiveYear.Of).OrderBy(h => h.Mailbox).ThenBy(h => h.Day).ThenBy(h => h.What, StringComparer.Ordinal).ToList();
        Assert.Equal(expected, happened);
        foreach (var what in new[] { "idle 14", "idle 3", "suspend", "removal 5", "removal 1", "remove", "close" })
            Assert.Contains(happened, h => h.What == what);
        Assert.True(killed > 20, $"Only {killed} runs were killed.");

        // Each notice is as many messages as it has recipients, not one more.
        var told = await ReadAsync(tx => tx.QueryAsync("SELECT recipient FROM notices", row => row.GetString(0).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(told.Sum(), await ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM messages")));
        var records = await Store.Lifecycle.RemovalsAsync(Cancellation);
        Assert.Equal(happened.Count(h => h.What == "remove"), records.Count);
        Assert.All(records, r => Assert.True(NaiveYear.IsWorked(r.RemovedOn)));
    }

    [Fact]
    public void Requests_fall_due_as_a_wall_calendar_says() =>
        Assert.All(SimulatedYear.Requests(5_000, seed: 3, WorkingCalendar.Standard), r => Assert.Equal(r.Naive, r.Due));
}
