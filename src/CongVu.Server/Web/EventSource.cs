using System.Globalization;
using System.Threading.Channels;
using CongVu.Mail.Jmap;

namespace CongVu.Server.Web;

/// <summary>Push by server-sent events (RFC 8620 §7.3): a StateChange after each change, several at once when they come fast.</summary>
internal static class EventSource
{
    private static readonly TimeSpan MinPing = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MaxPing = TimeSpan.FromMinutes(15);

    internal static async Task RunAsync(HttpContext context, JmapApi api)
    {
        var query = context.Request.Query;
        var types = query["types"].ToString() is var list && list is "" or "*" ? null : list.Split(',').ToHashSet(StringComparer.Ordinal);
        var closeAfterState = query["closeafter"] == "state";
        var ping = int.TryParse(query["ping"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, MinPing.TotalSeconds, MaxPing.TotalSeconds))
            : Timeout.InfiniteTimeSpan;
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache, no-store";
        response.Headers["X-Accel-Buffering"] = "no";

        await using var watch = await api.WatchAsync(context.PrincipalId(), types, context.RequestAborted);
        // A client that comes back with the last event it saw is told at once when there was more.
        if (context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last && last != watch.EventId)
            watch.Touch();
        await response.WriteAsync($": ready\nid: {watch.EventId}\n\n", context.RequestAborted);
        await response.Body.FlushAsync(context.RequestAborted);
        try
        {
            while (true)
            {
                if (await watch.WaitAsync(ping, context.RequestAborted) is not { } change)
                {
                    await response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"event: ping\ndata: {{\"interval\":{(int)ping.TotalSeconds}}}\n\n"), context.RequestAborted);
                    await response.Body.FlushAsync(context.RequestAborted);
                    continue;
                }
                await response.WriteAsync($"event: state\nid: {watch.EventId}\ndata: {change}\n\n", context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                if (closeAfterState)
                    return;
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }
}
