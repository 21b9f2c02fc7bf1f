using System.Collections.Concurrent;

namespace CongVu.Mail.Store;

/// <summary>
/// Tells sessions that an account has changed. A notice carries no content: the reader asks the store for what is new since the sequence it
/// knows, so a lost or doubled notice does no harm.
/// </summary>
public sealed class ChangeStream
{
    private readonly ConcurrentDictionary<long, Subscription[]> subscriptions = new();
    private readonly Lock writing = new();

    /// <summary>Calls <paramref name="changed"/> after each commit that changed <paramref name="account"/>, until disposed. It must be quick and must not throw.</summary>
    public IDisposable Subscribe(AccountId account, Action<ModSeq> changed)
    {
        var subscription = new Subscription(this, account.Value, changed);
        lock (writing)
            subscriptions[account.Value] = [.. subscriptions.GetValueOrDefault(account.Value, []), subscription];
        return subscription;
    }

    /// <summary>Accounts that somebody listens to: what another process may have changed is asked for these only.</summary>
    internal IEnumerable<long> Watched => subscriptions.Keys;

    internal void Publish(IReadOnlyDictionary<long, long> accounts)
    {
        foreach (var (account, modSeq) in accounts)
        {
            foreach (var subscription in subscriptions.GetValueOrDefault(account, []))
                subscription.Changed(new(modSeq));
        }
    }

    private sealed class Subscription(ChangeStream stream, long account, Action<ModSeq> changed) : IDisposable
    {
        public Action<ModSeq> Changed => changed;

        public void Dispose()
        {
            lock (stream.writing)
            {
                var rest = stream.subscriptions.GetValueOrDefault(account, []).Where(s => s != this).ToArray();
                if (rest.Length == 0)
                    stream.subscriptions.TryRemove(account, out _);
                else
                    stream.subscriptions[account] = rest;
            }
        }
    }
}
