namespace CongVu.Mail.Store;

/// <summary>Whose mailbox an account is (A2.3-4).</summary>
public enum AccountKind
{
    /// <summary>A person's (hộp thư cá nhân).</summary>
    Personal,

    /// <summary>An organization's (hộp thư tổ chức): it has no password, people are granted it.</summary>
    Organization,
}

/// <summary>What an account may do now (A8.1).</summary>
public enum AccountState
{
    /// <summary>Everything.</summary>
    Active,

    /// <summary>Mail arrives, nobody reads or sends.</summary>
    Suspended,

    /// <summary>Mail is refused, nobody reads or sends; content is kept.</summary>
    Closed,

    /// <summary>Content is gone; its addresses stay reserved.</summary>
    Removed,
}

/// <summary>Whether a principal may sign in.</summary>
public enum PrincipalState
{
    /// <summary>Yes.</summary>
    Active,

    /// <summary>No, until resumed.</summary>
    Suspended,

    /// <summary>Never again.</summary>
    Removed,
}

/// <summary>What a principal may do with a whole account.</summary>
[Flags]
public enum AccountRights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Everything in it, as its holder or custodian.</summary>
    Own = 1,

    /// <summary>Send in its name.</summary>
    SendAs = 2,
}

/// <summary>Somebody who signs in.</summary>
/// <param name="Id">Key.</param>
/// <param name="Login">What is typed: the main address.</param>
/// <param name="DisplayName">The person's name.</param>
/// <param name="IsAdministrator">May manage the installation.</param>
/// <param name="State">Whether it may sign in.</param>
/// <param name="HomeAccount">The person's own mailbox.</param>
/// <param name="MustChangePassword">The password must be changed first (A6.3).</param>
/// <param name="PasswordExpiresAt">From then on it must be changed first (A12.2); null where that is not known.</param>
public sealed record Principal(
    PrincipalId Id, string Login, string DisplayName, bool IsAdministrator, PrincipalState State, AccountId? HomeAccount, bool MustChangePassword, DateTimeOffset? PasswordExpiresAt = null)
{
    /// <summary>The principal as it stands at <paramref name="now"/>: an expired password is one that must be changed.</summary>
    internal Principal At(DateTimeOffset now) => PasswordExpiresAt <= now && !MustChangePassword ? this with { MustChangePassword = true } : this;
}

/// <summary>A mailbox of a person or an organization: what holds mail.</summary>
/// <param name="Id">Key.</param>
/// <param name="Kind">Whose it is.</param>
/// <param name="Name">The holder's name.</param>
/// <param name="State">What it may do.</param>
/// <param name="PrimaryAddress">The address it is known by.</param>
/// <param name="QuotaBytes">Bytes it may hold.</param>
/// <param name="UsedBytes">Bytes it holds.</param>
/// <param name="MessageCount">Messages it holds.</param>
/// <param name="ModSeq">Its latest change.</param>
public sealed record Account(AccountId Id, AccountKind Kind, string Name, AccountState State, string PrimaryAddress, long QuotaBytes, long UsedBytes, long MessageCount, ModSeq ModSeq);

/// <summary>A person to add, with a mailbox of the same address.</summary>
/// <param name="Address">Main address and login.</param>
/// <param name="DisplayName">The person's name.</param>
/// <param name="Password">First password; null for none, when the person cannot sign in yet.</param>
/// <param name="QuotaBytes">Bytes the mailbox may hold.</param>
/// <param name="IsAdministrator">May manage the installation.</param>
/// <param name="MustChangePassword">The first sign-in must change it (A6.3).</param>
public sealed record NewPerson(string Address, string DisplayName, string? Password, long QuotaBytes = Accounts.DefaultQuotaBytes, bool IsAdministrator = false, bool MustChangePassword = false);

/// <summary>An organization's mailbox to add.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Name">The organization's name.</param>
/// <param name="QuotaBytes">Bytes it may hold.</param>
public sealed record NewOrganization(string Address, string Name, long QuotaBytes = Accounts.DefaultQuotaBytes);

/// <summary>What an address means here.</summary>
public enum AddressStatus
{
    /// <summary>An account that takes mail.</summary>
    Local,

    /// <summary>Not a domain of this installation.</summary>
    NotLocal,

    /// <summary>A domain of this installation without that address.</summary>
    Unknown,

    /// <summary>An account that takes no mail any more.</summary>
    Closed,

    /// <summary>An account that is full.</summary>
    OverQuota,
}

/// <summary>An address looked up.</summary>
/// <param name="Status">What it means.</param>
/// <param name="Account">The account, where there is one.</param>
/// <param name="Address">The address as the store writes it.</param>
/// <param name="MovedTo">Where to write to instead of a closed one (A8.2), while that is told.</param>
public readonly record struct AddressLookup(AddressStatus Status, AccountId Account, string Address, string? MovedTo = null);
