using System.Net;
using System.Text;
using CongVu.Mail.Imap;
using CongVu.Mail.Tests.Connections;

namespace CongVu.Mail.Tests.Imap;

/// <summary>What strangers and broken programs send: each a clear answer, nothing unbounded.</summary>
public sealed class HostileInputTests : ImapFixture
{
    protected override ImapOptions Options => base.Options with { MaxErrors = 5, Certificate = () => TestCertificate.Context };

    [Fact]
    public async Task A_stranger_with_an_endless_line_is_sent_away()
    {
        await using var client = Connect();
        await client.ReadLineAsync(Cancellation);
        await client.SendAsync(Encoding.ASCII.GetBytes("a LOGIN " + new string('x', 5_000_000) + "\r\n"));
        Assert.Equal("a BAD The command is too long", await client.ReadLineAsync(Cancellation));
        Assert.Equal("* BYE The command is too long", await client.ReadLineAsync(Cancellation));
        Assert.Null(await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task After_sign_in_a_line_that_is_too_long_is_refused_and_the_session_goes_on()
    {
        await using var client = await SignedInAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes("a SEARCH " + new string('x', 5_000_000) + "\r\nb NOOP\r\n"));
        Assert.Equal("a BAD The command is too long", await client.ReadLineAsync(Cancellation));
        Assert.Equal("b OK Done", await client.ReadLineAsync(Cancellation));
        await client.SendAsync("c SEARCH SUBJECT {70000}\r\n"u8.ToArray());
        Assert.Equal("c BAD The literal is too long", await client.ReadLineAsync(Cancellation));
        await client.SendAsync("d SEARCH SUBJECT {70000+}\r\n"u8.ToArray());
        Assert.Equal("* BYE The literal is too long", await client.ReadLineAsync(Cancellation));
        Assert.Null(await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task A_message_too_large_to_be_dropped_ends_the_connection()
    {
        await using var client = await SignedInAsync();
        await client.SendAsync("a APPEND INBOX {99999999999+}\r\n"u8.ToArray());
        Assert.Equal("* BYE The literal is too long", await client.ReadLineAsync(Cancellation));
        Assert.Null(await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task A_message_that_breaks_off_leaves_nothing()
    {
        await using (var client = await SignedInAsync())
        {
            await client.SendAsync(Encoding.ASCII.GetBytes("a APPEND INBOX {700000+}\r\n" + new string('x', 600_000)));
        }
        Assert.Equal(0, (await MailboxAsync(await WhoAsync("an"), "INBOX")).MessageCount);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Folder, "blobs", "spool")));
    }

    [Fact]
    public async Task Errors_in_a_row_end_the_session()
    {
        await using var client = Connect();
        await client.ReadLineAsync(Cancellation);
        for (var i = 0; i < 5; i++)
        {
            await client.SendAsync("GET / HTTP/1.1\r\n"u8.ToArray());
            Assert.StartsWith("GET BAD ", await client.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        }
        Assert.Equal("* BYE Too many errors", await client.ReadLineAsync(Cancellation));
        Assert.Null(await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Commands_sent_before_tls_began_are_not_obeyed_after()
    {
        await using var client = Connect(IPAddress.Parse("203.0.113.9"));
        Assert.Contains("STARTTLS LOGINDISABLED]", await client.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        await client.SendAsync("a LOGIN an@example.vn secret\r\n"u8.ToArray());
        Assert.Equal("a NO [PRIVACYREQUIRED] Please begin TLS first", await client.ReadLineAsync(Cancellation));
        await client.SendAsync("b STARTTLS\r\nc NOOP\r\n"u8.ToArray());
        Assert.Null(await client.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task A_stranger_holds_little_whatever_it_sends()
    {
        const int strangers = 300;
        var openings = (string[])["", "a LOGIN " + new string('x', 4000), "a LOGIN {4000+}\r\n" + new string('x', 3999), "a AUTHENTICATE PLAIN\r\n" + new string('A', 4000), "a APPEND INBOX {40000000+}\r\n" + new string('x', 60_000)];
        var clients = new List<InMemoryClient>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < strangers; i++)
        {
            var client = Connect();
            clients.Add(client);
            await client.ReadLineAsync(Cancellation);
            await client.SendAsync(Encoding.ASCII.GetBytes(openings[i % openings.Length]));
        }
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / strangers;
        Assert.InRange(each, 0, 64 * 1024);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_stops_says_goodbye()
    {
        await using var waiting = await SignedInAsync();
        await using var idling = await SignedInAsync();
        await idling.SendAsync("a IDLE\r\n"u8.ToArray());
        Assert.Equal("+ Idling", await idling.ReadLineAsync(Cancellation));
        await Stopping.CancelAsync();
        Assert.Equal("* BYE The server is stopping", await waiting.ReadLineAsync(Cancellation));
        Assert.Null(await waiting.ReadLineAsync(Cancellation));
        Assert.Equal("* BYE The server is stopping", await idling.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Random_commands_are_answered_in_every_state()
    {
        string[] words = ["a", "LOGIN", "FETCH", "1", "1:*", "(", ")", "BODY[", "]", "{3}", "{2+}\r\nab", "\"x\"", "SEARCH", "UID", "NOT", "STORE", "+FLAGS", "(\\Seen)", "LIST", "%", "*", "SELECT", "INBOX", "APPEND", "\\", "IDLE\r\nDONE", "NOOP", "&", "\0", "\xff"];
        var random = new Random(7);
        for (var round = 0; round < 30; round++)
        {
            await using var client = round % 2 == 0 ? await SignedInAsync() : Connect();
            if (round % 4 == 0)
                await client.SendAsync("s SELECT INBOX\r\n"u8.ToArray());
            for (var i = 0; i < 5; i++)
                await client.SendAsync(Encoding.Latin1.GetBytes($"t{i} {string.Join(' ', Enumerable.Range(0, random.Next(8)).Select(_ => words[random.Next(words.Length)]))}\r\n"));
            await client.SendAsync("\r\n\r\nz LOGOUT\r\n"u8.ToArray());
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (await client.ReadLineAsync(limit.Token) is { } line && !line.StartsWith("z OK", StringComparison.Ordinal) && !line.StartsWith("* BYE", StringComparison.Ordinal))
            {
                // A literal that was announced is given.
                if (line.StartsWith("+ ", StringComparison.Ordinal))
                    await client.SendAsync("abc\r\nDONE\r\n\r\n\r\n\r\nz LOGOUT\r\n"u8.ToArray());
            }
        }
    }

    private async Task<InMemoryClient> SignedInAsync()
    {
        var client = Connect();
        await client.ReadLineAsync(Cancellation);
        await client.SendAsync("0 LOGIN an@example.vn secret\r\n"u8.ToArray());
        Assert.StartsWith("0 OK", await client.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        return client;
    }
}
