namespace CongVu.Formats.Imap;

/// <summary>What APPEND says of one message before its octets (RFC 9051 §6.3.12, RFC 6855 §4).</summary>
/// <param name="Flags">Its flags.</param>
/// <param name="Received">Its internal date; null for now.</param>
/// <param name="Utf8">It stands in "UTF8 (…)": a ")" follows its octets.</param>
/// <param name="Literal">How many octets follow, and how they were announced.</param>
public sealed record AppendMessage(FlagList Flags, DateTimeOffset? Received, bool Utf8, LiteralHeader Literal)
{
    /// <summary>Reads from the space before the first argument to the literal's announcement, where the text ends.</summary>
    public static AppendMessage Read(ref ImapReader reader)
    {
        reader.Space();
        var flags = FlagList.None;
        DateTimeOffset? received = null;
        if (reader.Next == '(')
        {
            flags = reader.FlagList();
            reader.Space();
        }
        if (reader.Next == '"')
        {
            received = reader.DateTime();
            reader.Space();
        }
        var utf8 = reader.TryWord("UTF8"u8);
        if (utf8)
        {
            reader.Space();
            reader.Expect((byte)'(');
        }
        var literal = reader.MessageLiteral();
        reader.End();
        return new(flags, received, utf8, literal);
    }
}

/// <summary>APPEND up to its first message.</summary>
/// <param name="Mailbox">Where to.</param>
/// <param name="First">The first message.</param>
public sealed record AppendArguments(string Mailbox, AppendMessage First)
{
    /// <summary>Reads the arguments.</summary>
    public static AppendArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = reader.Mailbox();
        return new(mailbox, AppendMessage.Read(ref reader));
    }
}

/// <summary>REPLACE up to its message (RFC 8508).</summary>
/// <param name="Number">The message number or UID to replace; "*" is <see cref="uint.MaxValue"/>.</param>
/// <param name="Mailbox">Where the new one goes.</param>
/// <param name="Message">The new one.</param>
public sealed record ReplaceArguments(uint Number, string Mailbox, AppendMessage Message)
{
    /// <summary>Reads the arguments.</summary>
    public static ReplaceArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var number = reader.Try((byte)'*') ? uint.MaxValue : reader.NzNumber("a message number");
        reader.Space();
        var mailbox = reader.Mailbox();
        return new(number, mailbox, AppendMessage.Read(ref reader));
    }
}
