using System.CommandLine;
using System.Globalization;
using CongVu.Governance.WorkingDays;
using CongVu.Server.Configuration;

namespace CongVu.Server.Commands;

internal static partial class WorkingDayCommands
{
    private const long MaxFileBytes = 1 << 20;

    // The installation's own decisions hold where there is an installation.
    private static async Task<WorkingCalendar> CalendarAsync(CommandContext context, ParseResult parsed, CancellationToken cancellationToken)
    {
        var server = ServerOptions.From(context.Configure(parsed));
        if (server.Store.PostgresConnection is null && !File.Exists(Path.Combine(server.DataFolder, "store.db")))
            return WorkingCalendar.Standard;
        await using var store = await context.OpenStoreAsync(parsed, cancellationToken);
        return await CommandContext.Governance(store).Calendar.ReadAsync(cancellationToken);
    }

    private static Command Decisions(CommandContext context)
    {
        var json = JsonOption(context);
        var command = new Command("decisions", context.Texts["help.workingDays.decisions"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var decisions = await CommandContext.Governance(store).Calendar.DecisionsAsync(token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                output.WriteLine(YearDecisions.Write(decisions.Select(d => d.Decision)));
            else
                CommandContext.WriteTable(output, [.. decisions.Select(d => new[] { d.Decision.Year.ToString(CultureInfo.InvariantCulture), string.Join(' ', d.Decision.DaysOff.Select(Shown)), string.Join(' ', d.Decision.DaysWorked.Select(Shown)), d.IsOwn ? context.Texts["workingDays.own"] : "" })]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Import(CommandContext context)
    {
        var texts = context.Texts;
        var file = new Argument<FileInfo>("file") { HelpName = texts["arg.file"], Description = texts["arg.decisions.help"] };
        var command = new Command("import", texts["help.workingDays.import"]) { file };
        command.SetAction(async (parsed, token) =>
        {
            var from = parsed.GetValue(file)!;
            if (!from.Exists || from.Length > MaxFileBytes)
                throw new CommandException(texts["file.missing", from.FullName]);
            var (decisions, errors) = YearDecisions.Read(await File.ReadAllTextAsync(from.FullName, token));
            if (errors.Count > 0)
                throw new CommandException(string.Join('\n', errors.Select(e => texts["workingDays.decisionWrong", e.Entry, texts[$"decision.{e.Fault}"], e.Written])));
            await using var store = await context.OpenStoreAsync(parsed, token);
            parsed.InvocationConfiguration.Output.WriteLine(texts["workingDays.imported", context.Require(await CommandContext.Governance(store).Calendar.PutAsync(CommandContext.Operator, decisions, token))]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var year = new Argument<int>("year") { HelpName = context.Texts["arg.year"], Description = context.Texts["arg.year.help"] };
        var command = new Command("remove", context.Texts["help.workingDays.remove"]) { year };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            context.Require(await CommandContext.Governance(store).Calendar.RemoveAsync(CommandContext.Operator, parsed.GetValue(year), token));
            parsed.InvocationConfiguration.Output.WriteLine(context.Texts["workingDays.removed", parsed.GetValue(year)]);
            return CommandLine.Done;
        });
        return command;
    }
}
