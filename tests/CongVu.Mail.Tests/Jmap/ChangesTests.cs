using System.Globalization;
using System.Text.Json.Nodes;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Jmap;

public sealed class SqliteChangesTests() : ChangesTests(Backend.Sqlite);

public sealed class PostgresChangesTests() : ChangesTests(Backend.Postgres);

/// <summary>A client that knows any earlier state gets by changes exactly what a fresh read shows, whatever protocol made them.</summary>
public abstract class ChangesTests(Backend backend) : JmapFixture(backend)
{
    // A long one is run by hand: JMAP_HISTORY=10000.
    private static readonly int Steps = int.TryParse(Environment.GetEnvironmentVariable("JMAP_HISTORY"), CultureInfo.InvariantCulture, out var steps) ? steps : 400;
    private static readonly int ClientEvery = Math.Max(9, Steps / 50);

    private static readonly string[] Queries =
    [
        """{"filter":{"inMailbox":"INBOX"},"sort":[{"property":"receivedAt","isAscending":false}]}""",
        """{"filter":{"inMailbox":"INBOX"},"sort":[{"property":"receivedAt","isAscending":false}],"collapseThreads":true}""",
        """{"filter":{"hasKeyword":"$seen"},"sort":[{"property":"subject"}]}""",
        """{"filter":{"operator":"OR","conditions":[{"someInThreadHaveKeyword":"$flagged"},{"notKeyword":"$seen"}]},"sort":[{"property":"someInThreadHaveKeyword","keyword":"$flagged","isAscending":false},{"property":"size"}]}""",
        """{"filter":{"text":"hai"},"sort":[{"property":"receivedAt","isAscending":true}]}""",
    ];

    private PrincipalId who;
    private AccountId account;
    private MailboxId inbox;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_state_of_a_random_history_leads_to_the_present(int seed)
    {
        Limits = new() { MaxObjectsInGet = 100_000, MaxObjectsInQuery = 100_000, MaxChanges = 100_000 };
        (who, account) = await PersonAsync("an");
        inbox = (await MailboxAsync(who, "INBOX")).Id;
        var random = new Random(seed);
        var clients = new List<Client>();
        for (var step = 0; step < Steps; step++)
        {
            if (step % ClientEvery == 0)
                clients.Add(await Client.ReadAsync(this));
            await ChangeAsync(random, step);
            // Some follow on the way, in small pieces.
            if (clients.Count > 0 && random.Next(4) == 0)
                await clients[random.Next(clients.Count)].FollowAsync(this, maxChanges: random.Next(1, 30));
        }
        var now = await Client.ReadAsync(this);
        foreach (var client in clients)
        {
            await client.FollowAsync(this, maxChanges: null);
            Assert.Equal(now.Emails, client.Emails);
            Assert.Equal(now.Mailboxes, client.Mailboxes);
            Assert.Equal(now.Threads, client.Threads);
            for (var i = 0; i < Queries.Length; i++)
                Assert.Equal(now.Results[i], client.Results[i]);
        }
    }

    // What IMAP, JMAP and deliveries do, through the same store.
    private async Task ChangeAsync(Random random, int step)
    {
        Clock.Now += TimeSpan.FromSeconds(random.Next(100));
        var mailboxes = (await Store.Mailboxes.ListAsync(who, Cancellation)).ToArray();
        var mailbox = mailboxes[random.Next(mailboxes.Length)].Mailbox;
        var other = mailboxes[random.Next(mailboxes.Length)].Mailbox;
        var uids = (await EntriesAsync(mailbox.Id)).Select(e => e.Uid).ToArray();
        UidRange[] some = uids.Length == 0 ? [] : [new(uids[random.Next(uids.Length)], uids[random.Next(uids.Length)])];
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                var (content, reply) = (random.Next(3) == 0 ? "hai" : "một", random.Next(10));
                await using (var staged = await StageAsync($"From: a@example.vn\nTo: an@example.vn\nSubject: {random.Next(5)}\nMessage-ID: <{step}.{reply}@x>\nReferences: <root{reply}@x>\n\n{content}\n"))
                    await Store.Deliveries.DeliverAsync(new() { Sender = "", Local = [new(account, "an@example.vn")] }, staged, Cancellation);
                break;
            case 3:
                await AppendAsync(who, mailbox.Id, $"Tự viết {step}", random.Next(2) == 0 ? MessageFlags.Seen : MessageFlags.Draft);
                break;
            case 4 or 5 when some.Length > 0:
                await Store.Messages.StoreFlagsAsync(who, mailbox.Id, some, new((FlagMode)random.Next(3), (MessageFlags)(1 << random.Next(5)), random.Next(3) == 0 ? ["work"] : []), null, Cancellation);
                break;
            case 6 when some.Length > 0:
                await Store.Messages.CopyAsync(who, mailbox.Id, some, other.Id, move: random.Next(2) == 0, Cancellation);
                break;
            case 7 when some.Length > 0 && random.Next(3) == 0:
                await Store.Messages.StoreFlagsAsync(who, mailbox.Id, some, new(FlagMode.Add, MessageFlags.Deleted, []), null, Cancellation);
                await Store.Messages.ExpungeAsync(who, mailbox.Id, null, Cancellation);
                break;
            case 8:
                await Store.Mailboxes.CreateAsync(who, $"Hồ sơ {random.Next(6)}", MailboxRole.None, Cancellation);
                break;
            case 9 when random.Next(4) == 0:
                if (random.Next(2) == 0)
                    await Store.Mailboxes.DeleteAsync(who, $"Hồ sơ {random.Next(6)}", Cancellation);
                else
                    await Store.Mailboxes.RenameAsync(who, $"Hồ sơ {random.Next(6)}", $"Hồ sơ {random.Next(6)}", Cancellation);
                break;
            case 10:
                await SetAsync(random);
                break;
            default:
                await Store.Mailboxes.SubscribeAsync(who, mailbox.Path, random.Next(2) == 0, Cancellation);
                break;
        }
        if (random.Next(20) == 0)
            await Store.Search.DrainAsync(Cancellation);
    }

    private async Task SetAsync(Random random)
    {
        var ids = Strings((await CallAsync(who, account, "Email/query", """{"limit":100}"""))["ids"]);
        if (ids.Length == 0)
            return;
        var (id, gone) = (ids[random.Next(ids.Length)], ids[random.Next(ids.Length)]);
        var patch = random.Next(3) switch
        {
            0 => """{"keywords/$seen":true,"keywords/$flagged":null}""",
            1 => """{"keywords":{"$flagged":true,"vip":true}}""",
            _ => $$"""{"mailboxIds/{{MailboxId(inbox)}}":true}""",
        };
        await CallAsync(who, account, "Email/set", $$"""{"update":{"{{id}}":{{patch}} },"destroy":[{{(random.Next(4) == 0 ? $"\"{gone}\"" : "")}}]}""");
    }

    /// <summary>What a client keeps, by id, as JSON text.</summary>
    private sealed class Client
    {
        public SortedDictionary<string, string> Emails { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, string> Mailboxes { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, string> Threads { get; } = new(StringComparer.Ordinal);

        public List<List<string>> Results { get; } = [];

        private readonly List<string> queryStates = [];
        private readonly Dictionary<string, string> states = [];

        public static async Task<Client> ReadAsync(ChangesTests test)
        {
            var client = new Client();
            await client.GetAsync(test, "Mailbox", null, client.Mailboxes);
            await client.GetAsync(test, "Email", null, client.Emails);
            await client.GetAsync(test, "Thread", null, client.Threads);
            foreach (var query in Queries)
            {
                var answer = await test.CallAsync(test.who, test.account, "Email/query", client.In(test, query));
                client.Results.Add([.. Strings(answer["ids"])]);
                client.queryStates.Add(answer["queryState"]!.GetValue<string>());
                Assert.True(answer["canCalculateChanges"]!.GetValue<bool>());
            }
            return client;
        }

        public async Task FollowAsync(ChangesTests test, int? maxChanges)
        {
            await FollowAsync(test, "Mailbox", Mailboxes, maxChanges);
            await FollowAsync(test, "Email", Emails, maxChanges);
            await FollowAsync(test, "Thread", Threads, maxChanges);
            for (var i = 0; i < Queries.Length; i++)
            {
                var answer = await test.CallAsync(
                    test.who, test.account, "Email/queryChanges", In(test, Queries[i])[..^1] + $$""","sinceQueryState":"{{queryStates[i]}}","calculateTotal":true}""");
                foreach (var removed in Strings(answer["removed"]))
                    Results[i].Remove(removed);
                foreach (var added in answer["added"]!.AsArray())
                    Results[i].Insert(added!["index"]!.GetValue<int>(), added["id"]!.GetValue<string>());
                Assert.Equal(answer["total"]!.GetValue<int>(), Results[i].Count);
                queryStates[i] = answer["newQueryState"]!.GetValue<string>();
            }
        }

        private string In(ChangesTests test, string query) => query.Replace("INBOX", MailboxId(test.inbox), StringComparison.Ordinal);

        private async Task FollowAsync(ChangesTests test, string type, SortedDictionary<string, string> kept, int? maxChanges)
        {
            while (true)
            {
                var max = maxChanges is { } most ? $",\"maxChanges\":{most.ToString(CultureInfo.InvariantCulture)}" : "";
                var answers = await test.CallsAsync(test.who, test.account, $$"""[["{{type}}/changes",{"accountId":"ACCOUNT","sinceState":"{{states[type]}}"{{max}} },"0"]]""");
                // One transaction changed more than fits: the client asks for all.
                if (answers[0]![0]!.GetValue<string>() == "error")
                {
                    Assert.NotNull(maxChanges);
                    Assert.Equal("cannotCalculateChanges", answers[0]![1]!["type"]!.GetValue<string>());
                    maxChanges = null;
                    continue;
                }
                var answer = answers[0]![1]!;
                foreach (var id in Strings(answer["destroyed"]))
                    kept.Remove(id);
                states[type] = answer["newState"]!.GetValue<string>();
                string[] wanted = [.. Strings(answer["created"]), .. Strings(answer["updated"])];
                if (wanted.Length > 0)
                    await GetAsync(test, type, wanted, kept);
                if (!answer["hasMoreChanges"]!.GetValue<bool>())
                    return;
            }
        }

        private async Task GetAsync(ChangesTests test, string type, string[]? ids, SortedDictionary<string, string> kept)
        {
            var properties = type == "Email" ? ""","properties":["threadId","mailboxIds","keywords"]""" : "";
            var wanted = ids is null ? "null" : new JsonArray([.. ids.Select(id => (JsonNode)id)]).ToJsonString();
            var answer = await test.CallAsync(test.who, test.account, $"{type}/get", $$"""{"ids":{{wanted}}{{properties}} }""");
            // Between its answer and this, nothing is lost: the client is at the older of the two states.
            states.TryAdd(type, answer["state"]!.GetValue<string>());
            foreach (var item in answer["list"]!.AsArray())
                kept[item!["id"]!.GetValue<string>()] = item.ToJsonString();
            foreach (var missing in Strings(answer["notFound"]))
                kept.Remove(missing);
        }
    }
}
