using System.Buffers;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>How much a relay may change without breaking a signature (RFC 6376 §3.4).</summary>
public enum Canonicalization
{
    /// <summary>Nothing.</summary>
    Simple,

    /// <summary>White space and the case of names.</summary>
    Relaxed,
}

/// <summary>Header fields in the form that is signed.</summary>
internal static class HeaderCanonicalization
{
    /// <summary>Writes a field with its line end.</summary>
    internal static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> raw, Canonicalization form)
    {
        WriteOpen(output, raw, form);
        output.Write("\r\n"u8);
    }

    /// <summary>Writes the signature's own field: its value of b= empty, no line end (§3.7).</summary>
    internal static void WriteSignature(IBufferWriter<byte> output, ReadOnlySpan<byte> raw, Canonicalization form) => WriteOpen(output, WithoutSignature(raw), form);

    private static void WriteOpen(IBufferWriter<byte> output, ReadOnlySpan<byte> raw, Canonicalization form)
    {
        raw = raw.TrimEnd("\r\n"u8);
        if (form == Canonicalization.Simple)
        {
            output.Write(raw);
            return;
        }
        var target = output.GetSpan(raw.Length);
        var length = 0;
        var colon = raw.IndexOf((byte)':');
        foreach (var b in raw[..colon].TrimEnd(" \t"u8))
            target[length++] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        target[length++] = (byte)':';
        var gap = false;
        var begun = false;
        foreach (var b in raw[(colon + 1)..])
        {
            switch (b)
            {
                case (byte)'\r' or (byte)'\n':
                    continue;
                case (byte)' ' or (byte)'\t':
                    gap = begun;
                    continue;
            }
            if (gap)
                target[length++] = (byte)' ';
            gap = false;
            begun = true;
            target[length++] = b;
        }
        output.Advance(length);
    }

    private static byte[] WithoutSignature(ReadOnlySpan<byte> raw)
    {
        for (var at = raw.IndexOf((byte)':') + 1; at < raw.Length;)
        {
            var length = raw[at..].IndexOf((byte)';');
            var end = length < 0 ? raw.Length : at + length;
            var equals = raw[at..end].IndexOf((byte)'=');
            if (equals > 0 && raw.Slice(at, equals).Trim(" \t\r\n"u8).SequenceEqual("b"u8))
                return [.. raw[..(at + equals + 1)], .. raw[end..]];
            at = end + 1;
        }
        return raw.ToArray();
    }
}
