using System.Diagnostics;
using System.Globalization;
using CongVu.Governance;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.Tests.Lifecycle;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;

namespace CongVu.Bench;

/// <summary>A year of 20,000 mailboxes and 5,000 requests: how long the daily run takes, and whether everything was on its day as a naive count of the same year says.</summary>
internal static class LifecycleBench
{
    private const int Mailboxes = 20_000;
    private const int Requests = 5_000;

    internal static async Task<int> RunAsync(string[] arguments)
    {
        var mailboxes = arguments is ["--mailboxes", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : Mailboxes;
        var folder = Directory.CreateTempSubdirectory("congvu-bench-").FullName;
        try
        {
            var clock = new YearClock();
            await using var mail = await MailStore.OpenAsync(new() { Folder = folder, Migrations = [GovernanceStore.Migrations] }, clock, CancellationToken.None);
            await mail.Accounts.AddDomainAsync("daknong.gov.vn", "bench", CancellationToken.None);
            var store = new GovernanceStore(mail, clock);
            var year = new SimulatedYear(store, time => clock.Now = time, mailboxes, seed: 7);
            var fill = Stopwatch.StartNew();
            await year.FillAsync(CancellationToken.None);
            Console.WriteLine($"{mailboxes} mailboxes made in {fill.Elapsed.TotalSeconds:F1} s.");
            var whole = Stopwatch.StartNew();
            await year.LiveAsync(
                async day =>
                {
                    var done = await store.Lifecycle.Run.RunAsync(CancellationToken.None);
                    if (day.Day == 1)
                        Console.WriteLine($"{day:yyyy-MM-dd}: {done}");
                    return done;
                },
                CancellationToken.None);

            Happening[] happened = [.. (await year.HappenedAsync(CancellationToken.None)).OrderBy(h => h.Mailbox).ThenBy(h => h.Day).ThenBy(h => h.What, StringComparer.Ordinal)];
            Happening[] expected = [.. year.Plans.SelectMany(NaiveYear.Of).OrderBy(h => h.Mailbox).ThenBy(h => h.Day).ThenBy(h => h.What, StringComparer.Ordinal)];
            var wrong = happened.Except(expected).Concat(expected.Except(happened)).Count() + Math.Abs(happened.Length - expected.Length);
            var late = SimulatedYear.Requests(Requests, seed: 3, WorkingCalendar.Standard).Count(r => r.Due != r.Naive);

            var (times, costs) = (year.Durations.Order().ToArray(), year.Costs.Order().ToArray());
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"""
                A year of {mailboxes:N0} mailboxes on SQLite, each day with its sign-ins, leaves, closings, approvals and reopenings ({whole.Elapsed.TotalSeconds:F0} s in all).
                The daily run: median {times[times.Length / 2].TotalMilliseconds:F0} ms, 95th percentile {times[times.Length * 95 / 100].TotalMilliseconds:F0} ms, longest {times[^1].TotalMilliseconds:F0} ms (aim: under 2,000); of the processors' time: median {costs[costs.Length / 2].TotalMilliseconds:F0} ms, longest {costs[^1].TotalMilliseconds:F0} ms.

                | what happened in the year | times |
                |---|---|
                {string.Join('\n', happened.GroupBy(h => h.What).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"| {g.Key} | {g.Count()} |"))}

                Compared with a naive count of the same year: {wrong} of {expected.Length} on another day. Due dates of {Requests:N0} requests: {late} differ.
                """);
            Console.WriteLine(text);
            if (mailboxes == Mailboxes)
                await Report.WriteAsync("The life of mailboxes", text);
            return wrong + late == 0 && times[^1] < TimeSpan.FromSeconds(2) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class YearClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
