namespace CongVu.Mail.Store;

/// <summary>How the flags and keywords of a message are to change, in all its copies.</summary>
/// <param name="Replace">The names given are all that it is to have; otherwise they are added or removed.</param>
/// <param name="Set">Flags to have.</param>
/// <param name="Clear">Flags not to have.</param>
/// <param name="SetKeywords">Keywords to have.</param>
/// <param name="ClearKeywords">Keywords not to have.</param>
public sealed record KeywordEdit(bool Replace, MessageFlags Set, MessageFlags Clear, IReadOnlyList<string> SetKeywords, IReadOnlyList<string> ClearKeywords);

/// <summary>In which mailboxes a message is to be.</summary>
/// <param name="Replace">Those in <paramref name="Add"/> are all that it is to be in.</param>
/// <param name="Add">To be in.</param>
/// <param name="Remove">Not to be in.</param>
public sealed record MailboxEdit(bool Replace, IReadOnlyList<MailboxId> Add, IReadOnlyList<MailboxId> Remove);

/// <summary>A change of one message: flags, mailboxes, or away with it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Keywords">Of its flags; null for none.</param>
/// <param name="Mailboxes">Of where it is; null for none.</param>
/// <param name="Destroy">Out of every mailbox; it stays restorable for the vault's term.</param>
public sealed record MessageChange(MessageId Id, KeywordEdit? Keywords = null, MailboxEdit? Mailboxes = null, bool Destroy = false);

/// <summary>Why a change of one message was not made.</summary>
public enum ChangeRefusal
{
    /// <summary>It was made.</summary>
    None,

    /// <summary>There is no such message.</summary>
    NotFound,

    /// <summary>Rights are missing.</summary>
    NoPermission,

    /// <summary>A mailbox does not exist.</summary>
    NoSuchMailbox,

    /// <summary>It would be in no mailbox.</summary>
    NoMailbox,

    /// <summary>Too many keywords.</summary>
    TooManyKeywords,
}

/// <summary>What became of changes, in the order given.</summary>
/// <param name="Before">The account's sequence before.</param>
/// <param name="After">And after.</param>
/// <param name="Results">One for each change.</param>
public sealed record ChangeResult(ModSeq Before, ModSeq After, IReadOnlyList<ChangeRefusal> Results);

/// <summary>A message made in an account.</summary>
/// <param name="Id">Its key.</param>
/// <param name="ThreadId">Its conversation.</param>
/// <param name="Size">Bytes, with the lines in front.</param>
/// <param name="Before">The account's sequence before.</param>
/// <param name="After">And after.</param>
public sealed record CreatedMessage(MessageId Id, long ThreadId, long Size, ModSeq Before, ModSeq After);
