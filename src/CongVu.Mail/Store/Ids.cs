namespace CongVu.Mail.Store;

/// <summary>Key of a principal: somebody who signs in.</summary>
public readonly record struct PrincipalId(long Value);

/// <summary>Key of an account: a person's or an organization's mailbox (A2.3-4).</summary>
public readonly record struct AccountId(long Value);

/// <summary>Key of a mailbox (folder); also its MAILBOXID (RFC 8474 §4).</summary>
public readonly record struct MailboxId(long Value);

/// <summary>Key of a message in an account; also its EMAILID (RFC 8474 §5.1).</summary>
public readonly record struct MessageId(long Value);

/// <summary>Key of a content: bytes that any number of messages share. Never reused.</summary>
public readonly record struct ContentId(long Value);

/// <summary>Unique identifier of a message in a mailbox (RFC 9051 §2.3.1.1), 1 to 2^32-1.</summary>
public readonly record struct Uid(uint Value) : IComparable<Uid>
{
    /// <inheritdoc/>
    public int CompareTo(Uid other) => Value.CompareTo(other.Value);

    /// <summary>Before.</summary>
    public static bool operator <(Uid left, Uid right) => left.Value < right.Value;

    /// <summary>After.</summary>
    public static bool operator >(Uid left, Uid right) => left.Value > right.Value;

    /// <summary>Not after.</summary>
    public static bool operator <=(Uid left, Uid right) => left.Value <= right.Value;

    /// <summary>Not before.</summary>
    public static bool operator >=(Uid left, Uid right) => left.Value >= right.Value;
}

/// <summary>Modification sequence of an account (RFC 7162 §3.1): grows with every change, 1 when new.</summary>
public readonly record struct ModSeq(long Value) : IComparable<ModSeq>
{
    /// <inheritdoc/>
    public int CompareTo(ModSeq other) => Value.CompareTo(other.Value);

    /// <summary>Before.</summary>
    public static bool operator <(ModSeq left, ModSeq right) => left.Value < right.Value;

    /// <summary>After.</summary>
    public static bool operator >(ModSeq left, ModSeq right) => left.Value > right.Value;

    /// <summary>Not after.</summary>
    public static bool operator <=(ModSeq left, ModSeq right) => left.Value <= right.Value;

    /// <summary>Not before.</summary>
    public static bool operator >=(ModSeq left, ModSeq right) => left.Value >= right.Value;
}
