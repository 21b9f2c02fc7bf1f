using System.Diagnostics;
using CongVu.Mail.Store;

namespace CongVu.Bench;

/// <summary>A mailbox of 100,000 messages, and thousands of idle connections.</summary>
internal static class LargeBench
{
    private const int Large = 100_000;
    private const int WarmUp = 100;

    internal static async Task<int> RunAsync(string[] args)
    {
        var idle = args is ["--idle", var number, ..] ? int.Parse(number, null) : 1000;
        var tls = args.Contains("--tls");
        await using var system = await OurSystem.StartAsync(1000, null);
        var text = new StringWriter();

        if (!tls)
            await FillLargeAsync(system, text);
        await using (var imap = await RawImap.ConnectAsync(system.ImapPort, "user1@example.test"))
            await imap.RunAsync("APPEND INBOX", Samples.Message(1500, 0));

        // Idle connections, each on its own mailbox of 5,000 messages.
        await FillAsync(system);
        // What the first connections cost once for all (code, libraries, pools) is not theirs.
        var connections = await IdleAsync(system, 0, WarmUp, tls);
        await Task.Delay(3000);
        var before = system.Memory;
        connections.AddRange(await IdleAsync(system, WarmUp, idle, tls));
        await Task.Delay(3000);
        var kind = tls ? "TLS" : "plain";
        text.WriteLine($"- {idle} idle connections ({kind}), each on a mailbox of 5,000 messages: {(system.Memory - before) / 1024.0 / idle:F1} KB each.");
        foreach (var connection in connections)
            await connection.DisposeAsync();
        Console.Write(text);
        await Report.WriteAsync(tls ? $"{idle} idle connections over TLS" : $"Large mailboxes, {idle} idle connections", text.ToString());
        return 0;
    }

    private static async Task<List<RawImap>> IdleAsync(OurSystem system, int first, int count, bool tls)
    {
        var connections = new List<RawImap>();
        for (var i = first; i < first + count; i++)
        {
            var connection = await RawImap.ConnectAsync(system.ImapPort, $"{i % 1000}user@example.test", tls);
            await connection.RunAsync("SELECT INBOX");
            await connection.SendAsync("x IDLE\r\n");
            await connection.SkipAsync("+ ");
            connections.Add(connection);
        }
        return connections;
    }

    private static async Task FillLargeAsync(OurSystem system, StringWriter text)
    {
        // 100,000 messages by APPEND through one session; memory is looked at on the way.
        await using (var imap = await RawImap.ConnectAsync(system.ImapPort, "user1@example.test"))
        {
            var samples = Enumerable.Range(0, 500).Select(i => Samples.Message(1500 + (i * 6), i)).ToArray();
            await imap.RunAsync("CREATE large");
            var watch = Stopwatch.StartNew();
            var memory = new List<long>();
            for (var i = 0; i < Large; i++)
            {
                await imap.RunAsync("APPEND large", samples[i % samples.Length]);
                if (i % 20_000 == 19_999)
                    memory.Add(system.Memory >> 20);
            }
            text.WriteLine($"- {Large} messages by APPEND through one session: {Large / watch.Elapsed.TotalSeconds:F0}/s; server memory after each fifth: {string.Join(", ", memory)} MB.");
            var drain = await system.DrainIndexAsync();
            await imap.RunAsync("SELECT large");
            text.WriteLine($"- Index drained {drain:F1} s after the last one.");
            text.WriteLine($"- SELECT, warm: {await BestAsync(() => imap.RunAsync("SELECT large")):F1} ms.");
            text.WriteLine($"- FETCH of 50 envelopes with body structure: {await BestAsync(() => imap.RunAsync("FETCH 99951:100000 (ENVELOPE BODYSTRUCTURE)")):F1} ms.");
            text.WriteLine($"- SEARCH TEXT of a word in every message: {await BestAsync(() => imap.RunAsync("SEARCH TEXT \"toàn\"")):F1} ms; of a piece of one: {await BestAsync(() => imap.RunAsync("SEARCH TEXT \"4821\"")):F1} ms.");
        }
    }

    // Rows only: 5,000 entries of one message in each INBOX.
    private static async Task FillAsync(OurSystem system)
    {
        await using var store = await MailStore.OpenAsync(new() { Folder = system.Folder }, TimeProvider.System, CancellationToken.None);
        for (var i = 0; i < 1000; i++)
        {
            var address = $"{i}user@example.test";
            var account = (await store.Accounts.FindAsync(address, CancellationToken.None))!;
            await store.Database.WriteAsync(
                async tx =>
                {
                    var message = await tx.ScalarAsync<long>(
                        "INSERT INTO messages (account_id, content_id, thread_id, received_at, size, prefix, created_modseq, modseq) SELECT $1, MIN(id), 1, 1, 2000, $2, 1, 1 FROM contents RETURNING id", account.Id.Value, Array.Empty<byte>());
                    var mailbox = await tx.ScalarAsync<long>("UPDATE mailboxes SET uidnext = 5001, message_count = 5000, unseen_count = 0 WHERE account_id = $1 AND path = 'INBOX' RETURNING id", account.Id.Value);
                    return await tx.ExecuteAsync(
                        "WITH RECURSIVE n(u) AS (SELECT 1 UNION ALL SELECT u + 1 FROM n WHERE u < 5000) INSERT INTO entries (mailbox_id, uid, message_id, flags, saved_at, created_modseq, modseq) SELECT $1, u, $2, 1, 1, 1, 1 FROM n", mailbox, message);
                },
                CancellationToken.None);
        }
    }

    private static async Task<double> BestAsync(Func<Task> run)
    {
        await run();
        var best = double.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return best;
    }
}
