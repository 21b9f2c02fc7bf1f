using CongVu.Formats.Imap;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;
using TextField = CongVu.Mail.Store.Search.SearchField;

namespace CongVu.Mail.Imap;

/// <summary>
/// Runs a search program over the selected mailbox. Words are looked up in the store's index once for the whole program; the rest is decided from the rows,
/// read in batches; only fields that the rows do not hold open a message's header, and only where the other keys leave it undecided.
/// </summary>
internal sealed class SearchRun
{
    private const int Batch = 2_000;

    private readonly ImapSession session;
    private readonly SelectedMailbox mailbox;
    private readonly Dictionary<TextKey, IReadOnlySet<MessageId>> words = [];
    private readonly Dictionary<SetKey, UidSet> sets = [];
    private readonly DateTimeOffset now;
    private readonly EntryColumns wantedColumns;

    private SearchRun(ImapSession session, EntryColumns wantedColumns)
    {
        this.session = session;
        this.wantedColumns = wantedColumns;
        mailbox = session.Selected!;
        now = session.Server.Clock.GetUtcNow();
    }

    /// <summary>
    /// The messages that a key matches, by UID, handed to <paramref name="found"/> with <paramref name="columns"/> read.
    /// </summary>
    internal static async ValueTask RunAsync(ImapSession session, SearchKey key, EntryColumns columns, Action<Entry> found)
    {
        var run = new SearchRun(session, columns);
        await run.PrepareAsync(key);
        await run.ScanAsync(key, run.Bound(key) ?? MessageSets.Known(run.mailbox.Uids, UidSet.Range(1, uint.MaxValue)), found);
    }

    /// <summary>The UIDs that a key matches.</summary>
    internal static async ValueTask<(UidSet Uids, ModSeq Highest)> RunAsync(ImapSession session, SearchKey key)
    {
        var run = new SearchRun(session, EntryColumns.Flags);
        await run.PrepareAsync(key);
        // Sets alone need no row.
        if (key is AllKey or SetKey && run.Bound(key) is var bound)
            return (bound ?? MessageSets.Known(run.mailbox.Uids, UidSet.Range(1, uint.MaxValue)), default);
        var uids = new UidSet.Builder();
        var highest = default(ModSeq);
        await run.ScanAsync(
            key,
            run.Bound(key) ?? MessageSets.Known(run.mailbox.Uids, UidSet.Range(1, uint.MaxValue)),
            entry =>
            {
                uids.Add(entry.Uid.Value);
                highest = entry.ModSeq > highest ? entry.ModSeq : highest;
            });
        return (uids.Build(), highest);
    }

    private async ValueTask PrepareAsync(SearchKey key)
    {
        switch (key)
        {
            case TextKey text when FieldOf(text) is { } field && text.Text.Length > 0 && !words.ContainsKey(text):
                words[text] = await session.Store.Search.MatchAsync(mailbox.Account, field, text.Text, session.Closed);
                break;
            case SetKey set when !sets.ContainsKey(set):
                sets[set] = MessageSets.Resolve(mailbox, set.Set, set.Uid);
                break;
            case AndKey and:
                foreach (var inner in and.Keys)
                    await PrepareAsync(inner);
                break;
            case OrKey or:
                await PrepareAsync(or.Left);
                await PrepareAsync(or.Right);
                break;
            case NotKey not:
                await PrepareAsync(not.Key);
                break;
        }
    }

    // The set that all matches are in; null when the program names none.
    private UidSet? Bound(SearchKey key)
    {
        switch (key)
        {
            case SetKey set:
                return sets[set];
            case NothingKey:
                return UidSet.Empty;
            case AndKey and:
                UidSet? bound = null;
                foreach (var inner in and.Keys)
                {
                    if (Bound(inner) is { } other)
                        bound = bound?.Intersect(other) ?? other;
                }
                return bound;
            default:
                return null;
        }
    }

    private async ValueTask ScanAsync(SearchKey key, UidSet candidates, Action<Entry> found)
    {
        var columns = wantedColumns | ColumnsOf(key);
        foreach (var (first, last) in Commands.Fetch.Coalesce(mailbox.Uids, candidates))
        {
            for (var from = first; ;)
            {
                var entries = await session.Store.Messages.ReadAsync(session.Who, mailbox.Id, new(from), new(last), columns, Batch, session.Closed);
                foreach (var entry in entries)
                {
                    if (!candidates.Contains(entry.Uid.Value))
                        continue;
                    if (Decide(key, entry, null) ?? Decide(key, entry, await HeaderLines.ReadAsync(session, entry)) ?? false)
                        found(entry);
                }
                if (entries.Count == 0 || entries[^1].Uid.Value >= last)
                    break;
                from = entries[^1].Uid.Value + 1;
            }
        }
    }

    private static EntryColumns ColumnsOf(SearchKey key) => key switch
    {
        AndKey and => and.Keys.Aggregate(EntryColumns.Flags, (columns, inner) => columns | ColumnsOf(inner)),
        OrKey or => ColumnsOf(or.Left) | ColumnsOf(or.Right),
        NotKey not => ColumnsOf(not.Key),
        SizeKey or AgeKey => EntryColumns.Message,
        ObjectIdKey { Thread: true } => EntryColumns.Message,
        DateKey date => date.Date == SearchDate.Sent ? EntryColumns.Message | EntryColumns.Facts : EntryColumns.Message,
        TextKey text when FieldOf(text) is null => EntryColumns.Message | EntryColumns.Facts | (IsMessageId(text) ? 0 : EntryColumns.Head),
        _ => EntryColumns.Flags,
    };

    // Null: the header must be read to tell.
    private bool? Decide(SearchKey key, Entry entry, HeaderLines? header) => key switch
    {
        AllKey => true,
        NothingKey => false,
        FlagKey flag => entry.Flags.HasFlag((MessageFlags)flag.Flag) == flag.IsSet,
        KeywordKey keyword => HasKeyword(entry.Keywords, keyword.Keyword) == keyword.IsSet,
        SetKey set => sets[set].Contains(entry.Uid.Value),
        ModSeqKey modSeq => entry.ModSeq.Value >= modSeq.Least,
        SizeKey size => size.Larger ? entry.Size > size.Bytes : entry.Size < size.Bytes,
        AgeKey age => age.Older == (now - entry.Received >= TimeSpan.FromSeconds(age.Seconds)),
        ObjectIdKey id => id.Id == (id.Thread ? ObjectIds.OfThread(entry.ThreadId) : ObjectIds.Of(entry.MessageId)),
        DateKey date => OnSide(date, entry),
        TextKey text => DecideText(text, entry, header),
        NotKey not => !Decide(not.Key, entry, header),
        OrKey or => Or(Decide(or.Left, entry, header), or.Right, entry, header),
        AndKey and => All(and, entry, header),
        _ => false,
    };

    private bool? Or(bool? left, SearchKey right, Entry entry, HeaderLines? header) => left == true ? true : left | Decide(right, entry, header);

    private bool? All(AndKey and, Entry entry, HeaderLines? header)
    {
        bool? all = true;
        foreach (var key in and.Keys)
        {
            all &= Decide(key, entry, header);
            if (all == false)
                return false;
        }
        return all;
    }

    private bool? DecideText(TextKey text, Entry entry, HeaderLines? header)
    {
        if (words.TryGetValue(text, out var found))
            return found.Contains(entry.MessageId);
        if (FieldOf(text) is not null)
            return true;
        if (IsMessageId(text))
            return MessageFacts.Deserialize(entry.Facts).MessageId is { } id && $"<{id}>".Contains(text.Text, StringComparison.OrdinalIgnoreCase);
        return header?.Contains(text.Header, text.Text);
    }

    private static bool IsMessageId(TextKey text) => text.Header.Equals("Message-ID", StringComparison.OrdinalIgnoreCase);

    // Fields that the index has; a header field only where an empty text does not ask for its presence.
    private static TextField? FieldOf(TextKey text) => text.Field switch
    {
        SearchField.Body => TextField.Body,
        SearchField.Text => TextField.Text,
        SearchField.Subject => TextField.Subject,
        SearchField.From => TextField.From,
        SearchField.To => TextField.To,
        SearchField.Cc => TextField.Cc,
        SearchField.Bcc => TextField.Bcc,
        _ when text.Text.Length == 0 => null,
        _ => text.Header.ToUpperInvariant() switch
        {
            "SUBJECT" => TextField.Subject,
            "FROM" => TextField.From,
            "TO" => TextField.To,
            "CC" => TextField.Cc,
            "BCC" => TextField.Bcc,
            _ => null,
        },
    };

    private static bool HasKeyword(string spaced, string keyword)
    {
        if (spaced.Length == 0)
            return false;
        foreach (var range in spaced.AsSpan().Split(' '))
        {
            if (spaced.AsSpan(range).Equals(keyword, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool OnSide(DateKey key, Entry entry)
    {
        // RFC 9051 §6.4.4: the sent date is read without its zone; the others are days in Vietnam.
        DateOnly? day = key.Date switch
        {
            SearchDate.Internal => DateOnly.FromDateTime(entry.Received.ToOffset(FetchPlan.Zone).DateTime),
            SearchDate.Saved => DateOnly.FromDateTime(entry.Saved.ToOffset(FetchPlan.Zone).DateTime),
            _ => MessageFacts.Deserialize(entry.Facts).Date is { } sent ? DateOnly.FromDateTime(sent.DateTime) : null,
        };
        return day is { } date && key.Side switch { DateSide.Before => date < key.Day, DateSide.On => date == key.Day, _ => date >= key.Day };
    }
}
