using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>REPLACE and UID REPLACE (RFC 8508): a draft saved again, the old one gone in the same moment.</summary>
internal static class Replace
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(ReplaceArguments.Read, out var arguments, out var bad))
            return command.HasMessage ? await session.DropMessagesAsync(session.MessageLiteral, bad) : bad;
        var mailbox = session.Selected!;
        var literal = arguments.Message.Literal;
        if (mailbox.ReadOnly)
            return await session.DropMessagesAsync(literal, ImapReply.ReadOnly);
        if (Find(mailbox, arguments.Number, command.Uid) is not { } replaced)
            return await session.DropMessagesAsync(literal, ImapReply.SomeExpunged);
        var target = await session.Store.Mailboxes.FindAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!target.Ok)
            return await session.DropMessagesAsync(literal, ImapReply.OfTarget(target.Refusal));

        // The room of the message that goes is not counted here; the store knows it.
        await using var upload = new Upload(session, room: long.MaxValue);
        if (await upload.ReadAllAsync(arguments.Message, most: 1) is { } refused)
            return refused;
        var appended = await session.Store.Messages.AppendAsync(session.Who, target.Value.Mailbox.Id, upload.Messages(target.Value.Rights), (mailbox.Id, replaced), session.Closed);
        if (!appended.Ok)
            return ImapReply.OfTarget(appended.Refusal);

        // RFC 8508 §4.2: APPENDUID comes before the expunge.
        if (Append.Code(target.Value, appended.Value) is { Length: > 0 } code)
            session.WriteUntagged($"OK [{code}] Replacing");
        return await session.TellChangesAsync(tellExpunges: true, always: true) ? ImapReply.Ok("Replaced") : ImapReply.End;
    }

    private static Uid? Find(SelectedMailbox mailbox, uint number, bool uid)
    {
        var uids = mailbox.Uids;
        if (number == uint.MaxValue)
            return uids.Last;
        if (uid)
            return uids.Contains(new(number)) ? new(number) : null;
        return number <= uids.Count ? uids.At((int)number) : null;
    }
}
