using CongVu.Mail.Store;

namespace CongVu.Governance.Authorities;

/// <summary>Who does something. Without a principal it is the installation itself: its command line, which whoever holds the data may use, and its daily work; both may do everything.</summary>
/// <param name="Name">As the audit trail writes it: a login, "cli:name" or "system".</param>
/// <param name="Principal">Who is signed in.</param>
public sealed record Actor(string Name, PrincipalId? Principal = null)
{
    /// <summary>The installation's own daily work.</summary>
    public static Actor System { get; } = new("system");
}
