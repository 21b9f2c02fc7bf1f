using System.Globalization;
using System.Text.Json.Nodes;
using CongVu.Mail.Store;

namespace CongVu.Mail.Tests.Jmap;

/// <summary>A client that keeps what it has read of an account, as JSON text by id, and the results of queries, and follows by changes alone.</summary>
internal sealed class ChangesClient
{
    private const string ByTime = """ "sort":[{"property":"receivedAt","isAscending":false}] """;

    private static readonly (string Type, string Query)[] Queries =
    [
        ("Email", $$"""{"filter":{"inMailbox":"INBOX"},{{ByTime}}}"""),
        ("Email", $$"""{"filter":{"inMailbox":"INBOX"},{{ByTime}},"collapseThreads":true}"""),
        ("Email", """{"filter":{"hasKeyword":"$seen"},"sort":[{"property":"subject"},{"property":"from","isAscending":false}]}"""),
        ("Email", """{"filter":{"operator":"OR","conditions":[{"someInThreadHaveKeyword":"$flagged"},{"notKeyword":"$seen"}]},"sort":[{"property":"someInThreadHaveKeyword","keyword":"$flagged","isAscending":false},{"property":"size"}]}"""),
        ("Email", """{"filter":{"operator":"NOT","conditions":[{"allInThreadHaveKeyword":"$seen"},{"hasKeyword":"work"}]},"sort":[{"property":"hasKeyword","keyword":"vip"},{"property":"sentAt"}],"collapseThreads":true}"""),
        ("Email", """{"filter":{"text":"hai"},"sort":[{"property":"receivedAt","isAscending":true}]}"""),
        ("Email", """{"filter":{"operator":"AND","conditions":[{"inMailboxOtherThan":["INBOX"]},{"from":"a"},{"maxSize":100000},{"before":"2027-01-01T00:00:00Z"}]},"sort":[{"property":"to"}]}"""),
        ("Mailbox", "{}"),
        ("Mailbox", """{"filter":{"hasAnyRole":false},"sort":[{"property":"name","isAscending":false}]}"""),
        ("Mailbox", """{"filter":{"operator":"NOT","conditions":[{"name":"3"}]},"sort":[{"property":"sortOrder"},{"property":"name"}],"sortAsTree":true,"filterAsTree":true}"""),
        ("Mailbox", """{"filter":{"isSubscribed":true}}"""),
        ("EmailSubmission", """{"filter":{"undoStatus":"pending"},"sort":[{"property":"sentAt","isAscending":false}]}"""),
        ("Quota", "{}"),
    ];

    // Neither filter nor order can change: the client knows the first results only, and hears of no others.
    private const string Immutable = $$"""{"filter":{"subject":"2"},{{ByTime}}}""";

    private static readonly string[] OwnersTypes = ["Identity", "EmailSubmission", "Quota"];

    private readonly ChangesTests test;
    private readonly bool isOwner;
    private readonly string inbox;
    private readonly Dictionary<string, string> states = [];
    private readonly List<string> queryStates = [];
    private readonly List<string> first = [];
    private string firstState = "";

    private ChangesClient(ChangesTests test, PrincipalId who, AccountId account, bool isOwner, string inbox) => (this.test, Who, Account, this.isOwner, this.inbox) = (test, who, account, isOwner, inbox);

    internal PrincipalId Who { get; }

    internal AccountId Account { get; }

    internal Dictionary<string, SortedDictionary<string, string>> Kept { get; } = [];

    private List<List<string>> Results { get; } = [];

    private IEnumerable<string> Types => isOwner ? ["Mailbox", "Email", "Thread", .. OwnersTypes] : ["Mailbox", "Email", "Thread"];

    private IEnumerable<(string Type, string Query)> OwnQueries => Queries.Where(q => isOwner || !OwnersTypes.Contains(q.Type)).Select(q => (q.Type, q.Query.Replace("INBOX", inbox, StringComparison.Ordinal)));

    internal static async Task<ChangesClient> ReadAsync(ChangesTests test, PrincipalId who, AccountId account)
    {
        var mailboxes = (await test.CallAsync(who, account, "Mailbox/get", """{"properties":["role"]}"""))["list"]!.AsArray();
        var inbox = mailboxes.FirstOrDefault(m => m!["role"]?.GetValue<string>() == "inbox");
        var client = new ChangesClient(test, who, account, inbox is not null, (inbox ?? mailboxes.MinBy(m => m!["id"]!.GetValue<string>(), StringComparer.Ordinal))!["id"]!.GetValue<string>());
        foreach (var type in client.Types)
        {
            client.Kept[type] = new(StringComparer.Ordinal);
            await client.GetAsync(type, null);
        }
        foreach (var (type, query) in client.OwnQueries)
        {
            var answer = await client.CallAsync($"{type}/query", query);
            client.Results.Add([.. JmapFixture.Strings(answer["ids"])]);
            client.queryStates.Add(answer["queryState"]!.GetValue<string>());
            Assert.True(answer["canCalculateChanges"]!.GetValue<bool>());
        }
        var immutable = await client.CallAsync("Email/query", Immutable[..^1] + ",\"limit\":10}");
        client.first.AddRange(JmapFixture.Strings(immutable["ids"]));
        client.firstState = immutable["queryState"]!.GetValue<string>();
        return client;
    }

    internal async Task FollowAsync(int? maxChanges)
    {
        foreach (var type in Types)
            await FollowAsync(type, maxChanges);
        var i = 0;
        foreach (var (type, query) in OwnQueries)
        {
            var answer = await CallAsync($"{type}/queryChanges", query[..^1] + (query.Length > 2 ? "," : "") + $$""" "sinceQueryState":"{{queryStates[i]}}","calculateTotal":true}""");
            Apply(answer, Results[i]);
            Assert.Equal(answer["total"]!.GetValue<int>(), Results[i].Count);
            queryStates[i++] = answer["newQueryState"]!.GetValue<string>();
        }
        if (first.Count == 0)
            return;
        var upTo = await CallAsync("Email/queryChanges", Immutable[..^1] + $$""","sinceQueryState":"{{firstState}}","upToId":"{{first[^1]}}"}""");
        Apply(upTo, first);
        firstState = upTo["newQueryState"]!.GetValue<string>();
    }

    /// <summary>It has what a fresh read has.</summary>
    internal void AssertSame(ChangesClient fresh)
    {
        foreach (var type in Types)
            Assert.Equal(fresh.Kept[type], Kept[type]);
        for (var i = 0; i < Results.Count; i++)
            Assert.True(fresh.Results[i].SequenceEqual(Results[i]), $"{Who} {Account} {OwnQueries.ElementAt(i)}: {string.Join(' ', fresh.Results[i])} and not {string.Join(' ', Results[i])}");
        var (known, right) = (first.Take(fresh.first.Count), fresh.first.Take(first.Count));
        Assert.True(right.SequenceEqual(known), $"{Who} {Account}, the first: {string.Join(' ', right)} and not {string.Join(' ', known)}");
    }

    /// <summary>Windows of each query, by position and by anchor, are parts of the whole.</summary>
    internal async Task AssertWindowsAsync(Random random)
    {
        var i = 0;
        foreach (var (type, query) in OwnQueries)
        {
            var whole = Results[i++];
            for (var n = 0; n < 5 && whole.Count > 0; n++)
            {
                var (at, offset, limit) = (random.Next(whole.Count), random.Next(-5, 6), random.Next(1, 8));
                var window = await CallAsync($"{type}/query", query[..^1] + (query.Length > 2 ? "," : "") + $$""" "anchor":"{{whole[at]}}","anchorOffset":{{offset}},"limit":{{limit}},"calculateTotal":true}""");
                var start = Math.Max(0, at + offset);
                Assert.Equal((start, whole.Count), (window["position"]!.GetValue<int>(), window["total"]!.GetValue<int>()));
                Assert.Equal(whole.Skip(start).Take(limit), JmapFixture.Strings(window["ids"]));
            }
        }
    }

    // RFC 8620 §5.6: first what went, then what came, from the front.
    private static void Apply(JsonNode answer, List<string> results)
    {
        foreach (var removed in JmapFixture.Strings(answer["removed"]))
            results.Remove(removed);
        foreach (var added in answer["added"]!.AsArray())
        {
            if (added!["index"]!.GetValue<int>() is var index && index <= results.Count)
                results.Insert(index, added["id"]!.GetValue<string>());
        }
    }

    private async Task FollowAsync(string type, int? maxChanges)
    {
        while (true)
        {
            var max = maxChanges is { } most ? $",\"maxChanges\":{most.ToString(CultureInfo.InvariantCulture)}" : "";
            var answers = await test.CallsAsync(Who, Account, $$"""[["{{type}}/changes",{"accountId":"ACCOUNT","sinceState":"{{states[type]}}"{{max}} },"0"]]""");
            // One transaction changed more than fits: the client asks for all.
            if (answers[0]![0]!.GetValue<string>() == "error")
            {
                Assert.NotNull(maxChanges);
                Assert.Equal("cannotCalculateChanges", answers[0]![1]!["type"]!.GetValue<string>());
                maxChanges = null;
                continue;
            }
            var answer = answers[0]![1]!;
            var (created, updated, destroyed) = (JmapFixture.Strings(answer["created"]), JmapFixture.Strings(answer["updated"]), JmapFixture.Strings(answer["destroyed"]));
            Assert.True(created.Length + updated.Length + destroyed.Length <= (maxChanges ?? int.MaxValue));
            foreach (var id in destroyed)
                Kept[type].Remove(id);
            states[type] = answer["newState"]!.GetValue<string>();
            // A strict client looks at nothing that it was not told of as new.
            string[] wanted = [.. created, .. updated.Where(Kept[type].ContainsKey)];
            if (wanted.Length > 0)
                await GetAsync(type, wanted);
            if (!answer["hasMoreChanges"]!.GetValue<bool>())
                return;
        }
    }

    private async Task GetAsync(string type, string[]? ids)
    {
        var properties = type == "Email" ? ""","properties":["threadId","mailboxIds","keywords"]""" : "";
        var wanted = ids is null ? "null" : new JsonArray([.. ids.Select(id => (JsonNode)id)]).ToJsonString();
        var answer = await CallAsync($"{type}/get", $$"""{"ids":{{wanted}}{{properties}} }""");
        // Between its answer and this, nothing is lost: the client is at the older of the two states.
        states.TryAdd(type, answer["state"]!.GetValue<string>());
        foreach (var item in answer["list"]!.AsArray())
            Kept[type][item!["id"]!.GetValue<string>()] = item.ToJsonString();
        foreach (var missing in JmapFixture.Strings(answer["notFound"]))
            Kept[type].Remove(missing);
    }

    private Task<JsonNode> CallAsync(string method, string arguments) => test.CallAsync(Who, Account, method, arguments);
}
