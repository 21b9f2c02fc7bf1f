using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;

namespace CongVu.EndToEnd;

/// <summary>First passwords, their end, suspension and reopening, as a holder meets them at every door (A6.3, A7, A8, A12.2).</summary>
public sealed partial class PasswordRoadTests : IAsyncLifetime
{
    private const string Better = "Rung-thong-7-cay";

    private RunningServer server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await RunningServer.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_code_becomes_a_password_on_its_page_once_and_by_its_holder_only()
    {
        var an = await server.PersonAsync("an", Cancellation);
        var binh = await server.PersonAsync("binh", Cancellation);
        var made = JsonNode.Parse(await server.CommandAsync(Cancellation, "password", "code", an, "--leaked", "--json"))!;
        var code = made["code"]!.GetValue<string>();
        Assert.Matches("^[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){3}$", code);
        // A15.2: what has leaked is worth nothing at once.
        Assert.Contains("[AUTHENTICATIONFAILED]", await ImapAsync(an, RunningServer.Password), StringComparison.Ordinal);

        using var browser = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };
        var page = await browser.GetAsync("/nhan-mat-khau", Cancellation);
        Assert.Contains("form-action 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("Mã dùng một lần", await page.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Contains("One-time code", await browser.GetStringAsync("/claim", Cancellation), StringComparison.Ordinal);

        Assert.Contains("Mã không đúng", await ClaimAsync(browser, binh, code, Better), StringComparison.Ordinal);
        Assert.Contains("Mã không đúng", await ClaimAsync(browser, an, code[..^4] + "AAAA", Better), StringComparison.Ordinal);
        var weak = await ClaimAsync(browser, an, code, "Matkhau@2026");
        Assert.Contains("dễ đoán", weak, StringComparison.Ordinal);
        Assert.DoesNotContain("Matkhau@2026", weak, StringComparison.Ordinal);
        Assert.Contains("Đã đặt mật khẩu", await ClaimAsync(browser, an, code.ToLowerInvariant(), Better), StringComparison.Ordinal);
        Assert.Contains("Mã không đúng", await ClaimAsync(browser, an, code, "Doi-cat-trang-8"), StringComparison.Ordinal);
        Assert.StartsWith("a OK", await ImapAsync(an, Better), StringComparison.Ordinal);

        // Five wrong tries, and the code is worth nothing.
        code = JsonNode.Parse(await server.CommandAsync(Cancellation, "password", "code", an, "--json"))!["code"]!.GetValue<string>();
        for (var i = 0; i < 5; i++)
            await ClaimAsync(browser, an, code[..^4] + "AAAA", Better);
        Assert.Contains("Mã không đúng", await ClaimAsync(browser, an, code, "Doi-cat-trang-8"), StringComparison.Ordinal);
        Assert.StartsWith("a OK", await ImapAsync(an, Better), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_password_of_a_slip_opens_nothing_but_its_own_change_at_any_door()
    {
        var an = await server.PersonAsync("an", Cancellation);
        var file = Path.Combine(server.Folder, "phieu.docx");
        var said = await server.CommandAsync(Cancellation, "password", "slip", an, "--out", file);
        var first = SlipPassword(file);
        Assert.DoesNotContain(first, said, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        await RefusedEverywhereAsync(an, first);
        using var browser = await SignedInAsync(an, first);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/jmap/session", Cancellation)).StatusCode);
        var used = await browser.PostAsJsonAsync("/api/account/password", new { current = first, @new = RunningServer.Password }, Cancellation);
        Assert.Contains("used", await used.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsJsonAsync("/api/account/password", new { current = first, @new = Better }, Cancellation)).StatusCode);
        await TakenEverywhereAsync(an, Better);
    }

    [Fact]
    public async Task From_the_first_sign_in_to_expiry_suspension_and_reopening()
    {
        var an = await server.PersonAsync("an", Cancellation);
        var account = (await server.Store.Accounts.FindAsync(an, Cancellation))!.Id;
        var clock = new MovedClock();
        var later = new GovernanceStore(server.Store, clock);
        await later.Lifecycle.Run.RunAsync(Cancellation);
        var (_, program) = await server.Store.Accounts.AddAppPasswordAsync((await server.Store.Accounts.FindPrincipalAsync(an, Cancellation))!.Id, "Điện thoại", "test", Cancellation);
        await TakenEverywhereAsync(an, RunningServer.Password);
        await TakenEverywhereAsync(an, program);

        // Three months later the password has expired, on every road; mail goes on arriving.
        var principal = (await server.Store.Accounts.FindPrincipalAsync(an, Cancellation))!;
        await server.Store.Database.WriteAsync(async tx =>
        {
            await Accounts.SetPasswordExpiryAsync(tx, principal.Id, DateTimeOffset.UtcNow.AddSeconds(-1));
            return 0;
        }, Cancellation);
        await RefusedEverywhereAsync(an, RunningServer.Password);
        await RefusedEverywhereAsync(an, program);
        await MailArrivesAsync(an);
        using (var browser = await SignedInAsync(an, RunningServer.Password))
            Assert.Equal(HttpStatusCode.NoContent, (await browser.PostAsJsonAsync("/api/account/password", new { current = RunningServer.Password, @new = Better }, Cancellation)).StatusCode);
        await TakenEverywhereAsync(an, program);

        // Nobody signs in for the next three months: proposed, approved, suspended.
        var calendar = await later.Calendar.ReadAsync(Cancellation);
        var last = (await later.Lifecycle.FindAsync(account, Cancellation))!.Due!.Value;
        clock.At(calendar.AddWorkingDays(last, 1).Date);
        await later.Lifecycle.Run.RunAsync(Cancellation);
        var batch = Assert.Single(await later.Lifecycle.BatchesAsync(all: false, Cancellation));
        Assert.True((await later.Lifecycle.ApproveAsync(Actor.System, batch.Id, batch.Mailboxes, Cancellation)).Ok);
        clock.At(calendar.AddWorkingDays(last, 2).Date);
        await later.Lifecycle.Run.RunAsync(Cancellation);
        Assert.Contains("[CONTACTADMIN]", await ImapAsync(an, Better), StringComparison.Ordinal);
        Assert.StartsWith("535", await SmtpAsync(an, Better), StringComparison.Ordinal);
        await MailArrivesAsync(an);
        Assert.Contains(an, await server.CommandAsync(Cancellation, "lifecycle", "list"), StringComparison.Ordinal);

        // Reopened at the command line, everything is there: two messages of ours and what the system wrote.
        await server.CommandAsync(Cancellation, "lifecycle", "reopen", an, "--reason", "Theo đề nghị", "--document", "12/CV-STTTT");
        await TakenEverywhereAsync(an, Better);
        Assert.True((await server.Store.Accounts.FindAsync(account, Cancellation))!.MessageCount >= 4);
    }

    private async Task RefusedEverywhereAsync(string login, string password)
    {
        Assert.Contains("[EXPIRED]", await ImapAsync(login, password), StringComparison.Ordinal);
        Assert.StartsWith("535", await SmtpAsync(login, password), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, await JmapAsync(login, password));
    }

    private async Task TakenEverywhereAsync(string login, string password)
    {
        Assert.StartsWith("a OK", await ImapAsync(login, password), StringComparison.Ordinal);
        Assert.StartsWith("235", await SmtpAsync(login, password), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await JmapAsync(login, password));
    }

    private async Task MailArrivesAsync(string to)
    {
        await using var smtp = await PlainSmtp.ConnectAsync(server.Port(ListenerKind.Smtp), Cancellation);
        await smtp.SendAsync("nguoi@ngoai.vn", to, Encoding.UTF8.GetBytes("From: nguoi@ngoai.vn\r\nSubject: Thu den\r\nDate: Mon, 2 Mar 2026 08:00:00 +0700\r\n\r\nXin chao.\r\n"), Cancellation);
    }

    private Task<string> ImapAsync(string login, string password) => AskAsync(ListenerKind.Imap, $"a LOGIN \"{login}\" \"{password}\"", line => line.StartsWith("a ", StringComparison.Ordinal));

    private Task<string> SmtpAsync(string login, string password) => AskAsync(
        ListenerKind.Submission, $"EHLO test.vn\r\nAUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{login}\0{password}"))}", line => line.StartsWith("235", StringComparison.Ordinal) || line[0] is '4' or '5');

    private async Task<string> AskAsync(ListenerKind kind, string said, Func<string, bool> isAnswer)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Port(kind), Cancellation);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        await reader.ReadLineAsync(Cancellation);
        foreach (var line in said.Split("\r\n"))
        {
            await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), Cancellation);
            if (line.StartsWith("EHLO", StringComparison.Ordinal))
            {
                while ((await reader.ReadLineAsync(Cancellation))![3] == '-')
                {
                }
            }
        }
        while (await reader.ReadLineAsync(Cancellation) is { } answer)
        {
            if (isAnswer(answer))
                return answer;
        }
        return "closed";
    }

    private async Task<HttpStatusCode> JmapAsync(string login, string password)
    {
        using var program = new HttpClient { BaseAddress = new($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };
        program.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login}:{password}")));
        return (await program.GetAsync("/jmap/session", Cancellation)).StatusCode;
    }

    private async Task<HttpClient> SignedInAsync(string login, string password)
    {
        var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = new() }) { BaseAddress = new($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };
        var answer = await browser.PostAsJsonAsync("/api/session", new { login, password }, Cancellation);
        var session = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.True(session["mustChangePassword"]!.GetValue<bool>());
        browser.DefaultRequestHeaders.Add("X-CSRF-Token", session["csrfToken"]!.GetValue<string>());
        return browser;
    }

    private static async Task<string> ClaimAsync(HttpClient browser, string login, string code, string password)
    {
        using var form = new FormUrlEncodedContent([new("login", login), new("code", code), new("password", password), new("again", password)]);
        // As it is sent: the page's letters need no decoding.
        return await (await browser.PostAsync("/nhan-mat-khau", form, Cancellation)).Content.ReadAsStringAsync(Cancellation);
    }

    private static string SlipPassword(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        using var reader = new StreamReader(archive.GetEntry("word/document.xml")!.Open());
        var texts = Texts().Matches(reader.ReadToEnd()).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).ToList();
        return texts[texts.FindIndex(t => t.StartsWith("Mật khẩu dùng một lần", StringComparison.Ordinal)) + 1];
    }

    [GeneratedRegex("<w:t[^>]*>([^<]*)</w:t>")]
    private static partial Regex Texts();

    private sealed class MovedClock : TimeProvider
    {
        private DateTimeOffset? now;

        public override DateTimeOffset GetUtcNow() => now ?? DateTimeOffset.UtcNow;

        public void At(DateOnly day) => now = VietnamTime.StartOf(day).AddHours(8);
    }
}
