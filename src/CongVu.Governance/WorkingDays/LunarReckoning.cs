using System.Collections.Concurrent;

namespace CongVu.Governance.WorkingDays;

/// <summary>The lunisolar calendar as reckoned at one offset from universal time. Only Vietnam's is used; the tests reckon China's as well, which is published.</summary>
internal sealed class LunarReckoning(int hours)
{
    private const double Day0 = 1721425.5; // The Julian day of 0001-01-01, which is day number 0 of DateOnly.

    private readonly ConcurrentDictionary<int, LunarMonth[]> years = new();

    internal readonly record struct LunarMonth(int Year, int Month, bool IsLeap, int FirstDay);

    /// <summary>The solar date, or null when the year has no such month or day.</summary>
    public DateOnly? ToSolar(LunarDate date)
    {
        // Months 11 and 12 belong to the reckoning year that ends at the next winter solstice.
        var months = MonthsFrom(date.Month >= 11 ? date.Year : date.Year - 1);
        for (var i = 0; i < months.Length - 1; i++)
        {
            if (months[i].Year != date.Year || months[i].Month != date.Month || months[i].IsLeap != date.IsLeap)
                continue;
            var first = months[i].FirstDay;
            return date.Day >= 1 && date.Day <= months[i + 1].FirstDay - first ? DateOnly.FromDayNumber(first + date.Day - 1) : null;
        }
        return null;
    }

    /// <summary>The lunar date of a solar one.</summary>
    public LunarDate FromSolar(DateOnly date)
    {
        var months = MonthsFrom(date.Year);
        if (months[0].FirstDay > date.DayNumber)
            months = MonthsFrom(date.Year - 1);
        var i = months.Length - 2;
        while (months[i].FirstDay > date.DayNumber)
            i--;
        return new(months[i].Year, months[i].Month, date.DayNumber - months[i].FirstDay + 1, months[i].IsLeap);
    }

    /// <summary>The months from the 11th of a year up to the next 11th, which closes the list.</summary>
    private LunarMonth[] MonthsFrom(int year) => years.GetOrAdd(year, Reckon);

    private LunarMonth[] Reckon(int year)
    {
        var first = Month11(year);
        var last = Month11(year + 1);
        var count = last - first;
        var months = new LunarMonth[count + 1];
        var (number, leapSeen) = (11, count == 12);
        for (var i = 0; i <= count; i++)
        {
            var begin = DayOfNewMoon(first + i);
            var isLeap = !leapSeen && i > 0 && Term(begin) == Term(DayOfNewMoon(first + i + 1));
            if (isLeap)
                leapSeen = true;
            else if (i > 0)
                number = number % 12 + 1;
            months[i] = new(number >= 11 && i < 4 ? year : year + 1, number, isLeap, begin);
        }
        return months;
    }

    /// <summary>The number of the new moon whose month has the winter solstice of a year.</summary>
    private int Month11(int year)
    {
        var end = new DateOnly(year, 12, 31).DayNumber;
        var k = Astronomy.NewMoonBefore(Day0 + end) + 3;
        while (DayOfNewMoon(k) > end)
            k--;
        // The solstice is at longitude 270: the last month that begins with the Sun before it.
        if (Term(DayOfNewMoon(k)) >= 9)
            k--;
        return k;
    }

    private int DayOfNewMoon(int k) => (int)Math.Floor(Astronomy.NewMoon(k) - Day0 + hours / 24.0);

    // Which twelfth of its way the Sun is in when the day begins: a month without a change has no principal term.
    private int Term(int day) => (int)(Astronomy.SunLongitude(Day0 + day - hours / 24.0) / 30);
}
