namespace CongVu.Governance.Tests;

/// <summary>The reviewed tables beside the tests: tab-separated, one case a line.</summary>
internal static class Table
{
    public static IEnumerable<string[]> Read(string file) => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", file)).Where(line => line.Length > 0).Select(line => line.Split('\t'));
}
