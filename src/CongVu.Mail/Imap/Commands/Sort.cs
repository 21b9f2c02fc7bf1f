using CongVu.Formats.Imap;
using CongVu.Formats.Mime;
using CongVu.Formats.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>SORT and UID SORT (RFC 5256), with DISPLAY keys (RFC 5957) and ESORT (RFC 5267).</summary>
internal static class Sort
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(SortArguments.Read, out var arguments, out var bad))
            return bad;
        if (!SearchArguments.IsSupported(arguments.Charset))
            return ImapReply.BadCharset;
        if (!await session.TellChangesAsync(tellExpunges: command.Uid, always: true))
            return ImapReply.End;

        var mailbox = session.Selected!;
        var rows = new List<Row>();
        var columns = arguments.Criteria.All(c => c.Key is SortKey.Arrival or SortKey.Size) ? EntryColumns.Message : EntryColumns.Message | EntryColumns.Facts;
        await SearchRun.RunAsync(session, arguments.Key, columns, entry => rows.Add(new(entry.Uid.Value, KeysOf(entry, arguments.Criteria))));
        rows.Sort((a, b) => Compare(a, b, arguments.Criteria));

        List<uint> sorted = rows.ConvertAll(row => command.Uid ? row.Uid : (uint)mailbox.Uids.SequenceOf(new(row.Uid)));
        if (arguments.Return.HasFlag(SearchReturn.Save))
            mailbox.SavedResult = UidSet.OfAscending(rows.Select(row => row.Uid).Order());
        SearchReply.Write(session, command, "SORT", arguments.Return, arguments.Partial, sorted, highest: null);
        return ImapReply.Done;
    }

    private readonly record struct Value(long Number, string Text);

    private readonly record struct Row(uint Uid, Value[] Keys);

    private static Value[] KeysOf(Entry entry, IReadOnlyList<SortCriterion> criteria)
    {
        var facts = entry.Facts.IsEmpty ? null : MessageFacts.Deserialize(entry.Facts);
        var keys = new Value[criteria.Count];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = criteria[i].Key switch
            {
                SortKey.Arrival => new(entry.Received.UtcTicks, ""),
                SortKey.Size => new(entry.Size, ""),
                SortKey.Date => new((facts!.Date ?? entry.Received).UtcTicks, ""),
                SortKey.Subject => new(0, facts!.BaseSubject),
                SortKey.From => new(0, facts!.SortMailboxes.From),
                SortKey.To => new(0, facts!.SortMailboxes.To),
                SortKey.Cc => new(0, facts!.SortMailboxes.Cc),
                SortKey.DisplayFrom => new(0, VietnameseFolding.Fold(facts!.SortDisplay.From)),
                _ => new(0, VietnameseFolding.Fold(facts!.SortDisplay.To)),
            };
        }
        return keys;
    }

    // RFC 5256 §3: equal messages stay in mailbox order.
    private static int Compare(Row a, Row b, IReadOnlyList<SortCriterion> criteria)
    {
        for (var i = 0; i < criteria.Count; i++)
        {
            var order = a.Keys[i].Number.CompareTo(b.Keys[i].Number);
            if (order == 0)
                order = string.CompareOrdinal(a.Keys[i].Text, b.Keys[i].Text);
            if (order != 0)
                return criteria[i].Reverse ? -order : order;
        }
        return a.Uid.CompareTo(b.Uid);
    }
}
