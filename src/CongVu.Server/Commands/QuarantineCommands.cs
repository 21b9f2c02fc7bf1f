using System.CommandLine;
using System.Globalization;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;

namespace CongVu.Server.Commands;

/// <summary><c>congvu quarantine</c>: messages that wait for a person.</summary>
internal static class QuarantineCommands
{
    private const int Page = 500;

    public static Command Build(CommandContext context) => new("quarantine", context.Texts["help.quarantine"])
    {
        List(context), Show(context),
        Decide(context, "release", (store, id, token) => store.Quarantine.ReleaseAsync(id, CommandContext.Actor, token)),
        Decide(context, "approve", (store, id, token) => store.Quarantine.ApproveAsync(id, CommandContext.Actor, token)),
        Decide(context, "delete", (store, id, token) => store.Quarantine.DeleteAsync(id, CommandContext.Actor, token)),
    };

    private static Command List(CommandContext context)
    {
        var texts = context.Texts;
        var all = new Option<bool>("--all") { Description = texts["option.quarantine.all"] };
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("list", texts["help.quarantine.list"]) { all, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var output = parsed.InvocationConfiguration.Output;
            var held = new List<HeldMessage>();
            while (await store.Quarantine.ListAsync(!parsed.GetValue(all), held.Count == 0 ? 0 : held[^1].Id, Page, token) is { Count: > 0 } page)
                held.AddRange(page);
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, held);
            else if (held.Count == 0)
                output.WriteLine(texts["quarantine.empty"]);
            else
                CommandContext.WriteTable(output, [[texts["column.id"], texts["column.since"], texts["column.sender"], texts["column.recipients"], texts["column.size"], texts["column.state"], texts["column.reason"]], .. held.Select(m => new[]
                {
                    $"{m.Id}", Time(m.HeldAt), m.Sender.Length == 0 ? "<>" : m.Sender, $"{m.Recipients.Count}", CommandContext.Size(m.Size), texts[$"held.{m.State}"], QuarantineDigest.ReasonOf(m.Reason),
                })]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var texts = context.Texts;
        var id = IdArgument(context);
        var command = new Command("show", texts["help.quarantine.show"]) { id };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var output = parsed.InvocationConfiguration.Output;
            var message = await store.Quarantine.FindAsync(parsed.GetValue(id), token) ?? throw new CommandException(texts["quarantine.unknown", parsed.GetValue(id)]);
            output.WriteLine($"{QuarantineDigest.ReasonOf(message.Reason)}: {message.Detail}");
            output.WriteLine($"{texts[$"held.{message.State}"]}, {Time(message.HeldAt)}, {CommandContext.Size(message.Size)}, {message.FirstBy} {message.DecidedBy}".TrimEnd());
            output.WriteLine($"{(message.Sender.Length == 0 ? "<>" : message.Sender)} -> {string.Join(", ", message.Recipients)}");
            output.WriteLine();
            output.WriteLine(await store.Quarantine.PreviewAsync(message.Id, CommandContext.Actor, store.Contents, token));
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Decide(CommandContext context, string verb, Func<MailStore, long, CancellationToken, Task<HeldOutcome>> decide)
    {
        var texts = context.Texts;
        var id = IdArgument(context);
        var command = new Command(verb, texts[$"help.quarantine.{verb}"]) { id };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var outcome = await decide(store, parsed.GetValue(id), token);
            if (outcome is not (HeldOutcome.Done or HeldOutcome.NeedsSecond))
                throw new CommandException(texts[outcome == HeldOutcome.NotFound ? "quarantine.unknown" : $"quarantine.{outcome}", parsed.GetValue(id)]);
            parsed.InvocationConfiguration.Output.WriteLine(texts[outcome == HeldOutcome.NeedsSecond ? "quarantine.NeedsSecond" : $"quarantine.{verb}", parsed.GetValue(id)]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Argument<long> IdArgument(CommandContext context) => new("id") { HelpName = context.Texts["arg.id"], Description = context.Texts["arg.heldId.help"] };

    private static string Time(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
