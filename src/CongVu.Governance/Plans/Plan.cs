namespace CongVu.Governance.Plans;

/// <summary>What a plan is for.</summary>
public enum PlanKind
{
    /// <summary>Organizations become others (giải thể, sáp nhập, đổi tên; A14.5).</summary>
    Merger,

    /// <summary>Addresses follow another profile: other rules, another domain.</summary>
    Profile,
}

/// <summary>How far a plan is.</summary>
public enum PlanState
{
    /// <summary>Can be looked at, applied or undone.</summary>
    Planned,

    /// <summary>Done, for good.</summary>
    Applied,

    /// <summary>Taken back before it was done.</summary>
    Undone,
}

/// <summary>One row of a merger.</summary>
/// <param name="From">The organization that ends, as <c>#key</c>.</param>
/// <param name="Into">The name of what it becomes; empty dissolves it with all below it.</param>
/// <param name="Parent">The body above the new one, as <c>#key</c>; null is the parent of the organization that ends.</param>
/// <param name="Code">The new one's code.</param>
/// <param name="Kind">The new one's kind; null is that of the organization that ends.</param>
/// <param name="Abbreviation">The new one's abbreviation, where the rule's result is not wanted.</param>
public sealed record MergerRow(string From, string Into, string? Parent = null, string? Code = null, string? Kind = null, string? Abbreviation = null);

/// <summary>What a merger's plan is made of.</summary>
/// <param name="Profile">The profile that addresses follow from then on; null leaves it.</param>
/// <param name="Rows">Row by row.</param>
internal sealed record Merger(string? Profile, IReadOnlyList<MergerRow> Rows);

/// <summary>A plan.</summary>
/// <param name="Id">Key.</param>
/// <param name="Kind">For what.</param>
/// <param name="Title">What it is called.</param>
/// <param name="State">How far.</param>
/// <param name="CreatedBy">Who planned it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="DecidedBy">Who applied or undid it.</param>
/// <param name="DecidedAt">When.</param>
public sealed record Plan(long Id, PlanKind Kind, string Title, PlanState State, string CreatedBy, DateTimeOffset CreatedAt, string? DecidedBy, DateTimeOffset? DecidedAt);

/// <summary>What one line of a preview is about.</summary>
public enum PlanStep
{
    /// <summary>An organization that is made.</summary>
    Create,

    /// <summary>An organization that changes its name or place.</summary>
    Change,

    /// <summary>An address that is given; the one before goes on leading to the mailbox.</summary>
    Address,

    /// <summary>A person who is posted elsewhere.</summary>
    Person,

    /// <summary>A duty that is passed on.</summary>
    Duty,

    /// <summary>A mailbox that its successor reads from now on.</summary>
    Mailbox,

    /// <summary>An organization that ends.</summary>
    End,
}

/// <summary>One line of a preview.</summary>
/// <param name="Step">What.</param>
/// <param name="Subject">Of whom.</param>
/// <param name="Before">What it is.</param>
/// <param name="After">What it becomes.</param>
/// <param name="Problem">Why it cannot be; with any, a plan is not applied.</param>
public sealed record PlanLine(PlanStep Step, string Subject, string Before, string After, Problem? Problem = null);

/// <summary>A plan and everything that applying it now would do.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Lines">Line by line.</param>
public sealed record PlanPreview(Plan Plan, IReadOnlyList<PlanLine> Lines)
{
    /// <summary>Lines that cannot be.</summary>
    public int Problems => Lines.Count(l => l.Problem is not null);
}
