using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace CongVu.Bench;

/// <summary>IMAP as fast as it can be asked: commands go out as bytes, answers are skipped up to the tagged one, literals unread.</summary>
internal sealed class RawImap : IAsyncDisposable
{
    private readonly TcpClient client;
    private Stream stream;
    private PipeReader reader;
    private int tag;

    private RawImap(TcpClient client)
    {
        this.client = client;
        stream = client.GetStream();
        reader = PipeReader.Create(stream, new(bufferSize: 256 * 1024));
    }

    internal static async Task<RawImap> ConnectAsync(int port, string? login = null, bool tls = false)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        var imap = new RawImap(client);
        await imap.SkipAsync("* OK");
        if (tls)
            await imap.StartTlsAsync();
        if (login is not null)
            await imap.RunAsync($"LOGIN {login} {MailSystem.Password}");
        return imap;
    }

    /// <summary>Runs a command to its OK; the untagged lines that begin with <paramref name="keep"/>.</summary>
    internal async Task<List<string>> RunAsync(string command, byte[]? literal = null, string? keep = null)
    {
        var name = $"t{++tag}";
        byte[] bytes = literal is null
            ? Encoding.UTF8.GetBytes($"{name} {command}\r\n")
            : [.. Encoding.UTF8.GetBytes($"{name} {command} {{{literal.Length}+}}\r\n"), .. literal, .. "\r\n"u8];
        await stream.WriteAsync(bytes);
        return await SkipAsync(name + " OK", keep);
    }

    private async Task StartTlsAsync()
    {
        await RunAsync("STARTTLS");
#pragma warning disable CA5359 // The certificate is the bench's own.
        var secured = new SslStream(stream, leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await secured.AuthenticateAsClientAsync("localhost");
        stream = secured;
        reader = PipeReader.Create(stream, new(bufferSize: 4096));
    }

    /// <summary>Sends without waiting.</summary>
    internal ValueTask SendAsync(string text) => stream.WriteAsync(Encoding.ASCII.GetBytes(text));

    internal async Task<List<string>> SkipAsync(string until, string? keep = null)
    {
        var kept = new List<string>();
        while (true)
        {
            var read = await reader.ReadAsync();
            var rest = read.Buffer;
            var done = Lines(ref rest, until, keep, kept);
            reader.AdvanceTo(rest.Start, rest.End);
            if (done)
                return kept;
            if (read.IsCompleted)
                throw new InvalidOperationException($"Closed before {until}");
        }
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static bool Lines(ref ReadOnlySequence<byte> rest, string until, string? keep, List<string> kept)
    {
        while (rest.PositionOf((byte)'\n') is { } end)
        {
            var line = rest.Slice(0, end);
            var after = rest.Slice(rest.GetPosition(1, end));
            var text = line.Length > 400 ? Encoding.ASCII.GetString(line.Slice(0, 100)) + Encoding.ASCII.GetString(line.Slice(line.Length - 100)) : Encoding.ASCII.GetString(line);
            text = text.TrimEnd('\r');
            if (text.EndsWith('}') && text.LastIndexOf('{') is var open and >= 0 && long.TryParse(text.AsSpan(open + 1, text.Length - open - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
            {
                if (after.Length < size)
                    return false;
                rest = after.Slice(size);
                continue;
            }
            rest = after;
            if (keep is not null && text.StartsWith(keep, StringComparison.Ordinal))
                kept.Add(text);
            if (text.StartsWith(until, StringComparison.Ordinal))
                return true;
            if (text.StartsWith('t') && (text.Contains(" NO ", StringComparison.Ordinal) || text.Contains(" BAD ", StringComparison.Ordinal)))
                throw new InvalidOperationException(text);
        }
        return false;
    }
}
