using System.Collections.Concurrent;
using System.Net;

namespace CongVu.Mail.Connections;

/// <summary>How many connections a protocol takes at once, in all and from one network: what a few strangers may hold is little of the whole.</summary>
/// <param name="Total">In all.</param>
/// <param name="PerNetwork">From one IPv4 address or IPv6 /64; the machine itself is not limited.</param>
public sealed record ConnectionLimits(int Total = 20_000, int PerNetwork = 100);

/// <summary>Counts the connections of one protocol.</summary>
public sealed class ConnectionCounter(ConnectionLimits limits)
{
    private readonly ConcurrentDictionary<string, int> networks = new();
    private int total;

    /// <summary>Takes a place; null when there is none.</summary>
    public IDisposable? TryEnter(IPAddress address)
    {
        var network = IPAddress.IsLoopback(address) ? null : NetworkOf(address);
        // Both are counted before either is looked at: leaving takes back both.
        var fromNetwork = network is null ? 0 : networks.AddOrUpdate(network, 1, (_, n) => n + 1);
        if (Interlocked.Increment(ref total) <= limits.Total && fromNetwork <= limits.PerNetwork)
            return new Place(this, network);
        Leave(network);
        return null;
    }

    private static string NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        return Convert.ToHexString(bytes.AsSpan(0, Math.Min(8, bytes.Length)));
    }

    private void Leave(string? network)
    {
        Interlocked.Decrement(ref total);
        if (network is not null && networks.AddOrUpdate(network, 0, (_, n) => n - 1) <= 0)
            networks.TryRemove(KeyValuePair.Create(network, 0));
    }

    private sealed class Place(ConnectionCounter counter, string? network) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0)
                counter.Leave(network);
        }
    }
}
