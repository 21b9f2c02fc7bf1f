using System.Globalization;
using System.Text.RegularExpressions;

namespace CongVu.Bench;

/// <summary>docs/benchmarks.md: a section for each benchmark, written by its latest run.</summary>
internal static class Report
{
    private const string File = "docs/benchmarks.md";

    internal static async Task WriteAsync(string section, string body)
    {
        var text = System.IO.File.Exists(File) ? await System.IO.File.ReadAllTextAsync(File) : "# Benchmarks\n\nEach section is written by its own command, all systems on one machine in one run.\n";
        var machine = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GB, {DateTime.UtcNow:yyyy-MM-dd}.");
        var written = $"## {section}\n\n{machine}\n\n{body.Trim()}\n\n";
        var old = new Regex($@"## {Regex.Escape(section)}\n.*?(?=^## |\z)", RegexOptions.Singleline | RegexOptions.Multiline);
        text = old.IsMatch(text) ? old.Replace(text, written.Replace("$", "$$", StringComparison.Ordinal)) : $"{text.TrimEnd()}\n\n{written}";
        await System.IO.File.WriteAllTextAsync(File, text.TrimEnd() + "\n");
    }
}
