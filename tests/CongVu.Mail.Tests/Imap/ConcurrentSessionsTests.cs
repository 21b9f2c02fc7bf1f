using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Connections;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Imap;

public sealed class SqliteConcurrentSessionsTests() : ConcurrentSessionsTests(Backend.Sqlite);

public sealed class PostgresConcurrentSessionsTests() : ConcurrentSessionsTests(Backend.Postgres);

/// <summary>Many sessions change one mailbox at random; what each was told, replayed, is what the server has.</summary>
public abstract partial class ConcurrentSessionsTests(Backend backend) : ImapFixture(backend)
{
    private const int Sessions = 20;
    private const int Steps = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Twenty_sessions_that_change_one_mailbox_all_see_what_the_server_has(int seed)
    {
        var who = await WhoAsync("an");
        var mailbox = await MailboxAsync(who, "INBOX");
        for (var i = 0; i < 30; i++)
            await AppendAsync(who, mailbox.Id, $"Thư {i}");

        var sessions = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => Replay.OpenAsync(Connect(), qresync: i % 2 == 0, new Random((seed * 1000) + i))));
        await Task.WhenAll(sessions.Select(session => session.ActAsync(Steps)));

        // Everybody is told the rest, then learns the UIDs of what is new.
        foreach (var session in sessions)
            await session.CommandAsync("NOOP");
        var entries = await EntriesAsync(mailbox.Id);
        var counted = await MailboxAsync(who, "INBOX");
        Assert.Equal(
            (entries.Count, entries.Count(e => !e.Flags.HasFlag(MessageFlags.Seen)), entries.Count(e => e.Flags.HasFlag(MessageFlags.Deleted))),
            ((int)counted.MessageCount, (int)counted.UnseenCount, (int)counted.DeletedCount));
        var expected = entries.Select(e => $"{e.Uid.Value} {FlagsOf(e)}").ToList();
        foreach (var session in sessions)
        {
            await session.LearnUidsAsync();
            Assert.Equal(expected, session.View);
            await session.DisposeAsync();
        }
    }

    private static string FlagsOf(Entry entry)
    {
        var flags = new List<string>();
        foreach (var flag in (MessageFlags[])[MessageFlags.Answered, MessageFlags.Flagged, MessageFlags.Deleted, MessageFlags.Seen, MessageFlags.Draft])
        {
            if (entry.Flags.HasFlag(flag))
                flags.Add("\\" + flag);
        }
        if (entry.Keywords.Length > 0)
            flags.Add(entry.Keywords);
        return string.Join(' ', flags);
    }

    /// <summary>A client that keeps only what untagged responses tell.</summary>
    private sealed partial class Replay : IAsyncDisposable
    {
        private readonly InMemoryClient client;
        private readonly Random random;
        private readonly List<(uint Uid, string? Flags)> view = [];
        private int tag;

        private Replay(InMemoryClient client, Random random)
        {
            this.client = client;
            this.random = random;
        }

        public IEnumerable<string> View => view.Select(v => $"{v.Uid} {v.Flags}");

        public static async Task<Replay> OpenAsync(InMemoryClient client, bool qresync, Random random)
        {
            var replay = new Replay(client, random);
            await client.ReadLineAsync(Cancellation);
            await replay.CommandAsync("LOGIN an@example.vn secret");
            if (qresync)
                await replay.CommandAsync("ENABLE QRESYNC");
            await replay.CommandAsync("SELECT INBOX");
            await replay.LearnUidsAsync();
            return replay;
        }

        public async Task ActAsync(int steps)
        {
            for (var i = 0; i < steps; i++)
            {
                await CommandAsync(Next());
                if (random.Next(4) == 0)
                    await LearnUidsAsync();
            }
        }

        /// <summary>Fetches what it was told exists and has no UID of yet.</summary>
        public async Task LearnUidsAsync()
        {
            while (view.FindIndex(v => v.Uid == 0 || v.Flags is null) is var unknown and >= 0)
            {
                if (await CommandAsync($"FETCH {unknown + 1}:* (UID FLAGS)") is var reply && reply.StartsWith("NO", StringComparison.Ordinal))
                    await CommandAsync("NOOP");
            }
        }

        public async Task<string> CommandAsync(string command)
        {
            var name = $"t{++tag}";
            if (SilentStore().Match(command) is { Success: true } silent)
                ApplySilently(int.Parse(silent.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1);
            await client.SendAsync(Encoding.ASCII.GetBytes($"{name} {command}\r\n"));
            if (command == "IDLE")
            {
                Assert.StartsWith("+", await client.ReadLineAsync(Cancellation), StringComparison.Ordinal);
                await client.SendAsync("DONE\r\n"u8.ToArray());
            }
            while (true)
            {
                var line = await client.ReadLineAsync(Cancellation) ?? throw new InvalidOperationException("The server has closed.");
                if (line.StartsWith(name + " ", StringComparison.Ordinal))
                {
                    Assert.DoesNotContain(" BAD ", line, StringComparison.Ordinal);
                    return line[(name.Length + 1)..];
                }
                TakeIn(line, expungesMayCome: !command.StartsWith("FETCH", StringComparison.Ordinal) && !command.StartsWith("STORE", StringComparison.Ordinal) && !command.StartsWith("SEARCH", StringComparison.Ordinal));
            }
        }

        public ValueTask DisposeAsync() => client.DisposeAsync();

        private string Next()
        {
            var number = view.Count == 0 ? 1 : random.Next(view.Count) + 1;
            var uid = view.Count == 0 || view[number - 1].Uid == 0 ? 1 : view[number - 1].Uid;
            var flag = random.Next(5) switch { 0 => "\\Seen", 1 => "\\Flagged", 2 => "\\Deleted", 3 => $"k{random.Next(3)}", _ => "\\Answered" };
            return random.Next(12) switch
            {
                0 or 1 => "APPEND INBOX (\\Draft) {7+}\r\nA: b\r\n\r",
                2 => "EXPUNGE",
                3 => $"STORE {number} +FLAGS ({flag})",
                4 => $"STORE {number}:* -FLAGS ({flag})",
                5 => $"UID STORE {uid} FLAGS ({flag})",
                6 => $"STORE {number} +FLAGS.SILENT (\\Seen)",
                7 => $"UID MOVE {uid} INBOX",
                8 => $"COPY {number} INBOX",
                9 => $"UID EXPUNGE {uid}:*",
                10 => "IDLE",
                _ => $"SEARCH {flag.TrimStart('\\')}".StartsWith("SEARCH k", StringComparison.Ordinal) ? "NOOP" : $"SEARCH {flag.TrimStart('\\').ToUpperInvariant()}",
            };
        }

        private void TakeIn(string line, bool expungesMayCome)
        {
            if (ExistsLine().Match(line) is { Success: true } exists)
            {
                var count = int.Parse(exists.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
                Assert.True(count >= view.Count, $"{line}, but {view.Count} are known");
                while (view.Count < count)
                    view.Add((0, null));
            }
            else if (ExpungeLine().Match(line) is { Success: true } expunge)
            {
                Assert.True(expungesMayCome, line);
                view.RemoveAt(int.Parse(expunge.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1);
            }
            else if (line.StartsWith("* VANISHED ", StringComparison.Ordinal))
            {
                Assert.True(expungesMayCome, line);
                foreach (var range in line["* VANISHED ".Length..].Split(','))
                {
                    var ends = range.Split(':');
                    var (first, last) = (uint.Parse(ends[0], CultureInfo.InvariantCulture), uint.Parse(ends[^1], CultureInfo.InvariantCulture));
                    for (var uid = first; uid <= last; uid++)
                        Vanish(uid);
                }
            }
            else if (FetchLine().Match(line) is { Success: true } fetch)
            {
                var at = int.Parse(fetch.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1;
                var uid = fetch.Groups[2].Success ? uint.Parse(fetch.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : view[at].Uid;
                Assert.True(view[at].Uid == 0 || view[at].Uid == uid, $"{line}, but UID {view[at].Uid} is known there");
                view[at] = (uid, fetch.Groups[3].Value);
            }
        }

        // RFC 9051 §6.4.6: the server assumes that the client knows what it has set.
        private void ApplySilently(int at)
        {
            if (at >= view.Count || view[at].Flags is not { } flags || flags.Contains("\\Seen", StringComparison.Ordinal))
                return;
            var all = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append("\\Seen");
            string[] order = ["\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"];
            view[at] = (view[at].Uid, string.Join(' ', all.OrderBy(f => Array.IndexOf(order, f) is var i and >= 0 ? i : 9).ThenBy(f => f, StringComparer.Ordinal)));
        }

        // One that was new, its UID not learned yet, is the one after those known below it.
        private void Vanish(uint uid)
        {
            var at = view.FindIndex(v => v.Uid == uid);
            if (at < 0)
                at = view.FindIndex(view.FindLastIndex(v => v.Uid != 0 && v.Uid < uid) + 1, v => v.Uid == 0);
            Assert.True(at >= 0, $"UID {uid} vanished, but was never told");
            view.RemoveAt(at);
        }

        [GeneratedRegex(@"^STORE (\d+) \+FLAGS\.SILENT")]
        private static partial Regex SilentStore();

        [GeneratedRegex(@"^\* (\d+) EXISTS$")]
        private static partial Regex ExistsLine();

        [GeneratedRegex(@"^\* (\d+) EXPUNGE$")]
        private static partial Regex ExpungeLine();

        [GeneratedRegex(@"^\* (\d+) FETCH \((?:UID (\d+) )?FLAGS \(([^)]*)\)")]
        private static partial Regex FetchLine();
    }
}
