using CongVu.Mail.Store;

namespace CongVu.Governance.Lifecycle;

/// <summary>Where a mailbox is in its life.</summary>
public enum LifeStep
{
    /// <summary>In use.</summary>
    InUse,

    /// <summary>Tạm khóa: mail arrives, nobody reads or sends (A8.1).</summary>
    Suspended,

    /// <summary>Chấm dứt: mail is refused with the new address, content can be restored for a time (A8.2).</summary>
    Closed,

    /// <summary>Xóa bỏ: only a record is left (A8.1).</summary>
    Removed,
}

/// <summary>Why a mailbox was suspended or closed.</summary>
public enum LifeReason
{
    /// <summary>No sign-in for three months (A8.1).</summary>
    Idle,

    /// <summary>A prohibited act (A8.1, A13).</summary>
    ProhibitedAct,

    /// <summary>At the organization's request, or for safety.</summary>
    Request,

    /// <summary>Nghỉ hưu (A8.2).</summary>
    Retirement,

    /// <summary>Thôi việc (A8.2).</summary>
    Resignation,

    /// <summary>Chuyển công tác (A8.2).</summary>
    Transfer,

    /// <summary>Qua đời.</summary>
    Death,

    /// <summary>The organization was merged or dissolved (A14.5).</summary>
    OrganizationEnded,
}

/// <summary>What keeps a mailbox from being suspended or removed.</summary>
public enum HoldKind
{
    /// <summary>A violation or an inspection: nothing of it may be lost.</summary>
    Legal,

    /// <summary>Maternity, study, secondment.</summary>
    Leave,
}

/// <summary>What the daily run proposes.</summary>
public enum BatchState
{
    /// <summary>It waits for the managing body.</summary>
    Proposed,

    /// <summary>Approved; it is carried out by the daily run.</summary>
    Approved,

    /// <summary>Not approved.</summary>
    Refused,

    /// <summary>Carried out.</summary>
    Done,
}

/// <summary>A mailbox's life.</summary>
/// <param name="Account">Which.</param>
/// <param name="Address">Its address.</param>
/// <param name="Name">Its holder.</param>
/// <param name="Step">Where it is.</param>
/// <param name="Reason">Why it is not in use.</param>
/// <param name="Since">Since when.</param>
/// <param name="LastUsed">The last day of use; the day of issue where there was none.</param>
/// <param name="NotifiedOn">The notice that removal counts from.</param>
/// <param name="Due">The last day to sign in, or to ask for a reopening, or to restore; null while nothing counts.</param>
/// <param name="ReopenAskedOn">A request to reopen it is open since then.</param>
/// <param name="ClosesOn">It will be closed on that day.</param>
/// <param name="MovedTo">The new address that it tells.</param>
/// <param name="IsHeld">A legal hold or a leave keeps it today.</param>
public sealed record MailboxLife(
    AccountId Account, string Address, string Name, LifeStep Step, LifeReason? Reason, DateOnly? Since, DateOnly LastUsed, DateOnly? NotifiedOn, DateOnly? Due, DateOnly? ReopenAskedOn, DateOnly? ClosesOn,
    string? MovedTo, bool IsHeld);

/// <summary>What happened to a mailbox.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Whose doing.</param>
/// <param name="What">What.</param>
/// <param name="Reason">Why.</param>
/// <param name="Document">The document it rests on.</param>
public sealed record LifeEvent(DateTimeOffset At, string Actor, string What, string Reason, string Document);

/// <summary>A file that shows a prohibited act.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Data">What is in it.</param>
public sealed record Evidence(string Name, ReadOnlyMemory<byte> Data)
{
    /// <summary>A file is no larger; longer proof is described.</summary>
    public const int MaxBytes = 20 << 20;

    /// <summary>Files of one act.</summary>
    public const int MaxFiles = 10;
}

/// <summary>A hold or a leave.</summary>
/// <param name="Id">Key.</param>
/// <param name="Account">Whose.</param>
/// <param name="Address">Its address.</param>
/// <param name="Kind">What.</param>
/// <param name="Reason">Why.</param>
/// <param name="Document">The document it rests on.</param>
/// <param name="From">Its first day.</param>
/// <param name="To">Its last day; null without end.</param>
public sealed record MailboxHold(long Id, AccountId Account, string Address, HoldKind Kind, string Reason, string Document, DateOnly From, DateOnly? To);

/// <summary>A proposal of the daily run.</summary>
/// <param name="Id">Key.</param>
/// <param name="Step">What is proposed: suspension or removal.</param>
/// <param name="State">How it stands.</param>
/// <param name="IsStopped">It is above the share of mailboxes that may be dealt with in one go: it is approved only by its number.</param>
/// <param name="Mailboxes">How many it is about.</param>
/// <param name="InUse">Mailboxes in use when it was proposed.</param>
/// <param name="ProposedOn">When.</param>
/// <param name="DecidedBy">Who approved or refused it.</param>
/// <param name="Note">Why.</param>
public sealed record LifecycleBatch(long Id, LifeStep Step, BatchState State, bool IsStopped, int Mailboxes, int InUse, DateOnly ProposedOn, string? DecidedBy, string Note);

/// <summary>A mailbox in a proposal.</summary>
/// <param name="Account">Which.</param>
/// <param name="Address">Its address.</param>
/// <param name="Name">Its holder.</param>
/// <param name="DueOn">The last day of its term.</param>
/// <param name="State">Waiting, done or dropped.</param>
/// <param name="Outcome">Why it was dropped.</param>
public sealed record LifecycleItem(AccountId Account, string Address, string Name, DateOnly DueOn, ItemState State, string Outcome);

/// <summary>How a mailbox of a proposal stands.</summary>
public enum ItemState
{
    /// <summary>Not yet.</summary>
    Waiting,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Left as it is: what it was proposed for does not hold any more.</summary>
    Dropped,
}

/// <summary>What is left of a removed mailbox (A8.1).</summary>
/// <param name="Account">Its key.</param>
/// <param name="Address">Its address, which stays reserved.</param>
/// <param name="Addresses">All of them.</param>
/// <param name="Name">Its holder.</param>
/// <param name="Kind">Whose it was.</param>
/// <param name="Reason">Why.</param>
/// <param name="NotifiedOn">The notice.</param>
/// <param name="ApprovedBy">Who approved it.</param>
/// <param name="RemovedOn">When.</param>
/// <param name="Mailboxes">Folders.</param>
/// <param name="Messages">Messages.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Digest">A hash over the hashes of its messages.</param>
/// <param name="BackupsUntil">From the day after on no backup holds it.</param>
/// <param name="IsErased">Its content is gone from store and search.</param>
public sealed record RemovalRecord(
    AccountId Account, string Address, string Addresses, string Name, AccountKind Kind, LifeReason Reason, DateOnly? NotifiedOn, string ApprovedBy, DateOnly RemovedOn, int Mailboxes, long Messages, long Bytes,
    string Digest, DateOnly BackupsUntil, bool IsErased);

/// <summary>A closing that an organization asks for (A8.2).</summary>
/// <param name="Account">Which mailbox.</param>
/// <param name="Reason">Retirement, resignation, transfer.</param>
/// <param name="Document">The decision's number.</param>
/// <param name="DecidedOn">The decision's date.</param>
/// <param name="EffectiveOn">From when it holds.</param>
/// <param name="AskedOn">When the organization asked.</param>
/// <param name="MovedTo">The holder's new address.</param>
public sealed record Closing(AccountId Account, LifeReason Reason, string Document, DateOnly DecidedOn, DateOnly EffectiveOn, DateOnly AskedOn, string? MovedTo);

/// <summary>What came of a closing.</summary>
/// <param name="ClosesOn">The day of it.</param>
/// <param name="IsClosed">Done already.</param>
/// <param name="IsLate">Asked for after the five days of A8.2.</param>
/// <param name="FinishBy">The operator's last day (A8.2).</param>
public sealed record ClosingResult(DateOnly ClosesOn, bool IsClosed, bool IsLate, DateOnly FinishBy);

/// <summary>What a daily run did.</summary>
/// <param name="Day">Of which day.</param>
/// <param name="IsWorkingDay">On days off only what has its own date is done.</param>
/// <param name="Warnings">Warnings sent.</param>
/// <param name="Proposed">Mailboxes newly proposed.</param>
/// <param name="Suspended">Mailboxes suspended.</param>
/// <param name="Removed">Mailboxes removed.</param>
/// <param name="Dropped">Proposed ones left as they are.</param>
/// <param name="Closed">Scheduled closings done.</param>
/// <param name="PasswordsExpired">Passwords that have expired.</param>
public readonly record struct DailyResult(DateOnly Day, bool IsWorkingDay, int Warnings, int Proposed, int Suspended, int Removed, int Dropped, int Closed, int PasswordsExpired);
