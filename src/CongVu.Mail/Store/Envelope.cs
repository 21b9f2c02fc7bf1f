using CongVu.Mail.Delivery.Inspect;

namespace CongVu.Mail.Store;

/// <summary>When the sender wants to be told (RFC 3461 §4.1).</summary>
[Flags]
public enum DsnNotify
{
    /// <summary>Not said: on failure, and delay if we like.</summary>
    None = 0,

    /// <summary>NEVER.</summary>
    Never = 1,

    /// <summary>SUCCESS.</summary>
    Success = 2,

    /// <summary>FAILURE.</summary>
    Failure = 4,

    /// <summary>DELAY.</summary>
    Delay = 8,
}

/// <summary>What of the message a notification gives back (RFC 3461 §4.3).</summary>
public enum DsnReturn
{
    /// <summary>Not said.</summary>
    Unspecified,

    /// <summary>FULL.</summary>
    Full,

    /// <summary>HDRS.</summary>
    Headers,
}

/// <summary>What bytes a message is made of (RFC 6152, RFC 3030).</summary>
public enum BodyType
{
    /// <summary>7BIT.</summary>
    SevenBit,

    /// <summary>8BITMIME.</summary>
    EightBitMime,

    /// <summary>BINARYMIME.</summary>
    BinaryMime,
}

/// <summary>A recipient with an account here.</summary>
/// <param name="Account">The account.</param>
/// <param name="Address">The address it was sent to.</param>
/// <param name="OriginalRecipient">ORCPT as given, "type;address".</param>
/// <param name="Notify">NOTIFY.</param>
public sealed record LocalRecipient(AccountId Account, string Address, string? OriginalRecipient = null, DsnNotify Notify = DsnNotify.None);

/// <summary>A recipient on another server.</summary>
/// <param name="Address">The address.</param>
/// <param name="Domain">Its domain, normalized.</param>
/// <param name="OriginalRecipient">ORCPT as given.</param>
/// <param name="Notify">NOTIFY.</param>
public sealed record RemoteRecipient(string Address, string Domain, string? OriginalRecipient = null, DsnNotify Notify = DsnNotify.None);

/// <summary>Everything about a message that is not in its content.</summary>
public sealed record Envelope
{
    /// <summary>The reverse path; empty for the null path.</summary>
    public required string Sender { get; init; }

    /// <summary>Recipients here.</summary>
    public IReadOnlyList<LocalRecipient> Local { get; init; } = [];

    /// <summary>Recipients elsewhere.</summary>
    public IReadOnlyList<RemoteRecipient> Remote { get; init; } = [];

    /// <summary>ENVID as given (RFC 3461 §4.4).</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RET.</summary>
    public DsnReturn Return { get; init; }

    /// <summary>Addresses or headers need SMTPUTF8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; init; }

    /// <summary>BODY.</summary>
    public BodyType Body { get; init; }

    /// <summary>Not to be sent on before (RFC 4865).</summary>
    public DateTimeOffset? HoldUntil { get; init; }

    /// <summary>The account that submitted it; null for mail from outside.</summary>
    public AccountId? Submitter { get; init; }

    /// <summary>What a client submitted it as (RFC 8621 §7), to be kept with it; null where it came otherwise.</summary>
    public NewSubmission? Submission { get; init; }

    /// <summary>The server that it comes from; null for mail that was submitted.</summary>
    public MailPeer? Peer { get; init; }

    /// <summary>It goes to Junk, not to INBOX.</summary>
    public bool IsJunk { get; init; }

    /// <summary>The peer, for the trace.</summary>
    public string RemoteHost { get; init; } = "";
}

/// <summary>A message taken: durable when this is returned.</summary>
/// <param name="Content">Its content.</param>
/// <param name="QueueId">Its row in the outbound queue, when recipients elsewhere wait there.</param>
/// <param name="SubmissionId">The row of <see cref="Envelope.Submission"/>.</param>
public sealed record DeliveryReceipt(ContentId Content, long? QueueId, long? SubmissionId = null);
