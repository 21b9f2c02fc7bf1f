using System.Globalization;
using System.Text.RegularExpressions;

namespace CongVu.Governance.Documents;

/// <summary>Cells of lists as people fill them, made uniform. Null where nothing sensible can be read.</summary>
internal static partial class CellText
{
    private static readonly string[] DateForms = ["d/M/yyyy", "d-M-yyyy", "d.M.yyyy", "yyyy-M-d", "yyyy/M/d", "d/M/yy", "d M yyyy"];
    private static readonly string[] MonthForms = ["M/yyyy", "M-yyyy", "M.yyyy", "yyyy-M"];

    /// <summary>Digits with a leading zero: spreadsheets drop it, people write +84.</summary>
    internal static string? Phone(string text)
    {
        // "0905 123 456 (Zalo)", two numbers: the first counts.
        var first = text.Split([';', '/', ',', '(', 'e', 'm'], 2, StringSplitOptions.TrimEntries)[0];
        var digits = string.Concat(first.Where(char.IsAsciiDigit));
        if (first.Any(c => !char.IsAsciiDigit(c) && " .-+".IndexOf(c, StringComparison.Ordinal) < 0))
            return null;
        if (digits.StartsWith("84", StringComparison.Ordinal) && digits.Length is 11 or 12)
            digits = digits[2..];
        if (!digits.StartsWith('0'))
            digits = $"0{digits}";
        return digits.Length is 10 or 11 && digits[1] != '0' ? digits : null;
    }

    /// <summary>An address in lower case; without a domain where the list leaves it out.</summary>
    internal static string? MailboxAddress(string text)
    {
        var clean = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && char.GetUnicodeCategory(c) != UnicodeCategory.Format)).Trim('<', '>', ',', ';', '.').ToLowerInvariant();
        if (clean.StartsWith("mailto:", StringComparison.Ordinal))
            clean = clean["mailto:".Length..];
        return WrittenAddress().IsMatch(clean) && !clean.Contains("..", StringComparison.Ordinal) ? clean : null;
    }

    /// <summary>A day; of a month or a year alone its first day, where <paramref name="isRough"/> allows it.</summary>
    internal static DateOnly? Date(string text, bool isRough)
    {
        var clean = text.Trim().TrimEnd('.');
        if (Spoken().Match(CongVu.Formats.Text.VietnameseFolding.Fold(clean)) is { Success: true } spoken)
            clean = $"{spoken.Groups[1].Value}/{spoken.Groups[2].Value}/{spoken.Groups[3].Value}";
        clean = Spaces().Replace(clean, "$1");
        // A time of day behind it says nothing here.
        if (clean.IndexOf(' ', StringComparison.Ordinal) is > 7 and var space && clean.AsSpan(space).Contains(':'))
            clean = clean[..space];
        if (DateOnly.TryParseExact(clean, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1900 and < 2101)
            return date;
        if (isRough && DateOnly.TryParseExact(clean, MonthForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out date) && date.Year is >= 1900 and < 2101)
            return date;
        return isRough && clean.Length == 4 && int.TryParse(clean, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year is >= 1900 and < 2101 ? new(year, 1, 1) : null;
    }

    /// <summary>Bytes of "2 GB", "02 Gigabyte", "1,5GB", "2048 MB", and of a bare number of GB.</summary>
    internal static long? Storage(string text)
    {
        if (Amount().Match(text.ToLowerInvariant()) is not { Success: true } match || !double.TryParse(match.Groups[1].Value.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
            return null;
        var bytes = amount * (match.Groups[2].Value.StartsWith('m') ? 1L << 20 : 1L << 30);
        return bytes is > 0 and < 1L << 50 ? (long)bytes : null;
    }

    /// <summary>A person's name has letters and no digits.</summary>
    internal static bool IsName(string text) => text.Length <= People.PersonName.MaxChars && text.Any(char.IsLetter) && !text.Any(char.IsDigit) && !text.Contains('@', StringComparison.Ordinal);

    /// <summary>Dots and dashes on which a form is filled in, and what stands between angle brackets, are no text.</summary>
    internal static string Filled(string text)
    {
        var clean = Placeholder().Replace(text, "").Trim();
        return clean.AsSpan().IndexOfAnyExcept(". …_-–/:".AsSpan()) < 0 ? "" : clean.Trim('.', '…', ' ', '_');
    }

    // A local part of ours, with or without its domain.
    [GeneratedRegex(@"^[a-z0-9][a-z0-9._+-]{0,62}[a-z0-9](?:@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)?$")]
    private static partial Regex WrittenAddress();

    [GeneratedRegex(@"^(?:ngay\s+)?(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})$")]
    private static partial Regex Spoken();

    [GeneratedRegex(@"\s*([/.\-])\s*")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*(g|gb|gigabyte|m|mb|megabyte)?\s*$")]
    private static partial Regex Amount();

    [GeneratedRegex("<[^<>]{0,60}>|\\.{3,}|…+|_{3,}")]
    private static partial Regex Placeholder();
}
