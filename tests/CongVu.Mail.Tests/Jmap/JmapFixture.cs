using System.Text;
using System.Text.Json.Nodes;
using CongVu.Mail.Delivery;
using CongVu.Mail.Jmap;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Jmap;

/// <summary>Speaks JMAP to a store on either database, as text in and JSON out.</summary>
public abstract class JmapFixture(Backend backend) : StoreFixture(backend)
{
    private JmapApi? api;

    internal JmapApi Api => api ??= new(Store, new MailPath(Store, new()), "mail.example.vn", Limits, Clock, NullLogger<JmapApi>.Instance);

    protected JmapLimits Limits { get; set; } = new();

    internal MailStore TheStore => Store;

    internal DateTimeOffset Now => Clock.Now;

    internal void Pass(TimeSpan time) => Clock.Now += time;

    internal Task<(PrincipalId Who, AccountId Account)> AddPersonAsync(string name) => PersonAsync(name);

    internal Task<StagedContent> NewMessageAsync(string message) => StageAsync(message);

    internal Task AddMessageAsync(PrincipalId who, MailboxId mailbox, string subject, MessageFlags flags) => AppendAsync(who, mailbox, subject, flags);

    /// <summary>Runs calls, each [name, arguments, id]; "ACCOUNT" stands for the account.</summary>
    internal async Task<JsonArray> CallsAsync(PrincipalId who, AccountId account, string calls)
    {
        var reply = await PostAsync(who, $$"""
            {"using":["urn:ietf:params:jmap:core","urn:ietf:params:jmap:mail","urn:ietf:params:jmap:submission","urn:ietf:params:jmap:vacationresponse","urn:ietf:params:jmap:blob","urn:ietf:params:jmap:quota","urn:ietf:params:jmap:contacts"],
             "methodCalls":{{calls.Replace("ACCOUNT", $"a{account.Value}", StringComparison.Ordinal)}} }
            """);
        Assert.True(reply.Status == 200, reply.Json.ToJsonString() + calls);
        return reply.Json["methodResponses"]!.AsArray();
    }

    /// <summary>Runs one call and returns its arguments; an error fails.</summary>
    internal async Task<JsonNode> CallAsync(PrincipalId who, AccountId account, string name, string arguments)
    {
        var response = (await CallsAsync(who, account, $"""[["{name}",{With(arguments)},"0"]]"""))[0]!;
        Assert.True(response[0]!.GetValue<string>() == name, response.ToJsonString());
        return response[1]!;
    }

    /// <summary>Runs one call and returns the type of the error that it ends in.</summary>
    internal async Task<string> ErrorAsync(PrincipalId who, AccountId account, string name, string arguments)
    {
        var response = (await CallsAsync(who, account, $"""[["{name}",{With(arguments)},"0"]]"""))[0]!;
        Assert.True(response[0]!.GetValue<string>() == "error", response.ToJsonString());
        return response[1]!["type"]!.GetValue<string>();
    }

    internal async Task<(int Status, JsonNode Json)> PostAsync(PrincipalId who, string request)
    {
        var reply = await Api.RunAsync(who, Encoding.UTF8.GetBytes(request), Cancellation);
        return (reply.Status, JsonNode.Parse(reply.Json.Span)!);
    }

    internal async Task<string> UploadAsync(PrincipalId who, AccountId account, string text, string type = "message/rfc822")
    {
        await using var content = await StageAsync(text);
        return Blob.Of((await Store.Uploads.AddAsync(who, account, content, type, Cancellation))!);
    }

    internal async Task<string> ReadBlobAsync(PrincipalId who, AccountId account, string id)
    {
        await using var blob = await Blob.OpenAsync(Store, who, account, id, Cancellation);
        Assert.NotNull(blob);
        return Encoding.UTF8.GetString((await blob.ReadAllAsync(long.MaxValue, Cancellation))!);
    }

    internal static string[] Strings(JsonNode? list) => [.. list!.AsArray().Select(v => v!.GetValue<string>())];

    internal static string MailboxId(MailboxId id) => $"m{id.Value}";

    // Most calls are of the account.
    private static string With(string arguments) => arguments.Contains("\"accountId\"", StringComparison.Ordinal) || arguments.Contains("#accountId", StringComparison.Ordinal)
        ? arguments
        : arguments.Trim() == "{}" ? """{"accountId":"ACCOUNT"}""" : string.Concat("""{"accountId":"ACCOUNT",""", arguments.Trim().AsSpan(1));
}
