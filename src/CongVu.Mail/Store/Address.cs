using System.Globalization;
using CongVu.Formats.Text;

namespace CongVu.Mail.Store;

/// <summary>E-mail addresses as the store compares them.</summary>
public static class Address
{
    private static readonly IdnMapping Idn = new();

    /// <summary>Lower case and composed, the domain as Unicode: two spellings of one address are the same string.</summary>
    public static string Normalize(string address)
    {
        var text = address.Trim();
        var at = text.LastIndexOf('@');
        if (at < 0)
            return Compose(text);
        return Compose(text[..at]) + "@" + NormalizeDomain(text[(at + 1)..]);
    }

    internal static string NormalizeDomain(string domain)
    {
        var text = Compose(domain.Trim().TrimEnd('.'));
        if (!text.Contains("xn--", StringComparison.Ordinal))
            return text;
        try
        {
            return Compose(Idn.GetUnicode(text));
        }
        catch (ArgumentException)
        {
            return text;
        }
    }

    internal static string? DomainOf(string normalized) => normalized.LastIndexOf('@') is var at and > 0 && at < normalized.Length - 1 ? normalized[(at + 1)..] : null;

    /// <summary>A mailbox of this installation may have it: a dot-atom of moderate length (RFC 5321 §4.5.3.1.1).</summary>
    public static bool IsValid(string normalized)
    {
        var at = normalized.LastIndexOf('@');
        if (at is <= 0 or > 64 || normalized.Length > 254 || at == normalized.Length - 1)
            return false;
        return IsDotAtom(normalized.AsSpan(0, at), "!#$%&'*+-/=?^_`{|}~") && IsDotAtom(normalized.AsSpan(at + 1), "-");
    }

    private static bool IsDotAtom(ReadOnlySpan<char> text, string marks)
    {
        if (text[0] == '.' || text[^1] == '.')
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.' ? text[i - 1] == '.' : !(char.IsAsciiLetterOrDigit(c) || marks.Contains(c, StringComparison.Ordinal) || (c >= 0x80 && char.IsLetterOrDigit(c))))
                return false;
        }
        return true;
    }

    private static string Compose(string text) => ComposedText.Of(text).ToLowerInvariant();
}
