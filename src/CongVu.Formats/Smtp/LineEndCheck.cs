namespace CongVu.Formats.Smtp;

/// <summary>Finds a bare CR or LF in bytes that come in pieces, for messages that are not read by lines (BDAT, RFC 3030).</summary>
public struct LineEndCheck
{
    /// <summary>The last byte was a CR: bare, if nothing more comes.</summary>
    public bool EndsWithCr { get; private set; }

    /// <summary>Looks at the next piece; false when a CR or LF stands alone in it.</summary>
    public bool IsClean(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (EndsWithCr)
            {
                EndsWithCr = false;
                if (bytes[0] != (byte)'\n')
                    return false;
                bytes = bytes[1..];
                continue;
            }
            var next = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            if (next < 0)
                return true;
            if (bytes[next] == (byte)'\n')
                return false;
            EndsWithCr = true;
            bytes = bytes[(next + 1)..];
        }
        return true;
    }
}
