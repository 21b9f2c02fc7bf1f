using System.Buffers;
using System.Text;
using CongVu.Formats.Text;

namespace CongVu.Governance.Addresses;

/// <summary>Names as addresses spell them: without diacritics, letters a-z and digits only.</summary>
public static class AddressLetters
{
    /// <summary>Every apostrophe that names of the Central Highlands are typed with.</summary>
    internal static readonly SearchValues<char> Apostrophes = SearchValues.Create("'’‘ʼ`´′");

    // What folding leaves: letters without a decomposition.
    private static readonly Dictionary<char, string> Spelled = new()
    {
        ['ð'] = "d", ['ø'] = "o", ['æ'] = "ae", ['œ'] = "oe", ['ß'] = "ss", ['ł'] = "l", ['þ'] = "th", ['ı'] = "i", ['ŋ'] = "ng", ['ħ'] = "h", ['ŧ'] = "t",
    };

    /// <summary>The letters and digits of <paramref name="text"/>, folded; everything else is dropped.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        var folded = VietnameseFolding.Fold(text);
        var letters = new StringBuilder(folded.Length);
        foreach (var c in folded)
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
                letters.Append(c);
            else if (Spelled.TryGetValue(c, out var spelled))
                letters.Append(spelled);
        }
        return letters.ToString();
    }

    /// <summary>The text has letters that no address can spell (another script).</summary>
    public static bool HasOtherScript(ReadOnlySpan<char> text)
    {
        foreach (var c in VietnameseFolding.Fold(text))
        {
            if (char.IsLetter(c) && !char.IsAsciiLetter(c) && !Spelled.ContainsKey(c) && !Apostrophes.Contains(c))
                return true;
        }
        return false;
    }

    /// <summary>Composed text with single spaces, as lists and spreadsheets rarely have it.</summary>
    public static string Tidy(string text) => string.Join(' ', ComposedText.Of(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
