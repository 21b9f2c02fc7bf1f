using System.Text;
using System.Text.Json;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;
using MimeKit;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Makes the bytes of a message of what a client describes (RFC 8621 §4.6). Lines are short and ASCII, so that any server takes it.</summary>
internal static class EmailBuilder
{
    private static readonly FormatOptions Format = MakeFormat();

    private static readonly Dictionary<string, string> Convenient = new(StringComparer.Ordinal)
    {
        ["messageId"] = "header:Message-ID:asMessageIds",
        ["inReplyTo"] = "header:In-Reply-To:asMessageIds",
        ["references"] = "header:References:asMessageIds",
        ["sender"] = "header:Sender:asAddresses",
        ["from"] = "header:From:asAddresses",
        ["to"] = "header:To:asAddresses",
        ["cc"] = "header:Cc:asAddresses",
        ["bcc"] = "header:Bcc:asAddresses",
        ["replyTo"] = "header:Reply-To:asAddresses",
        ["subject"] = "header:Subject:asText",
        ["sentAt"] = "header:Date:asDate",
    };

    private static readonly HashSet<string> NotHeaders = ["mailboxIds", "keywords", "receivedAt", "bodyStructure", "textBody", "htmlBody", "attachments", "bodyValues"];

    internal static async ValueTask WriteAsync(Call call, AccountId account, JsonElement email, ContentWriter target, CancellationToken cancellationToken)
    {
        // 1. The header.
        var headers = new HeaderList();
        foreach (var property in email.EnumerateObject())
        {
            if (NotHeaders.Contains(property.Name) || property.Value.ValueKind == JsonValueKind.Null)
                continue;
            var header = HeaderProperty.Read(Convenient.GetValueOrDefault(property.Name, property.Name)) ?? throw SetErrorException.Invalid($"{property.Name} cannot be set.", property.Name);
            if (header.Field.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) || headers.Contains(header.Field))
                throw SetErrorException.Invalid($"{header.Field} is a part's, or given twice.", property.Name);
            HeaderValues.Add(headers, header, property);
        }
        if (!headers.Contains(HeaderId.MessageId))
            HeaderValues.AddRaw(headers, "Message-ID", $"<{Guid.NewGuid():N}@{call.Api.HostName}>");
        if (!headers.Contains(HeaderId.Date))
            HeaderValues.AddRaw(headers, "Date", MailPath.MailDate(call.Api.Clock.GetUtcNow()));
        HeaderValues.AddRaw(headers, "MIME-Version", "1.0");

        // 2. The body, with the blobs that it is made of.
        var body = await new BodyBuilder(call, account, email).BuildAsync(cancellationToken);

        // 3. Both: the header of the root part is the message's.
        for (var i = 0; i < headers.Count; i++)
            body.Headers.Insert(i, headers[i]);
        using var bytes = new MemoryStream();
        await body.WriteToAsync(Format, bytes, cancellationToken);
        await target.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), cancellationToken);
    }

    private static FormatOptions MakeFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.EnsureNewLine = true;
        return format;
    }

    /// <summary>Header fields of given values.</summary>
    internal static class HeaderValues
    {
        internal static void Add(HeaderList headers, HeaderProperty header, JsonProperty property)
        {
            var values = header.All
                ? property.Value.ValueKind == JsonValueKind.Array ? property.Value.EnumerateArray() : throw Wrong(property)
                : Enumerable.Repeat(property.Value, 1);
            foreach (var value in values)
                AddRaw(headers, header.Field, Render(header.Form, value, property));
        }

        internal static void AddRaw(HeaderList headers, string field, string value)
        {
            var header = new Header(field, "");
            header.SetRawValue(Encoding.UTF8.GetBytes($" {value.TrimStart(' ')}\r\n"));
            headers.Add(header);
        }

        private static string Render(HeaderForm form, JsonElement value, JsonProperty property)
        {
            switch (form)
            {
                case HeaderForm.Raw when value.ValueKind == JsonValueKind.String:
                    return IsSafe(value.GetString()!) ? value.GetString()! : throw Wrong(property);
                case HeaderForm.Text when value.ValueKind == JsonValueKind.String:
                    return Encode(value.GetString()!);
                case HeaderForm.Addresses when value.ValueKind == JsonValueKind.Array:
                    return Addresses(value, property).ToString(Format, true);
                case HeaderForm.GroupedAddresses when value.ValueKind == JsonValueKind.Array:
                    return Groups(value, property).ToString(Format, true);
                case HeaderForm.MessageIds when value.ValueKind == JsonValueKind.Array:
                    return string.Join("\r\n ", value.EnumerateArray().Select(id => id.ValueKind == JsonValueKind.String && id.GetString() is { } text && text.All(c => c is > ' ' and not ('<' or '>' or (char)127))
                        ? $"<{text}>"
                        : throw Wrong(property)));
                case HeaderForm.Date when value.ValueKind == JsonValueKind.String && Arguments.ReadDate(value.GetString()!, utc: false) is { } date:
                    return MimeKit.Utils.DateUtils.FormatDate(date);
                case HeaderForm.Urls when value.ValueKind == JsonValueKind.Array:
                    return string.Join(",\r\n ", value.EnumerateArray().Select(url => url.ValueKind == JsonValueKind.String && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var uri)
                        ? $"<{uri.AbsoluteUri}>"
                        : throw Wrong(property)));
                default:
                    throw Wrong(property);
            }
        }

        // Encoded and folded; the library gives the value with its line end.
        private static string Encode(string text)
        {
            var line = string.Concat(text.Where(c => c is not ('\r' or '\n' or '\0')));
            return Encoding.UTF8.GetString(new Header(Encoding.UTF8, "Subject", line).RawValue).TrimEnd('\r', '\n');
        }

        private static InternetAddressList Addresses(JsonElement value, JsonProperty property)
        {
            var list = new InternetAddressList();
            foreach (var item in value.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("email"u8, out var email) || email.ValueKind != JsonValueKind.String || !MailboxAddress.TryParse(email.GetString(), out var mailbox))
                    throw Wrong(property);
                var name = item.TryGetProperty("name"u8, out var given) && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
                list.Add(new MailboxAddress(Encoding.UTF8, name is null ? null : string.Concat(name.Where(c => !char.IsControl(c))), mailbox.Address));
            }
            return list;
        }

        private static InternetAddressList Groups(JsonElement value, JsonProperty property)
        {
            var list = new InternetAddressList();
            foreach (var item in value.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("addresses"u8, out var addresses) || addresses.ValueKind != JsonValueKind.Array)
                    throw Wrong(property);
                var members = Addresses(addresses, property);
                if (item.TryGetProperty("name"u8, out var name) && name.ValueKind == JsonValueKind.String)
                    list.Add(new GroupAddress(Encoding.UTF8, name.GetString()!, members));
                else
                    list.AddRange(members);
            }
            return list;
        }

        // A line end is followed by white space, and nothing else is hidden in it.
        private static bool IsSafe(string value)
        {
            var lines = value.Split("\r\n");
            return lines.All(line => !line.Any(c => c is '\r' or '\n' or '\0')) && lines.Skip(1).All(line => line.Length > 0 && line[0] is ' ' or '\t');
        }

        private static SetErrorException Wrong(JsonProperty property) => SetErrorException.Invalid($"{property.Name} cannot be read.", property.Name);
    }
}
