using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace CongVu.Governance.WorkingDays;

/// <summary>A counted date.</summary>
/// <param name="Date">The date.</param>
/// <param name="IsProvisional">Dự kiến: days off that are not decided yet were counted on the way.</param>
public readonly record struct CountedDate(DateOnly Date, bool IsProvisional);

/// <summary>
/// The working days of Vietnamese offices: Monday to Friday (decision 188/1999/QĐ-TTg), without public holidays and the days given for them, with what was decided for single years.
/// Time limits are counted as the Civil Code does: the day of the event is not counted (article 147), a month ends on the day of its number or, where there is none,
/// on its last day (article 148 clause 3), and a limit that ends on a day off ends on the next working day (article 148 clause 5).
/// </summary>
public sealed class WorkingCalendar
{
    /// <summary>The first day that is known.</summary>
    public static readonly DateOnly First = new(LunarCalendar.FirstYear, 1, 1);

    /// <summary>The last day that is known.</summary>
    public static readonly DateOnly Last = new(LunarCalendar.LastYear, 12, 31);

    private readonly FrozenDictionary<int, YearDecision> decisions;
    private readonly int? cultureDayFrom;
    private readonly ConcurrentDictionary<int, FrozenDictionary<DateOnly, SpecialDay>> years = new();

    /// <summary>Creates the calendar with what was decided for single years.</summary>
    /// <param name="decisions">One decision for each year at most.</param>
    /// <param name="cultureDayFrom">The first year in which 24 November is off, or null while it is not law.</param>
    public WorkingCalendar(IEnumerable<YearDecision> decisions, int? cultureDayFrom = null)
    {
        this.decisions = decisions.ToFrozenDictionary(d => d.Year);
        this.cultureDayFrom = cultureDayFrom;
    }

    /// <summary>The calendar with the decisions that come with the program.</summary>
    public static WorkingCalendar Standard { get; } = new(YearDecisions.BuiltIn);

    /// <summary>All days off of the year were decided.</summary>
    public bool IsDecided(int year) => decisions.TryGetValue(year, out var decision) && decision.IsComplete;

    /// <summary>The days of a year that are not like their weekday, and the holidays on Saturdays and Sundays, in order of date.</summary>
    public IReadOnlyList<SpecialDay> SpecialDays(int year) => [.. Year(year).Values.OrderBy(d => d.Date)];

    /// <summary>People work on the day.</summary>
    public bool IsWorkingDay(DateOnly date) => Year(date.Year).TryGetValue(date, out var special) ? special.Kind == DayKind.Worked : !PublicHolidays.IsWeekend(date);

    /// <summary>The day itself when it is worked, else the next working day (Civil Code, article 148 clause 5).</summary>
    public CountedDate OnOrAfter(DateOnly date)
    {
        var isProvisional = false;
        while (!IsWorkingDay(date))
        {
            isProvisional |= IsProvisional(date);
            date = date.AddDays(1);
        }
        return new(date, isProvisional);
    }

    /// <summary>The day that is <paramref name="days"/> working days after an event; its own day is not counted. Negative numbers count backwards; 0 is the day itself or the next working day.</summary>
    public CountedDate AddWorkingDays(DateOnly date, int days)
    {
        if (days == 0)
            return OnOrAfter(date);
        var isProvisional = false;
        for (var left = Math.Abs(days); left > 0;)
        {
            date = date.AddDays(Math.Sign(days));
            isProvisional |= IsProvisional(date);
            if (IsWorkingDay(date))
                left--;
        }
        return new(date, isProvisional);
    }

    /// <summary>The day on which <paramref name="days"/> calendar days end that began with an event.</summary>
    public CountedDate AddDays(DateOnly date, int days) => OnOrAfter(date.AddDays(days));

    /// <summary>The day on which <paramref name="months"/> months end that began with an event.</summary>
    public CountedDate AddMonths(DateOnly date, int months) => OnOrAfter(date.AddMonths(months));

    /// <summary>Working days after <paramref name="from"/>, up to and with <paramref name="to"/>; negative when <paramref name="to"/> is earlier.</summary>
    public int WorkingDaysBetween(DateOnly from, DateOnly to)
    {
        if (to < from)
            return -WorkingDaysBetween(to, from);
        var count = 0;
        for (var date = from.AddDays(1); date <= to; date = date.AddDays(1))
        {
            if (IsWorkingDay(date))
                count++;
        }
        return count;
    }

    /// <summary>Days off from <paramref name="from"/> to <paramref name="to"/> are not all decided yet.</summary>
    public bool IsProvisional(DateOnly from, DateOnly to)
    {
        for (var date = from; date <= to; date = date.AddDays(1))
        {
            if (IsProvisional(date))
                return true;
        }
        return false;
    }

    private bool IsProvisional(DateOnly date) => Year(date.Year).TryGetValue(date, out var special) && special.IsProvisional;

    private FrozenDictionary<DateOnly, SpecialDay> Year(int year)
    {
        if (years.TryGetValue(year, out var known))
            return known;
        if (year is < LunarCalendar.FirstYear or > LunarCalendar.LastYear)
            throw new ArgumentOutOfRangeException(nameof(year), year, $"The working calendar knows the years {LunarCalendar.FirstYear} to {LunarCalendar.LastYear}.");
        return years.GetOrAdd(year, Compute);
    }

    private FrozenDictionary<DateOnly, SpecialDay> Compute(int year)
    {
        var lawful = PublicHolidays.Of(year, cultureDayFrom);
        if (!decisions.TryGetValue(year, out var decision))
            return lawful.ToFrozenDictionary(d => d.Date);

        var byLaw = lawful.ToDictionary(d => d.Date);
        // A complete decision leaves of the law's days only the holidays on Saturdays and Sundays, for the reader; the days off are its own.
        var days = decision.IsComplete
            ? lawful.Where(d => PublicHolidays.IsWeekend(d.Date)).ToDictionary(d => d.Date, d => d with { IsProvisional = false })
            : new Dictionary<DateOnly, SpecialDay>(byLaw);
        foreach (var date in decision.DaysOff)
            days[date] = byLaw.TryGetValue(date, out var day) ? day with { IsProvisional = false } : new(date, DayKind.SwappedOff, null, false);
        foreach (var date in decision.DaysWorked)
            days[date] = new(date, DayKind.Worked, null, false);
        return days.ToFrozenDictionary();
    }
}
