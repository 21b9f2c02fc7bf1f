using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Mail.Store;

namespace CongVu.Governance.People;

/// <summary>Key of a person.</summary>
public readonly record struct PersonId(long Value);

/// <summary>Key of a posting.</summary>
public readonly record struct PostingId(long Value);

/// <summary>Key of a duty.</summary>
public readonly record struct DutyId(long Value);

/// <summary>Whether a person is in service (A8.2).</summary>
public enum PersonStatus
{
    /// <summary>Đang công tác.</summary>
    Active,

    /// <summary>Nghỉ hưu.</summary>
    Retired,

    /// <summary>Thôi việc.</summary>
    Resigned,

    /// <summary>Chuyển công tác ra ngoài hệ thống.</summary>
    TransferredOut,

    /// <summary>Từ trần.</summary>
    Dead,
}

/// <summary>A person, known by the staff code; two of one name are two people.</summary>
/// <param name="Id">Key.</param>
/// <param name="StaffCode">The staff code.</param>
/// <param name="Name">The whole name as written.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="BirthDate">The day of birth.</param>
/// <param name="IdentityNumber">The number of the identity card, where the profile needs it.</param>
/// <param name="Phone">The telephone number.</param>
/// <param name="ServiceStart">The first day of service.</param>
/// <param name="Status">Whether in service.</param>
/// <param name="Address">The personal address; null without a mailbox.</param>
/// <param name="Principal">Who signs in.</param>
/// <param name="Account">The mailbox.</param>
public sealed record Person(
    PersonId Id, string StaffCode, string Name, PersonName Parts, DateOnly? BirthDate, string? IdentityNumber, string? Phone, DateOnly? ServiceStart, PersonStatus Status, string? Address,
    PrincipalId? Principal, AccountId? Account);

/// <summary>A person to add.</summary>
/// <param name="StaffCode">The staff code; null makes one.</param>
/// <param name="Name">The whole name.</param>
public sealed record PersonToAdd(string? StaffCode, string Name)
{
    /// <summary>The parts of the name where the guess is wrong.</summary>
    public PersonName? Parts { get; init; }

    /// <summary>The day of birth.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>The number of the identity card.</summary>
    public string? IdentityNumber { get; init; }

    /// <summary>The telephone number.</summary>
    public string? Phone { get; init; }

    /// <summary>The first day of service.</summary>
    public DateOnly? ServiceStart { get; init; }
}

/// <summary>Where a person works or worked.</summary>
/// <param name="Id">Key.</param>
/// <param name="Person">Who.</param>
/// <param name="Organization">Where.</param>
/// <param name="Position">Chức vụ.</param>
/// <param name="Unit">Phòng, ban, where it is no organization of its own.</param>
/// <param name="IsPrimary">The posting that the address follows.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
public sealed record Posting(PostingId Id, PersonId Person, OrganizationId Organization, string Position, string Unit, bool IsPrimary, DateOnly From, DateOnly? To);

/// <summary>A posting to give.</summary>
/// <param name="Organization">Where.</param>
/// <param name="Position">Chức vụ.</param>
/// <param name="Unit">Phòng, ban.</param>
/// <param name="From">The first day; null is today.</param>
public sealed record PostingToGive(OrganizationId Organization, string Position = "", string Unit = "", DateOnly? From = null);

/// <summary>What somebody is for an organization.</summary>
/// <param name="Id">Key.</param>
/// <param name="Person">Who.</param>
/// <param name="Name">The person's name.</param>
/// <param name="Organization">For which.</param>
/// <param name="Duty">What.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="GrantedBy">Who named.</param>
public sealed record DutyItem(DutyId Id, PersonId Person, string Name, OrganizationId Organization, Duty Duty, DateOnly From, DateOnly? To, string GrantedBy);
