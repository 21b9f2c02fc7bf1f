namespace CongVu.Governance.Organizations;

/// <summary>The kinds of bodies that the Regulation treats differently (A1.2, A5.1).</summary>
public enum OrganizationKind
{
    /// <summary>Ủy ban nhân dân tỉnh.</summary>
    ProvincialPeopleCommittee,

    /// <summary>Sở, ban, ngành and the committee's office.</summary>
    Department,

    /// <summary>Another body of the province: the delegation's office, a school, a newspaper.</summary>
    ProvincialBody,

    /// <summary>A body of the Party.</summary>
    PartyBody,

    /// <summary>Mặt trận, đoàn thể.</summary>
    MassOrganization,

    /// <summary>Đơn vị trực thuộc.</summary>
    SubordinateUnit,

    /// <summary>Phòng, văn phòng, thanh tra of a department or of a district.</summary>
    Office,

    /// <summary>Ủy ban nhân dân huyện, thị xã, thành phố.</summary>
    DistrictPeopleCommittee,

    /// <summary>Another body of a district: huyện ủy, HĐND, MTTQ, đoàn thể.</summary>
    DistrictBody,

    /// <summary>Ủy ban nhân dân xã, phường, thị trấn, đặc khu.</summary>
    CommunePeopleCommittee,

    /// <summary>Another body of a commune: đảng ủy, HĐND, MTTQ.</summary>
    CommuneBody,
}

/// <summary>Levels of administration.</summary>
public enum OrganizationLevel
{
    /// <summary>Tỉnh.</summary>
    Province,

    /// <summary>Huyện.</summary>
    District,

    /// <summary>Xã.</summary>
    Commune,
}

/// <summary>A body in the tree, as the address rules see it.</summary>
/// <param name="Name">The full name.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Parent">The body that manages it directly; null at the top.</param>
public sealed record OrganizationNode(string Name, OrganizationKind Kind, OrganizationNode? Parent)
{
    /// <summary>The abbreviation that an operator set by hand.</summary>
    public AbbreviationOverride? Override { get; init; }

    /// <summary>Whether its people are registered with itself (true) or with its parent (false); null as its kind says.</summary>
    public bool? RegistersItsPeople { get; init; }

    /// <summary>The level of the body: of its committee when it is below one.</summary>
    public OrganizationLevel Level => Kind switch
    {
        OrganizationKind.DistrictPeopleCommittee or OrganizationKind.DistrictBody => OrganizationLevel.District,
        OrganizationKind.CommunePeopleCommittee or OrganizationKind.CommuneBody => OrganizationLevel.Commune,
        OrganizationKind.SubordinateUnit or OrganizationKind.Office when Parent is not null => Parent.Level,
        _ => OrganizationLevel.Province,
    };

    /// <summary>Names from the top down, with " / " between.</summary>
    public string Path => Parent is null ? Name : $"{Parent.Path} / {Name}";

    /// <summary>
    /// The body under which a person of this one is registered (A5.2): an office of a department registers with the department, a district's or a commune's office and every unit with itself.
    /// </summary>
    public OrganizationNode RegisteringBody => Parent is not null && !(RegistersItsPeople ?? (Kind != OrganizationKind.Office || Parent.Kind is OrganizationKind.DistrictPeopleCommittee or OrganizationKind.CommunePeopleCommittee))
        ? Parent.RegisteringBody
        : this;
}

/// <summary>An abbreviation set by hand, and why.</summary>
/// <param name="Abbreviation">Letters and digits, without a dot.</param>
/// <param name="Reason">The recorded reason.</param>
public sealed record AbbreviationOverride(string Abbreviation, string Reason);
