using CongVu.Governance.Documents;

namespace CongVu.Governance.Passwords;

/// <summary>
/// First passwords on paper (A7.2): one document for one person, to be printed, folded with the password inwards, sealed and given into the holder's own hands. Nobody else opens it.
/// </summary>
public static class PasswordSlips
{
    /// <summary>The slip as an official document.</summary>
    /// <param name="slip">The password and whose it is.</param>
    /// <param name="issuer">Who issues it.</param>
    /// <param name="webAddress">Where the holder signs in, as people type it.</param>
    public static OfficialDocument Document(PasswordSlip slip, IssuingBody issuer, string webAddress) => new()
    {
        Parent = issuer.Name,
        Body = issuer.Operator,
        Place = issuer.Place,
        Date = slip.IssuedOn,
        Title = "PHIẾU CẤP MẬT KHẨU",
        Subject = "Chỉ người có tên mới được bóc",
        Blocks =
        [
            new LineBlock("Người nhận:", slip.Name),
            new LineBlock("Cơ quan, đơn vị:", slip.Organization.Length > 0 ? slip.Organization : "–"),
            new LineBlock("Tên đăng nhập:", slip.Login),
            new TableBlock([("Mật khẩu dùng một lần (phân biệt chữ hoa, chữ thường)", 1)], [[slip.Password]]),
            new TextBlock($"1. Mở trang {webAddress}, đăng nhập bằng tên đăng nhập và mật khẩu trên."),
            new TextBlock("2. Hệ thống yêu cầu đổi mật khẩu ngay trong lần đăng nhập đầu tiên; trước khi đổi không đọc, gửi được thư (khoản 3 Điều 6, khoản 3 Điều 7 của Quy chế)."),
            new TextBlock("3. Mật khẩu mới có từ 8 ký tự trở lên (quản trị: 10), gồm chữ thường, chữ hoa, chữ số và ký tự đặc biệt; không chứa tên, địa chỉ, ngày sinh; phải đổi ít nhất 03 tháng một lần (Điều 12)."),
            new TextBlock("4. Hủy phiếu này sau khi đổi mật khẩu. Không cho người khác biết mật khẩu; cán bộ kỹ thuật không bao giờ hỏi mật khẩu. Nếu phiếu đã bị bóc trước khi đến tay, báo ngay cho đơn vị vận hành."),
        ],
        Signatures = [new(["NGƯỜI NHẬN"], slip.Name, "Ký, ghi rõ ngày nhận; phiếu còn nguyên niêm phong")],
    };
}
