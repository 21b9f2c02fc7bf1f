using System.Text;
using CongVu.Formats.Mime;

namespace CongVu.Formats.Tests.Mime;

public sealed class CharsetsTests
{
    [Theory]
    [InlineData("viscii", "5669AE74", "Việt")]
    [InlineData("VISCII", "0255 D0E1", "ẲUĐá")]
    [InlineData("x-viet-tcvn", "5669D674", "Việt")]
    [InlineData("tcvn3", "43AB6E6720 76A86E", "Công văn")]
    [InlineData("vni", "566965E474", "Việt")]
    [InlineData("vni", "F161EB63", "đặc")]
    [InlineData("windows-1258", "5669EAF274", "Việt")]
    [InlineData("windows-1258", "4E677579EADE6E", "Nguyễn")]
    [InlineData("utf-7", "4E2B414F6B2D 202B2D", "Né +")]
    [InlineData("utf-8", "65CCA3CC82", "ệ")]
    [InlineData("no-such-charset", "C3A1", "á")]
    [InlineData("us-ascii", "E1BB87", "ệ")]
    [InlineData("utf-8", "EAF2", "ệ")]
    public void Bytes_become_the_letters_that_were_meant_composed(string charset, string hex, string expected) =>
        Assert.Equal(expected, Charsets.Decode(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)), charset));

    [Fact]
    public void What_is_no_unicode_is_replaced_wherever_text_is_composed()
    {
        Assert.Equal("a\ufffdb\ufffd", Charsets.Decode([0x61, 0, 0xfe, 0xff, 0x62, 0, 0x00, 0xd8], "utf-16"));
        Assert.Equal("x\ufffd\ufffde", CongVu.Formats.Text.VietnameseFolding.Fold("X\ufffe\ud800é"));
    }

    [Theory]
    [InlineData("=?VISCII?Q?Vi=AEt?= Nam", "Việt Nam")]
    [InlineData("=?windows-1258?Q?Vi=EA=F2t?=", "Việt")]
    [InlineData("=?utf-8?Q?Vi=E1=BB=87t?= =?utf-8?Q?_Nam?=", "Việt Nam")]
    [InlineData("=?utf-8?B?VsOtIGThu6U=?= rest", "Ví dụ rest")]
    [InlineData("Thông báo", "Thông báo")]
    [InlineData("=?viscii?X?abc?= =?viscii?Q", "=?viscii?X?abc?= =?viscii?Q")]
    public void Encoded_words_are_decoded(string raw, string expected) => Assert.Equal(expected, EncodedWords.Decode(Encoding.UTF8.GetBytes(raw)));

    [Theory]
    [InlineData("Báo cáo quý I năm 2026 của Ủy ban nhân dân tỉnh về tình hình kinh tế - xã hội")]
    [InlineData("plain")]
    public void Encoding_is_ascii_and_decodes_to_the_same(string text)
    {
        var encoded = EncodedWords.EncodeText(text);
        Assert.True(Ascii.IsValid(encoded));
        Assert.Equal(text, EncodedWords.Decode(encoded));
    }
}
