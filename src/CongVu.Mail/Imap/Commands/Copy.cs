using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>COPY, MOVE and their UID forms (RFC 9051 §6.4.7-8, RFC 6851).</summary>
internal static class Copy
{
    internal static ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, move: false);

    internal static ValueTask<ImapReply> MoveAsync(ImapSession session, ImapCommand command) => RunAsync(session, command, move: true);

    private static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command, bool move)
    {
        if (!command.TryRead(CopyArguments.Read, out var arguments, out var bad))
            return bad;
        var mailbox = session.Selected!;
        if (move && mailbox.ReadOnly)
            return ImapReply.ReadOnly;
        var target = await session.Store.Mailboxes.FindAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!target.Ok)
            return ImapReply.OfTarget(target.Refusal);
        var wanted = MessageSets.Resolve(mailbox, arguments.Set, command.Uid);
        if (wanted.IsEmpty)
            return ImapReply.Ok("There is nothing to copy");

        var copied = await session.Store.Messages.CopyAsync(session.Who, mailbox.Id, MessageSets.ToRanges(wanted), target.Value.Mailbox.Id, move, session.Closed);
        if (!copied.Ok)
            return ImapReply.Of(copied.Refusal);
        var result = copied.Value;
        if (result.Source.Count == 0)
            return command.Uid ? ImapReply.Ok("There is nothing to copy") : ImapReply.SomeExpunged;
        // RFC 4315 §3: who may not read there is not told the UIDs.
        var code = target.Value.Rights.HasFlag(MailboxRights.Read)
            ? $"COPYUID {result.UidValidity} {UidSet.OfAscending(result.Source.Select(u => u.Value))} {UidSet.OfAscending(result.Target.Select(u => u.Value))}"
            : "";
        if (!move)
            return ImapReply.Ok(code, "Copied");

        // RFC 6851 §4.3: COPYUID comes before the expunges, HIGHESTMODSEQ after them.
        if (code.Length > 0)
            session.WriteUntagged($"OK [{code}] Moved");
        if (!await session.TellChangesAsync(tellExpunges: true, always: true))
            return ImapReply.End;
        return session.QResync ? ImapReply.Ok($"HIGHESTMODSEQ {mailbox.Known.Value}", "Moved") : ImapReply.Ok("Moved");
    }
}
