using System.Globalization;
using System.Text;

namespace CongVu.Server.Transfer;

/// <summary>Writes mbox (RFC 4155): lines end in LF, and every line of '&gt;'s and "From " gets one more '&gt;' (mboxrd), so that reading gives back the message.</summary>
internal sealed class MboxWriter(Stream target)
{
    private static readonly byte[] LineFeed = "\n"u8.ToArray();
    private static readonly byte[] Quote = ">"u8.ToArray();

    /// <summary>Writes one message.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="sender">Whom it is from, for the From_ line; empty for nobody.</param>
    /// <param name="received">When it arrived.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    public async ValueTask WriteAsync(Stream message, string sender, DateTimeOffset received, CancellationToken cancellationToken)
    {
        var from = sender.Length == 0 || sender.Any(char.IsWhiteSpace) ? "MAILER-DAEMON" : sender;
        // asctime: the day of the month has two places.
        var at = received.UtcDateTime;
        var date = string.Create(CultureInfo.InvariantCulture, $"{at:ddd MMM} {at.Day,2} {at:HH:mm:ss yyyy}");
        await target.WriteAsync(Encoding.UTF8.GetBytes($"From {from} {date}\n"), cancellationToken);
        await CopyAsync(message, cancellationToken);
        await target.WriteAsync(LineFeed, cancellationToken);
    }

    // Quoting is decided at the start of a line by its first bytes; a CR is held back until what follows it is known.
    private async ValueTask CopyAsync(Stream message, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var (start, end) = (0, 0);
        var atEnd = false;
        var atLineStart = true;
        while (true)
        {
            if (!atEnd && buffer.AsSpan(start, end - start).IndexOf((byte)'\n') < 0 && end - start < buffer.Length / 2)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                var count = await message.ReadAsync(buffer.AsMemory(end), cancellationToken);
                atEnd = count == 0;
                end += count;
                continue;
            }
            if (start == end)
                break;
            if (atLineStart && buffer.AsSpan(start, end - start).TrimStart((byte)'>').StartsWith("From "u8))
                await target.WriteAsync(Quote, cancellationToken);
            var length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n') + 1;
            var isLine = length > 0;
            if (!isLine)
                length = end - start - (!atEnd && buffer[end - 1] == '\r' ? 1 : 0);
            var text = buffer.AsMemory(start, isLine ? length - 1 : length);
            if (isLine && text.Length > 0 && text.Span[^1] == '\r')
                text = text[..^1];
            await target.WriteAsync(text, cancellationToken);
            if (isLine)
                await target.WriteAsync(LineFeed, cancellationToken);
            atLineStart = isLine;
            start += length;
        }
        // A message without a last line end gets one: the next From_ line must begin a line.
        if (!atLineStart)
            await target.WriteAsync(LineFeed, cancellationToken);
    }
}
