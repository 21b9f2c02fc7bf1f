using System.Diagnostics;
using System.Globalization;

namespace CongVu.Bench;

/// <summary>IMAP commands on the same 5,000 messages, this system and Dovecot, one connection each unless said.</summary>
internal static class ImapBench
{
    private const int Messages = 5000;

    internal static async Task<int> RunAsync(string[] args)
    {
        var only = args.SkipWhile(a => a != "--only").Skip(1).FirstOrDefault();
        List<(string What, string Unit, double Value)> ours = only is null or "congvu" ? await MeasureAsync(await OurSystem.StartAsync(1, null)) : [];
        List<(string What, string Unit, double Value)> theirs = only is null or "peer" ? await MeasureAsync(await Peer.StartAsync(1)) : [];
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine("| command | unit | Thư Công Vụ | Dovecot | ratio (above 1 is ahead) |");
        text.WriteLine("|---|---|---|---|---|");
        foreach (var (what, unit, _) in ours.Count > 0 ? ours : theirs)
        {
            var our = ours.FirstOrDefault(m => m.What == what).Value;
            var their = theirs.FirstOrDefault(m => m.What == what).Value;
            var ratio = unit == "ms" ? their / our : our / their;
            text.WriteLine($"| {what} | {unit} | {our:N0} | {their:N0} | {ratio:F1} |".Replace("| 0 |", "| <1 |", StringComparison.Ordinal));
        }
        Console.Write(text);
        if (only is null)
            await Report.WriteAsync("IMAP", text.ToString());
        return 0;
    }

    private static async Task<List<(string, string, double)>> MeasureAsync(MailSystem system)
    {
        var results = new List<(string, string, double)>();
        await using (system)
        {
            var login = system is OurSystem ? "user1@example.test" : "user1";
            var samples = Enumerable.Range(0, 200).Select(i => Samples.Message(2000 + (i * 60), i)).ToArray();
            await using var imap = await RawImap.ConnectAsync(system.ImapPort, login);
            await imap.RunAsync("CREATE bench");

            // Each append is durable before its OK.
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < 1000; i++)
                await imap.RunAsync("APPEND bench (\\Seen)", samples[i % samples.Length]);
            Add("append", "messages/s", 1000 / watch.Elapsed.TotalSeconds);
            for (var i = 1000; i < Messages; i++)
                await imap.RunAsync("APPEND bench", samples[i % samples.Length]);
            for (var i = 0; i < 50; i++)
                await imap.RunAsync($"CREATE folder{i}");
            await system.DrainIndexAsync();

            await RateAsync("sign-in and select", "sessions/s", 1, 300, async () =>
            {
                await using var session = await RawImap.ConnectAsync(system.ImapPort, login);
                await session.RunAsync("SELECT bench");
            });
            await RateAsync("select", "commands/s", 1, 1500, () => imap.RunAsync("SELECT bench"));
            await RateAsync("fetch flags", "messages/s", Messages, 20, () => imap.RunAsync("FETCH 1:* (UID FLAGS)"));
            await RateAsync("fetch envelope and structure", "messages/s", Messages, 10, () => imap.RunAsync("FETCH 1:* (UID ENVELOPE BODYSTRUCTURE RFC822.SIZE INTERNALDATE)"));
            await RateAsync("fetch headers", "messages/s", Messages, 10, () => imap.RunAsync("FETCH 1:* (UID BODY.PEEK[HEADER])"));
            await RateAsync("fetch bodies", "messages/s", Messages, 5, () => imap.RunAsync("FETCH 1:* (UID BODY.PEEK[])"));
            await RateAsync("list of 50", "commands/s", 1, 500, () => imap.RunAsync("LIST \"\" \"*\""));
            await TimeAsync("search by sender", () => imap.RunAsync("SEARCH FROM \"vanthu\""));
            await TimeAsync("search by subject", () => imap.RunAsync("SEARCH SUBJECT \"77\""));
            await TimeAsync("search by body", () => imap.RunAsync("SEARCH BODY \"an to\""));
            await RateAsync("store", "messages/s", Messages, 4, () => imap.RunAsync("STORE 1:* +FLAGS.SILENT (\\Flagged)"), () => imap.RunAsync("STORE 1:* -FLAGS.SILENT (\\Flagged)"));
            await imap.RunAsync("CREATE copies");
            watch.Restart();
            await imap.RunAsync("COPY 1:* copies");
            Add("copy", "messages/s", Messages / watch.Elapsed.TotalSeconds);
            await imap.RunAsync("SELECT copies");
            await imap.RunAsync("STORE 1:* +FLAGS.SILENT (\\Deleted)");
            watch.Restart();
            await imap.RunAsync("EXPUNGE");
            Add("expunge", "messages/s", Messages / watch.Elapsed.TotalSeconds);
        }
        return results;

        void Add(string what, string unit, double value)
        {
            Console.Error.WriteLine($"{system.Name}: {what} {value:F1} {unit}");
            results.Add((what, unit, value));
        }

        async Task RateAsync(string what, string unit, int each, int times, Func<Task> run, Func<Task>? undo = null)
        {
            await run();
            if (undo is not null)
                await undo();
            var spent = TimeSpan.Zero;
            for (var i = 0; i < times; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await run();
                spent += Stopwatch.GetElapsedTime(start);
                if (undo is not null)
                    await undo();
            }
            Add(what, unit, each * times / spent.TotalSeconds);
        }

        async Task TimeAsync(string what, Func<Task> run)
        {
            await run();
            var best = double.MaxValue;
            for (var i = 0; i < 5; i++)
            {
                var start = Stopwatch.GetTimestamp();
                await run();
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
            Add(what, "ms", best);
        }
    }
}
