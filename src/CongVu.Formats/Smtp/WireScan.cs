namespace CongVu.Formats.Smtp;

/// <summary>What a message asks of the way it travels, read in pieces: whether its bytes are lines at all (RFC 5321 §4.5.3.1.6), and of seven bits (RFC 6152).</summary>
public struct WireScan
{
    /// <summary>Bytes of a line without its end (RFC 5322 §2.1.1).</summary>
    private const int MaxLine = 998;

    private LineEndCheck lineEnds;
    private bool bareLineEnd;
    private int line;

    /// <summary>A byte above 127.</summary>
    public bool Has8Bit { get; private set; }

    /// <summary>A NUL, or a line longer than any may be: only BINARYMIME carries it (RFC 3030 §3).</summary>
    public bool IsBinary { get; private set; }

    /// <summary>A CR or LF alone.</summary>
    public readonly bool HasBareLineEnd => bareLineEnd || lineEnds.EndsWithCr;

    /// <summary>Looks at the next piece.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        Has8Bit = Has8Bit || !System.Text.Ascii.IsValid(piece);
        bareLineEnd = bareLineEnd || !lineEnds.IsClean(piece);
        IsBinary = IsBinary || piece.Contains((byte)0);
        while (!piece.IsEmpty && !IsBinary)
        {
            var end = piece.IndexOf((byte)'\n');
            line += end < 0 ? piece.Length : end;
            // The CR before the LF does not count.
            IsBinary = line > MaxLine + 1;
            if (end < 0)
                return;
            line = 0;
            piece = piece[(end + 1)..];
        }
    }
}
