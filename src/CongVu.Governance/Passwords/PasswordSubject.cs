using System.Globalization;
using CongVu.Formats.Text;

namespace CongVu.Governance.Passwords;

/// <summary>Whose password it is: what strangers know of a person or can find out, and which therefore must not be in it.</summary>
/// <param name="Login">The address that is typed to sign in.</param>
/// <param name="Name">The person's name.</param>
/// <param name="BirthDate">Where it is known.</param>
public sealed record PasswordSubject(string Login, string Name, DateOnly? BirthDate = null)
{
    /// <summary>Nobody in particular: only the general rules hold.</summary>
    public static PasswordSubject Nobody { get; } = new("", "");

    private const int LeastPiece = 3;
    private const int LeastReversed = 4;

    private static readonly string[] BirthForms = ["ddMMyyyy", "dMyyyy", "yyyyMMdd", "ddMMyy", "yyMMdd", "MMyyyy", "yyyy", "ddMM", "MMdd"];

    /// <summary>A part of the name or of the address, with or without diacritics, in either direction.</summary>
    internal bool NamedIn(string password)
    {
        var plain = WeakPasswords.Letters(password);
        var unmasked = WeakPasswords.Unmasked(password);
        foreach (var piece in Pieces())
        {
            if (Contains(piece) || (piece.Length >= LeastReversed && Contains(WeakPasswords.Reversed(piece))))
                return true;
        }
        return false;

        bool Contains(string piece) => plain.Contains(piece, StringComparison.Ordinal) || unmasked.Contains(piece, StringComparison.Ordinal);
    }

    /// <summary>The day of birth, or its year, in any of the ways that people write it.</summary>
    internal bool BornIn(string password)
    {
        if (BirthDate is not { } born)
            return false;
        var digits = string.Concat(password.Where(char.IsAsciiDigit));
        return BirthForms.Select(form => born.ToString(form, CultureInfo.InvariantCulture))
            .Any(written => digits.Contains(written, StringComparison.Ordinal) || digits.Contains(WeakPasswords.Reversed(written), StringComparison.Ordinal));
    }

    private IEnumerable<string> Pieces()
    {
        var at = Login.IndexOf('@', StringComparison.Ordinal);
        var local = at < 0 ? Login : Login[..at];
        // The domain's own name is everybody's: "daknong" of daknong.gov.vn.
        var domain = at < 0 ? "" : Login[(at + 1)..].Split('.')[0];
        return Name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(Name).Concat(local.Split('.', '-', '_')).Append(domain)
            .Select(part => string.Concat(VietnameseFolding.Fold(part).Where(char.IsLetter)))
            .Where(part => part.Length >= LeastPiece).Distinct();
    }
}
