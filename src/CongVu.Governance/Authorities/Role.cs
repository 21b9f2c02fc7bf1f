namespace CongVu.Governance.Authorities;

/// <summary>Rights that are given by hand, for the installation or for an organization and all below it.</summary>
public enum Role
{
    /// <summary>Quản trị hệ thống.</summary>
    SystemAdministrator,

    /// <summary>Cơ quan quản lý (Sở TTTT in the Regulation).</summary>
    ManagingBody,

    /// <summary>Đơn vị vận hành (Trung tâm CNTT&amp;TT in the Regulation).</summary>
    Operator,

    /// <summary>Thanh tra, Sở Nội vụ, Sở Tài chính: reports only.</summary>
    Viewer,

    /// <summary>An agency's own administrator (A16.3c): resets passwords and suspends in the own organization and below it.</summary>
    OrganizationAdministrator,
}

/// <summary>What a person is for an organization, from a day to a day.</summary>
public enum Duty
{
    /// <summary>Thủ trưởng cơ quan.</summary>
    Head,

    /// <summary>Cấp phó, who signs "KT.".</summary>
    Deputy,

    /// <summary>Cán bộ đầu mối CNTT, văn thư.</summary>
    Liaison,

    /// <summary>Người được giao quản lý hộp thư cơ quan (A9.1).</summary>
    Custodian,

    /// <summary>Người được thủ trưởng ủy quyền.</summary>
    Delegate,
}

/// <summary>What somebody wants to do with an organization, its people and mailboxes.</summary>
public enum Right
{
    /// <summary>See the organization, its people, the state of its mailboxes; never anybody's mail (A10).</summary>
    View,

    /// <summary>Read reports.</summary>
    ViewReports,

    /// <summary>Read the audit trail.</summary>
    ViewAudit,

    /// <summary>Prepare requests and incidents (A6.1).</summary>
    PrepareRequest,

    /// <summary>Sign requests, as head or for the head.</summary>
    SignRequest,

    /// <summary>Say who keeps the organization's mailbox (A9.1).</summary>
    AssignCustodian,

    /// <summary>Name a liaison or a delegate of the head.</summary>
    NameDelegate,

    /// <summary>Name heads and deputies.</summary>
    NameHead,

    /// <summary>Handle requests, create and change mailboxes (A6.2).</summary>
    Provision,

    /// <summary>Change the tree of organizations.</summary>
    EditOrganizations,

    /// <summary>Change what is known of people and where they work.</summary>
    EditPeople,

    /// <summary>Set a new password (A7.1).</summary>
    ResetPassword,

    /// <summary>Suspend and reopen mailboxes.</summary>
    Suspend,

    /// <summary>Approve suspensions by batch, removals, takedowns, answers (A8.1).</summary>
    Approve,

    /// <summary>Use the organization's mailbox (A9.1).</summary>
    UseMailbox,

    /// <summary>Give roles.</summary>
    GrantRoles,

    /// <summary>Set up the installation.</summary>
    Administer,
}
