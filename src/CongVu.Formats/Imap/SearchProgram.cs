namespace CongVu.Formats.Imap;

/// <summary>Reads search keys. Nesting and number of keys are bounded.</summary>
internal static class SearchProgram
{
    private const int MaxDepth = 50;
    private const int MaxKeys = 2_000;

    /// <summary>Texts cost most: each may have to be looked for in every message.</summary>
    private const int MaxTexts = 100;

    internal struct Budget
    {
        internal int Depth;
        internal int Keys;
        internal int Texts;
    }

    /// <summary>Keys up to the end of the command.</summary>
    internal static SearchKey ReadAll(ref ImapReader reader)
    {
        var budget = default(Budget);
        var keys = ReadList(ref reader, ref budget);
        reader.End();
        return keys;
    }

    private static SearchKey ReadList(ref ImapReader reader, ref Budget budget)
    {
        var first = ReadOne(ref reader, ref budget);
        if (reader.Next != ' ')
            return first;
        var keys = new List<SearchKey> { first };
        // A last space ends the list, it does not begin a key.
        while (!reader.Failed && reader.Try((byte)' ') && !reader.AtEnd)
            keys.Add(ReadOne(ref reader, ref budget));
        return new AndKey(keys);
    }

    private static SearchKey ReadOne(ref ImapReader reader, ref Budget budget)
    {
        if (++budget.Keys > MaxKeys)
            reader.Fail("Too many search keys");
        if (budget.Depth >= MaxDepth)
            reader.Fail("Search keys are nested too deeply");
        if (reader.Failed)
            return new NothingKey();
        budget.Depth++;
        var key = ReadKey(ref reader, ref budget);
        budget.Depth--;
        return key;
    }

    private static SearchKey ReadKey(ref ImapReader reader, ref Budget budget)
    {
        if (reader.Try((byte)'('))
        {
            var inner = ReadList(ref reader, ref budget);
            reader.Expect((byte)')');
            return inner;
        }
        if (char.IsAsciiDigit((char)reader.Next) || reader.Next is (byte)'*' or (byte)'$')
            return new SetKey(reader.SequenceSet(), Uid: false);
        var name = reader.Word("a search key");
        switch (name)
        {
            case "NOT":
                reader.Space();
                return new NotKey(ReadOne(ref reader, ref budget));
            case "OR":
                reader.Space();
                var left = ReadOne(ref reader, ref budget);
                reader.Space();
                return new OrKey(left, ReadOne(ref reader, ref budget));
            default:
                return ReadFlag(name) ?? ReadText(ref reader, name, ref budget) ?? ReadDate(ref reader, name) ?? ReadOther(ref reader, name);
        }
    }

    private static SearchKey? ReadFlag(string name) => name switch
    {
        "ALL" or "OLD" => new AllKey(),
        "RECENT" or "NEW" => new NothingKey(),
        "ANSWERED" => new FlagKey(ImapFlags.Answered, true),
        "DELETED" => new FlagKey(ImapFlags.Deleted, true),
        "DRAFT" => new FlagKey(ImapFlags.Draft, true),
        "FLAGGED" => new FlagKey(ImapFlags.Flagged, true),
        "SEEN" => new FlagKey(ImapFlags.Seen, true),
        "UNANSWERED" => new FlagKey(ImapFlags.Answered, false),
        "UNDELETED" => new FlagKey(ImapFlags.Deleted, false),
        "UNDRAFT" => new FlagKey(ImapFlags.Draft, false),
        "UNFLAGGED" => new FlagKey(ImapFlags.Flagged, false),
        "UNSEEN" => new FlagKey(ImapFlags.Seen, false),
        // RFC 8514 §4.3: every mailbox keeps it.
        "SAVEDATESUPPORTED" => new AllKey(),
        _ => null,
    };

    private static TextKey? ReadText(ref ImapReader reader, string name, ref Budget budget)
    {
        SearchField? field = name switch
        {
            "BODY" => SearchField.Body,
            "TEXT" => SearchField.Text,
            "SUBJECT" => SearchField.Subject,
            "FROM" => SearchField.From,
            "TO" => SearchField.To,
            "CC" => SearchField.Cc,
            "BCC" => SearchField.Bcc,
            "HEADER" => SearchField.Header,
            _ => null,
        };
        if (field is null)
            return null;
        if (++budget.Texts > MaxTexts)
            reader.Fail("Too many texts to search for");
        reader.Space();
        var header = "";
        if (field == SearchField.Header)
        {
            header = reader.AString("a header field name");
            reader.Space();
        }
        return new TextKey(field.Value, reader.AString("a text to search for"), header);
    }

    private static DateKey? ReadDate(ref ImapReader reader, string name)
    {
        (SearchDate Date, DateSide Side)? which = name switch
        {
            "BEFORE" => (SearchDate.Internal, DateSide.Before),
            "ON" => (SearchDate.Internal, DateSide.On),
            "SINCE" => (SearchDate.Internal, DateSide.Since),
            "SENTBEFORE" => (SearchDate.Sent, DateSide.Before),
            "SENTON" => (SearchDate.Sent, DateSide.On),
            "SENTSINCE" => (SearchDate.Sent, DateSide.Since),
            "SAVEDBEFORE" => (SearchDate.Saved, DateSide.Before),
            "SAVEDON" => (SearchDate.Saved, DateSide.On),
            "SAVEDSINCE" => (SearchDate.Saved, DateSide.Since),
            _ => null,
        };
        if (which is null)
            return null;
        reader.Space();
        return new(which.Value.Date, which.Value.Side, reader.Date());
    }

    private static SearchKey ReadOther(ref ImapReader reader, string name)
    {
        switch (name)
        {
            case "UID":
                reader.Space();
                return new SetKey(reader.SequenceSet(), Uid: true);
            case "KEYWORD" or "UNKEYWORD":
                reader.Space();
                return new KeywordKey(reader.Atom("a keyword"), name == "KEYWORD");
            case "LARGER" or "SMALLER":
                reader.Space();
                return new SizeKey(name == "LARGER", reader.Number64("a size"));
            case "OLDER" or "YOUNGER":
                reader.Space();
                return new AgeKey(name == "OLDER", reader.NzNumber("an interval"));
            case "EMAILID" or "THREADID":
                reader.Space();
                return new ObjectIdKey(name == "THREADID", reader.AString("an object id"));
            case "MODSEQ":
                reader.Space();
                // RFC 7162 §3.1.5: which flag's sequence is meant; all have the message's.
                if (reader.Next == '"')
                {
                    reader.String("a metadata entry");
                    reader.Space();
                    if (reader.Word("an entry type") is not ("PRIV" or "SHARED" or "ALL"))
                        reader.FailExpected("priv, shared or all");
                    reader.Space();
                }
                return new ModSeqKey(reader.Number64("a modification sequence"));
            default:
                reader.Fail($"Unknown search key {name}");
                return new NothingKey();
        }
    }
}
