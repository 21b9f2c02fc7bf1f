namespace CongVu.Formats.Imap;

/// <summary>Commands whose only argument is a mailbox: DELETE, SUBSCRIBE, UNSUBSCRIBE, GETACL, MYRIGHTS, GETQUOTAROOT.</summary>
public sealed record MailboxArguments(string Mailbox)
{
    /// <summary>Reads the argument.</summary>
    public static MailboxArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = reader.Mailbox();
        reader.End();
        return new(mailbox);
    }
}

/// <summary>CREATE (RFC 9051 §6.3.4, RFC 6154 §3).</summary>
/// <param name="Mailbox">Its name.</param>
/// <param name="Uses">Special uses asked for, with their backslash, as written.</param>
public sealed record CreateArguments(string Mailbox, IReadOnlyList<string> Uses)
{
    private const int MaxUses = 10;

    /// <summary>Reads the arguments.</summary>
    public static CreateArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = reader.Mailbox();
        var uses = new List<string>();
        if (reader.Try(" ("u8))
        {
            if (!reader.TryWord("USE"u8))
                reader.FailExpected("USE");
            reader.Space();
            reader.Expect((byte)'(');
            while (!reader.Failed && uses.Count < MaxUses && !reader.Try((byte)')'))
            {
                reader.Expect((byte)'\\');
                uses.Add("\\" + reader.Atom("a special use"));
                if (reader.Next != ')')
                    reader.Space();
            }
            reader.Expect((byte)')');
        }
        reader.End();
        return new(mailbox, uses);
    }
}

/// <summary>RENAME (RFC 9051 §6.3.6).</summary>
/// <param name="From">Its name.</param>
/// <param name="To">Its new name.</param>
public sealed record RenameArguments(string From, string To)
{
    /// <summary>Reads the arguments.</summary>
    public static RenameArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var from = reader.Mailbox();
        reader.Space();
        var to = reader.Mailbox();
        reader.End();
        return new(from, to);
    }
}
