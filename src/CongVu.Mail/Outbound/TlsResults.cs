using System.Collections.Concurrent;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Outbound;

/// <summary>How TLS with a host went, by day (RFC 8460 §4.4).</summary>
/// <param name="Policy">"tlsa", "sts" or "no-policy-found".</param>
/// <param name="PolicyText">The policy of the domain as it was fetched; empty without one.</param>
/// <param name="Host">The host.</param>
/// <param name="Failure">A result type of §4.3; empty where it went well.</param>
/// <param name="Sessions">How often.</param>
public sealed record TlsResult(string Policy, string PolicyText, string Host, string Failure, long Sessions);

/// <summary>Counts how TLS with other servers goes, in memory, and writes the counts now and then: a number that a crash loses is no mail.</summary>
public sealed class TlsResults(StoreDatabase database, TimeProvider clock)
{
    private const int MaxCounts = 50_000;

    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(long Day, string Domain, string Policy, string Host, string Failure), long> counts = new();
    private readonly ConcurrentDictionary<string, string> texts = new(StringComparer.Ordinal);

    /// <summary>Writes what was counted until cancelled, and then once more.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            await Task.Delay(WriteEvery, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await WriteAsync(CancellationToken.None);
            }
            catch (StoreException)
            {
                // They are still counted, and written the next time.
            }
        }
    }

    /// <summary>Writes what was counted.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var taken = counts.ToArray();
        if (taken.Length == 0)
            return;
        await database.WriteAsync(
            async tx =>
            {
                foreach (var (key, sessions) in taken)
                    await tx.ExecuteAsync(
                        """
                        INSERT INTO tls_results (day, domain, policy, policy_text, host, failure, sessions) VALUES ($1, $2, $3, $4, $5, $6, $7)
                        ON CONFLICT (day, domain, policy, host, failure) DO UPDATE SET sessions = tls_results.sessions + excluded.sessions
                        """,
                        key.Day,
                        key.Domain,
                        key.Policy,
                        key.Policy == "sts" ? texts.GetValueOrDefault(key.Domain, "") : "",
                        key.Host,
                        key.Failure,
                        sessions);
                return true;
            },
            cancellationToken);
        // What was counted meanwhile stays.
        foreach (var (key, sessions) in taken)
        {
            if (counts.AddOrUpdate(key, 0, (_, now) => now - sessions) == 0)
                counts.TryRemove(new(key, 0));
        }
    }

    /// <summary>The counts of a day for a domain.</summary>
    public ValueTask<List<TlsResult>> OfAsync(DateOnly day, string domain, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.QueryAsync(
            "SELECT policy, policy_text, host, failure, sessions FROM tls_results WHERE day = $1 AND domain = $2 ORDER BY policy, host, failure",
            row => new TlsResult(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4)),
            day.DayNumber,
            domain),
        cancellationToken);

    /// <summary>The days before <paramref name="today"/> and the domains that there are counts for.</summary>
    internal ValueTask<List<(DateOnly Day, string Domain)>> EndedAsync(DateOnly today, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.QueryAsync("SELECT DISTINCT day, domain FROM tls_results WHERE day < $1 ORDER BY day, domain", row => (DateOnly.FromDayNumber((int)row.GetInt64(0)), row.GetString(1)), today.DayNumber),
        cancellationToken);

    /// <summary>The policy that a domain has.</summary>
    internal void Know(string domain, KnownPolicy? policy)
    {
        if (policy is null)
            texts.TryRemove(domain, out _);
        else if (texts.Count < MaxCounts)
            texts[domain] = policy.Text;
    }

    /// <summary>Counts a conversation.</summary>
    internal void Add(string domain, HostPlan plan, string failure)
    {
        // A configured server is no policy of the domain's.
        if (plan.Host.Server is not null || plan.Policy.Length == 0 || counts.Count >= MaxCounts)
            return;
        counts.AddOrUpdate((DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).DayNumber, domain, plan.Policy, plan.Host.Name, failure), 1, (_, was) => was + 1);
    }
}
