using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using CongVu.Server.Hosting;

namespace CongVu.Server.Tests;

/// <summary>The frame in which messages are shown runs one script, its own.</summary>
public sealed partial class WebFrameTests
{
    [Fact]
    public void The_policy_of_the_frame_names_the_script_that_is_in_it()
    {
        var scripts = Script().Matches(File.ReadAllText(Path.Combine(Repository.Folder, "web/public/frame.html")));
        var script = Assert.Single(scripts).Groups[1].Value;
        Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'", WebPages.FramePolicy, StringComparison.Ordinal);
    }

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();
}
