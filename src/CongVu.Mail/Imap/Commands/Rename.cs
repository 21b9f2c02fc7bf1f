using CongVu.Formats.Imap;

namespace CongVu.Mail.Imap.Commands;

/// <summary>RENAME (RFC 9051 §6.3.6).</summary>
internal static class Rename
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(RenameArguments.Read, out var arguments, out var bad))
            return bad;
        return ImapReply.Of(await session.Store.Mailboxes.RenameAsync(session.Who, arguments.From.TrimEnd('/'), arguments.To.TrimEnd('/'), session.Closed));
    }
}
