using CongVu.Mail.Jmap;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Jmap;

/// <summary>RFC 8620 §3: requests, references, limits, errors.</summary>
public sealed class RequestTests() : JmapFixture(Backend.Sqlite)
{
    private const string Core = """ "using":["urn:ietf:params:jmap:core"] """;

    [Theory]
    [InlineData("not json", "notJSON")]
    [InlineData("""{"using":["urn:ietf:params:jmap:core"],"using":[],"methodCalls":[]}""", "notJSON")]
    [InlineData("[]", "notRequest")]
    [InlineData("""{"using":["urn:ietf:params:jmap:core"]}""", "notRequest")]
    [InlineData("""{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{}]]}""", "notRequest")]
    [InlineData("""{"using":["urn:example"],"methodCalls":[]}""", "unknownCapability")]
    public async Task A_request_that_cannot_be_run_is_a_problem(string request, string problem)
    {
        var (an, _) = await PersonAsync("an");
        var (status, json) = await PostAsync(an, request);
        Assert.Equal((400, $"urn:ietf:params:jmap:error:{problem}"), (status, json["type"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Limits_are_kept_and_named()
    {
        Limits = new() { MaxCallsInRequest = 2, MaxSizeRequest = 500, MaxObjectsInGet = 1, MaxObjectsInSet = 1 };
        var (an, account) = await PersonAsync("an");
        var many = await PostAsync(an, $$"""{ {{Core}},"methodCalls":[["Core/echo",{ },"0"],["Core/echo",{ },"1"],["Core/echo",{ },"2"]]}""");
        Assert.Equal((400, "maxCallsInRequest"), (many.Status, many.Json["limit"]!.GetValue<string>()));
        var large = await PostAsync(an, $$"""{ {{Core}},"methodCalls":[["Core/echo",{"x":"{{new string('x', 600)}}"},"0"]]}""");
        Assert.Equal((400, "maxSizeRequest"), (large.Status, large.Json["limit"]!.GetValue<string>()));
        Limits = new();
        Assert.Equal("requestTooLarge", await ErrorAsync(an, account, "Email/get", """{"ids":["e1","e2"]}"""));
        Assert.Equal("requestTooLarge", await ErrorAsync(an, account, "Email/set", """{"destroy":["e1","e2"]}"""));
    }

    [Fact]
    public async Task Methods_fail_alone_and_by_name()
    {
        var (an, account) = await PersonAsync("an");
        var (binh, _) = await PersonAsync("binh");
        var answers = await CallsAsync(an, account, """[["No/such",{},"a"],["Core/echo",{"hai":[1,null]},"b"]]""");
        Assert.Equal("""[["error",{"type":"unknownMethod"},"a"],["Core/echo",{"hai":[1,null]},"b"]]""", answers.ToJsonString());
        Assert.Equal("accountNotFound", await ErrorAsync(binh, account, "Mailbox/get", "{}"));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, "Mailbox/get", """{"ids":"m1"}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, "Mailbox/get", """{"unknown":1}"""));
        Assert.Equal("invalidArguments", await ErrorAsync(an, account, "Mailbox/get", """{"properties":["nothing"]}"""));
        Assert.Equal("cannotCalculateChanges", await ErrorAsync(an, account, "Email/changes", """{"sinceState":"1-99999"}"""));
        Assert.Equal("cannotCalculateChanges", await ErrorAsync(an, account, "Email/changes", """{"sinceState":"x"}"""));
        Assert.Equal("stateMismatch", await ErrorAsync(an, account, "Email/set", """{"ifInState":"1-99999"}"""));

        var mailOnly = await PostAsync(an, $$"""{ {{Core}},"methodCalls":[["Mailbox/get",{"accountId":"a{{account.Value}}"},"0"]]}""");
        Assert.Equal("unknownMethod", mailOnly.Json["methodResponses"]![0]![1]!["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task References_reach_into_results_before_them()
    {
        var (an, account) = await PersonAsync("an");
        var inbox = await MailboxAsync(an, "INBOX");
        await AppendAsync(an, inbox.Id, "Một");
        await AppendAsync(an, inbox.Id, "Hai");
        var answers = await CallsAsync(an, account, """
            [["Email/query",{"accountId":"ACCOUNT","sort":[{"property":"receivedAt"}]},"q"],
             ["Email/get",{"accountId":"ACCOUNT","#ids":{"resultOf":"q","name":"Email/query","path":"/ids"},"properties":["threadId"]},"e"],
             ["Thread/get",{"accountId":"ACCOUNT","#ids":{"resultOf":"e","name":"Email/get","path":"/list/*/threadId"}},"t"],
             ["Email/get",{"accountId":"ACCOUNT","#ids":{"resultOf":"t","name":"Thread/get","path":"/list/*/emailIds"},"properties":["subject"]},"s"],
             ["Email/get",{"accountId":"ACCOUNT","#ids":{"resultOf":"x","name":"Email/query","path":"/ids"}},"f"],
             ["Email/get",{"accountId":"ACCOUNT","ids":[],"#ids":{"resultOf":"q","name":"Email/query","path":"/ids"}},"g"]]
            """);
        Assert.Equal(["Hai", "Một"], answers[3]![1]!["list"]!.AsArray().Select(e => e!["subject"]!.GetValue<string>()).Order());
        Assert.Equal("invalidResultReference", answers[4]![1]!["type"]!.GetValue<string>());
        Assert.Equal("invalidArguments", answers[5]![1]!["type"]!.GetValue<string>());
    }

    [Fact]
    public async Task Created_ids_are_known_to_later_calls_and_returned_when_asked_for()
    {
        var (an, account) = await PersonAsync("an");
        var (_, json) = await PostAsync(an, $$"""
            {"using":["urn:ietf:params:jmap:core","urn:ietf:params:jmap:mail"],"createdIds":{ },"methodCalls":[
              ["Mailbox/set",{"accountId":"a{{account.Value}}","create":{"con":{"name":"Con","parentId":"#cha"},"cha":{"name":"Cha"} } },"0"],
              ["Mailbox/get",{"accountId":"a{{account.Value}}","ids":["#con"]},"1"]]}
            """);
        var child = json["methodResponses"]![1]![1]!["list"]![0]!;
        Assert.Equal(("Con", json["createdIds"]!["cha"]!.GetValue<string>()), (child["name"]!.GetValue<string>(), child["parentId"]!.GetValue<string>()));
    }

    [Fact]
    public async Task The_session_shows_accounts_and_changes_its_state_with_them()
    {
        var (an, account) = await PersonAsync("an");
        var before = System.Text.Json.Nodes.JsonNode.Parse((await Api.SessionAsync(an, "an@example.vn", "https://mail.example.vn", Cancellation)).Span)!;
        Assert.Equal($"a{account.Value}", before["primaryAccounts"]![Capabilities.Mail]!.GetValue<string>());
        Assert.Equal("wss://mail.example.vn/jmap/ws", before["capabilities"]![Capabilities.WebSocket]!["url"]!.GetValue<string>());

        var office = (await Store.Accounts.AddOrganizationAsync(new("vanphong@example.vn", "Văn phòng"), "test", Cancellation)).Value;
        await Store.Accounts.GrantAsync(an, office.Id, CongVu.Mail.Store.AccountRights.Own, "test", Cancellation);
        var after = System.Text.Json.Nodes.JsonNode.Parse((await Api.SessionAsync(an, "an@example.vn", "https://mail.example.vn", Cancellation)).Span)!;
        Assert.False(after["accounts"]![$"a{office.Id.Value}"]!["isPersonal"]!.GetValue<bool>());
        Assert.NotEqual(before["state"]!.GetValue<string>(), after["state"]!.GetValue<string>());
    }
}
