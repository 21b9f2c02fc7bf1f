using System.Text.Json;
using CongVu.Server.Commands;

namespace CongVu.Server.Tests.Commands;

public sealed class WorkingDayCommandTests
{
    [Theory]
    [InlineData("2026-02-25\n", "add", "2026-02-13", "3")]
    [InlineData("2026-02-25\n", "add", "13/2/2026", "3")]
    [InlineData("2024-05-04\n", "add", "2024-05-03", "1")]
    [InlineData("2026-11-20\n", "add", "2026-11-25", "--", "-3")]
    [InlineData("2027-02-11 (dự kiến)\n", "add", "2027-02-03", "1", "--lang", "vi")]
    [InlineData("2027-02-11 (provisional)\n", "add", "2027-02-03", "1", "--lang", "en")]
    [InlineData("1\n", "between", "2026-02-13", "2026-02-23")]
    [InlineData("1 (dự kiến)\n", "between", "2027-02-03", "2027-02-11", "--lang=vi")]
    public async Task Days_are_counted(string expected, params string[] words)
    {
        var (code, output, error) = await RunAsync(["working-days", .. words]);
        Assert.True(code == 0, error);
        Assert.Equal(expected, output);
    }

    [Fact]
    public async Task Holidays_have_names_and_marks()
    {
        var (_, output, _) = await RunAsync("working-days", "holidays", "2027", "--lang", "vi");
        Assert.Matches("2027-02-10 +Thứ Tư +Nghỉ bù Tết Nguyên đán +dự kiến\n", output);
        Assert.Matches("2027-04-16 +Thứ Sáu +Giỗ Tổ Hùng Vương\n", output);
        Assert.Contains("Chưa có quyết định", output, StringComparison.Ordinal);
        (_, output, _) = await RunAsync("working-days", "holidays", "2026", "--json");
        var days = JsonDocument.Parse(output).RootElement;
        Assert.True(days.GetProperty("isDecided").GetBoolean());
        Assert.Equal("2026-02-17", days.GetProperty("tet").GetString());
        Assert.Contains(days.GetProperty("days").EnumerateArray(), d => d.GetProperty("date").GetString() == "2026-08-22" && d.GetProperty("kind").GetString() == "worked" && d.GetProperty("isWorked").GetBoolean());
    }

    [Theory]
    [InlineData("\"32/1/2026\" không phải là ngày", "add", "32/1/2026", "3")]
    [InlineData("từ 2000 đến 2100", "add", "1999-12-31", "3")]
    [InlineData("từ 2000 đến 2100", "add", "2100-12-31", "3")]
    [InlineData("từ 2000 đến 2100", "holidays", "2101")]
    public async Task What_cannot_be_counted_is_said(string message, params string[] words)
    {
        var (code, _, error) = await RunAsync(["working-days", .. words, "--lang", "vi"]);
        Assert.Equal(1, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CommandLine.RunAsync(words, TextReader.Null, output, error, new Dictionary<string, string>(), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
