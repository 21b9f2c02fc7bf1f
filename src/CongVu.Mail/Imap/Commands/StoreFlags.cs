using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>STORE and UID STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3).</summary>
internal static class StoreFlags
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(StoreArguments.Read, out var arguments, out var bad))
            return bad;
        var mailbox = session.Selected!;
        if (mailbox.ReadOnly)
            return ImapReply.ReadOnly;
        session.CondStore |= arguments.UnchangedSince is not null;
        var wanted = MessageSets.Resolve(mailbox, arguments.Set, command.Uid);
        if (wanted.IsEmpty)
            return ImapReply.Done;

        var change = new FlagChange(
            arguments.Mode switch { StoreMode.Add => FlagMode.Add, StoreMode.Remove => FlagMode.Remove, _ => FlagMode.Replace },
            (MessageFlags)arguments.Flags.System,
            arguments.Flags.Keywords);
        ModSeq? unchangedSince = arguments.UnchangedSince is { } since ? new(since) : null;
        var stored = await session.Store.Messages.StoreFlagsAsync(session.Who, mailbox.Id, MessageSets.ToRanges(wanted), change, unchangedSince, session.Closed);
        if (!stored.Ok)
            return ImapReply.Of(stored.Refusal);

        await TellAsync(session, mailbox, stored.Value, arguments.Silent, command.Uid);
        if (stored.Value.Modified.Count > 0)
        {
            var modified = UidSet.OfAscending(stored.Value.Modified.Select(uid => uid.Value));
            return ImapReply.Ok($"MODIFIED {(command.Uid ? modified : MessageSets.ToNumbers(mailbox.Uids, modified))}", "Some had changed since");
        }
        return stored.Value.Entries.Count < wanted.Count && !command.Uid ? ImapReply.SomeExpunged : ImapReply.Done;
    }

    private static async ValueTask TellAsync(ImapSession session, SelectedMailbox mailbox, FlagsResult stored, bool silent, bool uid)
    {
        if (silent && !session.CondStore)
        {
            // Where nobody else can have changed them since the client was told last, it knows what they are now.
            if (mailbox.IsNextChange(stored))
                mailbox.Told(stored);
            return;
        }
        // Told here, with the messages that already had the flags; not again with what others did.
        mailbox.Told(stored);
        foreach (var chunk in stored.Entries.Chunk(500))
        {
            session.WriteFlags(mailbox, chunk, withUid: uid);
            await session.FlushIfMuchAsync();
        }
    }
}
