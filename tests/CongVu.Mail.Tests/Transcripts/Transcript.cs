using System.Text;
using System.Text.RegularExpressions;
using CongVu.Mail.Tests.Connections;

namespace CongVu.Mail.Tests.Transcripts;

/// <summary>
/// Plays a conversation written as text: "C: " lines are sent, "S: " lines must come, in this order. In an "S: " line <c>*</c> stands for anything.
/// "S: (closed)" wants the end. Lines without a mark go on with the one before as data of the client.
/// </summary>
public static class Transcript
{
    public static async Task PlayAsync(InMemoryClient client, string conversation, bool oneByOne, CancellationToken cancellationToken)
    {
        var lines = conversation.ReplaceLineEndings("\n").Split('\n').Where(l => l.Length > 0).ToArray();
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith("C: ", StringComparison.Ordinal))
            {
                // Client lines that follow each other are sent together, as pipelining clients do.
                var sent = new StringBuilder();
                for (; i < lines.Length && lines[i].StartsWith("C: ", StringComparison.Ordinal); i++)
                    sent.Append(Unescape(lines[i][3..])).Append(lines[i].EndsWith("\\", StringComparison.Ordinal) ? "" : "\r\n");
                i--;
                await client.SendAsync(Encoding.UTF8.GetBytes(sent.ToString()), oneByOne);
                continue;
            }
            var expected = lines[i][3..];
            var actual = await AnswerAsync(client, expected, i, cancellationToken);
            Assert.True(Matches(expected, actual ?? "(closed)"), $"Line {i + 1}: expected \"{expected}\", got \"{actual ?? "(closed)"}\"");
        }
    }

    // A server that is silent fails the test, not the run.
    private static async Task<string?> AnswerAsync(InMemoryClient client, string expected, int line, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            return await client.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Line {line + 1}: no answer where \"{expected}\" was expected.");
        }
    }

    private static string Unescape(string text) =>
        Regex.Replace(text.EndsWith('\\') ? text[..^1] : text, @"\\(r|n|0|x[0-9a-f]{2})", m => m.Value[1] switch { 'r' => "\r", 'n' => "\n", '0' => "\0", _ => ((char)Convert.ToByte(m.Value[2..], 16)).ToString() });

    private static bool Matches(string pattern, string text) => Regex.IsMatch(text, "^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline);
}
