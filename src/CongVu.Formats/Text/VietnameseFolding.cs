using System.Globalization;
using System.Text;

namespace CongVu.Formats.Text;

/// <summary>
/// The one folding of Vietnamese text for search and comparison: case and diacritics are dropped, "đ" is read as "d",
/// and composed and decomposed spellings (TCVN 6909:2001 allows both on input) fold to the same string.
/// </summary>
public static class VietnameseFolding
{
    /// <summary>Folds <paramref name="text"/>. Folding is idempotent; unpaired surrogates become U+FFFD and never throw.</summary>
    public static string Fold(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
            return string.Create(text.Length, text, static (folded, source) => Ascii.ToLower(source, folded, out _));

        var decomposed = ComposedText.Of(text.ToString(), NormalizationForm.FormD);
        var folded = new StringBuilder(decomposed.Length);
        foreach (var rune in decomposed.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.NonSpacingMark)
                continue;
            var lower = Rune.ToLowerInvariant(rune);
            // "đ" has no decomposition in Unicode, yet people type "d" for it.
            folded.Append(lower.Value == 'đ' ? "d" : lower.ToString());
        }

        // Marks are gone; what is left of other scripts is composed again, so that equal text is equal code points.
        return ComposedText.Of(folded.ToString());
    }
}
