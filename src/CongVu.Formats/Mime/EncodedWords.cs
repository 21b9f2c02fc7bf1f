using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace CongVu.Formats.Mime;

/// <summary>Encoded words (RFC 2047) both ways.</summary>
public static class EncodedWords
{
    private static readonly string[] OwnCharsets = ["viscii", "tcvn", "vni", "utf-7", "1258"];

    /// <summary>Decodes a header value; words of one charset that follow each other are decoded together. The result is composed (NFC).</summary>
    public static string Decode(byte[] raw)
    {
        var text = UsesOwnCharset(raw) ? DecodeOwn(raw) : Rfc2047.DecodeText(ParserOptions.Default, raw);
        return Charsets.Decode(Encoding.UTF8.GetBytes(text), "utf-8");
    }

    /// <summary>Text as ASCII that any mail program decodes: as it is where it can be, else in encoded words of UTF-8.</summary>
    public static byte[] EncodeText(string text) =>
        System.Text.Ascii.IsValid(text) ? Encoding.ASCII.GetBytes(text) : OneLine(Rfc2047.EncodeText(Encoding.UTF8, text));

    /// <summary>A display name as ASCII.</summary>
    public static byte[] EncodePhrase(string phrase) =>
        System.Text.Ascii.IsValid(phrase) ? Encoding.ASCII.GetBytes(phrase) : OneLine(Rfc2047.EncodePhrase(Encoding.UTF8, phrase));

    private static byte[] OneLine(byte[] encoded) => Array.FindAll(encoded, b => b is not ((byte)'\r' or (byte)'\n'));

    private static bool UsesOwnCharset(byte[] raw)
    {
        var text = Encoding.Latin1.GetString(raw).ToLowerInvariant();
        return text.Contains("=?", StringComparison.Ordinal) && OwnCharsets.Any(name => text.Contains(name, StringComparison.Ordinal));
    }

    private static string DecodeOwn(byte[] raw)
    {
        var text = new StringBuilder();
        var pending = new List<byte>();
        var pendingCharset = "";
        var rest = Encoding.Latin1.GetString(raw);
        while (rest.Length > 0)
        {
            var start = rest.IndexOf("=?", StringComparison.Ordinal);
            if (start < 0 || !TryWord(rest[start..], out var length, out var charset, out var bytes))
            {
                var take = start < 0 ? rest.Length : start + 2;
                Flush();
                text.Append(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(rest[..take])));
                rest = rest[take..];
                continue;
            }
            // White space between two words is none (§6.2).
            if (start > 0 && (pending.Count == 0 || !string.IsNullOrWhiteSpace(rest[..start])))
            {
                Flush();
                text.Append(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(rest[..start])));
            }
            if (pending.Count > 0 && pendingCharset != charset)
                Flush();
            pendingCharset = charset;
            pending.AddRange(bytes);
            rest = rest[(start + length)..];
        }
        Flush();
        return text.ToString();

        void Flush()
        {
            if (pending.Count > 0)
                text.Append(Charsets.Decode(pending.ToArray(), pendingCharset));
            pending.Clear();
        }
    }

    private static bool TryWord(string text, out int length, out string charset, out byte[] bytes)
    {
        (length, charset, bytes) = (0, "", []);
        var fields = text.Split('?', 5);
        if (fields is not ["=", var name, var encoding, var coded, var end] || !end.StartsWith('=') || coded.Contains(' ', StringComparison.Ordinal))
            return false;
        charset = name.Split('*')[0].ToLowerInvariant();
        length = 2 + name.Length + 1 + encoding.Length + 1 + coded.Length + 2;
        bytes = encoding.ToUpperInvariant() switch
        {
            "B" => TransferDecoding.Decode(Encoding.Latin1.GetBytes(coded), TransferEncoding.Base64),
            "Q" => TransferDecoding.Decode(Encoding.Latin1.GetBytes(coded.Replace('_', ' ')), TransferEncoding.QuotedPrintable),
            _ => [],
        };
        return bytes.Length > 0 || coded.Length == 0;
    }
}
