namespace CongVu.Mail.Store;

/// <summary>The system flags (RFC 9051 §2.3.2), as stored.</summary>
[Flags]
public enum MessageFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>\Seen.</summary>
    Seen = 1,

    /// <summary>\Answered.</summary>
    Answered = 2,

    /// <summary>\Flagged.</summary>
    Flagged = 4,

    /// <summary>\Deleted.</summary>
    Deleted = 8,

    /// <summary>\Draft.</summary>
    Draft = 16,
}

/// <summary>What of an entry to read; flags, keywords and sequences always come.</summary>
[Flags]
public enum EntryColumns
{
    /// <summary>Flags, keywords, modification sequences, message id.</summary>
    Flags = 0,

    /// <summary>Thread, content, size, dates and prefix.</summary>
    Message = 1,

    /// <summary>The facts computed at delivery.</summary>
    Facts = 2,

    /// <summary>The stored bytes of contents that live in the database.</summary>
    Data = 4,

    /// <summary>Of contents that are kept there as they are, only the first bytes: enough for the header of nearly all; a reader who goes on gets the rest.</summary>
    Head = 8,
}

/// <summary>A message's copy in a mailbox. Columns that were not asked for are at their defaults.</summary>
public sealed class Entry
{
    /// <summary>Its UID.</summary>
    public required Uid Uid { get; init; }

    /// <summary>System flags.</summary>
    public required MessageFlags Flags { get; init; }

    /// <summary>Keywords, space separated, sorted; empty for none.</summary>
    public required string Keywords { get; init; }

    /// <summary>Its latest change.</summary>
    public required ModSeq ModSeq { get; init; }

    /// <summary>When it came into the mailbox.</summary>
    public required ModSeq Created { get; init; }

    /// <summary>The message; also its EMAILID.</summary>
    public required MessageId MessageId { get; init; }

    /// <summary>The conversation; also its THREADID.</summary>
    public long ThreadId { get; init; }

    /// <summary>The content that it shares with its other copies.</summary>
    public ContentId Content { get; init; }

    /// <summary>RFC822.SIZE: prefix and content.</summary>
    public long Size { get; init; }

    /// <summary>INTERNALDATE.</summary>
    public DateTimeOffset Received { get; init; }

    /// <summary>SAVEDATE (RFC 8514).</summary>
    public DateTimeOffset Saved { get; init; }

    /// <summary>Header lines of this recipient alone, before the content.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Serialized facts; offsets are relative to the content, after the prefix.</summary>
    public ReadOnlyMemory<byte> Facts { get; init; }

    internal ContentRow? Data { get; init; }
}

/// <summary>A mailbox opened: what SELECT answers.</summary>
/// <param name="Mailbox">Counts and validity at that moment.</param>
/// <param name="Name">The name the principal knows it by.</param>
/// <param name="Rights">What the principal may do.</param>
/// <param name="Uids">Its messages.</param>
/// <param name="FirstUnseen">The first without \Seen; null when all are seen.</param>
/// <param name="Keywords">Keywords in use.</param>
/// <param name="TombstoneFloor">Changes since an older sequence are not known in full.</param>
public sealed record MailboxView(Mailbox Mailbox, string Name, MailboxRights Rights, UidRuns Uids, Uid? FirstUnseen, IReadOnlyList<string> Keywords, ModSeq TombstoneFloor);

/// <summary>What changed in a mailbox since a sequence.</summary>
/// <param name="ModSeq">The mailbox's sequence now: ask from here next time.</param>
/// <param name="Vanished">UIDs expunged since, ascending; some may never have been seen by the asker.</param>
/// <param name="Changed">Entries that are new (<see cref="Entry.Created"/> after it) or changed, by UID; flags only.</param>
/// <param name="Complete">False when the asked sequence is older than what tombstones tell: read the mailbox anew.</param>
/// <param name="Gone">The mailbox is deleted, or may no longer be read.</param>
/// <param name="Rights">What the principal may do now.</param>
public sealed record MailboxChanges(ModSeq ModSeq, IReadOnlyList<Uid> Vanished, IReadOnlyList<Entry> Changed, bool Complete, bool Gone, MailboxRights Rights);

/// <summary>How flags are to change (RFC 9051 §6.4.6).</summary>
public enum FlagMode
{
    /// <summary>FLAGS: these and no others.</summary>
    Replace,

    /// <summary>+FLAGS.</summary>
    Add,

    /// <summary>-FLAGS.</summary>
    Remove,
}

/// <summary>A change of flags and keywords.</summary>
/// <param name="Mode">How.</param>
/// <param name="Flags">System flags.</param>
/// <param name="Keywords">Keywords.</param>
public sealed record FlagChange(FlagMode Mode, MessageFlags Flags, IReadOnlyList<string> Keywords);

/// <summary>What became of a change of flags.</summary>
/// <param name="ModSeq">The mailbox's sequence now.</param>
/// <param name="Entries">The messages named, as they are now, by UID; flags only.</param>
/// <param name="Modified">Those that had changed since UNCHANGEDSINCE and were left alone (RFC 7162 §3.1.3).</param>
/// <param name="Changed">Something changed: the sequence is this change's own, not one of somebody before.</param>
public sealed record FlagsResult(ModSeq ModSeq, IReadOnlyList<Entry> Entries, IReadOnlyList<Uid> Modified, bool Changed);

/// <summary>What was copied or moved; the lists run in parallel (RFC 4315 §3).</summary>
/// <param name="UidValidity">Of the target.</param>
/// <param name="Source">UIDs there.</param>
/// <param name="Target">UIDs here.</param>
/// <param name="ModSeq">Of the source account now.</param>
public sealed record CopyResult(uint UidValidity, IReadOnlyList<Uid> Source, IReadOnlyList<Uid> Target, ModSeq ModSeq);

/// <summary>What was expunged.</summary>
/// <param name="ModSeq">The mailbox's sequence now.</param>
/// <param name="Expunged">UIDs, ascending.</param>
public sealed record ExpungeResult(ModSeq ModSeq, IReadOnlyList<Uid> Expunged);

/// <summary>What was appended (RFC 4315 §3).</summary>
/// <param name="UidValidity">Of the mailbox.</param>
/// <param name="Uids">In the order given.</param>
/// <param name="ModSeq">The mailbox's sequence now.</param>
public sealed record AppendResult(uint UidValidity, IReadOnlyList<Uid> Uids, ModSeq ModSeq);

/// <summary>A message to put into a mailbox.</summary>
/// <param name="Content">Its staged content.</param>
/// <param name="Flags">System flags.</param>
/// <param name="Keywords">Keywords.</param>
/// <param name="Received">INTERNALDATE; null for now.</param>
public sealed record NewMessage(StagedContent Content, MessageFlags Flags, IReadOnlyList<string> Keywords, DateTimeOffset? Received);
