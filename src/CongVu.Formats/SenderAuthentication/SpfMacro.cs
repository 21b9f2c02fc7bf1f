using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>Where a macro stands.</summary>
internal enum SpfMacroUse
{
    /// <summary>In a name that DNS is asked for.</summary>
    Domain,

    /// <summary>In an explanation, which may say more (RFC 7208 §7.2).</summary>
    Explanation,
}

/// <summary>The values of macro letters.</summary>
/// <param name="Sender">s, l, o.</param>
/// <param name="Domain">d.</param>
/// <param name="Client">i, v, c.</param>
/// <param name="Helo">h.</param>
/// <param name="Receiver">r.</param>
/// <param name="Now">t.</param>
internal sealed record SpfMacroValues(string Sender, string Domain, IPAddress Client, string Helo, string Receiver, DateTimeOffset Now)
{
    internal string LocalPart => Sender[..Sender.LastIndexOf('@')];

    internal string SenderDomain => Sender[(Sender.LastIndexOf('@') + 1)..];
}

/// <summary>Macros of RFC 7208 §7: checked as they are written, then expanded.</summary>
internal static class SpfMacro
{
    private static readonly SearchValues<char> Delimiters = SearchValues.Create(".-+,/_=");
    private static readonly SearchValues<char> LabelCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    /// <summary>macro-string with the right end: a name or a macro (§7.1).</summary>
    internal static bool IsDomainSpec(string text)
    {
        if (text.Length == 0 || !Walk(text, SpfMacroUse.Domain, null, out var endsWithMacro))
            return false;
        if (endsWithMacro)
            return true;
        if (text[^1] == '.')
            text = text[..^1];
        var dot = text.LastIndexOf('.');
        return dot >= 0 && IsTopLabel(text.AsSpan(dot + 1));
    }

    internal static bool IsMacroString(string text, SpfMacroUse use) => Walk(text, use, null, out _);

    /// <summary>The macro p needs DNS.</summary>
    internal static bool UsesValidatedName(string text) => text.Contains("%{p", StringComparison.OrdinalIgnoreCase);

    /// <summary>The text with its macros replaced; null where it is not well formed.</summary>
    internal static string? Expand(string text, SpfMacroUse use, SpfMacroValues values, string validatedName)
    {
        var result = new StringBuilder(text.Length + 32);
        return Walk(text, use, Part, out _) ? result.ToString() : null;

        void Part(ReadOnlySpan<char> literal, char letter, ReadOnlySpan<char> transformers)
        {
            if (letter == '\0')
                result.Append(literal);
            else
                result.Append(Transform(ValueOf(char.ToLowerInvariant(letter), values, validatedName), transformers, char.IsAsciiLetterUpper(letter)));
        }
    }

    private delegate void PartReader(ReadOnlySpan<char> literal, char letter, ReadOnlySpan<char> transformers);

    private static bool Walk(ReadOnlySpan<char> text, SpfMacroUse use, PartReader? part, out bool endsWithMacro)
    {
        endsWithMacro = false;
        for (var at = 0; at < text.Length;)
        {
            endsWithMacro = false;
            var c = text[at];
            if (c is not ((> ' ' and < '\x7f') or ' ') || (c == ' ' && use == SpfMacroUse.Domain))
                return false;
            if (c != '%')
            {
                part?.Invoke(text.Slice(at, 1), '\0', default);
                at++;
                continue;
            }
            if (at + 1 >= text.Length)
                return false;
            endsWithMacro = true;
            switch (text[at + 1])
            {
                case '%':
                    part?.Invoke("%", '\0', default);
                    at += 2;
                    break;
                case '_':
                    part?.Invoke(" ", '\0', default);
                    at += 2;
                    break;
                case '-':
                    part?.Invoke("%20", '\0', default);
                    at += 2;
                    break;
                case '{':
                    var end = text[at..].IndexOf('}');
                    if (end < 3 || !IsMacro(text.Slice(at + 2, end - 2), use))
                        return false;
                    part?.Invoke(default, text[at + 2], text.Slice(at + 3, end - 3));
                    at += end + 1;
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    private static bool IsMacro(ReadOnlySpan<char> macro, SpfMacroUse use)
    {
        var letter = char.ToLowerInvariant(macro[0]);
        if (!(use == SpfMacroUse.Explanation ? "slodiphvcrt" : "slodiphv").Contains(letter, StringComparison.Ordinal))
            return false;
        ReadTransformers(macro[1..], out var count, out _, out var delimiters);
        return count != 0 && delimiters.IndexOfAnyExcept(Delimiters) < 0;
    }

    // Digits, "r", delimiters. No digits count as all parts.
    private static void ReadTransformers(ReadOnlySpan<char> text, out int count, out bool reverse, out ReadOnlySpan<char> delimiters)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        count = digits == 0 ? int.MaxValue : int.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
        text = text[digits..];
        reverse = text.Length > 0 && text[0] is 'r' or 'R';
        delimiters = reverse ? text[1..] : text;
    }

    private static string Transform(string value, ReadOnlySpan<char> transformers, bool escape)
    {
        ReadTransformers(transformers, out var count, out var reverse, out var delimiters);
        if (transformers.Length > 0)
        {
            var parts = value.Split(delimiters.IsEmpty ? ['.'] : delimiters.ToArray());
            if (reverse)
                Array.Reverse(parts);
            value = string.Join('.', parts[Math.Max(0, parts.Length - Math.Min(count, parts.Length))..]);
        }
        return escape ? Uri.EscapeDataString(value) : value;
    }

    private static string ValueOf(char letter, SpfMacroValues values, string validatedName) => letter switch
    {
        's' => values.Sender,
        'l' => values.LocalPart,
        'o' => values.SenderDomain,
        'd' => values.Domain,
        'i' => DomainNames.Dotted(values.Client),
        'p' => validatedName,
        'h' => values.Helo,
        'v' => values.Client.AddressFamily == AddressFamily.InterNetwork ? "in-addr" : "ip6",
        'c' => values.Client.ToString(),
        'r' => values.Receiver,
        _ => values.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
    };

    // Letters, digits and hyphens within, and not digits alone (§7.1).
    private static bool IsTopLabel(ReadOnlySpan<char> label) =>
        label.Length > 0 && label[0] != '-' && label[^1] != '-'
        && label.IndexOfAnyExceptInRange('0', '9') >= 0
        && label.IndexOfAnyExcept(LabelCharacters) < 0;
}
