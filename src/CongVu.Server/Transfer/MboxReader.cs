using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CongVu.Mail.Store;

namespace CongVu.Server.Transfer;

/// <summary>
/// Reads mbox (RFC 4155) with the quoting of mboxrd: a line of '&gt;'s and "From " has lost one '&gt;' when it is read. A message begins at a "From " line
/// that shows a date or has a single word ("From -"), which some programs write without an empty line before it; text which nobody quoted does not
/// part a message.
/// Memory stays at one buffer however long messages or lines are.
/// </summary>
internal sealed class MboxReader(Stream source)
{
    private const int BufferBytes = 64 * 1024;

    // Enough to see a From_ line whole; longer lines are passed on in pieces.
    private const int MaxSeparatorBytes = 1024;

    private readonly byte[] buffer = new byte[BufferBytes];
    private int start;
    private int end;
    private long offset;
    private bool atEnd;

    /// <summary>The messages of the file, in order.</summary>
    /// <exception cref="InvalidDataException">It is not an mbox.</exception>
    public async IAsyncEnumerable<ImportedMessage> ReadAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // 1. Empty lines may stand before the first message, nothing else.
        while (await FillAsync(cancellationToken) && buffer[start] is (byte)'\r' or (byte)'\n')
            Take(1);
        if (start == end)
            yield break;
        if (!Line.StartsWith("From "u8))
            throw new InvalidDataException($"{name} is not an mbox file: its first line does not begin with \"From \".");

        while (start < end)
        {
            // 2. The From_ line of a message, up to its end however long.
            var place = string.Create(CultureInfo.InvariantCulture, $"{name}, byte {offset}");
            var received = DateOf(Line);
            for (var isLineEnd = false; !isLineEnd && await FillAsync(cancellationToken);)
            {
                var line = Line;
                isLineEnd = line[^1] == '\n';
                Take(line.Length);
            }

            // 3. Its text; what the caller did not want is passed over.
            var copied = false;
            yield return new(place, "", MessageFlags.None, [], received, (sink, token) =>
            {
                copied = true;
                return CopyAsync(sink, token);
            });
            if (!copied)
                await CopyAsync((_, _) => ValueTask.CompletedTask, cancellationToken);
        }
    }

    // The rest of the buffer up to and including the line's end; without one, all that there is.
    private ReadOnlySpan<byte> Line
    {
        get
        {
            var rest = buffer.AsSpan(start, end - start);
            var length = rest.IndexOf((byte)'\n') + 1;
            return length > 0 ? rest[..length] : rest;
        }
    }

    // From the start of a message's text to the next From_ line, which is left in the buffer.
    private async ValueTask CopyAsync(ByteSink sink, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> pendingBlank = default;
        var atLineStart = true;
        var afterBlank = true;
        var last = (byte)'\n';
        while (await FillAsync(cancellationToken))
        {
            if (atLineStart)
            {
                if (IsSeparator(Line, afterBlank))
                    return;
                // An empty line is written when it proves not to be the one that ends the message.
                if (!pendingBlank.IsEmpty)
                    last = await CrLf.ExpandAsync(pendingBlank, last, sink, cancellationToken);
                pendingBlank = default;
                afterBlank = Line is [(byte)'\n'] or [(byte)'\r', (byte)'\n'];
                if (afterBlank)
                {
                    pendingBlank = Line.ToArray();
                    Take(pendingBlank.Length);
                    continue;
                }
                if (IsQuoted(Line))
                    Take(1);
            }
            var length = Line.Length;
            atLineStart = Line[^1] == '\n';
            last = await CrLf.ExpandAsync(buffer.AsMemory(start, length), last, sink, cancellationToken);
            Take(length);
        }
    }

    private static bool IsSeparator(ReadOnlySpan<byte> line, bool afterBlank)
    {
        if (!line.StartsWith("From "u8))
            return false;
        var words = line[5..Math.Min(line.Length, MaxSeparatorBytes)].Trim(" \t\r\n"u8);
        if (words.Length > 0 && !words.ContainsAny(" \t"u8))
            return afterBlank || words is [(byte)'-'] || words.Contains((byte)'@');
        return DateOf(line) is not null;
    }

    private static bool IsQuoted(ReadOnlySpan<byte> line) => line[0] == '>' && line.TrimStart((byte)'>').StartsWith("From "u8);

    /// <summary>"From sender Thu Feb  3 09:15:00 2022", with or without a zone; null where it cannot be read.</summary>
    internal static DateTimeOffset? DateOf(ReadOnlySpan<byte> line)
    {
        var words = Encoding.Latin1.GetString(line[..Math.Min(line.Length, MaxSeparatorBytes)]).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = words.Length - 1; i >= 4; i--)
        {
            if (words[i].Length == 4 && int.TryParse(words[i], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                // The zone stands before the year or after it, or nowhere.
                var time = words[i - 1].Contains(':', StringComparison.Ordinal) ? i - 1 : i - 2;
                if (time < 2 || !DateTime.TryParseExact($"{words[time - 2]} {words[time - 1]} {words[i]} {words[time]}", ["MMM d yyyy H:mm:ss", "MMM d yyyy H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                    return null;
                var zone = time == i - 1 ? words.ElementAtOrDefault(i + 1) : words[i - 1];
                var offset = zone is { Length: 5 } && zone[0] is '+' or '-' && int.TryParse(zone, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var hhmm) ? TimeSpan.FromMinutes((hhmm / 100 * 60) + (hhmm % 100)) : TimeSpan.Zero;
                return Math.Abs(offset.TotalHours) <= 14 ? new DateTimeOffset(date, offset) : null;
            }
        }
        return null;
    }

    private void Take(int count)
    {
        start += count;
        offset += count;
    }

    // True while there are bytes; then a line that fits the separator's limit stands whole in the buffer.
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        while (!atEnd && end - start < MaxSeparatorBytes && buffer.AsSpan(start, end - start).IndexOf((byte)'\n') < 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
            var count = await source.ReadAsync(buffer.AsMemory(end), cancellationToken);
            atEnd = count == 0;
            end += count;
        }
        return start < end;
    }
}
