namespace CongVu.Mail.Delivery.Inspect;

/// <summary>What follows from something found.</summary>
public enum FindingAction
{
    /// <summary>It stands in the header.</summary>
    Mark,

    /// <summary>The message waits for a person, in quarantine.</summary>
    Hold,

    /// <summary>The message is refused, in the session.</summary>
    Refuse,
}

/// <summary>What happens while no scanner answers. To let mail pass is no choice.</summary>
public enum WhenAway
{
    /// <summary>The sender is to try again later (451).</summary>
    Defer,

    /// <summary>The message waits in quarantine.</summary>
    Hold,
}

/// <summary>What follows from what is found: all of it configuration.</summary>
public sealed record InspectionPolicy
{
    /// <summary>Programs (A12.6).</summary>
    public FindingAction Programs { get; init; } = FindingAction.Refuse;

    /// <summary>Documents with macros or packages (A12.6).</summary>
    public FindingAction ActiveContent { get; init; } = FindingAction.Refuse;

    /// <summary>Encrypted archives and documents (A12.6).</summary>
    public FindingAction Encrypted { get; init; } = FindingAction.Mark;

    /// <summary>Archives that cannot be looked into.</summary>
    public FindingAction Unreadable { get; init; } = FindingAction.Hold;

    /// <summary>Marks of state secrets (A13.7).</summary>
    public FindingAction StateSecrets { get; init; } = FindingAction.Hold;

    /// <summary>No virus scanner answers (A12.5).</summary>
    public WhenAway ScannerAway { get; init; } = WhenAway.Defer;

    /// <summary>Formats by their short name that are welcome although circular 39/2017 does not list them.</summary>
    public IReadOnlySet<string> AlsoStandard { get; init; } = new HashSet<string>();

    /// <summary>Points from which a message goes to Junk.</summary>
    public double JunkScore { get; init; } = 5;

    /// <summary>Points from which it is refused.</summary>
    public double RefuseScore { get; init; } = 12;
}
