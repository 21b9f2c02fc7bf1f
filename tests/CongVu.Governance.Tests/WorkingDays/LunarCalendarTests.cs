using System.Globalization;
using CongVu.Governance.WorkingDays;

namespace CongVu.Governance.Tests.WorkingDays;

public sealed class LunarCalendarTests
{
    // The days as the province kept them: 2022-2026 in the yearly decisions, the others in printed calendars.
    [Theory]
    [InlineData("2000-02-05")]
    [InlineData("2001-01-24")]
    [InlineData("2002-02-12")]
    [InlineData("2003-02-01")]
    [InlineData("2004-01-22")]
    [InlineData("2005-02-09")]
    [InlineData("2006-01-29")]
    [InlineData("2007-02-17")]
    [InlineData("2008-02-07")]
    [InlineData("2009-01-26")]
    [InlineData("2010-02-14")]
    [InlineData("2011-02-03")]
    [InlineData("2012-01-23")]
    [InlineData("2013-02-10")]
    [InlineData("2014-01-31")]
    [InlineData("2015-02-19")]
    [InlineData("2016-02-08")]
    [InlineData("2017-01-28")]
    [InlineData("2018-02-16")]
    [InlineData("2019-02-05")]
    [InlineData("2020-01-25")]
    [InlineData("2021-02-12")]
    [InlineData("2022-02-01")]
    [InlineData("2023-01-22")]
    [InlineData("2024-02-10")]
    [InlineData("2025-01-29")]
    [InlineData("2026-02-17")]
    [InlineData("2027-02-06")]
    [InlineData("2028-01-26")]
    [InlineData("2029-02-13")]
    [InlineData("2030-02-02")]
    [InlineData("2031-01-23")]
    [InlineData("2032-02-11")]
    [InlineData("2033-01-31")]
    [InlineData("2034-02-19")]
    [InlineData("2053-02-18")]
    public void Tet_falls_on_the_day_that_was_kept(string day)
    {
        var date = DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        Assert.Equal(date, LunarCalendar.NewYear(date.Year));
    }

    [Theory]
    [InlineData("2022-04-10")]
    [InlineData("2023-04-29")]
    [InlineData("2024-04-18")]
    [InlineData("2025-04-07")]
    [InlineData("2026-04-26")]
    [InlineData("2027-04-16")]
    public void The_Hung_kings_day_is_the_tenth_of_the_third_month(string day) =>
        Assert.Equal(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture), LunarCalendar.ToSolar(new(int.Parse(day.AsSpan(0, 4), CultureInfo.InvariantCulture), 3, 10, false)));

    [Fact]
    public void Tet_differs_from_the_Chinese_new_year_in_2007_2030_and_2053_only()
    {
        var china = new ChineseLunisolarCalendar();
        var different = Enumerable.Range(2000, 101).Where(y => DateOnly.FromDateTime(china.ToDateTime(y, 1, 1, 0, 0, 0, 0)) != LunarCalendar.NewYear(y));
        Assert.Equal([2007, 2030, 2053], different);
    }

    [Fact]
    public void Reckoned_at_UTC_plus_8_the_days_of_a_century_are_the_published_Chinese_ones()
    {
        var china = new ChineseLunisolarCalendar();
        var reckoning = new LunarReckoning(8);
        var different = new SortedSet<string>();
        for (var day = new DateOnly(2000, 2, 5); day <= new DateOnly(2100, 12, 31); day = day.AddDays(1))
        {
            var time = day.ToDateTime(TimeOnly.MinValue);
            var year = china.GetYear(time);
            var (month, leap) = (china.GetMonth(time), china.GetLeapMonth(year));
            var published = new LunarDate(year, leap > 0 && month >= leap ? month - 1 : month, china.GetDayOfMonth(time), month == leap);
            if (reckoning.FromSolar(day) != published)
                different.Add($"{published.Year}/{published.Month}");
        }
        // The new moon of 28 September 2057 falls within seconds of midnight in Beijing: publishers disagree.
        Assert.Subset(new SortedSet<string> { "2057/8", "2057/9" }, different);
    }

    [Fact]
    public void The_leap_months_are_the_printed_ones()
    {
        var leap = new List<string>();
        for (var day = new DateOnly(2000, 1, 1); day.Year < 2040; day = day.AddDays(1))
        {
            var lunar = LunarCalendar.FromSolar(day);
            if (lunar is { IsLeap: true, Day: 1 })
                leap.Add($"{lunar.Year}/{lunar.Month}");
        }
        Assert.Equal(["2001/4", "2004/2", "2006/7", "2009/5", "2012/4", "2014/9", "2017/6", "2020/4", "2023/2", "2025/6", "2028/5", "2031/3", "2033/11", "2036/6", "2039/5"], leap);
    }

    [Fact]
    public void Every_day_of_a_century_goes_to_lunar_and_back()
    {
        for (var day = new DateOnly(2000, 1, 1); day <= new DateOnly(2100, 12, 31); day = day.AddDays(1))
            Assert.Equal(day, LunarCalendar.ToSolar(LunarCalendar.FromSolar(day)));
    }

    [Fact]
    public void The_months_of_Tet_and_of_the_Hung_kings_hang_on_no_error_of_the_reckoning()
    {
        for (var year = 2000; year <= 2100; year++)
        {
            foreach (var month in new[] { 1, 3 })
            {
                // Minutes between the new moon and the nearest midnight in Vietnam, where the reckoning is good to half a minute.
                var first = LunarCalendar.ToSolar(new(year, month, 1, false)).DayNumber + 1721425.5;
                var moon = Enumerable.Range(Astronomy.NewMoonBefore(first), 4).Select(Astronomy.NewMoon).MinBy(m => Math.Abs(m - first - 0.2));
                var part = (moon + 0.5 + 7 / 24.0) % 1;
                Assert.True(Math.Min(part, 1 - part) * 1440 > 5, $"{year}/{month}");
            }
        }
    }

    [Fact]
    public void Days_that_do_not_exist_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => LunarCalendar.ToSolar(new(2026, 13, 1, false)));
        Assert.Throws<ArgumentOutOfRangeException>(() => LunarCalendar.ToSolar(new(2026, 1, 31, false)));
        Assert.Throws<ArgumentOutOfRangeException>(() => LunarCalendar.ToSolar(new(2026, 4, 1, true)));
        Assert.Throws<ArgumentOutOfRangeException>(() => LunarCalendar.NewYear(2101));
        Assert.Throws<ArgumentOutOfRangeException>(() => LunarCalendar.FromSolar(new(1999, 12, 31)));
    }
}
