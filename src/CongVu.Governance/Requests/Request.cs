using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Mail.Store;

namespace CongVu.Governance.Requests;

/// <summary>Key of a request.</summary>
public readonly record struct RequestId(long Value);

/// <summary>A request as it comes in.</summary>
public sealed record RequestToAdd
{
    /// <summary>Whose request it is; null while that is not known.</summary>
    public OrganizationId? Organization { get; init; }

    /// <summary>The organization that the document names, to be looked at where the sender is not known.</summary>
    public string ClaimedOrganization { get; init; } = "";

    /// <summary>What is asked for; null takes it from the rows.</summary>
    public RequestKind? Kind { get; init; }

    /// <summary>How it came.</summary>
    public required RequestChannel Channel { get; init; }

    /// <summary>Số, ký hiệu.</summary>
    public string Number { get; init; } = "";

    /// <summary>The document's day.</summary>
    public DateOnly? DocumentDate { get; init; }

    /// <summary>Who signed it.</summary>
    public string Signer { get; init; } = "";

    /// <summary>Who asks.</summary>
    public string Requester { get; init; } = "";

    /// <summary>That person's position.</summary>
    public string RequesterPosition { get; init; } = "";

    /// <summary>A telephone number.</summary>
    public string Phone { get; init; } = "";

    /// <summary>The address that it was sent from.</summary>
    public string Sender { get; init; } = "";

    /// <summary>The day on which it was received; null leaves it a draft.</summary>
    public DateOnly? ReceivedOn { get; init; }

    /// <summary>A reference that was reserved for it.</summary>
    internal string? Reference { get; init; }

    /// <summary>A remark of whoever enters it.</summary>
    public string Note { get; init; } = "";

    /// <summary>What was read of its form or list.</summary>
    public FormReading? Form { get; init; }
}

/// <summary>A request.</summary>
/// <param name="Id">Key.</param>
/// <param name="Reference">The number that people quote: YC-2026-000012.</param>
/// <param name="Kind">What is asked for.</param>
/// <param name="State">Where it is.</param>
/// <param name="Organization">Whose it is.</param>
/// <param name="OrganizationName">Its name; what the document names while it is not known.</param>
/// <param name="Channel">How it came first.</param>
/// <param name="Number">Số, ký hiệu.</param>
/// <param name="DocumentDate">The document's day.</param>
/// <param name="Signer">Who signed.</param>
/// <param name="Requester">Who asks.</param>
/// <param name="RequesterPosition">That person's position.</param>
/// <param name="Phone">A telephone number.</param>
/// <param name="Sender">The address that it was sent from.</param>
/// <param name="OwesDocument">Nợ văn bản: what came by telephone still wants its document.</param>
/// <param name="ReceivedOn">The earliest receipt.</param>
/// <param name="CompleteOn">From when the time limit runs: the receipt of what was complete.</param>
/// <param name="DueOn">The day at whose end it is due; null while no limit runs.</param>
/// <param name="DueIsProvisional">Dự kiến: days off on the way are not decided yet.</param>
/// <param name="Owner">Who works on it.</param>
/// <param name="Note">A remark.</param>
/// <param name="Rows">How many rows: waiting, done, refused.</param>
/// <param name="CreatedAt">When it was recorded.</param>
public sealed record Request(
    RequestId Id, string Reference, RequestKind Kind, RequestState State, OrganizationId? Organization, string OrganizationName, RequestChannel Channel, string Number, DateOnly? DocumentDate, string Signer, string Requester,
    string RequesterPosition, string Phone, string Sender, bool OwesDocument, DateOnly? ReceivedOn, DateOnly? CompleteOn, DateOnly? DueOn, bool DueIsProvisional, string? Owner, string Note, RowCounts Rows, DateTimeOffset CreatedAt);

/// <summary>Rows by how they stand.</summary>
public readonly record struct RowCounts(int Waiting, int Done, int Refused)
{
    /// <summary>All of them.</summary>
    public int All => Waiting + Done + Refused;
}

/// <summary>How a row stands.</summary>
public enum RowState
{
    /// <summary>Not yet.</summary>
    Waiting,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Refused with a reason.</summary>
    Refused,
}

/// <summary>A row of a request.</summary>
/// <param name="Id">Key.</param>
/// <param name="Position">Its place, from 1.</param>
/// <param name="Subject">Whose mailbox.</param>
/// <param name="Action">What is asked for; null while that is not clear.</param>
/// <param name="Cells">What the list says, made uniform.</param>
/// <param name="State">How it stands.</param>
/// <param name="Problem">Why it was refused.</param>
/// <param name="Address">The mailbox that it led to, or was about.</param>
/// <param name="Account">Its account.</param>
public sealed record RequestRow(long Id, int Position, FormSubject Subject, MailboxAction? Action, IReadOnlyDictionary<FormField, string> Cells, RowState State, Problem? Problem, string? Address, AccountId? Account)
{
    /// <summary>A cell, or empty.</summary>
    public string this[FormField field] => Cells.GetValueOrDefault(field, "");

    /// <summary>Whose mailbox, as people are called.</summary>
    public string Name => Subject == FormSubject.People ? this[FormField.PersonName] : this[FormField.OrganizationName];
}

/// <summary>What a file of a request is.</summary>
public enum RequestDocumentKind
{
    /// <summary>What the organization signed, its lists.</summary>
    Asked,

    /// <summary>What came later.</summary>
    Supplement,

    /// <summary>The answer as DOCX.</summary>
    Answer,

    /// <summary>The answer as PDF.</summary>
    AnswerPdf,
}

/// <summary>A file of a request.</summary>
public sealed record RequestDocument(long Id, RequestDocumentKind Kind, string Name, string MediaType, ContentId Content, long Size, DateTimeOffset CreatedAt);

/// <summary>Something that happened to a request.</summary>
public sealed record RequestEvent(DateTimeOffset At, string Actor, string What, RequestState State, string Note);

/// <summary>The written answer.</summary>
/// <param name="Number">Its number; null while it is a draft.</param>
/// <param name="SignedOn">Its day.</param>
/// <param name="SignerTitle">The signer's position.</param>
/// <param name="SignerName">The signer.</param>
/// <param name="Remarks">Sentences added by hand.</param>
/// <param name="IssuedAt">When it went out.</param>
/// <param name="SentTo">Where it went.</param>
public sealed record RequestAnswer(int? Number, DateOnly? SignedOn, string SignerTitle, string SignerName, string Remarks, DateTimeOffset? IssuedAt, string SentTo);

/// <summary>A request with everything that belongs to it.</summary>
public sealed record RequestFile(Request Request, IReadOnlyList<RequestRow> Rows, IReadOnlyList<CellProblem> Problems, IReadOnlyList<RequestDocument> Documents, IReadOnlyList<RequestEvent> Events, RequestAnswer? Answer);
