using CongVu.Governance.Policy;

namespace CongVu.Governance.Lifecycle;

/// <summary>What the Regulation leaves open about a mailbox's life, with what holds unless an installation says otherwise.</summary>
public sealed record LifecyclePolicy
{
    /// <summary>The figures of the regulation.</summary>
    public RegulationFigures Figures { get; init; } = new();

    /// <summary>Calendar days before the last day without a sign-in on which the holder and the managing organization are warned.</summary>
    public IReadOnlyList<int> IdleWarningDays { get; init; } = [14, 3];

    /// <summary>Working days before a removal on which the managing organization is warned.</summary>
    public IReadOnlyList<int> RemovalWarningWorkingDays { get; init; } = [5, 1];

    /// <summary>Calendar days before a password's last day on which its holder is warned (A12.2).</summary>
    public IReadOnlyList<int> PasswordWarningDays { get; init; } = [14, 7, 3, 1];

    /// <summary>A batch above this share of the mailboxes in use stops until it is confirmed by its number (A8.1).</summary>
    public double StopShare { get; init; } = 0.01;

    /// <summary>Days for which a closed mailbox tells the new address, and its content is restored on request (A8.2-3).</summary>
    public int ClosedDays { get; init; } = 90;

    /// <summary>Days after which no backup holds what was removed.</summary>
    public int BackupDays { get; init; } = 90;

    /// <summary>How long a one-time code can be claimed.</summary>
    public TimeSpan CodeLifetime { get; init; } = TimeSpan.FromHours(72);

    /// <summary>Wrong tries after which a one-time code is worth nothing.</summary>
    public int CodeTries { get; init; } = 5;
}
