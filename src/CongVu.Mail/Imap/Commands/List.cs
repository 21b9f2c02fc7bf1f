using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>LIST with RFC 5258, 5819, 6154, 8440; LSUB; NAMESPACE.</summary>
internal static class List
{
    internal const string SharedPrefix = "Shared/";

    // RFC 2342: one's own at the top, everybody else's below Shared.
    internal static ValueTask<ImapReply> NamespaceAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryReadNothing(out var bad))
            return new(bad);
        session.WriteUntagged($"NAMESPACE ((\"\" \"/\")) ((\"{SharedPrefix}\" \"/\")) NIL");
        return new(ImapReply.Done);
    }

    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(ListArguments.Read, out var arguments, out var bad))
            return bad;
        // RFC 9051 §6.3.9: an empty pattern asks for the separator.
        if (arguments is { Extended: false, Patterns: [""] })
        {
            session.WriteUntagged("LIST (\\Noselect) \"/\" \"\"");
            return ImapReply.Done;
        }
        var patterns = arguments.Patterns.Select(p => new ListPattern(arguments.Reference + p)).ToArray();
        var tree = await ReadTreeAsync(session, arguments);
        foreach (var name in tree.Names())
        {
            if (!Array.Exists(patterns, pattern => pattern.Matches(name.Name)) || Wanted(tree, name, arguments) is not { } childInfo)
                continue;
            WriteName(session, "LIST", name, Attributes(tree, name, arguments), childInfo);
            await WriteMoreAsync(session, name, arguments);
            await session.FlushIfMuchAsync();
        }
        return ImapReply.Done;
    }

    internal static async ValueTask<ImapReply> SubscribedAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(ListArguments.Read, out var arguments, out var bad))
            return bad;
        var pattern = new ListPattern(arguments.Reference + arguments.Patterns[0]);
        var tree = await ReadTreeAsync(session, arguments with { Selection = ListSelection.Subscribed });
        foreach (var name in tree.Names())
        {
            if (!pattern.Matches(name.Name))
                continue;
            // RFC 3501 §6.3.9: with "%" a level above subscribed ones is named, as one that cannot be selected.
            if (name.Subscribed)
                WriteName(session, "LSUB", name, name.Mailbox is null ? "\\Noselect" : "", "");
            else if (arguments.Patterns[0].EndsWith('%') && tree.HasSubscribedBelow(name.Name))
                WriteName(session, "LSUB", name, "\\Noselect", "");
        }
        return ImapReply.Done;
    }

    private static async ValueTask<MailboxTree> ReadTreeAsync(ImapSession session, ListArguments arguments)
    {
        var visible = await session.Store.Mailboxes.ListAsync(session.Who, session.Closed);
        var needsSubscriptions = arguments.Selection.HasFlag(ListSelection.Subscribed) || arguments.Return.HasFlag(ListReturn.Subscribed);
        return new(visible, needsSubscriptions ? await session.Store.Mailboxes.SubscriptionsAsync(session.Who, session.Closed) : [], arguments.Selection.HasFlag(ListSelection.Subscribed));
    }

    // Null: not selected. Otherwise the CHILDINFO that goes with it (RFC 5258 §3.5).
    private static string? Wanted(MailboxTree tree, MailboxTree.Node node, ListArguments arguments)
    {
        var subscribed = arguments.Selection.HasFlag(ListSelection.Subscribed);
        var special = arguments.Selection.HasFlag(ListSelection.SpecialUse);
        if (special && (node.Mailbox is null || SpecialUses.NameOf(node.Mailbox.Mailbox.Role) is null))
            return null;
        if (!subscribed)
            return "";
        var below = arguments.Selection.HasFlag(ListSelection.RecursiveMatch) && tree.HasSubscribedBelow(node.Name);
        return node.Subscribed || below ? below ? " (\"CHILDINFO\" (\"SUBSCRIBED\"))" : "" : null;
    }

    private static string Attributes(MailboxTree tree, MailboxTree.Node node, ListArguments arguments)
    {
        var attributes = new List<string>();
        if (node.Mailbox is null)
            attributes.Add(node.Subscribed ? "\\NonExistent" : "\\Noselect");
        else if (!node.Mailbox.Rights.HasFlag(MailboxRights.Read))
            attributes.Add("\\Noselect");
        if (node.Subscribed && (arguments.Return.HasFlag(ListReturn.Subscribed) || arguments.Selection.HasFlag(ListSelection.Subscribed)))
            attributes.Add("\\Subscribed");
        attributes.Add(tree.HasChildren(node.Name) ? "\\HasChildren" : "\\HasNoChildren");
        if (node.Mailbox is { } mailbox && SpecialUses.NameOf(mailbox.Mailbox.Role) is { } use)
            attributes.Add(use);
        return string.Join(' ', attributes);
    }

    private static async ValueTask WriteMoreAsync(ImapSession session, MailboxTree.Node node, ListArguments arguments)
    {
        if (node.Mailbox is not { } mailbox)
            return;
        if (arguments.Return.HasFlag(ListReturn.MyRights))
            Acl.WriteMyRights(session, node.Name, mailbox.Rights);
        // RFC 5819 §2: not of those that cannot be selected.
        if (arguments.Return.HasFlag(ListReturn.Status) && mailbox.Rights.HasFlag(MailboxRights.Read))
            await Status.WriteAsync(session, node.Name, mailbox.Mailbox, arguments.Status);
    }

    internal static void WriteName(ImapSession session, string response, MailboxTree.Node node, string attributes, string childInfo)
    {
        var writer = session.Writer();
        writer.Raw("* "u8);
        writer.Ascii(response);
        writer.Raw(" ("u8);
        writer.Ascii(attributes);
        writer.Raw(") \"/\" "u8);
        writer.Mailbox(node.Name);
        writer.Ascii(childInfo);
        writer.Crlf();
        writer.Commit();
    }
}
