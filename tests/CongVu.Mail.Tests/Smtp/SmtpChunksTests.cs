using CongVu.Mail.Smtp;
using CongVu.Mail.Tests.Transcripts;

namespace CongVu.Mail.Tests.Smtp;

public sealed class SmtpChunksTests : SmtpFixture
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chunks_make_a_message(bool oneByOne)
    {
        var (an, _) = await PersonAsync("an");
        await PlayAsync(SmtpRole.Inbound, ToAn + """
            C: BDAT 14
            C: Subject: x\r\n\r\n\
            S: 250 2.0.0 OK
            C: RCPT TO:<an@example.vn>
            S: 503 5.5.1 *
            C: DATA
            S: 503 5.5.1 *
            C: BDAT 5
            C: a\r\n.\r\
            S: 250 2.0.0 OK
            C: BDAT 4 LAST
            C: \nb.\n\
            S: 550 5.6.11 *
            C: MAIL FROM:<b@x.vn>
            S: 250 *
            C: RCPT TO:<an@example.vn>
            S: 250 *
            C: BDAT 10
            C: Subject: x\
            C: BDAT 4
            C: \r\n\r\n\
            C: BDAT 0 LAST
            S: 250 2.0.0 OK
            S: 250 2.0.0 OK
            S: 250 2.0.0 Taken as *
            """, oneByOne);
        Assert.EndsWith("\r\nSubject: x\r\n\r\n", await OnlyMessageAsync(an), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_binary_message_may_have_any_bytes_and_needs_chunks()
    {
        var (an, _) = await PersonAsync("an");
        await PlayAsync(SmtpRole.Inbound, ToAn + """
            C: RSET
            S: 250 *
            C: MAIL FROM:<> BODY=BINARYMIME
            S: 250 *
            C: RCPT TO:<an@example.vn>
            S: 250 *
            C: DATA
            S: 503 5.5.1 BODY=BINARYMIME needs BDAT
            C: BDAT 20 LAST
            C: Subject: x\r\n\r\n\na\rb.\r\
            S: 250 2.0.0 Taken as *
            """);
        Assert.EndsWith("\r\nSubject: x\r\n\r\n\na\rb.\r", await OnlyMessageAsync(an), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_bytes_of_a_refused_chunk_are_never_commands(bool oneByOne)
    {
        var (an, _) = await PersonAsync("an");
        await PlayAsync(SmtpRole.Inbound, """
            S: 220 *
            C: BDAT 6 LAST
            C: QUIT\r\n\
            S: 503 Not now: another command must come first
            C: HELO x
            S: 250 *
            C: MAIL FROM:<b@x.vn>
            C: RCPT TO:<nobody@example.vn>
            C: BDAT 6
            C: QUIT\r\n\
            C: BDAT 6 LAST
            C: QUIT\r\n\
            S: 250 *
            S: 550 *
            S: 554 No valid recipients
            S: 503 *
            C: NOOP
            S: 250 OK
            """, oneByOne);
        Assert.Equal(0, (await MailboxAsync(an, "INBOX")).MessageCount);
    }

    [Theory]
    [InlineData("BDAT")]
    [InlineData("BDAT x LAST")]
    [InlineData("BDAT -1")]
    [InlineData("BDAT 5 LAST LAST")]
    [InlineData("BDAT 5 FIRST")]
    [InlineData("BDAT 99999999999999999999")]
    public async Task After_a_size_that_does_not_read_nothing_is_read(string command)
    {
        await PersonAsync("an");
        await PlayAsync(SmtpRole.Inbound, ToAn + $"""
            C: {command}
            C: QUIT
            S: 501 5.5.4 The size of the chunk is not well formed, closing
            S: (closed)
            """);
    }

    [Fact]
    public async Task A_chunk_without_measure_ends_the_session_and_one_above_the_limit_is_dropped()
    {
        await PersonAsync("an");
        await PlayAsync(SmtpRole.Inbound, ToAn + """
            C: BDAT 9223372036854775807
            S: 552 5.3.4 *
            S: (closed)
            """);
        await PlayAsync(SmtpRole.Inbound, """
            S: 220 *
            C: BDAT 9223372036854775807
            S: (closed)
            """);
        await using var client = Connect(SmtpRole.Inbound, limits: new(MessageBytes: 10));
        await Transcript.PlayAsync(client, ToAn + """
            C: BDAT 12
            C: 0123456789\r\n\
            S: 552 5.3.4 *
            C: BDAT 2
            C: \r\n\
            S: 552 5.3.4 *
            C: BDAT 2 LAST
            C: \r\n\
            S: 552 5.3.4 *
            C: NOOP
            S: 250 *
            """, oneByOne: false, Cancellation);
    }

    [Fact]
    public async Task A_message_begun_and_left_leaves_nothing()
    {
        var (an, _) = await PersonAsync("an");
        foreach (var end in new[] { "EHLO x", "RSET", "QUIT", "" })
        {
            await using (var client = Connect(SmtpRole.Inbound))
            {
                await Transcript.PlayAsync(client, ToAn, oneByOne: false, Cancellation);
                await client.SendAsync(System.Text.Encoding.ASCII.GetBytes("BDAT 400000\r\n" + new string('x', 400_000)));
                Assert.Equal("250 2.0.0 OK", await client.ReadLineAsync(Cancellation));
                Assert.Single(Directory.GetFiles(Store.Contents.Spool));
                if (end.Length > 0)
                {
                    await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(end + "\r\n"));
                    await client.ReadLineAsync(Cancellation);
                }
            }
            Assert.Empty(Directory.GetFiles(Store.Contents.Spool));
        }
        Assert.Equal(0, (await MailboxAsync(an, "INBOX")).MessageCount);
    }
}
