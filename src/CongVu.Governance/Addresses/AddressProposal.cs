namespace CongVu.Governance.Addresses;

/// <summary>The rules that addresses are made by.</summary>
public enum AddressRule
{
    /// <summary>The provincial People's Committee (A5.1a).</summary>
    ProvincialCommittee,

    /// <summary>A body of the province (A5.1a).</summary>
    ProvincialBody,

    /// <summary>A unit below a body (A5.1a).</summary>
    Unit,

    /// <summary>A district's People's Committee (A5.1b).</summary>
    District,

    /// <summary>A commune's People's Committee (A5.1b).</summary>
    Commune,

    /// <summary>An office of a department, a district or a commune (A5.1c).</summary>
    Office,

    /// <summary>Another body of a district or a commune: the rule for the province, with the place appended.</summary>
    LocalBody,

    /// <summary>A person from province to district (A5.2a).</summary>
    Person,

    /// <summary>A person at a commune (A5.2b).</summary>
    CommunePerson,

    /// <summary>A person whose plain form is taken (A5.2c).</summary>
    Clash,
}

/// <summary>Why there is no address.</summary>
public enum AddressFault
{
    /// <summary>There is one.</summary>
    None,

    /// <summary>The name has no letter that an address can spell.</summary>
    NoLetters,

    /// <summary>The local part would be longer than 64 characters (RFC 5321 §4.5.3.1.1).</summary>
    TooLong,

    /// <summary>An office, a unit or a commune without the body that manages it.</summary>
    NoParent,

    /// <summary>Two bodies would have the address: an operator sets an abbreviation. Bodies are never numbered.</summary>
    NeedsOverride,

    /// <summary>The address is taken and the profile leaves the choice to the unit.</summary>
    NeedsAgreement,

    /// <summary>The profile needs the identity card's number or the birth year.</summary>
    NeedsMore,

    /// <summary>Two namesakes, and it is not known who has served longer.</summary>
    NeedsServiceStart,
}

/// <summary>One step of an explanation: a text and what it says it of.</summary>
/// <param name="Key">The text.</param>
/// <param name="Values">What fills its places.</param>
public sealed record ExplanationStep(string Key, params string[] Values);

/// <summary>An address, or why there is none, and how it came about.</summary>
/// <param name="LocalPart">What stands before the @; empty when there is no address.</param>
/// <param name="Domain">The domain.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Citation">The article, or the decision.</param>
/// <param name="Steps">The explanation, step by step.</param>
/// <param name="Fault">Why there is none.</param>
/// <param name="NeedsReview">A person should look at it before it is given.</param>
public sealed record AddressProposal(
    string LocalPart, string Domain, AddressRule Rule, string Citation, IReadOnlyList<ExplanationStep> Steps, AddressFault Fault = AddressFault.None, bool NeedsReview = false)
{
    /// <summary>The address; empty when there is none.</summary>
    public string Address => LocalPart.Length == 0 ? "" : $"{LocalPart}@{Domain}";
}
