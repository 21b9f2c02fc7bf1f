using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>A patch of an Email (RFC 8620 §5.3, RFC 8621 §4.6): of its keywords and mailboxes; the rest of a message never changes.</summary>
internal static class EmailPatch
{
    internal static MessageChange Read(Call call, MessageId id, JsonElement patch)
    {
        var keywords = new KeywordPatch();
        var mailboxes = new MailboxPatch();
        foreach (var property in patch.EnumerateObject())
        {
            var path = property.Name.TrimStart('/').Split('/');
            for (var i = 0; i < path.Length; i++)
                path[i] = path[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            switch (path)
            {
                case ["keywords"]:
                    keywords.Replace(property.Value);
                    break;
                case ["keywords", var keyword]:
                    keywords.Change(keyword, property);
                    break;
                case ["mailboxIds"]:
                    mailboxes.Replace(call, property.Value);
                    break;
                case ["mailboxIds", var mailbox]:
                    mailboxes.Change(call, mailbox, property);
                    break;
                case ["keywords" or "mailboxIds", ..]:
                    throw new SetErrorException(new("invalidPatch", $"There is nothing at {property.Name}."));
                case ["id"] when property.Value.ValueKind == JsonValueKind.String && property.Value.GetString() == JmapId.Of(id):
                    // RFC 8620 §5.3: what the server has set may be there if it is the same.
                    break;
                default:
                    throw SetErrorException.Invalid($"{path[0]} cannot be changed.", property.Name);
            }
        }
        return new(id, keywords.Edit, mailboxes.Edit);
    }

    // §5.3: a path and a longer one of it may not both be there.
    private static SetErrorException Overlapping(string property) => new(new SetError("invalidPatch", $"{property} is given as a whole and in part."));

    private sealed class KeywordPatch
    {
        private readonly List<string> set = [];
        private readonly List<string> clear = [];
        private MessageFlags setFlags;
        private MessageFlags clearFlags;
        private bool? replaces;

        public KeywordEdit? Edit => replaces is { } replace ? new(replace, setFlags, clearFlags, set, clear) : null;

        public void Replace(JsonElement value)
        {
            if (replaces is not null)
                throw Overlapping("keywords");
            replaces = true;
            // Null is the default: none.
            if (value.ValueKind == JsonValueKind.Null)
                return;
            (setFlags, var keywords) = EmailDraft.ReadKeywords(value);
            set.AddRange(keywords);
        }

        public void Change(string keyword, JsonProperty property)
        {
            if (replaces == true)
                throw Overlapping("keywords");
            replaces = false;
            if (!JmapKeywords.IsValid(keyword) || property.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.Null))
                throw SetErrorException.Invalid($"{keyword} is no keyword, or not set to true or null.", property.Name);
            var isSet = property.Value.ValueKind == JsonValueKind.True;
            if (JmapKeywords.Flag(keyword) is not { } flag)
                (isSet ? set : clear).Add(keyword.ToLowerInvariant());
            else if (isSet)
                setFlags |= flag;
            else
                clearFlags |= flag;
        }
    }

    private sealed class MailboxPatch
    {
        private readonly List<MailboxId> add = [];
        private readonly List<MailboxId> remove = [];
        private bool? replaces;

        public MailboxEdit? Edit => replaces is { } replace ? new(replace, add, remove) : null;

        public void Replace(Call call, JsonElement value)
        {
            if (replaces is not null)
                throw Overlapping("mailboxIds");
            replaces = true;
            if (value.ValueKind != JsonValueKind.Object)
                throw SetErrorException.Invalid("mailboxIds is an object.", "mailboxIds");
            foreach (var property in value.EnumerateObject())
                add.Add(property.Value.ValueKind == JsonValueKind.True ? Mailbox(call, property.Name) : throw SetErrorException.Invalid("mailboxIds holds true.", "mailboxIds"));
        }

        public void Change(Call call, string mailbox, JsonProperty property)
        {
            if (replaces == true)
                throw Overlapping("mailboxIds");
            replaces = false;
            if (property.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.Null))
                throw SetErrorException.Invalid("mailboxIds is set to true or null.", property.Name);
            (property.Value.ValueKind == JsonValueKind.True ? add : remove).Add(Mailbox(call, mailbox));
        }

        private static MailboxId Mailbox(Call call, string id) => JmapId.Mailbox(call.Resolve(id)) ?? throw SetErrorException.Invalid($"{id} is no mailbox.", "mailboxIds");
    }
}
