using System.Text.Json;
using CongVu.Governance;
using CongVu.Mail.Store;
using CongVu.Server.Commands;

namespace CongVu.Server.Tests.Commands;

public sealed class GovernanceCommandTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var store = await OpenAsync();
        await store.Accounts.AddDomainAsync("daknong.gov.vn", "test", Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_operator_imports_looks_and_moves_from_the_command_line()
    {
        var tree = Write("co-quan.csv", "Tên cơ quan;Cơ quan quản lý trực tiếp\nSở Tư pháp;\nSở Y tế;\n");
        Assert.Equal((0, "Chỉ kiểm tra, chưa thay đổi gì. 2 dòng: 2 mới, 0 sẽ thay đổi, 0 giữ nguyên.\n"), await DoneAsync("organization", "import", tree, "--dry-run"));
        Assert.Equal(0, (await DoneAsync("organization", "import", tree, "--mailboxes")).Code);
        var people = Write("can-bo.csv", "Mã cán bộ;Họ và tên;Cơ quan\nCB1;Nguyễn Thị Hoa;Sở Tư pháp\n");
        Assert.Equal(0, (await DoneAsync("person", "import", people, "--mailboxes")).Code);
        Assert.StartsWith("Nguyễn Thị Hoa nay công tác tại Sở Y tế: hoant.syt@daknong.gov.vn", (await DoneAsync("person", "move", "CB1", "Sở Y tế")).Output, StringComparison.Ordinal);

        var json = JsonDocument.Parse((await DoneAsync("person", "show", "CB1", "--json")).Output).RootElement;
        Assert.Equal(JsonValueKind.Number, json.GetProperty("person").GetProperty("id").ValueKind);
        Assert.Equal(["Sở Tư pháp", "Sở Y tế"], json.GetProperty("postings").EnumerateArray().Select(p => p.GetProperty("organization").GetString()!));
        Assert.Equal(2, JsonDocument.Parse((await DoneAsync("organization", "list", "--json")).Output).RootElement.GetArrayLength());

        var wrong = Write("sai.csv", "Họ và tên,Cơ quan\nLê Văn An,Sở Không Có\n");
        var (code, output, error) = await RunAsync("person", "import", wrong, "--lang", "en");
        Assert.Equal((1, "Row 2, column \"Cơ quan\": \"Sở Không Có\" does not exist.\n", "Nothing was imported: 1 problems in 1 rows.\n"), (code, output, error));
        Assert.Equal(1, (await RunAsync("person", "import", "/không/có.csv", "--lang", "vi")).Code);
        Assert.Equal(1, (await RunAsync("person", "move", "CB1", "Sở Y tế", "--from", "hôm qua", "--lang", "vi")).Code);
    }

    [Fact]
    public async Task The_trail_is_verified_and_what_was_done_to_it_is_said()
    {
        await DoneAsync("organization", "add", "Sở Tư pháp");
        await using (var store = await OpenAsync())
            await store.Audit.SealAsync(Cancellation);
        Assert.StartsWith("Nhật ký kiểm toán nguyên vẹn: ", (await DoneAsync("audit", "verify")).Output, StringComparison.Ordinal);
        Assert.Contains("organization.add", (await DoneAsync("audit", "list", "--action", "organization.")).Output, StringComparison.Ordinal);

        await using (var store = await OpenAsync())
            await store.Database.WriteAsync(tx => tx.ExecuteAsync("UPDATE audit SET actor = 'cli:other' WHERE seal_sequence = 2"), Cancellation);
        var (code, output, error) = await RunAsync("audit", "verify", "--lang", "vi");
        Assert.Equal(1, code);
        Assert.StartsWith("Vị trí 2, mục 2: đã bị sửa hoặc đảo sau khi niêm phong.", output, StringComparison.Ordinal);
        Assert.Contains("không nguyên vẹn", error, StringComparison.Ordinal);
    }

    private Task<MailStore> OpenAsync() => MailStore.OpenAsync(new() { Folder = folder, Migrations = [GovernanceStore.Migrations] }, TimeProvider.System, Cancellation);

    private string Write(string name, string content)
    {
        File.WriteAllText(Path.Combine(folder, name), content);
        return Path.Combine(folder, name);
    }

    private async Task<(int Code, string Output)> DoneAsync(params string[] words)
    {
        var (code, output, error) = await RunAsync([.. words, "--lang", "vi"]);
        Assert.Equal("", error);
        return (code, output);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(["--data", folder, .. words], TextReader.Null, output, error, new Dictionary<string, string>(), Cancellation);
        return (code, output.ToString(), error.ToString());
    }
}
