using System.Globalization;

namespace CongVu.Governance.Documents;

/// <summary>What a form is filled with.</summary>
public sealed record FormFill
{
    /// <summary>The body above the one that asks.</summary>
    public string Parent { get; init; } = "";

    /// <summary>The body that asks; empty on a blank form.</summary>
    public string Organization { get; init; } = "";

    /// <summary>To whom it goes.</summary>
    public string To { get; init; } = "Sở Thông tin và Truyền thông";

    /// <summary>Địa danh.</summary>
    public string Place { get; init; } = "Đắk Nông";

    /// <summary>Số, ký hiệu as the body gives them.</summary>
    public string Number { get; init; } = "";

    /// <summary>Its day.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>Who asks.</summary>
    public string Requester { get; init; } = "";

    /// <summary>That person's position.</summary>
    public string Position { get; init; } = "";

    /// <summary>A telephone number.</summary>
    public string Phone { get; init; } = "";

    /// <summary>What of the third form's three is asked for; null prints all three, as the appendix does.</summary>
    public MailboxAction? Action { get; init; }

    /// <summary>Rows about organizations.</summary>
    public IReadOnlyList<IReadOnlyDictionary<FormField, string>> Organizations { get; init; } = [];

    /// <summary>Rows about people.</summary>
    public IReadOnlyList<IReadOnlyDictionary<FormField, string>> People { get; init; } = [];

    /// <summary>Whose list the third form has when it is blank.</summary>
    public FormSubject BlankSubject { get; init; } = FormSubject.People;

    /// <summary>Where it is signed; null: THỦ TRƯỞNG ĐƠN VỊ.</summary>
    public Signature? Signature { get; init; }
}

/// <summary>The forms of the appendix, blank or filled, ready to sign.</summary>
public static class FormWriter
{
    private const int BlankRows = 4;

    /// <summary>The form as a document.</summary>
    public static OfficialDocument Document(FormKind kind, FormFill fill)
    {
        var form = Form.Of(kind);
        // The first two forms have both lists always; the third one has the list that is asked for, as its title says.
        var single = kind == FormKind.RevokeDeleteRestore && (fill.Organizations.Count == 0 || fill.People.Count == 0);
        FormSubject? only = single ? fill.Organizations.Count > 0 ? FormSubject.Organizations : fill.People.Count > 0 ? FormSubject.People : fill.BlankSubject : null;
        var blocks = new List<Block>
        {
            new LineBlock("Họ và tên người yêu cầu:", fill.Requester),
            new LineBlock("Chức vụ:", fill.Position),
            new LineBlock("Cơ quan, đơn vị công tác:", fill.Organization),
            new LineBlock("Điện thoại liên lạc:", fill.Phone),
        };
        if (only is null)
            blocks.Add(new TextBlock("Nội dung yêu cầu:", IsBold: true));
        var number = 0;
        foreach (var section in form.Sections.Where(s => only is null || s.Subject == only))
        {
            number++;
            var lead = Asking(section.Lead, kind, fill.Action);
            blocks.Add(new TextBlock(only is null ? $"{number}. {lead}" : $"Nội dung yêu cầu: {lead}"));
            var rows = section.Subject == FormSubject.People ? fill.People : fill.Organizations;
            blocks.Add(new TableBlock([.. section.Columns.Select(c => (c.Title, c.Width))], rows.Count > 0 ? [.. rows.Select((r, i) => Cells(section, r, i + 1))] : [.. Enumerable.Repeat<IReadOnlyList<string>>([], BlankRows)]));
        }
        return new()
        {
            Parent = fill.Parent.Length > 0 ? fill.Parent : fill.Organization.Length > 0 ? "" : "CƠ QUAN, ĐƠN VỊ CHỦ QUẢN",
            Body = fill.Organization.Length > 0 ? fill.Organization : "<Tên cơ quan, đơn vị>",
            WrittenNumber = fill.Number.Length > 0 ? fill.Number : "        /        ",
            Place = fill.Place,
            Date = fill.Date,
            Title = Title(form, fill.Action, only),
            To = [fill.To],
            Blocks = blocks,
            Signatures = [fill.Signature ?? new(["THỦ TRƯỞNG ĐƠN VỊ"], "", "(Ký, đóng dấu, ghi rõ họ tên)")],
            IsLandscape = kind is FormKind.ChangeInformation or FormKind.PasswordReset,
        };
    }

    /// <summary>A cell as people read it.</summary>
    public static string Shown(FormField field, string value) => field switch
    {
        FormField.BirthDate or FormField.ServiceStart or FormField.DecisionDate or FormField.EffectiveDate when DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) => date.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture),
        FormField.Storage when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) => string.Create(Signature.Vietnamese, $"{bytes / (double)(1L << 30):0.##} GB"),
        _ => value,
    };

    private static string Title(Form form, MailboxAction? action, FormSubject? only)
    {
        var title = action is { } named && form.Kind == FormKind.RevokeDeleteRestore ? form.Title.Replace("THU HỒI, XÓA, KHÔI PHỤC", Form.Words(named).ToUpper(Signature.Vietnamese), StringComparison.Ordinal) : form.Title;
        return only switch { FormSubject.People => $"{title} CÁ NHÂN", FormSubject.Organizations => $"{title} CƠ QUAN, ĐƠN VỊ", _ => title };
    }

    private static string Asking(string lead, FormKind kind, MailboxAction? action) =>
        kind == FormKind.RevokeDeleteRestore && action is { } named ? lead.Replace("thu hồi, xóa, khôi phục", Form.Words(named), StringComparison.Ordinal) : lead;

    private static string[] Cells(FormSection section, IReadOnlyDictionary<FormField, string> row, int number) =>
        [.. section.Columns.Select(c => c.Field == FormField.Sequence ? number.ToString(CultureInfo.InvariantCulture) : Shown(c.Field, row.GetValueOrDefault(c.Field, "")))];
}
