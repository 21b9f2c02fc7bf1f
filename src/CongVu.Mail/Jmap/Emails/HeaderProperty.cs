using System.Text.Json;
using CongVu.Formats.Mime;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>How a header field is to be read (RFC 8621 §4.1.2).</summary>
internal enum HeaderForm
{
    Raw,
    Text,
    Addresses,
    GroupedAddresses,
    MessageIds,
    Date,
    Urls,
}

/// <summary>A property "header:name:asForm:all" (RFC 8621 §4.1.3).</summary>
internal sealed record HeaderProperty(string Property, string Field, HeaderForm Form, bool All)
{
    private static readonly HashSet<string> AddressFields = new(StringComparer.OrdinalIgnoreCase)
    {
        "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Resent-From", "Resent-Sender", "Resent-Reply-To", "Resent-To", "Resent-Cc", "Resent-Bcc",
    };

    private static readonly HashSet<string> IdFields = new(StringComparer.OrdinalIgnoreCase) { "Message-ID", "In-Reply-To", "References", "Resent-Message-ID" };

    private static readonly HashSet<string> DateFields = new(StringComparer.OrdinalIgnoreCase) { "Date", "Resent-Date" };

    private static readonly HashSet<string> UrlFields = new(StringComparer.OrdinalIgnoreCase) { "List-Help", "List-Unsubscribe", "List-Subscribe", "List-Post", "List-Owner", "List-Archive" };

    // §4.1.2.2: asText of these; fields that no standard defines may be read in every way.
    private static readonly HashSet<string> TextFields = new(StringComparer.OrdinalIgnoreCase) { "Subject", "Comments", "Keywords", "List-Id" };

    // Of RFC 5322 and 2369, so that only their own form is right.
    private static readonly HashSet<string> OtherKnownFields = new(StringComparer.OrdinalIgnoreCase) { "Return-Path", "Received" };

    /// <summary>Reads a property's name; null where it is none of these or the form does not fit the field.</summary>
    internal static HeaderProperty? Read(string property)
    {
        var fields = property.Split(':');
        if (fields.Length is < 2 or > 4 || fields[0] != "header" || fields[1].Length == 0 || !fields[1].All(c => c is > ' ' and < (char)127))
            return null;
        var all = fields.Length > 2 && fields[^1] == "all";
        var form = fields.Length - (all ? 1 : 0) == 3 ? fields[2] : fields.Length - (all ? 1 : 0) == 2 ? "asRaw" : null;
        HeaderForm? read = form switch
        {
            "asRaw" => HeaderForm.Raw,
            "asText" => HeaderForm.Text,
            "asAddresses" => HeaderForm.Addresses,
            "asGroupedAddresses" => HeaderForm.GroupedAddresses,
            "asMessageIds" => HeaderForm.MessageIds,
            "asDate" => HeaderForm.Date,
            "asURLs" => HeaderForm.Urls,
            _ => null,
        };
        return read is { } known && Allows(fields[1], known) ? new(property, fields[1], known, all) : null;
    }

    internal void Write(Utf8JsonWriter json, HeaderBlock header)
    {
        json.WritePropertyName(Property);
        if (!All)
        {
            WriteValue(json, header.Last(Field), Form);
            return;
        }
        json.WriteStartArray();
        foreach (var value in header.All(Field))
            WriteValue(json, value, Form);
        json.WriteEndArray();
    }

    internal static void WriteValue(Utf8JsonWriter json, byte[]? value, HeaderForm form)
    {
        if (value is null)
        {
            json.WriteNullValue();
            return;
        }
        switch (form)
        {
            case HeaderForm.Raw:
                json.WriteStringValue(HeaderBlock.Raw(value));
                break;
            case HeaderForm.Text:
                json.WriteStringValue(HeaderBlock.Text(value));
                break;
            case HeaderForm.Addresses:
                WriteAddresses(json, HeaderBlock.Addresses(value));
                break;
            case HeaderForm.GroupedAddresses:
                json.WriteStartArray();
                foreach (var group in HeaderBlock.Groups(value))
                {
                    json.WriteStartObject();
                    json.WriteString("name"u8, group.Name);
                    json.WritePropertyName("addresses"u8);
                    WriteAddresses(json, group.Addresses);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                break;
            case HeaderForm.MessageIds:
                WriteStrings(json, HeaderBlock.MessageIds(value));
                break;
            case HeaderForm.Date:
                WriteDate(json, HeaderBlock.Date(value));
                break;
            default:
                WriteStrings(json, HeaderBlock.Urls(value));
                break;
        }
    }

    internal static void WriteAddresses(Utf8JsonWriter json, IReadOnlyList<HeaderAddress> addresses)
    {
        json.WriteStartArray();
        foreach (var address in addresses)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, address.Name);
            json.WriteString("email"u8, address.Email);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    internal static void WriteStrings(Utf8JsonWriter json, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            json.WriteNullValue();
            return;
        }
        json.WriteStartArray();
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    internal static void WriteDate(Utf8JsonWriter json, DateTimeOffset? date)
    {
        if (date is { } at)
            json.WriteStringValue(at.Offset == TimeSpan.Zero ? GetReply.Date(at) : at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture));
        else
            json.WriteNullValue();
    }

    internal static bool Allows(string field, HeaderForm form)
    {
        if (form == HeaderForm.Raw)
            return true;
        var isKnown = AddressFields.Contains(field) || IdFields.Contains(field) || DateFields.Contains(field) || UrlFields.Contains(field) || TextFields.Contains(field) || OtherKnownFields.Contains(field);
        return !isKnown || form switch
        {
            HeaderForm.Text => TextFields.Contains(field),
            HeaderForm.Addresses or HeaderForm.GroupedAddresses => AddressFields.Contains(field),
            HeaderForm.MessageIds => IdFields.Contains(field),
            HeaderForm.Date => DateFields.Contains(field),
            _ => UrlFields.Contains(field),
        };
    }
}
