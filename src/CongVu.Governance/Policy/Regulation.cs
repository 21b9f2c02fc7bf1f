namespace CongVu.Governance.Policy;

/// <summary>
/// Every figure that the Regulation (decision 07/2022/QĐ-UBND of Đắk Nông province) sets, its article beside it. These are the defaults of the
/// installation's policy: another province changes values, not code.
/// </summary>
public static class Regulation
{
    /// <summary>Bytes a mailbox may hold (A5.3: 1 GB).</summary>
    public const long QuotaBytes = 1L << 30;

    /// <summary>Bytes a mailbox may be raised to on a written request (A5.3: 2 GB).</summary>
    public const long RaisedQuotaBytes = 2L << 30;

    /// <summary>Decoded bytes of attachments in one message (A5.3: 30 MB).</summary>
    public const long AttachmentBytes = 30L << 20;

    /// <summary>Characters of an administrator's password, at least (A12.1).</summary>
    public const int AdministratorPasswordChars = 10;

    /// <summary>Characters of a user's password, at least (A12.1).</summary>
    public const int PasswordChars = 8;

    /// <summary>Months after which an administrator changes the password (A12.2).</summary>
    public const int AdministratorPasswordMonths = 1;

    /// <summary>Months after which a user changes the password (A12.2).</summary>
    public const int PasswordMonths = 3;

    /// <summary>Working days to make or change mailboxes after a request came in (A6.2).</summary>
    public const int ProvisionWorkingDays = 3;

    /// <summary>Working days to reset a password after a request came in (A7.1).</summary>
    public const int PasswordResetWorkingDays = 1;

    /// <summary>Months without a sign-in after which a mailbox is suspended (A8.1).</summary>
    public const int IdleMonths = 3;

    /// <summary>Working days after the notice of suspension, without a request to reopen, until removal (A8.1).</summary>
    public const int RemovalWorkingDays = 15;

    /// <summary>Calendar days after a decision on staff within which the organization asks for the mailbox to be closed (A8.2).</summary>
    public const int TerminationRequestDays = 5;

    /// <summary>Working days to close a mailbox after the request (A8.2).</summary>
    public const int TerminationWorkingDays = 3;

    /// <summary>Working days to restore a mailbox after the request (A8.3).</summary>
    public const int RestoreWorkingDays = 2;
}
