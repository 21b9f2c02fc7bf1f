using CongVu.Governance.Organizations;

namespace CongVu.Governance.Addresses;

/// <summary>The addresses of bodies (A5.1): pure functions of the tree and the profile.</summary>
public static class OrganizationAddresses
{
    private const int MaxLocalPart = 64;

    /// <summary>The address of a body by the rule or by its override; whether another body has it, the caller knows.</summary>
    public static AddressProposal Propose(OrganizationNode node, AddressProfile profile)
    {
        var steps = new List<ExplanationStep>();
        var (local, rule, fault) = LocalPart(node, profile, steps);
        if (fault == AddressFault.None && local.Length == 0)
            fault = AddressFault.NoLetters;
        if (fault == AddressFault.None && local.Length > MaxLocalPart)
            fault = AddressFault.TooLong;
        return new(fault == AddressFault.None ? local : "", profile.Domain, rule, profile.Cite(rule), steps, fault);
    }

    /// <summary>Addresses of many bodies at once. Those that would share one get none and wait for an override (never a number); what is taken already stays with its body.</summary>
    /// <param name="nodes">The bodies.</param>
    /// <param name="profile">The rules.</param>
    /// <param name="isTaken">The local part belongs to somebody else, or did.</param>
    public static IReadOnlyList<AddressProposal> ProposeAll(IReadOnlyList<OrganizationNode> nodes, AddressProfile profile, Func<string, bool> isTaken)
    {
        var proposals = nodes.Select(n => Propose(n, profile)).ToList();
        var shared = proposals.Where(p => p.LocalPart.Length > 0).GroupBy(p => p.LocalPart).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet();
        for (var i = 0; i < proposals.Count; i++)
        {
            var local = proposals[i].LocalPart;
            if (local.Length > 0 && (shared.Contains(local) || isTaken(local)))
                proposals[i] = proposals[i] with { LocalPart = "", Fault = AddressFault.NeedsOverride, Steps = [.. proposals[i].Steps, new("taken.organization", local)] };
        }
        return proposals;
    }

    private static (string Local, AddressRule Rule, AddressFault Fault) LocalPart(OrganizationNode node, AddressProfile profile, List<ExplanationStep> steps)
    {
        switch (node.Kind)
        {
            case OrganizationKind.ProvincialPeopleCommittee:
                steps.Add(new("committee.province", "ubnd"));
                return ("ubnd", AddressRule.ProvincialCommittee, AddressFault.None);

            case OrganizationKind.DistrictPeopleCommittee:
                return (Place(node, OrganizationName.PlaceOf(node.Name), steps), AddressRule.District, AddressFault.None);

            case OrganizationKind.CommunePeopleCommittee:
            {
                var commune = Place(node, OrganizationName.PlaceOf(node.Name), steps);
                if (!profile.HasDistricts)
                    return (commune, AddressRule.Commune, AddressFault.None);
                return node.Parent is { Kind: OrganizationKind.DistrictPeopleCommittee } district
                    ? (Join(commune, LocalPart(district, profile, []).Local, district, profile, steps), AddressRule.Commune, AddressFault.None)
                    : ("", AddressRule.Commune, AddressFault.NoParent);
            }

            case OrganizationKind.DistrictBody or OrganizationKind.CommuneBody:
                return LocalBody(node, profile, steps);

            case OrganizationKind.Office or OrganizationKind.SubordinateUnit:
                return Below(node, profile, steps);

            default:
                return (Abbreviation(node, OrganizationName.WithoutProvince(OrganizationName.Words(node.Name), profile.Province), profile, steps), AddressRule.ProvincialBody, AddressFault.None);
        }
    }

    // A5.1a, A5.1c.
    private static (string, AddressRule, AddressFault) Below(OrganizationNode node, AddressProfile profile, List<ExplanationStep> steps)
    {
        var rule = node.Kind == OrganizationKind.Office ? AddressRule.Office : AddressRule.Unit;
        if (node.Parent is not { } parent)
            return ("", rule, AddressFault.NoParent);
        var words = OrganizationName.WithoutProvince(OrganizationName.Words(node.Name), profile.Province);
        if (parent.Level != OrganizationLevel.Province)
            words = OrganizationName.WithoutPlace(words, OrganizationName.PlaceOf(Committee(parent).Name));
        var label = Abbreviation(node, words, profile, steps);
        if (parent.Kind == OrganizationKind.ProvincialPeopleCommittee)
            return (label, AddressRule.ProvincialBody, AddressFault.None);
        var (above, _, fault) = LocalPart(parent, profile, []);
        if (fault != AddressFault.None)
            return ("", rule, fault);
        // Only the direct manager is appended: of a unit below a unit, the manager's own label. In districts the labels repeat, so there the whole address is.
        if (parent.Kind is OrganizationKind.Office or OrganizationKind.SubordinateUnit && parent.Level == OrganizationLevel.Province)
            above = Abbreviation(parent, OrganizationName.WithoutProvince(OrganizationName.Words(parent.Name), profile.Province), profile, []);
        return (Join(label, above, parent, profile, steps), rule, AddressFault.None);
    }

    // Huyện ủy, HĐND, MTTQ, đoàn thể: the rule for bodies of the province, with their district appended.
    private static (string, AddressRule, AddressFault) LocalBody(OrganizationNode node, AddressProfile profile, List<ExplanationStep> steps)
    {
        var place = node.Parent is { Kind: OrganizationKind.DistrictPeopleCommittee or OrganizationKind.CommunePeopleCommittee } committee
            ? OrganizationName.PlaceOf(committee.Name)
            : OrganizationName.PlaceAtEnd(node.Name);
        var words = OrganizationName.Words(node.Name);
        var label = Abbreviation(node, OrganizationName.WithoutPlace(words, place), profile, steps);
        var above = node.Parent is { Kind: OrganizationKind.DistrictPeopleCommittee or OrganizationKind.CommunePeopleCommittee } parent
            ? LocalPart(parent, profile, []).Local
            : node.Kind == OrganizationKind.CommuneBody && profile.HasDistricts ? "" : AddressLetters.Of(string.Concat(place));
        if (above.Length == 0)
            return ("", AddressRule.LocalBody, AddressFault.NoParent);
        steps.Add(new("place.appended", string.Join(' ', place), above));
        return (Compose(label, above, profile), AddressRule.LocalBody, AddressFault.None);
    }

    private static string Join(string label, string above, OrganizationNode parent, AddressProfile profile, List<ExplanationStep> steps)
    {
        steps.Add(new(profile.ParentFirst ? "parent.before" : "parent.after", parent.Name, above));
        return Compose(label, above, profile);
    }

    // A name without letters, below or above, makes no address.
    private static string Compose(string label, string above, AddressProfile profile) => (label.Length, above.Length) switch
    {
        (0, _) or (_, 0) => "",
        _ => profile.ParentFirst ? $"{above}.{label}" : $"{label}.{above}",
    };

    private static string Place(OrganizationNode node, IReadOnlyList<string> place, List<ExplanationStep> steps)
    {
        if (node.Override is { } set)
        {
            steps.Add(new("override", set.Abbreviation, set.Reason));
            return set.Abbreviation;
        }
        var letters = AddressLetters.Of(string.Concat(place));
        steps.Add(new("place", string.Join(' ', place), letters));
        return letters;
    }

    private static string Abbreviation(OrganizationNode node, IReadOnlyList<string> words, AddressProfile profile, List<ExplanationStep> steps)
    {
        var (byRule, parts) = OrganizationName.Abbreviate(words);
        steps.Add(new("abbreviation", string.Join(", ", parts.Select(p => $"{p.Word} → {p.Letters}")), byRule));
        if ((node.Override ?? profile.OverrideOf(Path(node))) is not { } set)
            return byRule;
        if (set.Abbreviation != byRule)
            steps.Add(new("override", set.Abbreviation, set.Reason));
        return set.Abbreviation;
    }

    private static OrganizationNode Committee(OrganizationNode node)
    {
        while (node.Parent is { } parent && node.Kind is OrganizationKind.Office or OrganizationKind.SubordinateUnit)
            node = parent;
        return node;
    }

    // Overrides of a profile are written without the provincial committee, which is above everything.
    private static string Path(OrganizationNode node) => node.Parent is null or { Kind: OrganizationKind.ProvincialPeopleCommittee }
        ? AddressLetters.Tidy(node.Name)
        : $"{Path(node.Parent)} / {AddressLetters.Tidy(node.Name)}";
}
