using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Jmap.Mailboxes;

/// <summary>A mailbox in its place.</summary>
internal sealed record MailboxNode(Mailbox Mailbox, MailboxRights Rights, string Name, MailboxId? Parent, long SortOrder, bool IsSubscribed, ModSeq Created, MailboxCounts Counts);

/// <summary>The mailboxes of an account as a tree, in the order that people expect: by sort order, role, name.</summary>
internal sealed class MailboxTree
{
    private readonly Dictionary<MailboxId, MailboxNode> byId;

    private MailboxTree(List<MailboxNode> nodes)
    {
        Nodes = nodes;
        byId = nodes.ToDictionary(n => n.Mailbox.Id);
    }

    internal IReadOnlyList<MailboxNode> Nodes { get; }

    internal MailboxNode? Find(MailboxId id) => byId.GetValueOrDefault(id);

    internal static async ValueTask<MailboxTree> ReadAsync(Tx tx, PrincipalId who, AccountScope scope)
    {
        var more = (await tx.QueryAsync(
            "SELECT id, sort_order, created_modseq FROM mailboxes WHERE account_id = $1",
            row => (Id: new MailboxId(row.GetInt64(0)), SortOrder: row.GetInt64(1), Created: new ModSeq(row.GetInt64(2))),
            scope.Account.Id.Value)).ToDictionary(m => m.Id);
        var subscribed = (await tx.QueryAsync("SELECT name FROM subscriptions WHERE principal_id = $1", row => row.GetString(0), who.Value)).ToHashSet(StringComparer.Ordinal);
        var byPath = scope.Mailboxes.Values.ToDictionary(m => m.Mailbox.Path, m => m.Mailbox.Id, StringComparer.Ordinal);
        var counts = scope.IsOwner ? scope.Index.Counts : MailboxCounts.Of(scope.Messages);
        var nodes = new List<MailboxNode>();
        foreach (var visible in scope.Mailboxes.Values)
        {
            var path = visible.Mailbox.Path;
            // Of what was shared without what it lies in, the path is the name.
            var parent = MailboxName.Parent(path) is { } above && byPath.TryGetValue(above, out var id) ? id : (MailboxId?)null;
            nodes.Add(new(
                visible.Mailbox,
                visible.Rights,
                parent is null ? path : path[(path.LastIndexOf('/') + 1)..],
                parent,
                more[visible.Mailbox.Id].SortOrder,
                subscribed.Contains(visible.Name),
                more[visible.Mailbox.Id].Created,
                visible.Rights.HasFlag(MailboxRights.Read) ? counts.GetValueOrDefault(visible.Mailbox.Id) : default));
        }
        nodes.Sort(static (a, b) => a.SortOrder.CompareTo(b.SortOrder) is var order and not 0 ? order
            : RoleOrder(a.Mailbox.Role).CompareTo(RoleOrder(b.Mailbox.Role)) is var role and not 0 ? role
            : string.CompareOrdinal(a.Mailbox.Path, b.Mailbox.Path));
        return new(nodes);
    }

    /// <summary>RFC 8621 §2: the names of the IMAP registry in lower case.</summary>
    internal static string? RoleName(MailboxRole role) => role == MailboxRole.None ? null : role.ToString().ToLowerInvariant();

    internal static MailboxRole? ReadRole(string name) =>
        Enum.GetValues<MailboxRole>().Where(role => RoleName(role) == name).Select(role => (MailboxRole?)role).FirstOrDefault();

    private static int RoleOrder(MailboxRole role) => role == MailboxRole.None ? int.MaxValue : (int)role;
}
