namespace CongVu.Governance.WorkingDays;

/// <summary>The days off that the law gives a year before anything is decided for it.</summary>
internal static class PublicHolidays
{
    /// <summary>Holidays and the days given for those on a Saturday or Sunday, in order of date.</summary>
    /// <param name="year">The year.</param>
    /// <param name="cultureDayFrom">The first year with the Day of Vietnamese Culture, or null while it is not law.</param>
    public static List<SpecialDay> Of(int year, int? cultureDayFrom)
    {
        var days = new SortedDictionary<DateOnly, SpecialDay>();
        Add(new(year, 1, 1), Holiday.NewYear, isProvisional: false);
        // Labour code, article 112 clause 1b: five days; which, the Prime Minister decides (clause 3). Until then two before and three from mùng 1.
        var tet = LunarCalendar.NewYear(year);
        for (var i = -2; i <= 2; i++)
            Add(tet.AddDays(i), Holiday.Tet, isProvisional: true);
        Add(LunarCalendar.ToSolar(new(year, 3, 10, false)), Holiday.HungKings, isProvisional: false);
        Add(new(year, 4, 30), Holiday.Victory, isProvisional: false);
        Add(new(year, 5, 1), Holiday.Labour, isProvisional: false);
        Add(new(year, 9, 2), Holiday.National, isProvisional: false);
        Add(BesideNationalDay(year), Holiday.National, isProvisional: true);
        if (year >= cultureDayFrom)
            Add(new(year, 11, 24), Holiday.Culture, isProvisional: false);

        // Article 111 clause 3: a holiday on a weekly day off is given back on the next working day.
        foreach (var day in days.Values.Where(d => IsWeekend(d.Date)).ToList())
        {
            var next = day.Date.AddDays(1);
            while (IsWeekend(next) || days.ContainsKey(next))
                next = next.AddDays(1);
            days.Add(next, new(next, DayKind.Compensation, day.Holiday, day.IsProvisional));
        }
        return [.. days.Values];

        // 30 April and the Hùng kings' day have never met; two holidays on one day would be one day off.
        void Add(DateOnly date, Holiday holiday, bool isProvisional) => days.TryAdd(date, new(date, DayKind.Holiday, holiday, isProvisional));
    }

    /// <summary>The second day of Quốc khánh, as the Prime Ministers have chosen it so far: the one that joins the nearest weekend; in the middle of the week the one before.</summary>
    private static DateOnly BesideNationalDay(int year) => new DateOnly(year, 9, 2) is var day && day.DayOfWeek is DayOfWeek.Monday or DayOfWeek.Thursday or DayOfWeek.Sunday
        ? day.AddDays(1)
        : day.AddDays(-1);

    public static bool IsWeekend(DateOnly date) => date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
}
