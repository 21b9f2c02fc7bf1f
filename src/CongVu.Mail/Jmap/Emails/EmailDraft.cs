using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>What a client wants a new message to be, apart from its bytes: where, with which keywords, received when (RFC 8621 §4.6, §4.8).</summary>
internal sealed record EmailDraft(IReadOnlyList<MailboxId> Mailboxes, MessageFlags Flags, IReadOnlyList<string> Keywords, DateTimeOffset? Received)
{
    internal static EmailDraft Read(Call call, JsonElement value)
    {
        if (!value.TryGetProperty("mailboxIds"u8, out var mailboxIds) || mailboxIds.ValueKind != JsonValueKind.Object || !mailboxIds.EnumerateObject().Any())
            throw SetErrorException.Invalid("A message is in one mailbox at least.", "mailboxIds");
        var mailboxes = mailboxIds.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.True && JmapId.Mailbox(call.Resolve(p.Name)) is { } id
            ? id
            : throw SetErrorException.Invalid($"{p.Name} is no mailbox.", "mailboxIds")).Distinct().ToArray();
        var (flags, keywords) = value.TryGetProperty("keywords"u8, out var given) && given.ValueKind != JsonValueKind.Null ? ReadKeywords(given) : (MessageFlags.None, []);
        DateTimeOffset? received = null;
        if (value.TryGetProperty("receivedAt"u8, out var at) && at.ValueKind != JsonValueKind.Null)
            received = (at.ValueKind == JsonValueKind.String ? Arguments.ReadDate(at.GetString()!, utc: true) : null) ?? throw SetErrorException.Invalid("receivedAt is a UTCDate.", "receivedAt");
        return new(mailboxes, flags, keywords, received);
    }

    /// <summary>A map of keywords to true.</summary>
    internal static (MessageFlags Flags, List<string> Keywords) ReadKeywords(JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Object)
            throw SetErrorException.Invalid("keywords is an object.", "keywords");
        var (flags, keywords) = (MessageFlags.None, new List<string>());
        foreach (var property in given.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.True || !JmapKeywords.IsValid(property.Name))
                throw SetErrorException.Invalid($"{property.Name} is no keyword that can be set.", "keywords");
            if (JmapKeywords.Flag(property.Name) is { } flag)
                flags |= flag;
            else
                keywords.Add(property.Name.ToLowerInvariant());
        }
        return (flags, keywords);
    }
}
