using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>CLOSE and UNSELECT (RFC 9051 §6.4.1-2).</summary>
internal static class Close
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryReadNothing(out var bad))
            return bad;
        var mailbox = session.Selected!;
        // Silently: the client has let go of the messages already.
        if (mailbox.MayChange(MailboxRights.Expunge))
            await session.Store.Messages.ExpungeAsync(session.Who, mailbox.Id, only: null, session.Closed);
        session.Select(null);
        return ImapReply.Done;
    }

    internal static ValueTask<ImapReply> UnselectAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryReadNothing(out var bad))
            return new(bad);
        session.Select(null);
        return new(ImapReply.Done);
    }
}
