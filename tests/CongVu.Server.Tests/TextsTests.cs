using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CongVu.Server.Tests;

public sealed partial class TextsTests
{
    [Fact]
    public void Both_languages_have_the_same_texts_with_the_same_places()
    {
        var (english, vietnamese) = (Read("Texts.resx"), Read("Texts.vi.resx"));
        Assert.Equal(english.Keys.Order(), vietnamese.Keys.Order());
        Assert.All(english, text => Assert.Equal(Places(text.Value), Places(vietnamese[text.Key])));
    }

    [Fact]
    public void Every_text_that_the_program_asks_for_is_there()
    {
        var known = Read("Texts.resx");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Folder, "src", "CongVu.Server"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (Match asked in Asked().Matches(File.ReadAllText(file)))
                Assert.True(known.ContainsKey(asked.Groups[1].Value), $"{asked.Value} in {file}");
        }
    }

    private static Dictionary<string, string> Read(string file) => XDocument.Load(Path.Combine(Repository.Folder, "src", "CongVu.Server", "Resources", file)).Root!
        .Elements("data").ToDictionary(d => d.Attribute("name")!.Value, d => d.Element("value")!.Value);

    private static string Places(string text) => string.Join(' ', Place().Matches(text).Select(m => m.Value).Distinct().Order());

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();

    [GeneratedRegex("""[tT]exts\["([A-Za-z.]+)"[\],]""")]
    private static partial Regex Asked();
}
