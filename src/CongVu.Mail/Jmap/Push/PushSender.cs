using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Jmap.Push;

/// <summary>
/// Tells devices of changes (RFC 8620 §7.2): a new subscription gets its code, one that has given it back the states that moved. What cannot be told is not
/// kept: the device asks what is new since its own state when it next is.
/// </summary>
public sealed partial class PushSender(JmapApi api, HttpClient http, TimeProvider clock, ILogger<PushSender> log)
{
    /// <summary>Other processes' subscriptions are seen at the latest after this.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    /// <summary>Between two tries; longer after each, up to <see cref="MaxTries"/>.</summary>
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(10);
    private const int MaxTries = 4;

    private readonly Dictionary<long, Following> following = [];

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        api.Store.PushSubscriptions.Changed = () => signal.Writer.TryWrite(true);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await BringUpAsync(stopping);
                using var look = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                var wait = signal.Reader.WaitToReadAsync(look.Token).AsTask();
                await Task.WhenAny(wait, Task.Delay(LookEvery, clock, look.Token));
                await look.CancelAsync();
                signal.Reader.TryRead(out _);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
        }
        finally
        {
            foreach (var one in following.Values)
                await one.StopAsync();
        }
    }

    // One task for each subscription; what has changed begins anew.
    private async Task BringUpAsync(CancellationToken stopping)
    {
        List<PushSubscription> all;
        try
        {
            all = await api.Store.PushSubscriptions.ListAsync(null, stopping);
        }
        catch (StoreException error)
        {
            LogStore(log, error);
            return;
        }
        foreach (var (id, old) in following.Where(f => all.Find(s => s.Id == f.Key) is not { } now || now.IsVerified != f.Value.Of.IsVerified || now.Types != f.Value.Of.Types || now.Expires != f.Value.Of.Expires).ToArray())
        {
            following.Remove(id);
            await old.StopAsync();
        }
        foreach (var subscription in all.Where(s => !following.ContainsKey(s.Id)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            following[subscription.Id] = new(subscription, stop, FollowAsync(subscription, stop.Token));
        }
    }

    private async Task FollowAsync(PushSubscription subscription, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            if (!subscription.IsVerified)
            {
                await TellAsync(subscription, JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
                {
                    ["@type"] = "PushVerification", ["pushSubscriptionId"] = PushSubscriptionMethods.Id(subscription.Id), ["verificationCode"] = subscription.Code,
                }), cancellationToken);
                return;
            }
            var types = subscription.Types?.Split(',').ToHashSet(StringComparer.Ordinal);
            await using var watch = await api.WatchAsync(subscription.Principal, types, cancellationToken);
            while (subscription.Expires - clock.GetUtcNow() is var left && left > TimeSpan.Zero)
            {
                if (await watch.WaitAsync(left < LookEvery ? left : LookEvery, cancellationToken) is { } change)
                    await TellAsync(subscription, Encoding.UTF8.GetBytes(change), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (StoreException error)
        {
            LogStore(log, error);
        }
    }

    private async Task TellAsync(PushSubscription subscription, byte[] payload, CancellationToken cancellationToken)
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            try
            {
                using var request = Request(subscription, payload);
                using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (answer.IsSuccessStatusCode)
                    return;
                // §7.2: the service does not know the device any more.
                if (answer.StatusCode is System.Net.HttpStatusCode.NotFound or System.Net.HttpStatusCode.Gone)
                {
                    await api.Store.PushSubscriptions.RemoveAsync(subscription.Principal, subscription.Id, cancellationToken);
                    return;
                }
                LogRefused(log, subscription.Id, (int)answer.StatusCode);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                LogNotReached(log, subscription.Id, error.Message);
            }
            await Task.Delay(TryAgain * Math.Pow(4, tries - 1), clock, cancellationToken);
        }
    }

    private static HttpRequestMessage Request(PushSubscription subscription, byte[] payload)
    {
        var content = new ByteArrayContent(payload);
        content.Headers.ContentType = new("application/json");
        if (subscription is { PublicKey: { } key, Secret: { } secret })
        {
            // What does not fit is not sent in the open: that something has changed is enough to ask.
            content = new(WebPush.Encrypt(payload.Length <= WebPush.MaxPayload ? payload : """{"@type":"StateChange","changed":{}}"""u8, key, secret));
            content.Headers.ContentType = new("application/octet-stream");
            content.Headers.ContentEncoding.Add("aes128gcm");
        }
        var request = new HttpRequestMessage(HttpMethod.Post, subscription.Url) { Content = content };
        request.Headers.Add("TTL", "86400");
        return request;
    }

    private sealed record Following(PushSubscription Of, CancellationTokenSource Stop, Task Task)
    {
        public async Task StopAsync()
        {
            await Stop.CancelAsync();
            await Task;
            Stop.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Push subscriptions cannot be read for now.")]
    private static partial void LogStore(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Push subscription {Id}: the service answered {Status}.")]
    private static partial void LogRefused(ILogger log, long id, int status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Push subscription {Id}: not reached: {Error}")]
    private static partial void LogNotReached(ILogger log, long id, string error);
}
