using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using CongVu.Governance.Organizations;
using CongVu.Governance.Policy;

namespace CongVu.Governance.Addresses;

/// <summary>How a person's part of an address is made.</summary>
public enum PersonForm
{
    /// <summary>Given name and the initials of surname and middle names: hoant.</summary>
    GivenAndInitials,

    /// <summary>The whole name: nguyenthihoa.</summary>
    FullName,
}

/// <summary>What follows a person's part.</summary>
public enum PersonSuffix
{
    /// <summary>A dot and the address of the registering body.</summary>
    Organization,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>The last digits of the identity card.</summary>
    IdentityDigits,
}

/// <summary>What is tried when an address is taken, in the profile's order.</summary>
public enum ClashStep
{
    /// <summary>1, 2, 3 behind the person's part; never ends.</summary>
    Number,

    /// <summary>The birth year behind the person's part.</summary>
    BirthYear,

    /// <summary>Given name and initials instead of the whole name.</summary>
    Initials,

    /// <summary>Given name, initials and the birth year.</summary>
    InitialsAndBirthYear,

    /// <summary>One identity-card digit more.</summary>
    MoreIdentityDigits,

    /// <summary>Nothing is tried: the unit is asked.</summary>
    Agreement,
}

/// <summary>A province's way to make addresses, as data.</summary>
public sealed record AddressProfile
{
    /// <summary>The name by which the profile is chosen.</summary>
    public required string Id { get; init; }

    /// <summary>The province as its bodies' names end with it.</summary>
    public required string Province { get; init; }

    /// <summary>The decision that it follows.</summary>
    public required string Source { get; init; }

    /// <summary>The domain of its addresses.</summary>
    public required string Domain { get; init; }

    /// <summary>There are districts, and a commune's address ends with its district's.</summary>
    public bool HasDistricts { get; init; }

    /// <summary>A unit stands behind its parent: stttt.ttcntt.</summary>
    public bool ParentFirst { get; init; }

    /// <summary>The person's part.</summary>
    public PersonForm PersonForm { get; init; }

    /// <summary>What follows it.</summary>
    public PersonSuffix PersonSuffix { get; init; }

    /// <summary>Digits of the identity card, when the suffix is of them.</summary>
    public int IdentityDigits { get; init; } = 3;

    /// <summary>What is tried when an address is taken.</summary>
    public IReadOnlyList<ClashStep> Clash { get; init; } = [ClashStep.Number];

    /// <summary>Seniors choose before juniors (A5.2c); otherwise whoever registered first.</summary>
    public bool SeniorsFirst { get; init; }

    /// <summary>Articles that the rules are from, by rule; where there is none the source is named.</summary>
    public IReadOnlyDictionary<AddressRule, string> Articles { get; init; } = FrozenDictionary<AddressRule, string>.Empty;

    /// <summary>Abbreviations that are not what the rule gives, by the path of the body.</summary>
    public IReadOnlyDictionary<string, AbbreviationOverride> Overrides { get; init; } = FrozenDictionary<string, AbbreviationOverride>.Empty;

    /// <summary>Quota, deadlines, passwords, reports.</summary>
    public RegulationFigures Figures { get; init; } = new();

    /// <summary>The override recorded for a body, however its name is spelled.</summary>
    public AbbreviationOverride? OverrideOf(string path)
    {
        var folded = Formats.Text.VietnameseFolding.Fold(path);
        foreach (var (of, set) in Overrides)
        {
            if (Formats.Text.VietnameseFolding.Fold(of) == folded)
                return set;
        }
        return null;
    }

    /// <summary>The article of a rule, or the decision as a whole.</summary>
    public string Cite(AddressRule rule) => Articles.GetValueOrDefault(rule) ?? Source;
}

/// <summary>The profiles that come with the program.</summary>
public static class AddressProfiles
{
    private const string Prefix = "CongVu.Governance.Addresses.Profiles.";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>All of them by id.</summary>
    public static FrozenDictionary<string, AddressProfile> All { get; } = ReadAll();

    /// <summary>The Regulation's own: Đắk Nông 2022, with districts.</summary>
    public static AddressProfile Default => All["daknong-2022"];

    /// <summary>Reads one; throws <see cref="JsonException"/> with the place of a mistake.</summary>
    public static AddressProfile Read(Stream json) => JsonSerializer.Deserialize<AddressProfile>(json, Json) ?? throw new JsonException("The profile is empty.");

    private static FrozenDictionary<string, AddressProfile> ReadAll()
    {
        var profiles = new List<AddressProfile>();
        foreach (var name in typeof(AddressProfiles).Assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            using var stream = typeof(AddressProfiles).Assembly.GetManifestResourceStream(name)!;
            profiles.Add(Read(stream));
        }
        return profiles.ToFrozenDictionary(p => p.Id);
    }
}
