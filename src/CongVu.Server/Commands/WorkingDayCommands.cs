using System.CommandLine;
using System.Globalization;
using CongVu.Governance.WorkingDays;

namespace CongVu.Server.Commands;

/// <summary><c>congvu working-days</c>: the calendar that time limits are counted by.</summary>
internal static partial class WorkingDayCommands
{
    public static Command Build(CommandContext context) => new("working-days", context.Texts["help.workingDays"]) { Add(context), Between(context), Holidays(context), Decisions(context), Import(context), Remove(context) };

    private static Command Add(CommandContext context)
    {
        var texts = context.Texts;
        var date = DateArgument(context, "date");
        var days = new Argument<int>("days") { HelpName = texts["arg.days"], Description = texts["arg.days.help"] };
        var json = JsonOption(context);
        var command = new Command("add", texts["help.workingDays.add"]) { date, days, json };
        command.SetAction(async (parsed, token) =>
        {
            var calendar = await CalendarAsync(context, parsed, token);
            var from = ParseDate(context, parsed.GetValue(date)!);
            CountedDate due;
            try
            {
                due = calendar.AddWorkingDays(from, parsed.GetValue(days));
            }
            catch (ArgumentOutOfRangeException)
            {
                throw new CommandException(texts["workingDays.outside", WorkingCalendar.First.Year, WorkingCalendar.Last.Year]);
            }
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, new { from, days = parsed.GetValue(days), due.Date, due.IsProvisional });
            else
                output.WriteLine(Shown(due.Date) + (due.IsProvisional ? $" ({texts["workingDays.provisional"]})" : ""));
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Between(CommandContext context)
    {
        var texts = context.Texts;
        var first = DateArgument(context, "from");
        var last = DateArgument(context, "to");
        var json = JsonOption(context);
        var command = new Command("between", texts["help.workingDays.between"]) { first, last, json };
        command.SetAction(async (parsed, token) =>
        {
            var calendar = await CalendarAsync(context, parsed, token);
            var (from, to) = (ParseDate(context, parsed.GetValue(first)!), ParseDate(context, parsed.GetValue(last)!));
            var count = calendar.WorkingDaysBetween(from, to);
            var isProvisional = calendar.IsProvisional(from < to ? from : to, from < to ? to : from);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, new { from, to, workingDays = count, isProvisional });
            else
                output.WriteLine(count.ToString(CultureInfo.InvariantCulture) + (isProvisional ? $" ({texts["workingDays.provisional"]})" : ""));
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Holidays(CommandContext context)
    {
        var texts = context.Texts;
        var year = new Argument<int>("year") { HelpName = texts["arg.year"], Description = texts["arg.year.help"] };
        var json = JsonOption(context);
        var command = new Command("holidays", texts["help.workingDays.holidays"]) { year, json };
        command.SetAction(async (parsed, token) =>
        {
            var of = parsed.GetValue(year);
            if (of < WorkingCalendar.First.Year || of > WorkingCalendar.Last.Year)
                throw new CommandException(texts["workingDays.outside", WorkingCalendar.First.Year, WorkingCalendar.Last.Year]);
            var calendar = await CalendarAsync(context, parsed, token);
            var days = calendar.SpecialDays(of);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                CommandContext.WriteJson(output, new
                {
                    year = of,
                    isDecided = calendar.IsDecided(of),
                    tet = LunarCalendar.NewYear(of),
                    days = days.Select(d => new { d.Date, d.Kind, d.Holiday, name = Name(context, d), d.IsProvisional, isWorked = calendar.IsWorkingDay(d.Date) }),
                });
                return CommandLine.Done;
            }
            var vietnamese = CultureInfo.GetCultureInfo(texts["culture"]);
            CommandContext.WriteTable(output, [.. days.Select(d => new[] { Shown(d.Date), vietnamese.DateTimeFormat.GetDayName(d.Date.DayOfWeek), Name(context, d), d.IsProvisional ? texts["workingDays.provisional"] : "" })]);
            if (!calendar.IsDecided(of))
                output.WriteLine(texts["workingDays.undecided", of]);
            return CommandLine.Done;
        });
        return command;
    }

    private static string Name(CommandContext context, SpecialDay day) => day.Holiday is { } holiday
        ? day.Kind == DayKind.Compensation ? context.Texts["day.Compensation", context.Texts[$"holiday.{holiday}"]] : context.Texts[$"holiday.{holiday}"]
        : context.Texts[$"day.{day.Kind}"];

    private static Argument<string> DateArgument(CommandContext context, string name) => new(name) { HelpName = context.Texts["arg.date"], Description = context.Texts["arg.date.help"] };

    private static Option<bool> JsonOption(CommandContext context) => new("--json") { Description = context.Texts["option.json"] };

    private static string Shown(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // As machines write it, and as people here do.
    private static DateOnly ParseDate(CommandContext context, string text)
    {
        if (!DateOnly.TryParseExact(text, ["yyyy-MM-dd", "d/M/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            throw new CommandException(context.Texts["date.wrong", text]);
        return date >= WorkingCalendar.First && date <= WorkingCalendar.Last ? date : throw new CommandException(context.Texts["workingDays.outside", WorkingCalendar.First.Year, WorkingCalendar.Last.Year]);
    }
}
