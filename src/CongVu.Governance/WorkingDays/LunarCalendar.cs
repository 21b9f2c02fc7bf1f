namespace CongVu.Governance.WorkingDays;

/// <summary>A day of the lunar calendar.</summary>
/// <param name="Year">The lunar year, named after the solar year in which it begins.</param>
/// <param name="Month">1 to 12.</param>
/// <param name="Day">1 to 30.</param>
/// <param name="IsLeap">The month is the second of its number.</param>
public readonly record struct LunarDate(int Year, int Month, int Day, bool IsLeap);

/// <summary>
/// The Vietnamese lunar calendar: computed at UTC+7, so that it differs from the Chinese one where a new moon falls between 23 and 24 o'clock (Tết 2007, 2030, 2053).
/// A month begins on the day of the new moon; the month with the winter solstice is the 11th; in a year of thirteen the first month without a principal term is the leap one.
/// </summary>
public static class LunarCalendar
{
    /// <summary>The first solar year that is computed.</summary>
    public const int FirstYear = 2000;

    /// <summary>The last solar year that is computed.</summary>
    public const int LastYear = 2100;

    private const int HoursOfVietnam = 7;

    private static readonly LunarReckoning Vietnam = new(HoursOfVietnam);

    /// <summary>Mùng 1 Tết of a solar year.</summary>
    public static DateOnly NewYear(int year) => ToSolar(new(year, 1, 1, false));

    /// <summary>The solar date of a lunar one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The year is out of range, or has no such month or day.</exception>
    public static DateOnly ToSolar(LunarDate date)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(date.Year, FirstYear - 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(date.Year, LastYear);
        return Vietnam.ToSolar(date) ?? throw new ArgumentOutOfRangeException(nameof(date), date, "There is no such day in the lunar calendar.");
    }

    /// <summary>The lunar date of a solar one.</summary>
    public static LunarDate FromSolar(DateOnly date)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(date.Year, FirstYear);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(date.Year, LastYear);
        return Vietnam.FromSolar(date);
    }
}
