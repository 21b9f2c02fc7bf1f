using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Mailboxes;

/// <summary>What a client wants a mailbox to be: read from an object to make or from a patch.</summary>
internal sealed record MailboxEditing
{
    private string Name { get; init; } = "";

    private MailboxId? Parent { get; init; }

    /// <summary>Name or parent are other than before.</summary>
    internal bool IsRenamed { get; private init; }

    internal MailboxRole? Role { get; private init; }

    internal long? SortOrder { get; private init; }

    internal bool? IsSubscribed { get; private init; }

    /// <summary>The name that the store knows it by.</summary>
    internal string NameIn(AccountScope scope)
    {
        if (Parent is { } parent)
            return $"{scope.Mailboxes[parent].Name}/{Name}";
        return scope.IsHome ? Name : $"{Access.SharedPrefix}{scope.Account.PrimaryAddress}/{Name}";
    }

    internal static MailboxEditing Read(Call call, AccountScope scope, JsonElement value, bool isNew, VisibleMailbox? old = null)
    {
        var oldPath = old?.Mailbox.Path ?? "";
        var oldParentPath = old is null ? null : MailboxName.Parent(oldPath);
        var oldParent = scope.Mailboxes.Values.FirstOrDefault(m => m.Mailbox.Path == oldParentPath)?.Mailbox.Id;
        var edit = new MailboxEditing { Name = oldParent is null ? oldPath : oldPath[(oldPath.LastIndexOf('/') + 1)..], Parent = oldParent };
        var named = false;
        foreach (var property in value.EnumerateObject())
        {
            var given = property.Value;
            switch (property.Name)
            {
                case "name" when given.ValueKind == JsonValueKind.String && given.GetString() is { Length: > 0 } name && !name.Contains('/', StringComparison.Ordinal):
                    edit = edit with { Name = name, IsRenamed = edit.IsRenamed || name != edit.Name };
                    named = true;
                    break;
                case "parentId" when given.ValueKind is JsonValueKind.Null:
                    edit = edit with { Parent = null, IsRenamed = edit.IsRenamed || edit.Parent is not null };
                    break;
                case "parentId" when given.ValueKind == JsonValueKind.String && JmapId.Mailbox(call.Resolve(given.GetString()!)) is { } parent && scope.Mailboxes.ContainsKey(parent):
                    edit = edit with { Parent = parent, IsRenamed = edit.IsRenamed || edit.Parent != parent };
                    break;
                case "role" when given.ValueKind == JsonValueKind.Null:
                    edit = edit with { Role = MailboxRole.None };
                    break;
                case "role" when given.ValueKind == JsonValueKind.String && MailboxTree.ReadRole(given.GetString()!) is { } role && role != MailboxRole.None:
                    edit = edit with { Role = role };
                    break;
                case "sortOrder" when given.ValueKind == JsonValueKind.Number && given.TryGetInt64(out var order) && order is >= 0 and < int.MaxValue:
                    edit = edit with { SortOrder = order };
                    break;
                case "isSubscribed" when given.ValueKind is JsonValueKind.True or JsonValueKind.False:
                    edit = edit with { IsSubscribed = given.GetBoolean() };
                    break;
                case var known when MailboxSet.IsServerSet(known) && !isNew && known == "id" && given.ValueKind == JsonValueKind.String && JmapId.Mailbox(given.GetString()!) == old?.Mailbox.Id:
                    break;
                default:
                    throw SetErrorException.Invalid($"{property.Name} cannot be set to this.", property.Name);
            }
        }
        return isNew && !named ? throw SetErrorException.Invalid("A mailbox needs a name.", "name") : edit;
    }
}
