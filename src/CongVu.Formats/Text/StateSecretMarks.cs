using System.Buffers;
using System.Text;

namespace CongVu.Formats.Text;

/// <summary>How secret a document says it is (law 29/2018/QH14, article 8).</summary>
public enum SecretLevel
{
    /// <summary>It bears words that only secret documents bear, and no level.</summary>
    Unstated,

    /// <summary>Mật.</summary>
    Confidential,

    /// <summary>Tối mật.</summary>
    Secret,

    /// <summary>Tuyệt mật.</summary>
    TopSecret,
}

/// <summary>
/// Finds the marks that state secrets bear (A13.7): the stamp as a line of its own near the top of a document, "Độ mật: …", and the phrases of circular
/// 24/2020/TT-BCA. Words of everyday that contain "mật" (mật khẩu, bảo mật, mật ong, mật độ …) are none; neither are marks of circulation.
/// </summary>
public static class StateSecretMarks
{
    /// <summary>A stamp stands at the head of a document.</summary>
    private const int HeadLines = 60;

    /// <summary>Lines within which a stamp beside other words counts, where the national motto is near.</summary>
    private const int MottoLines = 25;

    private static readonly SearchValues<char> MarkLetters = SearchValues.Create("Ậậ\u0323\u1ea4");

    private static readonly SearchValues<string> MarkWords = SearchValues.Create(["THU H", "BÓC BÌ"], StringComparison.OrdinalIgnoreCase);

    private static readonly string[] Phrases = ["TÀI LIỆU THU HỒI", "CHỈ NGƯỜI CÓ TÊN MỚI ĐƯỢC BÓC BÌ", "THỜI HẠN BẢO VỆ BÍ MẬT NHÀ NƯỚC", "GIA HẠN BẢO VỆ BÍ MẬT NHÀ NƯỚC"];

    /// <summary>The level that a document's text is marked with; null for none.</summary>
    public static SecretLevel? OfDocument(string text)
    {
        // Most documents bear nothing that could be a mark.
        if (!MayBeMark(text))
            return null;
        SecretLevel? found = null;
        var hasMotto = false;
        var count = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            if (count++ > 5_000)
                break;
            var line = text.AsSpan()[range].Trim();
            if (line.IsEmpty)
            {
                count--;
                continue;
            }
            // Marks are short; a whole paragraph is none.
            if (line.Length > 300 || !MayBeMark(line))
            {
                hasMotto |= count <= MottoLines && IsMotto(line);
                continue;
            }
            var composed = ComposedText.Of(line.ToString());
            hasMotto |= count <= MottoLines && IsMotto(composed);
            var level = OfLine(composed, count <= HeadLines) ?? (hasMotto && count <= MottoLines ? Beside(composed) : null);
            if (level > found || found is null)
                found = level ?? found;
        }
        return found;
    }

    /// <summary>The level that a subject or a file's name says; null for none. People write it there in any way, also without diacritics.</summary>
    public static SecretLevel? OfTitle(string title)
    {
        var composed = ComposedText.Of(title);
        var upper = composed.ToUpperInvariant();
        if (Has(upper, "TUYỆT MẬT"))
            return SecretLevel.TopSecret;
        if (Has(upper, "TỐI MẬT"))
            return SecretLevel.Secret;
        if (OfLevel(upper) is { } stated)
            return stated;
        foreach (var bracketed in (string[])["[MẬT]", "(MẬT)", "{MẬT}", "VĂN BẢN MẬT", "TÀI LIỆU MẬT", "CÔNG VĂN MẬT", "HỒ SƠ MẬT"])
        {
            if (Has(upper, bracketed))
                return SecretLevel.Confidential;
        }
        if (upper.Trim(' ', '.', '-', ':', '*') == "MẬT")
            return SecretLevel.Confidential;
        // Without diacritics "toi mat" is also "tôi mất": only what is written in capitals, or as a name of a file would have it.
        if (System.Text.Ascii.IsValid(title))
        {
            var words = string.Join(' ', title.Split([' ', '_', '-', '.', '[', ']', '(', ')'], StringSplitOptions.RemoveEmptyEntries));
            if (Has(words.ToUpperInvariant(), "TUYET MAT"))
                return SecretLevel.TopSecret;
            if (Has(words, "TOI MAT"))
                return SecretLevel.Secret;
        }
        return null;
    }

    // "MẬT" composed or not, "Độ mật", and the phrases, all have one of these.
    private static bool MayBeMark(ReadOnlySpan<char> text) => text.ContainsAny(MarkLetters) || text.ContainsAny(MarkWords);

    private static bool IsMotto(ReadOnlySpan<char> line) =>
        line.Contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", StringComparison.OrdinalIgnoreCase) || line.Contains("CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM", StringComparison.OrdinalIgnoreCase)
        || line.Contains("ĐẢNG CỘNG SẢN VIỆT NAM", StringComparison.OrdinalIgnoreCase);

    private static SecretLevel? OfLine(string line, bool isHead)
    {
        var bare = line.Trim(' ', '\t', '.', ':', '-', '*', '[', ']', '(', ')', '|', '_', '"', '\u00a0');
        if (isHead)
        {
            switch (Unspaced(bare))
            {
                case "TUYỆTMẬT":
                    return SecretLevel.TopSecret;
                case "TỐIMẬT":
                    return SecretLevel.Secret;
                case "MẬT":
                    return SecretLevel.Confidential;
            }
        }
        var upper = line.ToUpperInvariant();
        if (OfLevel(upper) is { } stated)
            return stated;
        foreach (var phrase in Phrases)
        {
            // A law that quotes the phrase has words around it.
            if (upper.Contains(phrase, StringComparison.Ordinal) && bare.Length < phrase.Length + 40)
                return SecretLevel.Unstated;
        }
        return null;
    }

    // "Độ mật: Tối mật". Forms whose field is empty are none.
    private static SecretLevel? OfLevel(string upper)
    {
        var at = upper.IndexOf("ĐỘ MẬT", StringComparison.Ordinal);
        if (at < 0 || upper[(at + 6)..].TrimStart() is not [':' or '-', .. var rest])
            return null;
        rest = rest.TrimStart(' ', '\t', '"', '\u00a0');
        return rest.StartsWith("TUYỆT MẬT", StringComparison.Ordinal) ? SecretLevel.TopSecret
            : rest.StartsWith("TỐI MẬT", StringComparison.Ordinal) ? SecretLevel.Secret
            : rest.StartsWith("MẬT", StringComparison.Ordinal) && (rest.Length == 3 || !char.IsLetter(rest[3])) ? SecretLevel.Confidential
            : null;
    }

    // PDF puts what stands side by side into one line: "Số: 12/BC-UBND MẬT".
    private static SecretLevel? Beside(string line)
    {
        foreach (var (mark, level) in (ReadOnlySpan<(string, SecretLevel)>)[("TUYỆT MẬT", SecretLevel.TopSecret), ("TỐI MẬT", SecretLevel.Secret), ("MẬT", SecretLevel.Confidential)])
        {
            if (line == mark || line.EndsWith(" " + mark, StringComparison.Ordinal) || line.StartsWith(mark + "  ", StringComparison.Ordinal))
            {
                var before = line[..^mark.Length].TrimEnd();
                if (mark != "MẬT" || !(before.EndsWith("BẢO", StringComparison.Ordinal) || before.EndsWith("BÍ", StringComparison.Ordinal) || before.EndsWith("CẨN", StringComparison.Ordinal) || before.EndsWith("THÂN", StringComparison.Ordinal) || before.EndsWith("KHÔNG", StringComparison.Ordinal)))
                    return level;
            }
        }
        return null;
    }

    // A stamp is often written with its letters apart.
    private static string Unspaced(string text)
    {
        if (text.Length > 20)
            return text;
        var letters = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
                letters.Append(c);
        }
        return letters.ToString();
    }

    private static bool Has(string text, string phrase)
    {
        for (var at = text.IndexOf(phrase, StringComparison.Ordinal); at >= 0; at = text.IndexOf(phrase, at + 1, StringComparison.Ordinal))
        {
            var end = at + phrase.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
                return true;
        }
        return false;
    }
}
