using System.Collections.Concurrent;
using System.Net.Sockets;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using Envelope = CongVu.Mail.Store.Envelope;
using MailStore = CongVu.Mail.Store.MailStore;

namespace CongVu.Mail.Outbound;

/// <summary>
/// Sends what waits in the queue. 1. Claim what is due, by message and domain. 2. Find the domain's servers and try them in turn. 3. Write how it ended
/// together with the notice to the sender. A crash between the other server's 250 and our commit may send once more; nothing is lost.
/// </summary>
public sealed partial class OutboundWorker(MailStore store, Routing routing, string hostName, TimeProvider clock, ILogger<OutboundWorker> log) : IDisposable
{
    private const int MaxConcurrent = 20;

    /// <summary>Connections to one domain at once: more looks like an attack there.</summary>
    private const int MaxPerDomain = 4;

    private readonly ConcurrentDictionary<string, SemaphoreSlim> domains = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly string worker = $"{Environment.MachineName}-{Guid.NewGuid():N}";

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        store.Queue.Added = Wake;
        var running = new HashSet<Task>();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var free = MaxConcurrent - running.Count;
                var claimed = free > 0 ? await store.Queue.ClaimAsync(worker, free, stopping) : [];
                foreach (var work in claimed)
                    running.Add(TryAsync(work, stopping));
                if (running.Count >= MaxConcurrent)
                    await Task.WhenAny(running);
                else if (claimed.Count == 0)
                    await WaitAsync(running, stopping);
                running.RemoveWhere(task => task.IsCompleted);
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
        await Task.WhenAll(running);
    }

    /// <summary>Tries everything that is due once and returns when it is done; for tests and for emptying the queue before a stop.</summary>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var tried = 0;
        while (await store.Queue.ClaimAsync(worker, MaxConcurrent, cancellationToken) is { Count: > 0 } claimed)
        {
            await Task.WhenAll(claimed.Select(work => TryAsync(work, cancellationToken)));
            tried += claimed.Count;
        }
        return tried;
    }

    /// <inheritdoc/>
    public void Dispose() => wake.Dispose();

    private void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (Exception error) when (error is SemaphoreFullException or ObjectDisposedException)
        {
            // Already awake, or gone for good.
        }
    }

    // Until something was added, something is due, or a place is free.
    private async Task WaitAsync(HashSet<Task> running, CancellationToken stopping)
    {
        var due = await store.Queue.NextDueAsync(stopping);
        var wait = due is { } at ? at - clock.GetUtcNow() : TimeSpan.FromMinutes(1);
        wait = TimeSpan.FromMilliseconds(Math.Clamp(wait.TotalMilliseconds, 10, 60_000));
        var woken = wake.WaitAsync(wait, stopping);
        await Task.WhenAny([woken, .. running]);
        if (!woken.IsCompleted)
            Wake();
        await woken;
    }

    private async Task TryAsync(OutboundWork work, CancellationToken stopping)
    {
        var turn = domains.GetOrAdd(work.Domain, _ => new(MaxPerDomain));
        IReadOnlyList<OutboundOutcome> outcomes;
        try
        {
            await turn.WaitAsync(stopping);
            try
            {
                outcomes = await SendAsync(work, stopping);
            }
            finally
            {
                turn.Release();
            }
            await FinishAsync(work, outcomes);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The lease runs out and another try follows.
        }
        catch (StoreException error)
        {
            LogStoreFailure(error);
        }
    }

    private async Task<IReadOnlyList<OutboundOutcome>> SendAsync(OutboundWork work, CancellationToken stopping)
    {
        // What was held back for people here is delivered here.
        var local = await store.Accounts.LookupAsync(work.Recipients[0].Address, stopping);
        if (local.Status is AddressStatus.Local or AddressStatus.OverQuota)
            return await DeliverHereAsync(work, stopping);
        if (local.Status is AddressStatus.Unknown or AddressStatus.Closed)
            return All(work, OutboundResult.Failed, local.MovedTo is { } moved ? $"550 5.1.6 The mailbox has closed, please write to <{moved}>" : "550 5.1.1 No such mailbox here");

        var route = await routing.FindAsync(work.Domain, stopping);
        if (route.Hosts.Count == 0)
            return All(work, route.Permanent ? OutboundResult.Failed : OutboundResult.Deferred, route.Problem);
        IReadOnlyList<OutboundOutcome> last = [];
        foreach (var (host, port) in route.Hosts)
        {
            last = await TryHostAsync(work, host, port, stopping);
            // RFC 5321 §5.1: the next host only when this one could not be talked to.
            if (last.Any(o => o.Result != OutboundResult.Deferred) || last.Any(o => char.IsAsciiDigit(o.Status[0]) && o.Status[3] == ' '))
                return last;
        }
        return last;
    }

    private async Task<IReadOnlyList<OutboundOutcome>> TryHostAsync(OutboundWork work, string host, int port, CancellationToken stopping)
    {
        using var client = new OutboundClient(work, hostName, routing.SmartHost?.RequireTls == true);
        await using var content = (await store.Contents.OpenAsync(work.Content, default, stopping)).AsStream();
        try
        {
            return await client.SendAsync(host, port, routing.SmartHost, content, store.SigningKeys, clock.GetUtcNow(), stopping);
        }
        catch (SmtpCommandException error)
        {
            var code = (int)error.StatusCode;
            return All(work, code >= 500 ? OutboundResult.Failed : OutboundResult.Deferred, $"{code} {error.Message}");
        }
        catch (NotSupportedException error)
        {
            // RFC 6531 §3.2: the next server has not SMTPUTF8 (or 8BITMIME, and the message cannot be made 7 bit).
            return All(work, OutboundResult.Failed, $"550 5.6.7 {error.Message}");
        }
        catch (Exception error) when (error is IOException or SocketException or ProtocolException or AuthenticationException or SslHandshakeException or ServiceNotAuthenticatedException or TimeoutException)
        {
            return All(work, OutboundResult.Deferred, $"4.4.1 {host}: {error.Message}");
        }
    }

    private async Task<IReadOnlyList<OutboundOutcome>> DeliverHereAsync(OutboundWork work, CancellationToken stopping)
    {
        var outcomes = new List<OutboundOutcome>();
        foreach (var recipient in work.Recipients)
        {
            var found = await store.Accounts.LookupAsync(recipient.Address, stopping);
            if (found.Status is not (AddressStatus.Local or AddressStatus.OverQuota))
            {
                outcomes.Add(new(recipient, OutboundResult.Failed, "550 5.1.1 No such mailbox here"));
                continue;
            }
            await store.Deliveries.DeliverStoredAsync(work.Content, work.Sender, new(found.Account, found.Address), stopping);
            outcomes.Add(new(recipient, OutboundResult.Sent, "250 2.1.5 Delivered here"));
        }
        return outcomes;
    }

    private async Task FinishAsync(OutboundWork work, IReadOnlyList<OutboundOutcome> outcomes)
    {
        var now = clock.GetUtcNow();
        var attempts = work.Recipients.Max(r => r.Attempts);
        var retryAt = now + Backoff(attempts);
        // What would come after the last day is given up now.
        if (retryAt >= work.Expires)
            outcomes = [.. outcomes.Select(o => o.Result == OutboundResult.Deferred ? o with { Result = OutboundResult.Failed } : o)];
        foreach (var outcome in outcomes)
            LogOutcome(work.Message, outcome.Recipient.Address, outcome.Result, outcome.Status);

        var failed = StatusNotice.ToTell(work, outcomes);
        if (failed.Count == 0)
        {
            await store.Queue.FinishAsync(work, outcomes, retryAt, notice: null, CancellationToken.None);
            return;
        }
        await using var original = (await store.Contents.OpenAsync(work.Content, default, CancellationToken.None)).AsStream();
        await using var writer = store.Contents.Create();
        await writer.WriteAsync(await StatusNotice.FailureAsync(work, failed, hostName, now, original, CancellationToken.None), CancellationToken.None);
        await using var content = await writer.FinishAsync(default, CancellationToken.None);
        var sender = await store.Accounts.LookupAsync(work.Sender, CancellationToken.None);
        var envelope = sender.Status switch
        {
            AddressStatus.Local or AddressStatus.OverQuota => new Envelope { Sender = "", Local = [new(sender.Account, sender.Address)], RemoteHost = hostName },
            AddressStatus.NotLocal => new Envelope { Sender = "", Remote = [new(work.Sender, sender.Address[(sender.Address.LastIndexOf('@') + 1)..])], RemoteHost = hostName },
            _ => null,
        };
        await store.Queue.FinishAsync(work, outcomes, retryAt, envelope is null ? null : (envelope, content), CancellationToken.None);
        if (envelope is not null)
            content.Keep();
        if (envelope?.Remote.Count > 0)
            Wake();
    }

    // RFC 5321 §4.5.4.1: soon at first, then every few hours; not all at the same moment.
    private static TimeSpan Backoff(int attempts)
    {
        var minutes = attempts switch { 0 => 2, 1 => 5, 2 => 15, 3 => 30, 4 => 60, _ => 180 };
        return TimeSpan.FromMinutes(minutes * (0.9 + (Random.Shared.NextDouble() * 0.2)));
    }

    private static OutboundOutcome[] All(OutboundWork work, OutboundResult result, string status) => [.. work.Recipients.Select(r => new OutboundOutcome(r, result, status))];

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {Message} to {Recipient}: {Result} ({Status})")]
    private partial void LogOutcome(long message, string recipient, OutboundResult result, string status);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbound queue cannot use the store; trying again.")]
    private partial void LogStoreFailure(Exception error);
}
