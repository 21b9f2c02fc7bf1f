using System.Net;
using CongVu.Formats.SenderAuthentication;
using YamlDotNet.RepresentationModel;

namespace CongVu.Formats.Tests.SenderAuthentication;

/// <summary>The public test suite of RFC 7208, every case of it.</summary>
public sealed class SpfSuiteTests
{
    private static readonly string? File = Corpus.Folder is { } folder ? Path.Combine(folder, "spf", "rfc7208-tests.yml") : null;

    [Fact]
    public async Task Every_case_of_the_public_suite_ends_as_it_says()
    {
        Assert.SkipWhen(File is null || !System.IO.File.Exists(File), "The corpus is not here.");
        var stream = new YamlStream();
        using (var reader = new StreamReader(File!))
            stream.Load(reader);
        var wrong = new List<string>();
        var cases = 0;
        foreach (var scenario in stream.Documents.Select(d => (YamlMappingNode)d.RootNode))
        {
            var zone = ZoneOf((YamlMappingNode)scenario["zonedata"]);
            foreach (var (name, value) in (YamlMappingNode)scenario["tests"])
            {
                cases++;
                if (await RunAsync(zone, (YamlMappingNode)value) is { } difference)
                    wrong.Add($"{scenario["description"]} / {name}: {difference}");
            }
        }
        Assert.Empty(wrong);
        Assert.InRange(cases, 200, 1000);
    }

    private static async Task<string?> RunAsync(TestZone zone, YamlMappingNode test)
    {
        var query = new SpfQuery(IPAddress.Parse(Text(test, "host")!), Text(test, "helo")!, Text(test, "mailfrom")!, "receiver.example.com");
        var outcome = await SpfCheck.RunAsync(query, zone.Lookup, DateTimeOffset.UnixEpoch, TestContext.Current.CancellationToken);
        var allowed = test["result"] is YamlSequenceNode several ? several.Select(n => n.ToString()).ToArray() : [test["result"].ToString()];
        var result = outcome.Result.ToString().ToLowerInvariant();
        if (!allowed.Contains(result))
            return $"{result} instead of {string.Join(" or ", allowed)}";
        if (Text(test, "explanation") is { } expected && (outcome.Explanation ?? "DEFAULT") != expected)
            return $"explained as '{outcome.Explanation}' instead of '{expected}'";
        return null;
    }

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? value.ToString() : null;

    // Records of the old type stand for TXT where the name has none of these.
    private static TestZone ZoneOf(YamlMappingNode data)
    {
        var zone = new TestZone();
        foreach (var (name, records) in data)
        {
            var hasTexts = ((YamlSequenceNode)records).Any(r => r is YamlMappingNode map && map.Children.ContainsKey("TXT"));
            foreach (var record in (YamlSequenceNode)records)
            {
                if (record is not YamlMappingNode map)
                {
                    zone.Add(name.ToString(), "TIMEOUT", "");
                    continue;
                }
                foreach (var (kind, value) in map)
                {
                    var text = value is YamlSequenceNode parts ? string.Join(kind.ToString() == "MX" ? " " : "", parts.Select(p => p.ToString())) : value.ToString();
                    if (kind.ToString() != "SPF")
                        zone.Add(name.ToString(), kind.ToString(), text);
                    else if (!hasTexts)
                        zone.Add(name.ToString(), "TXT", text);
                }
            }
        }
        return zone;
    }
}
