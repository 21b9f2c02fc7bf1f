using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace CongVu.Mail.Delivery.Inspect;

/// <summary>
/// Asks ClamAV's clamd by INSTREAM (clamd(8)). One backend after the other is asked; one that did not answer is asked last for a while. When none answers, that
/// is what was found: what follows is not decided here, and never that the message passes as clean.
/// </summary>
/// <param name="backends">"host:port", or the path of a socket.</param>
/// <param name="clock">Time.</param>
/// <param name="scanTime">What one backend has for one message.</param>
public sealed class ClamdScanner(IReadOnlyList<string> backends, TimeProvider clock, TimeSpan? scanTime = null)
{
    private const int Chunk = 64 * 1024;
    private const int MaxReply = 1024;

    private static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RestTime = TimeSpan.FromSeconds(15);

    private readonly long[] restsUntil = new long[backends.Count];
    private int turn;

    /// <summary>Scans bytes from their beginning: a message, or a file that is about to be opened (A12.5).</summary>
    public async ValueTask<VirusFinding> ScanAsync(Stream content, CancellationToken cancellationToken)
    {
        var first = Interlocked.Increment(ref turn);
        var now = clock.GetTimestamp();
        var failure = "";
        var order = Enumerable.Range(0, backends.Count).Select(i => (int)((uint)(first + i) % backends.Count)).OrderBy(i => Volatile.Read(ref restsUntil[i]) > now);
        foreach (var i in order)
        {
            using var limit = new CancellationTokenSource(scanTime ?? TimeSpan.FromSeconds(60), clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                content.Position = 0;
                var reply = await AskAsync(backends[i], content, both.Token);
                if (reply.EndsWith(" FOUND", StringComparison.Ordinal))
                    return new(VirusResult.Infected, reply.Replace("stream: ", "", StringComparison.Ordinal)[..^6]);
                if (reply == "stream: OK")
                {
                    Volatile.Write(ref restsUntil[i], 0);
                    return new(VirusResult.Clean);
                }
                failure = reply.Length > 0 ? reply : "no reply";
            }
            catch (Exception error) when (error is SocketException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                failure = error.Message;
            }
            Volatile.Write(ref restsUntil[i], clock.GetTimestamp() + (long)(RestTime.TotalSeconds * clock.TimestampFrequency));
        }
        return new(VirusResult.Away, failure);
    }

    private async ValueTask<string> AskAsync(string backend, Stream content, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(backend, cancellationToken);
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        try
        {
            await stream.WriteAsync("zINSTREAM\0"u8.ToArray(), cancellationToken);
            var buffer = new byte[4 + Chunk];
            while (await content.ReadAsync(buffer.AsMemory(4), cancellationToken) is var count and > 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(buffer, count);
                await stream.WriteAsync(buffer.AsMemory(0, 4 + count), cancellationToken);
            }
            await stream.WriteAsync(new byte[4], cancellationToken);
        }
        catch (IOException)
        {
            // It has said why before it closed, if the message was too large for it.
        }
        var reply = new byte[MaxReply];
        var length = 0;
        while (length < reply.Length && await stream.ReadAsync(reply.AsMemory(length), cancellationToken) is var read and > 0)
            length += read;
        return Encoding.UTF8.GetString(reply, 0, length).TrimEnd('\0', '\n');
    }

    private async ValueTask<Socket> ConnectAsync(string backend, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ConnectTime, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var isPath = backend.StartsWith('/');
        var socket = isPath ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (isPath)
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(backend), both.Token);
            else
                await socket.ConnectAsync(backend[..backend.LastIndexOf(':')].Trim('[', ']'), int.Parse(backend[(backend.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture), both.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
