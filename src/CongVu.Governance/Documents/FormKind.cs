namespace CongVu.Governance.Documents;

/// <summary>The forms that organizations fill in (A14.1 and the appendix; the last two follow A7 and A5.3, which print none).</summary>
public enum FormKind
{
    /// <summary>The first: new mailboxes.</summary>
    NewMailboxes,

    /// <summary>The second: change of information.</summary>
    ChangeInformation,

    /// <summary>The third: revoke, delete, restore.</summary>
    RevokeDeleteRestore,

    /// <summary>Reset of passwords.</summary>
    PasswordReset,

    /// <summary>More storage.</summary>
    MoreStorage,
}

/// <summary>Whose mailboxes a list is of.</summary>
public enum FormSubject
{
    /// <summary>People's.</summary>
    People,

    /// <summary>Organizations'.</summary>
    Organizations,
}

/// <summary>What a column of a list holds.</summary>
public enum FormField
{
    /// <summary>STT.</summary>
    Sequence,

    /// <summary>Tên cơ quan, đơn vị.</summary>
    OrganizationName,

    /// <summary>Họ và tên.</summary>
    PersonName,

    /// <summary>Chức vụ.</summary>
    Position,

    /// <summary>Bộ phận công tác.</summary>
    Unit,

    /// <summary>Số điện thoại.</summary>
    Phone,

    /// <summary>Địa chỉ thư điện tử công vụ.</summary>
    Address,

    /// <summary>Thông tin.</summary>
    Information,

    /// <summary>Thông tin cần thay đổi.</summary>
    ChangeWhat,

    /// <summary>Thông tin mới.</summary>
    ChangeTo,

    /// <summary>Which action is asked for.</summary>
    Action,

    /// <summary>Mã cán bộ.</summary>
    StaffCode,

    /// <summary>Ngày sinh.</summary>
    BirthDate,

    /// <summary>When the person began to serve: asked for namesakes only.</summary>
    ServiceStart,

    /// <summary>Số quyết định.</summary>
    DecisionNumber,

    /// <summary>Ngày quyết định.</summary>
    DecisionDate,

    /// <summary>Ngày có hiệu lực.</summary>
    EffectiveDate,

    /// <summary>Dung lượng đề nghị.</summary>
    Storage,

    /// <summary>Lý do.</summary>
    Reason,
}

/// <summary>What is to be done with a mailbox.</summary>
public enum MailboxAction
{
    /// <summary>Cấp mới.</summary>
    Create,

    /// <summary>Thay đổi thông tin.</summary>
    Change,

    /// <summary>Thu hồi.</summary>
    Revoke,

    /// <summary>Xóa.</summary>
    Delete,

    /// <summary>Khôi phục.</summary>
    Restore,

    /// <summary>Cấp lại mật khẩu.</summary>
    ResetPassword,

    /// <summary>Bổ sung dung lượng.</summary>
    MoreStorage,

    /// <summary>Mở lại hộp thư đã tạm dừng.</summary>
    Reopen,

    /// <summary>Chấm dứt hoạt động.</summary>
    Terminate,
}

/// <summary>A column of a form.</summary>
/// <param name="Field">What it holds.</param>
/// <param name="Title">As the appendix prints it.</param>
/// <param name="Width">Its share of the table's width.</param>
public sealed record FormColumn(FormField Field, string Title, int Width);

/// <summary>A list in a form.</summary>
/// <param name="Subject">Whose mailboxes.</param>
/// <param name="Lead">The sentence above it.</param>
/// <param name="Columns">Its columns in their order.</param>
public sealed record FormSection(FormSubject Subject, string Lead, IReadOnlyList<FormColumn> Columns);

/// <summary>A form as the appendix has it; it prints "HỘ THƯ" in places, which is a slip for "HỘP THƯ".</summary>
/// <param name="Kind">Which.</param>
/// <param name="Title">Its title.</param>
/// <param name="Sections">Its lists.</param>
public sealed record Form(FormKind Kind, string Title, IReadOnlyList<FormSection> Sections)
{
    private static readonly FormColumn Sequence = new(FormField.Sequence, "STT", 8);
    private static readonly FormColumn Organization = new(FormField.OrganizationName, "Tên cơ quan, đơn vị", 28);
    private static readonly FormColumn Address = new(FormField.Address, "Địa chỉ thư điện tử công vụ", 42);
    private static readonly FormColumn Given = new(FormField.Address, "Địa chỉ hộp thư được cấp", 40);
    private static readonly FormColumn Position = new(FormField.Position, "Chức vụ", 18);
    private static readonly FormColumn Unit = new(FormField.Unit, "Bộ phận công tác", 20);
    private static readonly FormColumn Phone = new(FormField.Phone, "Số điện thoại", 18);
    private static readonly FormColumn What = new(FormField.ChangeWhat, "Thông tin cần thay đổi", 20);
    private static readonly FormColumn To = new(FormField.ChangeTo, "Thông tin mới", 20);
    private static readonly FormColumn Reason = new(FormField.Reason, "Lý do", 20);
    private static readonly FormColumn Person = new(FormField.PersonName, "Họ và tên", 24);

    // The first and the third form print it so.
    private static readonly FormColumn PersonCapital = new(FormField.PersonName, "Họ và Tên", 28);

    /// <summary>Every form.</summary>
    public static IReadOnlyList<Form> All { get; } =
    [
        new(FormKind.NewMailboxes, "ĐỀ NGHỊ CẤP HỘP THƯ ĐIỆN TỬ CÔNG VỤ",
        [
            new(FormSubject.Organizations, "Đề nghị cấp mới hộp thư điện tử công vụ cơ quan, đơn vị như sau:", [Sequence, Organization, Address, new(FormField.Information, "Thông tin", 28)]),
            new(FormSubject.People, "Đề nghị cấp mới hộp thư điện tử công vụ cá nhân:", [Sequence, PersonCapital, Position, Unit, Phone]),
        ]),
        new(FormKind.ChangeInformation, "ĐỀ NGHỊ THAY ĐỔI THÔNG TIN HỘP THƯ ĐIỆN TỬ CÔNG VỤ",
        [
            new(FormSubject.Organizations, "Đề nghị thay đổi thông tin của hộp thư điện tử công vụ cơ quan, đơn vị như sau:", [Sequence, Organization, Address, What, To]),
            new(FormSubject.People, "Đề nghị thay đổi thông tin hộp thư điện tử công vụ cá nhân:", [Sequence, Person, Position, Unit, Address, Phone, What, To]),
        ]),
        new(FormKind.RevokeDeleteRestore, "ĐỀ NGHỊ THU HỒI, XÓA, KHÔI PHỤC HỘP THƯ ĐIỆN TỬ CÔNG VỤ",
        [
            new(FormSubject.Organizations, "Đề nghị thu hồi, xóa, khôi phục hộp thư điện tử công vụ cơ quan, đơn vị trong danh sách sau:", [Sequence, Organization, Given]),
            new(FormSubject.People, "Đề nghị thu hồi, xóa, khôi phục hộp thư điện tử công vụ cá nhân trong danh sách sau:", [Sequence, PersonCapital, Position, Unit, Given]),
        ]),
        new(FormKind.PasswordReset, "ĐỀ NGHỊ CẤP LẠI MẬT KHẨU HỘP THƯ ĐIỆN TỬ CÔNG VỤ",
        [
            new(FormSubject.Organizations, "Đề nghị cấp lại mật khẩu hộp thư điện tử công vụ cơ quan, đơn vị như sau:", [Sequence, Organization, Address, Reason]),
            new(FormSubject.People, "Đề nghị cấp lại mật khẩu hộp thư điện tử công vụ cá nhân:", [Sequence, Person, Position, Unit, Address, Phone, Reason]),
        ]),
        new(FormKind.MoreStorage, "ĐỀ NGHỊ BỔ SUNG DUNG LƯỢNG HỘP THƯ ĐIỆN TỬ CÔNG VỤ",
        [
            new(FormSubject.Organizations, "Đề nghị bổ sung dung lượng hộp thư điện tử công vụ cơ quan, đơn vị như sau:", [Sequence, Organization, Address, new(FormField.Storage, "Dung lượng đề nghị", 18), Reason]),
            new(FormSubject.People, "Đề nghị bổ sung dung lượng hộp thư điện tử công vụ cá nhân:", [Sequence, Person, Position, Address, new(FormField.Storage, "Dung lượng đề nghị", 18), Reason]),
        ]),
    ];

    /// <summary>The form of a kind.</summary>
    public static Form Of(FormKind kind) => All[(int)kind];

    /// <summary>The list for a subject.</summary>
    public FormSection Section(FormSubject subject) => Sections.First(s => s.Subject == subject);

    /// <summary>The words for an action, as a sentence goes on after "Đề nghị".</summary>
    public static string Words(MailboxAction action) => action switch
    {
        MailboxAction.Create => "cấp mới",
        MailboxAction.Change => "thay đổi thông tin",
        MailboxAction.Revoke => "thu hồi",
        MailboxAction.Delete => "xóa",
        MailboxAction.Restore => "khôi phục",
        MailboxAction.ResetPassword => "cấp lại mật khẩu",
        MailboxAction.MoreStorage => "bổ sung dung lượng",
        MailboxAction.Reopen => "mở lại",
        _ => "chấm dứt hoạt động",
    };
}
