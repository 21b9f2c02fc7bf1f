using System.Text;

namespace CongVu.Formats.Text;

/// <summary>Unicode normalization of text from anywhere: the framework's throws at unpaired surrogates and at U+FFFE, which mail contains.</summary>
public static class ComposedText
{
    private const char Replacement = '\ufffd';

    /// <summary>The text in form <paramref name="form"/>, what is no Unicode replaced by U+FFFD.</summary>
    public static string Of(string text, NormalizationForm form = NormalizationForm.FormC)
    {
        var valid = Validate(text);
        return valid.IsNormalized(form) ? valid : valid.Normalize(form);
    }

    /// <summary>The text can be normalized as it is.</summary>
    public static bool IsValid(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]) || text[i] == '\ufffe')
                return false;
        }
        return true;
    }

    private static string Validate(string text)
    {
        if (System.Text.Ascii.IsValid(text) || IsValid(text))
            return text;
        return string.Create(text.Length, text, static (valid, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                if (char.IsHighSurrogate(source[i]) && i + 1 < source.Length && char.IsLowSurrogate(source[i + 1]))
                {
                    valid[i] = source[i];
                    valid[++i] = source[i];
                }
                else
                {
                    valid[i] = char.IsSurrogate(source[i]) || source[i] == '\ufffe' ? Replacement : source[i];
                }
            }
        });
    }
}
