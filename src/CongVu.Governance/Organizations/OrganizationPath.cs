using CongVu.Governance.Addresses;

namespace CongVu.Governance.Organizations;

/// <summary>A body written as a path from the top down: "Sở Thông tin và Truyền thông / Phòng Công nghệ thông tin".</summary>
public static class OrganizationPath
{
    /// <summary>Deeper trees do not exist.</summary>
    public const int MaxDepth = 8;

    private const string Separator = " / ";

    /// <summary>The body at the end of a path, its kind and those above it guessed from the names; null when the path is empty or too deep.</summary>
    public static OrganizationNode? Parse(string path)
    {
        var names = path.Split(Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length is 0 or > MaxDepth)
            return null;
        OrganizationNode? node = null;
        foreach (var name in names)
        {
            var tidy = AddressLetters.Tidy(name.Length > OrganizationName.MaxChars ? name[..OrganizationName.MaxChars] : name);
            // "Ủy ban nhân dân xã Đắk Sắk, huyện Đắk Mil" names its district itself.
            if (node is null && OrganizationName.DistrictAfterComma(tidy) is { } district)
            {
                node = new($"Ủy ban nhân dân {district}", OrganizationKind.DistrictPeopleCommittee, null);
                tidy = tidy[..tidy.IndexOf(',', StringComparison.Ordinal)];
            }
            node = new(tidy, OrganizationName.GuessKind(tidy, node), node);
        }
        return node;
    }
}
