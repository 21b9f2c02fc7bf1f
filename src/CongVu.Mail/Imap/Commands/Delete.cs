using CongVu.Formats.Imap;

namespace CongVu.Mail.Imap.Commands;

/// <summary>DELETE (RFC 9051 §6.3.5).</summary>
internal static class Delete
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(MailboxArguments.Read, out var arguments, out var bad))
            return bad;
        if (await session.Store.Mailboxes.FindAsync(session.Who, arguments.Mailbox, session.Closed) is { Ok: true } found && session.Selected?.Id == found.Value.Mailbox.Id)
            session.Select(null);
        return ImapReply.Of(await session.Store.Mailboxes.DeleteAsync(session.Who, arguments.Mailbox, session.Closed));
    }
}
