using System.Buffers;
using System.Globalization;
using System.Text;
using CongVu.Formats.Mime;
using CongVu.Formats.Text;

namespace CongVu.Mail.Store.Search;

/// <summary>Which words of a message are searched (RFC 9051 §6.4.4).</summary>
public enum SearchField
{
    /// <summary>Header and body.</summary>
    Text,

    /// <summary>The body alone.</summary>
    Body,

    /// <summary>Subject.</summary>
    Subject,

    /// <summary>From.</summary>
    From,

    /// <summary>To.</summary>
    To,

    /// <summary>Cc.</summary>
    Cc,

    /// <summary>Bcc.</summary>
    Bcc,
}

/// <summary>
/// Text as search sees it: folded words, one space between them. Everything that is neither letter nor digit separates words, so a phrase is found
/// over line ends and punctuation.
/// </summary>
internal static class SearchWords
{
    /// <summary>A "word" longer than this is no word; it is cut, and what is searched in it is verified.</summary>
    internal const int MaxWordChars = 60;

    private static readonly SearchValues<char> PlainWord = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    internal static string Normalize(string text)
    {
        var folded = VietnameseFolding.Fold(text).AsSpan();
        var words = new StringBuilder(folded.Length);
        while (!folded.IsEmpty)
        {
            // A run of word characters at a time; what lies between two is one space.
            var length = WordLength(folded);
            for (var at = 0; at < length; at += MaxWordChars)
            {
                if (words.Length > 0)
                    words.Append(' ');
                words.Append(folded[at..Math.Min(length, at + MaxWordChars)]);
            }
            folded = folded[length..];
            while (!folded.IsEmpty && WordLength(folded[..Math.Min(2, folded.Length)]) == 0)
                folded = folded[(char.IsHighSurrogate(folded[0]) && folded.Length > 1 && char.IsLowSurrogate(folded[1]) ? 2 : 1)..];
        }
        return words.ToString();
    }

    private static int WordLength(ReadOnlySpan<char> text)
    {
        for (var length = 0; ;)
        {
            var plain = text[length..].IndexOfAnyExcept(PlainWord);
            if (plain < 0)
                return text.Length;
            length += plain;
            var c = text[length];
            if (c < 0x80)
                return length;
            if (!char.IsSurrogate(c) && IsWord(new(c)))
                length++;
            else if (char.IsHighSurrogate(c) && length + 1 < text.Length && char.IsLowSurrogate(text[length + 1]) && IsWord(new(c, text[length + 1])))
                length += 2;
            else
                return length;
        }
    }

    /// <summary>Whether the words of <paramref name="needle"/> tell all: without punctuation, a match of words is a match of text.</summary>
    internal static bool NeedsVerification(string needle)
    {
        foreach (var rune in needle.EnumerateRunes())
        {
            if (!Rune.IsWhiteSpace(rune) && !IsWord(rune) && Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
                return true;
        }
        return false;
    }

    /// <summary>The text contains the needle, read as search reads both: folded, any white space as one space.</summary>
    internal static bool Contains(MessageText text, SearchField field, string needle)
    {
        var wanted = Spaced(needle);
        return field switch
        {
            SearchField.Subject => Has(text.Subject),
            SearchField.From => Has(text.From),
            SearchField.To => Has(text.To),
            SearchField.Cc => Has(text.Cc),
            SearchField.Bcc => Has(text.Bcc),
            SearchField.Body => Has(text.Body),
            _ => Has(text.Subject) || Has(text.From) || Has(text.To) || Has(text.Cc) || Has(text.Bcc) || Has(text.Body),
        };

        bool Has(string value) => Spaced(value).Contains(wanted, StringComparison.Ordinal) || (!NeedsVerification(needle) && Normalize(value).Contains(Normalize(needle), StringComparison.Ordinal));
    }

    private static string Spaced(string text)
    {
        var folded = VietnameseFolding.Fold(text);
        var spaced = new StringBuilder(folded.Length);
        foreach (var c in folded)
        {
            if (!char.IsWhiteSpace(c))
                spaced.Append(c);
            else if (spaced.Length > 0 && spaced[^1] != ' ')
                spaced.Append(' ');
        }
        return spaced.ToString().Trim(' ');
    }

    private static bool IsWord(Rune rune) => rune.IsAscii ? char.IsAsciiLetterOrDigit((char)rune.Value) : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber;
}
