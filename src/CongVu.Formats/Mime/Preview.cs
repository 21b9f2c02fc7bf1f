using System.Net;
using System.Text;

namespace CongVu.Formats.Mime;

/// <summary>The first words of a message (RFC 8970 §3) and the plain text of HTML, for lists and search; not for showing a message.</summary>
internal static class Preview
{
    private const int MaxCharacters = 200;

    internal static string Of(ReadOnlySpan<byte> raw, MimePart part)
    {
        var text = Charsets.Decode(TransferDecoding.Decode(raw, part.Encoding), part.Charset);
        if (part.MediaType == "text/html")
            text = TextOfHtml(text);
        var preview = new StringBuilder(MaxCharacters);
        var space = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || rune.Value is 0xfffd or 0xfeff or 0x200b)
            {
                space = preview.Length > 0;
                continue;
            }
            if (preview.Length + rune.Utf16SequenceLength + 1 > MaxCharacters)
                break;
            if (space)
                preview.Append(' ');
            space = false;
            preview.Append(rune);
        }
        return preview.ToString();
    }

    /// <summary>What a reader of the HTML would read: tags become spaces, scripts and styles nothing.</summary>
    internal static string TextOfHtml(string html)
    {
        var text = new StringBuilder(html.Length);
        var at = 0;
        while (at < html.Length)
        {
            var tag = html.IndexOf('<', at);
            if (tag < 0)
            {
                text.Append(html, at, html.Length - at);
                break;
            }
            text.Append(html, at, tag - at);
            if (StartsWith(html, tag, "<!--"))
            {
                at = End(html, tag, "-->");
                continue;
            }
            if (tag + 1 < html.Length && !(char.IsAsciiLetter(html[tag + 1]) || html[tag + 1] is '/' or '!' or '?'))
            {
                text.Append('<');
                at = tag + 1;
                continue;
            }
            if (IsBlockOrBreak(html, tag))
                text.Append(' ');
            at = StartsWith(html, tag, "<style") ? End(html, tag, "</style") : StartsWith(html, tag, "<script") ? End(html, tag, "</script") : StartsWith(html, tag, "<title") ? End(html, tag, "</title") : tag;
            at = End(html, at, ">");
        }
        return WebUtility.HtmlDecode(text.ToString());
    }

    // Inline tags stand inside words.
    private static bool IsBlockOrBreak(string html, int tag)
    {
        var name = tag + 1 < html.Length && html[tag + 1] == '/' ? tag + 2 : tag + 1;
        var end = name;
        while (end < html.Length && char.IsAsciiLetterOrDigit(html[end]))
            end++;
        return html[name..end].ToLowerInvariant() is not ("b" or "i" or "u" or "a" or "em" or "strong" or "span" or "font" or "sub" or "sup" or "s" or "big" or "small" or "wbr");
    }

    private static bool StartsWith(string html, int at, string what) => html.AsSpan(at).StartsWith(what, StringComparison.OrdinalIgnoreCase);

    private static int End(string html, int from, string what) => from >= html.Length ? html.Length : html.IndexOf(what, from, StringComparison.OrdinalIgnoreCase) is var at and >= 0 ? at + what.Length : html.Length;
}
