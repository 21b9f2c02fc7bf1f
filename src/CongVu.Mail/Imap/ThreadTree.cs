namespace CongVu.Mail.Imap;

/// <summary>What threading knows of a message.</summary>
/// <param name="Number">Message number or UID.</param>
/// <param name="Sent">When it was sent.</param>
/// <param name="Id">Message-ID.</param>
/// <param name="References">Message-IDs it refers to, oldest first.</param>
/// <param name="Subject">Base subject.</param>
/// <param name="IsReply">The subject says that it answers or forwards.</param>
internal sealed record ThreadMessage(uint Number, DateTimeOffset Sent, string? Id, IReadOnlyList<string> References, string Subject, bool IsReply);

/// <summary>A message in its thread, or the place of one that is not here.</summary>
internal sealed class ThreadNode
{
    internal ThreadMessage? Message { get; set; }

    internal ThreadNode? Parent { get; set; }

    internal List<ThreadNode> Children { get; set; } = [];

    /// <summary>The place of a missing message goes by the first of its replies.</summary>
    internal ThreadMessage? First
    {
        get
        {
            var node = this;
            while (node.Message is null && node.Children.Count > 0)
                node = node.Children[0];
            return node.Message;
        }
    }
}

/// <summary>Groups messages into threads (RFC 5256 §3-4). Every walk is a loop: a hostile chain of references is as deep as it is long.</summary>
internal static class ThreadTree
{
    /// <summary>A longer chain is known by its latest.</summary>
    private const int MaxReferences = 50;

    /// <summary>ORDEREDSUBJECT: the first of a subject, and the others as its answers.</summary>
    internal static IReadOnlyList<ThreadNode> BySubject(IReadOnlyList<ThreadMessage> messages)
    {
        var threads = new Dictionary<string, ThreadNode>(StringComparer.Ordinal);
        foreach (var message in messages.OrderBy(m => m.Sent).ThenBy(m => m.Number))
        {
            if (!threads.TryGetValue(message.Subject, out var root))
                threads.Add(message.Subject, new() { Message = message });
            else
                root.Children.Add(new() { Message = message });
        }
        return [.. threads.Values.OrderBy(t => t.Message!.Sent).ThenBy(t => t.Message!.Number)];
    }

    /// <summary>REFERENCES.</summary>
    internal static IReadOnlyList<ThreadNode> ByReferences(IReadOnlyList<ThreadMessage> messages)
    {
        // 1. Messages and what they refer to, linked.
        var nodes = Link(messages);

        // 2. Those without a parent.
        var root = new ThreadNode();
        foreach (var node in nodes)
        {
            if (node.Parent is null)
                root.Children.Add(node);
        }

        // 3. Places of missing messages go where they hold nothing together.
        Prune(root);

        // 4. Threads in the order they began.
        SortChildren(root);

        // 5. Threads of one subject are one.
        GatherSubjects(root);

        // 6. And every level by date.
        SortChildren(root);
        return root.Children;
    }

    private static List<ThreadNode> Link(IReadOnlyList<ThreadMessage> messages)
    {
        var all = new List<ThreadNode>();
        var byId = new Dictionary<string, ThreadNode>(StringComparer.Ordinal);
        foreach (var message in messages)
        {
            // 1A. The message's own node; of two with one id the second stands alone.
            ThreadNode node;
            if (message.Id is { } id && (!byId.TryGetValue(id, out node!) || node.Message is null))
            {
                node = NodeOf(id);
                node.Message = message;
            }
            else
            {
                node = new() { Message = message };
                all.Add(node);
            }

            // 1B. Each reference is the parent of the next, unless it has one or a loop would come.
            ThreadNode? parent = null;
            foreach (var reference in message.References.Skip(Math.Max(0, message.References.Count - MaxReferences)))
            {
                var next = NodeOf(reference);
                if (parent is not null && next.Parent is null)
                    Adopt(parent, next);
                parent = next;
            }

            // 1C. The last reference is the message's parent, whatever was guessed before.
            if (parent is null || ReferenceEquals(parent, node.Parent))
                continue;
            var before = node.Parent;
            before?.Children.Remove(node);
            node.Parent = null;
            if (!Adopt(parent, node) && before is not null)
                Adopt(before, node);
        }
        return all;

        ThreadNode NodeOf(string id)
        {
            if (byId.TryGetValue(id, out var known))
                return known;
            var made = new ThreadNode();
            byId.Add(id, made);
            all.Add(made);
            return made;
        }
    }

    private static bool Adopt(ThreadNode parent, ThreadNode child)
    {
        // Nothing is below a node without children: only itself could make a loop. That spares the walk in long chains.
        for (var above = parent; above is not null; above = child.Children.Count == 0 ? null : above.Parent)
        {
            if (ReferenceEquals(above, child))
                return false;
        }
        child.Parent = parent;
        parent.Children.Add(child);
        return true;
    }

    private static void Prune(ThreadNode root)
    {
        foreach (var node in ChildrenFirst(root))
        {
            var isRoot = ReferenceEquals(node, root);
            var kept = new List<ThreadNode>(node.Children.Count);
            foreach (var child in node.Children)
            {
                if (child.Message is not null)
                    kept.Add(child);
                else if (child.Children.Count == 1 || (!isRoot && child.Children.Count > 0))
                    kept.AddRange(child.Children);
                else if (child.Children.Count > 0)
                    kept.Add(child);
            }
            node.Children = kept;
        }
    }

    private static void GatherSubjects(ThreadNode root)
    {
        // 5B. The thread that stands for each subject: a missing message's place first, then one that is no reply.
        var bySubject = new Dictionary<string, ThreadNode>(StringComparer.Ordinal);
        foreach (var thread in root.Children)
        {
            if (thread.First is not { Subject.Length: > 0 } first)
                continue;
            if (!bySubject.TryGetValue(first.Subject, out var other)
                || (thread.Message is null && other.Message is not null)
                || (other.Message is { IsReply: true } && thread.Message is { IsReply: false }))
                bySubject[first.Subject] = thread;
        }

        // 5C. The others join it.
        var kept = new List<ThreadNode>(root.Children.Count);
        foreach (var thread in root.Children)
        {
            if (thread.First is not { Subject.Length: > 0 } first || !bySubject.TryGetValue(first.Subject, out var other) || ReferenceEquals(other, thread))
            {
                kept.Add(thread);
                continue;
            }
            if (thread.Message is null && other.Message is null)
                other.Children.AddRange(thread.Children);
            else if (other.Message is null || (thread.Message is { IsReply: true } && other.Message is { IsReply: false }))
                other.Children.Add(thread);
            else
                Pair(other, thread);
        }
        root.Children = kept;
    }

    // Two equals become the children of a place above both; the one that stands for the subject gives up its own.
    private static void Pair(ThreadNode standing, ThreadNode other)
    {
        var same = new ThreadNode { Message = standing.Message, Children = standing.Children };
        standing.Message = null;
        standing.Children = [same, other];
    }

    private static void SortChildren(ThreadNode root)
    {
        foreach (var node in ChildrenFirst(root))
        {
            if (node.Children.Count > 1)
                node.Children.Sort((a, b) => a.First!.Sent.CompareTo(b.First!.Sent) is var order and not 0 ? order : a.First.Number.CompareTo(b.First.Number));
        }
    }

    private static List<ThreadNode> ChildrenFirst(ThreadNode root)
    {
        var order = new List<ThreadNode> { root };
        for (var i = 0; i < order.Count; i++)
            order.AddRange(order[i].Children);
        order.Reverse();
        return order;
    }
}
