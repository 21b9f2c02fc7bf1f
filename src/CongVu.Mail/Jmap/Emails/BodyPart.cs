using System.Globalization;
using CongVu.Formats.Mime;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>A part of a message as JMAP counts it (RFC 8621 §4.1.4): a message inside another is a leaf.</summary>
internal sealed record BodyPart(MimePart Part, string Path, IReadOnlyList<BodyPart> Children)
{
    /// <summary>Null of a multipart.</summary>
    internal string? PartId => Part.Kind == PartKind.Multipart ? null : Path;

    internal bool IsMultipart => Part.Kind == PartKind.Multipart;

    internal static BodyPart Of(MimePart root) => root.Kind == PartKind.Multipart ? Of(root, "") : new(root, "1", []);

    private static BodyPart Of(MimePart part, string path) => new(
        part,
        path,
        part.Kind == PartKind.Multipart
            ? [.. part.Children.Select((child, i) => Of(child, (path.Length > 0 ? path + "_" : "") + (i + 1).ToString(CultureInfo.InvariantCulture)))]
            : []);

    /// <summary>All leaves.</summary>
    internal IEnumerable<BodyPart> Leaves => IsMultipart ? Children.SelectMany(c => c.Leaves) : [this];
}

/// <summary>What of a message is shown as text, what as HTML and what is offered beside it: the algorithm of RFC 8621 §4.1.4.</summary>
internal sealed class BodyLists
{
    internal List<BodyPart> Text { get; } = [];

    internal List<BodyPart> Html { get; } = [];

    internal List<BodyPart> Attachments { get; } = [];

    internal static BodyLists Of(BodyPart root)
    {
        var lists = new BodyLists();
        lists.Add([root], "mixed", inAlternative: false, lists.Html, lists.Text);
        return lists;
    }

    private void Add(IReadOnlyList<BodyPart> parts, string multipartType, bool inAlternative, List<BodyPart>? html, List<BodyPart>? text)
    {
        var (textBefore, htmlBefore) = (text?.Count ?? -1, html?.Count ?? -1);
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            if (part.IsMultipart)
            {
                var subtype = part.Part.MediaType["multipart/".Length..];
                Add(part.Children, subtype, inAlternative || subtype == "alternative", html, text);
                continue;
            }
            // A body is shown in its place; of a related set only the first part is one, and what has a name only if it is first.
            var isInline = part.Part.Disposition != "attachment"
                && (part.Part.MediaType is "text/plain" or "text/html" || IsMedia(part))
                && (i == 0 || (multipartType != "related" && (IsMedia(part) || part.Part.FileName.Length == 0)));
            if (!isInline)
            {
                Attachments.Add(part);
                continue;
            }
            if (multipartType == "alternative")
            {
                switch (part.Part.MediaType)
                {
                    case "text/plain":
                        text?.Add(part);
                        break;
                    case "text/html":
                        html?.Add(part);
                        break;
                    default:
                        Attachments.Add(part);
                        break;
                }
                continue;
            }
            if (inAlternative)
            {
                if (part.Part.MediaType == "text/plain")
                    html = null;
                if (part.Part.MediaType == "text/html")
                    text = null;
            }
            text?.Add(part);
            html?.Add(part);
            if ((text is null || html is null) && IsMedia(part))
                Attachments.Add(part);
        }
        if (multipartType != "alternative" || text is null || html is null)
            return;
        // Only one of the two was found: it serves for both.
        if (textBefore == text.Count && htmlBefore != html.Count)
            text.AddRange(html.Skip(htmlBefore));
        if (htmlBefore == html.Count && textBefore != text.Count)
            html.AddRange(text.Skip(textBefore));
    }

    private static bool IsMedia(BodyPart part) =>
        part.Part.MediaType.StartsWith("image/", StringComparison.Ordinal) || part.Part.MediaType.StartsWith("audio/", StringComparison.Ordinal) || part.Part.MediaType.StartsWith("video/", StringComparison.Ordinal);
}
