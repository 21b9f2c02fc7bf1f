using CongVu.Formats.Imap;

namespace CongVu.Mail.Imap.Commands;

/// <summary>SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.7-8).</summary>
internal static class Subscribe
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(MailboxArguments.Read, out var arguments, out var bad))
            return bad;
        return ImapReply.Of(await session.Store.Mailboxes.SubscribeAsync(session.Who, arguments.Mailbox, command.Head.Name == "SUBSCRIBE", session.Closed));
    }
}
