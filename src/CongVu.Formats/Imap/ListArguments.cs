namespace CongVu.Formats.Imap;

/// <summary>Which mailboxes LIST selects (RFC 5258 §3.1, RFC 6154 §5).</summary>
[Flags]
public enum ListSelection
{
    /// <summary>Those that exist.</summary>
    None = 0,

    /// <summary>SUBSCRIBED.</summary>
    Subscribed = 1,

    /// <summary>REMOTE: there are none.</summary>
    Remote = 2,

    /// <summary>RECURSIVEMATCH: also those with selected ones below.</summary>
    RecursiveMatch = 4,

    /// <summary>SPECIAL-USE: those with a role.</summary>
    SpecialUse = 8,
}

/// <summary>What LIST returns of each (RFC 5258 §3.2, RFC 5819, RFC 8440).</summary>
[Flags]
public enum ListReturn
{
    /// <summary>Name and attributes.</summary>
    None = 0,

    /// <summary>SUBSCRIBED.</summary>
    Subscribed = 1,

    /// <summary>CHILDREN.</summary>
    Children = 2,

    /// <summary>SPECIAL-USE.</summary>
    SpecialUse = 4,

    /// <summary>STATUS.</summary>
    Status = 8,

    /// <summary>MYRIGHTS.</summary>
    MyRights = 16,
}

/// <summary>LIST and LSUB (RFC 9051 §6.3.9, RFC 5258).</summary>
/// <param name="Selection">Which.</param>
/// <param name="Reference">In front of each pattern.</param>
/// <param name="Patterns">What their names look like.</param>
/// <param name="Return">What of each.</param>
/// <param name="Status">Items of STATUS.</param>
/// <param name="Extended">Options or several patterns were given.</param>
public sealed record ListArguments(ListSelection Selection, string Reference, IReadOnlyList<string> Patterns, ListReturn Return, StatusItems Status, bool Extended)
{
    private const int MaxPatterns = 100;

    /// <summary>Reads the arguments.</summary>
    public static ListArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var extended = false;
        var selection = ListSelection.None;
        if (reader.Try((byte)'('))
        {
            extended = true;
            selection = Selections(ref reader);
            reader.Space();
        }
        var reference = reader.Mailbox();
        reader.Space();
        var patterns = new List<string>();
        if (reader.Try((byte)'('))
        {
            extended = true;
            do
                patterns.Add(reader.MailboxPattern());
            while (!reader.Failed && patterns.Count < MaxPatterns && reader.Try((byte)' '));
            reader.Expect((byte)')');
        }
        else
        {
            patterns.Add(reader.MailboxPattern());
        }
        var (what, status) = (ListReturn.None, StatusItems.None);
        if (reader.Try(" "u8) && !reader.AtEnd)
        {
            extended = true;
            if (!reader.TryWord("RETURN"u8))
                reader.FailExpected("RETURN");
            reader.Space();
            (what, status) = Returns(ref reader);
        }
        reader.End();
        return new(selection, reference, patterns, what, status, extended);
    }

    private static ListSelection Selections(ref ImapReader reader)
    {
        var selection = ListSelection.None;
        while (!reader.Failed && !reader.Try((byte)')'))
        {
            switch (reader.Word("a selection option"))
            {
                case "SUBSCRIBED": selection |= ListSelection.Subscribed; break;
                case "REMOTE": selection |= ListSelection.Remote; break;
                case "RECURSIVEMATCH": selection |= ListSelection.RecursiveMatch; break;
                case "SPECIAL-USE": selection |= ListSelection.SpecialUse; break;
                case var other: reader.Fail($"Unknown selection option {other}"); break;
            }
            if (reader.Next != ')')
                reader.Space();
        }
        // RFC 5258 §3.1: it extends another selection.
        if (selection.HasFlag(ListSelection.RecursiveMatch) && (selection & ~(ListSelection.RecursiveMatch | ListSelection.Remote)) == 0)
            reader.Fail("RECURSIVEMATCH needs another selection option");
        return selection;
    }

    private static (ListReturn Return, StatusItems Status) Returns(ref ImapReader reader)
    {
        var (what, status) = (ListReturn.None, StatusItems.None);
        reader.Expect((byte)'(');
        while (!reader.Failed && !reader.Try((byte)')'))
        {
            switch (reader.Word("a return option"))
            {
                case "SUBSCRIBED": what |= ListReturn.Subscribed; break;
                case "CHILDREN": what |= ListReturn.Children; break;
                case "SPECIAL-USE": what |= ListReturn.SpecialUse; break;
                case "MYRIGHTS": what |= ListReturn.MyRights; break;
                case "STATUS":
                    what |= ListReturn.Status;
                    reader.Space();
                    status |= StatusArguments.ReadItems(ref reader);
                    break;
                case var other: reader.Fail($"Unknown return option {other}"); break;
            }
            if (reader.Next != ')')
                reader.Space();
        }
        return (what, status);
    }
}
