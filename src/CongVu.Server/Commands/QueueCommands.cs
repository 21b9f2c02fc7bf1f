using System.CommandLine;
using System.Globalization;
using CongVu.Mail.Store;

namespace CongVu.Server.Commands;

/// <summary><c>congvu queue</c>: mail that waits to go to other servers.</summary>
internal static class QueueCommands
{
    private const int Page = 500;

    public static Command Build(CommandContext context) => new("queue", context.Texts["help.queue"]) { List(context), Show(context), Retry(context), Drop(context) };

    private static Command List(CommandContext context)
    {
        var texts = context.Texts;
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("list", texts["help.queue.list"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var output = parsed.InvocationConfiguration.Output;
            var all = new List<QueuedMessage>();
            while (await store.Queue.ListAsync(all.Count == 0 ? 0 : all[^1].Id, Page, token) is { Count: > 0 } page)
                all.AddRange(page);
            if (parsed.GetValue(json))
            {
                CommandContext.WriteJson(output, all.Select(Json));
                return CommandLine.Done;
            }
            if (all.Count == 0)
            {
                output.WriteLine(texts["queue.empty"]);
                return CommandLine.Done;
            }
            var rows = all.Select(m => new[]
            {
                $"{m.Id}", SenderOf(m), $"{m.Recipients.Count}", CommandContext.Size(m.Size), Time(m.Created), m.Recipients.Count == 0 ? "" : Time(m.Recipients.Min(r => r.NextAttempt)), m.Recipients.Select(r => r.LastStatus).FirstOrDefault(s => s is not null) ?? "",
            });
            CommandContext.WriteTable(output, [[texts["column.id"], texts["column.sender"], texts["column.recipients"], texts["column.size"], texts["column.since"], texts["column.next"], texts["column.status"]], .. rows]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var texts = context.Texts;
        var id = IdArgument(context);
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("show", texts["help.queue.show"]) { id, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var output = parsed.InvocationConfiguration.Output;
            var message = await store.Queue.FindAsync(parsed.GetValue(id), token) ?? throw new CommandException(texts["queue.unknown", parsed.GetValue(id)]);
            if (parsed.GetValue(json))
            {
                CommandContext.WriteJson(output, Json(message));
                return CommandLine.Done;
            }
            output.WriteLine(texts["queue.message", message.Id, SenderOf(message), CommandContext.Size(message.Size), Time(message.Created), Time(message.Expires)]);
            CommandContext.WriteTable(output, [[texts["column.recipient"], texts["column.attempts"], texts["column.next"], texts["column.status"]], .. message.Recipients.Select(r => new[] { r.Address, $"{r.Attempts}", Time(r.NextAttempt), r.LastStatus ?? "" })]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Retry(CommandContext context)
    {
        var texts = context.Texts;
        var id = new Argument<long?>("id") { HelpName = texts["arg.id"], Description = texts["arg.id.all"], Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("retry", texts["help.queue.retry"]) { id };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var one = parsed.GetValue(id);
            if (one is { } known && await store.Queue.FindAsync(known, token) is null)
                throw new CommandException(texts["queue.unknown", known]);
            parsed.InvocationConfiguration.Output.WriteLine(texts["queue.retried", await store.Queue.RetryAsync(one, token)]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Drop(CommandContext context)
    {
        var texts = context.Texts;
        var id = IdArgument(context);
        var command = new Command("drop", texts["help.queue.drop"]) { id };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            if (!await store.Queue.DropAsync(parsed.GetValue(id), CommandContext.Actor, token))
                throw new CommandException(texts["queue.unknown", parsed.GetValue(id)]);
            parsed.InvocationConfiguration.Output.WriteLine(texts["queue.dropped", parsed.GetValue(id)]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Argument<long> IdArgument(CommandContext context) => new("id") { HelpName = context.Texts["arg.id"], Description = context.Texts["arg.id.help"] };

    private static string SenderOf(QueuedMessage message) => message.Sender.Length == 0 ? "<>" : message.Sender;

    // Dates for people are Vietnam's.
    private static string Time(DateTimeOffset time) => time.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static object Json(QueuedMessage m) => new
    {
        m.Id,
        m.Sender,
        m.Size,
        m.Created,
        m.Expires,
        recipients = m.Recipients.Select(r => new { r.Address, r.Attempts, r.NextAttempt, r.LastStatus }),
    };
}
