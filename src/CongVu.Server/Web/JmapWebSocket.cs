using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using CongVu.Mail.Jmap;
using CongVu.Mail.Store;

namespace CongVu.Server.Web;

/// <summary>JMAP over a WebSocket (RFC 8887): requests in, responses and, once asked for, state changes out.</summary>
internal static class JmapWebSocket
{
    private const string Protocol = "jmap";

    internal static async Task RunAsync(HttpContext context, JmapApi api)
    {
        // §4.1: a browser's socket comes from this origin, or it is another site's.
        var origin = context.Request.Headers.Origin.ToString();
        if (!context.WebSockets.IsWebSocketRequest || !context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) || (origin.Length > 0 && origin != $"{context.Request.Scheme}://{context.Request.Host}"))
        {
            context.Response.StatusCode = context.WebSockets.IsWebSocketRequest ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;
            return;
        }
        using var socket = await context.WebSockets.AcceptWebSocketAsync(Protocol);
        using var connection = new Connection(socket, api, context.PrincipalId());
        await connection.RunAsync(context.RequestAborted);
    }

    private sealed class Connection(WebSocket socket, JmapApi api, PrincipalId who) : IDisposable
    {
        private readonly SemaphoreSlim writing = new(1);
        private CancellationTokenSource? pushing;
        private Task push = Task.CompletedTask;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            try
            {
                while (await ReadAsync(cancellationToken) is { } message)
                    await HandleAsync(message, cancellationToken);
                if (socket.State == WebSocketState.CloseReceived)
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
            }
            catch (Exception error) when (error is WebSocketException or OperationCanceledException)
            {
                // The peer is gone.
            }
            finally
            {
                await StopPushAsync();
            }
        }

        public void Dispose()
        {
            pushing?.Dispose();
            writing.Dispose();
        }

        private async Task HandleAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
        {
            var read = api.ReadSocketMessage(message);
            switch (read.Kind)
            {
                case "Request":
                    await SendAsync(await api.RunSocketAsync(who, message, cancellationToken), cancellationToken);
                    break;
                case "WebSocketPushEnable":
                    await StopPushAsync();
                    pushing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    push = PushAsync(read, pushing.Token);
                    break;
                case "WebSocketPushDisable":
                    await StopPushAsync();
                    break;
                default:
                    await SendAsync(read.Problem, cancellationToken);
                    break;
            }
        }

        private async Task PushAsync(SocketMessage wish, CancellationToken cancellationToken)
        {
            try
            {
                await using var watch = await api.WatchAsync(who, wish.Types, cancellationToken);
                // §4.3.5.2: who knows of an earlier state is told at once.
                if (wish.PushState is { } last && last != watch.EventId)
                    watch.Touch();
                while (true)
                {
                    if (await watch.WaitAsync(Timeout.InfiniteTimeSpan, cancellationToken) is { } change)
                        await SendAsync(Encoding.UTF8.GetBytes($"{change[..^1]},\"pushState\":\"{watch.EventId}\"}}"), cancellationToken);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or WebSocketException)
            {
                // Switched off, or the peer is gone.
            }
        }

        private async Task StopPushAsync()
        {
            if (pushing is null)
                return;
            await pushing.CancelAsync();
            await push;
            pushing.Dispose();
            pushing = null;
        }

        private async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
        {
            await writing.WaitAsync(cancellationToken);
            try
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            }
            finally
            {
                writing.Release();
            }
        }

        // One text message; null at the end. More than a request may have ends the connection.
        private async Task<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
        {
            var message = new ArrayBufferWriter<byte>(4096);
            while (true)
            {
                var read = await socket.ReceiveAsync(message.GetMemory(4096), cancellationToken);
                if (read.MessageType == WebSocketMessageType.Close)
                    return null;
                message.Advance(read.Count);
                if (read.MessageType != WebSocketMessageType.Text || message.WrittenCount > api.Limits.MaxSizeRequest)
                {
                    var status = read.MessageType == WebSocketMessageType.Text ? WebSocketCloseStatus.MessageTooBig : WebSocketCloseStatus.InvalidMessageType;
                    await socket.CloseOutputAsync(status, null, cancellationToken);
                    return null;
                }
                if (read.EndOfMessage)
                    return message.WrittenMemory;
            }
        }
    }
}
