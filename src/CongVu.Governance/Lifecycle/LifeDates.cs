using CongVu.Governance.WorkingDays;

namespace CongVu.Governance.Lifecycle;

/// <summary>
/// The days of a mailbox's life, counted as the Civil Code counts. A term ends with its last day, which is never a day off; what follows from it is done on the next working day.
/// </summary>
public sealed class LifeDates(LifecyclePolicy policy, WorkingCalendar calendar)
{
    private readonly Dictionary<DateOnly, DateOnly> idle = [];

    /// <summary>The last day for a sign-in after one on <paramref name="from"/> (A8.1: 3 months).</summary>
    public DateOnly LastIdleDay(DateOnly from)
    {
        if (!idle.TryGetValue(from, out var last))
            idle[from] = last = policy.Figures.Idle.DueAfter(from, calendar).Date;
        return last;
    }

    /// <summary>The last day to ask for a reopening after a notice on <paramref name="notice"/> (A8.1: 15 working days).</summary>
    public DateOnly LastReopeningDay(DateOnly notice) => policy.Figures.Removal.DueAfter(notice, calendar).Date;

    /// <summary>
    /// Which warning is due today before a term's last day: the smallest of <paramref name="daysBefore"/> whose day has come; null before the first, and after the last day. A warning whose day is a day
    /// off is given on the working day before it, so that what ends soon after Tết is told before Tết.
    /// </summary>
    public int? Warning(DateOnly today, DateOnly lastDay, IReadOnlyList<int> daysBefore)
    {
        int? due = null;
        if (today > lastDay)
            return null;
        foreach (var days in daysBefore)
        {
            if (today >= OnOrBefore(lastDay.AddDays(-days)) && (due is null || days < due))
                due = days;
        }
        return due;
    }

    /// <summary>The same with working days before the last one.</summary>
    public int? WarningByWorkingDays(DateOnly today, DateOnly lastDay, IReadOnlyList<int> daysBefore)
    {
        int? due = null;
        if (today > lastDay)
            return null;
        foreach (var days in daysBefore)
        {
            if (today >= calendar.AddWorkingDays(lastDay, -days).Date && (due is null || days < due))
                due = days;
        }
        return due;
    }

    private DateOnly OnOrBefore(DateOnly day)
    {
        while (!calendar.IsWorkingDay(day))
            day = day.AddDays(-1);
        return day;
    }
}
