using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Mailboxes;

/// <summary>Mailbox/changes (RFC 8621 §2.2). Counts change with the messages in a mailbox, so those count as changes of it.</summary>
internal static class MailboxChanges
{
    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken) => await call.InScopeAsync(
        async (tx, scope) =>
        {
            var since = call.Since(scope, "sinceState");
            var tree = await MailboxTree.ReadAsync(tx, call.Who, scope);
            var touched = new Dictionary<MailboxId, ModSeq>();
            foreach (var message in scope.Index.Messages)
            {
                if (message.ModSeq <= since)
                    continue;
                foreach (var copy in message.Copies)
                    touched[copy.Mailbox] = touched.TryGetValue(copy.Mailbox, out var at) && at > message.ModSeq ? at : message.ModSeq;
            }
            var list = new ChangeList();
            foreach (var node in tree.Nodes)
            {
                var at = node.Mailbox.HighestModSeq;
                if (touched.TryGetValue(node.Mailbox.Id, out var messages) && messages > at)
                    at = messages;
                if (at > since || node.Created > since)
                    list.AddSeen(JmapId.Of(node.Mailbox.Id), node.Created, at, since);
            }
            var gone = await tx.QueryAsync(
                "SELECT mailbox_id, modseq FROM mailbox_tombstones WHERE account_id = $1 AND modseq > $2", row => (Id: new MailboxId(row.GetInt64(0)), At: new ModSeq(row.GetInt64(1))), scope.Account.Id.Value, since.Value);
            // Who sees a part of the account sees the same mailboxes as then, or its state would be another: none of those is gone.
            if (!scope.IsOwner)
                gone.Clear();
            foreach (var (id, at) in gone)
                list.Add(JmapId.Of(id), at, ChangeList.Kind.Destroyed);
            list.Write(call, json, call.Arguments.NeededText("sinceState"), at => call.State(scope, at), scope.ModSeq, static json => json.WriteNull("updatedProperties"u8));
            return tree;
        },
        cancellationToken);
}
