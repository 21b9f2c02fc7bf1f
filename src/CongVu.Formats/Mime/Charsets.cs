using System.Text;
using CongVu.Formats.Text;

namespace CongVu.Formats.Mime;

/// <summary>Names of charsets to Unicode, the legacy Vietnamese ones included. The result is composed (NFC); bytes that mean nothing become U+FFFD.</summary>
public static class Charsets
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    static Charsets() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Decodes bytes that say they are in <paramref name="charset"/>; an unknown or empty name is guessed.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes, string charset)
    {
        var name = charset.Trim().Trim('"', '\'').ToLowerInvariant();
        var text = name switch
        {
            "" or "us-ascii" or "ascii" or "utf-8" or "utf8" or "unknown-8bit" or "x-unknown" => Guess(bytes),
            "viscii" or "x-viscii" or "csviscii" or "viscii1.1-1" => VietnameseTables.Decode(bytes, VietnameseTables.Viscii),
            "tcvn" or "tcvn3" or "x-viet-tcvn" or "x-viet-tcvn5712" or "tcvn-5712" or "x-tcvn3" or "abc" => VietnameseTables.Decode(bytes, VietnameseTables.Tcvn3),
            "vni" or "x-viet-vni" or "x-vni" or "vni-win" => VietnameseTables.DecodeVni(bytes),
            "utf-7" or "unicode-1-1-utf-7" => Utf7(bytes),
            "x-viet-vps" or "vps" => Guess(bytes),
            _ => Known(name) is { } encoding ? encoding.GetString(bytes) : Guess(bytes),
        };
        return ComposedText.Of(text);
    }

    /// <summary>The name is one that <see cref="Decode"/> need not guess; so is none at all.</summary>
    public static bool IsKnown(string charset) => charset.Trim().Trim('"', '\'').ToLowerInvariant() is var name
        && (name is "" or "us-ascii" or "ascii" or "utf-8" or "utf8" or "viscii" or "x-viscii" or "csviscii" or "viscii1.1-1" or "tcvn" or "tcvn3" or "x-viet-tcvn" or "x-viet-tcvn5712" or "tcvn-5712"
            or "x-tcvn3" or "abc" or "vni" or "x-viet-vni" or "x-vni" or "vni-win" or "utf-7" or "unicode-1-1-utf-7" || Known(name) is not null);

    /// <summary>UTF-8 where it is valid, else the Windows code page of Vietnamese, which contains Western European letters as well.</summary>
    public static string Guess(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return ComposedText.Of(Encoding.GetEncoding(1258).GetString(bytes));
        }
    }

    private static Encoding? Known(string name)
    {
        try
        {
            return Encoding.GetEncoding(name switch { "cp-1258" or "x-viet-cp1258" => "windows-1258", "iso8859-1" or "latin1" => "iso-8859-1", "gb2312" or "gbk" => "gb18030", _ => name });
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // RFC 2152; .NET's own is obsolete for the security of those who use it to write.
    private static string Utf7(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != (byte)'+')
            {
                text.Append(bytes[i] < 0x80 ? (char)bytes[i] : '\ufffd');
                continue;
            }
            var end = i + 1;
            while (end < bytes.Length && (char.IsAsciiLetterOrDigit((char)bytes[end]) || bytes[end] is (byte)'+' or (byte)'/'))
                end++;
            if (end == i + 1)
            {
                text.Append('+');
                if (end < bytes.Length && bytes[end] == (byte)'-')
                    i = end;
                continue;
            }
            AppendBase64(text, bytes[(i + 1)..end]);
            i = end < bytes.Length && bytes[end] == (byte)'-' ? end : end - 1;
        }
        return text.ToString();
    }

    private static void AppendBase64(StringBuilder text, ReadOnlySpan<byte> coded)
    {
        uint bits = 0;
        var count = 0;
        foreach (var c in coded)
        {
            bits = (bits << 6) | (uint)Value(c);
            count += 6;
            if (count < 16)
                continue;
            count -= 16;
            text.Append((char)(ushort)(bits >> count));
            bits &= (1u << count) - 1;
        }
    }

    private static int Value(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' => 62,
        _ => 63,
    };
}
