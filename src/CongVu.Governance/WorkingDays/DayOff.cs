namespace CongVu.Governance.WorkingDays;

/// <summary>Why a day is not like the other days of the week.</summary>
public enum DayKind
{
    /// <summary>A public holiday (labour code, article 112).</summary>
    Holiday,

    /// <summary>The day off for a holiday that fell on a Saturday or Sunday (labour code, article 111 clause 3).</summary>
    Compensation,

    /// <summary>A working day given for a worked Saturday or Sunday.</summary>
    SwappedOff,

    /// <summary>A Saturday or Sunday that is worked.</summary>
    Worked,
}

/// <summary>The public holidays. Their names for people are texts.</summary>
public enum Holiday
{
    /// <summary>Tết Dương lịch, 1 January.</summary>
    NewYear,

    /// <summary>Tết Nguyên đán, five days.</summary>
    Tet,

    /// <summary>Giỗ Tổ Hùng Vương, the 10th of the third lunar month.</summary>
    HungKings,

    /// <summary>Ngày Chiến thắng, 30 April.</summary>
    Victory,

    /// <summary>Ngày Quốc tế lao động, 1 May.</summary>
    Labour,

    /// <summary>Quốc khánh, 2 September and the day before or after.</summary>
    National,

    /// <summary>Ngày Văn hóa Việt Nam, 24 November, where it is switched on.</summary>
    Culture,
}

/// <summary>A day that is off though its weekday is worked, or worked though its weekday is not, or a holiday on a Saturday or Sunday.</summary>
/// <param name="Date">The day.</param>
/// <param name="Kind">Why.</param>
/// <param name="Holiday">The holiday it is, or is given for; null for swaps.</param>
/// <param name="IsProvisional">Dự kiến: the Prime Minister decides the day each year and has not, or the decision is not recorded here.</param>
public readonly record struct SpecialDay(DateOnly Date, DayKind Kind, Holiday? Holiday, bool IsProvisional);

/// <summary>What was decided for a year: its days off and its worked days.</summary>
/// <param name="Year">The year.</param>
/// <param name="IsComplete">All days off of the year are listed. Otherwise the listed ones change what the law gives, and the rest stays provisional.</param>
/// <param name="DaysOff">Days off, Monday to Friday.</param>
/// <param name="DaysWorked">Saturdays and Sundays worked.</param>
/// <param name="Source">The documents.</param>
public sealed record YearDecision(int Year, bool IsComplete, IReadOnlyList<DateOnly> DaysOff, IReadOnlyList<DateOnly> DaysWorked, string Source);
