using System.Buffers;
using System.Text;
using CongVu.Formats.Imap;
using CsCheck;

namespace CongVu.Formats.Tests.Imap;

public sealed class CommandFramerTests
{
    [Theory]
    [InlineData("a1 NOOP\r\n", "Complete 9")]
    [InlineData("a1 NOOP\n", "Complete 8")]
    [InlineData("a1 NOOP\r\na2 LOGOUT\r\n", "Complete 9")]
    [InlineData("a1 NOOP", "NeedMore 0")]
    [InlineData("a LOGIN {3}\r\nabc {2}\r\nxy\r\n", "Await Await Complete 26")]
    [InlineData("a LOGIN {3+}\r\nabc {2+}\r\nxy\r\n", "Complete 28")]
    [InlineData("a LOGIN {3+}\r\n\r\n\r {2+}\r\n{2\r\n", "Complete 28")]
    [InlineData("a LOGIN {0}\r\n {2}\r\nxy\r\n", "Await Await Complete 23")]
    [InlineData("a SEARCH TEXT \"{5}\"\r\n", "Complete 21")]
    [InlineData("a SEARCH TEXT {-5}\r\n", "Complete 20")]
    [InlineData("a SEARCH TEXT {99999999999999999999}\r\n", "Complete 38")]
    [InlineData("a LOGIN {3", "NeedMore 0")]
    [InlineData("a LOGIN {5+}\r\nabc", "NeedMore 0")]
    [InlineData("a APPEND INBOX {310}\r\n", "Message 22 310 sync")]
    [InlineData("a append INBOX (\\Seen) \"17-Jul-1996 02:44:25 -0700\" ~{310+}\r\nFrom", "Message 61 310 binary")]
    [InlineData("a APPEND {5}\r\nINBOX (\\Seen) {310}\r\n", "Await Message 35 310 sync")]
    [InlineData("a APPEND {5+}\r\nINBOX {310+}\r\n", "Message 29 310")]
    [InlineData("a APPEND INBOX UTF8 (~{310+}\r\n", "Message 30 310 binary")]
    [InlineData("a UID REPLACE 4 {5+}\r\nINBOX {310+}\r\n", "Message 36 310")]
    [InlineData("a REPLACE 4 INBOX {310}\r\n", "Message 25 310 sync")]
    public void Finds_the_end_of_a_command_whole_and_one_octet_at_a_time(string input, string expected)
    {
        Assert.Equal(expected, Run(input, input.Length));
        Assert.Equal(expected, Run(input, 1));
        Assert.Equal(expected, Run(input, 3));
    }

    [Fact]
    public void What_follows_a_message_ends_the_command_or_announces_another()
    {
        var framer = new CommandFramer(CommandLimits.SignedIn);
        Assert.Equal(FrameStatus.Message, framer.Scan(Bytes("a APPEND x {1+}\r\n")));
        framer.ResetAfterMessage();
        Assert.Equal(FrameStatus.Message, framer.Scan(Bytes(" (\\Seen) {7+}\r\n")));
        Assert.Equal(7, framer.Literal.Length);
        framer.ResetAfterMessage();
        Assert.Equal(FrameStatus.Complete, framer.Scan(Bytes("\r\n")));
        Assert.Equal(2, framer.Length);
    }

    [Fact]
    public void A_line_or_literal_over_the_limit_is_refused_before_it_is_read()
    {
        var limits = new CommandLimits(20, 10);
        Assert.Equal(FrameStatus.LineTooLong, new CommandFramer(limits).Scan(Bytes(new string('x', 21))));
        Assert.Equal(FrameStatus.NeedMore, new CommandFramer(limits).Scan(Bytes(new string('x', 20))));
        Assert.Equal(FrameStatus.LiteralTooLong, new CommandFramer(limits).Scan(Bytes("a LOGIN {11}\r\n")));
        Assert.Equal(FrameStatus.LiteralTooLongSent, new CommandFramer(limits with { LineBytes = 30 }).Scan(Bytes("a LOGIN {5+}\r\n12345 {6+}\r\n")));
        Assert.Equal(FrameStatus.LiteralTooLong, new CommandFramer(limits with { LineBytes = 30 }).Scan(Bytes("{9223372036854775807}\r\n")));
        Assert.Equal(FrameStatus.LineTooLong, new CommandFramer(limits).Scan(Bytes("a X {1+}\r\n1 {1+}\r\n1 {1+}\r\n")));
    }

    [Fact]
    public void Any_split_of_any_input_gives_the_same_frames() =>
        Gen.Select(OneOf("a ", "LOGIN", " {3}\r\n", " {2+}\r\n", "xyz", "\r\n", "\n", "{", "}", "APPEND ", "UID ", "~{4}\r\n", " ").Array[0, 12], Gen.Int[1, 5])
            .Sample((parts, step) => Assert.Equal(Run(string.Concat(parts), 1000), Run(string.Concat(parts), step)));

    private static Gen<string> OneOf(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static string Run(string input, int step)
    {
        var framer = new CommandFramer(CommandLimits.SignedIn);
        var told = "";
        for (var have = Math.Min(step, input.Length); ; have = Math.Min(have + step, input.Length))
        {
            FrameStatus status;
            while ((status = framer.Scan(Segments(input[..have], step))) == FrameStatus.AwaitsContinuation)
                told += "Await ";
            if (status == FrameStatus.Complete || (status == FrameStatus.NeedMore && have == input.Length))
                return $"{told}{status} {framer.Length}";
            if (status == FrameStatus.Message)
                return $"{told}{status} {framer.Length} {framer.Literal.Length}{(framer.Literal.IsSynchronizing ? " sync" : "")}{(framer.Literal.IsBinary ? " binary" : "")}";
            if (status != FrameStatus.NeedMore)
                return told + status;
        }
    }

    private static ReadOnlySequence<byte> Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private static ReadOnlySequence<byte> Segments(string text, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var first = new Segment(ReadOnlyMemory<byte>.Empty, null);
        var last = first;
        for (var at = 0; at < bytes.Length; at += size)
            last = new(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), last);
        return new(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
