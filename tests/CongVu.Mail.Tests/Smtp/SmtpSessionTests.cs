using System.Text;
using CongVu.Mail.Smtp;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Transcripts;

namespace CongVu.Mail.Tests.Smtp;

public sealed class SmtpSessionTests : SmtpFixture
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Mail_from_outside_is_delivered_after_its_commit(bool oneByOne)
    {
        var (an, _) = await PersonAsync("an");
        await PlayAsync(SmtpRole.Inbound, """
            S: 220 mx.example.vn ESMTP
            C: HELO other.vn
            S: 250 mx.example.vn
            C: MAIL FROM:<b@other.vn>
            C: RCPT TO:<AN@example.vn>
            C: RCPT TO:<nobody@example.vn>
            C: RCPT TO:<x@elsewhere.vn>
            S: 250 Sender OK
            S: 250 Recipient OK
            S: 550 No such mailbox here
            S: 550 Not a domain of this server, no relaying
            C: DATA
            S: 354 *
            C: Subject: x
            C: From: b@other.vn
            C: \
            C: ..dot
            C: .
            S: 250 Taken as *
            C: QUIT
            S: 221 Goodbye
            S: (closed)
            """, oneByOne);

        var text = await OnlyMessageAsync(an);
        Assert.StartsWith("Return-Path: <b@other.vn>\r\nDelivered-To: an@example.vn\r\nReceived: from other.vn ([127.0.0.1])\r\n\tby mx.example.vn with SMTP id ", text, StringComparison.Ordinal);
        Assert.Contains("\r\n\tfor <an@example.vn>;\r\n\tMon, 2 Mar 2026 08:00:00 +0700\r\nSubject: x\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n.dot\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("C: a\\nb")]
    [InlineData("C: a\\n.\\nMAIL FROM:<evil@x.vn>")]
    [InlineData("C: a\\r.\\rMAIL FROM:<evil@x.vn>")]
    [InlineData("C: a\\n.\\r")]
    [InlineData("C: a\\r\\r")]
    [InlineData("C: .\\rx")]
    [InlineData("C: \\rx")]
    [InlineData("C: \\n.")]
    public async Task Bare_line_ends_are_refused_and_smuggle_nothing(string line)
    {
        var (an, _) = await PersonAsync("an");
        foreach (var oneByOne in new[] { false, true })
        {
            await PlayAsync(SmtpRole.Inbound, $"""
                S: 220 *
                C: HELO x
                S: 250 *
                C: MAIL FROM:<b@x.vn>
                S: 250 *
                C: RCPT TO:<an@example.vn>
                S: 250 *
                C: DATA
                S: 354 *
                C: Subject: y
                {line}
                C: z
                C: .
                S: 550 The message has a bare CR or LF; lines end with CR LF
                C: NOOP
                S: 250 OK
                """, oneByOne);
        }
        Assert.Equal(0, (await MailboxAsync(an, "INBOX")).MessageCount);
    }

    [Fact]
    public async Task A_submission_needs_a_sign_in_and_may_only_bear_the_authors_names()
    {
        await AnWithPasswordAsync();
        await PersonAsync("binh");
        await PlayAsync(SmtpRole.Submission, """
            S: 220 *
            C: EHLO pc
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-*
            S: 250-AUTH PLAIN LOGIN
            S: 250-*
            S: 250 *
            C: MAIL FROM:<an@example.vn>
            S: 530 5.7.0 Sign in first
            C: AUTH PLAIN AGFuQGV4YW1wbGUudm4Ad3Jvbmc=
            S: 535 5.7.8 *
            C: AUTH GSSAPI
            S: 504 5.5.4 *
            C: AUTH PLAIN
            S: 334 *
            C: *
            S: 501 5.7.0 *
            C: AUTH LOGIN
            S: 334 VXNlcm5hbWU6
            C: YW5AZXhhbXBsZS52bg==
            S: 334 UGFzc3dvcmQ6
            C: cGFzcw==
            S: 235 2.7.0 *
            C: AUTH PLAIN AGFuQGV4YW1wbGUudm4AcGFzcw==
            S: 503 5.5.1 *
            C: MAIL FROM:<binh@example.vn>
            S: 553 5.7.1 *
            C: MAIL FROM:<an@example.vn>
            S: 250 2.1.0 *
            C: RCPT TO:<binh@example.vn>
            S: 250 2.1.5 *
            C: DATA
            S: 354 *
            C: From: binh@example.vn
            C: \
            C: .
            S: 550 5.7.1 The account may not write as the address in From
            C: MAIL FROM:<an@example.vn>
            C: RCPT TO:<binh@example.vn>
            C: DATA
            S: 250 2.1.0 *
            S: 250 2.1.5 *
            S: 354 *
            C: Subject: no from
            C: \
            C: .
            S: 554 5.6.0 The message needs one From field with an address
            """);
    }

    [Fact]
    public async Task What_the_authors_program_left_out_is_added_and_other_domains_are_queued()
    {
        await AnWithPasswordAsync();
        var (binh, _) = await PersonAsync("binh");
        await PlayAsync(SmtpRole.Submission, SignedIn + """
            C: MAIL FROM:<an@example.vn> SIZE=100 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ314159
            S: 250 2.1.0 *
            C: RCPT TO:<binh@example.vn> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;binh@example.vn
            S: 250 2.1.5 *
            C: RCPT TO:<người@ví-dụ.vn> NOTIFY=NEVER
            S: 250 2.1.5 *
            C: DATA
            S: 354 *
            C: From: an@example.vn
            C: Subject: Chào
            C: \
            C: .
            S: 250 2.0.0 *
            """);
        var text = await OnlyMessageAsync(binh);
        Assert.Contains("with UTF8SMTPA id", text, StringComparison.Ordinal);
        Assert.Contains("\r\nDate: Mon, 2 Mar 2026 08:00:00 +0700\r\nMessage-ID: <", text, StringComparison.Ordinal);
        var queued = await Store.Database.ReadAsync(
            tx => tx.FirstAsync("SELECT r.recipient, r.domain, r.notify, m.envelope_id, m.dsn_return FROM outbound_recipients r JOIN outbound_messages m ON m.id = r.message_id", row => (row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetInt32(4))),
            Cancellation);
        Assert.Equal(("người@ví-dụ.vn", "ví-dụ.vn", (int)DsnNotify.Never, "QQ314159", (int)DsnReturn.Headers), queued);
    }

    [Theory]
    [InlineData("NOPE", "500 5.5.2 *")]
    [InlineData("MAIL FROM:an@example.vn", "501 5.1.3 *")]
    [InlineData("MAIL FROM:<an@example.vn> FOO=1", "555 5.5.4 *")]
    [InlineData("MAIL FROM:<an@example.vn> SIZE=x", "501 5.5.4 *")]
    [InlineData("MAIL FROM:<an@example.vn> SIZE=999999999", "552 5.3.4 *")]
    [InlineData("MAIL FROM:<ân@example.vn>", "550 5.6.7 *")]
    [InlineData("MAIL FROM:<an@example.vn> HOLDFOR=99999999", "501 5.5.4 *")]
    [InlineData("RCPT TO:<an@example.vn>", "503 5.5.1 *")]
    [InlineData("DATA", "503 5.5.1 *")]
    [InlineData("BDAT 0 LAST", "503 5.5.1 *")]
    [InlineData("RSET x", "501 5.5.4 *")]
    [InlineData("NOOP\\rNOOP", "500 5.5.2 *")]
    [InlineData("EXPN x", "502 5.5.1 *")]
    [InlineData("STARTTLS", "502 5.5.1 *")]
    [InlineData("VRFY an", "252 2.5.2 *")]
    [InlineData("EHLO", "501 5.5.4 *")]
    [InlineData("EHLO a(b)", "501 5.5.4 *")]
    [InlineData("NOOP\\x01", "500 5.5.2 *")]
    [InlineData("NOOP\\nNOOP", "500 5.5.2 *")]
    public async Task Each_mistake_has_its_answer(string command, string reply)
    {
        await AnWithPasswordAsync();
        await PlayAsync(SmtpRole.Submission, SignedIn + $"""
            C: {command}
            S: {reply}
            C: RSET
            S: 250 2.0.0 OK
            """);
    }

    [Theory]
    [InlineData(5_000)]
    [InlineData(5_000_000)]
    public async Task A_long_line_is_dropped_and_the_session_goes_on(int length) => await PlayAsync(SmtpRole.Inbound, $"""
        S: 220 *
        C: NOOP {new string('x', length)}
        S: 500 Line too long
        C: NOOP
        S: 250 OK
        """);

    [Fact]
    public async Task A_message_above_the_limit_is_read_to_its_end_and_refused()
    {
        await PersonAsync("an");
        await using var client = Connect(SmtpRole.Inbound, limits: new(MessageBytes: 1000));
        await Transcript.PlayAsync(client, """
            S: 220 *
            C: HELO x
            S: 250 *
            C: MAIL FROM:<b@x.vn>
            S: 250 *
            C: RCPT TO:<an@example.vn>
            S: 250 *
            C: DATA
            S: 354 *
            """, false, Cancellation);
        await client.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789012345678901234567890123456789\r\n", 100_000)) + ".\r\nNOOP\r\n"));
        Assert.StartsWith("552 ", await client.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal("250 OK", await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Attachments_above_the_limit_and_loops_are_refused()
    {
        await PersonAsync("an");
        var attachment = string.Join("\r\n", Convert.ToBase64String(new byte[3000], Base64FormattingOptions.InsertLineBreaks));
        foreach (var (message, code) in new[]
        {
            ($"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n{attachment}\r\n", "552 Attachments"),
            (string.Concat(Enumerable.Repeat("Received: from a by b; Mon, 2 Mar 2026 08:00:00 +0700\r\n", 101)) + "\r\n", "554 The message goes in circles"),
        })
        {
            await using var client = Connect(SmtpRole.Inbound, limits: new(AttachmentBytes: 2999));
            await client.SendAsync(Encoding.ASCII.GetBytes($"HELO x\r\nMAIL FROM:<b@x.vn>\r\nRCPT TO:<an@example.vn>\r\nDATA\r\n{message}.\r\n"));
            for (var i = 0; i < 5; i++)
                await client.ReadLineAsync(Cancellation);
            Assert.StartsWith(code, await client.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_full_mailbox_is_a_matter_of_time_and_a_closed_one_is_not()
    {
        var (_, account) = await PersonAsync("an", quota: 0);
        var (_, other) = await PersonAsync("binh");
        await Store.Accounts.SetStateAsync(other, AccountState.Closed, "test", Cancellation);
        await PlayAsync(SmtpRole.Inbound, """
            S: 220 *
            C: HELO x
            S: 250 *
            C: MAIL FROM:<b@x.vn>
            S: 250 *
            C: RCPT TO:<an@example.vn>
            S: 452 The mailbox is full
            C: RCPT TO:<binh@example.vn>
            S: 550 The mailbox takes no mail any more
            C: DATA
            S: 554 No valid recipients
            """);
        Assert.NotEqual(default, account);
    }

    [Fact]
    public async Task Refusals_are_in_the_trace_with_what_was_answered()
    {
        await PersonAsync("an");
        await PlayAsync(SmtpRole.Inbound, """
            S: 220 *
            C: HELO x
            S: 250 *
            C: MAIL FROM:<b@x.vn>
            S: 250 *
            C: RCPT TO:<nobody@example.vn>
            S: 550 *
            C: RCPT TO:<x@elsewhere.vn>
            S: 550 *
            """);
        await Store.Refusals.FlushAsync(Cancellation);
        var traced = await Store.Database.ReadAsync(tx => tx.QueryAsync("SELECT sender, recipient, detail FROM trace ORDER BY id", row => (row.GetString(0), row.GetString(1), row.GetString(2)[..9])), Cancellation);
        Assert.Equal([("b@x.vn", "nobody@example.vn", "550 5.1.1"), ("b@x.vn", "x@elsewhere.vn", "550 5.7.1")], traced);
    }

    [Fact]
    public async Task A_session_that_waits_is_told_when_the_server_stops_and_one_that_sends_a_message_may_end_it()
    {
        await PersonAsync("an");
        using var stopping = new CancellationTokenSource();
        await using var waiting = Connect(SmtpRole.Inbound, stopping: stopping);
        await using var sending = Connect(SmtpRole.Inbound, stopping: stopping);
        await Transcript.PlayAsync(waiting, "S: 220 *\nC: HELO a.vn\nS: 250 *", oneByOne: false, Cancellation);
        await Transcript.PlayAsync(sending, "S: 220 *\nC: HELO a.vn\nS: 250 *\nC: MAIL FROM:<>\nS: 250 *\nC: RCPT TO:<an@example.vn>\nS: 250 *\nC: DATA\nS: 354 *", oneByOne: false, Cancellation);
        await stopping.CancelAsync();
        await Transcript.PlayAsync(waiting, "S: 421 * The server is stopping\nS: (closed)", oneByOne: false, Cancellation);
        await Transcript.PlayAsync(sending, "C: Subject: x\nC: \\\nC: .\nS: 250 *\nS: 421 * The server is stopping\nS: (closed)", oneByOne: false, Cancellation);
    }
}
