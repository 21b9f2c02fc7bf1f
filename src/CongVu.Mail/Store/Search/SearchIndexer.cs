using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Store.Search;

/// <summary>Keeps the index up with the store: works while something is pending, and looks again when something changes.</summary>
public sealed partial class SearchIndexer(MailStore store, TimeProvider clock, ILogger<SearchIndexer> log)
{
    /// <summary>Between two rounds: deliveries in between are indexed together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await store.Search.DrainAsync(yielding: true, stopping);
            }
            catch (StoreException error)
            {
                LogFailure(error);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(Pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The search index cannot use the store; trying again.")]
    private partial void LogFailure(Exception error);
}
