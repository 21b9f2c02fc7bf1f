using System.Globalization;
using CongVu.Governance.WorkingDays;
using CsCheck;

namespace CongVu.Governance.Tests.WorkingDays;

public sealed class WorkingCalendarTests
{
    private static readonly WorkingCalendar Calendar = WorkingCalendar.Standard;
    private static readonly WorkingCalendar Undecided = new([]);

    // facts: days off from Monday to Friday, as decided.
    [Theory]
    [InlineData(2022, "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9", "")]
    [InlineData(2023, "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9", "")]
    [InlineData(2024, "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9", "4/5")]
    [InlineData(2025, "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9", "26/4")]
    [InlineData(2026, "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9", "10/1 22/8")]
    public void Decided_years_are_as_decided(int year, string off, string worked)
    {
        Assert.Equal(off, Off(Calendar, year));
        Assert.Equal(worked, string.Join(' ', Calendar.SpecialDays(year).Where(d => d.Kind == DayKind.Worked).Select(d => d.Date.ToString("d/M", CultureInfo.InvariantCulture))));
        Assert.True(Calendar.IsDecided(year));
        Assert.DoesNotContain(Calendar.SpecialDays(year), d => d.IsProvisional);
    }

    [Theory]
    [InlineData(2022, "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9")]
    [InlineData(2023, "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9")]
    [InlineData(2024, "1/1 8/2 9/2 12/2 13/2 14/2 18/4 30/4 1/5 2/9 3/9")]
    [InlineData(2025, "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 1/9 2/9")]
    [InlineData(2026, "1/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 1/9 2/9")]
    [InlineData(2027, "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9")]
    public void The_law_alone_gives_the_same_days_but_for_the_swaps(int year, string off) => Assert.Equal(off, Off(Undecided, year));

    [Fact]
    public void Every_year_has_eleven_days_off_from_Monday_to_Friday()
    {
        for (var year = 2000; year <= 2100; year++)
            Assert.Equal(11, Off(Undecided, year).Split(' ').Length);
    }

    [Fact]
    public void Tet_and_the_second_day_of_Quoc_khanh_are_provisional_until_decided()
    {
        Assert.False(Calendar.IsDecided(2027));
        Assert.Equal("4/2 5/2 6/2 7/2 8/2 9/2 10/2 3/9", string.Join(' ', Calendar.SpecialDays(2027).Where(d => d.IsProvisional).Select(d => d.Date.ToString("d/M", CultureInfo.InvariantCulture))));
        Assert.Equal(new CountedDate(new(2027, 2, 11), true), Calendar.AddWorkingDays(new(2027, 2, 3), 1));
        Assert.Equal(new CountedDate(new(2027, 3, 3), false), Calendar.AddWorkingDays(new(2027, 3, 2), 1));
        // The decision for 2026 is known: nothing is provisional.
        Assert.Equal(new CountedDate(new(2026, 2, 23), false), Calendar.AddWorkingDays(new(2026, 2, 13), 1));
    }

    [Theory]
    [InlineData("2022-01-26", 3, "2022-02-07")] // Over Tết: 27, 28 January, then the 7th.
    [InlineData("2022-01-28", 1, "2022-02-07")]
    [InlineData("2024-05-02", 2, "2024-05-04")] // A worked Saturday counts.
    [InlineData("2024-04-26", 1, "2024-05-02")]
    [InlineData("2025-04-25", 1, "2025-04-26")]
    [InlineData("2026-08-21", 1, "2026-08-22")]
    [InlineData("2026-08-28", 1, "2026-09-03")]
    [InlineData("2026-11-20", 3, "2026-11-25")] // Received on a Friday: Monday is the first day.
    [InlineData("2026-11-21", 1, "2026-11-23")] // Received on a Saturday.
    [InlineData("2026-11-24", 15, "2026-12-15")]
    [InlineData("2026-11-25", -3, "2026-11-20")]
    [InlineData("2026-11-22", 0, "2026-11-23")]
    public void Working_days_are_counted_from_the_day_after(string from, int days, string due) => Assert.Equal(Date(due), Calendar.AddWorkingDays(Date(from), days).Date);

    // Civil Code, articles 147 and 148.
    [Theory]
    [InlineData("2026-11-26", "2026-12-01")]
    [InlineData("2026-11-24", "2026-11-30")] // The 29th is a Sunday.
    [InlineData("2026-02-11", "2026-02-23")] // Ends on the 16th, in Tết.
    public void Five_calendar_days_end_on_a_working_day(string from, string due) => Assert.Equal(Date(due), Calendar.AddDays(Date(from), 5).Date);

    [Theory]
    [InlineData("2026-08-24", "2026-11-24")]
    [InlineData("2025-11-30", "2026-03-02")] // 28 February is a Saturday.
    [InlineData("2023-11-30", "2024-02-29")]
    [InlineData("2025-10-31", "2026-02-02")] // 31 January is a Saturday.
    public void Three_months_end_on_the_day_of_their_number_or_the_last_of_the_month(string from, string due) => Assert.Equal(Date(due), Calendar.AddMonths(Date(from), 3).Date);

    [Theory]
    [InlineData("2026-02-13", "2026-02-23", 1)]
    [InlineData("2026-02-13", "2026-02-13", 0)]
    [InlineData("2026-01-01", "2026-01-12", 7)] // With the worked 10th, a Saturday.
    [InlineData("2025-12-31", "2026-12-31", 250)]
    [InlineData("2026-02-23", "2026-02-13", -1)]
    public void Days_between_are_those_after_the_first_up_to_the_last(string from, string to, int days) => Assert.Equal(days, Calendar.WorkingDaysBetween(Date(from), Date(to)));

    [Fact]
    public void Counting_forth_and_measuring_agree()
    {
        Gen.Select(Gen.Int[0, 36_000], Gen.Int[1, 300]).Sample((at, days) =>
        {
            var from = new DateOnly(2000, 1, 1).AddDays(at);
            var due = Calendar.AddWorkingDays(from, days).Date;
            return Calendar.WorkingDaysBetween(from, due) == days && Calendar.IsWorkingDay(due) && Calendar.WorkingDaysBetween(from, due.AddDays(-1)) == days - 1;
        });
    }

    [Fact]
    public void Counting_is_what_a_day_by_day_walk_gives()
    {
        // An independent walk over lists of dates, for the decided years.
        var off = YearDecisions.BuiltIn.SelectMany(d => d.DaysOff).ToHashSet();
        var worked = YearDecisions.BuiltIn.SelectMany(d => d.DaysWorked).ToHashSet();
        for (var from = new DateOnly(2022, 1, 1); from < new DateOnly(2026, 11, 1); from = from.AddDays(1))
        {
            var (date, left) = (from, 15);
            while (left > 0)
            {
                date = date.AddDays(1);
                if (worked.Contains(date) || ((int)date.DayOfWeek is >= 1 and <= 5 && !off.Contains(date)))
                    left--;
            }
            Assert.Equal(date, Calendar.AddWorkingDays(from, 15).Date);
        }
    }

    [Fact]
    public void A_decision_replaces_the_days_of_its_year()
    {
        var decided = new WorkingCalendar([.. YearDecisions.BuiltIn, new(2027, true, [new(2027, 1, 1), new(2027, 2, 5), new(2027, 2, 8), new(2027, 2, 9), new(2027, 2, 10), new(2027, 2, 11)], [], "test")]);
        Assert.True(decided.IsWorkingDay(new(2027, 2, 4)));
        Assert.False(decided.IsWorkingDay(new(2027, 2, 11)));
        Assert.Equal(new CountedDate(new(2027, 2, 4), false), decided.AddWorkingDays(new(2027, 2, 3), 1));

        var partly = new WorkingCalendar([new(2027, false, [new(2027, 9, 1)], [new(2027, 8, 28)], "test")]);
        Assert.False(partly.IsDecided(2027));
        Assert.False(partly.IsWorkingDay(new(2027, 9, 1)));
        Assert.True(partly.IsWorkingDay(new(2027, 8, 28)));
        Assert.Contains(partly.SpecialDays(2027), d => d is { Holiday: Holiday.Tet, IsProvisional: true });
    }

    [Fact]
    public void The_day_of_culture_is_off_once_it_is_law()
    {
        Assert.True(Calendar.IsWorkingDay(new(2026, 11, 24)));
        Assert.False(new WorkingCalendar([], 2026).IsWorkingDay(new(2026, 11, 24)));
        Assert.True(new WorkingCalendar([], 2026).IsWorkingDay(new(2025, 11, 24)));
    }

    [Fact]
    public void Years_outside_the_calendar_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Calendar.AddWorkingDays(new(2100, 12, 31), 1));

    [Fact]
    public void Decisions_are_written_and_read_back()
    {
        var (read, errors) = YearDecisions.Read(YearDecisions.Write(YearDecisions.BuiltIn));
        Assert.Empty(errors);
        Assert.Equal(YearDecisions.BuiltIn.Select(d => $"{d.Year} {d.IsComplete} {string.Join(' ', d.DaysOff)} / {string.Join(' ', d.DaysWorked)} {d.Source}"), read.Select(d => $"{d.Year} {d.IsComplete} {string.Join(' ', d.DaysOff)} / {string.Join(' ', d.DaysWorked)} {d.Source}"));
    }

    [Theory]
    [InlineData("not json", DecisionFault.NotAList)]
    [InlineData("{}", DecisionFault.NotAList)]
    [InlineData("[7]", DecisionFault.NotAList)]
    [InlineData("""[{"year":1999}]""", DecisionFault.Year)]
    [InlineData("""[{"year":"2027"}]""", DecisionFault.Year)]
    [InlineData("""[{"year":2027},{"year":2027}]""", DecisionFault.Year)]
    [InlineData("""[{"year":2027,"off":["5/2/2027"]}]""", DecisionFault.NotADate)]
    [InlineData("""[{"year":2027,"off":"2027-02-05"}]""", DecisionFault.NotADate)]
    [InlineData("""[{"year":2027,"off":["2026-02-05"]}]""", DecisionFault.OtherYear)]
    [InlineData("""[{"year":2027,"off":["2027-02-06"]}]""", DecisionFault.OffOnWeekend)]
    [InlineData("""[{"year":2027,"worked":["2027-02-05"]}]""", DecisionFault.WorkedOnWeekday)]
    public void Wrong_decisions_are_named(string json, DecisionFault fault) => Assert.Equal(fault, Assert.Single(YearDecisions.Read(json).Errors).Fault);

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Off(WorkingCalendar calendar, int year) =>
        string.Join(' ', calendar.SpecialDays(year).Where(d => d.Kind != DayKind.Worked && d.Date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Select(d => d.Date.ToString("d/M", CultureInfo.InvariantCulture)));
}
