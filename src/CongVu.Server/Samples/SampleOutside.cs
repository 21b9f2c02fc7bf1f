using System.Text;
using static CongVu.Server.Samples.SampleOffice;

namespace CongVu.Server.Samples;

/// <summary>A message from outside, as the bytes that come in.</summary>
/// <param name="Sender">The envelope's sender.</param>
/// <param name="To">Who gets it.</param>
/// <param name="IsJunk">It belongs into Junk.</param>
/// <param name="Write">Makes it, with its date and number.</param>
internal sealed record OutsideMessage(string Sender, SampleAccount[] To, bool IsJunk, Func<string, int, byte[]> Write);

/// <summary>Mail from elsewhere: citizens, suppliers, newsletters, an old program's charset, advertising. All senders are of reserved example domains.</summary>
internal static class SampleOutside
{
    public static IReadOnlyList<OutsideMessage> All { get; } =
    [
        Plain("Nguyễn Văn Bình", "nvbinh@example.com", [District], "Hỏi về thủ tục cấp đổi giấy chứng nhận quyền sử dụng đất", "Kính gửi UBND huyện, gia đình tôi ở thôn 3, xã Đắk Sắk đã nộp hồ sơ cấp đổi từ tháng trước. Kính đề nghị huyện cho biết khi nào có kết quả."),
        Plain("Trần Thị Mai", "maitran@example.net", [District], "Phản ánh chất lượng đường liên thôn", "Đoạn đường từ nhà văn hóa thôn 5 đến trường tiểu học bị sạt lở sau mưa, kính mong huyện kiểm tra."),
        Plain("Y Khoan Byă", "ykhoan@example.org", [Commune], "Xin xác nhận hộ khẩu cho con đi học", "Chào anh, tôi cần giấy xác nhận nơi cư trú cho con nhập học, cần mang theo giấy tờ gì ạ?"),
        Plain("Công ty TNHH Thiết bị số Tây Nguyên", "kinhdoanh@thietbiso.example.com", [Department, Officer], "Báo giá máy quét văn bản khổ A4", "Kính gửi Quý Sở, theo đề nghị của Quý Sở, chúng tôi gửi báo giá 05 máy quét văn bản tốc độ 40 trang/phút, bảo hành 24 tháng, giao hàng trong 10 ngày."),
        Plain("Công ty Cổ phần Viễn thông Đại Ngàn", "hotro@vienthong.example.com", [Operator], "Thông báo nâng cấp đường truyền Internet trực tiếp", "Từ ngày 01 tháng tới, đường truyền của Quý Trung tâm được nâng lên 500 Mbps, không phát sinh chi phí. Thời gian chuyển đổi: 23 giờ - 24 giờ."),
        Plain("Ban biên tập Bản tin Chuyển đổi số", "bantin@chuyendoiso.example.org", [Deputy, Chief, Officer], "Bản tin Chuyển đổi số tuần này", "Trong số này: kinh nghiệm triển khai dịch vụ công trực tuyến tại cấp xã; hướng dẫn nhận biết website giả mạo; lịch các hội thảo trực tuyến."),
        Plain("Ban biên tập Bản tin Chuyển đổi số", "bantin@chuyendoiso.example.org", [Deputy, Chief, Officer], "Bản tin Chuyển đổi số: chuyên đề an toàn thông tin", "Trong số này: mười dấu hiệu của thư lừa đảo; vì sao cần xác thực hai yếu tố; phỏng vấn chuyên gia ứng cứu sự cố."),
        Plain("Đào tạo trực tuyến", "daotao@hocvien.example.org", [Chief, Officer], "Mời tham gia khóa bồi dưỡng kỹ năng soạn thảo văn bản", "Học viện mở khóa bồi dưỡng ba ngày về thể thức văn bản theo Nghị định 30/2020/NĐ-CP, học trực tuyến, cấp chứng nhận."),
        new("lienhe@congnghecu.example.com", [Department], false, (date, number) => Raw(
            $"From: \"=?windows-1258?Q?C=F4ng_ty_Ph=E2=CCn_m=EA=CCm_M=F5=ECi?=\" <lienhe@congnghecu.example.com>\r\nTo: {Department.Local}@{Domain}\r\nSubject: =?windows-1258?Q?Gi=F5=ECi_thi=EA=F2u_ph=E2=CCn_m=EA=CCm?=\r\nDate: {date}\r\nMessage-ID: <{number}@congnghecu.example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=windows-1258\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nK=EDnh g=FD=D2i Quy=EC c=F5 quan, ch=FAng t=F4i gi=F5=ECi thi=EA=F2u=\r\n ph=E2=CCn m=EA=CCm qua=D2n ly=EC v=E3n ba=D2n.\r\n")),
        Html("Siêu thị điện máy Siêu Rẻ", "khuyenmai@sieure.example.net", [Chief], "[QC] Giảm giá 70% chỉ hôm nay", "<h1 style=\"color:red\">GIẢM 70%</h1><p>Bấm <a href=\"http://sieure.example.net/mua\">vào đây</a> để nhận phiếu mua hàng 5 triệu đồng!</p><img src=\"http://sieure.example.net/pixel.gif\" width=\"1\" height=\"1\">"),
        Html("Quản trị hộp thư", "admin@mail-daknong.example.net", [Officer, Clerk], "Hộp thư của bạn sắp đầy, cập nhật ngay", "<p>Hộp thư của bạn đã dùng 99%. <a href=\"http://mail-daknong.example.net/login\">Đăng nhập để nâng dung lượng</a> trong 24 giờ, nếu không hộp thư sẽ bị xóa.</p>"),
        Html("Vay nhanh 24h", "tuvan@vaynhanh.example.net", [Commune], "[QC] Vay tín chấp cho cán bộ, công chức", "<p>Hạn mức 200 triệu đồng, không cần thế chấp, giải ngân trong ngày.</p>"),
    ];

    private static OutsideMessage Plain(string name, string address, SampleAccount[] to, string subject, string text) => new(address, to, false, (date, number) =>
        Raw($"{Head(name, address, to, subject, date, number)}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n\r\nTrân trọng,\r\n{name}\r\n"));

    private static OutsideMessage Html(string name, string address, SampleAccount[] to, string subject, string html) => new(address, to, true, (date, number) =>
        Raw($"{Head(name, address, to, subject, date, number)}Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(Encoding.UTF8.GetBytes($"<html><body>{html}</body></html>"), Base64FormattingOptions.InsertLineBreaks)}\r\n"));

    private static string Head(string name, string address, SampleAccount[] to, string subject, string date, int number) =>
        $"From: {Word(name)} <{address}>\r\nTo: {string.Join(", ", to.Select(t => $"{t.Local}@{Domain}"))}\r\nSubject: {Word(subject)}\r\nDate: {date}\r\nMessage-ID: <{number}@{address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..]}>\r\nMIME-Version: 1.0\r\n";

    // RFC 2047 words of at most 75 characters; a word ends between letters.
    private static string Word(string text)
    {
        var words = new List<string>();
        var part = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Encoding.UTF8.GetByteCount(part.ToString()) + rune.Utf8SequenceLength > 45)
            {
                words.Add(part.ToString());
                part.Clear();
            }
            part.Append(rune.ToString());
        }
        words.Add(part.ToString());
        return string.Join("\r\n ", words.Select(w => $"=?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(w))}?="));
    }

    private static byte[] Raw(string text) => Encoding.UTF8.GetBytes(text);
}
