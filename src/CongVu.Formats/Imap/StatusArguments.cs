namespace CongVu.Formats.Imap;

/// <summary>What STATUS tells of a mailbox (RFC 9051 §6.3.11 and extensions).</summary>
[Flags]
public enum StatusItems
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>MESSAGES.</summary>
    Messages = 1,

    /// <summary>RECENT (RFC 3501): always 0.</summary>
    Recent = 2,

    /// <summary>UIDNEXT.</summary>
    UidNext = 4,

    /// <summary>UIDVALIDITY.</summary>
    UidValidity = 8,

    /// <summary>UNSEEN.</summary>
    Unseen = 16,

    /// <summary>DELETED.</summary>
    Deleted = 32,

    /// <summary>DELETED-STORAGE (RFC 9208).</summary>
    DeletedStorage = 64,

    /// <summary>SIZE (RFC 8438).</summary>
    Size = 128,

    /// <summary>HIGHESTMODSEQ (RFC 7162).</summary>
    HighestModSeq = 256,

    /// <summary>APPENDLIMIT (RFC 7889).</summary>
    AppendLimit = 512,

    /// <summary>MAILBOXID (RFC 8474).</summary>
    MailboxId = 1024,
}

/// <summary>STATUS (RFC 9051 §6.3.11).</summary>
/// <param name="Mailbox">Of which mailbox.</param>
/// <param name="Items">What.</param>
public sealed record StatusArguments(string Mailbox, StatusItems Items)
{
    /// <summary>Reads the arguments.</summary>
    public static StatusArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = reader.Mailbox();
        reader.Space();
        var items = ReadItems(ref reader);
        reader.End();
        return new(mailbox, items);
    }

    internal static StatusItems ReadItems(ref ImapReader reader)
    {
        reader.Expect((byte)'(');
        var items = StatusItems.None;
        do
        {
            items |= reader.Word("a status item") switch
            {
                "MESSAGES" => StatusItems.Messages,
                "RECENT" => StatusItems.Recent,
                "UIDNEXT" => StatusItems.UidNext,
                "UIDVALIDITY" => StatusItems.UidValidity,
                "UNSEEN" => StatusItems.Unseen,
                "DELETED" => StatusItems.Deleted,
                "DELETED-STORAGE" => StatusItems.DeletedStorage,
                "SIZE" => StatusItems.Size,
                "HIGHESTMODSEQ" => StatusItems.HighestModSeq,
                "APPENDLIMIT" => StatusItems.AppendLimit,
                "MAILBOXID" => StatusItems.MailboxId,
                _ => Unknown(ref reader),
            };
        }
        while (!reader.Failed && reader.Try((byte)' '));
        reader.Expect((byte)')');
        return items;
    }

    private static StatusItems Unknown(ref ImapReader reader)
    {
        reader.Fail("Unknown status item");
        return StatusItems.None;
    }
}
