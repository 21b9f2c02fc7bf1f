using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;
using MailStore = CongVu.Mail.Store.MailStore;

namespace CongVu.Mail.Outbound;

/// <summary>
/// One conversation with a destination: takes what is due for it and sends one message after the other over one connection, going to the next host where one
/// fails. Each message's outcome is written, with the notice that follows from it, before the next one begins. What was taken and not tried is given back.
/// </summary>
internal sealed partial class DestinationRun(MailStore store, Routing routing, HostPolicies policies, TlsResults results, OutboundOptions options, Destination destination, string worker, TimeProvider clock, ILogger log)
{
    /// <summary>Recipients taken at once: the least that every server takes in one message (RFC 5321 §4.5.3.1.8).</summary>
    private const int BatchRecipients = 100;

    /// <summary>Messages over one connection; then another destination may have the place.</summary>
    private const int MaxMessages = 100;

    private IReadOnlyList<HostPlan>? hosts;
    private int nextHost;
    private SmtpPeer? peer;
    private string problem = "";
    private bool isPermanent;

    /// <summary>Whom it talks to.</summary>
    public Destination Destination => destination;

    /// <summary>When something last went on.</summary>
    public DateTimeOffset LastProgress { get; private set; } = clock.GetUtcNow();

    /// <summary>It is kept waiting, and another has its place among those that get on.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Messages tried.</summary>
    public int Tried { get; private set; }

    /// <summary>Messages that the destination answered for.</summary>
    public int Sent { get; private set; }

    /// <summary>No host could be talked to.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Talks until nothing is due, or it is another's turn.</summary>
    /// <param name="stopping">No further message.</param>
    /// <param name="hard">Breaks off.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken hard)
    {
        try
        {
            while (Tried < MaxMessages && !HasFailed && !stopping.IsCancellationRequested)
            {
                var batch = await store.Queue.ClaimAsync(worker, destination.Domain, BatchRecipients, hard);
                if (batch.Count == 0)
                    break;
                await SendAllAsync(batch, stopping, hard);
            }
            if (HasFailed)
                await GiveUpExpiredAsync(hard);
            if (peer is not null)
                await peer.QuitAsync();
        }
        catch (OperationCanceledException) when (hard.IsCancellationRequested)
        {
            // The lease runs out, or the next start gives it back.
        }
        catch (StoreException error)
        {
            LogStoreFailure(error);
            HasFailed = true;
        }
        finally
        {
            if (peer is not null)
                await peer.DisposeAsync();
        }
    }

    private async Task SendAllAsync(List<OutboundWork> batch, CancellationToken stopping, CancellationToken hard)
    {
        var done = 0;
        try
        {
            foreach (var work in batch)
            {
                // A destination that cannot be reached is not asked again for each message that waits for it.
                if (HasFailed || stopping.IsCancellationRequested)
                    break;
                await FinishAsync(work, await TryAsync(work, hard));
                done++;
                Tried++;
                LastProgress = clock.GetUtcNow();
            }
        }
        finally
        {
            if (done < batch.Count)
                await store.Queue.ReleaseAsync(batch.Skip(done), CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<OutboundOutcome>> TryAsync(OutboundWork work, CancellationToken stopping)
    {
        // 1. What was held back for people here is delivered here.
        var local = await store.Accounts.LookupAsync(work.Recipients[0].Address, stopping);
        if (local.Status != AddressStatus.NotLocal)
            return await DeliverHereAsync(work, stopping);

        // 2. Host after host, until one has answered for the message (RFC 5321 §5.1).
        while (true)
        {
            if (peer is null && !await ConnectAsync(stopping))
            {
                HasFailed = true;
                return All(work, isPermanent ? OutboundResult.Failed : OutboundResult.Deferred, problem);
            }
            // RFC 6531 §3.2: addresses that the other cannot take.
            if (work.SmtpUtf8 && !peer!.Extensions.HasFlag(PeerExtensions.SmtpUtf8))
                return All(work, OutboundResult.Failed, "550 5.6.7 The other server takes no addresses with Vietnamese letters");
            await using var message = await OutgoingMessage.PrepareAsync(store, work, peer!.Extensions, clock.GetUtcNow(), stopping);
            try
            {
                var outcomes = await peer.SendAsync(work, message);
                Sent++;
                return outcomes;
            }
            catch (PeerException error)
            {
                (problem, isPermanent) = (error.Status, false);
                await peer.DisposeAsync();
                peer = null;
                stopping.ThrowIfCancellationRequested();
            }
        }
    }

    // The next host that can be talked to; false when there is none left.
    private async Task<bool> ConnectAsync(CancellationToken stopping)
    {
        hosts ??= await PlanAsync(stopping);
        while (nextHost < hosts.Count)
        {
            var plan = hosts[nextHost++];
            if (plan.Problem is { } why)
            {
                (problem, isPermanent) = (why, false);
                if (plan.Failure is { } failure)
                    results.Add(destination.Domain, plan, failure);
                continue;
            }
            try
            {
                peer = await OpenAsync(plan, stopping);
                return true;
            }
            catch (PeerException error)
            {
                // A host that refuses for good does not speak for the others.
                (problem, isPermanent) = (error.Status, error.Reply?.IsPermanent == true && nextHost == hosts.Count && (isPermanent || nextHost == 1));
                stopping.ThrowIfCancellationRequested();
            }
        }
        return false;
    }

    private async Task<IReadOnlyList<HostPlan>> PlanAsync(CancellationToken stopping)
    {
        var route = await routing.FindAsync(destination.Domain, stopping);
        (problem, isPermanent) = (route.Problem, route.Permanent);
        var policy = await policies.OfDomainAsync(destination.Domain, route, stopping);
        results.Know(destination.Domain, policy);
        var plans = new List<HostPlan>(route.Hosts.Count);
        foreach (var host in route.Hosts)
            plans.Add(await policies.OfHostAsync(host, route.IsSecure, policy, stopping));
        return plans;
    }

    private async Task<SmtpPeer> OpenAsync(HostPlan plan, CancellationToken stopping)
    {
        (string, string)? signIn = plan.Host.Server is { User: { } user } server ? (user, server.Password ?? "") : null;
        try
        {
            var opened = await SmtpPeer.OpenAsync(plan.Host.Name, plan.Addresses, plan.Host.Port, plan.Demand, options, signIn, withoutTls: false, stopping);
            results.Add(destination.Domain, plan, opened.IsTls ? "" : "starttls-not-supported");
            return opened;
        }
        catch (PeerException error) when (error.Fault is PeerFault.NoTls or PeerFault.Handshake or PeerFault.Certificate)
        {
            results.Add(destination.Domain, plan, error.Fault == PeerFault.NoTls ? "starttls-not-supported" : error.Fault == PeerFault.Certificate ? "certificate-not-trusted" : "validation-failure");
            // A policy on trial changes nothing but the report; and where nothing demands TLS, mail goes without rather than not at all (RFC 7435).
            if (plan.IsTesting)
                return await OpenAsync(plan with { Demand = new TlsDemand.Opportunistic(), IsTesting = false, Policy = "" }, stopping);
            if (plan.Demand.IsMandatory || signIn is not null)
                throw;
            return await SmtpPeer.OpenAsync(plan.Host.Name, plan.Addresses, plan.Host.Port, plan.Demand, options, signIn, withoutTls: true, stopping);
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
                outcomes.Add(new(recipient, OutboundResult.Failed, found.MovedTo is { } moved ? $"550 5.1.6 The mailbox has closed, please write to <{moved}>" : "550 5.1.1 No such mailbox here"));
                continue;
            }
            await store.Deliveries.DeliverStoredAsync(work.Content, work.Sender, new(found.Account, found.Address), stopping);
            outcomes.Add(new(recipient, OutboundResult.Sent, "250 2.1.5 Delivered here"));
        }
        return outcomes;
    }

    private async Task GiveUpExpiredAsync(CancellationToken stopping)
    {
        while (await store.Queue.ClaimExpiredAsync(worker, destination.Domain, BatchRecipients, stopping) is { Count: > 0 } expired)
        {
            foreach (var work in expired)
            {
                await FinishAsync(work, All(work, OutboundResult.Failed, work.Recipients[0].LastStatus ?? problem));
                Tried++;
            }
        }
    }

    private async Task FinishAsync(OutboundWork work, IReadOnlyList<OutboundOutcome> outcomes)
    {
        var now = clock.GetUtcNow();
        var retryAt = now + Backoff(work.Recipients.Max(r => r.Attempts));
        // What would come after the last day is given up now; what has waited for hours is told of once.
        outcomes = [.. outcomes.Select(o => o.Result != OutboundResult.Deferred ? o : retryAt >= work.Expires ? o with { Result = OutboundResult.Failed } : o with { TellsDelay = IsToTell(work, o, now) })];
        foreach (var outcome in outcomes)
            LogOutcome(work.Message, outcome.Recipient.Address, outcome.Result, outcome.Status);

        var notice = await StatusNotice.MakeAsync(store, work, outcomes, options.HostName, now);
        await using var content = notice?.Content;
        await store.Queue.FinishAsync(work, outcomes, retryAt, notice, CancellationToken.None);
        if (notice is { } told)
        {
            content!.Keep();
            if (told.Envelope.Remote.Count > 0)
                store.Queue.Added?.Invoke([told.Envelope.Remote[0].Domain]);
        }
    }

    private bool IsToTell(OutboundWork work, OutboundOutcome outcome, DateTimeOffset now) =>
        !outcome.Recipient.IsDelayTold && now - work.Created >= options.DelayNotice && (outcome.Recipient.Notify == DsnNotify.None || outcome.Recipient.Notify.HasFlag(DsnNotify.Delay));

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
