using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using CongVu.Server.Configuration;

namespace CongVu.EndToEnd;

/// <summary>What a neighbour tries with another's ids on every road, what another site tries with a holder's cookie, and a session that was planted.</summary>
public sealed class NeighbourTests : IAsyncLifetime
{
    private RunningServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Another_accounts_ids_open_nothing_on_any_road()
    {
        using var an = await SignedInAsync("an");
        using var binh = await SignedInAsync("binh");
        var (account, own) = (await AccountAsync(an), await AccountAsync(binh));
        var inbox = (await JmapAsync(an, "Mailbox/query", $$"""{"accountId":"{{account}}","filter":{"role":"inbox"} }"""))["ids"]![0]!.GetValue<string>();
        var ownInbox = (await JmapAsync(binh, "Mailbox/query", $$"""{"accountId":"{{own}}","filter":{"role":"inbox"} }"""))["ids"]![0]!.GetValue<string>();
        var upload = await UploadAsync(an, account, "Subject: Riêng\r\nContent-Type: text/html\r\n\r\n<p>bí mật</p>\r\n");
        var made = (await JmapAsync(an, "Email/import", $$"""{"accountId":"{{account}}","emails":{"e":{"blobId":"{{upload}}","mailboxIds":{"{{inbox}}":true} } } }"""))["created"]!["e"]!;
        var (email, thread, blob) = (made["id"]!.GetValue<string>(), made["threadId"]!.GetValue<string>(), made["blobId"]!.GetValue<string>());
        var identity = (await JmapAsync(an, "Identity/get", $$"""{"accountId":"{{account}}"}"""))["list"]![0]!["id"]!.GetValue<string>();
        var ownIdentity = (await JmapAsync(binh, "Identity/get", $$"""{"accountId":"{{own}}"}"""))["list"]![0]!["id"]!.GetValue<string>();

        // 1. Under the account's own id: there is no such account.
        foreach (var method in new[] { "Mailbox/get", "Email/get", "Thread/get", "Email/query", "Mailbox/query", "Identity/get", "EmailSubmission/get", "VacationResponse/get", "Quota/get", "ContactCard/query", "AddressBook/get" })
            Assert.Equal((method, "accountNotFound"), (method, (await JmapAsync(binh, method, $$"""{"accountId":"{{account}}"}"""))["type"]!.GetValue<string>()));
        foreach (var set in new[] { "Email/set", "Mailbox/set", "Identity/set", "EmailSubmission/set", "VacationResponse/set" })
            Assert.Equal((set, "accountNotFound"), (set, (await JmapAsync(binh, set, $$"""{"accountId":"{{account}}","destroy":["{{email}}"]}"""))["type"]!.GetValue<string>()));

        // 2. Under the neighbour's: there is no such thing.
        foreach (var (method, id) in new[] { ("Email/get", email), ("Thread/get", thread), ("Mailbox/get", inbox), ("Identity/get", identity), ("Blob/get", blob), ("Blob/get", upload), ("Blob/get", blob + "-1") })
            Assert.Equal((method, id), (method, (await JmapAsync(binh, method, $$"""{"accountId":"{{own}}","ids":["{{id}}"]}"""))["notFound"]![0]!.GetValue<string>()));
        Assert.Equal(blob, (await JmapAsync(binh, "Email/parse", $$"""{"accountId":"{{own}}","blobIds":["{{blob}}"]}"""))["notFound"]![0]!.GetValue<string>());
        Assert.Equal(blob, (await JmapAsync(binh, "Blob/lookup", $$"""{"accountId":"{{own}}","ids":["{{blob}}"],"typeNames":["Email"]}"""))["notFound"]![0]!.GetValue<string>());
        Assert.Equal(email, (await JmapAsync(binh, "SearchSnippet/get", $$"""{"accountId":"{{own}}","emailIds":["{{email}}"],"filter":{"text":"bí"} }"""))["notFound"]![0]!.GetValue<string>());
        Assert.Equal("notFound", (await JmapAsync(binh, "Email/set", $$"""{"accountId":"{{own}}","update":{"{{email}}":{"keywords/$seen":true} } }"""))["notUpdated"]![email]!["type"]!.GetValue<string>());
        Assert.Equal("blobNotFound", (await JmapAsync(binh, "Email/import", $$"""{"accountId":"{{own}}","emails":{"e":{"blobId":"{{upload}}","mailboxIds":{"{{ownInbox}}":true} } } }"""))["notCreated"]!["e"]!["type"]!.GetValue<string>());
        Assert.Equal("blobNotFound", (await JmapAsync(binh, "Email/set", $$"""{"accountId":"{{own}}","create":{"e":{"mailboxIds":{"{{ownInbox}}":true},"attachments":[{"blobId":"{{blob}}"}]} } }"""))["notCreated"]!["e"]!["type"]!.GetValue<string>());
        Assert.Equal("blobNotFound", (await JmapAsync(binh, "Blob/upload", $$"""{"accountId":"{{own}}","create":{"b":{"data":[{"blobId":"{{blob}}"}]} } }"""))["notCreated"]!["b"]!["type"]!.GetValue<string>());
        Assert.Equal("fromAccountNotFound", (await JmapAsync(binh, "Email/copy", $$"""{"fromAccountId":"{{account}}","accountId":"{{own}}","create":{"e":{"id":"{{email}}","mailboxIds":{"{{ownInbox}}":true} } } }"""))["type"]!.GetValue<string>());
        Assert.Equal("fromAccountNotFound", (await JmapAsync(binh, "Blob/copy", $$"""{"fromAccountId":"{{account}}","accountId":"{{own}}","blobIds":["{{blob}}"]}"""))["type"]!.GetValue<string>());
        Assert.Equal("invalidProperties", (await JmapAsync(binh, "EmailSubmission/set", $$"""{"accountId":"{{own}}","create":{"s":{"emailId":"{{email}}","identityId":"{{ownIdentity}}"} } }"""))["notCreated"]!["s"]!["type"]!.GetValue<string>());

        // 3. Beside JMAP's methods.
        foreach (var of in new[] { account, own })
        {
            foreach (var id in new[] { blob, upload, blob + "-1" })
                Assert.Equal(HttpStatusCode.NotFound, (await binh.GetAsync($"/jmap/download/{of}/{id}/x", Cancellation)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await binh.GetAsync($"/api/html/{of}/{email}/1", Cancellation)).StatusCode);
        }
        using var bytes = new StringContent("x");
        Assert.Equal(HttpStatusCode.NotFound, (await binh.PostAsync($"/jmap/upload/{account}/", bytes, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await an.GetAsync($"/jmap/download/{account}/{blob}/x", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_session_that_was_planted_is_nobodys_and_signing_in_makes_a_new_one()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var first = Browser(cookies: false);
        first.DefaultRequestHeaders.Add("Cookie", "congvu=ke-la-dat-san; __Host-congvu=ke-la-dat-san");
        Assert.Equal(HttpStatusCode.Unauthorized, (await first.GetAsync("/api/session", Cancellation)).StatusCode);
        var one = await TokenAsync(first, an);
        Assert.DoesNotContain("ke-la-dat-san", one, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await first.GetAsync("/api/session", Cancellation)).StatusCode);

        // Whoever knew the token before the sign-in knows nothing after it.
        using var second = Browser(cookies: false);
        second.DefaultRequestHeaders.Add("Cookie", one);
        var two = await TokenAsync(second, an);
        Assert.NotEqual(one, two);
        using var third = Browser(cookies: false);
        third.DefaultRequestHeaders.Add("Cookie", two);
        Assert.Equal(HttpStatusCode.OK, (await third.GetAsync("/api/session", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Another_sites_page_does_nothing_with_the_cookie()
    {
        using var an = await SignedInAsync("an");
        var account = await AccountAsync(an);
        an.DefaultRequestHeaders.Remove("X-CSRF-Token");
        const string request = """{"using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{},"0"]]}""";
        // What a form can send, and what a script of another site could if it were let.
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "application/json" })
            Assert.Equal(HttpStatusCode.Forbidden, (await an.PostAsync("/jmap/api", new StringContent(request, Encoding.UTF8, type), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await an.PostAsync($"/jmap/upload/{account}/", new StringContent("x"), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await an.PatchAsync("/api/preferences", JsonContent.Create(new { }), Cancellation)).StatusCode);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/jmap/api") { Headers = { { "Origin", "https://khac.example" }, { "Access-Control-Request-Method", "POST" }, { "Access-Control-Request-Headers", "x-csrf-token" } } };
        Assert.False((await an.SendAsync(preflight, Cancellation)).Headers.Contains("Access-Control-Allow-Origin"));

        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("jmap");
        socket.Options.SetRequestHeader("Origin", "https://khac.example");
        socket.Options.SetRequestHeader("Cookie", await TokenAsync(an, "an@" + RunningServer.Domain));
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port(ListenerKind.Http)}/jmap/ws"), Cancellation));

        // And shows none of it in a frame.
        Assert.Contains("frame-ancestors 'none'", (await an.GetAsync("/", Cancellation)).Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    private static async Task<string> TokenAsync(HttpClient browser, string login)
    {
        var answer = await browser.PostAsJsonAsync("/api/session", new { login, password = RunningServer.Password }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0];
    }

    private static async Task<string> AccountAsync(HttpClient browser) =>
        (await browser.GetFromJsonAsync<JsonNode>("/jmap/session", Cancellation))!["primaryAccounts"]!["urn:ietf:params:jmap:mail"]!.GetValue<string>();

    private static async Task<JsonNode> JmapAsync(HttpClient browser, string method, string arguments)
    {
        var answer = await browser.PostAsync("/jmap/api", new StringContent($$"""
            {"using":["urn:ietf:params:jmap:core","urn:ietf:params:jmap:mail","urn:ietf:params:jmap:submission","urn:ietf:params:jmap:vacationresponse","urn:ietf:params:jmap:blob","urn:ietf:params:jmap:quota","urn:ietf:params:jmap:contacts"],
             "methodCalls":[["{{method}}",{{arguments}},"0"]]}
            """, Encoding.UTF8, "application/json"), Cancellation);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["methodResponses"]![0]![1]!;
    }

    private static async Task<string> UploadAsync(HttpClient browser, string account, string text)
    {
        var answer = await browser.PostAsync($"/jmap/upload/{account}/", new StringContent(text, Encoding.UTF8, "message/rfc822"), Cancellation);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["blobId"]!.GetValue<string>();
    }

    private async Task<HttpClient> SignedInAsync(string name)
    {
        var login = await server.PersonAsync(name, Cancellation);
        var browser = Browser();
        var answer = await browser.PostAsJsonAsync("/api/session", new { login, password = RunningServer.Password }, Cancellation);
        browser.DefaultRequestHeaders.Add("X-CSRF-Token", (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["csrfToken"]!.GetValue<string>());
        return browser;
    }

    private HttpClient Browser(bool cookies = true) => new(new SocketsHttpHandler { UseCookies = cookies, CookieContainer = new() }) { BaseAddress = new($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };
}
