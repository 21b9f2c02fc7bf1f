using System.Globalization;
using CongVu.Governance.Passwords;
using CongVu.Governance.Policy;

namespace CongVu.Governance.Documents;

/// <summary>The body in whose name answers and notices go out: a role of the Regulation, not a fixed name (A16.1).</summary>
public sealed record IssuingBody
{
    /// <summary>The body above it.</summary>
    public string Parent { get; init; } = "Ủy ban nhân dân tỉnh Đắk Nông";

    /// <summary>Its name.</summary>
    public string Name { get; init; } = "Sở Thông tin và Truyền thông";

    /// <summary>The sign behind its numbers.</summary>
    public string Symbol { get; init; } = "STTTT-CNTT";

    /// <summary>Địa danh.</summary>
    public string Place { get; init; } = "Đắk Nông";

    /// <summary>The position of its head.</summary>
    public string HeadTitle { get; init; } = "Giám đốc";

    /// <summary>Who operates the system (A16.2).</summary>
    public string Operator { get; init; } = "Trung tâm Công nghệ thông tin và Truyền thông";

    /// <summary>The decision that letters refer to.</summary>
    public string Regulation { get; init; } = "Quyết định số 07/2022/QĐ-UBND ngày 26 tháng 01 năm 2022 của Ủy ban nhân dân tỉnh Đắk Nông ban hành Quy chế quản lý, vận hành và sử dụng hệ thống thư điện tử công vụ tỉnh Đắk Nông";
}

/// <summary>What is the same in every letter: its number, its day, who signs it.</summary>
/// <param name="Number">Null while it is a draft.</param>
/// <param name="Date">The day of issue; null while it is a draft.</param>
/// <param name="SignerTitle">The signer's position; another than the head's signs "KT.".</param>
/// <param name="SignerName">The signer.</param>
public sealed record LetterMarks(int? Number, DateOnly? Date, string SignerTitle = "", string SignerName = "");

/// <summary>A mailbox in a notice.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Address">Its address.</param>
/// <param name="Remark">Why, or since when.</param>
public sealed record NoticeRow(string Name, string Address, string Remark);

/// <summary>A row of an answer.</summary>
/// <param name="Name">Whose mailbox.</param>
/// <param name="Unit">Position or unit.</param>
/// <param name="Address">Its address; empty where there is none.</param>
/// <param name="Outcome">Done, or why not.</param>
public sealed record AnswerRow(string Name, string Unit, string Address, string Outcome);

/// <summary>The handover of an organization's mailbox (A9.3).</summary>
/// <param name="Organization">Whose mailbox.</param>
/// <param name="Parent">The body above.</param>
/// <param name="Place">Địa danh.</param>
/// <param name="Address">The mailbox.</param>
/// <param name="From">Who hands it over.</param>
/// <param name="FromPosition">That person's position.</param>
/// <param name="To">Who takes it.</param>
/// <param name="ToPosition">That person's position.</param>
/// <param name="At">The day.</param>
/// <param name="Folders">Folders, their messages and bytes.</param>
public sealed record Handover(string Organization, string Parent, string Place, string Address, string From, string FromPosition, string To, string ToPosition, DateOnly At, IReadOnlyList<(string Folder, long Messages, long Bytes)> Folders);

/// <summary>Letters, notices and records of the Regulation as documents.</summary>
public static class Letters
{
    /// <summary>The written answer to a request (A6.2, A7.2, A8.2-3). It has no place for a password, and never gets one.</summary>
    /// <param name="issuer">Who answers.</param>
    /// <param name="marks">Number, day, signer.</param>
    /// <param name="to">Who asked.</param>
    /// <param name="asked">What was asked for, going on after "đề nghị".</param>
    /// <param name="reference">The number of the document that asked; empty where it had none.</param>
    /// <param name="askedOn">Its day.</param>
    /// <param name="rows">What became of each row.</param>
    /// <param name="more">Sentences to add.</param>
    public static OfficialDocument Answer(IssuingBody issuer, LetterMarks marks, string to, string asked, string reference, DateOnly? askedOn, IReadOnlyList<AnswerRow> rows, IReadOnlyList<string> more)
    {
        var document = reference.Length > 0 ? $"Văn bản số {reference}{(askedOn is { } day ? $" {OfficialDocument.Day(day)}" : "")}" : $"đề nghị{(askedOn is { } on ? $" {OfficialDocument.Day(on)}" : "")}";
        var blocks = new List<Block>
        {
            new TextBlock($"Thực hiện {issuer.Regulation};"),
            new TextBlock($"{issuer.Name} nhận được {document} của {to} về việc đề nghị {asked}. Sau khi xem xét, {issuer.Name} thông báo kết quả thực hiện như sau:"),
            new TableBlock(
                [("STT", 9), ("Họ và tên/Tên cơ quan, đơn vị", 25), ("Chức vụ/Bộ phận công tác", 19), ("Địa chỉ thư điện tử công vụ", 45), ("Kết quả", 24)],
                [.. rows.Select((r, i) => new[] { (i + 1).ToString(CultureInfo.InvariantCulture), r.Name, r.Unit, r.Address, r.Outcome })]),
        };
        blocks.AddRange(more.Select(m => new TextBlock(m)));
        blocks.Add(new TextBlock($"{issuer.Name} thông báo để {to} biết, quản lý và sử dụng theo quy định./."));
        return Letter(issuer, marks, $"trả lời đề nghị {asked}", [to], blocks, ["Như trên", issuer.Operator]);
    }

    /// <summary>The notice that mailboxes are suspended, to the body that manages them directly (A8.1).</summary>
    /// <param name="issuer">Who gives notice.</param>
    /// <param name="marks">Number, day, signer.</param>
    /// <param name="to">The managing body.</param>
    /// <param name="because">Why, going on after "do".</param>
    /// <param name="rows">The mailboxes.</param>
    /// <param name="term">How long a request to reopen is waited for.</param>
    /// <param name="removalOn">The day at whose end that is over; null where they are not removed.</param>
    public static OfficialDocument SuspensionNotice(IssuingBody issuer, LetterMarks marks, string to, string because, IReadOnlyList<NoticeRow> rows, TimeLimit term, DateOnly? removalOn) => Notice(
        issuer,
        marks,
        "Về việc tạm dừng hoạt động hộp thư điện tử công vụ",
        to,
        $"{issuer.Name} thông báo tạm dừng hoạt động đối với các hộp thư điện tử công vụ thuộc quyền quản lý của {to} do {because}, gồm:",
        rows,
        removalOn is { } day
            ? [$"Trong thời gian tạm dừng, hộp thư vẫn nhận thư đến nhưng không đăng nhập và gửi thư được. Trường hợp có nhu cầu tiếp tục sử dụng, đề nghị {to} gửi văn bản đề nghị mở lại đến {issuer.Name}. Quá thời hạn {Words(term)} kể từ ngày gửi thông báo này (hết {OfficialDocument.Day(day)}) mà không có văn bản đề nghị, hộp thư sẽ bị gỡ bỏ hoàn toàn khỏi hệ thống./."]
            : [$"Trong thời gian tạm dừng, hộp thư vẫn nhận thư đến nhưng không đăng nhập và gửi thư được. Hộp thư chỉ được khôi phục khi có văn bản đề nghị của tổ chức quản lý trực tiếp gửi đến {issuer.Name}./."]);

    /// <summary>The notice that mailboxes were removed for good (A8.1).</summary>
    public static OfficialDocument RemovalNotice(IssuingBody issuer, LetterMarks marks, string to, IReadOnlyList<NoticeRow> rows, TimeLimit term, string suspensionNotice) => Notice(
        issuer,
        marks,
        "Về việc gỡ bỏ hộp thư điện tử công vụ",
        to,
        $"Quá thời hạn {Words(term)} kể từ ngày gửi {(suspensionNotice.Length > 0 ? $"Thông báo số {suspensionNotice}" : "thông báo tạm dừng")} mà không có văn bản đề nghị mở lại, {issuer.Name} đã gỡ bỏ hoàn toàn khỏi hệ thống các hộp thư điện tử công vụ sau:",
        rows,
        [$"Địa chỉ của các hộp thư nêu trên được giữ lại, không cấp cho cơ quan, cá nhân khác. {issuer.Name} thông báo để {to} biết./."]);

    /// <summary>The record of a handover, signed by both and confirmed by the head (A9.3).</summary>
    public static OfficialDocument HandoverRecord(Handover handover) => new()
    {
        Parent = handover.Parent,
        Body = handover.Organization,
        WrittenNumber = "        /BB",
        Place = handover.Place,
        Date = handover.At,
        Title = "BIÊN BẢN",
        Subject = "Bàn giao hộp thư điện tử công vụ của cơ quan",
        Blocks =
        [
            new TextBlock($"Hôm nay, {OfficialDocument.Day(handover.At)}, tại {handover.Organization}, chúng tôi gồm:"),
            new LineBlock("Bên giao:", $"{handover.From}, chức vụ: {handover.FromPosition}."),
            new LineBlock("Bên nhận:", $"{handover.To}, chức vụ: {handover.ToPosition}."),
            new TextBlock($"Hai bên thống nhất bàn giao hộp thư điện tử công vụ {handover.Address} của {handover.Organization} cùng toàn bộ nội dung dữ liệu, gồm:"),
            new TableBlock(
                [("STT", 8), ("Thư mục", 50), ("Số thư", 20), ("Dung lượng", 22)],
                [
                    .. handover.Folders.Select((f, i) => new[] { (i + 1).ToString(CultureInfo.InvariantCulture), f.Folder, f.Messages.ToString("N0", Signature.Vietnamese), Size(f.Bytes) }),
                    ["", "Tổng cộng", handover.Folders.Sum(f => f.Messages).ToString("N0", Signature.Vietnamese), Size(handover.Folders.Sum(f => f.Bytes))],
                ]),
            new TextBlock("Quyền truy cập của bên giao chấm dứt kể từ khi bàn giao; bên nhận quản lý, sử dụng hộp thư, bảo đảm bí mật nhà nước và an toàn nội dung dữ liệu theo quy định."),
            new TextBlock("Biên bản được lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản./."),
        ],
        Signatures = [new(["BÊN GIAO"], handover.From), new(["BÊN NHẬN"], handover.To), new(["THỦ TRƯỞNG", "XÁC NHẬN"], "")],
    };

    /// <summary>The sealed slip that carries a first password to its holder (A6.3, A7.2): printed once, kept nowhere.</summary>
    public static OfficialDocument Slip(IssuingBody issuer, PasswordSlip slip) => new()
    {
        Parent = issuer.Name,
        Body = issuer.Operator,
        WrittenNumber = "        /PMK",
        Place = issuer.Place,
        Date = slip.IssuedOn,
        Title = "PHIẾU GIAO THÔNG TIN ĐĂNG NHẬP",
        Subject = "(Niêm phong, giao tận tay người nhận)",
        Blocks =
        [
            new LineBlock("Họ và tên:", slip.Name),
            new LineBlock("Cơ quan, đơn vị công tác:", slip.Organization),
            new LineBlock("Tên đăng nhập:", slip.Login),
            new LineBlock("Mật khẩu tạm thời:", slip.Password),
            new TextBlock("Khi đăng nhập lần đầu, hệ thống yêu cầu thay đổi mật khẩu. Mật khẩu mới phải đủ độ dài theo quy định, gồm chữ thường, chữ in hoa, chữ số và ký tự đặc biệt. Không cung cấp mật khẩu cho người khác; hủy phiếu này sau khi đã thay đổi mật khẩu."),
        ],
        Signatures = [new(["NGƯỜI GIAO"], ""), new(["NGƯỜI NHẬN"], slip.Name)],
    };

    private static string Words(TimeLimit limit) => string.Create(CultureInfo.InvariantCulture, $"{limit.Amount:00} {limit.Unit switch { TimeUnit.WorkingDays => "ngày làm việc", TimeUnit.Days => "ngày", TimeUnit.Months => "tháng", _ => "giờ" }}");

    private static string Size(long bytes) => bytes >= 1L << 30 ? string.Create(Signature.Vietnamese, $"{bytes / (double)(1L << 30):0.##} GB") : bytes >= 1L << 20 ? string.Create(Signature.Vietnamese, $"{bytes / (double)(1L << 20):0.##} MB") : string.Create(Signature.Vietnamese, $"{bytes / 1024.0:0.#} KB");

    private static OfficialDocument Letter(IssuingBody issuer, LetterMarks marks, string subject, IReadOnlyList<string> to, IReadOnlyList<Block> blocks, IReadOnlyList<string> recipients) => new()
    {
        Parent = issuer.Parent,
        Body = issuer.Name,
        Number = marks.Number,
        Symbol = issuer.Symbol,
        Place = issuer.Place,
        Date = marks.Date,
        Subject = subject,
        To = to,
        Blocks = blocks,
        Recipients = recipients,
        Signatures = [Signature.Of(issuer.HeadTitle, marks.SignerTitle, marks.SignerName)],
    };

    private static OfficialDocument Notice(IssuingBody issuer, LetterMarks marks, string subject, string to, string lead, IReadOnlyList<NoticeRow> rows, IReadOnlyList<string> after) => Letter(
        issuer with { Symbol = $"TB-{issuer.Symbol.Split('-')[0]}" },
        marks,
        subject,
        [to],
        [
            new TextBlock($"Thực hiện {issuer.Regulation};"),
            new TextBlock(lead),
            new TableBlock([("STT", 8), ("Họ và tên/Tên cơ quan, đơn vị", 32), ("Địa chỉ thư điện tử công vụ", 36), ("Ghi chú", 28)], [.. rows.Select((r, i) => new[] { (i + 1).ToString(CultureInfo.InvariantCulture), r.Name, r.Address, r.Remark })]),
            .. after.Select(a => new TextBlock(a)),
        ],
        ["Như trên", issuer.Operator]) with { Title = "THÔNG BÁO" };
}
