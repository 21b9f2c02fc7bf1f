using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Mailboxes;

/// <summary>Mailbox/get (RFC 8621 §2.1).</summary>
internal static class MailboxGet
{
    internal static readonly HashSet<string> All =
        ["id", "name", "parentId", "role", "sortOrder", "totalEmails", "unreadEmails", "totalThreads", "unreadThreads", "myRights", "isSubscribed"];

    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = call.Properties(All);
        var ids = call.Ids();
        await call.InScopeAsync(
            async (tx, scope) =>
            {
                var tree = await MailboxTree.ReadAsync(tx, call.Who, scope);
                GetReply.Begin(json, call, call.State(scope));
                var missing = new List<string>();
                if (ids is null)
                {
                    foreach (var node in tree.Nodes)
                        Write(json, node, properties);
                }
                else
                {
                    foreach (var id in ids)
                    {
                        if (JmapId.Mailbox(id) is { } key && tree.Find(key) is { } node)
                            Write(json, node, properties);
                        else
                            missing.Add(id);
                    }
                }
                GetReply.End(json, missing);
                return tree;
            },
            cancellationToken);
    }

    private static void Write(Utf8JsonWriter json, MailboxNode node, HashSet<string>? properties)
    {
        bool Wants(string name) => properties is null || properties.Contains(name);
        json.WriteStartObject();
        json.WriteString("id"u8, JmapId.Of(node.Mailbox.Id));
        if (Wants("name"))
            json.WriteString("name"u8, node.Name);
        if (Wants("parentId"))
            json.WriteString("parentId"u8, node.Parent is { } parent ? JmapId.Of(parent) : null);
        if (Wants("role"))
            json.WriteString("role"u8, MailboxTree.RoleName(node.Mailbox.Role));
        if (Wants("sortOrder"))
            json.WriteNumber("sortOrder"u8, node.SortOrder);
        if (Wants("totalEmails"))
            json.WriteNumber("totalEmails"u8, node.Counts.Emails);
        if (Wants("unreadEmails"))
            json.WriteNumber("unreadEmails"u8, node.Counts.UnreadEmails);
        if (Wants("totalThreads"))
            json.WriteNumber("totalThreads"u8, node.Counts.Threads);
        if (Wants("unreadThreads"))
            json.WriteNumber("unreadThreads"u8, node.Counts.UnreadThreads);
        if (Wants("myRights"))
            WriteRights(json, node);
        if (Wants("isSubscribed"))
            json.WriteBoolean("isSubscribed"u8, node.IsSubscribed);
        json.WriteEndObject();
    }

    private static void WriteRights(Utf8JsonWriter json, MailboxNode node)
    {
        bool May(MailboxRights rights) => node.Rights.HasFlag(rights);
        json.WriteStartObject("myRights"u8);
        json.WriteBoolean("mayReadItems"u8, May(MailboxRights.Lookup | MailboxRights.Read));
        json.WriteBoolean("mayAddItems"u8, May(MailboxRights.Insert));
        json.WriteBoolean("mayRemoveItems"u8, May(MailboxRights.DeleteMessages | MailboxRights.Expunge));
        json.WriteBoolean("maySetSeen"u8, May(MailboxRights.Seen));
        json.WriteBoolean("maySetKeywords"u8, May(MailboxRights.Write));
        json.WriteBoolean("mayCreateChild"u8, May(MailboxRights.Create));
        json.WriteBoolean("mayRename"u8, May(MailboxRights.Delete) && node.Mailbox.Role != MailboxRole.Inbox);
        json.WriteBoolean("mayDelete"u8, May(MailboxRights.Delete) && node.Mailbox.Role != MailboxRole.Inbox);
        json.WriteBoolean("maySubmit"u8, May(MailboxRights.Insert));
        json.WriteEndObject();
    }
}
