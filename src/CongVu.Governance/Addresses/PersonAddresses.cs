using CongVu.Governance.Organizations;
using CongVu.Governance.People;

namespace CongVu.Governance.Addresses;

/// <summary>A person for whom an address is wanted.</summary>
/// <param name="Name">The name in its parts.</param>
/// <param name="Organization">Where the person works.</param>
public sealed record PersonForAddress(PersonName Name, OrganizationNode Organization)
{
    /// <summary>The first day of service; asked for only when namesakes meet.</summary>
    public DateOnly? ServiceStart { get; init; }

    /// <summary>The birth year, where the profile uses it.</summary>
    public int? BirthYear { get; init; }

    /// <summary>The number of the identity card, where the profile uses it.</summary>
    public string? IdentityNumber { get; init; }
}

/// <summary>The addresses of people (A5.2): pure functions of the name, the body, the profile and what is taken.</summary>
public static class PersonAddresses
{
    private const int MaxLocalPart = 64;

    // More namesakes in one body than any province has people.
    private const int MaxNumber = 99_999;

    /// <summary>The address of one person. An address that is taken, now or in the past, as an address or as an alias, is never proposed.</summary>
    public static AddressProposal Propose(PersonForAddress person, AddressProfile profile, Func<string, bool> isTaken)
    {
        var steps = new List<ExplanationStep>();
        var body = person.Organization.RegisteringBody;
        var rule = body.Level == OrganizationLevel.Commune ? AddressRule.CommunePerson : AddressRule.Person;
        var organization = "";
        var part = profile.PersonForm == PersonForm.FullName ? FullName(person.Name, steps) : GivenAndInitials(person.Name, steps);
        var needsReview = (person.Name.Notes & ~NameNotes.TitleDropped) is not (NameNotes.None or NameNotes.OneWord);
        if (needsReview)
            steps.Add(new($"review.{ReviewOf(person.Name.Notes)}"));
        if (profile.PersonSuffix == PersonSuffix.Organization)
        {
            if (body != person.Organization)
                steps.Add(new("registers", person.Organization.Name, body.Name));
            var above = OrganizationAddresses.Propose(body, profile);
            if (above.Fault != AddressFault.None)
                return Refused(above.Fault);
            organization = above.LocalPart;
            steps.Add(new("organization.after", body.Name, organization));
        }
        if (part.Length == 0)
            return Refused(AddressFault.NoLetters);

        var digits = 0;
        if (profile.PersonSuffix == PersonSuffix.IdentityDigits)
        {
            digits = profile.IdentityDigits;
            if (Digits(person, digits) is not { } last)
                return Refused(AddressFault.NeedsMore);
            steps.Add(new("identity", $"{digits}", last));
        }
        var plain = Compose(part, Digits(person, digits) ?? "", organization);
        if (plain.Length > MaxLocalPart)
            return Refused(AddressFault.TooLong);
        if (!isTaken(plain))
            return new(plain, profile.Domain, rule, profile.Cite(rule), steps, NeedsReview: needsReview);

        // The plain form is taken (A5.2c).
        steps.Add(new("taken", plain));
        var clash = profile.Cite(AddressRule.Clash);
        foreach (var step in profile.Clash)
        {
            switch (step)
            {
                case ClashStep.Number:
                    for (var number = 1; number <= MaxNumber; number++)
                    {
                        if (Compose(part, $"{number}", organization) is var numbered && !isTaken(numbered))
                            return Given(numbered, new("numbered", $"{number}"));
                    }
                    break;
                case ClashStep.MoreIdentityDigits when Digits(person, digits + 1) is { } more:
                    if (Compose(part, more, organization) is var longer && !isTaken(longer))
                        return Given(longer, new("identity", $"{digits + 1}", more));
                    break;
                case ClashStep.BirthYear or ClashStep.InitialsAndBirthYear when person.BirthYear is null:
                    return Refused(AddressFault.NeedsMore);
                case ClashStep.BirthYear:
                    if (Compose(part, $"{person.BirthYear}", organization) is var dated && !isTaken(dated))
                        return Given(dated, new("birthYear", $"{person.BirthYear}"));
                    break;
                case ClashStep.Initials or ClashStep.InitialsAndBirthYear:
                    var initials = new List<ExplanationStep>();
                    var shorter = GivenAndInitials(person.Name, initials);
                    if (Compose(shorter, step == ClashStep.Initials ? "" : $"{person.BirthYear}", organization) is var other && !isTaken(other))
                    {
                        steps.AddRange(initials);
                        return Given(other, new("initials", other));
                    }
                    part = shorter;
                    break;
            }
        }
        return Refused(AddressFault.NeedsAgreement);

        AddressProposal Refused(AddressFault fault) => new("", profile.Domain, rule, profile.Cite(rule), steps, fault, needsReview);

        AddressProposal Given(string local, ExplanationStep how) => local.Length > MaxLocalPart
            ? Refused(AddressFault.TooLong)
            : new(local, profile.Domain, AddressRule.Clash, clash, [.. steps, how], NeedsReview: needsReview);
    }

    /// <summary>
    /// Addresses for people of one request, in their order. Namesakes of one body choose by length of service (A5.2c); when it is not known who has served longer, none of them gets an address yet.
    /// </summary>
    public static IReadOnlyList<AddressProposal> ProposeAll(IReadOnlyList<PersonForAddress> people, AddressProfile profile, Func<string, bool> isTaken)
    {
        var proposals = new AddressProposal[people.Count];
        var given = new HashSet<string>(StringComparer.Ordinal);
        // Namesakes are those whose plain forms are the same, whoever has it already.
        foreach (var group in Enumerable.Range(0, people.Count).GroupBy(i => Propose(people[i], profile, _ => false).LocalPart))
        {
            var order = group.ToList();
            if (profile.SeniorsFirst && order.Count > 1 && group.Key.Length > 0)
            {
                if (order.Exists(i => people[i].ServiceStart is null))
                {
                    foreach (var i in order)
                        proposals[i] = Propose(people[i], profile, _ => false) with { LocalPart = "", Fault = AddressFault.NeedsServiceStart, Rule = AddressRule.Clash, Citation = profile.Cite(AddressRule.Clash) };
                    continue;
                }
                order = [.. order.OrderBy(i => people[i].ServiceStart).ThenBy(i => i)];
            }
            foreach (var i in order)
            {
                proposals[i] = Propose(people[i], profile, local => given.Contains(local) || isTaken(local));
                if (proposals[i].LocalPart.Length > 0)
                    given.Add(proposals[i].LocalPart);
            }
        }
        return proposals;
    }

    private static string GivenAndInitials(PersonName name, List<ExplanationStep> steps)
    {
        var given = AddressLetters.Of(name.Given);
        steps.Add(new("given", name.Given, given));
        var part = given;
        if (name.Surname.Length > 0 && AddressLetters.Of(name.Surname) is { Length: > 0 } surname)
        {
            part += surname[..1];
            steps.Add(new("surname", name.Surname, surname[..1]));
        }
        var middle = string.Concat(name.Middle.Select(m => AddressLetters.Of(m)).Where(m => m.Length > 0).Select(m => m[..1]));
        if (middle.Length > 0)
            steps.Add(new("middle", string.Join(' ', name.Middle), middle));
        return given.Length == 0 ? "" : part + middle;
    }

    private static string FullName(PersonName name, List<ExplanationStep> steps)
    {
        var whole = AddressLetters.Of(name.ToString());
        steps.Add(new("fullName", name.ToString(), whole));
        return whole;
    }

    private static string Compose(string part, string behind, string organization) => organization.Length == 0 ? part + behind : $"{part}{behind}.{organization}";

    private static string? Digits(PersonForAddress person, int count)
    {
        if (count == 0)
            return null;
        var digits = new string([.. (person.IdentityNumber ?? "").Where(char.IsAsciiDigit)]);
        return digits.Length >= count ? digits[^count..] : null;
    }

    private static NameNotes ReviewOf(NameNotes notes) =>
        notes.HasFlag(NameNotes.ClanLast) ? NameNotes.ClanLast : notes.HasFlag(NameNotes.Marker) ? NameNotes.Marker : notes.HasFlag(NameNotes.CompoundSurname) ? NameNotes.CompoundSurname : NameNotes.Foreign;
}
