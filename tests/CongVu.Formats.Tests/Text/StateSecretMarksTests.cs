using System.Text;
using CongVu.Formats.Text;

namespace CongVu.Formats.Tests.Text;

public sealed class StateSecretMarksTests
{
    [Theory]
    [InlineData("MẬT", SecretLevel.Confidential)]
    [InlineData("TỐI MẬT", SecretLevel.Secret)]
    [InlineData("T U Y Ệ T  M Ậ T", SecretLevel.TopSecret)]
    [InlineData("[ MẬT ]", SecretLevel.Confidential)]
    [InlineData("Độ mật: Tối mật", SecretLevel.Secret)]
    [InlineData("Độ mật: MẬT. Nơi nhận: như trên", SecretLevel.Confidential)]
    [InlineData("TÀI LIỆU THU HỒI", SecretLevel.Unstated)]
    [InlineData("Chỉ người có tên mới được bóc bì", SecretLevel.Unstated)]
    [InlineData("UBND TỈNH ĐẮK NÔNG CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 12/BC-UBND MẬT", SecretLevel.Confidential)]
    public void Marks_of_documents_are_found_composed_or_not(string text, SecretLevel level)
    {
        Assert.Equal(level, StateSecretMarks.OfDocument("SỞ NỘI VỤ\n" + text + "\nKính gửi: Ủy ban nhân dân tỉnh"));
        Assert.Equal(level, StateSecretMarks.OfDocument(("SỞ NỘI VỤ\n" + text).Normalize(NormalizationForm.FormD)));
    }

    [Theory]
    [InlineData("Đề nghị đổi mật khẩu hộp thư trước ngày 30")]
    [InlineData("Mật khẩu mới: 123")]
    [InlineData("MẬT KHẨU")]
    [InlineData("HỢP TÁC XÃ MẬT ONG")]
    [InlineData("Mật")]
    [InlineData("Bí mật kinh doanh, bảo mật thông tin, mật độ dân số, thân mật")]
    [InlineData("Luật Bảo vệ bí mật nhà nước quy định ba độ mật: Tuyệt mật, Tối mật, Mật là tài liệu phải được quản lý theo quy định của pháp luật và các văn bản hướng dẫn.", "quote")]
    [InlineData("Độ mật: ................")]
    [InlineData("LƯU HÀNH NỘI BỘ")]
    [InlineData("BÁO CÁO CÔNG TÁC BẢO MẬT")]
    [InlineData("Tôi mất thẻ công chức")]
    public void Words_of_everyday_are_none(string text, string? quote = null)
    {
        if (quote is null)
            Assert.Null(StateSecretMarks.OfDocument("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n" + text));
        Assert.Null(StateSecretMarks.OfDocument(new string('x', 10) + "\nĐiều 1. " + text.Replace("độ mật:", "độ mật là", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("[MẬT] Báo cáo quý I", SecretLevel.Confidential)]
    [InlineData("Báo cáo (mật)", SecretLevel.Confidential)]
    [InlineData("V/v chuyển tài liệu Tuyệt mật", SecretLevel.TopSecret)]
    [InlineData("bc_tuyet_mat.docx", SecretLevel.TopSecret)]
    [InlineData("TOI MAT - ke hoach.pdf", SecretLevel.Secret)]
    [InlineData("toi mat the cong chuc", null)]
    [InlineData("V/v đổi mật khẩu", null)]
    [InlineData("Tập huấn bảo mật, bí mật nhà nước", null)]
    [InlineData("Thông báo mật độ giao thông", null)]
    public void Titles(string title, SecretLevel? level) => Assert.Equal(level, StateSecretMarks.OfTitle(title));
}
