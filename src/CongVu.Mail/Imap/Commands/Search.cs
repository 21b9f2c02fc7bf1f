using CongVu.Formats.Imap;

namespace CongVu.Mail.Imap.Commands;

/// <summary>SEARCH and UID SEARCH (RFC 9051 §6.4.4). What was delivered before the command came is found.</summary>
internal static class Search
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(SearchArguments.Read, out var arguments, out var bad))
            return bad;
        var mailbox = session.Selected!;
        var save = arguments.Return.HasFlag(SearchReturn.Save);
        if (!SearchArguments.IsSupported(arguments.Charset))
        {
            // RFC 5182 §2.1: a failed search empties the saved result.
            if (save)
                mailbox.SavedResult = UidSet.Empty;
            return ImapReply.BadCharset;
        }
        // The newest messages first become known, then they are searched.
        if (!await session.TellChangesAsync(tellExpunges: command.Uid, always: true))
            return ImapReply.End;
        var usesModSeq = UsesModSeq(arguments.Key);
        session.CondStore |= usesModSeq;

        var (uids, highest) = await SearchRun.RunAsync(session, arguments.Key);
        if (save)
            mailbox.SavedResult = Saved(arguments.Return, uids);
        List<uint> numbers = [.. (command.Uid ? uids : MessageSets.ToNumbers(mailbox.Uids, uids)).Numbers()];
        SearchReply.Write(session, command, "SEARCH", arguments.Return, arguments.Partial, numbers, usesModSeq ? highest : null);
        return ImapReply.Done;
    }

    // RFC 5182 §2.1: with MIN or MAX and no more, those are what is saved.
    private static UidSet Saved(SearchReturn what, UidSet uids)
    {
        if (uids.IsEmpty || (what & (SearchReturn.All | SearchReturn.Count | SearchReturn.Partial)) != 0 || (what & (SearchReturn.Min | SearchReturn.Max)) == 0)
            return uids;
        var min = what.HasFlag(SearchReturn.Min) ? UidSet.Range(uids.First, uids.First) : UidSet.Empty;
        return what.HasFlag(SearchReturn.Max) ? min.Union(UidSet.Range(uids.Last, uids.Last)) : min;
    }

    private static bool UsesModSeq(SearchKey key) => key switch
    {
        ModSeqKey => true,
        AndKey and => and.Keys.Any(UsesModSeq),
        OrKey or => UsesModSeq(or.Left) || UsesModSeq(or.Right),
        NotKey not => UsesModSeq(not.Key),
        _ => false,
    };
}
