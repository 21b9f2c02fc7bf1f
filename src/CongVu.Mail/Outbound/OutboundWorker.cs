using System.Threading.Channels;
using CongVu.Mail.Store.Database;
using DnsClient;
using Microsoft.Extensions.Logging;
using MailStore = CongVu.Mail.Store.MailStore;
using Queue = CongVu.Mail.Store.Queue;

namespace CongVu.Mail.Outbound;

/// <summary>
/// Sends what waits in the queue, by destination: 1. learn for which domains mail is due, 2. begin conversations (<see cref="DestinationRun"/>) with those whose
/// turn it is, 3. take in how they ended. A destination that fails is left alone for a while; one that keeps us waiting gives its place to others. A crash
/// between the other server's 250 and our commit may send once more; nothing is lost.
/// </summary>
public sealed partial class OutboundWorker
{
    /// <summary>Other processes add mail too.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <summary>Conversations that a stop finds in the middle of a message get this long to end it.</summary>
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(8);

    private readonly Dictionary<string, Destination> destinations = new(StringComparer.Ordinal);
    private readonly HashSet<DestinationRun> running = [];
    private readonly Channel<Event> events = Channel.CreateUnbounded<Event>(new() { SingleReader = true });
    private readonly string worker = $"{Environment.MachineName}-{Guid.NewGuid():N}";
    private readonly MailStore store;
    private readonly OutboundOptions options;
    private readonly Routing routing;
    private readonly HostPolicies policies;
    private readonly TlsResults results;
    private readonly TimeProvider clock;
    private readonly ILogger<OutboundWorker> log;

    /// <summary>Makes a worker; it works when it is run.</summary>
    /// <param name="store">The store.</param>
    /// <param name="options">How mail goes out.</param>
    /// <param name="dns">Asks about mail servers; with validation where <see cref="OutboundOptions.HasValidatingDns"/>.</param>
    /// <param name="sts">Policies of other domains; null to go without.</param>
    /// <param name="results">Where it is noted how TLS went.</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">The log.</param>
    public OutboundWorker(MailStore store, OutboundOptions options, ILookupClient dns, MtaSts? sts, TlsResults results, TimeProvider clock, ILogger<OutboundWorker> log)
    {
        (this.store, this.options, this.results, this.clock, this.log) = (store, options, results, clock, log);
        routing = new(options, dns);
        policies = new(options, dns, sts);
    }

    private abstract record Event
    {
        /// <summary>Mail for these was added; for none: look.</summary>
        internal sealed record Added(IReadOnlyCollection<string> Domains) : Event;

        /// <summary>A conversation has ended, and what of its destination is due next.</summary>
        internal sealed record Ended(DestinationRun Run, DateTimeOffset NextDue) : Event;
    }

    /// <summary>Works until cancelled; what is in the middle of a message then gets some seconds to end it.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var hard = new CancellationTokenSource();
        await using var registration = stopping.Register(() => hard.CancelAfter(StopTime));
        store.Queue.Added = domains => events.Writer.TryWrite(new Event.Added(domains));
        var lookAt = DateTimeOffset.MinValue;
        var released = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!released)
                    await store.Queue.ReleaseAllAsync(stopping);
                released = true;
                if (clock.GetUtcNow() >= lookAt)
                {
                    await LookAsync(stopping);
                    lookAt = clock.GetUtcNow() + LookEvery;
                }
                Begin(hard.Token, stopping);
                if (await WaitAsync(lookAt, stopping))
                    lookAt = DateTimeOffset.MinValue;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
            catch (StoreException error)
            {
                LogStoreFailure(error);
                await Task.Delay(TimeSpan.FromSeconds(5), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        while (running.Count > 0)
            Take(await events.Reader.ReadAsync(CancellationToken.None));
    }

    /// <summary>Tries everything that is due once, in its order, and returns how many messages that were; for tests and for emptying the queue before a stop.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var tried = 0;
        foreach (var (domain, due) in await store.Queue.DestinationsAsync(cancellationToken))
        {
            if (due > clock.GetUtcNow())
                continue;
            var run = NewRun(new(domain));
            await run.RunAsync(cancellationToken, cancellationToken);
            tried += run.Tried;
        }
        return tried;
    }

    private DestinationRun NewRun(Destination destination) => new(store, routing, policies, results, options, destination, worker, clock, log);

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var gone in destinations.Values.Where(d => d.Running == 0 && d.NotBefore <= now).ToArray())
            destinations.Remove(gone.Domain);
        foreach (var (domain, due) in await store.Queue.DestinationsAsync(cancellationToken))
        {
            var destination = Find(domain);
            if (due < destination.Due)
                destination.Due = due;
            if (due == Queue.AtOnce)
                destination.NotBefore = default;
        }
    }

    private Destination Find(string domain) => destinations.TryGetValue(domain, out var known) ? known : destinations[domain] = new(domain);

    private void Begin(CancellationToken hard, CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var slow = running.Count(r => r.IsSlow);
        if (running.Count - slow >= options.MaxConnections)
        {
            // Who is kept waiting makes room.
            foreach (var run in running.Where(r => !r.IsSlow && now - r.LastProgress >= options.SlowAfter).Take(options.MaxSlowConnections - slow))
            {
                run.IsSlow = true;
                slow++;
            }
        }
        var free = options.MaxConnections - (running.Count - slow);
        if (free <= 0)
            return;
        // Those that failed last time come after the others.
        foreach (var destination in destinations.Values.Where(d => d.Running < d.Limit && d.Next <= now).OrderBy(d => d.Failures > 0).ThenBy(d => d.Due).Take(free).ToArray())
        {
            var run = NewRun(destination);
            destination.Running++;
            // Another conversation begins when this one shows that more waits.
            destination.Due = destination.Running < destination.Limit ? now + TimeSpan.FromMilliseconds(100) : DateTimeOffset.MaxValue;
            running.Add(run);
            _ = RunAsync(run, hard, stopping);
        }
    }

    // Owned by the set of those that run, which is not left before it is empty.
    private async Task RunAsync(DestinationRun run, CancellationToken hard, CancellationToken stopping)
    {
        await Task.Yield();
        var next = DateTimeOffset.MaxValue;
        try
        {
            await run.RunAsync(stopping, hard);
            next = await store.Queue.NextDueAsync(run.Destination.Domain, hard);
        }
        catch (Exception error) when (error is StoreException or OperationCanceledException)
        {
            next = clock.GetUtcNow() + LookEvery;
        }
        catch (Exception error)
        {
            LogRunFailed(run.Destination.Domain, error);
            next = clock.GetUtcNow() + LookEvery;
        }
        events.Writer.TryWrite(new Event.Ended(run, next));
    }

    // Until something happens or is due; true when the queue is to be looked at.
    private async Task<bool> WaitAsync(DateTimeOffset lookAt, CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var isFull = running.Count(r => !r.IsSlow) >= options.MaxConnections;
        var until = isFull ? now + options.SlowAfter : destinations.Values.Where(d => d.Running < d.Limit).Select(d => d.Next).Append(lookAt).Min();
        var wait = TimeSpan.FromMilliseconds(Math.Clamp((until - now).TotalMilliseconds, 10, 60_000));
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var clocked = new CancellationTokenSource(wait, clock);
        await using var both = clocked.Token.Register(timer.Cancel);
        try
        {
            await events.Reader.WaitToReadAsync(timer.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return false;
        }
        var look = false;
        while (events.Reader.TryRead(out var one))
            look |= Take(one);
        return look;
    }

    private bool Take(Event one)
    {
        var now = clock.GetUtcNow();
        switch (one)
        {
            case Event.Added { Domains.Count: 0 }:
                return true;
            case Event.Added added:
                foreach (var domain in added.Domains)
                    Find(domain).Due = now;
                return false;
            case Event.Ended ended:
                running.Remove(ended.Run);
                var destination = ended.Run.Destination;
                destination.Ended(ended.Run, options.MaxPerDomain, now);
                if (ended.NextDue < destination.Due)
                    destination.Due = ended.NextDue;
                if (destination is { Running: 0, Failures: 0 } && destination.Due == DateTimeOffset.MaxValue)
                    destinations.Remove(destination.Domain);
                return false;
            default:
                return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbound queue cannot use the store; trying again.")]
    private partial void LogStoreFailure(Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Sending to {Domain} failed here, not there; trying again.")]
    private partial void LogRunFailed(string domain, Exception error);
}
