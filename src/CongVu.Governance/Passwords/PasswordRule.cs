using System.Security.Cryptography;
using CongVu.Governance.Policy;
using CongVu.Governance.WorkingDays;

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

    /// <summary>A part of the holder's name or address is in it.</summary>
    HasName = 64,

    /// <summary>The holder's day or year of birth is in it.</summary>
    HasBirthDate = 128,

    /// <summary>It is one of those that everybody tries first.</summary>
    Common = 256,

    /// <summary>The holder had it before.</summary>
    Used = 512,
}

/// <summary>The Regulation's rule for passwords (A12.1).</summary>
public static class PasswordRule
{
    /// <summary>More than anybody types; longer ones only cost hashing.</summary>
    public const int MaxChars = 256;

    private static readonly RegulationFigures Defaults = new();

    // Without the characters that are taken for one another on paper: 0 O, 1 l I.
    private const string Lower = "abcdefghijkmnpqrstuvwxyz";
    private const string Upper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const string Digits = "23456789";
    private const string Special = "@#%+=?";

    /// <summary>Characters required of an administrator or a user (A12.1).</summary>
    public static int MinChars(bool isAdministrator, RegulationFigures? figures = null) =>
        isAdministrator ? (figures ?? Defaults).AdministratorPasswordChars : (figures ?? Defaults).PasswordChars;

    /// <summary>The last day on which a password holds that was set on <paramref name="changed"/>: the end of the term, or the next working day where it ends on a day off (A12.2).</summary>
    public static DateOnly LastDay(DateOnly changed, bool isAdministrator, RegulationFigures figures, WorkingCalendar calendar) =>
        (isAdministrator ? figures.AdministratorPasswordAge : figures.PasswordAge).DueAfter(changed, calendar).Date;

    /// <summary>When a password set at <paramref name="changed"/> stops to hold: as the first working day after its last begins, so that nobody is shut out on a day off (A12.2).</summary>
    public static DateTimeOffset ExpiresAt(DateTimeOffset changed, bool isAdministrator, RegulationFigures figures, WorkingCalendar calendar) =>
        VietnamTime.StartOf(calendar.AddWorkingDays(LastDay(VietnamTime.Day(changed), isAdministrator, figures, calendar), 1).Date);

    /// <summary>Checks a password: long enough, with all four kinds of characters (A12.1).</summary>
    public static PasswordFault Check(ReadOnlySpan<char> password, bool isAdministrator, RegulationFigures? figures = null)
    {
        var faults = PasswordFault.NoLower | PasswordFault.NoUpper | PasswordFault.NoDigit | PasswordFault.NoSpecial;
        foreach (var c in password)
        {
            faults &= ~(char.IsLower(c) ? PasswordFault.NoLower
                : char.IsUpper(c) ? PasswordFault.NoUpper
                : char.IsDigit(c) ? PasswordFault.NoDigit
                : PasswordFault.NoSpecial);
        }
        if (password.Length < MinChars(isAdministrator, figures))
            faults |= PasswordFault.TooShort;
        if (password.Length > MaxChars)
            faults |= PasswordFault.TooLong;
        return faults;
    }

    /// <summary>Checks a password of <paramref name="subject"/>: its length and characters, nothing of the holder in it, none of those that everybody tries (A12.1).</summary>
    public static PasswordFault Check(string password, bool isAdministrator, PasswordSubject subject, RegulationFigures? figures = null)
    {
        var faults = Check(password.AsSpan(), isAdministrator, figures);
        if (password.Length > MaxChars)
            return faults;
        if (subject.NamedIn(password))
            faults |= PasswordFault.HasName;
        if (subject.BornIn(password))
            faults |= PasswordFault.HasBirthDate;
        if (WeakPasswords.IsWeak(password))
            faults |= PasswordFault.Common;
        return faults;
    }

    /// <summary>A random password of 16 characters that satisfies the rule: over 80 bits, and easy to read out.</summary>
    public static string Generate() => Generate(PasswordSubject.Nobody);

    /// <summary>The same for <paramref name="subject"/>, whose name a random word might happen to be.</summary>
    public static string Generate(PasswordSubject subject)
    {
        while (true)
        {
            var password = Random();
            if (Check(password, isAdministrator: true, subject) == PasswordFault.None)
                return password;
        }
    }

    private static string Random()
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
