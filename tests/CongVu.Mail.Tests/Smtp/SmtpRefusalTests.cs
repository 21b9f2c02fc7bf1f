using System.Text;
using CongVu.Mail.Smtp;

namespace CongVu.Mail.Tests.Smtp;

public sealed class SmtpRefusalTests
{
    public static TheoryData<SmtpRefusal> All => [.. Enum.GetValues<SmtpRefusal>().Where(r => r != SmtpRefusal.None)];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_refusal_has_codes_that_agree_and_words_in_both_languages(SmtpRefusal refusal)
    {
        SmtpReply reply = refusal;
        Assert.Equal(refusal, reply.Refusal);
        Assert.InRange(reply.Code, 400, 599);
        Assert.Equal((char)('0' + (reply.Code / 100)), reply.Enhanced[0]);
        Assert.True(Ascii.IsValid(reply.Text) && reply.Text.Length > 0);
        Assert.NotEmpty(reply.Vietnamese);
    }

    [Fact]
    public void The_table_has_a_row_for_each_and_none_is_said_of_two() =>
        Assert.Equal(All.Count, All.Select(r => ((SmtpReply)r.Data).Vietnamese).Distinct().Count());
}
