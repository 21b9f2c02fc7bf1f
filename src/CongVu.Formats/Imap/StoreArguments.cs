namespace CongVu.Formats.Imap;

/// <summary>How STORE changes flags.</summary>
public enum StoreMode
{
    /// <summary>FLAGS.</summary>
    Replace,

    /// <summary>+FLAGS.</summary>
    Add,

    /// <summary>-FLAGS.</summary>
    Remove,
}

/// <summary>STORE and UID STORE (RFC 9051 §6.4.6).</summary>
/// <param name="Set">Which messages.</param>
/// <param name="UnchangedSince">Only those not changed after it (RFC 7162 §3.1.3).</param>
/// <param name="Mode">How.</param>
/// <param name="Silent">Without telling the new flags.</param>
/// <param name="Flags">Which flags.</param>
public sealed record StoreArguments(SequenceSet Set, long? UnchangedSince, StoreMode Mode, bool Silent, FlagList Flags)
{
    /// <summary>Reads the arguments.</summary>
    public static StoreArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var set = reader.SequenceSet();
        reader.Space();
        long? unchangedSince = null;
        if (reader.Try((byte)'('))
        {
            if (!reader.TryWord("UNCHANGEDSINCE"u8))
                reader.FailExpected("UNCHANGEDSINCE");
            reader.Space();
            unchangedSince = reader.Number64("a modification sequence");
            reader.Expect((byte)')');
            reader.Space();
        }
        var mode = reader.Try((byte)'+') ? StoreMode.Add : reader.Try((byte)'-') ? StoreMode.Remove : StoreMode.Replace;
        var item = reader.Word("FLAGS");
        if (item is not ("FLAGS" or "FLAGS.SILENT"))
            reader.FailExpected("FLAGS");
        reader.Space();
        var flags = reader.Next == '(' ? reader.FlagList() : reader.Flags();
        reader.End();
        return new(set, unchangedSince, mode, item == "FLAGS.SILENT", flags);
    }
}

/// <summary>COPY and MOVE (RFC 9051 §6.4.7-8).</summary>
/// <param name="Set">Which messages.</param>
/// <param name="Mailbox">Where to.</param>
public sealed record CopyArguments(SequenceSet Set, string Mailbox)
{
    /// <summary>Reads the arguments.</summary>
    public static CopyArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var set = reader.SequenceSet();
        reader.Space();
        var mailbox = reader.Mailbox();
        reader.End();
        return new(set, mailbox);
    }
}
