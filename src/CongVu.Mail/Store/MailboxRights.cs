namespace CongVu.Mail.Store;

/// <summary>What a principal may do in a mailbox (RFC 4314 §2.1).</summary>
[Flags]
public enum MailboxRights
{
    /// <summary>Nothing; not even know that it exists.</summary>
    None = 0,

    /// <summary>l: see it in lists.</summary>
    Lookup = 1,

    /// <summary>r: open it and read.</summary>
    Read = 2,

    /// <summary>s: keep \Seen.</summary>
    Seen = 4,

    /// <summary>w: set flags other than \Seen and \Deleted.</summary>
    Write = 8,

    /// <summary>i: put messages in.</summary>
    Insert = 16,

    /// <summary>p: send to its submission address; kept, grants nothing here.</summary>
    Post = 32,

    /// <summary>k: make mailboxes below it.</summary>
    Create = 64,

    /// <summary>x: delete or rename it.</summary>
    Delete = 128,

    /// <summary>t: set \Deleted.</summary>
    DeleteMessages = 256,

    /// <summary>e: expunge.</summary>
    Expunge = 512,

    /// <summary>a: change these rights.</summary>
    Administer = 1024,

    /// <summary>Everything.</summary>
    All = 2047,
}
