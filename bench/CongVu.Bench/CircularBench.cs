using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CongVu.Bench;

/// <summary>A circular to 5,000 recipients while others deliver: how long those others wait, and how much memory the server takes.</summary>
internal static class CircularBench
{
    private const int Recipients = 5000;

    internal static async Task<string> RunAsync()
    {
        await using var system = await OurSystem.StartAsync(Recipients, null);
        var message = Samples.Message(8 << 10, 2);
        await OthersAsync(system.SmtpPort, message, TimeSpan.FromSeconds(3));
        using var stop = new CancellationTokenSource();
        var others = OthersAsync(system.SmtpPort, message, TimeSpan.FromSeconds(12));
        await Task.Delay(1000);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 3; i++)
            await SendAsync(system.SmtpPort, Enumerable.Range(1, Recipients).Select(n => $"{n}user@example.test"), Samples.Message(200 << 10, 3 + i));
        var circular = watch.Elapsed.TotalSeconds / 3;
        var memory = system.Memory;
        var times = (await others).Order().ToArray();
        return $"Circular to {Recipients} recipients, 200 KB, three in turn: {circular:F2} s each. Deliveries of others meanwhile ({times.Length} by 4 connections): "
            + $"median {times[times.Length / 2]:F0} ms, p99 {times[times.Length * 99 / 100]:F0} ms, longest {times[^1]:F0} ms. Server memory {memory >> 20} MB.";
    }

    private static async Task<List<double>> OthersAsync(int port, byte[] message, TimeSpan time)
    {
        var all = new List<double>();
        var until = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (until.Elapsed < time)
            {
                var watch = Stopwatch.StartNew();
                await SendAsync(port, ["user2@example.test"], message);
                lock (all)
                    all.Add(watch.Elapsed.TotalMilliseconds);
            }
        }));
        return all;
    }

    private static async Task SendAsync(int port, IEnumerable<string> recipients, byte[] message)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await ExpectAsync(reader, 220);
        await WriteAsync(stream, "HELO bench\r\n");
        await ExpectAsync(reader, 250);
        await WriteAsync(stream, "MAIL FROM:<a@other.test>\r\n");
        await ExpectAsync(reader, 250);
        foreach (var chunk in recipients.Chunk(100))
        {
            await WriteAsync(stream, string.Concat(chunk.Select(r => $"RCPT TO:<{r}>\r\n")));
            foreach (var _ in chunk)
                await ExpectAsync(reader, 250);
        }
        await WriteAsync(stream, "DATA\r\n");
        await ExpectAsync(reader, 354);
        await stream.WriteAsync(message);
        await WriteAsync(stream, ".\r\n");
        await ExpectAsync(reader, 250);
        await WriteAsync(stream, "QUIT\r\n");
        await ExpectAsync(reader, 221);
    }

    private static ValueTask WriteAsync(NetworkStream stream, string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    private static async Task ExpectAsync(StreamReader reader, int code)
    {
        var line = await reader.ReadLineAsync();
        if (line?.StartsWith($"{code}", StringComparison.Ordinal) != true)
            throw new InvalidOperationException($"Expected {code}, got {line}");
    }
}
