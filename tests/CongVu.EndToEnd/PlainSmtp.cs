using System.Net.Sockets;
using System.Text;

namespace CongVu.EndToEnd;

/// <summary>SMTP as bytes: sends exactly what it is given, which no mail library does.</summary>
internal sealed class PlainSmtp : IAsyncDisposable
{
    /// <summary>Settings by which nothing that is attached or written keeps a message away from its mailbox.</summary>
    public static readonly KeyValuePair<string, string>[] MarkOnly = [new("attachments.programs", "mark"), new("attachments.macros", "mark"), new("attachments.unreadable", "mark"), new("content.stateSecrets", "mark")];

    private readonly TcpClient client;
    private readonly NetworkStream stream;
    private readonly StreamReader reader;

    private PlainSmtp(TcpClient client)
    {
        this.client = client;
        stream = client.GetStream();
        reader = new(stream, Encoding.UTF8);
    }

    public static async Task<PlainSmtp> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        var smtp = new PlainSmtp(client);
        await smtp.ExpectAsync("220", cancellationToken);
        await smtp.CommandAsync("EHLO test.vn", "250", cancellationToken);
        return smtp;
    }

    /// <summary>Sends a message whose lines end in CRLF.</summary>
    public async Task SendAsync(string from, string to, byte[] message, CancellationToken cancellationToken)
    {
        await CommandAsync($"MAIL FROM:<{from}> BODY=8BITMIME", "250", cancellationToken);
        await CommandAsync($"RCPT TO:<{to}>", "250", cancellationToken);
        await CommandAsync("DATA", "354", cancellationToken);
        await stream.WriteAsync(Stuffed(message), cancellationToken);
        await CommandAsync(".", "250", cancellationToken);
    }

    public async Task CommandAsync(string command, string expected, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancellationToken);
        await ExpectAsync(expected, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ExpectAsync(string code, CancellationToken cancellationToken)
    {
        string? line;
        do
        {
            line = await reader.ReadLineAsync(cancellationToken);
            Assert.True(line?.StartsWith(code, StringComparison.Ordinal), line ?? "closed");
        }
        while (line![3] == '-');
    }

    // RFC 5321 §4.5.2.
    private static byte[] Stuffed(byte[] message)
    {
        var stuffed = new List<byte>(message.Length + 16);
        for (var i = 0; i < message.Length; i++)
        {
            if (message[i] == '.' && (i == 0 || message[i - 1] == '\n'))
                stuffed.Add((byte)'.');
            stuffed.Add(message[i]);
        }
        return [.. stuffed];
    }
}
