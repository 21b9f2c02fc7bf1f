using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CongVu.Server.Configuration;

namespace CongVu.EndToEnd;

/// <summary>Passkeys: made, used and taken away, and what a thief of one, another site or a replay gets.</summary>
public sealed class PasskeyTests : IAsyncLifetime
{
    private RunningServer server = null!;
    private SoftwareAuthenticator authenticator = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await RunningServer.StartAsync(Cancellation);
        authenticator = new(Origin, "127.0.0.1");
    }

    public async ValueTask DisposeAsync()
    {
        authenticator.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task A_passkey_is_made_signs_in_without_a_code_and_is_taken_away()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = await SignedInAsync(an);
        var made = await AddAsync(browser);
        using var other = Browser();
        authenticator.Counter++;
        var answer = await SignInAsync(other, await AskAsync(other));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("httponly", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(an, (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["login"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await other.GetAsync("/jmap/session", Cancellation)).StatusCode);
        Assert.NotNull((await browser.GetFromJsonAsync<JsonArray>("/api/account/passkeys", Cancellation))![0]!["lastUsed"]);

        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync($"/api/account/passkeys/{made["id"]}", Cancellation)).StatusCode);
        authenticator.Counter++;
        Assert.Equal("wrongPasskey", await ErrorAsync(await SignInAsync(other, await AskAsync(other)), HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task What_another_site_a_copy_or_an_unknown_user_signs_opens_nothing()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = await SignedInAsync(an);
        await AddAsync(browser);
        using var thief = Browser();
        (string Name, Action Spoil, Action Mend)[] wrongs =
        [
            ("origin", () => authenticator.Origin = "https://evil.example", () => authenticator.Origin = Origin),
            ("relying party", () => authenticator.RelyingParty = "evil.example", () => authenticator.RelyingParty = "127.0.0.1"),
            ("user not verified", () => authenticator.KnowsItsUser = false, () => authenticator.KnowsItsUser = true),
            ("type", () => authenticator.Type = "webauthn.create", () => authenticator.Type = null),
            ("counter of a copy", () => authenticator.Counter = 1, () => authenticator.Counter = 50),
        ];
        foreach (var (name, spoil, mend) in wrongs)
        {
            spoil();
            var answer = await SignInAsync(thief, await AskAsync(thief));
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, name);
            mend();
        }
        var question = await AskAsync(thief);
        var credential = authenticator.Get(question["options"]!);
        var signature = credential["response"]!["signature"]!.GetValue<string>();
        credential["response"]!["signature"] = signature[..^2] + (signature[^2] == 'A' ? "BA" : "AA");
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(thief, question, credential)).StatusCode);
        foreach (var nonsense in new JsonNode?[] { null, 1, "x", new JsonObject(), new JsonArray(), new JsonObject { ["id"] = new string('A', 40_000) } })
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(thief, await AskAsync(thief), nonsense)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/jmap/session", Cancellation)).StatusCode);
        // None of this was refused for another reason.
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(thief, await AskAsync(thief))).StatusCode);
    }

    [Fact]
    public async Task A_passkey_that_is_none_is_not_kept()
    {
        using var browser = await SignedInAsync(await server.PersonAsync("an", Cancellation));
        foreach (var (field, value) in new[] { ("attestationObject", "AAAA"), ("attestationObject", "%%"), ("attestationObject", ""), ("attestationObject", "o2NmbXRkbm9uZQ"), ("clientDataJSON", "e30"), ("clientDataJSON", "AAAA") })
        {
            var question = (await (await browser.PostAsJsonAsync("/api/account/passkeys/options", new { password = RunningServer.Password }, Cancellation)).Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
            var credential = authenticator.Create(question["options"]!);
            credential["response"]![field] = value;
            var answer = await browser.PostAsJsonAsync("/api/account/passkeys", new { state = question["state"]!.GetValue<string>(), credential, label = "x" }, Cancellation);
            Assert.Equal("wrongPasskey", await ErrorAsync(answer, HttpStatusCode.BadRequest));
        }
        Assert.Empty((await browser.GetFromJsonAsync<JsonArray>("/api/account/passkeys", Cancellation))!);
    }

    [Fact]
    public async Task An_answer_is_good_once_and_only_to_what_was_asked_here_for_it()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = await SignedInAsync(an);
        // An authenticator without a counter: only the question keeps an answer from being used again.
        authenticator.Counter = 0;
        await AddAsync(browser);
        using var other = Browser();
        var question = await AskAsync(other);
        var credential = authenticator.Get(question["options"]!);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(other, question, credential.DeepClone())).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(other, question, credential.DeepClone())).StatusCode);
        // Written otherwise it is the same.
        question["state"] = question["state"]!.GetValue<string>() + "=";
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(other, question, credential.DeepClone())).StatusCode);
        question["state"] = "AAAA";
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(other, question, credential.DeepClone())).StatusCode);
        // A question of another ceremony.
        var adding = (await (await browser.PostAsJsonAsync("/api/account/passkeys/options", new { password = RunningServer.Password }, Cancellation)).Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(other, adding, authenticator.Get(adding["options"]!))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendFromElsewhereAsync("/api/session/passkey")).StatusCode);
    }

    [Fact]
    public async Task Only_its_holder_with_the_password_adds_a_passkey_and_a_neighbour_takes_none_away()
    {
        using var browser = await SignedInAsync(await server.PersonAsync("an", Cancellation));
        using var neighbour = await SignedInAsync(await server.PersonAsync("binh", Cancellation));
        Assert.Equal("wrongCredentials", await ErrorAsync(await browser.PostAsJsonAsync("/api/account/passkeys/options", new { password = "sai" }, Cancellation), HttpStatusCode.BadRequest));
        var question = (await (await browser.PostAsJsonAsync("/api/account/passkeys/options", new { password = RunningServer.Password }, Cancellation)).Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        var credential = authenticator.Create(question["options"]!);
        // A question asked of another session is none of this one's.
        var stolen = await neighbour.PostAsJsonAsync("/api/account/passkeys", new { state = question["state"]!.GetValue<string>(), credential, label = "x" }, Cancellation);
        Assert.Equal("wrongPasskey", await ErrorAsync(stolen, HttpStatusCode.BadRequest));
        var made = await AddAsync(browser);
        Assert.Equal(HttpStatusCode.NotFound, (await neighbour.DeleteAsync($"/api/account/passkeys/{made["id"]}", Cancellation)).StatusCode);
        // The same key is nobody else's.
        var again = (await (await neighbour.PostAsJsonAsync("/api/account/passkeys/options", new { password = RunningServer.Password }, Cancellation)).Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        var copied = await neighbour.PostAsJsonAsync("/api/account/passkeys", new { state = again["state"]!.GetValue<string>(), credential = authenticator.Create(again["options"]!), label = "x" }, Cancellation);
        Assert.Equal("wrongPasskey", await ErrorAsync(copied, HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task A_suspended_holders_passkey_opens_nothing()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = await SignedInAsync(an);
        await AddAsync(browser);
        var account = (await server.Store.Accounts.FindAsync(an, Cancellation))!;
        await server.Store.Accounts.SetStateAsync(account.Id, Mail.Store.AccountState.Suspended, "test", Cancellation);
        authenticator.Counter++;
        using var other = Browser();
        Assert.Equal("suspended", await ErrorAsync(await SignInAsync(other, await AskAsync(other)), HttpStatusCode.Unauthorized));
    }

    private string Origin => $"http://127.0.0.1:{server.Port(ListenerKind.Http)}";

    private async Task<JsonNode> AddAsync(HttpClient browser)
    {
        var question = (await (await browser.PostAsJsonAsync("/api/account/passkeys/options", new { password = RunningServer.Password }, Cancellation)).Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        var answer = await browser.PostAsJsonAsync(
            "/api/account/passkeys", new { state = question["state"]!.GetValue<string>(), credential = authenticator.Create(question["options"]!), label = "Máy tính cơ quan" }, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }

    private static async Task<JsonNode> AskAsync(HttpClient browser) =>
        (await (await browser.PostAsync("/api/session/passkey/options", null, Cancellation)).Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;

    private Task<HttpResponseMessage> SignInAsync(HttpClient browser, JsonNode question) => SendAsync(browser, question, authenticator.Get(question["options"]!));

    private static Task<HttpResponseMessage> SendAsync(HttpClient browser, JsonNode question, JsonNode? credential) =>
        browser.PostAsJsonAsync("/api/session/passkey", new { state = question["state"]!.GetValue<string>(), credential, publicComputer = false }, Cancellation);

    private async Task<HttpResponseMessage> SendFromElsewhereAsync(string path)
    {
        using var client = Browser();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(new { state = "x", credential = new { }, publicComputer = false }) };
        request.Headers.Add("Origin", "https://evil.example");
        return await client.SendAsync(request, Cancellation);
    }

    private HttpClient Browser() => new(new SocketsHttpHandler { UseCookies = true, CookieContainer = new() }) { BaseAddress = new(Origin) };

    private async Task<HttpClient> SignedInAsync(string login)
    {
        var browser = Browser();
        var answer = await browser.PostAsJsonAsync("/api/session", new { login, password = RunningServer.Password }, Cancellation);
        browser.DefaultRequestHeaders.Add("X-CSRF-Token", (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["csrfToken"]!.GetValue<string>());
        return browser;
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["error"]!.GetValue<string>();
    }
}
