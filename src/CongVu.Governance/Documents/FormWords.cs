using CongVu.Governance.Addresses;

namespace CongVu.Governance.Documents;

/// <summary>Headings and phrases of forms as people type them: folded, without signs, a slip of a letter or two forgiven.</summary>
internal static class FormWords
{
    // Longer phrases first where one holds another.
    private static readonly (string Letters, FormField Field)[] Headings =
    [
        .. Spelled(FormField.Sequence, "STT", "TT", "Số TT", "Số thứ tự"),
        .. Spelled(FormField.OrganizationName, "Tên cơ quan, đơn vị", "Tên cơ quan", "Tên đơn vị", "Cơ quan, đơn vị", "Cơ quan, đơn vị công tác", "Cơ quan công tác", "Cơ quan"),
        .. Spelled(FormField.PersonName, "Họ và tên", "Họ tên", "Họ, tên", "Họ và tên cán bộ", "Họ và tên CBCCVC", "Tên cá nhân"),
        .. Spelled(FormField.Position, "Chức vụ", "Chức danh", "Chức vụ, chức danh"),
        .. Spelled(FormField.Unit, "Bộ phận công tác", "Bộ phận", "Phòng ban", "Phòng, ban", "Phòng/ban công tác", "Đơn vị công tác", "Phòng công tác", "Nơi công tác"),
        .. Spelled(FormField.Phone, "Số điện thoại", "Điện thoại", "SĐT", "Số ĐT", "ĐT", "Điện thoại liên hệ", "Số điện thoại liên hệ", "Điện thoại di động"),
        .. Spelled(FormField.Address, "Địa chỉ thư điện tử công vụ", "Địa chỉ hộp thư được cấp", "Địa chỉ hộp thư điện tử công vụ", "Địa chỉ hộp thư điện tử", "Địa chỉ hộp thư", "Địa chỉ hộp thư công vụ", "Địa chỉ thư điện tử", "Địa chỉ thư công vụ", "Thư điện tử công vụ", "Thư điện tử", "Hộp thư", "Email", "E-mail công vụ", "Địa chỉ email"),
        .. Spelled(FormField.Information, "Thông tin", "Thông tin khác", "Thông tin đơn vị"),
        .. Spelled(FormField.ChangeWhat, "Thông tin cần thay đổi", "Nội dung thay đổi", "Nội dung cần thay đổi", "Thông tin cũ", "Thông tin thay đổi"),
        .. Spelled(FormField.ChangeTo, "Thông tin mới", "Nội dung mới", "Thông tin sau thay đổi"),
        .. Spelled(FormField.Action, "Yêu cầu", "Đề nghị", "Hình thức", "Nội dung yêu cầu", "Nội dung đề nghị", "Ghi chú"),
        .. Spelled(FormField.StaffCode, "Mã cán bộ", "Mã số cán bộ", "Mã nhân viên", "Mã CBCC", "Mã CBCCVC", "Mã số CBCCVC", "Số hiệu cán bộ"),
        .. Spelled(FormField.BirthDate, "Ngày sinh", "Ngày tháng năm sinh", "Năm sinh"),
        .. Spelled(FormField.ServiceStart, "Ngày vào ngành", "Ngày bắt đầu công tác", "Thời gian bắt đầu công tác", "Thâm niên", "Ngày tuyển dụng", "Thời điểm vào ngành"),
        .. Spelled(FormField.DecisionNumber, "Số quyết định", "Quyết định số", "Quyết định"),
        .. Spelled(FormField.DecisionDate, "Ngày quyết định", "Ngày ra quyết định", "Ngày ký quyết định"),
        .. Spelled(FormField.EffectiveDate, "Ngày có hiệu lực", "Ngày hiệu lực", "Hiệu lực từ ngày", "Thời điểm nghỉ", "Ngày nghỉ"),
        .. Spelled(FormField.Storage, "Dung lượng đề nghị", "Dung lượng", "Dung lượng (GB)"),
        .. Spelled(FormField.Reason, "Lý do", "Lí do"),
    ];

    private static readonly (string Phrase, MailboxAction Action)[] Actions =
    [
        ("thuhoi", MailboxAction.Revoke), ("xoa", MailboxAction.Delete), ("khoiphuc", MailboxAction.Restore), ("caplaimatkhau", MailboxAction.ResetPassword), ("datlaimatkhau", MailboxAction.ResetPassword),
        ("bosungdungluong", MailboxAction.MoreStorage), ("tangdungluong", MailboxAction.MoreStorage), ("nangdungluong", MailboxAction.MoreStorage), ("thaydoithongtin", MailboxAction.Change), ("capmoi", MailboxAction.Create),
        ("caphopthu", MailboxAction.Create), ("caphothu", MailboxAction.Create), ("molai", MailboxAction.Reopen), ("chamduthoatdong", MailboxAction.Terminate), ("chamduthopthu", MailboxAction.Terminate),
    ];

    /// <summary>The letters of a text, by which it is compared.</summary>
    internal static string Letters(string text) => AddressLetters.Of(text);

    /// <summary>A heading of a field.</summary>
    internal static string HeadingOf(FormField field) => Array.Find(Headings, h => h.Field == field).Letters;

    /// <summary>What a heading names; null when nothing that is known.</summary>
    internal static FormField? FieldOf(string heading)
    {
        // "(GB)", "(nếu có)".
        var bracket = heading.IndexOf('(', StringComparison.Ordinal);
        var letters = Letters(bracket > 0 ? heading[..bracket] : heading);
        if (letters.Length is 0 or > 60)
            return null;
        foreach (var (known, field) in Headings)
        {
            if (known == letters)
                return field;
        }
        // A slip of a letter in a short heading, of two in a long one ("Địa chỉ hộ thư được cấp").
        FormField? best = null;
        var least = int.MaxValue;
        foreach (var (known, field) in Headings)
        {
            var allowed = known.Length >= 16 ? 2 : known.Length >= 7 ? 1 : 0;
            if (allowed > 0 && Distance(known, letters, allowed) is var distance && distance <= allowed && distance < least)
                (best, least) = (field, distance);
        }
        return best;
    }

    /// <summary>Every action that a text names.</summary>
    internal static HashSet<MailboxAction> ActionsIn(string text)
    {
        var letters = Letters(text);
        var found = new HashSet<MailboxAction>();
        foreach (var (phrase, action) in Actions)
        {
            if (letters.Contains(phrase, StringComparison.Ordinal))
                found.Add(action);
        }
        return found;
    }

    // Levenshtein, given up beyond what is allowed.
    private static int Distance(string a, string b, int allowed)
    {
        if (Math.Abs(a.Length - b.Length) > allowed)
            return int.MaxValue;
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var (diagonal, least) = (row[0], row[0] = i);
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
                least = Math.Min(least, row[j]);
            }
            if (least > allowed)
                return int.MaxValue;
        }
        return row[b.Length];
    }

    private static IEnumerable<(string, FormField)> Spelled(FormField field, params string[] headings) => headings.Select(h => (Letters(h), field));
}
