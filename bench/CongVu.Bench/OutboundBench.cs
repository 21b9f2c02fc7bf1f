using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CongVu.Mail.Outbound;
using CongVu.Mail.Store;
using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Bench;

/// <summary>
/// The outbound queue with many destinations, of which 30 in 100 misbehave: what the good ones wait, and whether anything is lost or sent twice. The destinations are
/// addresses 127.1.x.y of this machine, answered by one listener that knows by the address how to behave. The same is done first with the good ones alone.
/// </summary>
internal static class OutboundBench
{
    private enum Manner
    {
        Good,
        Silent,
        Busy,
        Greylists,
        HangsUp,
        Refuses,
        Drips,
    }

    internal static async Task<int> RunAsync(string[] arguments)
    {
        var quick = arguments.Contains("--quick");
        var (messages, destinations) = quick ? (10_000, 100) : (100_000, 1000);
        var alone = await MeasureAsync(messages, destinations, withBad: false);
        var mixed = await MeasureAsync(messages, destinations, withBad: true);
        var text = $"""
            {messages:N0} messages of 3 KB to {destinations:N0} destinations, {mixed.Bad:N0} of which misbehave: silent after the connection, busy (421), greylisting, hanging up in the middle of a message, refusing every second recipient, or answering a byte a second.

            | | good destinations alone | with the bad ones |
            |---|---|---|
            | messages for good destinations | {alone.Good:N0} | {mixed.Good:N0} |
            | taken into the queue, messages/s | {alone.Queued:F0} | {mixed.Queued:F0} |
            | all good ones delivered after, s | {alone.Seconds:F1} | {mixed.Seconds:F1} |
            | good deliveries/s | {alone.Good / alone.Seconds:F0} | {mixed.Good / mixed.Seconds:F0} |
            | lost | {alone.Lost} | {mixed.Lost} |
            | sent twice | {alone.Twice} | {mixed.Twice} |
            | memory, MB | {alone.Memory >> 20} | {mixed.Memory >> 20} |
            """;
        Console.WriteLine(text);
        if (!quick)
            await Report.WriteAsync("Outbound queue", text);
        return mixed.Lost + mixed.Twice + alone.Lost + alone.Twice == 0 ? 0 : 1;
    }

    private sealed record Figures(int Good, int Bad, double Queued, double Seconds, int Lost, int Twice, long Memory);

    private static Manner MannerOf(int destination, bool withBad) => withBad ? (destination % 20) switch
    {
        0 => Manner.Silent,
        3 => Manner.Busy,
        6 => Manner.Greylists,
        9 => Manner.HangsUp,
        12 => Manner.Refuses,
        15 => Manner.Drips,
        _ => Manner.Good,
    } : Manner.Good;

    private static async Task<Figures> MeasureAsync(int messages, int destinations, bool withBad)
    {
        var folder = Directory.CreateTempSubdirectory("congvu-outbound-").FullName;
        await using var store = await MailStore.OpenAsync(new() { Folder = folder }, TimeProvider.System, CancellationToken.None);
        await using var others = new Others(d => MannerOf(d, withBad));
        var good = Enumerable.Range(0, destinations).Count(d => MannerOf(d, true) == Manner.Good);
        // Alone means: the same number of messages for each good destination, none for the others.
        var targets = Enumerable.Range(0, messages).Select(i => i % destinations).Where(d => withBad || MannerOf(d, true) == Manner.Good).ToArray();
        var expected = targets.Count(d => MannerOf(d, true) == Manner.Good);

        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, targets.Length), new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, token) => await QueueAsync(store, i, targets[i], token));
        var queued = targets.Length / watch.Elapsed.TotalSeconds;

        var options = new OutboundOptions { HostName = "bench.test", Routes = [.. Enumerable.Range(0, destinations).Select(d => new DomainRoute(DomainOf(d), new(Others.AddressOf(d).ToString(), others.Port)))] };
        var worker = new OutboundWorker(store, options, new LookupClient(), null, new(store.Database, TimeProvider.System), TimeProvider.System, NullLogger<OutboundWorker>.Instance);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(20));
        watch.Restart();
        var work = worker.RunAsync(stop.Token);
        while (others.GoodTaken < expected && !stop.IsCancellationRequested)
            await Task.Delay(100);
        var seconds = watch.Elapsed.TotalSeconds;
        var memory = Environment.WorkingSet;
        await stop.CancelAsync();
        await work;

        // Each message is with its destination once, or still waits, or came back; nothing else.
        var waiting = new HashSet<int>();
        for (long after = 0; await store.Queue.ListAsync(after, 1000, CancellationToken.None) is { Count: > 0 } page; after = page[^1].Id)
            waiting.UnionWith(page.Where(m => m.Sender.Length > 0).Select(m => int.Parse(m.Sender[..m.Sender.IndexOf('@', StringComparison.Ordinal)])));
        var lost = 0;
        for (var i = 0; i < targets.Length; i++)
        {
            if (!others.Taken.ContainsKey((targets[i], i)) && !waiting.Contains(i) && !others.Refused.ContainsKey(i))
                lost++;
        }
        var twice = others.Taken.Values.Count(n => n > 1);
        await store.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        return new(expected, destinations - good, queued, seconds, lost, twice, memory);
    }

    private static string DomainOf(int destination) => $"d{destination}.test";

    private static async Task QueueAsync(MailStore store, int number, int destination, CancellationToken cancellationToken)
    {
        await using var writer = store.Contents.Create();
        await writer.WriteAsync(Samples.Message(3 << 10, number % 500), cancellationToken);
        await using var content = await writer.FinishAsync(Encoding.ASCII.GetBytes($"X-Number: {number}\r\n"), cancellationToken);
        await store.Deliveries.DeliverAsync(new() { Sender = $"{number}@bench.test", Body = BodyType.EightBitMime, Remote = [new($"x@{DomainOf(destination)}", DomainOf(destination))] }, content, cancellationToken);
    }

    /// <summary>All the other servers.</summary>
    private sealed class Others : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Any, 0);
        private readonly CancellationTokenSource stopping = new();
        private readonly ConcurrentDictionary<int, int> hungUp = new();
        private readonly Func<int, Manner> mannerOf;
        private readonly Task accepting;
        private int goodTaken;

        public Others(Func<int, Manner> mannerOf)
        {
            this.mannerOf = mannerOf;
            listener.Start(4096);
            accepting = AcceptAsync();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        /// <summary>How often each message was taken.</summary>
        public ConcurrentDictionary<(int Destination, int Number), int> Taken { get; } = new();

        /// <summary>Messages that good destinations have taken.</summary>
        public int GoodTaken => goodTaken;

        /// <summary>Messages that were refused for good.</summary>
        public ConcurrentDictionary<int, bool> Refused { get; } = new();

        public static IPAddress AddressOf(int destination) => new([127, 1, (byte)(destination / 250), (byte)((destination % 250) + 1)]);

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            listener.Stop();
            await accepting;
            stopping.Dispose();
        }

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                    _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Over.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using var owned = client;
            try
            {
                var bytes = ((IPEndPoint)client.Client.LocalEndPoint!).Address.MapToIPv4().GetAddressBytes();
                await TalkAsync((bytes[2] * 250) + bytes[3] - 1, client.GetStream());
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The other has gone.
            }
        }

        private async Task TalkAsync(int destination, NetworkStream stream)
        {
            var manner = mannerOf(destination);
            using var reader = new StreamReader(stream, Encoding.Latin1, false, 16 * 1024);
            if (manner == Manner.Silent)
                await Task.Delay(Timeout.Infinite, stopping.Token);
            await SayAsync(stream, manner == Manner.Busy ? "421 4.3.2 too busy" : "220 other.test", manner);
            if (manner == Manner.Busy)
                return;
            var sender = "";
            while (await reader.ReadLineAsync(stopping.Token) is { } line)
            {
                var verb = line.Split(' ', 2)[0].ToUpperInvariant();
                if (verb == "MAIL")
                    sender = line.Split('<', '@')[1];
                switch (verb)
                {
                    case "EHLO":
                        await SayAsync(stream, "250-other.test\r\n250-PIPELINING\r\n250 8BITMIME", manner);
                        break;
                    case "RCPT" when manner == Manner.Greylists:
                        await SayAsync(stream, "451 4.7.1 greylisted", manner);
                        break;
                    case "RCPT" when manner == Manner.Refuses && int.Parse(sender) % 2 == 0:
                        Refused[int.Parse(sender)] = true;
                        await SayAsync(stream, "550 5.1.1 nobody", manner);
                        break;
                    case "DATA":
                        await SayAsync(stream, "354 go on", manner);
                        var number = -1;
                        while (await reader.ReadLineAsync(stopping.Token) is { } text && text != ".")
                        {
                            if (manner == Manner.HangsUp && hungUp.AddOrUpdate(destination, 1, (_, n) => n + 1) % 3 != 0)
                                return;
                            if (number < 0 && text.StartsWith("X-Number: ", StringComparison.Ordinal))
                                number = int.Parse(text[10..]);
                        }
                        Taken.AddOrUpdate((destination, number), 1, (_, n) => n + 1);
                        if (MannerOf(destination, true) == Manner.Good)
                            Interlocked.Increment(ref goodTaken);
                        await SayAsync(stream, "250 2.0.0 taken", manner);
                        break;
                    case "QUIT":
                        await SayAsync(stream, "221 bye", manner);
                        return;
                    default:
                        await SayAsync(stream, "250 2.0.0 ok", manner);
                        break;
                }
            }
        }

        private async Task SayAsync(NetworkStream stream, string line, Manner manner)
        {
            var bytes = Encoding.ASCII.GetBytes(line + "\r\n");
            if (manner != Manner.Drips)
            {
                await stream.WriteAsync(bytes, stopping.Token);
                return;
            }
            foreach (var one in bytes)
            {
                await stream.WriteAsync(new[] { one }, stopping.Token);
                await Task.Delay(1000, stopping.Token);
            }
        }
    }
}
