using System.Security.Cryptography;
using CongVu.Governance.Policy;

namespace CongVu.Governance.Passwords;

/// <summary>What a password lacks.</summary>
[Flags]
public enum PasswordFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Characters.</summary>
    TooShort = 1,

    /// <summary>A lower case letter.</summary>
    NoLower = 2,

    /// <summary>An upper case letter.</summary>
    NoUpper = 4,

    /// <summary>A digit.</summary>
    NoDigit = 8,

    /// <summary>A special character.</summary>
    NoSpecial = 16,

    /// <summary>More characters than are taken.</summary>
    TooLong = 32,
}

/// <summary>The Regulation's rule for passwords (A12.1).</summary>
public static class PasswordRule
{
    /// <summary>More than anybody types; longer ones only cost hashing.</summary>
    public const int MaxChars = 256;

    // Without the characters that are taken for one another on paper: 0 O, 1 l I.
    private const string Lower = "abcdefghijkmnpqrstuvwxyz";
    private const string Upper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const string Digits = "23456789";
    private const string Special = "@#%+=?";

    /// <summary>Characters required of an administrator or a user (A12.1).</summary>
    public static int MinChars(bool isAdministrator) => isAdministrator ? Regulation.AdministratorPasswordChars : Regulation.PasswordChars;

    /// <summary>When a password that was set at <paramref name="changed"/> must have been changed (A12.2).</summary>
    public static DateTimeOffset ExpiresAt(DateTimeOffset changed, bool isAdministrator) =>
        changed.AddMonths(isAdministrator ? Regulation.AdministratorPasswordMonths : Regulation.PasswordMonths);

    /// <summary>Passwords set before this have expired by <paramref name="now"/> (A12.2).</summary>
    public static DateTimeOffset ExpiredBefore(DateTimeOffset now, bool isAdministrator) =>
        now.AddMonths(-(isAdministrator ? Regulation.AdministratorPasswordMonths : Regulation.PasswordMonths));

    /// <summary>Checks a password: long enough, with all four kinds of characters (A12.1).</summary>
    public static PasswordFault Check(ReadOnlySpan<char> password, bool isAdministrator)
    {
        var faults = PasswordFault.NoLower | PasswordFault.NoUpper | PasswordFault.NoDigit | PasswordFault.NoSpecial;
        foreach (var c in password)
        {
            faults &= ~(char.IsLower(c) ? PasswordFault.NoLower
                : char.IsUpper(c) ? PasswordFault.NoUpper
                : char.IsDigit(c) ? PasswordFault.NoDigit
                : PasswordFault.NoSpecial);
        }
        if (password.Length < MinChars(isAdministrator))
            faults |= PasswordFault.TooShort;
        if (password.Length > MaxChars)
            faults |= PasswordFault.TooLong;
        return faults;
    }

    /// <summary>A random password of 16 characters that satisfies the rule: over 80 bits, and easy to read out.</summary>
    public static string Generate()
    {
        Span<char> chars = stackalloc char[16];
        RandomNumberGenerator.GetItems(Lower + Upper + Digits, chars);
        // One of each kind at places of their own, so that the rule always holds.
        Span<int> places = [.. Enumerable.Range(0, chars.Length)];
        RandomNumberGenerator.Shuffle(places);
        chars[places[0]] = Pick(Lower);
        chars[places[1]] = Pick(Upper);
        chars[places[2]] = Pick(Digits);
        chars[places[3]] = Pick(Special);
        return new(chars);
    }

    private static char Pick(string from) => from[RandomNumberGenerator.GetInt32(from.Length)];
}
