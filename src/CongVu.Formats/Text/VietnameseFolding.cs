using System.Globalization;
using System.Text;

namespace CongVu.Formats.Text;

/// <summary>
/// The one folding of Vietnamese text for search and comparison: case and diacritics are dropped, "đ" is read as "d",
/// and composed and decomposed spellings (TCVN 6909:2001 allows both on input) fold to the same string.
/// </summary>
public static class VietnameseFolding
{
    // Latin, Greek, Cyrillic and their marks fold letter by letter; scripts above are composed anew.
    private const int TableSize = 0x2000;
    private const char Dropped = '\uffff';
    private const char NotByTable = '\ufffe';

    private static readonly char[] Table = BuildTable();

    /// <summary>Folds <paramref name="text"/>. Folding is idempotent; unpaired surrogates become U+FFFD and never throw.</summary>
    public static string Fold(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
            return string.Create(text.Length, text, static (folded, source) => Ascii.ToLower(source, folded, out _));
        var buffer = System.Buffers.ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            return TryFold(text, buffer, out var length) ? new(buffer, 0, length) : FoldAny(text.ToString());
        }
        finally
        {
            System.Buffers.ArrayPool<char>.Shared.Return(buffer);
        }
    }

    // Each letter for itself: what Vietnamese and its neighbours are written in.
    private static bool TryFold(ReadOnlySpan<char> text, Span<char> folded, out int length)
    {
        length = 0;
        foreach (var c in text)
        {
            // Punctuation and symbols of the general blocks stay.
            var to = c < TableSize ? Table[c] : c is >= '\u2010' and <= '\u205e' ? c : NotByTable;
            if (to == NotByTable)
                return false;
            if (to != Dropped)
                folded[length++] = to;
        }
        return true;
    }

    private static string FoldAny(string text)
    {
        var decomposed = ComposedText.Of(text, NormalizationForm.FormD);
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

    private static char[] BuildTable()
    {
        var table = new char[TableSize];
        for (var c = 0; c < TableSize; c++)
        {
            var folded = FoldAny(((char)c).ToString());
            // Scripts whose letters join into others (Hangul, Indic vowels) need their neighbours.
            var category = CharUnicodeInfo.GetUnicodeCategory((char)c);
            table[c] = folded switch
            {
                "" => Dropped,
                { Length: 1 } when c < 0x590 || c >= 0x1e00 || category is not (UnicodeCategory.SpacingCombiningMark or UnicodeCategory.NonSpacingMark or UnicodeCategory.OtherLetter) => folded[0],
                _ => NotByTable,
            };
        }
        return table;
    }
}
