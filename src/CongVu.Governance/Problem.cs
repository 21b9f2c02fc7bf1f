using CongVu.Mail.Store;

namespace CongVu.Governance;

/// <summary>Why something could not be done: the caller's affair; nothing has changed. Each has a text of the same name in both languages.</summary>
public enum ProblemKind
{
    /// <summary>No problem.</summary>
    None,

    /// <summary>It does not exist.</summary>
    NotFound,

    /// <summary>The caller may not do this here.</summary>
    NoPermission,

    /// <summary>A field is empty that must not be.</summary>
    Missing,

    /// <summary>A text is too long.</summary>
    TooLong,

    /// <summary>A name has no letter, or signs that no name has.</summary>
    InvalidName,

    /// <summary>A day that is no day, or not possible here.</summary>
    InvalidDate,

    /// <summary>A telephone number that is none.</summary>
    InvalidPhone,

    /// <summary>There is one already.</summary>
    AlreadyExists,

    /// <summary>The kind of organization is not known.</summary>
    UnknownKind,

    /// <summary>The organization above is not known.</summary>
    UnknownParent,

    /// <summary>More than one organization has this name: the path or the code is needed.</summary>
    AmbiguousName,

    /// <summary>An organization would stand below itself.</summary>
    Cycle,

    /// <summary>The tree would be deeper than any there is.</summary>
    TooDeep,

    /// <summary>The organization was merged or dissolved.</summary>
    Ended,

    /// <summary>The organization still has others or people below it.</summary>
    InUse,

    /// <summary>The only head, liaison or custodian: a successor is named first.</summary>
    SoleOfficer,

    /// <summary>An address cannot be made or given.</summary>
    Address,

    /// <summary>An address that somebody has or had.</summary>
    AddressTaken,

    /// <summary>The domain is none of this installation.</summary>
    UnknownDomain,

    /// <summary>A reason is to be recorded.</summary>
    NeedsReason,

    /// <summary>It is not in the state in which this can be done.</summary>
    WrongState,

    /// <summary>It is about so many that it must be confirmed by its number.</summary>
    NeedsConfirmation,

    /// <summary>A file cannot be read.</summary>
    UnreadableFile,

    /// <summary>More rows than one request may have.</summary>
    TooManyRows,

    /// <summary>The request lacks something that must be asked for first.</summary>
    Incomplete,

    /// <summary>The mailbox or body is not managed by the organization that asks.</summary>
    NotManaged,

    /// <summary>The list and the system name different people.</summary>
    OtherName,

    /// <summary>What is to be changed is not clear, or cannot be changed by a list.</summary>
    UnclearChange,

    /// <summary>More than the Regulation allows.</summary>
    AboveLimit,

    /// <summary>An organization's mailbox has no password; its custodians sign in with their own.</summary>
    NoPasswordOfItsOwn,

    /// <summary>The request was refused as a whole.</summary>
    Rejected,

    /// <summary>The answer is not signed yet.</summary>
    NotSigned,

    /// <summary>Nobody above can read an answer.</summary>
    NoRecipient,

    /// <summary>The engine refused.</summary>
    Refused,

    /// <summary>A file that cannot be read.</summary>
    File,

    /// <summary>A list without the columns that it must have.</summary>
    MissingColumns,

    /// <summary>The same stands in an earlier row.</summary>
    DuplicateRow,

    /// <summary>Probably somebody who is known already: the staff code tells.</summary>
    PossibleDuplicate,

    /// <summary>A person should look at it: the parts of a name were guessed.</summary>
    NeedsReview,
}

/// <summary>A problem and what it is about.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Values">What fills the places of its text.</param>
public sealed record Problem(ProblemKind Kind, params string[] Values)
{
    /// <summary>What the engine refused, about <paramref name="what"/>.</summary>
    public static Problem Of(Refusal refusal, string what) => refusal switch
    {
        Refusal.NotFound => new(ProblemKind.NotFound, what),
        Refusal.NoPermission => new(ProblemKind.NoPermission, what),
        Refusal.AlreadyExists => new(ProblemKind.AddressTaken, what),
        _ => new(ProblemKind.Refused, what, refusal.ToString()),
    };

    /// <summary>What is asked for is not there.</summary>
    public static Problem NotFound(string what) => new(ProblemKind.NotFound, what);
}

/// <summary>A value, or the problem for which there is none.</summary>
public readonly record struct Result<T>
{
    private readonly T? value;

    private Result(T? value, Problem? problem)
    {
        this.value = value;
        Problem = problem;
    }

    /// <summary>The problem; null when there is a value.</summary>
    public Problem? Problem { get; }

    /// <summary>There is a value.</summary>
    public bool Ok => Problem is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is a problem instead.</exception>
    public T Value => Ok ? value! : throw new InvalidOperationException($"There is no value: {Problem}.");

#pragma warning disable CA2225, CA1000 // The conversions are the way to make one.
    /// <summary>Done.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Not done.</summary>
    public static implicit operator Result<T>(Problem problem) => new(default, problem);
#pragma warning restore CA2225, CA1000
}

/// <summary>Ends a piece of work in a transaction, so that nothing of it is kept; caught where the transaction began.</summary>
internal sealed class ProblemException(Problem problem) : Exception(problem.Kind.ToString())
{
    public Problem Problem { get; } = problem;
}
