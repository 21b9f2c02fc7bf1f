using System.Text.Json;
using CongVu.Mail.Store;
using CongVu.Server.Commands;

namespace CongVu.Server.Tests.Commands;

public sealed class AddressCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task An_address_is_proposed_with_its_rule_and_why()
    {
        var (code, output, _) = await RunAsync("--organization", "Sở Thông tin và Truyền thông / Phòng Công nghệ thông tin", "--json", "--lang", "vi");
        Assert.Equal(0, code);
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal("pcntt.stttt@daknong.gov.vn", json.GetProperty("address").GetString());
        Assert.Equal("A5.1c", json.GetProperty("rule").GetString());
        Assert.Contains("Phòng → p", json.GetProperty("explanation").GetString(), StringComparison.Ordinal);

        (_, output, _) = await RunAsync("--organization", "Sở Thông tin và Truyền thông", "--name", "Nguyễn Thị Hoa", "--lang", "vi");
        Assert.StartsWith("hoant.stttt@daknong.gov.vn\nA5.2a: Tên \"Hoa\": hoa.", output, StringComparison.Ordinal);
        (_, output, _) = await RunAsync("--organization", "Sở Tài chính", "--name", "Nguyễn Thị Hoa", "--profile", "dongthap-2025", "--json");
        Assert.Equal("nguyenthihoa@dongthap.gov.vn", JsonDocument.Parse(output).RootElement.GetProperty("address").GetString());
    }

    [Fact]
    public async Task An_address_of_the_installation_is_not_proposed_again()
    {
        var token = TestContext.Current.CancellationToken;
        await using (var store = await MailStore.OpenAsync(new() { Folder = folder }, TimeProvider.System, token))
        {
            await store.Accounts.AddDomainAsync("daknong.gov.vn", "test", token);
            await store.Accounts.AddOrganizationAsync(new("x.stttt@daknong.gov.vn", "x", 1), "test", token);
            var account = (await store.Accounts.FindAsync("x.stttt@daknong.gov.vn", token))!;
            await store.Accounts.AddAliasAsync(account.Id, "hoant.stttt@daknong.gov.vn", "test", token);
        }
        var (_, output, _) = await RunAsync("--organization", "Sở Thông tin và Truyền thông", "--name", "Nguyễn Thị Hoa", "--json");
        var json = JsonDocument.Parse(output).RootElement;
        Assert.Equal("hoant1.stttt@daknong.gov.vn", json.GetProperty("address").GetString());
        Assert.Equal("A5.2c", json.GetProperty("rule").GetString());
    }

    [Theory]
    [InlineData("tổ chức quản lý trực tiếp", "--organization", "Ủy ban nhân dân xã Đắk Sắk")]
    [InlineData("Không có bộ quy tắc \"hue\"", "--organization", "Sở Y tế", "--profile", "hue")]
    [InlineData("không phải là họ tên", "--organization", "Sở Y tế", "--name", "…")]
    public async Task What_cannot_be_proposed_is_said(string message, params string[] words)
    {
        var (code, _, error) = await RunAsync([.. words, "--lang", "vi"]);
        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(["--data", folder, "addresses", "propose", .. words], TextReader.Null, output, error, new Dictionary<string, string>(), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
