using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CongVu.Server.Configuration;

namespace CongVu.EndToEnd;

/// <summary>The web as a browser and as a JMAP client meet it: signing in, what a cookie may do, uploads and downloads, push.</summary>
public sealed class WebTests : IAsyncLifetime
{
    private RunningServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_browser_signs_in_works_and_signs_out()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = Browser();
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/api/session", Cancellation)).StatusCode);
        Assert.Equal("wrongCredentials", await ErrorAsync(await browser.PostAsJsonAsync("/api/session", new { login = an, password = "sai" }, Cancellation), HttpStatusCode.Unauthorized));
        var signedIn = await browser.PostAsJsonAsync("/api/session", new { login = an, password = RunningServer.Password }, Cancellation);
        var cookie = Assert.Single(signedIn.Headers.GetValues("Set-Cookie"));
        Assert.All(["httponly", "samesite=strict", "path=/"], flag => Assert.Contains(flag, cookie, StringComparison.OrdinalIgnoreCase));
        var session = (await signedIn.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Equal(an, session["login"]!.GetValue<string>());

        // Reading goes by the cookie alone, changing needs the proof.
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/jmap/session", Cancellation)).StatusCode);
        Assert.Equal("csrf", await ErrorAsync(await browser.PostAsync("/jmap/api", Json("""{"using":[],"methodCalls":[]}"""), Cancellation), HttpStatusCode.Forbidden));
        browser.DefaultRequestHeaders.Add("X-CSRF-Token", session["csrfToken"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/jmap/api", Json("""{"using":[],"methodCalls":[]}"""), Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/api/admin/accounts", Cancellation)).StatusCode);

        var sessions = (await browser.GetFromJsonAsync<JsonArray>("/api/account/sessions", Cancellation))!;
        Assert.True(Assert.Single(sessions)!["isCurrent"]!.GetValue<bool>());
        var attempts = (await browser.GetFromJsonAsync<JsonArray>("/api/account/sign-ins", Cancellation))!;
        Assert.Equal([true, false], attempts.Select(a => a!["succeeded"]!.GetValue<bool>()));

        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync("/api/session", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/jmap/session", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_session_is_always_a_new_one_and_another_site_cannot_begin_one()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = Browser();
        using var planted = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = JsonContent.Create(new { login = an, password = RunningServer.Password }) };
        planted.Headers.Add("Cookie", "congvu=chosen-by-somebody-else");
        var answer = await browser.SendAsync(planted, Cancellation);
        Assert.DoesNotContain("chosen", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = JsonContent.Create(new { login = an, password = RunningServer.Password }) };
        foreign.Headers.Add("Origin", "https://evil.example");
        Assert.Equal("csrf", await ErrorAsync(await browser.SendAsync(foreign, Cancellation), HttpStatusCode.Forbidden));
        using var form = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = new FormUrlEncodedContent([new("login", an), new("password", RunningServer.Password)]) };
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await browser.SendAsync(form, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_password_is_changed_by_its_rules_and_other_sessions_end()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var first = await SignedInAsync(an, RunningServer.Password);
        using var second = await SignedInAsync(an, RunningServer.Password);
        const string better = "Mot-mat-khau-10";
        Assert.Equal("wrongCredentials", await ErrorAsync(await first.PostAsJsonAsync("/api/account/password", new { current = "sai", @new = better }, Cancellation), HttpStatusCode.BadRequest));
        var weak = await first.PostAsJsonAsync("/api/account/password", new { current = RunningServer.Password, @new = "ngan" }, Cancellation);
        Assert.Equal(["tooShort", "noUpper", "noDigit", "noSpecial", "common"], (await weak.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["rules"]!.AsArray().Select(r => r!.GetValue<string>()).OrderBy(r => Array.IndexOf(["tooShort", "noUpper", "noDigit", "noSpecial", "common"], r)));
        Assert.Equal(HttpStatusCode.NoContent, (await first.PostAsJsonAsync("/api/account/password", new { current = RunningServer.Password, @new = better }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync("/api/session", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await second.GetAsync("/api/session", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Who_must_change_the_password_does_nothing_else_first()
    {
        using var admin = await SignedInAsAdministratorAsync();
        var added = await admin.PostAsJsonAsync("/api/admin/accounts", new { address = "moi@" + RunningServer.Domain, name = "Người Mới" }, Cancellation);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var password = (await added.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["password"]!.GetValue<string>();
        using var browser = await SignedInAsync("moi@" + RunningServer.Domain, password);
        Assert.Equal("passwordChangeRequired", await ErrorAsync(await browser.GetAsync("/jmap/session", Cancellation), HttpStatusCode.Forbidden));
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsJsonAsync("/api/account/password", new { current = password, @new = "Mot-mat-khau-10" }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/jmap/session", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task A_suspended_holder_is_out_at_once_and_an_administrator_cannot_lock_out_itself()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = await SignedInAsync(an, RunningServer.Password);
        using var admin = await SignedInAsAdministratorAsync();
        var accounts = (await admin.GetFromJsonAsync<JsonNode>("/api/admin/accounts?search=an", Cancellation))!["accounts"]!.AsArray();
        var id = accounts.First(a => a!["address"]!.GetValue<string>() == an)!["id"]!.GetValue<long>();
        Assert.Equal(HttpStatusCode.OK, (await admin.PatchAsJsonAsync($"/api/admin/accounts/{id}", new { state = "suspended" }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/jmap/session", Cancellation)).StatusCode);
        var own = (await admin.GetFromJsonAsync<JsonNode>("/api/admin/accounts?search=quan%20tri", Cancellation))!["accounts"]![0]!["id"]!.GetValue<long>();
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.PatchAsJsonAsync($"/api/admin/accounts/{own}", new { state = "suspended" }, Cancellation)).StatusCode);
        Assert.True((await admin.GetFromJsonAsync<JsonNode>("/api/admin/health", Cancellation))!["diskFreeBytes"]!.GetValue<long>() > 0);
    }

    [Fact]
    public async Task A_mail_program_uploads_downloads_and_hears_of_changes()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var client = Client(an, RunningServer.Password);
        var session = (await client.GetFromJsonAsync<JsonNode>("/.well-known/jmap", Cancellation))!;
        var account = session["primaryAccounts"]!["urn:ietf:params:jmap:mail"]!.GetValue<string>();
        var upload = await client.PostAsync($"/jmap/upload/{account}/", new StringContent("Nội dung", Encoding.UTF8, "text/plain"), Cancellation);
        Assert.Equal(HttpStatusCode.Created, upload.StatusCode);
        var blob = (await upload.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["blobId"]!.GetValue<string>();
        var download = await client.GetAsync($"/jmap/download/{account}/{blob}/tệp.html?type=text/html", Cancellation);
        Assert.Equal("Nội dung", await download.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(("attachment", "default-src 'none'; sandbox"), (download.Content.Headers.ContentDisposition!.DispositionType, download.Headers.GetValues("Content-Security-Policy").Single()));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync($"/jmap/download/{account}/U999/x", Cancellation)).StatusCode);

        using var events = await client.GetStreamAsync("/jmap/eventsource?types=Email&closeafter=state&ping=0", Cancellation);
        using var reader = new StreamReader(events);
        Assert.Equal(": ready", await reader.ReadLineAsync(Cancellation));
        await server.Store.Mailboxes.CreateAsync((await server.Store.Accounts.FindPrincipalAsync(an, Cancellation))!.Id, "Mới", Mail.Store.MailboxRole.None, Cancellation);
        var text = await reader.ReadToEndAsync(Cancellation);
        Assert.Contains("event: state", text, StringComparison.Ordinal);
        Assert.Contains($"\"{account}\":{{\"Email\":", text, StringComparison.Ordinal);

        using var socket = new System.Net.WebSockets.ClientWebSocket();
        socket.Options.AddSubProtocol("jmap");
        socket.Options.SetRequestHeader("Authorization", client.DefaultRequestHeaders.Authorization!.ToString());
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port(ListenerKind.Http)}/jmap/ws"), Cancellation);
        await socket.SendAsync(Encoding.UTF8.GetBytes("""{"@type":"Request","id":"R1","using":["urn:ietf:params:jmap:core"],"methodCalls":[["Core/echo",{"a":1},"0"]]}"""), System.Net.WebSockets.WebSocketMessageType.Text, true, Cancellation);
        var answer = await ReceiveAsync(socket);
        Assert.Equal(("Response", "R1"), (answer["@type"]!.GetValue<string>(), answer["requestId"]!.GetValue<string>()));
        await socket.SendAsync("nonsense"u8.ToArray(), System.Net.WebSockets.WebSocketMessageType.Text, true, Cancellation);
        Assert.Equal("RequestError", (await ReceiveAsync(socket))["@type"]!.GetValue<string>());
        await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, Cancellation);
    }

    [Fact]
    public async Task A_problem_that_a_holder_reports_reaches_the_operator_with_the_latest_sign_ins()
    {
        using var browser = await SignedInAsync(await server.PersonAsync("an", Cancellation), RunningServer.Password);
        Assert.Equal("text", await ErrorAsync(await browser.PostAsJsonAsync("/api/account/report", new { text = "  " }, Cancellation), HttpStatusCode.BadRequest));
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsJsonAsync("/api/account/report", new { text = "Có người dùng hộp thư của tôi", page = "/mail/a1\r\nX: y" }, Cancellation)).StatusCode);
        // Without an address of its own, support is postmaster, who is the first administrator.
        await server.CommandAsync(Cancellation, "export", $"quantri@{RunningServer.Domain}", Path.Combine(server.Folder, "out.mbox"));
        var report = MimeKit.MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes((await File.ReadAllTextAsync(Path.Combine(server.Folder, "out.mbox"), Encoding.Latin1, Cancellation)).Split('\n', 2)[1])), Cancellation);
        Assert.Equal("Báo sự cố: Có người dùng hộp thư của tôi", report.Subject);
        Assert.Contains("Trang: /mail/a1X: y", report.TextBody, StringComparison.Ordinal);
        var attached = Assert.IsType<MimeKit.MimePart>(Assert.Single(report.Attachments), exactMatch: false);
        using var csv = new MemoryStream();
        await attached.Content!.DecodeToAsync(csv, Cancellation);
        Assert.Contains("Thành công,\"127.0.0.1\"", Encoding.UTF8.GetString(csv.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_step_is_switched_on_asked_for_and_switched_off()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var browser = await SignedInAsync(an, RunningServer.Password);
        Assert.Equal("wrongCredentials", await ErrorAsync(await browser.PostAsJsonAsync("/api/account/second-step", new { password = "sai" }, Cancellation), HttpStatusCode.BadRequest));
        var begun = await browser.PostAsJsonAsync("/api/account/second-step", new { password = RunningServer.Password }, Cancellation);
        var secret = (await begun.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Contains($"secret={secret["secret"]}", secret["uri"]!.GetValue<string>(), StringComparison.Ordinal);
        var key = Decode(secret["secret"]!.GetValue<string>());
        var code = Mail.Store.SecondStep.CodeAt(key, DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30);
        var confirmed = await browser.PostAsJsonAsync("/api/account/second-step/confirm", new { code }, Cancellation);
        var recovery = (await confirmed.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["recoveryCodes"]!.AsArray();

        using var other = Browser();
        Assert.Equal("codeRequired", await ErrorAsync(await other.PostAsJsonAsync("/api/session", new { login = an, password = RunningServer.Password }, Cancellation), HttpStatusCode.Unauthorized));
        Assert.Equal("codeWrong", await ErrorAsync(await other.PostAsJsonAsync("/api/session", new { login = an, password = RunningServer.Password, code }, Cancellation), HttpStatusCode.Unauthorized));
        Assert.Equal(HttpStatusCode.OK, (await other.PostAsJsonAsync("/api/session", new { login = an, password = RunningServer.Password, code = recovery[0]!.GetValue<string>() }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsJsonAsync("/api/account/second-step/end", new { password = RunningServer.Password }, Cancellation)).StatusCode);

        static byte[] Decode(string text)
        {
            var bits = string.Concat(text.Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
            return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
        }
    }

    [Fact]
    public async Task Mail_programs_learn_their_settings_by_themselves()
    {
        var an = await server.PersonAsync("an", Cancellation);
        using var client = Browser();
        var mozilla = System.Xml.Linq.XDocument.Parse(await client.GetStringAsync($"/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress={an}", Cancellation));
        var incoming = mozilla.Descendants("incomingServer").Single();
        Assert.Equal(("imap", $"{server.Port(ListenerKind.Imaps)}", "SSL"), (incoming.Attribute("type")!.Value, incoming.Element("port")!.Value, incoming.Element("socketType")!.Value));
        Assert.Equal(RunningServer.Domain, mozilla.Descendants("domain").Single().Value);

        using var ask = new StringContent($"<Autodiscover xmlns=\"x\"><Request><EMailAddress>{an}</EMailAddress></Request></Autodiscover>", Encoding.UTF8, "text/xml");
        var outlook = System.Xml.Linq.XDocument.Parse(await (await client.PostAsync("/Autodiscover/Autodiscover.xml", ask, Cancellation)).Content.ReadAsStringAsync(Cancellation));
        Assert.Equal(["IMAP", "SMTP"], outlook.Descendants().Where(e => e.Name.LocalName == "Type").Select(e => e.Value));
        Assert.All(outlook.Descendants().Where(e => e.Name.LocalName == "LoginName"), e => Assert.Equal(an, e.Value));
        using var bad = new StringContent("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", Encoding.UTF8, "text/xml");
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/autodiscover/autodiscover.xml", bad, Cancellation)).StatusCode);

        using var browser = await SignedInAsync(an, RunningServer.Password);
        Assert.Contains($"<string>{an}</string>", await browser.GetStringAsync("/api/account/mobileconfig", Cancellation), StringComparison.Ordinal);
        Assert.Contains($"_imaps._tcp.{RunningServer.Domain}. IN SRV 0 1 ", await server.CommandAsync(Cancellation, "domain", "dns", RunningServer.Domain), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_of_a_message_is_a_quiet_page_for_its_holder_alone()
    {
        var (an, binh) = (await server.PersonAsync("an", Cancellation), await server.PersonAsync("binh", Cancellation));
        var id = (await server.Store.Accounts.FindPrincipalAsync(an, Cancellation))!;
        var inbox = (await server.Store.Mailboxes.FindAsync(id.Id, "INBOX", Cancellation)).Value.Mailbox.Id;
        await using var writer = server.Store.Contents.Create();
        await writer.WriteAsync("Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p onclick=alert(1)>Xin chào <img src=https://evil.example/x.png></p>"u8.ToArray(), Cancellation);
        await using var content = await writer.FinishAsync(default, Cancellation);
        await server.Store.Messages.AppendAsync(id.Id, inbox, [new(content, default, [], null)], null, Cancellation);
        using var browser = await SignedInAsync(an, RunningServer.Password);
        using var other = await SignedInAsync(binh, RunningServer.Password);
        var account = (await browser.GetFromJsonAsync<JsonNode>("/jmap/session", Cancellation))!["primaryAccounts"]!["urn:ietf:params:jmap:mail"]!.GetValue<string>();
        var answer = await browser.GetAsync($"/api/html/{account}/e1/1", Cancellation);
        var page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("<p>Xin chào <img></p>", page, StringComparison.Ordinal);
        Assert.Equal("1", answer.Headers.GetValues("X-Blocked-Images").Single());
        Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("src=\"https://evil.example/x.png\"", await browser.GetStringAsync($"/api/html/{account}/e1/1?images=true", Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync($"/api/html/{account}/e1/1", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/api/html/{account}/e1/9", Cancellation)).StatusCode);
    }

    private static async Task<JsonNode> ReceiveAsync(System.Net.WebSockets.ClientWebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var read = await socket.ReceiveAsync(buffer, Cancellation);
        return JsonNode.Parse(buffer.AsSpan(0, read.Count))!;
    }

    private HttpClient Browser() => new(new SocketsHttpHandler { UseCookies = true, CookieContainer = new() }) { BaseAddress = new($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };

    private HttpClient Client(string login, string password)
    {
        var client = Browser();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login}:{password}")));
        return client;
    }

    private async Task<HttpClient> SignedInAsync(string login, string password)
    {
        var browser = Browser();
        var answer = await browser.PostAsJsonAsync("/api/session", new { login, password }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        browser.DefaultRequestHeaders.Add("X-CSRF-Token", (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["csrfToken"]!.GetValue<string>());
        return browser;
    }

    private async Task<HttpClient> SignedInAsAdministratorAsync()
    {
        await server.Store.Accounts.AddPersonAsync(new($"quantri2@{RunningServer.Domain}", "Quản trị hai", RunningServer.Password, IsAdministrator: true), "test", Cancellation);
        return await SignedInAsync($"quantri2@{RunningServer.Domain}", RunningServer.Password);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static async Task<string> ErrorAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["error"]!.GetValue<string>();
    }
}
