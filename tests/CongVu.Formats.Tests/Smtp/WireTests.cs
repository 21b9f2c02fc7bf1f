using System.Text;
using CongVu.Formats.Smtp;
using CsCheck;

namespace CongVu.Formats.Tests.Smtp;

public sealed class WireTests
{
    private static readonly Gen<byte[]> Wire = Gen.OneOf(Gen.Const((byte)0x2e), Gen.Const((byte)0x0d), Gen.Const((byte)0x0a), Gen.Const((byte)0x61), Gen.Const((byte)0xE1)).Array[0, 60];

    [Fact]
    public void What_is_stuffed_comes_out_again_however_it_was_cut() => Gen.Select(Wire, Gen.Int[1, 7]).Sample((message, piece) =>
    {
        var stuffing = new DotStuffing();
        var written = new List<byte>();
        var buffer = new byte[256];
        foreach (var part in message.Chunk(piece))
            written.AddRange(buffer.AsSpan(0, stuffing.Write(part, buffer)).ToArray());
        written.AddRange(buffer.AsSpan(0, stuffing.End(buffer)).ToArray());

        // The reader's way (RFC 5321 §4.5.2): lines up to LF; a dot alone ends, another first dot goes.
        var read = new List<byte>();
        var rest = written.ToArray().AsSpan();
        while (true)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = rest[..(end + 1)];
            rest = rest[(end + 1)..];
            if (line.SequenceEqual(".\r\n"u8))
                break;
            read.AddRange((line[0] == (byte)'.' ? line[1..] : line).ToArray());
        }
        Assert.True(rest.IsEmpty);
        var ended = message.Length == 0 || message[^1] == '\n' ? message : message[^1] == '\r' ? [.. message, (byte)'\n'] : [.. message, (byte)'\r', (byte)'\n'];
        Assert.Equal(ended, read);
    });

    [Theory]
    [InlineData("a\r\nb\r\n", false, false, false)]
    [InlineData("á\r\n", true, false, false)]
    [InlineData("a\nb", false, false, true)]
    [InlineData("a\rb\r\n", false, false, true)]
    [InlineData("a\r", false, false, true)]
    [InlineData("a\0b\r\n", false, true, false)]
    public void A_scan_tells_what_a_message_needs(string message, bool has8Bit, bool isBinary, bool hasBare)
    {
        foreach (var piece in new[] { 1, 2, 100 })
        {
            var scan = new WireScan();
            foreach (var part in Encoding.UTF8.GetBytes(message).Chunk(piece))
                scan.Read(part);
            Assert.Equal((has8Bit, isBinary, hasBare), (scan.Has8Bit, scan.IsBinary, scan.HasBareLineEnd));
        }
    }

    [Theory]
    [InlineData(998, false)]
    [InlineData(999, true)]
    public void A_line_of_more_than_998_bytes_is_no_line(int length, bool isBinary)
    {
        var scan = new WireScan();
        foreach (var part in Encoding.ASCII.GetBytes(new string('a', length) + "\r\nb\r\n").Chunk(100))
            scan.Read(part);
        Assert.Equal(isBinary, scan.IsBinary);
    }
}
