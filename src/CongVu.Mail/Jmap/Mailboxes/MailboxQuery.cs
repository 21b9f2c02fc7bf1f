using System.Text.Json;
using CongVu.Formats.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Mailboxes;

/// <summary>Mailbox/query and Mailbox/queryChanges (RFC 8621 §2.3-2.4). Changes of so short a list are not calculated.</summary>
internal static class MailboxQuery
{
    private static readonly HashSet<string> SortProperties = ["name", "sortOrder", "parentId"];

    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var filter = Filter<Condition>.Read(call.Arguments.Find("filter"), call.Limits.MaxFilterConditions, ReadCondition);
        var sort = Comparator.ReadAll(call, SortProperties);
        var sortAsTree = call.Arguments.Flag("sortAsTree", otherwise: false);
        var filterAsTree = call.Arguments.Flag("filterAsTree", otherwise: false);
        var window = QueryWindow.Read(call);
        await call.InScopeAsync(
            async (tx, scope) =>
            {
                var tree = await MailboxTree.ReadAsync(tx, call.Who, scope);
                var nodes = tree.Nodes.ToList();
                if (sort.Count > 0)
                    nodes.Sort((a, b) => Compare(sort, a, b));
                if (sortAsTree)
                    nodes = AsTree(nodes);
                bool Matches(MailboxNode node) => Filter<Condition>.Matches(filter, condition => condition(call.Resolve, node));
                bool IsIn(MailboxNode node) => Matches(node) && (!filterAsTree || node.Parent is not { } parent || tree.Find(parent) is not { } above || IsIn(above));
                window.Write(call, json, call.State(scope), canChange: false, [.. nodes.Where(IsIn).Select(node => JmapId.Of(node.Mailbox.Id))]);
                return tree;
            },
            cancellationToken);
    }

    internal static ValueTask RunChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken) => throw new MethodErrorException("cannotCalculateChanges");

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
