using System.Buffers.Binary;
using System.Net;
using System.Text;
using CongVu.Mail.Connections;

namespace CongVu.Mail.Tests.Connections;

public sealed class ProxyHeaderTests
{
    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    [Theory]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 5000 25\r\n", "203.0.113.7:5000")]
    [InlineData("PROXY TCP6 2001:db8::7 2001:db8::1 5000 25\r\n", "[2001:db8::7]:5000")]
    [InlineData("PROXY UNKNOWN\r\n", "")]
    [InlineData("PROXY UNKNOWN 1 2 3 4\r\n", "")]
    [InlineData("PROXY TCP4 x 192.0.2.1 5000 25\r\n", null)]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 70000 25\r\n", null)]
    [InlineData("PROXY TCP4 203.0.113.7\r\n", null)]
    [InlineData("PROXY UDP4 203.0.113.7 192.0.2.1 5000 25\r\n", null)]
    [InlineData("EHLO x\r\n", null)]
    [InlineData("\u0016\u0003\u0001", null)]
    public void The_text_form_is_read(string text, string? expected) => Check(Encoding.Latin1.GetBytes(text), expected);

    [Fact]
    public void A_line_without_end_is_given_up()
    {
        var bytes = Encoding.ASCII.GetBytes("PROXY UNKNOWN " + new string('x', 200));
        Assert.Null(ProxyHeader.TryParse(bytes.AsSpan(0, 107), out _, out _));
        Assert.False(ProxyHeader.TryParse(bytes.AsSpan(0, 108), out _, out _));
    }

    [Fact]
    public void The_binary_form_is_read()
    {
        byte[] four = [203, 0, 113, 7, 192, 0, 2, 1, 0x13, 0x88, 0, 25];
        byte[] six = [.. IPAddress.Parse("2001:db8::7").GetAddressBytes(), .. IPAddress.IPv6Loopback.GetAddressBytes(), 0x13, 0x88, 0, 25];
        Check(Binary(0x21, 0x11, four), "203.0.113.7:5000");
        Check(Binary(0x21, 0x11, [.. four, 4, 0, 1, 0]), "203.0.113.7:5000");
        Check(Binary(0x21, 0x21, six), "[2001:db8::7]:5000");
        Check(Binary(0x20, 0, []), "");
        Check(Binary(0x21, 0x31, new byte[216]), "");
        Check(Binary(0x21, 0x11, four[..8]), "");
        // Another version, an unknown command, more than we take.
        Check(Binary(0x11, 0x11, four), null);
        Check(Binary(0x22, 0x11, four), null);
        Check(Binary(0x21, 0x11, new byte[1000]), null);
    }

    private static byte[] Binary(byte command, byte family, byte[] rest)
    {
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)rest.Length);
        return [.. Signature, command, family, .. length, .. rest];
    }

    // However much has come, the answer is "more" until it is the one answer.
    private static void Check(byte[] header, string? expected)
    {
        byte[] bytes = [.. header, .. "EHLO x\r\n"u8];
        bool? answer = null;
        for (var length = 0; length <= bytes.Length && answer is null; length++)
        {
            answer = ProxyHeader.TryParse(bytes.AsSpan(0, length), out var used, out var remote);
            if (answer == true)
            {
                Assert.Equal(header.Length, used);
                Assert.Equal(expected, remote?.ToString() ?? "");
            }
        }
        Assert.Equal(expected is not null, answer);
        Assert.Equal(answer, ProxyHeader.TryParse(bytes, out _, out _));
    }
}
