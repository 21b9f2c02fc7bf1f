using System.Text;
using System.Text.Json;
using CongVu.Mail.Store;
using MimeKit;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Makes the body of a new message: of a structure that the client gives, or of texts and attachments in the usual arrangement (RFC 8621 §4.6).</summary>
internal sealed class BodyBuilder(Call call, AccountId account, JsonElement email)
{
    private const int MaxParts = 1_000;
    private const int MaxLevels = 20;

    private static readonly HashSet<string> Known = ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", "language", "location", "subParts"];

    private readonly List<string> missingBlobs = [];
    private int parts;

    internal async ValueTask<MimeEntity> BuildAsync(CancellationToken cancellationToken)
    {
        var structure = Find("bodyStructure");
        var (text, html, attachments) = (Single("textBody", "text/plain"), Single("htmlBody", "text/html"), List("attachments"));
        if (structure is not null && (text ?? html) is not null || structure is not null && attachments.Count > 0)
            throw SetErrorException.Invalid("bodyStructure is given together with bodies.", "bodyStructure");

        var body = structure is { } whole ? await PartAsync(whole, "bodyStructure", 0, cancellationToken) : await UsualAsync(text, html, attachments, cancellationToken);
        if (missingBlobs.Count > 0)
            throw new SetErrorException(new("blobNotFound", "A blob does not exist.") { More = [new("notFound", missingBlobs)] });
        return body;
    }

    // multipart/mixed of (multipart/alternative of text and multipart/related of HTML and what it shows) and attachments, as far as there is any of it.
    private async ValueTask<MimeEntity> UsualAsync(JsonElement? text, JsonElement? html, IReadOnlyList<JsonElement> attachments, CancellationToken cancellationToken)
    {
        var shown = html is null ? [] : attachments.Where(IsShownInHtml).ToArray();
        var plain = text is { } t ? await PartAsync(t, "textBody", 1, cancellationToken) : null;
        var rich = html is { } h ? await PartAsync(h, "htmlBody", 1, cancellationToken) : null;
        if (rich is not null && shown.Length > 0)
            rich = await GatherAsync(new MultipartRelated(), rich, shown, cancellationToken);
        var body = (plain, rich) switch
        {
            (null, null) => null,
            (null, _) => rich,
            (_, null) => plain,
            _ => new MultipartAlternative { plain, rich },
        };
        var rest = attachments.Except(shown).ToArray();
        if (rest.Length == 0)
            return body ?? new TextPart("plain") { Text = "" };
        return body is null && rest.Length == 1 ? await PartAsync(rest[0], "attachments", 1, cancellationToken) : await GatherAsync(new Multipart("mixed"), body, rest, cancellationToken);
    }

    private async ValueTask<Multipart> GatherAsync(Multipart multipart, MimeEntity? first, IReadOnlyList<JsonElement> others, CancellationToken cancellationToken)
    {
        if (first is not null)
            multipart.Add(first);
        foreach (var other in others)
            multipart.Add(await PartAsync(other, "attachments", 1, cancellationToken));
        return multipart;
    }

    private async ValueTask<MimeEntity> PartAsync(JsonElement part, string property, int level, CancellationToken cancellationToken)
    {
        if (part.ValueKind != JsonValueKind.Object || level > MaxLevels || ++parts > MaxParts)
            throw SetErrorException.Invalid("The parts cannot be read.", property);
        // §4.6: headers is never given, and what is not known is not passed over.
        if (part.EnumerateObject().FirstOrDefault(p => !Known.Contains(p.Name) && !p.Name.StartsWith("header:", StringComparison.Ordinal)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            throw SetErrorException.Invalid($"{unknown.Name} cannot be set.", $"{property}/{unknown.Name}");
        var partId = Text(part, "partId");
        var blobId = Text(part, "blobId");
        var type = Text(part, "type")?.ToLowerInvariant() ?? (partId is null ? null : property == "htmlBody" ? "text/html" : "text/plain");
        if (type is not null && (!ContentType.TryParse(type, out var parsed) || parsed.Parameters.Count > 0))
            throw SetErrorException.Invalid($"{type} is no media type.", $"{property}/type");

        MimeEntity entity;
        if (type?.StartsWith("multipart/", StringComparison.Ordinal) == true || part.TryGetProperty("subParts"u8, out var subParts) && subParts.ValueKind == JsonValueKind.Array)
        {
            if (partId is not null || blobId is not null)
                throw SetErrorException.Invalid("A multipart has neither partId nor blobId.", $"{property}/partId");
            var multipart = new Multipart((type ?? "multipart/mixed")["multipart/".Length..]);
            if (part.TryGetProperty("subParts"u8, out var children) && children.ValueKind == JsonValueKind.Array)
            {
                foreach (var child in children.EnumerateArray())
                    multipart.Add(await PartAsync(child, property, level + 1, cancellationToken));
            }
            entity = multipart;
        }
        else if (partId is not null)
        {
            if (blobId is not null || part.TryGetProperty("charset"u8, out var charset) && charset.ValueKind != JsonValueKind.Null)
                throw SetErrorException.Invalid("A part that is given as text has neither blobId nor charset.", $"{property}/partId");
            entity = TextPart(partId, type!, property);
        }
        else
        {
            entity = await BlobPartAsync(blobId ?? throw SetErrorException.Invalid("A part has a partId or a blobId.", $"{property}/partId"), type, part, cancellationToken);
        }
        Describe(entity, part, property);
        return entity;
    }

    private TextPart TextPart(string partId, string type, string property)
    {
        if (Find("bodyValues") is not { ValueKind: JsonValueKind.Object } values || !values.TryGetProperty(partId, out var value) || value.ValueKind != JsonValueKind.Object || Text(value, "value") is not { } text)
            throw SetErrorException.Invalid($"bodyValues has no {partId}.", $"{property}/partId");
        if (value.TryGetProperty("isEncodingProblem"u8, out var problem) && problem.ValueKind == JsonValueKind.True || value.TryGetProperty("isTruncated"u8, out var truncated) && truncated.ValueKind == JsonValueKind.True)
            throw SetErrorException.Invalid("A body value is whole and right.", "bodyValues");
        if (!type.StartsWith("text/", StringComparison.Ordinal))
            throw SetErrorException.Invalid("What is given as text is text.", $"{property}/type");
        var part = new TextPart(type["text/".Length..]);
        part.SetText(Encoding.UTF8, text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));
        part.ContentTransferEncoding = part.GetBestEncoding(EncodingConstraint.SevenBit, CancellationToken.None);
        return part;
    }

    private async ValueTask<MimeEntity> BlobPartAsync(string blobId, string? type, JsonElement part, CancellationToken cancellationToken)
    {
        await using var blob = await Blob.OpenAsync(call.Store, call.Who, account, call.Resolve(blobId), cancellationToken);
        if (blob is null)
        {
            missingBlobs.Add(blobId);
            return new TextPart("plain") { Text = "" };
        }
        var bytes = await blob.ReadAllAsync(call.Limits.MaxSizeUpload, cancellationToken) ?? throw new SetErrorException(new("tooLarge", "A blob is above the limit."));
        var contentType = ContentType.Parse(type ?? (blob.MediaType.Length > 0 ? blob.MediaType : "application/octet-stream"));
        if (Text(part, "charset") is { } charset)
            contentType.Charset = charset;
        var entity = new MimePart(contentType) { Content = new MimeContent(new MemoryStream(bytes, writable: false)) };
        // RFC 2046 §5.2.1: a message inside is never encoded.
        entity.ContentTransferEncoding = contentType.IsMimeType("message", "rfc822") || contentType.IsMimeType("message", "global")
            ? System.Text.Ascii.IsValid(bytes) ? ContentEncoding.SevenBit : ContentEncoding.EightBit
            : contentType.IsMimeType("text", "*") ? entity.GetBestEncoding(EncodingConstraint.SevenBit, CancellationToken.None) : ContentEncoding.Base64;
        return entity;
    }

    private static void Describe(MimeEntity entity, JsonElement part, string property)
    {
        var name = Text(part, "name");
        var disposition = Text(part, "disposition");
        if (disposition is not null || name is not null)
        {
            if (disposition?.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') == false)
                throw SetErrorException.Invalid("The disposition cannot be read.", $"{property}/disposition");
            entity.ContentDisposition = new(string.IsNullOrEmpty(disposition) ? "attachment" : disposition);
        }
        if (name is not null)
        {
            var clean = string.Concat(name.Where(c => !char.IsControl(c)));
            entity.ContentDisposition!.FileName = clean;
            entity.ContentType.Name = clean;
        }
        if (Text(part, "cid") is { } cid)
        {
            if (cid.Length == 0 || !cid.All(c => c is > ' ' and < (char)127 and not ('<' or '>')))
                throw SetErrorException.Invalid("The cid cannot be used.", $"{property}/cid");
            entity.Headers[HeaderId.ContentId] = $"<{cid}>";
        }
        if (Text(part, "location") is { } location && Uri.TryCreate(location, UriKind.RelativeOrAbsolute, out var uri))
            entity.ContentLocation = uri;
        if (part.TryGetProperty("language"u8, out var languages) && languages.ValueKind == JsonValueKind.Array)
            entity.Headers[HeaderId.ContentLanguage] = string.Join(", ", languages.EnumerateArray().Where(l => l.ValueKind == JsonValueKind.String).Select(l => string.Concat(l.GetString()!.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-'))));
        foreach (var header in part.EnumerateObject().Where(p => p.Name.StartsWith("header:", StringComparison.Ordinal) && p.Value.ValueKind != JsonValueKind.Null))
        {
            if (HeaderProperty.Read(header.Name) is not { } read || read.Field.Equals("Content-Transfer-Encoding", StringComparison.OrdinalIgnoreCase) || entity.Headers.Contains(read.Field))
                throw SetErrorException.Invalid($"{header.Name} cannot be set.", $"{property}/{header.Name}");
            EmailBuilder.HeaderValues.Add(entity.Headers, read, header);
        }
    }

    private static bool IsShownInHtml(JsonElement part) => part.ValueKind == JsonValueKind.Object && Text(part, "cid") is not null && Text(part, "disposition") is "inline";

    private JsonElement? Single(string name, string type)
    {
        var list = List(name);
        if (list.Count == 0)
            return null;
        return list.Count == 1 && list[0].ValueKind == JsonValueKind.Object && (Text(list[0], "type") ?? type) == type
            ? list[0]
            : throw SetErrorException.Invalid($"{name} is one part of {type}.", name);
    }

    private IReadOnlyList<JsonElement> List(string name) => Find(name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray()],
        _ => throw SetErrorException.Invalid($"{name} is a list.", name),
    };

    private JsonElement? Find(string name) => email.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
