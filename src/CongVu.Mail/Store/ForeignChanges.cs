using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Store;

/// <summary>
/// Tells sessions of this process what others have committed: an operator's command, another server on the same PostgreSQL. The database is asked
/// several times a second whether anything came from elsewhere; only then are the accounts that somebody listens to compared with what was last
/// seen of them.
/// </summary>
public sealed partial class ForeignChanges(MailStore store, TimeProvider clock, ILogger<ForeignChanges> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Up to so many accounts are asked for one by one; more by one look over all.</summary>
    private const int MaxSingle = 100;

    private Dictionary<long, long> seen = [];
    private long version;

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stopping);
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

    /// <summary>Looks once, and tells what it found.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!await CameFromElsewhereAsync(cancellationToken))
            return;
        // An operator may have made mail due, or queued some. Other servers on PostgreSQL have workers of their own.
        if (store.Options.PostgresConnection is null)
            store.Queue.Added?.Invoke([]);
        var watched = store.Changes.Watched.ToHashSet();
        var now = await store.Database.ReadAsync(tx => SequencesAsync(tx, watched), cancellationToken);
        var changed = now.Where(account => !seen.TryGetValue(account.Key, out var before) || before != account.Value).ToDictionary();
        seen = now;
        store.Changes.Publish(changed);
    }

    // SQLite counts, for the writer's connection, the commits of all others; of another process there can be no others here.
    private async Task<bool> CameFromElsewhereAsync(CancellationToken cancellationToken)
    {
        if (store.Options.PostgresConnection is not null)
            return store.Changes.Watched.Any();
        var current = await store.Database.WriteAsync(tx => tx.ScalarAsync<long>("PRAGMA data_version"), cancellationToken);
        return current != Interlocked.Exchange(ref version, current);
    }

    private static async ValueTask<Dictionary<long, long>> SequencesAsync(Tx tx, HashSet<long> watched)
    {
        var sequences = new Dictionary<long, long>(watched.Count);
        if (watched.Count > MaxSingle)
        {
            await tx.ForEachAsync("SELECT id, modseq FROM accounts", row =>
            {
                if (watched.Contains(row.GetInt64(0)))
                    sequences[row.GetInt64(0)] = row.GetInt64(1);
            });
            return sequences;
        }
        foreach (var account in watched)
        {
            if (await tx.ScalarAsync<long?>("SELECT modseq FROM accounts WHERE id = $1", account) is { } modSeq)
                sequences[account] = modSeq;
        }
        return sequences;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store cannot be asked for changes of other processes; trying again.")]
    private partial void LogFailure(Exception error);
}
