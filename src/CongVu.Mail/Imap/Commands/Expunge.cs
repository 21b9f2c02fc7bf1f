using CongVu.Formats.Imap;

namespace CongVu.Mail.Imap.Commands;

/// <summary>EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9).</summary>
internal static class Expunge
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        SequenceSet? set = null;
        if (command.Uid ? !command.TryRead(ReadSet, out set, out var bad) : !command.TryReadNothing(out bad))
            return bad;
        var mailbox = session.Selected!;
        if (mailbox.ReadOnly)
            return ImapReply.ReadOnly;
        var only = set is null ? null : MessageSets.ToRanges(MessageSets.Resolve(mailbox, set, uid: true));
        var expunged = await session.Store.Messages.ExpungeAsync(session.Who, mailbox.Id, only, session.Closed);
        if (!expunged.Ok)
            return ImapReply.Of(expunged.Refusal);
        // What went is told with everything else that changed, before the reply.
        if (!await session.TellChangesAsync(tellExpunges: true, always: true))
            return ImapReply.End;
        return session.QResync && expunged.Value.Expunged.Count > 0 ? ImapReply.Ok($"HIGHESTMODSEQ {mailbox.Known.Value}", "Done") : ImapReply.Done;
    }

    private static SequenceSet ReadSet(ref ImapReader reader)
    {
        reader.Space();
        var set = reader.SequenceSet();
        reader.End();
        return set;
    }
}
