using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>Rights as RFC 4314 writes them.</summary>
internal static class RightsText
{
    private const string Letters = "lrswipkxtea";

    internal static MailboxRights Parse(string letters)
    {
        var rights = MailboxRights.None;
        foreach (var letter in letters)
            rights |= (MailboxRights)(1 << Letters.IndexOf(letter, StringComparison.Ordinal));
        return rights;
    }

    internal static string Of(MailboxRights rights) => string.Concat(Letters.Where((_, i) => rights.HasFlag((MailboxRights)(1 << i))));
}

/// <summary>GETACL, SETACL, DELETEACL, LISTRIGHTS and MYRIGHTS (RFC 4314 §3).</summary>
internal static class Acl
{
    internal static async ValueTask<ImapReply> GetAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(MailboxArguments.Read, out var arguments, out var bad))
            return bad;
        var acl = await session.Store.Mailboxes.AclAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!acl.Ok)
            return ImapReply.Of(acl.Refusal);
        Write(session, arguments.Mailbox, acl.Value);
        return ImapReply.Done;
    }

    internal static async ValueTask<ImapReply> SetAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(static (ref ImapReader reader) => AclArguments.Read(ref reader, withRights: true), out var arguments, out var bad))
            return bad;
        var change = arguments.Mode switch { StoreMode.Add => AclChange.Add, StoreMode.Remove => AclChange.Remove, _ => AclChange.Replace };
        return ImapReply.Of(await session.Store.Mailboxes.SetAclAsync(session.Who, arguments.Mailbox, arguments.Identifier, change, RightsText.Parse(arguments.Rights), session.Closed));
    }

    internal static async ValueTask<ImapReply> DeleteAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(static (ref ImapReader reader) => AclArguments.Read(ref reader, withRights: false), out var arguments, out var bad))
            return bad;
        return ImapReply.Of(await session.Store.Mailboxes.DeleteAclAsync(session.Who, arguments.Mailbox, arguments.Identifier, session.Closed));
    }

    internal static async ValueTask<ImapReply> ListRightsAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(static (ref ImapReader reader) => AclArguments.Read(ref reader, withRights: false), out var arguments, out var bad))
            return bad;
        var acl = await session.Store.Mailboxes.AclAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!acl.Ok)
            return ImapReply.Of(acl.Refusal);
        // An owner's rights come with the account and cannot be taken; anyone else's are free one by one.
        var isOwner = acl.Value.Any(entry => entry.Value == MailboxRights.All && entry.Key.Equals(arguments.Identifier, StringComparison.OrdinalIgnoreCase));
        var writer = session.Writer();
        writer.Raw("* LISTRIGHTS "u8);
        writer.Mailbox(arguments.Mailbox);
        writer.Space();
        writer.AString(arguments.Identifier);
        writer.Ascii(isOwner ? " lrswipkxtea" : " \"\" l r s w i p k x t e a");
        writer.Crlf();
        writer.Commit();
        return ImapReply.Done;
    }

    internal static async ValueTask<ImapReply> MyRightsAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(MailboxArguments.Read, out var arguments, out var bad))
            return bad;
        var found = await session.Store.Mailboxes.FindAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!found.Ok)
            return ImapReply.Of(found.Refusal);
        WriteMyRights(session, arguments.Mailbox, found.Value.Rights);
        return ImapReply.Done;
    }

    internal static void WriteMyRights(ImapSession session, string mailbox, MailboxRights rights)
    {
        var writer = session.Writer();
        writer.Raw("* MYRIGHTS "u8);
        writer.Mailbox(mailbox);
        writer.Space();
        writer.Ascii(RightsText.Of(rights));
        writer.Crlf();
        writer.Commit();
    }

    private static void Write(ImapSession session, string mailbox, IReadOnlyList<KeyValuePair<string, MailboxRights>> acl)
    {
        var writer = session.Writer();
        writer.Raw("* ACL "u8);
        writer.Mailbox(mailbox);
        foreach (var (identifier, rights) in acl)
        {
            writer.Space();
            writer.AString(identifier);
            writer.Space();
            writer.Ascii(RightsText.Of(rights));
        }
        writer.Crlf();
        writer.Commit();
    }
}
