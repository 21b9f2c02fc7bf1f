using System.Text;
using CongVu.Formats.Smtp;

namespace CongVu.Fuzz;

/// <summary>Command lines are read or refused; the text after DATA gives the same however it is cut, and agrees with a reading byte by byte.</summary>
internal static class SmtpTarget
{
    internal static readonly byte[][] Seeds =
    [
        .. new[] { "MAIL FROM:<a@b.vn> SIZE=10 BODY=8BITMIME RET=HDRS ENVID=a+2Bb", "RCPT TO:<\"a b\"@b.vn> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a@b", "EHLO x\r\nMAIL FROM:<>\r\n", "Subject: x\r\n\r\n..a\r\n.\r\nQUIT\r\n", "a\r\n.b\r\n\r\n..\r\n.\r\n" }.Select(Encoding.UTF8.GetBytes),
    ];

    internal static readonly string[] Words = ["\r\n.\r\n", "\n.\n", "\r.\r", "\r\n.", "\r", "\n", ".", "<", ">", "@", "\"", "\\", "[1.2.3.4]", "@a,@b:", " ", "=", "+", "SIZE=", "\0", "ệ"];

    internal static void Run(byte[] input)
    {
        if (SmtpCommand.Parse(input) is { } command)
        {
            foreach (var keyword in new[] { "FROM", "TO" })
            {
                if (SmtpPath.Parse(command.Argument, keyword) is { } path)
                {
                    Assert.True(path.Address.Length <= 256);
                    Assert.DoesNotContain(path.Address, c => c is '\r' or '\n' or '\0');
                    foreach (var value in path.Parameters.Values)
                        _ = Xtext.Decode(value);
                }
            }
        }
        var expected = Naive(input);
        foreach (var step in new[] { 1, 3, 7, input.Length + 1 })
            Assert.Equal(expected, Read(input, step));
    }

    private static string Read(byte[] input, int step)
    {
        var reader = new SmtpDataReader();
        var kept = new StringBuilder();
        for (var at = 0; at < input.Length && !reader.IsDone; at += step)
        {
            var chunk = input.AsSpan(at, Math.Min(step, input.Length - at));
            var position = 0;
            while (reader.Next(chunk, ref position, out var run))
                kept.Append(Encoding.Latin1.GetString(run));
            if (reader.IsDone)
                return reader.HasBareLineEnd ? $"bad {at + position}" : $"{kept} {at + position}";
        }
        return reader.HasBareLineEnd ? "bad" : "unfinished";
    }

    // RFC 5321 §4.5.2 line by line.
    private static string Naive(byte[] input)
    {
        var text = Encoding.Latin1.GetString(input);
        var kept = new StringBuilder();
        var bad = false;
        for (var at = 0; ;)
        {
            var end = text.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                // A lone CR at the very end may still become a line end.
                var rest = text[at..];
                return bad || rest.TrimEnd('\r').IndexOfAny(['\r', '\n']) >= 0 || rest.EndsWith("\r\r", StringComparison.Ordinal) ? "bad" : "unfinished";
            }
            var line = text[at..end];
            bad |= line.IndexOfAny(['\r', '\n']) >= 0;
            at = end + 2;
            if (line == ".")
                return bad ? $"bad {at}" : $"{kept} {at}";
            kept.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        }
    }
}
