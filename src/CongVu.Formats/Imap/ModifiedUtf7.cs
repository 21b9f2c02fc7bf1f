using System.Buffers.Binary;
using System.Text;

namespace CongVu.Formats.Imap;

/// <summary>Mailbox names of IMAP4rev1 (RFC 3501 §5.1.3): "&amp;" begins UTF-16 in a base64 with "," for "/".</summary>
public static class ModifiedUtf7
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

    /// <summary>Writes a name.</summary>
    public static string Encode(string name)
    {
        if (!name.AsSpan().ContainsAnyExceptInRange(' ', '~') && !name.Contains('&', StringComparison.Ordinal))
            return name;
        var encoded = new StringBuilder(name.Length * 2);
        for (var i = 0; i < name.Length;)
        {
            if (name[i] is >= ' ' and <= '~')
            {
                encoded.Append(name[i] == '&' ? "&-" : name[i].ToString());
                i++;
                continue;
            }
            var start = i;
            while (i < name.Length && name[i] is < ' ' or > '~')
                i++;
            EncodeRun(name.AsSpan(start, i - start), encoded);
        }
        return encoded.ToString();
    }

    /// <summary>Reads a name; null when it is not one.</summary>
    public static string? Decode(ReadOnlySpan<byte> encoded)
    {
        var name = new StringBuilder(encoded.Length);
        while (!encoded.IsEmpty)
        {
            if (encoded[0] is < 0x20 or > 0x7e)
                return null;
            if (encoded[0] != '&')
            {
                name.Append((char)encoded[0]);
                encoded = encoded[1..];
                continue;
            }
            var end = encoded.IndexOf((byte)'-');
            if (end < 0)
                return null;
            if (end == 1)
                name.Append('&');
            else if (!DecodeRun(encoded[1..end], name))
                return null;
            encoded = encoded[(end + 1)..];
        }
        return name.ToString();
    }

    private static void EncodeRun(ReadOnlySpan<char> run, StringBuilder encoded)
    {
        encoded.Append('&');
        uint bits = 0;
        var count = 0;
        foreach (var unit in run)
        {
            bits = (bits << 16) | unit;
            count += 16;
            while (count >= 6)
            {
                count -= 6;
                encoded.Append(Alphabet[(int)(bits >> count) & 63]);
            }
            bits &= (1u << count) - 1;
        }
        if (count > 0)
            encoded.Append(Alphabet[(int)(bits << (6 - count)) & 63]);
        encoded.Append('-');
    }

    private static bool DecodeRun(ReadOnlySpan<byte> run, StringBuilder name)
    {
        var units = new byte[(run.Length * 6 / 16 * 2) + 2];
        var (length, bits, count) = (0, 0u, 0);
        foreach (var b in run)
        {
            var value = Alphabet.IndexOf((char)b, StringComparison.Ordinal);
            if (value < 0)
                return false;
            bits = (bits << 6) | (uint)value;
            count += 6;
            if (count < 16)
                continue;
            count -= 16;
            BinaryPrimitives.WriteUInt16BigEndian(units.AsSpan(length), (ushort)(bits >> count));
            length += 2;
            bits &= (1u << count) - 1;
        }
        // What is left over is padding: less than a sextet, all zero.
        if (count >= 6 || bits != 0 || length == 0)
            return false;
        for (var i = 0; i < length; i += 2)
            name.Append((char)BinaryPrimitives.ReadUInt16BigEndian(units.AsSpan(i)));
        return true;
    }
}
