using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;

namespace CongVu.EndToEnd;

/// <summary>What a stranger, another site, a neighbour or an old session tries on the web's interfaces, and what tokens and old passwords still do.</summary>
public sealed class WebAttackTests : IAsyncLifetime
{
    private RunningServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Every_address_of_the_interfaces_is_closed_to_strangers_and_administration_to_holders()
    {
        using var stranger = Browser();
        var document = (await stranger.GetFromJsonAsync<JsonNode>("/openapi.json", Cancellation))!;
        using var holder = await SignedInAsync(await server.PersonAsync("an", Cancellation));
        var count = 0;
        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (verb, _) in operations!.AsObject())
            {
                if (path is "/api/session" or "/api/session/passkey" or "/api/session/passkey/options")
                    continue;
                count++;
                var address = Regex.Replace(path, @"\{[^}]+\}", "1");
                Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(stranger, verb, address)).StatusCode);
                if (path.StartsWith("/api/admin", StringComparison.Ordinal))
                    Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(holder, verb, address)).StatusCode);
            }
        }
        Assert.True(count >= 20);
    }

    [Fact]
    public async Task The_document_names_what_the_endpoints_answer()
    {
        using var client = Browser();
        var document = (await client.GetFromJsonAsync<JsonNode>("/openapi.json", Cancellation))!;
        Assert.DoesNotContain(document["paths"]!.AsObject(), p => !p.Key.StartsWith("/api/", StringComparison.Ordinal));
        var session = document["components"]!["schemas"]!["SessionView"]!["properties"]!.AsObject().Select(p => p.Key);
        Assert.Equal(["login", "displayName", "isAdministrator", "mustChangePassword", "publicComputer", "csrfToken", "passwordExpiresAt", "mailHost"], session);
        var silent = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Where(o => o.Key == "get" && o.Value!["responses"]!["200"]?["content"] is null).Select(_ => p.Key));
        Assert.All(silent, path => Assert.True(path is "/api/account/mobileconfig" or "/api/html/{accountId}/{emailId}/{partId}", path));
    }

    [Fact]
    public async Task The_webmail_is_built_from_this_document()
    {
        using var client = Browser();
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CongVu.slnx")))
            folder = folder.Parent!;
        var known = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder.FullName, "web", "src", "api", "openapi.json"), Cancellation));
        var served = (await client.GetFromJsonAsync<JsonNode>("/openapi.json", Cancellation))!;
        Assert.True(JsonNode.DeepEquals(known, served), "web/src/api/openapi.json is not what the server answers: run `npm run api` in web, with a server on CONGVU_WEB.");
    }

    [Fact]
    public async Task A_large_request_is_refused_before_it_is_read()
    {
        using var stranger = Browser();
        foreach (var path in new[] { "/api/session", "/API/session", "/api/session/passkey" })
        {
            using var large = Json($"{{\"login\":\"{new string('a', 600 * 1024)}\"}}");
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await stranger.PostAsync(path, large, Cancellation)).StatusCode);
        }
    }

    [Fact]
    public async Task A_proof_of_another_session_or_none_changes_nothing()
    {
        using var an = await SignedInAsync(await server.PersonAsync("an", Cancellation));
        using var binh = await SignedInAsync(await server.PersonAsync("binh", Cancellation));
        var foreign = binh.DefaultRequestHeaders.GetValues("X-CSRF-Token").Single();
        an.DefaultRequestHeaders.Remove("X-CSRF-Token");
        foreach (var proof in new[] { null, "", "x", foreign })
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/preferences") { Content = Json("{\"a\":1}") };
            if (proof is not null)
                request.Headers.Add("X-CSRF-Token", proof);
            Assert.Equal("csrf", await ErrorAsync(await an.SendAsync(request, Cancellation), HttpStatusCode.Forbidden));
        }
        Assert.Equal("{}", await an.GetStringAsync("/api/preferences", Cancellation));
    }

    [Fact]
    public async Task Nobody_ends_or_sees_what_is_another_holders()
    {
        using var an = await SignedInAsync(await server.PersonAsync("an", Cancellation));
        using var binh = await SignedInAsync(await server.PersonAsync("binh", Cancellation));
        var session = (await an.GetFromJsonAsync<JsonArray>("/api/account/sessions", Cancellation))![0]!["id"]!.GetValue<long>();
        var made = (await (await an.PostAsJsonAsync("/api/account/app-passwords", new { label = "Thunderbird" }, Cancellation)).Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Equal(HttpStatusCode.NotFound, (await binh.DeleteAsync($"/api/account/sessions/{session}", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await binh.DeleteAsync($"/api/account/app-passwords/{made["id"]}", Cancellation)).StatusCode);
        Assert.Empty((await binh.GetFromJsonAsync<JsonArray>("/api/account/app-passwords", Cancellation))!);
        Assert.Equal(HttpStatusCode.OK, (await an.GetAsync("/api/session", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_token_is_a_mail_programs_way_in_and_ends_with_its_app_password()
    {
        using var an = await SignedInAsync(await server.PersonAsync("an", Cancellation));
        var made = (await (await an.PostAsJsonAsync("/api/account/app-passwords", new { label = "Chương trình" }, Cancellation)).Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        using var program = Browser();
        program.DefaultRequestHeaders.Authorization = new("Bearer", made["token"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/jmap/session", Cancellation)).StatusCode);
        // A program's way in changes no password, makes no other way in and administers nothing.
        Assert.Equal("browserOnly", await ErrorAsync(await program.PostAsJsonAsync("/api/account/app-passwords", new { label = "x" }, Cancellation), HttpStatusCode.Forbidden));
        Assert.Equal("browserOnly", await ErrorAsync(await program.PostAsJsonAsync("/api/account/password", new { current = RunningServer.Password, @new = "Mot-mat-khau-10" }, Cancellation), HttpStatusCode.Forbidden));
        Assert.Equal(HttpStatusCode.NoContent, (await an.DeleteAsync($"/api/account/app-passwords/{made["id"]}", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/jmap/session", Cancellation)).StatusCode);
        foreach (var bad in new[] { "congvu_", "congvu_%%%", "congvu_YQ", "x", new string('a', 3_000) })
        {
            program.DefaultRequestHeaders.Authorization = new("Bearer", bad);
            Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/jmap/session", Cancellation)).StatusCode);
        }
    }

    [Fact]
    public async Task Many_failures_close_the_door_for_a_while_even_to_the_right_password()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = Browser();
        for (var i = 0; i < 6; i++)
            await browser.PostAsJsonAsync("/api/session", new { login = an, password = $"sai {i}" }, Cancellation);
        Assert.Equal("tooManyFailures", await ErrorAsync(await browser.PostAsJsonAsync("/api/session", new { login = an, password = RunningServer.Password }, Cancellation), HttpStatusCode.Unauthorized));
        // One door for every protocol.
        browser.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{an}:{RunningServer.Password}")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/jmap/session", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task On_a_shared_computer_the_cookie_ends_with_the_browser_even_after_a_new_password()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = Browser();
        var answer = await browser.PostAsJsonAsync("/api/session", new { login = an, password = RunningServer.Password, publicComputer = true }, Cancellation);
        Assert.DoesNotContain("max-age", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        browser.DefaultRequestHeaders.Add("X-CSRF-Token", (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["csrfToken"]!.GetValue<string>());
        var changed = await browser.PostAsJsonAsync("/api/account/password", new { current = RunningServer.Password, @new = "Mot-mat-khau-10" }, Cancellation);
        Assert.DoesNotContain("max-age", Assert.Single(changed.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.True((await browser.GetFromJsonAsync<JsonNode>("/api/session", Cancellation))!["publicComputer"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Who_must_change_the_password_finds_no_way_around_it()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = await SignedInAsync(an);
        await ExpireAsync(an);
        string[] closed = ["/jmap/session", "/JMAP/session", "/Jmap/ws", "/jmap/eventsource?types=*", "/jmap/download/a1/x/y?type=a/b", "/.well-known/jmap", "/API/preferences", "/api/Html/a1/e1/1", "/api/account/Passkeys", "/api/account/mobileconfig"];
        foreach (var path in closed)
        {
            var answer = await browser.GetAsync(path, Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{path}: {answer.StatusCode}");
        }
        using var call = Json("""{"using":[],"methodCalls":[]}""");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.PostAsync("/Jmap/Api", call, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/account/password-rules", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/api/session", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task An_expired_password_opens_nothing_but_its_own_change()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var before = await SignedInAsync(an);
        var expires = (await before.GetFromJsonAsync<JsonNode>("/api/session", Cancellation))!["passwordExpiresAt"]!.GetValue<DateTimeOffset>();
        Assert.InRange(expires, DateTimeOffset.UtcNow.AddDays(80), DateTimeOffset.UtcNow.AddDays(100));
        Assert.Equal(0, await server.Store.Database.WriteAsync(server.Store.Accounts.ExpirePasswordsAsync, Cancellation));
        await ExpireAsync(an);
        Assert.Equal("passwordChangeRequired", await ErrorAsync(await before.GetAsync("/jmap/session", Cancellation), HttpStatusCode.Forbidden));
        using var program = Browser();
        program.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{an}:{RunningServer.Password}")));
        Assert.Equal(HttpStatusCode.Unauthorized, (await program.GetAsync("/jmap/session", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await before.PostAsJsonAsync("/api/account/password", new { current = RunningServer.Password, @new = "Mot-mat-khau-10" }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await before.GetAsync("/jmap/session", Cancellation)).StatusCode);
    }

    private async Task ExpireAsync(string login)
    {
        var principal = (await server.Store.Accounts.FindPrincipalAsync(login, Cancellation))!.Id;
        await server.Store.Database.WriteAsync(async tx =>
        {
            await Accounts.SetPasswordExpiryAsync(tx, principal, DateTimeOffset.UtcNow.AddMinutes(-1));
            return 0;
        }, Cancellation);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string verb, string path)
    {
        var request = new HttpRequestMessage(new(verb.ToUpperInvariant()), path) { Content = verb == "get" ? null : Json("{}") };
        return client.SendAsync(request, Cancellation);
    }

    private HttpClient Browser() => new(new SocketsHttpHandler { UseCookies = true, CookieContainer = new() }) { BaseAddress = new($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };

    private async Task<HttpClient> SignedInAsync(string login)
    {
        var browser = Browser();
        var answer = await browser.PostAsJsonAsync("/api/session", new { login, password = RunningServer.Password }, Cancellation);
        browser.DefaultRequestHeaders.Add("X-CSRF-Token", (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["csrfToken"]!.GetValue<string>());
        return browser;
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<string> ErrorAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["error"]!.GetValue<string>();
    }
}
