using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap;

/// <summary>
/// Follows the accounts of a principal and tells their new states (RFC 8620 §7.1). Changes that come fast are told together: a client asks for what is new since
/// its own state anyway.
/// </summary>
public sealed class StateWatch : IAsyncDisposable
{
    /// <summary>Types whose state is the account's sequence.</summary>
    private static readonly string[] Types = ["Email", "Mailbox", "Thread", "EmailSubmission", "Identity", "VacationResponse", "Quota"];

    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(50);

    private readonly JmapApi api;
    private readonly PrincipalId who;
    private readonly IReadOnlySet<string>? wanted;
    private readonly List<IDisposable> subscriptions = [];
    private readonly HashSet<AccountId> changed = [];
    private readonly Lock gate = new();
    private readonly Channel<bool> signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly IReadOnlyList<UsableAccount> accounts;
    private readonly Dictionary<AccountId, string> delivered = [];
    private long latest;

    private StateWatch(JmapApi api, PrincipalId who, IReadOnlySet<string>? wanted, IReadOnlyList<UsableAccount> accounts)
    {
        this.api = api;
        this.who = who;
        this.wanted = wanted;
        this.accounts = accounts;
        foreach (var account in accounts)
            subscriptions.Add(api.Store.Changes.Subscribe(account.Id, _ => Changed(account.Id)));
    }

    /// <summary>Names the states of all accounts: another one when something has changed.</summary>
    public string EventId => string.Create(CultureInfo.InvariantCulture, $"{api.Store.Epoch}-{Volatile.Read(ref latest)}");

    internal static async ValueTask<StateWatch> StartAsync(JmapApi api, PrincipalId who, IReadOnlySet<string>? wanted, CancellationToken cancellationToken)
    {
        var accounts = await api.Store.Messages.AccountsOfAsync(who, cancellationToken);
        var watch = new StateWatch(api, who, wanted, accounts);
        foreach (var account in accounts)
        {
            if (await api.Store.Accounts.FindAsync(account.Id, cancellationToken) is { } found)
                Interlocked.Add(ref watch.latest, found.ModSeq.Value);
            if (wanted?.Contains("EmailDelivery") == true && await api.StateAsync(who, account.Id, cancellationToken) is { } state)
                watch.delivered[account.Id] = state.Delivery;
        }
        return watch;
    }

    /// <summary>Every account counts as changed.</summary>
    public void Touch()
    {
        lock (gate)
            changed.UnionWith(accounts.Select(a => a.Id));
        signal.Writer.TryWrite(true);
    }

    /// <summary>The next StateChange as JSON; null when nothing has changed for so long.</summary>
    public async ValueTask<string?> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(atMost);
        while (true)
        {
            try
            {
                await signal.Reader.ReadAsync(limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
            await Task.Delay(Together, cancellationToken);
            if (await WriteAsync(cancellationToken) is { } change)
                return change;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var subscription in subscriptions)
            subscription.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Changed(AccountId account)
    {
        lock (gate)
            changed.Add(account);
        Interlocked.Increment(ref latest);
        signal.Writer.TryWrite(true);
    }

    private async ValueTask<string?> WriteAsync(CancellationToken cancellationToken)
    {
        AccountId[] now;
        lock (gate)
        {
            now = [.. changed];
            changed.Clear();
        }
        using var target = new MemoryStream();
        await using (var json = new Utf8JsonWriter(target, JmapApi.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("@type", "StateChange");
            json.WriteStartObject("changed");
            var any = false;
            foreach (var account in now)
            {
                // Rights may have gone since: then there is nothing to tell.
                if (await api.StateAsync(who, account, cancellationToken) is not { } state)
                    continue;
                json.WriteStartObject(JmapId.Of(account));
                foreach (var type in Types)
                {
                    if (wanted is null || wanted.Contains(type))
                    {
                        json.WriteString(type, state.Account);
                        any = true;
                    }
                }
                // RFC 8621 §1.5: moves with what arrives alone.
                if (wanted is null || wanted.Contains("EmailDelivery"))
                {
                    any |= !delivered.TryGetValue(account, out var last) || last != state.Delivery;
                    delivered[account] = state.Delivery;
                    json.WriteString("EmailDelivery"u8, state.Delivery);
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
            if (!any)
                return null;
        }
        return Encoding.UTF8.GetString(target.GetBuffer(), 0, (int)target.Length);
    }
}
