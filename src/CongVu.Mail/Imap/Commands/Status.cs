using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>STATUS (RFC 9051 §6.3.11): counts of a mailbox without opening it.</summary>
internal static class Status
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(StatusArguments.Read, out var arguments, out var bad))
            return bad;
        var found = await session.Store.Mailboxes.FindAsync(session.Who, arguments.Mailbox, session.Closed);
        if (!found.Ok)
            return ImapReply.Of(found.Refusal);
        if (!found.Value.Rights.HasFlag(MailboxRights.Read))
            return ImapReply.Of(found.Value.Rights.HasFlag(MailboxRights.Lookup) ? Refusal.NoPermission : Refusal.NotFound);
        await WriteAsync(session, arguments.Mailbox, found.Value.Mailbox, arguments.Items);
        return ImapReply.Done;
    }

    internal static async ValueTask WriteAsync(ImapSession session, string name, Mailbox mailbox, StatusItems items)
    {
        // RFC 7162 §3.1.
        if (items.HasFlag(StatusItems.HighestModSeq))
            session.CondStore = true;
        var deleted = items.HasFlag(StatusItems.DeletedStorage) && mailbox.DeletedCount > 0 ? await DeletedBytesAsync(session, mailbox.Id) : 0;
        Write(session, name, mailbox, items, deleted);
    }

    private static void Write(ImapSession session, string name, Mailbox mailbox, StatusItems items, long deletedBytes)
    {
        var writer = session.Writer();
        writer.Raw("* STATUS "u8);
        writer.Mailbox(name);
        writer.Raw(" ("u8);
        var first = true;
        Item(ref writer, ref first, items, StatusItems.Messages, "MESSAGES "u8, mailbox.MessageCount);
        Item(ref writer, ref first, items, StatusItems.Recent, "RECENT "u8, 0);
        Item(ref writer, ref first, items, StatusItems.UidNext, "UIDNEXT "u8, mailbox.UidNext.Value);
        Item(ref writer, ref first, items, StatusItems.UidValidity, "UIDVALIDITY "u8, mailbox.UidValidity);
        Item(ref writer, ref first, items, StatusItems.Unseen, "UNSEEN "u8, mailbox.UnseenCount);
        Item(ref writer, ref first, items, StatusItems.Deleted, "DELETED "u8, mailbox.DeletedCount);
        Item(ref writer, ref first, items, StatusItems.DeletedStorage, "DELETED-STORAGE "u8, (deletedBytes + 1023) / 1024);
        Item(ref writer, ref first, items, StatusItems.Size, "SIZE "u8, mailbox.SizeBytes);
        Item(ref writer, ref first, items, StatusItems.HighestModSeq, "HIGHESTMODSEQ "u8, mailbox.HighestModSeq.Value);
        Item(ref writer, ref first, items, StatusItems.AppendLimit, "APPENDLIMIT "u8, session.Server.Options.MaxMessageBytes);
        if (items.HasFlag(StatusItems.MailboxId))
        {
            if (!first)
                writer.Space();
            writer.Raw("MAILBOXID ("u8);
            writer.Ascii(ObjectIds.Of(mailbox.Id));
            writer.Octet((byte)')');
        }
        writer.Raw(")\r\n"u8);
        writer.Commit();
    }

    private static void Item(ref ImapWriter writer, ref bool first, StatusItems items, StatusItems item, ReadOnlySpan<byte> name, long value)
    {
        if (!items.HasFlag(item))
            return;
        if (!first)
            writer.Space();
        first = false;
        writer.Raw(name);
        writer.Number(value);
    }

    private static async ValueTask<long> DeletedBytesAsync(ImapSession session, MailboxId id)
    {
        const int batch = 1000;
        var bytes = 0L;
        for (var from = new Uid(1); ;)
        {
            var entries = await session.Store.Messages.ReadAsync(session.Who, id, from, new(uint.MaxValue), EntryColumns.Message, batch, session.Closed);
            foreach (var entry in entries)
                bytes += entry.Flags.HasFlag(MessageFlags.Deleted) ? entry.Size : 0;
            if (entries.Count < batch || entries[^1].Uid.Value == uint.MaxValue)
                return bytes;
            from = new(entries[^1].Uid.Value + 1);
        }
    }
}
