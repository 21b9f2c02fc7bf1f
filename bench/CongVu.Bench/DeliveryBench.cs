using System.Diagnostics;
using System.Globalization;

namespace CongVu.Bench;

/// <summary>
/// Durable deliveries per second, SMTP in to visible by IMAP, with Postfix's smtp-source as the load. A delivery is one recipient's message. The time is
/// that until the last one is counted by IMAP; ours includes the drain of the search index in a second figure.
/// </summary>
internal static class DeliveryBench
{
    private sealed record Case(int Bytes, int Connections, int Recipients, int Messages, int PeerMessages);

    private sealed record Result(double PerSecond, double PerSecondWithIndex);

    private static readonly Case[] Cases =
    [
        new(8 << 10, 20, 1, 12_000, 1500),
        new(8 << 10, 1, 1, 2000, 300),
        new(8 << 10, 20, 50, 400, 60),
        new(8 << 10, 1, 50, 200, 30),
        new(200 << 10, 20, 1, 2000, 600),
        new(200 << 10, 1, 1, 400, 150),
        new(200 << 10, 20, 50, 200, 20),
        new(200 << 10, 1, 50, 100, 10),
    ];

    internal static async Task<int> RunAsync(string[] args)
    {
        var only = args.SkipWhile(a => a != "--only").Skip(1).FirstOrDefault();
        var scale = args.Contains("--quick") ? 10 : 1;
        var ours = only is null or "congvu" ? await MeasureAsync(await OurSystem.StartAsync(50, null), Cases, c => c.Messages / scale) : [];
        var peer = only is null or "peer" ? await MeasureAsync(await Peer.StartAsync(50), Cases, c => c.PeerMessages / scale) : [];
        Result[] postgres = [];
        if (only is null or "postgres")
        {
            await using var server = await Postgres.StartAsync();
            postgres = await MeasureAsync(await OurSystem.StartAsync(50, server.Connection), Cases[..1], c => c.Messages / 4 / scale);
        }
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine("| message | connections | recipients | Thư Công Vụ, deliveries/s | with index drained | Postfix + Dovecot | ratio |");
        text.WriteLine("|---|---|---|---|---|---|---|");
        for (var i = 0; i < Cases.Length; i++)
        {
            var (c, our, their) = (Cases[i], ours.ElementAtOrDefault(i), peer.ElementAtOrDefault(i));
            text.WriteLine($"| {c.Bytes >> 10} KB | {c.Connections} | {c.Recipients} | {our?.PerSecond:F0} | {our?.PerSecondWithIndex:F0} | {their?.PerSecond:F0} | {our?.PerSecond / their?.PerSecond:F1} |");
        }
        if (postgres is [var one])
            text.WriteLine($"| 8 KB, on PostgreSQL | 20 | 1 | {one.PerSecond:F0} | {one.PerSecondWithIndex:F0} | {peer.FirstOrDefault()?.PerSecond:F0} | {one.PerSecond / peer.FirstOrDefault()?.PerSecond:F1} |");
        Console.Write(text);
        var circular = only is null or "circular" ? await CircularBench.RunAsync() : "";
        Console.WriteLine(circular);
        if (only is null && scale == 1)
            await Report.WriteAsync("Delivery", $"{text}{Environment.NewLine}{circular}");
        return 0;
    }

    private static async Task<Result[]> MeasureAsync(MailSystem system, Case[] cases, Func<Case, int> messages)
    {
        await using (system)
        {
            // Warm: code compiled, pages touched.
            await LoadAsync(system, new(8 << 10, 20, 1, 0, 0), system is OurSystem ? 3000 : 200);
            await system.DrainIndexAsync();
            var results = new List<Result>();
            foreach (var one in cases)
            {
                var result = await LoadAsync(system, one, Math.Max(one.Connections, messages(one)));
                Console.Error.WriteLine($"{system.Name}: {one.Bytes >> 10} KB, {one.Connections} connections, {one.Recipients} recipients: {result.PerSecond:F0}/s, {result.PerSecondWithIndex:F0}/s with the index");
                results.Add(result);
            }
            return [.. results];
        }
    }

    private static async Task<Result> LoadAsync(MailSystem system, Case one, int messages)
    {
        var file = Path.GetTempFileName();
        // smtp-source reads lines as files have them.
        await File.WriteAllTextAsync(file, System.Text.Encoding.UTF8.GetString(Samples.Message(one.Bytes, 1)).ReplaceLineEndings("\n"));
        string[] accounts = one.Recipients == 1 ? ["user1"] : ["user", .. Enumerable.Range(2, one.Recipients - 1).Select(i => $"{i}user")];
        if (system is OurSystem)
            accounts = [.. accounts.Select(a => a + "@example.test")];
        var wanted = await system.CountAsync(accounts) + ((long)messages * one.Recipients);
        var watch = Stopwatch.StartNew();
        await Programs.RunAsync(
            "smtp-source",
            ["-s", $"{one.Connections}", "-m", $"{messages}", "-r", $"{one.Recipients}", "-f", "a@other.test", "-t", one.Recipients == 1 ? "user1@example.test" : "user@example.test", "-F", file, $"127.0.0.1:{system.SmtpPort}"]);
        // Recipients are served in order, so the last one is asked often and all of them at the end.
        while (await system.CountAsync(accounts) < wanted)
            await Task.Delay(20);
        var seconds = watch.Elapsed.TotalSeconds;
        var withIndex = seconds + await system.DrainIndexAsync();
        File.Delete(file);
        return new(messages * one.Recipients / seconds, messages * one.Recipients / withIndex);
    }
}
