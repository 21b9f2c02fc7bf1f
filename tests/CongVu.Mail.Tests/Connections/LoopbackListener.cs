using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CongVu.Mail.Tests.Connections;

/// <summary>A real listener on a free loopback port, with Kestrel's own transport.</summary>
public sealed class LoopbackListener : IAsyncDisposable
{
    private readonly IConnectionListener listener;
    private readonly Task accepting;
    private readonly List<Task> sessions = [];

    private LoopbackListener(IConnectionListener listener, Func<ConnectionContext, Task> serve)
    {
        this.listener = listener;
        accepting = AcceptAsync(serve);
    }

    public int Port => ((IPEndPoint)listener.EndPoint).Port;

    public static async Task<LoopbackListener> StartAsync(Func<ConnectionContext, Task> serve)
    {
        var factory = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        return new(await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0)), serve);
    }

    public async ValueTask DisposeAsync()
    {
        await listener.UnbindAsync();
        await accepting;
        await listener.DisposeAsync();
    }

    private async Task AcceptAsync(Func<ConnectionContext, Task> serve)
    {
        while (await listener.AcceptAsync() is { } context)
            sessions.Add(ServeAsync(context, serve));
    }

    private static async Task ServeAsync(ConnectionContext context, Func<ConnectionContext, Task> serve)
    {
        await serve(context);
        await context.DisposeAsync();
    }
}
