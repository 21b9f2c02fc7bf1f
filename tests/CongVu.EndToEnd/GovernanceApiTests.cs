using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Server.Configuration;

namespace CongVu.EndToEnd;

/// <summary>/api/governance as an operator, somebody without rights, and a mail program meet it.</summary>
public sealed class GovernanceApiTests : IAsyncLifetime
{
    private RunningServer server = null!;
    private GovernanceStore store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await RunningServer.StartAsync(Cancellation);
        store = new(server.Store, TimeProvider.System);
        await server.Store.Accounts.AddDomainAsync("daknong.gov.vn", "test", Cancellation);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task An_operator_imports_adds_moves_and_reads_the_trail_and_others_may_not()
    {
        var login = await server.PersonAsync("an", Cancellation);
        using var an = await SignedInAsync(login);
        Assert.Equal(HttpStatusCode.Forbidden, (await an.PostAsJsonAsync("/api/governance/organizations", new { name = "Sở Tư pháp" }, Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await an.GetAsync("/api/governance/people", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await an.GetAsync("/api/governance/audit", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await an.GetAsync("/api/governance/organizations", Cancellation)).StatusCode);

        var principal = (await server.Store.Accounts.FindPrincipalAsync(login, Cancellation))!;
        Assert.Null((await store.ChangeAsync(tx => store.Roles.GiveAsync(tx, Actor.System, principal.Id, Role.Operator, null), Cancellation)).Problem);

        // 1. A list with a mistake is refused with its row in words; the right one is tried, then done.
        var wrong = await PostListAsync(an, "organizations/import?dryRun=false", "Tên cơ quan,Cơ quan quản lý trực tiếp\nSở Tư pháp,Không có\n");
        Assert.Equal((2, "unknownParent"), (wrong["problems"]![0]!["row"]!.GetValue<int>(), wrong["problems"]![0]!["error"]!.GetValue<string>()));
        const string list = "Tên cơ quan,Cơ quan quản lý trực tiếp\nSở Tư pháp,\nSở Y tế,\nPhòng Nghiệp vụ,Sở Y tế\n";
        Assert.False((await PostListAsync(an, "organizations/import", list))["done"]!.GetValue<bool>());
        Assert.True((await PostListAsync(an, "organizations/import?dryRun=false&mailboxes=true", list))["done"]!.GetValue<bool>());
        var organizations = (await an.GetFromJsonAsync<JsonArray>("/api/governance/organizations", Cancellation))!;
        Assert.Equal(["stp@daknong.gov.vn", "syt@daknong.gov.vn", "pnv.syt@daknong.gov.vn"], organizations.Select(o => o!["address"]!.GetValue<string>()));
        var (justice, health) = (organizations[0]!["id"]!.GetValue<long>(), organizations[1]!["id"]!.GetValue<long>());

        // 2. A person with a mailbox, who becomes custodian and moves.
        var added = await an.PostAsJsonAsync("/api/governance/people", new { name = "Nguyễn Thị Hoa", organizationId = justice, mailbox = true }, Cancellation);
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var hoa = (await added.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Equal("hoant.stp@daknong.gov.vn", hoa["address"]!.GetValue<string>());
        var id = hoa["id"]!.GetValue<long>();
        Assert.Equal(HttpStatusCode.Created, (await an.PostAsJsonAsync($"/api/governance/organizations/{justice}/duties", new { personId = id, duty = "custodian" }, Cancellation)).StatusCode);
        var sole = await an.PostAsJsonAsync($"/api/governance/people/{id}/move", new { organizationId = health }, Cancellation);
        Assert.Equal(HttpStatusCode.Conflict, sole.StatusCode);
        Assert.Contains("hãy cử người thay thế trước", (await sole.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        var proposed = await an.PostAsJsonAsync("/api/governance/addresses/propose", new { organizationId = justice, name = "Ngô Thanh Hòa" }, Cancellation);
        Assert.Equal("hoant1.stp@daknong.gov.vn", (await proposed.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["address"]!.GetValue<string>());

        // 3. The trail says who did it.
        var trail = (await an.GetFromJsonAsync<JsonArray>("/api/governance/audit?action=staff.", Cancellation))!;
        Assert.All(trail, e => Assert.Equal(login, e!["actor"]!.GetValue<string>()));
        Assert.Empty((await an.GetFromJsonAsync<JsonNode>("/api/governance/audit/verification", Cancellation))!["findings"]!.AsArray());

        // 4. The operator approves nothing and gives no roles.
        Assert.Equal(HttpStatusCode.Forbidden, (await an.PostAsJsonAsync("/api/governance/roles", new { login, role = "managingBody" }, Cancellation)).StatusCode);
        Assert.DoesNotContain("approve", (await an.GetFromJsonAsync<JsonNode>("/api/governance/rights", Cancellation))!["rights"]!.AsArray().Select(r => r!.GetValue<string>()));
    }

    [Fact]
    public async Task A_mail_programs_password_reads_and_changes_nothing()
    {
        var login = await server.PersonAsync("an", Cancellation);
        var principal = (await server.Store.Accounts.FindPrincipalAsync(login, Cancellation))!;
        await store.ChangeAsync(tx => store.Roles.GiveAsync(tx, Actor.System, principal.Id, Role.Operator, null), Cancellation);
        using var program = Client();
        program.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login}:{RunningServer.Password}")));
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/api/governance/people", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await program.PostAsJsonAsync("/api/governance/organizations", new { name = "Sở Tư pháp" }, Cancellation)).StatusCode);
        using var stranger = Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/governance/organizations", Cancellation)).StatusCode);
        Assert.Contains("/api/governance/organizations/{id}/duties", await stranger.GetStringAsync("/openapi.json", Cancellation), StringComparison.Ordinal);
    }

    private static async Task<JsonNode> PostListAsync(HttpClient client, string path, string list)
    {
        var answer = await client.PostAsync($"/api/governance/{path}", new ByteArrayContent(Encoding.UTF8.GetBytes(list)) { Headers = { ContentType = new("application/octet-stream") } }, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }

    private async Task<HttpClient> SignedInAsync(string login)
    {
        var browser = Client();
        var signedIn = await browser.PostAsJsonAsync("/api/session", new { login, password = RunningServer.Password }, Cancellation);
        browser.DefaultRequestHeaders.Add("X-CSRF-Token", (await signedIn.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["csrfToken"]!.GetValue<string>());
        return browser;
    }

    private HttpClient Client() => new() { BaseAddress = new Uri($"http://127.0.0.1:{server.Port(ListenerKind.Http)}") };
}
