using System.Text;

namespace CongVu.Formats.Mime;

/// <summary>All words of a message for people to find it by.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="From">Names and addresses of From.</param>
/// <param name="To">Of To.</param>
/// <param name="Cc">Of Cc.</param>
/// <param name="Bcc">Of Bcc.</param>
/// <param name="Body">The text of every part, and the names of attachments.</param>
public sealed record MessageText(string Subject, string From, string To, string Cc, string Bcc, string Body)
{
    /// <summary>Text of one message that is searched: books sent by mail are found by their first million characters.</summary>
    public const int MaxCharacters = 1 << 20;

    /// <summary>Encoded bytes of one part that are read for it.</summary>
    private const int MaxPartBytes = 4 << 20;

    /// <summary>Reads the texts of a content.</summary>
    public static async ValueTask<MessageText> ReadAsync(Stream content, MessageFacts facts, CancellationToken cancellationToken)
    {
        var body = new StringBuilder();
        await AppendAsync(facts.Root, content, body, withNames: true, cancellationToken);
        return new(facts.Subject, facts.From, facts.To, facts.Cc, facts.Bcc, body.ToString());
    }

    /// <summary>The text of every part that is text, without the names of attachments.</summary>
    public static async ValueTask<string> ReadBodyAsync(Stream content, MessageFacts facts, CancellationToken cancellationToken)
    {
        var body = new StringBuilder();
        await AppendAsync(facts.Root, content, body, withNames: false, cancellationToken);
        return body.ToString();
    }

    private static async ValueTask AppendAsync(MimePart part, Stream content, StringBuilder body, bool withNames, CancellationToken cancellationToken)
    {
        if (body.Length >= MaxCharacters)
            return;
        if (withNames && part.FileName.Length > 0)
            body.Append(part.FileName).Append('\n');
        foreach (var child in part.Children)
            await AppendAsync(child, content, body, withNames, cancellationToken);
        if (part.Kind != PartKind.Leaf || part.MediaType is not ("text/plain" or "text/html" or "text/calendar" or "text/csv" or "text/enriched" or "text/markdown") || part.Size == 0)
            return;
        var raw = new byte[Math.Min(part.Size, MaxPartBytes)];
        content.Position = part.BodyOffset;
        var read = await content.ReadAtLeastAsync(raw, raw.Length, throwOnEndOfStream: false, cancellationToken);
        var text = Charsets.Decode(TransferDecoding.Decode(raw.AsSpan(0, read), part.Encoding), part.Charset);
        if (part.MediaType == "text/html")
            text = Preview.TextOfHtml(text);
        body.Append(text.AsSpan(0, Math.Min(text.Length, MaxCharacters - Math.Min(body.Length, MaxCharacters)))).Append('\n');
    }
}
