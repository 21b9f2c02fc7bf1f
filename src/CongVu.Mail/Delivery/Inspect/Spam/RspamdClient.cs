using System.Net.Http.Headers;
using System.Text.Json;

namespace CongVu.Mail.Delivery.Inspect.Spam;

/// <summary>Asks rspamd over HTTP (its /checkv2), and teaches it at its controller (/learnspam, /learnham).</summary>
/// <param name="scan">Where it scans, such as http://127.0.0.1:11333.</param>
/// <param name="controller">Where it learns; null for not at all.</param>
/// <param name="password">The controller's password.</param>
public sealed class RspamdClient(Uri scan, Uri? controller, string? password) : IDisposable
{
    private static readonly TimeSpan AllTime = TimeSpan.FromSeconds(20);
    private const int MaxReply = 1 << 20;

    private readonly HttpClient http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30) }) { Timeout = AllTime, MaxResponseContentBufferSize = MaxReply };

    /// <summary>It learns from what people move.</summary>
    public bool Learns => controller is not null;

    /// <summary>What it says of a message; null when it does not answer.</summary>
    public async ValueTask<SpamFinding?> CheckAsync(SpamQuestion question, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(scan, "checkv2")) { Content = Body(question.Content) };
        var envelope = question.Envelope;
        if (envelope.Peer is { } peer)
        {
            Add("IP", peer.Address.ToString());
            Add("Helo", peer.Helo);
        }
        Add("From", envelope.Sender);
        foreach (var recipient in envelope.Local.Take(50))
            Add("Rcpt", recipient.Address);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
                return null;
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return Read(json.RootElement);
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }

        void Add(string name, string value)
        {
            if (value.Length > 0)
                request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Teaches a message; false when it could not be taught now. What it knows already is taught.</summary>
    public async ValueTask<bool> LearnAsync(Stream message, bool isSpam, CancellationToken cancellationToken)
    {
        if (controller is null)
            return true;
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(controller, isSpam ? "learnspam" : "learnham")) { Content = Body(message) };
        if (password is not null)
            request.Headers.TryAddWithoutValidation("Password", password);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            // 208: known already; 204 and 404: too little in it to learn from.
            return response.IsSuccessStatusCode || (int)response.StatusCode is 208 or 404;
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private static StreamContent Body(Stream message)
    {
        message.Position = 0;
        // The stream is the caller's.
        var content = new StreamContent(new Unowned(message));
        content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        return content;
    }

    private static SpamFinding? Read(JsonElement reply)
    {
        if (!reply.TryGetProperty("action"u8, out var action) || !reply.TryGetProperty("score"u8, out var score))
            return null;
        var rules = new List<(string, double)>();
        if (reply.TryGetProperty("symbols"u8, out var symbols) && symbols.ValueKind == JsonValueKind.Object)
        {
            foreach (var symbol in symbols.EnumerateObject())
            {
                if (symbol.Value.TryGetProperty("score"u8, out var points) && points.TryGetDouble(out var value))
                    rules.Add((new([.. symbol.Name.Where(c => char.IsAsciiLetterOrDigit(c) || c == '_').Take(60)]), value));
            }
        }
        return new("rspamd", score.GetDouble(), rules, action.GetString() switch
        {
            "reject" => SpamRequest.Refuse,
            "add header" or "rewrite subject" => SpamRequest.Junk,
            "soft reject" => SpamRequest.Defer,
            _ => SpamRequest.Accept,
        });
    }

    private sealed class Unowned(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => inner.CanSeek;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => inner.Position = value; }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.ReadAsync(buffer, offset, count, cancellationToken);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
