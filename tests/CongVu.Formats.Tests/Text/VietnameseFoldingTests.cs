using System.Text;
using CongVu.Formats.Text;
using CsCheck;

namespace CongVu.Formats.Tests.Text;

public sealed class VietnameseFoldingTests
{
    [Theory]
    [InlineData("Đắk Nông", "dak nong")]
    [InlineData("Ủy ban nhân dân", "uy ban nhan dan")]
    [InlineData("Thư Công Vụ", "thu cong vu")]
    [InlineData("Nguyễn Thị HOA", "nguyen thi hoa")]
    [InlineData("Điểu K'Rang", "dieu k'rang")]
    [InlineData("H'Bê", "h'be")]
    [InlineData("plain ASCII 123", "plain ascii 123")]
    [InlineData("", "")]
    public void Case_and_diacritics_are_dropped(string text, string expected) =>
        Assert.Equal(expected, VietnameseFolding.Fold(text));

    [Fact]
    public void Composed_and_decomposed_spellings_fold_alike()
    {
        const string text = "Quyết định về việc quản lý hộp thư điện tử công vụ";
        Assert.Equal(
            VietnameseFolding.Fold(text.Normalize(NormalizationForm.FormC)),
            VietnameseFolding.Fold(text.Normalize(NormalizationForm.FormD)));
    }

    [Fact]
    public void Unpaired_surrogates_become_the_replacement_character() =>
        Assert.Equal("a\ufffdb", VietnameseFolding.Fold("A\ud800B"));

    [Fact]
    public void Letters_fold_the_same_beside_letters_of_other_scripts() =>
        // One Hangul syllable takes the whole text the long way round.
        Gen.Char['\u0020', '\u1fff'].Where(c => c < 0x590 || c >= 0x1e00).Array[0, 40].Sample(letters =>
            Assert.Equal(VietnameseFolding.Fold(new string(letters) + " 한"), VietnameseFolding.Fold(letters) + VietnameseFolding.Fold(" 한")));

    [Fact]
    public void Folding_is_idempotent_for_any_text() =>
        Gen.String[Gen.Char, 0, 60].Sample(text =>
        {
            var once = VietnameseFolding.Fold(text);
            return VietnameseFolding.Fold(once) == once;
        });
}
