namespace CongVu.Mail.Store;

/// <summary>What a mailbox is for (RFC 6154 §2); an account has at most one of each.</summary>
public enum MailboxRole
{
    /// <summary>An ordinary one.</summary>
    None,

    /// <summary>INBOX: where mail arrives.</summary>
    Inbox,

    /// <summary>\Drafts.</summary>
    Drafts,

    /// <summary>\Sent.</summary>
    Sent,

    /// <summary>\Junk.</summary>
    Junk,

    /// <summary>\Trash.</summary>
    Trash,

    /// <summary>\Archive.</summary>
    Archive,

    /// <summary>\Flagged.</summary>
    Flagged,

    /// <summary>\All.</summary>
    All,

    /// <summary>\Important (RFC 8457).</summary>
    Important,
}

/// <summary>A mailbox (folder) as it is at one moment.</summary>
/// <param name="Id">Its key; never reused, also its MAILBOXID (RFC 8474).</param>
/// <param name="Account">The account it belongs to.</param>
/// <param name="Path">Its name within the account, levels apart by '/'.</param>
/// <param name="Role">What it is for.</param>
/// <param name="UidValidity">RFC 9051 §2.3.1.1; from one counter of the installation.</param>
/// <param name="UidNext">The UID that the next message gets.</param>
/// <param name="MessageCount">Messages in it.</param>
/// <param name="UnseenCount">Those without \Seen.</param>
/// <param name="DeletedCount">Those with \Deleted.</param>
/// <param name="SizeBytes">The sum of their RFC822.SIZE.</param>
/// <param name="HighestModSeq">RFC 7162 §3.1.2.1.</param>
public sealed record Mailbox(
    MailboxId Id,
    AccountId Account,
    string Path,
    MailboxRole Role,
    uint UidValidity,
    Uid UidNext,
    long MessageCount,
    long UnseenCount,
    long DeletedCount,
    long SizeBytes,
    ModSeq HighestModSeq);

/// <summary>A mailbox as one principal meets it.</summary>
/// <param name="Name">Its own account's paths as they are; other accounts' as <c>Shared/address/path</c>.</param>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="Rights">What this principal may do in it.</param>
public sealed record VisibleMailbox(string Name, Mailbox Mailbox, MailboxRights Rights)
{
    internal ModSeq TombstoneFloor { get; init; }
}

/// <summary>How much an account holds and may hold (RFC 9208).</summary>
/// <param name="UsedBytes">Bytes of its messages, each counted once.</param>
/// <param name="LimitBytes">Bytes it may hold.</param>
/// <param name="MessageCount">Its messages.</param>
public readonly record struct Quota(long UsedBytes, long LimitBytes, long MessageCount);

/// <summary>What to do with the rights that an identifier has (RFC 4314 §3.1).</summary>
public enum AclChange
{
    /// <summary>These and no others.</summary>
    Replace,

    /// <summary>These as well.</summary>
    Add,

    /// <summary>Not these.</summary>
    Remove,
}
