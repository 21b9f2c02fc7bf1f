using CongVu.Mail.Store;

namespace CongVu.Governance.Organizations;

/// <summary>Key of an organization. Names and codes are re-used for other areas; the key never is.</summary>
public readonly record struct OrganizationId(long Value);

/// <summary>Whether an organization is still there.</summary>
public enum OrganizationState
{
    /// <summary>Yes.</summary>
    Active,

    /// <summary>Merged into another.</summary>
    Merged,

    /// <summary>Dissolved.</summary>
    Dissolved,
}

/// <summary>A kind of organization, as data: a province may add its own and say which rule holds for it.</summary>
/// <param name="Code">The word that lists and imports use.</param>
/// <param name="Rule">What the address rules take it for.</param>
/// <param name="NameVi">In Vietnamese.</param>
/// <param name="NameEn">In English.</param>
public sealed record OrganizationKindItem(string Code, OrganizationKind Rule, string NameVi, string NameEn);

/// <summary>An organization.</summary>
/// <param name="Id">Key.</param>
/// <param name="Parent">The body that manages it directly; null at the top.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Rule">What the address rules take the kind for.</param>
/// <param name="Name">The full name.</param>
/// <param name="Code">A code of another register, where it has one.</param>
/// <param name="Override">The abbreviation set by hand.</param>
/// <param name="RegistersItsPeople">Its people are registered with itself; null as the kind says.</param>
/// <param name="Address">Its address, kept for it also before it has a mailbox; null while it waits for an abbreviation.</param>
/// <param name="Account">Its mailbox.</param>
/// <param name="State">Whether it is still there.</param>
/// <param name="Successor">What it was merged into.</param>
public sealed record Organization(
    OrganizationId Id, OrganizationId? Parent, string Kind, OrganizationKind Rule, string Name, string? Code, AbbreviationOverride? Override, bool? RegistersItsPeople, string? Address, AccountId? Account,
    OrganizationState State, OrganizationId? Successor);

/// <summary>An organization to add.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Kind">Its kind's code; null to guess it from the name.</param>
/// <param name="Parent">The body that manages it directly.</param>
public sealed record OrganizationToAdd(string Name, string? Kind, OrganizationId? Parent)
{
    /// <summary>A code of another register.</summary>
    public string? Code { get; init; }

    /// <summary>An abbreviation set by hand, with its reason.</summary>
    public AbbreviationOverride? Override { get; init; }

    /// <summary>Its people are registered with itself; null as the kind says.</summary>
    public bool? RegistersItsPeople { get; init; }
}

/// <summary>One entry of a history.</summary>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="What">Which field or event.</param>
/// <param name="Before">What it was.</param>
/// <param name="After">What it became.</param>
public sealed record HistoryEntry(DateTimeOffset At, string Actor, string What, string Before, string After);
