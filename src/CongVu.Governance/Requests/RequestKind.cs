using CongVu.Governance.Documents;
using CongVu.Governance.Policy;

namespace CongVu.Governance.Requests;

/// <summary>What an organization asks for (A6-A8).</summary>
public enum RequestKind
{
    /// <summary>Cấp mới hộp thư cơ quan.</summary>
    NewOrganizationMailbox,

    /// <summary>Cấp mới hộp thư cá nhân.</summary>
    NewPersonalMailboxes,

    /// <summary>Thay đổi thông tin hộp thư cơ quan.</summary>
    ChangeOrganization,

    /// <summary>Thay đổi thông tin hộp thư cá nhân.</summary>
    ChangePersonal,

    /// <summary>Thu hồi.</summary>
    Revoke,

    /// <summary>Xóa.</summary>
    Delete,

    /// <summary>Khôi phục.</summary>
    Restore,

    /// <summary>Cấp lại mật khẩu.</summary>
    PasswordReset,

    /// <summary>Bổ sung dung lượng.</summary>
    MoreStorage,

    /// <summary>Mở lại hộp thư đã tạm dừng.</summary>
    Reopen,

    /// <summary>Chấm dứt hoạt động khi nghỉ hưu, thôi việc, chuyển công tác.</summary>
    Termination,

    /// <summary>Which is not clear yet: a scan, or the third form without its action.</summary>
    Unclear,
}

/// <summary>How a request came (A6.1).</summary>
public enum RequestChannel
{
    /// <summary>Hệ thống quản lý văn bản và điều hành.</summary>
    DocumentSystem,

    /// <summary>Hộp thư tiếp nhận.</summary>
    Mail,

    /// <summary>The portal.</summary>
    Portal,

    /// <summary>On paper.</summary>
    Paper,

    /// <summary>By telephone first; the document is owed ("nợ văn bản") and chased.</summary>
    Phone,
}

/// <summary>What follows from a kind.</summary>
public static class RequestKinds
{
    /// <summary>How long it may take (A6.2, A7.2, A8.2-3).</summary>
    public static TimeLimit Limit(RequestKind kind, RegulationFigures figures) => kind switch
    {
        RequestKind.PasswordReset => figures.PasswordReset,
        RequestKind.Restore or RequestKind.Reopen => figures.Restore,
        RequestKind.Revoke or RequestKind.Delete or RequestKind.Termination => figures.Termination,
        _ => figures.Provision,
    };

    /// <summary>What is done for each row that says nothing else; null where that must be asked.</summary>
    public static MailboxAction? Action(RequestKind kind) => kind switch
    {
        RequestKind.NewOrganizationMailbox or RequestKind.NewPersonalMailboxes => MailboxAction.Create,
        RequestKind.ChangeOrganization or RequestKind.ChangePersonal => MailboxAction.Change,
        RequestKind.Revoke => MailboxAction.Revoke,
        RequestKind.Delete => MailboxAction.Delete,
        RequestKind.Restore => MailboxAction.Restore,
        RequestKind.PasswordReset => MailboxAction.ResetPassword,
        RequestKind.MoreStorage => MailboxAction.MoreStorage,
        RequestKind.Reopen => MailboxAction.Reopen,
        RequestKind.Termination => MailboxAction.Terminate,
        _ => null,
    };

    /// <summary>The kind of a document by its rows: that of the strictest time limit where it asks for several things.</summary>
    public static RequestKind Of(IReadOnlyList<FormRow> rows, RegulationFigures figures)
    {
        if (rows.Count == 0 || rows.Any(r => r.Action is null))
            return RequestKind.Unclear;
        return rows.Select(Of).Distinct().MinBy(k => (Limit(k, figures).Amount, k));
    }

    /// <summary>The kind that a row would be alone.</summary>
    private static RequestKind Of(FormRow row) => (row.Action, row.Subject) switch
    {
        (MailboxAction.Create, FormSubject.Organizations) => RequestKind.NewOrganizationMailbox,
        (MailboxAction.Create, _) => RequestKind.NewPersonalMailboxes,
        (MailboxAction.Change, FormSubject.Organizations) => RequestKind.ChangeOrganization,
        (MailboxAction.Change, _) => RequestKind.ChangePersonal,
        (MailboxAction.Revoke, _) => RequestKind.Revoke,
        (MailboxAction.Delete, _) => RequestKind.Delete,
        (MailboxAction.Restore, _) => RequestKind.Restore,
        (MailboxAction.ResetPassword, _) => RequestKind.PasswordReset,
        (MailboxAction.MoreStorage, _) => RequestKind.MoreStorage,
        (MailboxAction.Reopen, _) => RequestKind.Reopen,
        (MailboxAction.Terminate, _) => RequestKind.Termination,
        _ => RequestKind.Unclear,
    };

    /// <summary>What was asked for, as an answer goes on after "đề nghị".</summary>
    public static string Words(RequestKind kind) => kind switch
    {
        RequestKind.NewOrganizationMailbox => "cấp mới hộp thư điện tử công vụ cơ quan",
        RequestKind.NewPersonalMailboxes => "cấp mới hộp thư điện tử công vụ cá nhân",
        RequestKind.ChangeOrganization => "thay đổi thông tin hộp thư điện tử công vụ cơ quan",
        RequestKind.ChangePersonal => "thay đổi thông tin hộp thư điện tử công vụ cá nhân",
        RequestKind.Revoke => "thu hồi hộp thư điện tử công vụ",
        RequestKind.Delete => "xóa hộp thư điện tử công vụ",
        RequestKind.Restore => "khôi phục hộp thư điện tử công vụ",
        RequestKind.PasswordReset => "cấp lại mật khẩu hộp thư điện tử công vụ",
        RequestKind.MoreStorage => "bổ sung dung lượng hộp thư điện tử công vụ",
        RequestKind.Reopen => "mở lại hộp thư điện tử công vụ",
        RequestKind.Termination => "chấm dứt hoạt động hộp thư điện tử công vụ",
        _ => "về hộp thư điện tử công vụ",
    };
}
