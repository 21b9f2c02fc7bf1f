using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

internal sealed partial class ImapSession
{
    /// <summary>Written and not sent: more is flushed before more is made, so that a slow client holds little.</summary>
    private const int MaxUnflushed = 64 * 1024;

    private TaskCompletionSource? sleeper;

    internal ImapWriter Writer() => new(Connection.Output, Utf8);

    /// <summary>A whole untagged response of ours: ASCII.</summary>
    internal void WriteUntagged(string text)
    {
        var writer = Writer();
        writer.Raw("* "u8);
        writer.HumanText(text);
        writer.Crlf();
        writer.Commit();
    }

    /// <summary>Sends when much was written.</summary>
    internal ValueTask FlushIfMuchAsync() => Connection.Output.UnflushedBytes >= MaxUnflushed ? Connection.FlushAsync() : ValueTask.CompletedTask;

    /// <summary>Tells what changed in the selected mailbox; false when it is gone and the session with it.</summary>
    /// <param name="tellExpunges">Message numbers may change now.</param>
    /// <param name="always">Ask the store even if no notice came.</param>
    internal async ValueTask<bool> TellChangesAsync(bool tellExpunges, bool always)
    {
        if (Selected is not { } mailbox || !(mailbox.IsDirty || always))
            return true;
        mailbox.Asking();
        var changes = await Store.Messages.ChangesAsync(Who, mailbox.Id, mailbox.Known, Closed);
        UidRuns? anew = null;
        if (!changes.Gone && !changes.Complete)
            anew = (await Store.Messages.OpenAsync(Who, mailbox.Id, Closed)) is { Ok: true } opened ? opened.Value.Uids : UidRuns.Empty;
        if (changes.Gone)
        {
            await SayGoodbyeAsync("The mailbox was deleted, or may no longer be read");
            return false;
        }
        var update = mailbox.TakeIn(changes, tellExpunges, anew);
        WriteUpdate(mailbox, update);
        foreach (var chunk in update.Changed.Chunk(500))
        {
            WriteFlags(mailbox, chunk, withUid: false);
            await FlushIfMuchAsync();
        }
        return true;
    }

    /// <summary>FETCH responses with flags, of messages that the client knows.</summary>
    internal void WriteFlags(SelectedMailbox mailbox, IReadOnlyList<Entry> entries, bool withUid)
    {
        LearnKeywords(mailbox, entries);
        var writer = Writer();
        foreach (var entry in entries)
        {
            var number = mailbox.Uids.SequenceOf(entry.Uid);
            if (number == 0)
                continue;
            writer.Raw("* "u8);
            writer.Number(number);
            writer.Raw(" FETCH ("u8);
            if (withUid || QResync || Rev2)
            {
                writer.Raw("UID "u8);
                writer.Number(entry.Uid.Value);
                writer.Space();
            }
            writer.Raw("FLAGS "u8);
            writer.Flags((ImapFlags)entry.Flags, entry.Keywords);
            if (CondStore)
            {
                writer.Raw(" MODSEQ ("u8);
                writer.Number(entry.ModSeq.Value);
                writer.Octet((byte)')');
            }
            writer.Raw(")\r\n"u8);
        }
        writer.Commit();
    }

    /// <summary>A keyword that the client has not heard of is announced before it is used (RFC 9051 §7.3.5).</summary>
    internal void LearnKeywords(SelectedMailbox mailbox, IReadOnlyList<Entry> entries)
    {
        var isNew = false;
        foreach (var entry in entries)
            isNew |= entry.Keywords.Length > 0 && mailbox.Learn(entry.Keywords);
        if (isNew)
            WriteFlagsOfMailbox(mailbox);
    }

    internal void WriteFlagsOfMailbox(SelectedMailbox mailbox)
    {
        var writer = Writer();
        writer.Raw("* FLAGS "u8);
        writer.Flags(AllFlags, string.Join(' ', mailbox.Keywords));
        writer.Crlf();
        writer.Commit();
    }

    internal const ImapFlags AllFlags = ImapFlags.Answered | ImapFlags.Flagged | ImapFlags.Deleted | ImapFlags.Seen | ImapFlags.Draft;

    /// <summary>Wakes a session in IDLE.</summary>
    private void Wake() => Interlocked.Exchange(ref sleeper, null)?.TrySetResult();

    /// <summary>Ends at the next notice, or at once when there was one.</summary>
    internal Task NoticeAsync()
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref sleeper, waiting);
        if (Selected is { IsDirty: true } || stopping.IsCancellationRequested)
            Wake();
        return waiting.Task;
    }

    private void WriteUpdate(SelectedMailbox mailbox, SelectedMailbox.Update update)
    {
        var writer = Writer();
        if (update.Expunged.Count > 0 && QResync)
        {
            writer.Raw("* VANISHED "u8);
            writer.Set(UidSet.OfAscending(update.Expunged.Select(e => e.Uid.Value).Reverse()));
            writer.Crlf();
        }
        else
        {
            foreach (var (number, _) in update.Expunged)
            {
                writer.Raw("* "u8);
                writer.Number(number);
                writer.Raw(" EXPUNGE\r\n"u8);
            }
        }
        if (update.More)
        {
            writer.Raw("* "u8);
            writer.Number(mailbox.Uids.Count);
            writer.Raw(" EXISTS\r\n"u8);
        }
        writer.Commit();
    }

    internal void WriteTagged(string tag, ImapReply reply)
    {
        var writer = Writer();
        writer.Ascii(tag.Length == 0 ? "*" : tag);
        writer.Raw(reply.Status switch { ImapStatus.No => " NO "u8, ImapStatus.Bad => " BAD "u8, _ => " OK "u8 });
        if (reply.Code.Length > 0)
        {
            writer.Octet((byte)'[');
            writer.Ascii(reply.Code);
            writer.Raw("] "u8);
        }
        writer.HumanText(reply.Text);
        writer.Crlf();
        writer.Commit();
    }
}
