using System.CommandLine;
using System.Globalization;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.WorkingDays;

namespace CongVu.Server.Commands;

/// <summary><c>congvu lifecycle</c>: mailboxes from issue to removal (A8).</summary>
internal static partial class LifecycleCommands
{
    public static Command Build(CommandContext context) => new("lifecycle", context.Texts["help.lifecycle"])
    {
        Run(context), List(context), Show(context), Proposals(context), Items(context), Approve(context), Refuse(context), Hold(context, HoldKind.Legal), Hold(context, HoldKind.Leave), EndHold(context), Suspend(context), Reopen(context, "reopen"),
        Terminate(context), Reopen(context, "restore"), Removals(context),
    };

    private static Command Run(CommandContext context)
    {
        var json = JsonOption(context);
        var command = new Command("run", context.Texts["help.lifecycle.run"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var done = await CommandContext.Governance(store).Lifecycle.Run.RunAsync(token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, done);
            else
                output.WriteLine(context.Texts["lifecycle.done", Day(done.Day), done.Warnings, done.Proposed, done.Suspended, done.Removed, done.Dropped, done.Closed, done.PasswordsExpired]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var json = JsonOption(context);
        var command = new Command("list", context.Texts["help.lifecycle.list"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var lives = await CommandContext.Governance(store).Lifecycle.ListAsync(token);
            Write(context, parsed, json, lives.Select(Json), [[.. Head(context)], .. lives.Select(l => Row(context, l))]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var (address, json) = (AddressArgument(context), JsonOption(context));
        var command = new Command("show", context.Texts["help.lifecycle.show"]) { address, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var (governance, account) = (CommandContext.Governance(store), (await context.AccountAsync(store, parsed.GetValue(address)!, token)).Id);
            var life = (await governance.Lifecycle.FindAsync(account, token))!;
            var history = await governance.Lifecycle.HistoryAsync(account, token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                CommandContext.WriteJson(output, new { mailbox = Json(life), history });
                return CommandLine.Done;
            }
            CommandContext.WriteTable(output, [[.. Head(context)], Row(context, life)]);
            CommandContext.WriteTable(output, [.. history.Select(e => new[] { e.At.ToOffset(VietnamTime.Offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), e.Actor, e.What, e.Reason, e.Document })]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Proposals(CommandContext context)
    {
        var texts = context.Texts;
        var all = new Option<bool>("--all") { Description = texts["option.lifecycle.all"] };
        var json = JsonOption(context);
        var command = new Command("proposals", texts["help.lifecycle.proposals"]) { all, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var batches = await CommandContext.Governance(store).Lifecycle.BatchesAsync(parsed.GetValue(all), token);
            Write(context, parsed, json, batches,
            [
                [texts["column.number"], texts["column.day"], texts["column.step"], texts["column.mailboxes"], texts["column.state"], texts["column.decidedBy"]],
                .. batches.Select(b => new[]
                {
                    $"{b.Id}", Day(b.ProposedOn), texts[$"lifecycle.step.{b.Step}"], $"{b.Mailboxes}/{b.InUse}", texts[$"lifecycle.batch.{b.State}"] + (b is { IsStopped: true, State: BatchState.Proposed } ? texts["lifecycle.stopped"] : ""), b.DecidedBy ?? "",
                }),
            ]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Items(CommandContext context)
    {
        var texts = context.Texts;
        var (batch, json) = (BatchArgument(context), JsonOption(context));
        var command = new Command("items", texts["help.lifecycle.items"]) { batch, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var items = await CommandContext.Governance(store).Lifecycle.ItemsAsync(parsed.GetValue(batch), token);
            Write(context, parsed, json, items.Select(i => new { i.Address, i.Name, i.DueOn, i.State, i.Outcome }),
                [[texts["column.address"], texts["column.name"], texts["column.lastDay"], texts["column.state"]], .. items.Select(i => new[] { i.Address, i.Name, Day(i.DueOn), texts[$"lifecycle.item.{i.State}"] + (i.Outcome.Length > 0 ? $" ({i.Outcome})" : "") })]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Approve(CommandContext context)
    {
        var batch = BatchArgument(context);
        var confirm = new Option<int?>("--confirm") { Description = context.Texts["option.lifecycle.confirm"] };
        var command = new Command("approve", context.Texts["help.lifecycle.approve"]) { batch, confirm };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var approved = context.Require(await CommandContext.Governance(store).Lifecycle.ApproveAsync(CommandContext.Operator, parsed.GetValue(batch), parsed.GetValue(confirm), token));
            parsed.InvocationConfiguration.Output.WriteLine(context.Texts["lifecycle.approved", approved.Id, approved.Mailboxes]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Refuse(CommandContext context)
    {
        var (batch, reason) = (BatchArgument(context), ReasonOption(context));
        var command = new Command("refuse", context.Texts["help.lifecycle.refuse"]) { batch, reason };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var refused = context.Require(await CommandContext.Governance(store).Lifecycle.RefuseAsync(CommandContext.Operator, parsed.GetValue(batch), parsed.GetValue(reason)!, token));
            parsed.InvocationConfiguration.Output.WriteLine(context.Texts["lifecycle.refused", refused.Id]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Removals(CommandContext context)
    {
        var texts = context.Texts;
        var json = JsonOption(context);
        var command = new Command("removals", texts["help.lifecycle.removals"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var records = await CommandContext.Governance(store).Lifecycle.RemovalsAsync(token);
            Write(context, parsed, json, records.Select(r => new { r.Address, r.Addresses, r.Name, r.Kind, r.Reason, r.NotifiedOn, r.ApprovedBy, r.RemovedOn, r.Mailboxes, r.Messages, r.Bytes, r.Digest, r.BackupsUntil, r.IsErased }),
            [
                [texts["column.day"], texts["column.address"], texts["column.name"], texts["column.messages"], texts["column.size"], texts["column.approvedBy"], texts["column.backupsUntil"]],
                .. records.Select(r => new[] { Day(r.RemovedOn), r.Address, r.Name, $"{r.Messages}", CommandContext.Size(r.Bytes), r.ApprovedBy, Day(r.BackupsUntil) }),
            ]);
            return CommandLine.Done;
        });
        return command;
    }

    private static IEnumerable<string> Head(CommandContext context) =>
        [context.Texts["column.address"], context.Texts["column.name"], context.Texts["column.state"], context.Texts["column.since"], context.Texts["column.lastUsed"], context.Texts["column.lastDay"]];

    private static string[] Row(CommandContext context, MailboxLife life) =>
    [
        life.Address,
        life.Name,
        context.Texts[$"lifecycle.step.{life.Step}"] + (life.Reason is { } reason ? $": {context.Texts[$"lifecycle.reason.{reason}"]}" : "") + (life.IsHeld ? context.Texts["lifecycle.held"] : "")
            + (life.ClosesOn is { } closes ? context.Texts["lifecycle.closes", Day(closes)] : ""),
        life.Since is { } since ? Day(since) : "",
        Day(life.LastUsed),
        life.Due is { } due ? Day(due) : "",
    ];

    private static object Json(MailboxLife l) => new { l.Address, l.Name, l.Step, l.Reason, l.Since, l.LastUsed, l.NotifiedOn, l.Due, l.ReopenAskedOn, l.ClosesOn, l.MovedTo, l.IsHeld };

    private static void Write<T>(CommandContext context, ParseResult parsed, Option<bool> json, IEnumerable<T> items, IReadOnlyList<string[]> rows)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(json))
            CommandContext.WriteJson(output, items.ToArray());
        else if (rows.Count == 1)
            output.WriteLine(context.Texts["list.empty"]);
        else
            CommandContext.WriteTable(output, rows);
    }

    private static Argument<string> AddressArgument(CommandContext context) => new("address") { HelpName = context.Texts["arg.address"], Description = context.Texts["arg.address.help"] };

    private static Argument<long> BatchArgument(CommandContext context) => new("number") { HelpName = context.Texts["arg.batch"], Description = context.Texts["arg.batch.help"] };

    private static Option<string> ReasonOption(CommandContext context) => new("--reason") { Description = context.Texts["option.reason"], Required = true };

    private static Option<bool> JsonOption(CommandContext context) => new("--json") { Description = context.Texts["option.json"] };

    private static string Day(DateOnly day) => VietnamTime.Text(day);
}
