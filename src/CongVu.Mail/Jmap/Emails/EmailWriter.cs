using System.Text.Json;
using CongVu.Formats.Mime;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Writes Email objects (RFC 8621 §4.1). What lists show comes from the facts; the message's bytes are read only for what those do not tell.</summary>
internal static class EmailWriter
{
    internal static async ValueTask WriteAsync(Utf8JsonWriter json, EmailView email, EmailProperties properties, CancellationToken cancellationToken)
    {
        json.WriteStartObject();
        foreach (var name in properties.Names)
            await WriteAsync(json, email, name, properties, cancellationToken);
        foreach (var property in properties.Headers)
            property.Write(json, await email.HeaderAsync(cancellationToken));
        json.WriteEndObject();
    }

    private static async ValueTask WriteAsync(Utf8JsonWriter json, EmailView email, string name, EmailProperties properties, CancellationToken cancellationToken)
    {
        var facts = email.Facts;
        switch (name)
        {
            case "id" or "blobId" or "threadId" or "mailboxIds" or "keywords" or "size" or "receivedAt":
                WriteMetadata(json, email, name);
                break;
            case "messageId":
                json.WritePropertyName(name);
                HeaderProperty.WriteStrings(json, facts.MessageId is { } id ? [id] : null);
                break;
            case "inReplyTo":
                json.WritePropertyName(name);
                HeaderProperty.WriteValue(json, email.Envelope.InReplyTo, HeaderForm.MessageIds);
                break;
            case "references":
                json.WritePropertyName(name);
                HeaderProperty.WriteValue(json, (await email.HeaderAsync(cancellationToken)).Last("References"), HeaderForm.MessageIds);
                break;
            case "sender" or "replyTo":
                json.WritePropertyName(name);
                HeaderProperty.WriteValue(json, (await email.HeaderAsync(cancellationToken)).Last(name == "sender" ? "Sender" : "Reply-To"), HeaderForm.Addresses);
                break;
            case "from":
                WriteAddresses(json, name, email.Envelope.From);
                break;
            case "to":
                WriteAddresses(json, name, email.Envelope.To);
                break;
            case "cc":
                WriteAddresses(json, name, email.Envelope.Cc);
                break;
            case "bcc":
                WriteAddresses(json, name, email.Envelope.Bcc);
                break;
            case "subject":
                json.WriteString(name, facts.Subject.Length > 0 ? facts.Subject : (await HasSubjectAsync(email, cancellationToken)) ? "" : null);
                break;
            case "sentAt":
                json.WritePropertyName(name);
                HeaderProperty.WriteDate(json, facts.Date);
                break;
            case "hasAttachment":
                json.WriteBoolean(name, email.HasAttachment);
                break;
            case "preview":
                json.WriteString(name, facts.Preview.Span);
                break;
            case "headers":
                WriteHeaders(json, await email.HeaderAsync(cancellationToken));
                break;
            case "bodyStructure":
                json.WritePropertyName(name);
                await WritePartAsync(json, email, email.Body, properties, withChildren: true, cancellationToken);
                break;
            case "textBody":
                await WritePartsAsync(json, name, email, email.Lists.Text, properties, cancellationToken);
                break;
            case "htmlBody":
                await WritePartsAsync(json, name, email, email.Lists.Html, properties, cancellationToken);
                break;
            case "attachments":
                await WritePartsAsync(json, name, email, email.Lists.Attachments, properties, cancellationToken);
                break;
            case "bodyValues":
                await WriteValuesAsync(json, email, properties, cancellationToken);
                break;
        }
    }

    private static void WriteMetadata(Utf8JsonWriter json, EmailView email, string name)
    {
        switch (name)
        {
            case "id":
                json.WriteString(name, email.Indexed is { } indexed ? JmapId.Of(indexed.Id) : null);
                break;
            case "blobId":
                json.WriteString(name, email.BlobId);
                break;
            case "size":
                json.WriteNumber(name, email.Size);
                break;
            case "threadId" when email.Indexed is { } of:
                json.WriteString(name, JmapId.Thread(of.ThreadId));
                break;
            case "receivedAt" when email.Indexed is { } of:
                json.WriteString(name, GetReply.Date(DateTimeOffset.FromUnixTimeMilliseconds(of.Received)));
                break;
            case "mailboxIds" when email.Indexed is { } of:
                json.WriteStartObject(name);
                foreach (var copy in of.Copies.DistinctBy(c => c.Mailbox))
                    json.WriteBoolean(JmapId.Of(copy.Mailbox), true);
                json.WriteEndObject();
                break;
            case "keywords" when email.Indexed is { } of:
                json.WriteStartObject(name);
                foreach (var keyword in JmapKeywords.Of(of))
                    json.WriteBoolean(keyword, true);
                json.WriteEndObject();
                break;
            default:
                json.WriteNull(name);
                break;
        }
    }

    // An empty subject is told from none.
    private static async ValueTask<bool> HasSubjectAsync(EmailView email, CancellationToken cancellationToken) => (await email.HeaderAsync(cancellationToken)).Last("Subject") is not null;

    private static void WriteAddresses(Utf8JsonWriter json, string name, IReadOnlyList<HeaderAddress> addresses)
    {
        json.WritePropertyName(name);
        if (addresses.Count == 0)
            json.WriteNullValue();
        else
            HeaderProperty.WriteAddresses(json, addresses);
    }

    private static void WriteHeaders(Utf8JsonWriter json, HeaderBlock header)
    {
        json.WriteStartArray("headers"u8);
        foreach (var (name, value) in header.Fields)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("value"u8, HeaderBlock.Raw(value));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static async ValueTask WritePartsAsync(Utf8JsonWriter json, string name, EmailView email, List<BodyPart> parts, EmailProperties properties, CancellationToken cancellationToken)
    {
        json.WriteStartArray(name);
        foreach (var part in parts)
            await WritePartAsync(json, email, part, properties, withChildren: properties.BodyNames.Contains("subParts"), cancellationToken);
        json.WriteEndArray();
    }

    private static async ValueTask WritePartAsync(Utf8JsonWriter json, EmailView email, BodyPart part, EmailProperties properties, bool withChildren, CancellationToken cancellationToken)
    {
        var header = properties.NeedsPartHeader ? await email.HeaderOfAsync(part, cancellationToken) : null;
        json.WriteStartObject();
        foreach (var name in properties.BodyNames)
            WritePart(json, email, part, name, header);
        foreach (var property in properties.BodyHeaders)
            property.Write(json, header!);
        if (withChildren && part.IsMultipart)
        {
            json.WriteStartArray("subParts"u8);
            foreach (var child in part.Children)
                await WritePartAsync(json, email, child, properties, withChildren: true, cancellationToken);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WritePart(Utf8JsonWriter json, EmailView email, BodyPart part, string name, HeaderBlock? header)
    {
        var of = part.Part;
        switch (name)
        {
            case "partId":
                json.WriteString(name, part.PartId);
                break;
            case "blobId":
                json.WriteString(name, part.PartId is { } id ? Blob.Part(email.BlobId, id) : null);
                break;
            case "size":
                json.WriteNumber(name, part.IsMultipart || of.Kind == PartKind.Message ? of.Size : of.DecodedBytes);
                break;
            case "name":
                json.WriteString(name, of.FileName.Length > 0 ? of.FileName : null);
                break;
            case "type":
                json.WriteString(name, of.MediaType);
                break;
            case "charset":
                json.WriteString(name, of.Charset.Length > 0 ? of.Charset : of.MediaType.StartsWith("text/", StringComparison.Ordinal) ? "us-ascii" : null);
                break;
            case "disposition":
                json.WriteString(name, of.Disposition.Length > 0 ? of.Disposition : null);
                break;
            case "cid":
                json.WriteString(name, of.ContentId.Length > 0 ? of.ContentId : null);
                break;
            case "language":
                json.WritePropertyName(name);
                HeaderProperty.WriteStrings(json, header!.Last("Content-Language") is { } languages
                    ? HeaderBlock.Text(languages).Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                    : null);
                break;
            case "location":
                json.WriteString(name, header!.Last("Content-Location") is { } location ? HeaderBlock.Text(location) : null);
                break;
            case "headers":
                WriteHeaders(json, header!);
                break;
        }
    }

    private static async ValueTask WriteValuesAsync(Utf8JsonWriter json, EmailView email, EmailProperties properties, CancellationToken cancellationToken)
    {
        var parts = new List<BodyPart>();
        if (properties.FetchText || properties.FetchAll)
            parts.AddRange(email.Lists.Text);
        if (properties.FetchHtml || properties.FetchAll)
            parts.AddRange(email.Lists.Html);
        if (properties.FetchAll)
            parts.AddRange(email.Body.Leaves);
        json.WriteStartObject("bodyValues"u8);
        foreach (var part in parts.DistinctBy(p => p.Path).Where(p => p.Part.MediaType.StartsWith("text/", StringComparison.Ordinal)))
        {
            var (text, problem, truncated) = await email.TextAsync(part, properties.MaxBodyValueBytes, cancellationToken);
            json.WriteStartObject(part.Path);
            json.WriteString("value"u8, text);
            json.WriteBoolean("isEncodingProblem"u8, problem);
            json.WriteBoolean("isTruncated"u8, truncated);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
