namespace CongVu.Governance.Tests.Lifecycle;

/// <summary>
/// The year as somebody with a wall calendar would reckon it, one mailbox after the other and one day after the other. Days off are written out as the Prime Minister decided them; nothing of the
/// system is used.
/// </summary>
internal static class NaiveYear
{
    private static readonly HashSet<DateOnly> Off =
    [
        new(2025, 1, 1), new(2025, 1, 27), new(2025, 1, 28), new(2025, 1, 29), new(2025, 1, 30), new(2025, 1, 31), new(2025, 4, 7), new(2025, 4, 30), new(2025, 5, 1), new(2025, 5, 2), new(2025, 9, 1), new(2025, 9, 2),
        new(2026, 1, 1), new(2026, 1, 2), new(2026, 2, 16), new(2026, 2, 17), new(2026, 2, 18), new(2026, 2, 19), new(2026, 2, 20), new(2026, 4, 27), new(2026, 4, 30), new(2026, 5, 1),
    ];

    private static readonly HashSet<DateOnly> Worked = [new(2025, 4, 26), new(2026, 1, 10)];

    private enum Is
    {
        InUse,
        Suspended,
        Closed,
        Removed,
    }

    internal static bool IsWorked(DateOnly day) => Worked.Contains(day) || (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && !Off.Contains(day));

    internal static DateOnly WorkingDaysAfter(DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(1);
            if (IsWorked(day))
                count--;
        }
        return day;
    }

    private static DateOnly WorkingDaysBefore(DateOnly day, int count)
    {
        while (count > 0)
        {
            day = day.AddDays(-1);
            if (IsWorked(day))
                count--;
        }
        return day;
    }

    // Three months later, the last day of a shorter month, and not on a day off.
    private static DateOnly ThreeMonthsAfter(DateOnly day)
    {
        var (year, month) = day.Month > 9 ? (day.Year + 1, day.Month - 9) : (day.Year, day.Month + 3);
        var end = new DateOnly(year, month, Math.Min(day.Day, DateTime.DaysInMonth(year, month)));
        while (!IsWorked(end))
            end = end.AddDays(1);
        return end;
    }

    internal static IEnumerable<Happening> Of(HolderPlan plan)
    {
        var (state, used, notified, since) = (Is.InUse, SimulatedYear.First, default(DateOnly), default(DateOnly));
        DateOnly? closes = null, keptUntil = null;
        var asked = false;
        Is? proposed = null;
        var told = new HashSet<(DateOnly, string)>();
        for (var day = SimulatedYear.First; day <= SimulatedYear.Last; day = day.AddDays(1))
        {
            // Morning.
            var isHeld = plan.Leave is { } leave && leave.From < day && day <= leave.To;
            if (plan.Leave is { } over && over.To < day && over.To > used)
                used = over.To;
            if (closes <= day && state is Is.InUse or Is.Suspended)
            {
                (state, closes, keptUntil) = (Is.Closed, null, day.AddDays(90));
                yield return new(day, plan.Number, "close");
            }
            if (IsWorked(day))
            {
                var end = Ends(state, used, notified, keptUntil);
                var next = state == Is.InUse ? Is.Suspended : Is.Removed;
                var isDue = state != Is.Removed && day > end && !isHeld && !(state == Is.Suspended && asked);
                if (proposed is { } what)
                {
                    proposed = null;
                    if (isDue && what == next)
                    {
                        (state, since, notified, asked) = next == Is.Suspended ? (next, day, day, false) : (next, since, notified, asked);
                        yield return new(day, plan.Number, next == Is.Suspended ? "suspend" : "remove");
                        end = Ends(state, used, notified, keptUntil);
                        isDue = false;
                    }
                }
                if (isDue)
                    proposed = next;
                if (state != Is.Removed && !isHeld && !(state == Is.Suspended && asked) && day <= end)
                {
                    foreach (var days in state == Is.InUse ? new[] { 3, 14 } : [1, 5])
                    {
                        var on = state == Is.InUse ? end.AddDays(-days) : WorkingDaysBefore(end, days);
                        while (!IsWorked(on))
                            on = on.AddDays(-1);
                        if (day < on)
                            continue;
                        if (told.Add((end, $"{state} {days}")))
                            yield return new(day, plan.Number, $"{(state == Is.InUse ? "idle" : "removal")} {days}");
                        break;
                    }
                }
            }

            // By day.
            if (state == Is.InUse && plan.SignIns.Contains(day))
                used = day;
            if (plan.ClosingOrdered == day && state is Is.InUse or Is.Suspended)
                closes = plan.ClosingEffective;
            if (state == Is.Suspended && plan.AskAfterDays is { } ask)
            {
                if (day == since.AddDays(ask))
                    asked = true;
                if (day == since.AddDays(ask + plan.ReopenAfterDays))
                    (state, used, asked) = (Is.InUse, day, false);
            }
        }
    }

    private static DateOnly Ends(Is state, DateOnly used, DateOnly notified, DateOnly? keptUntil) => state switch
    {
        Is.InUse => ThreeMonthsAfter(used),
        Is.Suspended => WorkingDaysAfter(notified, 15),
        _ => keptUntil ?? default,
    };
}
