using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>SELECT and EXAMINE (RFC 9051 §6.3.2-3), with what a resynchronizing client missed (RFC 7162 §3.2.5).</summary>
internal static class Select
{
    private const MailboxRights ChangingRights = MailboxRights.Insert | MailboxRights.Expunge | MailboxRights.Seen | MailboxRights.Write | MailboxRights.DeleteMessages;

    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(SelectArguments.Read, out var arguments, out var bad))
            return bad;
        // RFC 7162 §3.2.5: only after ENABLE.
        if (arguments.Resync is not null && !session.QResync)
            return ImapReply.Bad("QRESYNC was not enabled");

        // 1. Whatever was selected is not any more, even if this fails.
        if (session.Selected is not null)
        {
            session.Select(null);
            session.WriteUntagged("OK [CLOSED] The mailbox before is closed");
        }

        // 2. Open it.
        var opened = await session.Store.Messages.OpenAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!opened.Ok)
            return ImapReply.Of(opened.Refusal);
        var view = opened.Value;
        // RFC 4314 §5.2.
        var readOnly = command.Head.Name == "EXAMINE" || (view.Rights & ChangingRights) == 0;
        var mailbox = new SelectedMailbox(view, readOnly);
        session.CondStore |= arguments.CondStore || arguments.Resync is not null;
        session.Select(mailbox);

        // 3. What it is like.
        Write(session, view, mailbox);
        if (arguments.Resync is { } resync && resync.UidValidity == view.Mailbox.UidValidity)
            await ResyncAsync(session, mailbox, resync);
        return ImapReply.Ok(readOnly ? "READ-ONLY" : "READ-WRITE", "Opened");
    }

    private static void Write(ImapSession session, MailboxView view, SelectedMailbox mailbox)
    {
        session.WriteFlagsOfMailbox(mailbox);
        var writer = session.Writer();
        writer.Raw("* OK [PERMANENTFLAGS "u8);
        var flags = (view.Rights.HasFlag(MailboxRights.Seen) ? ImapFlags.Seen : 0)
            | (view.Rights.HasFlag(MailboxRights.DeleteMessages) ? ImapFlags.Deleted : 0)
            | (view.Rights.HasFlag(MailboxRights.Write) ? ImapFlags.Answered | ImapFlags.Flagged | ImapFlags.Draft : 0);
        if (mailbox.ReadOnly)
            writer.Flags(ImapFlags.None, "");
        else
            writer.Flags(flags, view.Rights.HasFlag(MailboxRights.Write) ? string.Join(' ', [.. mailbox.Keywords, "\\*"]) : "");
        writer.Raw("] Flags that stay\r\n* "u8);
        writer.Number(view.Uids.Count);
        writer.Raw(" EXISTS\r\n"u8);
        if (!session.Rev2)
        {
            writer.Raw("* 0 RECENT\r\n"u8);
            if (view.FirstUnseen is { } unseen && view.Uids.SequenceOf(unseen) is var number and > 0)
                Code(ref writer, "UNSEEN "u8, number, "First unseen"u8);
        }
        Code(ref writer, "UIDVALIDITY "u8, view.Mailbox.UidValidity, "UIDs are valid"u8);
        Code(ref writer, "UIDNEXT "u8, view.Mailbox.UidNext.Value, "The next UID"u8);
        Code(ref writer, "HIGHESTMODSEQ "u8, view.Mailbox.HighestModSeq.Value, "The latest change"u8);
        writer.Raw("* OK [MAILBOXID ("u8);
        writer.Ascii(ObjectIds.Of(view.Mailbox.Id));
        writer.Raw(")] Its id\r\n"u8);
        writer.Commit();
        // RFC 9051 §6.3.2.
        if (session.Rev2)
            List.WriteName(session, "LIST", new(view.Name, null, false), SpecialUses.NameOf(view.Mailbox.Role) ?? "", "");
    }

    private static void Code(ref ImapWriter writer, ReadOnlySpan<byte> code, long value, ReadOnlySpan<byte> text)
    {
        writer.Raw("* OK ["u8);
        writer.Raw(code);
        writer.Number(value);
        writer.Raw("] "u8);
        writer.Raw(text);
        writer.Crlf();
    }

    private static async ValueTask ResyncAsync(ImapSession session, SelectedMailbox mailbox, Resync resync)
    {
        var changes = await session.Store.Messages.ChangesAsync(session.Who, mailbox.Id, new(resync.ModSeq), session.Closed);
        var limit = resync.KnownUids is { IsSaved: false } known ? known.Resolve(mailbox.HighestUid) : null;
        WriteVanished(session, Vanished(mailbox, changes, limit ?? UidSet.Range(1, mailbox.HighestUid)));
        List<Entry> changed = [.. changes.Changed.Where(e => mailbox.Uids.Contains(e.Uid) && e.ModSeq <= mailbox.Known && (limit is null || limit.Contains(e.Uid.Value) || e.Created.Value > resync.ModSeq))];
        foreach (var chunk in changed.Chunk(500))
        {
            session.WriteFlags(mailbox, chunk, withUid: true);
            await session.FlushIfMuchAsync();
        }
    }

    /// <summary>UIDs of a set that were expunged since a sequence; where tombstones do not reach back, all of the set that are not there.</summary>
    internal static UidSet Vanished(SelectedMailbox mailbox, MailboxChanges changes, UidSet of)
    {
        if (changes.Complete)
            return UidSet.OfAscending(changes.Vanished.Where(uid => of.Contains(uid.Value) && !mailbox.Uids.Contains(uid)).Select(uid => uid.Value).Distinct());
        var gaps = new List<(uint First, uint Last)>();
        foreach (var (first, last) in of.Ranges)
        {
            ulong from = first;
            foreach (var (there, thereLast) in MessageSets.Known(mailbox.Uids, UidSet.Range(first, last)).Ranges)
            {
                if (there > from)
                    gaps.Add(((uint)from, there - 1));
                from = thereLast + 1UL;
            }
            if (from <= last)
                gaps.Add(((uint)from, last));
        }
        return UidSet.Of(gaps);
    }

    internal static void WriteVanished(ImapSession session, UidSet vanished)
    {
        if (vanished.IsEmpty)
            return;
        var writer = session.Writer();
        writer.Raw("* VANISHED (EARLIER) "u8);
        writer.Set(vanished);
        writer.Crlf();
        writer.Commit();
    }
}
