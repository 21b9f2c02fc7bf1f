using System.Globalization;
using System.Text;

namespace CongVu.Formats.Smtp;

/// <summary>The coding of ENVID and ORCPT (RFC 3461 §4), and of UTF-8 addresses in ORCPT (RFC 6533 §3).</summary>
public static class Xtext
{
    /// <summary>Decodes; null when it is not xtext.</summary>
    public static string? Decode(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '+')
            {
                if (text[i] is < '!' or > '~' or '=')
                    return null;
                bytes.Add((byte)text[i]);
                continue;
            }
            if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
                return null;
            bytes.Add(value);
            i += 2;
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>Encodes.</summary>
    public static string Encode(string text)
    {
        var coded = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (b is > (byte)' ' and < 127 and not ((byte)'+' or (byte)'='))
                coded.Append((char)b);
            else
                coded.Append(CultureInfo.InvariantCulture, $"+{b:X2}");
        }
        return coded.ToString();
    }
}
