namespace CongVu.Mail.Store.Database;

/// <summary>
/// Our fault, not the client's: the store cannot do the work now. Protocols answer with a temporary refusal
/// (SMTP 451/452, IMAP NO [UNAVAILABLE]); it must never bounce mail.
/// </summary>
public sealed class StoreException : Exception
{
    /// <summary>Wraps <paramref name="cause"/>; <paramref name="outOfSpace"/> when the disk is full.</summary>
    public StoreException(string message, Exception cause, bool outOfSpace = false) : base(message, cause) => OutOfSpace = outOfSpace;

    /// <summary>Something that must be there is not.</summary>
    public StoreException(string message) : base(message)
    {
    }

    /// <summary>The disk is full: SMTP says 452 instead of 451.</summary>
    public bool OutOfSpace { get; }
}
