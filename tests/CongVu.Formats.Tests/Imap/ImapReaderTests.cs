using System.Buffers;
using System.Text;
using CongVu.Formats.Imap;
using CsCheck;

namespace CongVu.Formats.Tests.Imap;

public sealed class ImapReaderTests
{
    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("a]c", "a]c")]
    [InlineData("\"\"", "")]
    [InlineData("\"a \\\"b\\\\ c\"", "a \"b\\ c")]
    [InlineData("{5}\r\na\r\n\"b", "a\r\n\"b")]
    [InlineData("{3+}\r\nđi", "đi")]
    [InlineData("\"Đồng ý\"", "Đồng ý")]
    public void Reads_strings_and_atoms(string input, string expected)
    {
        var reader = Reader(input);
        Assert.Equal(expected, reader.AString("a string"));
        reader.End();
        Assert.Null(reader.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData("\"abc")]
    [InlineData("\"a\\b\"")]
    [InlineData("\"a\rb\"")]
    [InlineData("\"a\0b\"")]
    [InlineData("{5}")]
    [InlineData("{5}\r\nabc")]
    [InlineData("{}\r\n")]
    [InlineData("{x}\r\n")]
    [InlineData("{2}\r\na\0")]
    [InlineData("a b")]
    [InlineData("{9223372036854775807}\r\nabc")]
    public void Says_what_is_wrong_with_a_string(string input)
    {
        var reader = Reader(input);
        reader.AString("a string");
        reader.End();
        Assert.NotNull(reader.Error);
    }

    [Fact]
    public void Invalid_utf8_is_refused()
    {
        var reader = new ImapReader([(byte)'"', 0xc3, 0x28, (byte)'"'], utf8: true);
        reader.AString("a string");
        Assert.Equal("Not valid UTF-8: a string", reader.Error);
    }

    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("\"Th&AbA- &AREA6w-n\"", "Thư đën")]
    [InlineData("Tom&-Jerry", "Tom&Jerry")]
    [InlineData("\"Thư đến\"", "Thư đến")]
    public void Reads_mailbox_names_of_both_revisions(string input, string expected)
    {
        var reader = Reader(input);
        Assert.Equal(expected, reader.Mailbox());
        Assert.Null(reader.Error);
    }

    [Theory]
    [InlineData("a&b")]
    [InlineData("&A-")]
    [InlineData("&!!!-")]
    public void Refuses_names_that_are_not_modified_utf7(string input)
    {
        var reader = Reader(input);
        reader.Mailbox();
        Assert.NotNull(reader.Error);
    }

    [Theory]
    [InlineData("\"17-Jul-1996 02:44:25 -0700\"", "1996-07-17T02:44:25-07:00")]
    [InlineData("\" 7-jul-2026 02:44:60 +0700\"", "2026-07-07T02:44:59+07:00")]
    [InlineData("\"31-Feb-2026 02:44:25 +0700\"", null)]
    [InlineData("\"01-Feb-0000 02:44:25 +0700\"", null)]
    [InlineData("\"01-Feb-2026 25:44:25 +0700\"", null)]
    [InlineData("\"01-Feb-2026 22:44:25 +9900\"", null)]
    [InlineData("\"01-Feb-0001 00:44:25 +1400\"", null)]
    [InlineData("\"01-Feb-2026 22:44", null)]
    public void Reads_date_times(string input, string? expected)
    {
        var reader = Reader(input);
        var time = reader.DateTime();
        Assert.Equal(expected is null, reader.Failed);
        if (expected is not null)
            Assert.Equal(DateTimeOffset.Parse(expected, null), time);
    }

    [Theory]
    [InlineData("(\\Seen \\Flagged $Forwarded)", ImapFlags.Seen | ImapFlags.Flagged, "$Forwarded")]
    [InlineData("()", ImapFlags.None, "")]
    [InlineData("(\\RECENT a b)", ImapFlags.None, "a b")]
    public void Reads_flags(string input, ImapFlags flags, string keywords)
    {
        var reader = Reader(input);
        var list = reader.FlagList();
        Assert.Null(reader.Error);
        Assert.Equal((flags, keywords), (list.System, string.Join(' ', list.Keywords)));
    }

    [Fact]
    public void A_number_that_is_too_large_is_refused()
    {
        var reader = Reader("4294967296");
        reader.Number("a number");
        Assert.Equal("The number is too large: a number", reader.Error);
        reader = Reader("99999999999999999999");
        reader.Number64("a number");
        Assert.True(reader.Failed);
    }

    [Fact]
    public void What_is_written_as_a_string_reads_back() => Gen.Byte.Array[0, 40].Sample(bytes =>
    {
        if (bytes.Contains((byte)0))
            return;
        foreach (var utf8 in (bool[])[false, true])
        {
            var reader = new ImapReader(Write(bytes, utf8), utf8);
            Assert.Equal(bytes, reader.AStringBytes("x").ToArray());
            reader.End();
            Assert.Null(reader.Error);
        }

        static byte[] Write(byte[] bytes, bool utf8)
        {
            var target = new ArrayBufferWriter<byte>();
            var writer = new ImapWriter(target, utf8);
            writer.String(bytes);
            writer.Commit();
            return target.WrittenSpan.ToArray();
        }
    });

    [Fact]
    public void Mailbox_names_flags_and_times_read_back() =>
        Gen.Select(Gen.String[1, 20], Gen.Byte[0, 31], Gen.Char.AlphaNumeric.Array[1, 5].Array[0, 4], Gen.DateTimeOffset, Gen.Bool).Sample((name, flags, words, time, utf8) =>
        {
            if (name.EnumerateRunes().Any(r => r.Value is 0 or 0xfffd) || time.Year is < 2 or > 9998)
                return;
            var keywords = words.Select(w => new string(w)).ToArray();
            var target = new ArrayBufferWriter<byte>();
            var writer = new ImapWriter(target, utf8);
            writer.Mailbox(name);
            writer.Space();
            writer.Flags((ImapFlags)flags, string.Join(' ', keywords));
            writer.Space();
            writer.DateTime(time);
            writer.Commit();

            var reader = new ImapReader(target.WrittenSpan, utf8);
            Assert.Equal(name, reader.Mailbox());
            reader.Space();
            var list = reader.FlagList();
            reader.Space();
            var read = reader.DateTime();
            reader.End();
            Assert.Null(reader.Error);
            Assert.Equal((ImapFlags)flags, list.System);
            Assert.Equal(keywords, list.Keywords);
            Assert.Equal(time.ToString("yyyyMMddHHmmsszzz", null), read.ToString("yyyyMMddHHmmsszzz", null));
        });

    private static ImapReader Reader(string text) => new(Encoding.UTF8.GetBytes(text), utf8: false);
}
