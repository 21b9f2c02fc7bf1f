namespace CongVu.Formats.Imap;

public ref partial struct ImapReader
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    /// <summary>A date of SEARCH: 1-Feb-1994, quoted or not.</summary>
    public DateOnly Date()
    {
        var quoted = Try((byte)'"');
        var date = DayMonthYear();
        if (quoted)
            Expect((byte)'"');
        return date;
    }

    /// <summary>A date-time of APPEND: "17-Jul-1996 02:44:25 -0700".</summary>
    public DateTimeOffset DateTime()
    {
        Expect((byte)'"');
        // date-day-fixed: a space stands for the first digit.
        Try((byte)' ');
        var date = DayMonthYear();
        Space();
        var hour = Digits(2, 23, "an hour");
        Expect((byte)':');
        var minute = Digits(2, 59, "a minute");
        Expect((byte)':');
        // A leap second is the second before it.
        var second = Math.Min(59, Digits(2, 60, "a second"));
        Space();
        var negative = Try((byte)'-');
        if (!negative)
            Expect((byte)'+');
        var offset = (Digits(2, 14, "a time zone") * 60) + Digits(2, 59, "a time zone");
        Expect((byte)'"');
        if (offset > 14 * 60)
            Fail("Not a time zone");
        // The first and last days there are cannot be moved by a zone.
        if (date.Year is < 2 or > 9998)
            Fail("Not a year");
        return Failed ? default : new(date.ToDateTime(new(hour, minute, second)), TimeSpan.FromMinutes(negative ? -offset : offset));
    }

    private DateOnly DayMonthYear()
    {
        var day = (int)Number("a day");
        Expect((byte)'-');
        var month = Array.IndexOf(Months, Month()) + 1;
        Expect((byte)'-');
        var year = Digits(4, 9999, "a year");
        if (Failed)
            return default;
        if (month == 0 || year == 0 || day < 1 || day > System.DateTime.DaysInMonth(year, month))
        {
            Fail("There is no such date");
            return default;
        }
        return new(year, month, day);
    }

    private string Month()
    {
        Span<char> name = stackalloc char[3];
        for (var i = 0; i < name.Length; i++, at++)
        {
            if (!char.IsAsciiLetter((char)Next))
            {
                FailExpected("a month");
                return "";
            }
            name[i] = char.ToUpperInvariant((char)Next);
        }
        return name.ToString();
    }

    private int Digits(int count, int highest, string what)
    {
        var number = 0;
        for (var i = 0; i < count; i++, at++)
        {
            if (!char.IsAsciiDigit((char)Next))
            {
                FailExpected(what);
                return 0;
            }
            number = (number * 10) + Next - '0';
        }
        if (number > highest)
            Fail($"Not {what}: {number}");
        return number;
    }
}
