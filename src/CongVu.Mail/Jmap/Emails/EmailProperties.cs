namespace CongVu.Mail.Jmap.Emails;

/// <summary>Which properties an Email is asked for (RFC 8621 §4.2).</summary>
internal sealed record EmailProperties
{
    internal static readonly HashSet<string> Metadata = ["id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt"];

    private static readonly string[] Default =
    [
        "id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt", "messageId", "inReplyTo", "references", "sender", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt",
        "hasAttachment", "preview", "bodyValues", "textBody", "htmlBody", "attachments",
    ];

    private static readonly HashSet<string> Known = [.. Default, "headers", "bodyStructure"];

    private static readonly string[] DefaultBody = ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location"];

    private static readonly HashSet<string> KnownBody = [.. DefaultBody, "headers", "subParts"];

    internal required IReadOnlyList<string> Names { get; init; }

    internal required IReadOnlyList<HeaderProperty> Headers { get; init; }

    internal required IReadOnlyList<string> BodyNames { get; init; }

    internal required IReadOnlyList<HeaderProperty> BodyHeaders { get; init; }

    internal required bool FetchText { get; init; }

    internal required bool FetchHtml { get; init; }

    internal required bool FetchAll { get; init; }

    internal required int MaxBodyValueBytes { get; init; }

    /// <summary>Parts are described with what only their headers tell.</summary>
    internal bool NeedsPartHeader => BodyHeaders.Count > 0 || BodyNames.Any(n => n is "headers" or "language" or "location");

    internal static EmailProperties Read(Call call, bool parsed = false)
    {
        var arguments = call.Arguments;
        var names = arguments.Texts("properties") ?? (parsed ? [.. Default.Where(n => !Metadata.Contains(n))] : Default);
        var bodyNames = arguments.Texts("bodyProperties") ?? DefaultBody;
        var (headers, bodyHeaders) = (new List<HeaderProperty>(), new List<HeaderProperty>());
        foreach (var name in names)
        {
            if (!Known.Contains(name))
                headers.Add(HeaderProperty.Read(name) ?? throw MethodErrorException.InvalidArguments($"There is no property {name}."));
        }
        foreach (var name in bodyNames)
        {
            if (!KnownBody.Contains(name))
                bodyHeaders.Add(HeaderProperty.Read(name) ?? throw MethodErrorException.InvalidArguments($"There is no body property {name}."));
        }
        var max = arguments.Unsigned("maxBodyValueBytes") ?? 0;
        return new()
        {
            Names = [.. names.Where(Known.Contains).Append("id").Distinct()],
            Headers = headers,
            BodyNames = [.. bodyNames.Where(KnownBody.Contains).Distinct()],
            BodyHeaders = bodyHeaders,
            FetchText = arguments.Flag("fetchTextBodyValues", otherwise: false),
            FetchHtml = arguments.Flag("fetchHTMLBodyValues", otherwise: false),
            FetchAll = arguments.Flag("fetchAllBodyValues", otherwise: false),
            MaxBodyValueBytes = max == 0 ? call.Limits.MaxBodyValueBytes : (int)Math.Min(max, call.Limits.MaxBodyValueBytes),
        };
    }
}
