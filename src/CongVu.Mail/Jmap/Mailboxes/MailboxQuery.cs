using System.Text.Json;
using CongVu.Formats.Text;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Jmap.Mailboxes;

/// <summary>Mailbox/query and Mailbox/queryChanges (RFC 8621 §2.3-2.4).</summary>
internal static class MailboxQuery
{
    private static readonly HashSet<string> SortProperties = ["name", "sortOrder", "parentId"];

    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var query = Read(call);
        var window = QueryWindow.Read(call);
        await call.InScopeAsync(
            async (tx, scope) =>
            {
                window.Write(call, json, call.State(scope), canChange: true, await FindAsync(call, tx, scope, query));
                return scope;
            },
            cancellationToken);
    }

    // Names, places and subscriptions change, and the list is short: once anything has, all of it is taken out and put in again (RFC 8620 §5.6).
    internal static async ValueTask RunChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var query = Read(call);
        var countTotal = call.Arguments.Flag("calculateTotal", otherwise: false);
        await call.InScopeAsync(
            async (tx, scope) =>
            {
                var since = call.Since(scope, "sinceQueryState");
                var results = await FindAsync(call, tx, scope, query);
                HashSet<string> removed = [];
                if (since < scope.ModSeq)
                {
                    removed.UnionWith(scope.Mailboxes.Keys.Select(JmapId.Of));
                    if (scope.IsOwner)
                        removed.UnionWith(await tx.QueryAsync("SELECT mailbox_id FROM mailbox_tombstones WHERE account_id = $1 AND modseq > $2", row => JmapId.Of(new MailboxId(row.GetInt64(0))), scope.Account.Id.Value, since.Value));
                }
                QueryChangesReply.Write(call, json, call.State(scope), removed, results, removed.Contains, countTotal);
                return scope;
            },
            cancellationToken);
    }

    private sealed record Query(Filter<Condition>? Filter, IReadOnlyList<Comparator> Sort, bool SortAsTree, bool FilterAsTree);

    private static Query Read(Call call) => new(
        Filter<Condition>.Read(call.Arguments.Find("filter"), call.Limits.MaxFilterConditions, ReadCondition),
        Comparator.ReadAll(call, SortProperties),
        call.Arguments.Flag("sortAsTree", otherwise: false),
        call.Arguments.Flag("filterAsTree", otherwise: false));

    private static async ValueTask<string[]> FindAsync(Call call, Tx tx, AccountScope scope, Query query)
    {
        var tree = await MailboxTree.ReadAsync(tx, call.Who, scope);
        var nodes = tree.Nodes.ToList();
        if (query.Sort.Count > 0)
            nodes.Sort((a, b) => Compare(query.Sort, a, b));
        if (query.SortAsTree)
            nodes = AsTree(nodes);
        return [.. nodes.Where(IsIn).Select(node => JmapId.Of(node.Mailbox.Id))];

        bool Matches(MailboxNode node) => Filter<Condition>.Matches(query.Filter, condition => condition(call.Resolve, node));

        bool IsIn(MailboxNode node) => Matches(node) && (!query.FilterAsTree || node.Parent is not { } parent || tree.Find(parent) is not { } above || IsIn(above));
    }

    private delegate bool Condition(Func<string, string> resolve, MailboxNode node);

    private static Condition ReadCondition(Arguments arguments)
    {
        var conditions = new List<Condition>();
        if (arguments.Element.TryGetProperty("parentId"u8, out _))
        {
            var parent = arguments.Text("parentId");
            conditions.Add((resolve, node) => parent is null ? node.Parent is null : node.Parent is { } above && JmapId.Of(above) == resolve(parent));
        }
        if (arguments.Text("name") is { } name)
        {
            var folded = VietnameseFolding.Fold(name);
            conditions.Add((_, node) => VietnameseFolding.Fold(node.Name).Contains(folded, StringComparison.Ordinal));
        }
        if (arguments.Element.TryGetProperty("role"u8, out _))
        {
            var role = arguments.Text("role");
            conditions.Add((_, node) => MailboxTree.RoleName(node.Mailbox.Role) == role);
        }
        if (arguments.Find("hasAnyRole") is not null)
        {
            var has = arguments.Flag("hasAnyRole", otherwise: false);
            conditions.Add((_, node) => node.Mailbox.Role != MailboxRole.None == has);
        }
        if (arguments.Find("isSubscribed") is not null)
        {
            var subscribed = arguments.Flag("isSubscribed", otherwise: false);
            conditions.Add((_, node) => node.IsSubscribed == subscribed);
        }
        return (resolve, node) => conditions.All(condition => condition(resolve, node));
    }

    private static int Compare(IReadOnlyList<Comparator> sort, MailboxNode a, MailboxNode b)
    {
        foreach (var by in sort)
        {
            var order = by.Property switch
            {
                "name" => string.CompareOrdinal(VietnameseFolding.Fold(a.Name), VietnameseFolding.Fold(b.Name)) is var folded and not 0 ? folded : string.CompareOrdinal(a.Name, b.Name),
                "sortOrder" => a.SortOrder.CompareTo(b.SortOrder),
                _ => (a.Parent?.Value ?? 0).CompareTo(b.Parent?.Value ?? 0),
            };
            if (order != 0)
                return by.Ascending ? order : -order;
        }
        return a.Mailbox.Id.Value.CompareTo(b.Mailbox.Id.Value);
    }

    // §2.3: each after its parent, those of one parent in their order.
    private static List<MailboxNode> AsTree(List<MailboxNode> nodes)
    {
        var children = nodes.ToLookup(n => n.Parent);
        var sorted = new List<MailboxNode>(nodes.Count);
        Add(null);
        return sorted;

        void Add(MailboxId? parent)
        {
            foreach (var node in children[parent])
            {
                sorted.Add(node);
                Add(node.Mailbox.Id);
            }
        }
    }
}
