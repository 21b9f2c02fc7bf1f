using System.Globalization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using CongVu.Mail.Jmap;
using Ganss.Xss;

namespace CongVu.Server.Web.Html;

/// <summary>HTML of a message made safe.</summary>
/// <param name="Html">What is left of it, to stand in a body.</param>
/// <param name="BlockedImages">Pictures elsewhere that were taken out: whoever loads them tells that the mail was read.</param>
internal readonly record struct CleanHtml(string Html, int BlockedImages);

/// <summary>
/// Takes out of a message's HTML what could act: scripts, forms, frames, styles that reach beyond it, addresses of other kinds than links. Only what is known to be
/// harmless stays. The browser does the same once more, and shows it in a frame without an origin.
/// </summary>
internal static partial class SafeHtml
{
    /// <summary>More levels than any mail has; deeper ones are a trap for whoever walks down.</summary>
    private const int MaxDepth = 200;
    private const int MaxOpen = 1_000;

    private static readonly string[] Tags =
    [
        "a", "abbr", "acronym", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "font",
        "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
    ];

    private static readonly string[] Attributes =
    [
        "abbr", "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "cite", "color", "colspan", "dir", "face", "height", "href", "hspace", "lang", "nowrap", "rowspan", "scope", "size",
        "span", "src", "start", "style", "summary", "title", "type", "valign", "vspace", "width",
    ];

    // Of text and boxes; nothing that places a box elsewhere or loads anything.
    private static readonly string[] Properties =
    [
        "background-color", "border", "border-bottom", "border-bottom-color", "border-bottom-style", "border-bottom-width", "border-collapse", "border-color", "border-left", "border-left-color",
        "border-left-style", "border-left-width", "border-radius", "border-right", "border-right-color", "border-right-style", "border-right-width", "border-spacing", "border-style", "border-top",
        "border-top-color", "border-top-style", "border-top-width", "border-width", "caption-side", "clear", "color", "direction", "display", "empty-cells", "float", "font", "font-family", "font-size",
        "font-style", "font-variant", "font-weight", "height", "letter-spacing", "line-height", "list-style-position", "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right",
        "margin-top", "max-height", "max-width", "min-height", "min-width", "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "table-layout", "text-align",
        "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break", "word-spacing", "word-wrap",
    ];

    /// <summary>Makes HTML safe; with <paramref name="remoteImages"/> pictures elsewhere stay.</summary>
    internal static CleanHtml Clean(MessageHtml message, bool remoteImages)
    {
        // Readers of HTML take time by the square of the depth: what is nested to hurt is shown without its markup.
        if (IsTooDeep(message.Html))
            return new($"<pre>{System.Net.WebUtility.HtmlEncode(Tag().Replace(message.Html, " "))}</pre>", 0);
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = Set(Tags),
            AllowedAttributes = Set(Attributes),
            AllowedCssProperties = Set(Properties),
            AllowedSchemes = Set(["http", "https", "mailto", "tel", "data"]),
            UriAttributes = Set(["href", "src", "cite"]),
            AllowedAtRules = new HashSet<AngleSharp.Css.Dom.CssRuleType>(),
        })
        { KeepChildNodes = true };
        var document = sanitizer.HtmlParserFactory().ParseDocument(message.Html);
        if (document.Body is not { } body)
            return new("", 0);
        Flatten(body);
        var blocked = 0;
        foreach (var image in body.QuerySelectorAll("img").ToArray())
        {
            var source = image.GetAttribute("src")?.Trim() ?? "";
            if (Carried(message, source) is { } carried)
                image.SetAttribute("src", carried);
            else if (source.Length == 0 || !remoteImages || !source.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
                blocked += Block(image, source);
        }

        sanitizer.FilterUrl += (_, url) =>
        {
            // Data is for pictures of ours only, never for a place to go to.
            if (url.OriginalUrl.TrimStart().StartsWith("data:", StringComparison.OrdinalIgnoreCase) && (url.Tag.LocalName != "img" || !PictureData().IsMatch(url.OriginalUrl)))
                url.SanitizedUrl = null;
        };
        sanitizer.RemovingTag += (_, tag) =>
        {
            // What stands in these is no text for people.
            if (tag.Tag.LocalName is "script" or "style" or "title" or "noscript" or "template" or "svg" or "math" or "iframe" or "object" or "embed" or "xmp" or "noembed" or "noframes" or "textarea" or "select")
                tag.Tag.InnerHtml = "";
        };
        sanitizer.PostProcessNode += (_, post) =>
        {
            if (post.Node is not IElement { LocalName: "a" } link)
                return;
            link.SetAttribute("target", "_blank");
            link.SetAttribute("rel", "noopener noreferrer nofollow");
        };
        // The document as it was read, not its text read once more: between two readings markup changes its meaning.
        sanitizer.SanitizeDom(document, body);
        return new(body.InnerHtml, blocked);
    }

    /// <summary>A page of its own, for a frame.</summary>
    internal static string Page(string clean) => $$"""
        <!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><style>
        body { margin: 0; padding: 4px; font: 15px/1.55 "Be Vietnam Pro", system-ui, sans-serif; color: #1c2733; background: #fff; overflow-wrap: anywhere; }
        img { max-width: 100%; height: auto; } table { max-width: 100%; } blockquote { margin: 0 0 0 .5em; padding-left: .8em; border-left: 2px solid #c3ccd5; } pre { white-space: pre-wrap; }
        </style></head><body>{{clean}}</body></html>
        """;

    // Counts open elements roughly: those whose end tags may be left out close each other.
    private static bool IsTooDeep(string html)
    {
        var depth = 0;
        foreach (var tag in Tag().EnumerateMatches(html))
        {
            var text = html.AsSpan(tag.Index + 1, tag.Length - 1);
            var isEnd = text[0] == '/';
            var name = isEnd ? text[1..] : text;
            var length = name.IndexOfAnyExcept(Letters);
            name = length < 0 ? name : name[..length];
            if (name.IsEmpty || Unclosed.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
                continue;
            depth = isEnd ? Math.Max(0, depth - 1) : depth + 1;
            if (depth > MaxOpen)
                return true;
        }
        return false;
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    private static readonly HashSet<string> Unclosed = new(StringComparer.OrdinalIgnoreCase)
    {
        "p", "li", "td", "tr", "th", "dd", "dt", "tbody", "thead", "tfoot", "option", "br", "img", "hr", "meta", "link", "input", "col", "area", "base", "wbr", "source", "param", "embed", "o",
    };

    [GeneratedRegex("</?[a-zA-Z][^<>]*>?", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    private static string? Carried(MessageHtml message, string source)
    {
        if (!source.StartsWith("cid:", StringComparison.OrdinalIgnoreCase))
            return PictureData().IsMatch(source) ? source : null;
        var id = Uri.UnescapeDataString(source["cid:".Length..]);
        return message.Images.TryGetValue(id, out var image) ? $"data:{image.MediaType};base64,{Convert.ToBase64String(image.Bytes)}" : null;
    }

    // A tracking picture of one point is not worth a notice, but is taken out like the others.
    private static int Block(IElement image, string source)
    {
        image.RemoveAttribute("src");
        var isRemote = source.StartsWith("http", StringComparison.OrdinalIgnoreCase) || source.StartsWith("//", StringComparison.Ordinal);
        return isRemote ? 1 : 0;
    }

    // What lies too deep is put up to where it is still fine.
    private static void Flatten(IElement root)
    {
        var pending = new Stack<(INode Node, int Depth)>();
        pending.Push((root, 0));
        while (pending.TryPop(out var at))
        {
            if (at.Depth < MaxDepth)
            {
                foreach (var child in at.Node.ChildNodes)
                    pending.Push((child, at.Depth + 1));
            }
            else if (at.Node.HasChildNodes)
            {
                at.Node.TextContent = string.Create(CultureInfo.InvariantCulture, $"{Text(at.Node)}");
            }
        }
    }

    private static string Text(INode node)
    {
        var text = new System.Text.StringBuilder();
        var pending = new Stack<INode>([node]);
        while (pending.TryPop(out var at))
        {
            if (at is IText leaf)
                text.Append(leaf.Data);
            for (var child = at.LastChild; child is not null; child = child.PreviousSibling)
                pending.Push(child);
        }
        return text.ToString();
    }

    private static HashSet<string> Set(IEnumerable<string> names) => new(names, StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex("^data:image/(png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\\s]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PictureData();
}
