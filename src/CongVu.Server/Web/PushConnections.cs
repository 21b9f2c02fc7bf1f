using System.Net;
using System.Net.Sockets;

namespace CongVu.Server.Web;

/// <summary>Connections to the push services that clients name: to public addresses alone, so that nobody makes this server knock at doors inside.</summary>
internal static class PushConnections
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(20);

    private static readonly IPNetwork[] Inside =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "::/127", "64:ff9b::/96",
            "fc00::/7", "fe80::/10", "ff00::/8",
        }.Select(IPNetwork.Parse),
    ];

    internal static HttpClient Create() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false, ConnectCallback = ConnectAsync, ConnectTimeout = MaxTime })
    {
        Timeout = MaxTime,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    internal static bool IsPublic(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !Inside.Any(network => network.Contains(plain));
    }

    // The address that was looked at is the one connected to.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = (await System.Net.Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken)).Where(IsPublic).ToArray();
        if (addresses.Length == 0)
            throw new HttpRequestException("The push service has no public address.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
