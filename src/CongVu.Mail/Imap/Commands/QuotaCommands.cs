using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>
/// GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208). An account is a quota root: one's own is "", another's <c>Shared/address</c>. Limits are set by
/// administrators, not here.
/// </summary>
internal static class QuotaCommands
{
    internal static async ValueTask<ImapReply> GetAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(static (ref ImapReader reader) => QuotaArguments.Read(ref reader, withLimits: false), out var arguments, out var bad))
            return bad;
        var visible = await session.Store.Mailboxes.ListAsync(session.Who, session.Closed);
        foreach (var mailbox in visible)
        {
            if (RootOf(mailbox.Name) != arguments.Root || !mailbox.Rights.HasFlag(MailboxRights.Read))
                continue;
            await WriteAsync(session, arguments.Root, mailbox.Mailbox.Account);
            return ImapReply.Done;
        }
        return ImapReply.No("NONEXISTENT", "There is no such quota root");
    }

    internal static async ValueTask<ImapReply> GetRootAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(MailboxArguments.Read, out var arguments, out var bad))
            return bad;
        var found = await session.Store.Mailboxes.FindAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!found.Ok || !found.Value.Rights.HasFlag(MailboxRights.Read))
            return ImapReply.Of(found.Ok ? Refusal.NoPermission : found.Refusal);
        var root = RootOf(found.Value.Name);
        WriteRoot(session, arguments.Mailbox, root);
        await WriteAsync(session, root, found.Value.Mailbox.Account);
        return ImapReply.Done;
    }

    internal static ValueTask<ImapReply> SetAsync(ImapSession session, ImapCommand command) =>
        new(command.TryRead(static (ref ImapReader reader) => QuotaArguments.Read(ref reader, withLimits: true), out _, out var bad) ? ImapReply.Of(Refusal.NoPermission) : bad);

    private static string RootOf(string name)
    {
        if (!name.StartsWith(List.SharedPrefix, StringComparison.Ordinal))
            return "";
        var end = name.IndexOf('/', List.SharedPrefix.Length);
        return end < 0 ? name : name[..end];
    }

    private static void WriteRoot(ImapSession session, string mailbox, string root)
    {
        var writer = session.Writer();
        writer.Raw("* QUOTAROOT "u8);
        writer.Mailbox(mailbox);
        writer.Space();
        writer.AString(root);
        writer.Crlf();
        writer.Commit();
    }

    private static async ValueTask WriteAsync(ImapSession session, string root, AccountId account)
    {
        var quota = await session.Store.Mailboxes.QuotaAsync(account, session.Closed);
        var writer = session.Writer();
        writer.Raw("* QUOTA "u8);
        writer.AString(root);
        // RFC 9208 §5.1: units of 1,024 octets.
        writer.Raw(" (STORAGE "u8);
        writer.Number((quota.UsedBytes + 1023) / 1024);
        writer.Space();
        writer.Number(quota.LimitBytes / 1024);
        writer.Raw(")\r\n"u8);
        writer.Commit();
    }
}
