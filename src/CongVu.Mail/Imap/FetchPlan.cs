using System.Buffers;
using CongVu.Formats.Imap;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>What one FETCH wants of each message, worked out once, and how it is written.</summary>
internal sealed class FetchPlan
{
    /// <summary>Dates for people are in Vietnam's time.</summary>
    internal static readonly TimeSpan Zone = TimeSpan.FromHours(7);

    private const FetchItems OfMessage = FetchItems.InternalDate | FetchItems.Size | FetchItems.SaveDate | FetchItems.EmailId | FetchItems.ThreadId;
    private const FetchItems OfFacts = FetchItems.Envelope | FetchItems.BodyStructure | FetchItems.Body | FetchItems.Preview;

    private readonly ImapSession session;
    private readonly SelectedMailbox mailbox;
    private readonly FetchItems items;
    private readonly bool setsSeen;
    private readonly SectionWriter? sections;

    internal FetchPlan(ImapSession session, SelectedMailbox mailbox, FetchArguments arguments)
    {
        this.session = session;
        this.mailbox = mailbox;
        items = arguments.Items;
        // RFC 7162 §3.2.4 and RFC 9051 §7.5.2: clients that resynchronize work with UIDs.
        if (session.QResync)
            items |= FetchItems.Uid;
        if (arguments.Sections.Count > 0)
            sections = new(session, arguments.Sections);
        setsSeen = mailbox.MayChange(MailboxRights.Seen) && arguments.Sections.Any(s => !s.Peek);
        Columns = ((items & OfMessage) != 0 || sections is not null ? EntryColumns.Message : 0)
            | ((items & OfFacts) != 0 || sections is { NeedsFacts: true } ? EntryColumns.Message | EntryColumns.Facts : 0)
            | (sections is null ? 0 : sections.IsOfHeads ? EntryColumns.Head : EntryColumns.Data);
    }

    /// <summary>What to read of each entry.</summary>
    internal EntryColumns Columns { get; }

    /// <summary>A part could not be decoded (RFC 3516 §4.3).</summary>
    internal bool UnknownEncoding => sections?.UnknownEncoding ?? false;

    /// <summary>Writes the wanted ones of a batch; returns how many.</summary>
    internal async ValueTask<int> WriteAsync(IReadOnlyList<Entry> entries, UidSet wanted)
    {
        if (items.HasFlag(FetchItems.Flags) || setsSeen)
            session.LearnKeywords(mailbox, entries);
        var seen = setsSeen ? await MarkSeenAsync(entries, wanted) : null;
        if (sections is null)
            return await WriteItemsAsync(entries, wanted);
        var count = 0;
        foreach (var entry in entries)
        {
            var number = mailbox.Uids.SequenceOf(entry.Uid);
            if (number == 0 || !wanted.Contains(entry.Uid.Value))
                continue;
            count++;
            Entry? now = null;
            seen?.TryGetValue(entry.Uid, out now);
            Begin(entry, number, now);
            await sections.WriteAsync(entry, isFirst: items == FetchItems.None && now is null);
            session.Connection.Output.Write(")\r\n"u8);
            await session.FlushIfMuchAsync();
        }
        return count;
    }

    // No section: a run of messages in one writer, without an await for each.
    private async ValueTask<int> WriteItemsAsync(IReadOnlyList<Entry> entries, UidSet wanted)
    {
        const int perFlush = 64;
        var count = 0;
        for (var at = 0; at < entries.Count; at += perFlush)
        {
            count += WriteRun(entries, at, Math.Min(entries.Count, at + perFlush), wanted);
            await session.FlushIfMuchAsync();
        }
        return count;
    }

    private int WriteRun(IReadOnlyList<Entry> entries, int from, int to, UidSet wanted)
    {
        var count = 0;
        var writer = session.Writer();
        for (var i = from; i < to; i++)
        {
            var entry = entries[i];
            var number = mailbox.Uids.SequenceOf(entry.Uid);
            if (number == 0 || !wanted.Contains(entry.Uid.Value))
                continue;
            count++;
            WriteItems(ref writer, entry, number, null);
            writer.Raw(")\r\n"u8);
        }
        writer.Commit();
        return count;
    }

    private void Begin(Entry entry, int number, Entry? now)
    {
        var writer = session.Writer();
        WriteItems(ref writer, entry, number, now);
        writer.Commit();
    }

    private void WriteItems(ref ImapWriter writer, Entry entry, int number, Entry? now)
    {
        writer.Raw("* "u8);
        writer.Number(number);
        writer.Raw(" FETCH ("u8);
        var first = true;
        if (items.HasFlag(FetchItems.Uid))
        {
            Name(ref writer, ref first, "UID "u8);
            writer.Number(entry.Uid.Value);
        }
        // Flags that this command has changed are told even if not asked for.
        if (items.HasFlag(FetchItems.Flags) || now is not null)
        {
            Name(ref writer, ref first, "FLAGS "u8);
            writer.Flags((ImapFlags)(now ?? entry).Flags, (now ?? entry).Keywords);
        }
        if (items.HasFlag(FetchItems.ModSeq) || (now is not null && session.CondStore))
        {
            Name(ref writer, ref first, "MODSEQ ("u8);
            writer.Number((now ?? entry).ModSeq.Value);
            writer.Octet((byte)')');
        }
        if ((items & OfMessage) != 0)
            WriteMessageItems(ref writer, ref first, entry);
        if ((items & OfFacts) != 0)
            WriteFacts(ref writer, ref first, MessageFacts.Deserialize(entry.Facts));
    }

    private void WriteMessageItems(ref ImapWriter writer, ref bool first, Entry entry)
    {
        if (items.HasFlag(FetchItems.InternalDate))
        {
            Name(ref writer, ref first, "INTERNALDATE "u8);
            writer.DateTime(entry.Received.ToOffset(Zone));
        }
        if (items.HasFlag(FetchItems.Size))
        {
            Name(ref writer, ref first, "RFC822.SIZE "u8);
            writer.Number(entry.Size);
        }
        if (items.HasFlag(FetchItems.SaveDate))
        {
            Name(ref writer, ref first, "SAVEDATE "u8);
            writer.DateTime(entry.Saved.ToOffset(Zone));
        }
        if (items.HasFlag(FetchItems.EmailId))
        {
            Name(ref writer, ref first, "EMAILID ("u8);
            writer.Ascii(ObjectIds.Of(entry.MessageId));
            writer.Octet((byte)')');
        }
        if (items.HasFlag(FetchItems.ThreadId))
        {
            Name(ref writer, ref first, "THREADID ("u8);
            writer.Ascii(ObjectIds.OfThread(entry.ThreadId));
            writer.Octet((byte)')');
        }
    }

    private void WriteFacts(ref ImapWriter writer, ref bool first, MessageFacts facts)
    {
        if (items.HasFlag(FetchItems.Envelope))
        {
            Name(ref writer, ref first, "ENVELOPE "u8);
            writer.Raw(facts.Envelope.Span);
        }
        if (items.HasFlag(FetchItems.BodyStructure))
        {
            Name(ref writer, ref first, "BODYSTRUCTURE "u8);
            writer.Raw(facts.BodyStructure.Span);
        }
        if (items.HasFlag(FetchItems.Body))
        {
            Name(ref writer, ref first, "BODY "u8);
            writer.Raw(facts.Body.Span);
        }
        if (items.HasFlag(FetchItems.Preview))
        {
            Name(ref writer, ref first, "PREVIEW "u8);
            writer.String(facts.Preview.Span);
        }
    }

    private static void Name(ref ImapWriter writer, ref bool first, ReadOnlySpan<byte> name)
    {
        if (!first)
            writer.Space();
        first = false;
        writer.Raw(name);
    }

    // RFC 9051 §6.4.5: reading a message's text sets \Seen; one change for a batch.
    private async ValueTask<Dictionary<Uid, Entry>?> MarkSeenAsync(IReadOnlyList<Entry> entries, UidSet wanted)
    {
        var unseen = new UidSet.Builder();
        var any = false;
        foreach (var entry in entries)
        {
            if (entry.Flags.HasFlag(MessageFlags.Seen) || !wanted.Contains(entry.Uid.Value) || !mailbox.Uids.Contains(entry.Uid))
                continue;
            unseen.Add(entry.Uid.Value);
            any = true;
        }
        if (!any)
            return null;
        var stored = await session.Store.Messages.StoreFlagsAsync(
            session.Who, mailbox.Id, MessageSets.ToRanges(unseen.Build()), new(FlagMode.Add, MessageFlags.Seen, []), null, session.Closed);
        if (!stored.Ok)
            return null;
        mailbox.Told(stored.Value);
        return stored.Value.Entries.ToDictionary(entry => entry.Uid);
    }
}
