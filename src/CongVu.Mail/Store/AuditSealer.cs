using System.Globalization;
using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Store;

/// <summary>
/// Chains the audit trail every second, and every minute writes the chain's head down outside of the database: into a file of the data folder and into the log, from where a log collector
/// takes it to another machine.
/// </summary>
public sealed partial class AuditSealer(MailStore store, TimeProvider clock, ILogger<AuditSealer> log)
{
    private static readonly TimeSpan SealEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WriteDownEvery = TimeSpan.FromMinutes(1);

    /// <summary>The file of heads in a data folder.</summary>
    public static string FileIn(string folder) => Path.Combine(folder, "audit-heads.log");

    /// <summary>The heads written down in a data folder.</summary>
    public static IReadOnlyList<AuditHead> HeadsIn(string folder) =>
        File.Exists(FileIn(folder)) ? [.. File.ReadLines(FileIn(folder)).Select(AuditHead.Parse).OfType<AuditHead>()] : [];

    /// <summary>Works until it is stopped; what waits then is sealed and the head written down.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        AuditHead? head = null;
        var writtenDown = clock.GetUtcNow();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                while (await store.Audit.SealAsync(stopping) is { } now)
                    head = now;
                if (head is { } due && clock.GetUtcNow() - writtenDown >= WriteDownEvery)
                {
                    WriteDown(due);
                    (head, writtenDown) = (null, clock.GetUtcNow());
                }
            }
            catch (Exception error) when (error is StoreException or IOException)
            {
                LogFailed(log, error);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            await Task.Delay(SealEvery, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        try
        {
            while (await store.Audit.SealAsync(CancellationToken.None) is { } now)
                head = now;
            if (head is { } last)
                WriteDown(last);
        }
        catch (Exception error) when (error is StoreException or IOException)
        {
            LogFailed(log, error);
        }
    }

    private void WriteDown(AuditHead head)
    {
        File.AppendAllText(FileIn(store.Options.Folder), string.Create(CultureInfo.InvariantCulture, $"{head} {clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}\n"));
        LogHead(log, head);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit trail sealed up to {Head}.")]
    private static partial void LogHead(ILogger log, AuditHead head);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit trail cannot be sealed now; trying again.")]
    private static partial void LogFailed(ILogger log, Exception error);
}
