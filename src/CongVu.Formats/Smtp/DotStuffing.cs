namespace CongVu.Formats.Smtp;

/// <summary>The bytes of a message as DATA carries them (RFC 5321 §4.5.2): a dot before a dot that begins a line, and a line with a dot alone at the end.</summary>
public struct DotStuffing
{
    private bool insideLine;
    private bool endsWithCr;

    /// <summary>Writes the next piece to <paramref name="target"/>, which has room for twice as much; returns how many bytes that were.</summary>
    public int Write(ReadOnlySpan<byte> piece, Span<byte> target)
    {
        var written = 0;
        if (!piece.IsEmpty)
            endsWithCr = piece[^1] == (byte)'\r';
        while (!piece.IsEmpty)
        {
            if (!insideLine && piece[0] == (byte)'.')
                target[written++] = (byte)'.';
            var end = piece.IndexOf((byte)'\n');
            var line = end < 0 ? piece : piece[..(end + 1)];
            line.CopyTo(target[written..]);
            written += line.Length;
            piece = piece[line.Length..];
            insideLine = end < 0;
        }
        return written;
    }

    /// <summary>Ends the message, with a line end where it has none of its own.</summary>
    public readonly int End(Span<byte> target)
    {
        var end = !insideLine ? ".\r\n"u8 : endsWithCr ? "\n.\r\n"u8 : "\r\n.\r\n"u8;
        end.CopyTo(target);
        return end.Length;
    }
}
