using System.Text;
using System.Text.RegularExpressions;
using CongVu.Mail.Tests.Connections;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Imap;

public sealed class SqliteImapTranscriptTests() : ImapTranscriptTests(Backend.Sqlite);

public sealed class PostgresImapTranscriptTests() : ImapTranscriptTests(Backend.Postgres);

/// <summary>
/// Plays the conversations of the folder Transcripts. "C: " lines are sent, "S: " lines must come; C2 and S2 are another connection. In an "S: " line
/// <c>&lt;*&gt;</c> stands for anything; "S: (closed)" wants the end; <c>\r \n \0 \xNN</c> are octets in a "C: " line, and a backslash at its end takes
/// its CRLF away. "#" begins a comment. A connection signs in as "an" by itself unless the first line says "# stranger"; C2 signs in as "binh" where it
/// says "# binh".
/// </summary>
public abstract class ImapTranscriptTests(Backend backend) : ImapFixture(backend)
{
    private static readonly string Conversation = Path.Combine(AppContext.BaseDirectory, "Imap", "Transcripts");

    public static TheoryData<string, bool> Conversations()
    {
        var data = new TheoryData<string, bool>();
        foreach (var file in Directory.EnumerateFiles(Conversation, "*.txt").Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetFileNameWithoutExtension(file), false);
            data.Add(Path.GetFileNameWithoutExtension(file), true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Conversations))]
    public async Task A_conversation_goes_as_written(string name, bool oneByOne)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Conversation, name + ".txt"), Cancellation);
        var text = string.Join('\n', lines);
        InMemoryClient? one = null, two = null;
        try
        {
            one = await ConnectAsync("an", text.Contains("# stranger", StringComparison.Ordinal));
            for (var i = 0; i < lines.Length; i++)
            {
                var line = lines[i];
                if (line.Length == 0 || line.StartsWith('#'))
                    continue;
                var second = line.StartsWith("C2: ", StringComparison.Ordinal) || line.StartsWith("S2: ", StringComparison.Ordinal);
                if (second)
                    two ??= await ConnectAsync(text.Contains("# binh", StringComparison.Ordinal) ? "binh" : "an", stranger: false);
                var client = second ? two! : one;
                var rest = line[(second ? 4 : 3)..];
                if (line[0] == 'C')
                {
                    await client.SendAsync(Encoding.Latin1.GetBytes(Unescape(rest)), oneByOne);
                    continue;
                }
                var actual = await AnswerAsync(client, i + 1, rest);
                Assert.True(Matches(rest, actual), $"{name}.txt:{i + 1}: expected \"{rest}\", got \"{actual}\"");
            }
        }
        finally
        {
            if (one is not null)
                await one.DisposeAsync();
            if (two is not null)
                await two.DisposeAsync();
        }
    }

    private async Task<InMemoryClient> ConnectAsync(string user, bool stranger)
    {
        var client = Connect();
        if (stranger)
            return client;
        await client.ReadLineAsync(Cancellation);
        await client.SendAsync(Encoding.ASCII.GetBytes($"0 LOGIN {user}@example.vn secret\r\n"));
        Assert.StartsWith("0 OK", await client.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        return client;
    }

    // A server that is silent fails the test, not the run.
    private static async Task<string> AnswerAsync(InMemoryClient client, int line, string expected)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            return await client.ReadLineAsync(limit.Token) ?? "(closed)";
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Line {line}: no answer where \"{expected}\" was expected.");
        }
    }

    // The file is UTF-8; what is sent are octets.
    private static string Unescape(string text)
    {
        var octets = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
        var whole = octets.EndsWith('\\') ? octets[..^1] : octets + "\r\n";
        return Regex.Replace(whole, @"\\(r|n|0|x[0-9a-f]{2})", m => m.Value[1] switch { 'r' => "\r", 'n' => "\n", '0' => "\0", _ => ((char)Convert.ToByte(m.Value[2..], 16)).ToString() });
    }

    private static bool Matches(string pattern, string text) => Regex.IsMatch(text, "^" + Regex.Escape(pattern).Replace("<\\*>", ".*", StringComparison.Ordinal) + "$", RegexOptions.Singleline);
}
