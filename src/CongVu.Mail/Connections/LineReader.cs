using System.Buffers;

namespace CongVu.Mail.Connections;

/// <summary>How reading a line ended.</summary>
public enum LineStatus
{
    /// <summary>A line, ended by CRLF.</summary>
    Line,

    /// <summary>A line ended by a bare LF: the protocols here do not know such.</summary>
    BareLineFeed,

    /// <summary>Longer than allowed; it was read to its end and dropped.</summary>
    TooLong,

    /// <summary>The client has closed its side.</summary>
    End,
}

/// <summary>Reads lines of a bounded length; no more than that is ever held.</summary>
public static class LineReader
{
    /// <summary>
    /// The next line without its end, copied into <paramref name="line"/>. What was written is flushed before this waits, so that the answers to commands
    /// sent together leave together (RFC 2920).
    /// </summary>
    public static async ValueTask<(LineStatus Status, int Length)> ReadLineAsync(this MailConnection connection, Memory<byte> line)
    {
        var dropped = false;
        while (true)
        {
            if (!connection.Input.TryRead(out var read))
            {
                await connection.FlushAsync();
                read = await connection.ReadAsync();
            }
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var found = buffer.Slice(0, end);
                var result = dropped || found.Length > line.Length ? (LineStatus.TooLong, 0) : Copy(found, line.Span);
                connection.Input.AdvanceTo(buffer.GetPosition(1, end));
                return result;
            }
            if (buffer.Length > line.Length)
            {
                dropped = true;
                connection.Input.AdvanceTo(buffer.End);
            }
            else
            {
                connection.Input.AdvanceTo(buffer.Start, buffer.End);
            }
            if (read.IsCompleted)
                return (LineStatus.End, 0);
            if (read.IsCanceled)
                throw new OperationCanceledException();
        }
    }

    private static (LineStatus, int) Copy(ReadOnlySequence<byte> found, Span<byte> line)
    {
        found.CopyTo(line);
        var length = (int)found.Length;
        return length > 0 && line[length - 1] == (byte)'\r' ? (LineStatus.Line, length - 1) : (LineStatus.BareLineFeed, length);
    }
}
