using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>
/// The names that one principal meets: its mailboxes, the levels above shared ones (which are no mailboxes) and, where asked, names it has subscribed to
/// that do not exist.
/// </summary>
internal sealed class MailboxTree
{
    private readonly List<Node> nodes;
    private readonly HashSet<string> parents = new(StringComparer.Ordinal);
    private readonly HashSet<string> parentsOfSubscribed = new(StringComparer.Ordinal);

    internal MailboxTree(IReadOnlyList<VisibleMailbox> visible, IReadOnlyList<string> subscriptions, bool withMissing)
    {
        var subscribed = new HashSet<string>(subscriptions, StringComparer.Ordinal);
        nodes = new(visible.Count);
        var known = new HashSet<string>(visible.Count, StringComparer.Ordinal);
        foreach (var mailbox in visible)
        {
            known.Add(mailbox.Name);
            nodes.Add(new(mailbox.Name, mailbox, subscribed.Contains(mailbox.Name)));
        }
        foreach (var mailbox in visible)
            AddParents(mailbox.Name, known);
        foreach (var name in subscriptions)
        {
            for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
                parentsOfSubscribed.Add(name[..slash]);
            if (withMissing && known.Add(name))
                nodes.Add(new(name, null, true));
        }
    }

    /// <summary>A name.</summary>
    /// <param name="Name">In full.</param>
    /// <param name="Mailbox">The mailbox; null where there is none that may be seen.</param>
    /// <param name="Subscribed">The principal has subscribed to it.</param>
    internal sealed record Node(string Name, VisibleMailbox? Mailbox, bool Subscribed);

    internal IEnumerable<Node> Names() => nodes;

    internal bool HasChildren(string name) => parents.Contains(name);

    internal bool HasSubscribedBelow(string name) => parentsOfSubscribed.Contains(name);

    // A level that is no mailbox, or that may not be seen, is still a level.
    private void AddParents(string name, HashSet<string> known)
    {
        for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
        {
            var parent = name[..slash];
            if (!parents.Add(parent))
                return;
            if (known.Add(parent))
                nodes.Add(new(parent, null, false));
        }
    }
}
