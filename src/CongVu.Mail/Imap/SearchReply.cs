using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>Writes what SEARCH and SORT found: plainly, or as ESEARCH (RFC 4731, RFC 5267, RFC 9394).</summary>
internal static class SearchReply
{
    /// <summary>Results in the order in which they are told.</summary>
    /// <param name="session">To whom.</param>
    /// <param name="command">For its tag.</param>
    /// <param name="name">SEARCH or SORT.</param>
    /// <param name="what">What to return.</param>
    /// <param name="partial">The slice of PARTIAL.</param>
    /// <param name="numbers">Message numbers or UIDs.</param>
    /// <param name="highest">The highest sequence among them, where the program asked for sequences.</param>
    internal static void Write(ImapSession session, ImapCommand command, string name, SearchReturn what, PartialRange? partial, IReadOnlyList<uint> numbers, ModSeq? highest)
    {
        // RFC 9051 §6.4.4: with it, SEARCH is answered by ESEARCH always.
        if (what == SearchReturn.Plain && session.Rev2 && name == "SEARCH")
            what = SearchReturn.Extended | SearchReturn.All;
        if (what == SearchReturn.Plain)
            WritePlain(session, name, numbers, highest);
        // RFC 5182 §2.1: SAVE alone is answered by nothing.
        else if ((what & ~SearchReturn.Extended) != SearchReturn.Save)
            WriteExtended(session, command, name == "SORT", what, partial, numbers, highest);
    }

    private static void WritePlain(ImapSession session, string name, IReadOnlyList<uint> numbers, ModSeq? highest)
    {
        var writer = session.Writer();
        writer.Raw("* "u8);
        writer.Ascii(name);
        foreach (var number in numbers)
        {
            writer.Space();
            writer.Number(number);
        }
        if (highest is { } modSeq && numbers.Count > 0)
        {
            writer.Raw(" (MODSEQ "u8);
            writer.Number(modSeq.Value);
            writer.Octet((byte)')');
        }
        writer.Crlf();
        writer.Commit();
    }

    private static void WriteExtended(ImapSession session, ImapCommand command, bool inOrder, SearchReturn what, PartialRange? partial, IReadOnlyList<uint> numbers, ModSeq? highest)
    {
        var writer = session.Writer();
        writer.Raw("* ESEARCH (TAG "u8);
        writer.String(command.Head.Tag);
        writer.Octet((byte)')');
        if (command.Uid)
            writer.Raw(" UID"u8);
        if (what.HasFlag(SearchReturn.Min) && numbers.Count > 0)
        {
            writer.Raw(" MIN "u8);
            writer.Number(numbers[0]);
        }
        if (what.HasFlag(SearchReturn.Max) && numbers.Count > 0)
        {
            writer.Raw(" MAX "u8);
            writer.Number(numbers[^1]);
        }
        if (what.HasFlag(SearchReturn.Count))
        {
            writer.Raw(" COUNT "u8);
            writer.Number(numbers.Count);
        }
        if (what.HasFlag(SearchReturn.All) && numbers.Count > 0)
        {
            writer.Raw(" ALL "u8);
            WriteNumbers(ref writer, numbers, 0, numbers.Count, inOrder);
        }
        if (partial is { } range)
        {
            writer.Raw(" PARTIAL ("u8);
            writer.Number(range.First);
            writer.Octet((byte)':');
            writer.Number(range.Last);
            writer.Space();
            var (start, length) = range.Of(numbers.Count);
            if (length == 0)
                writer.Nil();
            else
                WriteNumbers(ref writer, numbers, (int)start, (int)length, inOrder);
            writer.Octet((byte)')');
        }
        if (highest is { } modSeq && numbers.Count > 0)
        {
            writer.Raw(" MODSEQ "u8);
            writer.Number(modSeq.Value);
        }
        writer.Crlf();
        writer.Commit();
    }

    private static void WriteNumbers(ref ImapWriter writer, IReadOnlyList<uint> numbers, int start, int count, bool inOrder)
    {
        if (!inOrder)
        {
            var set = new UidSet.Builder();
            for (var i = start; i < start + count; i++)
                set.Add(numbers[i]);
            writer.Set(set.Build());
            return;
        }
        for (var i = start; i < start + count; i++)
        {
            if (i > start)
                writer.Octet((byte)',');
            writer.Number(numbers[i]);
        }
    }
}
