using System.Text.Json.Nodes;
using CongVu.Mail.Jmap;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Jmap;

/// <summary>
/// Every method of the table against every error and limit that the standards give to its kind (RFC 8620 §3.6.2, §5.1-5.6): a method that is added is
/// asked the same.
/// </summary>
public sealed class ConformanceTests() : JmapFixture(Backend.Sqlite)
{
    // What a call of the method must have beside the account to be understood.
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["Blob/get"] = """ "ids":[] """,
        ["Blob/lookup"] = """ "ids":[],"typeNames":["Email"] """,
        ["Blob/upload"] = """ "create":{} """,
        ["Blob/copy"] = """ "fromAccountId":"ACCOUNT","blobIds":[] """,
        ["Email/copy"] = """ "fromAccountId":"OTHER","create":{} """,
        ["Email/import"] = """ "emails":{} """,
        ["Email/parse"] = """ "blobIds":[] """,
        ["SearchSnippet/get"] = """ "emailIds":[] """,
    };

    private static readonly string[] OfNoAccount = ["Core/echo", "PushSubscription/get", "PushSubscription/set"];

    public static TheoryData<string> Methods => [.. MethodTable.All.Keys.Where(name => !OfNoAccount.Contains(name))];

    private static IEnumerable<string> Of(string kind) => MethodTable.All.Keys.Where(name => name.EndsWith("/" + kind, StringComparison.Ordinal) && !OfNoAccount.Contains(name));

    public static TheoryData<string> Gets => [.. Of("get").Where(n => n != "SearchSnippet/get")];

    public static TheoryData<string> ChangesMethods => [.. Of("changes")];

    public static TheoryData<string> Queries => [.. Of("query")];

    public static TheoryData<string> QueryChangesMethods => [.. Of("queryChanges")];

    public static TheoryData<string> Sets => [.. Of("set")];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_method_is_of_its_capability_and_of_an_account(string method)
    {
        var (an, account) = await PersonAsync("an");
        var (_, other) = await PersonAsync("binh");
        var needed = Need(method, account, account);
        Assert.Equal("invalidArguments", await ErrorOfAsync(an, method, $$"""{ {{needed}} }"""));
        Assert.Equal("invalidArguments", await ErrorOfAsync(an, method, $$"""{"accountId":"không",{{needed}} }"""));
        Assert.Equal("invalidArguments", await ErrorOfAsync(an, method, $$"""{"accountId":7,{{needed}} }"""));
        Assert.Equal("accountNotFound", await ErrorOfAsync(an, method, $$"""{"accountId":"a{{other.Value}}",{{needed}} }"""));
        Assert.Equal("accountNotFound", await ErrorOfAsync(an, method, $$"""{"accountId":"x",{{needed}} }"""));
        Assert.Equal("invalidArguments", await ErrorOfAsync(an, method, $$"""{"accountId":"a{{account.Value}}",{{needed}},"unheardOf":true}"""));
        Assert.Equal("invalidResultReference", await ErrorOfAsync(an, method, $$"""{"accountId":"a{{account.Value}}","#ids":{"resultOf":"x","name":"Email/query","path":"/ids"} }"""));
        var (_, without) = await PostAsync(an, $$"""{"using":[],"methodCalls":[["{{method}}",{"accountId":"a{{account.Value}}",{{needed}} },"0"]]}""");
        Assert.Equal("""["error",{"type":"unknownMethod"},"0"]""", without["methodResponses"]![0]!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Gets))]
    public async Task Objects_are_got_by_id_within_the_limit(string method)
    {
        Limits = new() { MaxObjectsInGet = 2 };
        var (an, account) = await PersonAsync("an");
        var more = method == "Blob/lookup" ? ""","typeNames":["Email"]""" : "";
        var none = await CallAsync(an, account, method, $$"""{"ids":["x1"]{{more}} }""");
        Assert.Equal(["x1"], Strings(none["notFound"]));
        Assert.Empty(none["list"]!.AsArray());
        Assert.True(method.StartsWith("Blob/", StringComparison.Ordinal) || none["state"]!.GetValue<string>().Length > 0);
        Assert.Equal(["accountId", "list", "notFound", .. method.StartsWith("Blob/", StringComparison.Ordinal) ? (string[])[] : ["state"]], none.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Equal("requestTooLarge", await ErrorAsync(an, account, method, $$"""{"ids":["x1","x2","x3"]{{more}} }"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, $$"""{"ids":"x1"{{more}} }"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, $$"""{"ids":[1]{{more}} }"""));
        if (method is not ("ContactCard/get" or "Blob/lookup"))
            Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, """{"ids":[],"properties":["unheardOf"]}"""));
        if (method.StartsWith("Blob/", StringComparison.Ordinal))
            return;
        // Null is all; of what is asked for alone, there is the id.
        var all = await ErrorOrAsync(an, account, method, method is "ContactCard/get" ? """{"ids":null}""" : """{"ids":null,"properties":["id"]}""");
        Assert.True(all["type"]?.GetValue<string>() == "requestTooLarge" || all["list"]!.AsArray().All(o => o!.AsObject().ContainsKey("id")), all.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(ChangesMethods))]
    public async Task Changes_are_told_since_a_state_that_is_known(string method)
    {
        var (an, account) = await PersonAsync("an");
        var state = (await CallAsync(an, account, method.Replace("/changes", "/get", StringComparison.Ordinal), """{"ids":[]}"""))["state"]!.GetValue<string>();
        var same = await CallAsync(an, account, method, $$"""{"sinceState":"{{state}}"}""");
        Assert.Equal((state, state, false), (same["oldState"]!.GetValue<string>(), same["newState"]!.GetValue<string>(), same["hasMoreChanges"]!.GetValue<bool>()));
        foreach (var list in new[] { "created", "updated", "destroyed" })
            Assert.Empty(same[list]!.AsArray());
        foreach (var wrong in new[] { "", "x", "1-", "99-1", "1-99999999", "1-2-3-4", "-1-1", state + "x" })
            Assert.Equal("cannotCalculateChanges", await ErrorAsync(an, account, method, $$"""{"sinceState":"{{wrong}}"}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, "{}"));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, """{"sinceState":1}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, $$"""{"sinceState":"{{state}}","maxChanges":0}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, $$"""{"sinceState":"{{state}}","maxChanges":-1}"""));
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_query_says_what_it_cannot_do(string method)
    {
        var (an, account) = await PersonAsync("an");
        var all = await CallAsync(an, account, method, """{"calculateTotal":true}""");
        Assert.True(all["queryState"]!.GetValue<string>().Length > 0 && all["canCalculateChanges"] is not null);
        Assert.Equal((0, all["ids"]!.AsArray().Count), (all["position"]!.GetValue<int>(), all["total"]!.GetValue<int>()));
        Assert.False((await CallAsync(an, account, method, "{}")).AsObject().ContainsKey("total"));
        Assert.Empty((await CallAsync(an, account, method, """{"limit":0}"""))["ids"]!.AsArray());
        Assert.Empty((await CallAsync(an, account, method, """{"position":9999}"""))["ids"]!.AsArray());
        Assert.Equal(0, (await CallAsync(an, account, method, """{"position":-9999}"""))["position"]!.GetValue<int>());
        foreach (var (arguments, error) in new[]
        {
            ("""{"filter":{"unheardOf":1}}""", "unsupportedFilter"), ("""{"filter":{"operator":"AND","conditions":[{"unheardOf":1}]}}""", "unsupportedFilter"),
            ("""{"filter":{"operator":"XOR","conditions":[]}}""", "invalidArguments"), ("""{"filter":{"operator":"AND"}}""", "invalidArguments"), ("""{"filter":[]}""", "invalidArguments"),
            ("""{"sort":[{"property":"unheardOf"}]}""", "unsupportedSort"), ("""{"sort":[{"isAscending":true}]}""", "invalidArguments"), ("""{"sort":{}}""", "invalidArguments"),
            ("""{"anchor":"x1"}""", "anchorNotFound"), ("""{"limit":-1}""", "invalidArguments"), ("""{"limit":1.5}""", "invalidArguments"), ("""{"position":"1"}""", "invalidArguments"), ("""{"calculateTotal":"yes"}""", "invalidArguments"),
        })
            Assert.Equal((arguments, error), (arguments, await ErrorAsync(an, account, method, arguments)));
    }

    [Theory]
    [MemberData(nameof(QueryChangesMethods))]
    public async Task Changes_of_a_query_are_told_since_a_state_that_is_known(string method)
    {
        var (an, account) = await PersonAsync("an");
        var state = (await CallAsync(an, account, method.Replace("/queryChanges", "/query", StringComparison.Ordinal), "{}"))["queryState"]!.GetValue<string>();
        var same = await CallAsync(an, account, method, $$"""{"sinceQueryState":"{{state}}","calculateTotal":true,"upToId":"x"}""");
        Assert.Equal((state, state), (same["oldQueryState"]!.GetValue<string>(), same["newQueryState"]!.GetValue<string>()));
        Assert.Equal((0, 0), (same["removed"]!.AsArray().Count, same["added"]!.AsArray().Count));
        Assert.NotNull(same["total"]);
        Assert.Equal("cannotCalculateChanges", await ErrorAsync(an, account, method, """{"sinceQueryState":"x"}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, "{}"));
        Assert.Equal("unsupportedFilter", await ErrorAsync(an, account, method, $$"""{"sinceQueryState":"{{state}}","filter":{"unheardOf":1} }"""));
        Assert.Equal("unsupportedSort", await ErrorAsync(an, account, method, $$"""{"sinceQueryState":"{{state}}","sort":[{"property":"unheardOf"}]}"""));
        if (method is not ("Email/queryChanges" or "Mailbox/queryChanges"))
            return;
        await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "Một");
        await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "Hai");
        Assert.Equal("tooManyChanges", await ErrorAsync(an, account, method, $$"""{"sinceQueryState":"{{state}}","maxChanges":1}"""));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task A_set_is_within_the_limit_and_at_the_state_that_is_expected(string method)
    {
        Limits = new() { MaxObjectsInSet = 2 };
        var (an, account) = await PersonAsync("an");
        var none = await CallAsync(an, account, method, """{"update":{"x1":{}},"destroy":["x2"]}""");
        Assert.Equal(none["oldState"]!.GetValue<string>(), none["newState"]!.GetValue<string>());
        Assert.Equal(
            ["accountId", "created", "destroyed", "newState", "notCreated", "notDestroyed", "notUpdated", "oldState", "updated"], none.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal));
        Assert.Contains(none["notUpdated"]!["x1"]!["type"]!.GetValue<string>(), (string[])["notFound", "forbidden"]);
        Assert.Contains(none["notDestroyed"]!["x2"]!["type"]!.GetValue<string>(), (string[])["notFound", "forbidden"]);
        Assert.Equal("requestTooLarge", await ErrorAsync(an, account, method, """{"destroy":["x1","x2","x3"]}"""));
        Assert.Equal("stateMismatch", await ErrorAsync(an, account, method, """{"ifInState":"x","destroy":["x1"]}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, """{"create":[]}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, """{"update":{"x1":null}}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, method, """{"destroy":"x1"}"""));
    }

    [Fact]
    public async Task A_call_that_is_not_understood_changes_nothing()
    {
        var (an, account) = await PersonAsync("an");
        await AppendAsync(an, (await MailboxAsync(an, "INBOX")).Id, "Một");
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, "Email/set", """{"destroy":["e1"],"destroyAlso":["e2"]}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, "Mailbox/set", """{"create":{"a":{"name":"Mới"}},"onDestroyRemoveEmails":"yes"}"""));
        Assert.Single(await EntriesAsync((await MailboxAsync(an, "INBOX")).Id));
        Assert.False((await Store.Mailboxes.FindAsync(an, "Mới", Cancellation)).Ok);
    }

    [Fact]
    public async Task What_must_be_another_account_is_named_as_such()
    {
        var (an, account) = await PersonAsync("an");
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, "Email/copy", """{"accountId":"ACCOUNT","fromAccountId":"ACCOUNT","create":{}}"""));
        foreach (var method in new[] { "Email/copy", "Blob/copy" })
            Assert.Equal("fromAccountNotFound", await ErrorAsync(an, account, method, method == "Email/copy" ? """{"accountId":"ACCOUNT","fromAccountId":"a999","create":{}}""" : """{"accountId":"ACCOUNT","fromAccountId":"a999","blobIds":[]}"""));
        Assert.Equal("unknownDataType", await ErrorAsync(an, account, "Blob/lookup", """{"ids":[],"typeNames":["Sương"]}"""));
    }

    private static string Need(string method, AccountId account, AccountId other) =>
        Needed.GetValueOrDefault(method, method.EndsWith("/queryChanges", StringComparison.Ordinal) ? """ "sinceQueryState":"x" """ : method.EndsWith("/changes", StringComparison.Ordinal) ? """ "maxChanges":null """ : method.EndsWith("/query", StringComparison.Ordinal) ? """ "limit":1 """ : method.EndsWith("/set", StringComparison.Ordinal) ? """ "destroy":[] """ : """ "ids":[] """)
            .Replace("ACCOUNT", $"a{account.Value}", StringComparison.Ordinal).Replace("OTHER", $"a{other.Value}", StringComparison.Ordinal);

    private async Task<string> ErrorOfAsync(PrincipalId who, string method, string arguments)
    {
        var response = (await CallsAsync(who, default, $"""[["{method}",{arguments},"0"]]"""))[0]!;
        Assert.True(response[0]!.GetValue<string>() == "error", response.ToJsonString());
        return response[1]!["type"]!.GetValue<string>();
    }

    private async Task<JsonNode> ErrorOrAsync(PrincipalId who, AccountId account, string method, string arguments) =>
        (await CallsAsync(who, account, $"""[["{method}",{"{\"accountId\":\"ACCOUNT\"," + arguments[1..]},"0"]]"""))[0]![1]!;
}
