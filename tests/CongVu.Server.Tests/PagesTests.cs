using System.Text.RegularExpressions;

namespace CongVu.Server.Tests;

/// <summary>What the pages under docs point at is there.</summary>
public sealed partial class PagesTests
{
    [Fact]
    public void Every_file_and_test_that_the_regulation_page_names_exists()
    {
        var sources = Names("src");
        var tests = Names("tests");
        foreach (var row in File.ReadLines(Path.Combine(Repository.Folder, "docs", "regulation.md")).Where(line => line.StartsWith("| A", StringComparison.Ordinal)))
        {
            var cells = row.Split('|');
            foreach (Match file in SourceFile().Matches(cells[3]))
                Assert.True(sources.Any(s => s.EndsWith($"/{file.Groups[1].Value}", StringComparison.Ordinal) || s.EndsWith($".{file.Groups[1].Value}", StringComparison.Ordinal)), $"{file.Value} in {row}");
            foreach (Match test in TestClass().Matches(cells[4]))
                Assert.True(tests.Any(t => t.EndsWith($"/{test.Groups[1].Value}.cs", StringComparison.Ordinal)), $"{test.Value} in {row}");
        }
    }

    [Fact]
    public void Every_link_between_pages_leads_somewhere()
    {
        var pages = Directory.EnumerateFiles(Repository.Folder, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Folder, "docs"), "*.md", SearchOption.AllDirectories));
        foreach (var page in pages)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                var target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{link.Value} in {page}");
            }
        }
    }

    private static List<string> Names(string folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Folder, folder), "*.cs", SearchOption.AllDirectories).Select(f => f.Replace('\\', '/'))];

    [GeneratedRegex(@"`([A-Za-z/.]+\.cs)`")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"`([A-Za-z]+Tests)[.`]")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"\]\((?!http)([^)#]+)\)")]
    private static partial Regex Link();
}
