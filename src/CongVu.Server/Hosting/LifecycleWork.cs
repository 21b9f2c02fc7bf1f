using CongVu.Governance;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store.Database;

namespace CongVu.Server.Hosting;

/// <summary>
/// The daily run of duties, mailboxes and passwords: at the start, and from then on when a day begins and when offices open. What was done is not done again, so it may run as often as it likes.
/// </summary>
internal sealed partial class LifecycleWork(GovernanceStore governance, TimeProvider clock, ILogger<LifecycleWork> log)
{
    /// <summary>Offices open: what is told of is read at once, and the help desk is there.</summary>
    private static readonly TimeSpan OfficesOpen = TimeSpan.FromHours(7);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(10);

    internal async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            var wait = AfterFailure;
            try
            {
                await governance.Duties.AlignAllGrantsAsync(stopping);
                var done = await governance.Lifecycle.Run.RunAsync(stopping);
                if (done != new DailyResult { Day = done.Day, IsWorkingDay = done.IsWorkingDay })
                    LogDone(log, done);
                wait = UntilNext(clock.GetUtcNow());
            }
            catch (StoreException error)
            {
                LogFailed(log, error);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(wait, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Passwords expire as a day begins.
    private static TimeSpan UntilNext(DateTimeOffset now)
    {
        var today = VietnamTime.StartOf(VietnamTime.Day(now));
        var next = now < today + OfficesOpen ? today + OfficesOpen : today.AddDays(1).AddSeconds(1);
        return next - now + TimeSpan.FromSeconds(1);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The daily run of mailboxes: {Done}.")]
    private static partial void LogDone(ILogger log, DailyResult done);

    [LoggerMessage(Level = LogLevel.Error, Message = "The daily run of mailboxes cannot use the store; it goes on in ten minutes.")]
    private static partial void LogFailed(ILogger log, Exception error);
}
