using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>APPEND (RFC 9051 §6.3.12), of several messages at once (RFC 3502): all or none. Their octets are streamed to the store.</summary>
internal static class Append
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        // 1. Arguments, up to the first message. Whatever is wrong, a message on its way is read before the answer.
        if (!command.TryRead(AppendArguments.Read, out var arguments, out var bad))
            return command.HasMessage ? await session.DropMessagesAsync(session.MessageLiteral, bad) : bad;
        var literal = arguments.First.Literal;

        // 2. May it go there?
        var target = await session.Store.Mailboxes.FindAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!target.Ok)
            return await session.DropMessagesAsync(literal, ImapReply.OfTarget(target.Refusal));
        if (!target.Value.Rights.HasFlag(MailboxRights.Insert))
            return await session.DropMessagesAsync(literal, ImapReply.Of(Refusal.NoPermission));
        var room = await session.Store.Mailboxes.QuotaAsync(target.Value.Mailbox.Account, session.Closed);

        // 3. The messages.
        var upload = new Upload(session, room.LimitBytes - room.UsedBytes);
        await using (upload)
        {
            if (await upload.ReadAllAsync(arguments.First, session.Server.Options.MaxMessagesOfAppend) is { } refused)
                return refused;

            // 4. In one transaction.
            var appended = await session.Store.Messages.AppendAsync(session.Who, target.Value.Mailbox.Id, upload.Messages(target.Value.Rights), replaces: null, session.Closed);
            if (!appended.Ok)
                return ImapReply.OfTarget(appended.Refusal);
            return ImapReply.Ok(Code(target.Value, appended.Value), "Appended");
        }
    }

    internal static string Code(VisibleMailbox target, AppendResult appended) => target.Rights.HasFlag(MailboxRights.Read)
        ? $"APPENDUID {appended.UidValidity} {UidSet.OfAscending(appended.Uids.Select(uid => uid.Value))}"
        : "";
}
