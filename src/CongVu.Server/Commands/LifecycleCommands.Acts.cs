using System.CommandLine;
using System.Globalization;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.WorkingDays;

namespace CongVu.Server.Commands;

internal static partial class LifecycleCommands
{
    private static Command Hold(CommandContext context, HoldKind kind)
    {
        var texts = context.Texts;
        var name = kind == HoldKind.Legal ? "hold" : "leave";
        var (address, reason, document) = (AddressArgument(context), ReasonOption(context), DocumentOption(context));
        var (from, to) = (DateOption(context, "--from"), DateOption(context, "--to"));
        var command = new Command(name, texts[$"help.lifecycle.{name}"]) { address, reason, document, from, to };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var governance = CommandContext.Governance(store);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var hold = context.Require(await governance.Lifecycle.HoldAsync(
                CommandContext.Operator,
                account.Id,
                kind,
                parsed.GetValue(reason)!,
                parsed.GetValue(document) ?? "",
                Date(context, parsed.GetValue(from)) ?? governance.Today,
                Date(context, parsed.GetValue(to)),
                token));
            parsed.InvocationConfiguration.Output.WriteLine(texts["lifecycle.hold.placed", hold.Id, hold.Address, Day(hold.From), hold.To is { } last ? Day(last) : "–"]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command EndHold(CommandContext context)
    {
        var number = new Argument<long>("number") { HelpName = context.Texts["arg.batch"], Description = context.Texts["arg.hold.help"] };
        var reason = ReasonOption(context);
        var command = new Command("unhold", context.Texts["help.lifecycle.unhold"]) { number, reason };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var hold = context.Require(await CommandContext.Governance(store).Lifecycle.EndHoldAsync(CommandContext.Operator, parsed.GetValue(number), parsed.GetValue(reason)!, token));
            parsed.InvocationConfiguration.Output.WriteLine(context.Texts["lifecycle.hold.ended", hold.Id, hold.Address]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Suspend(CommandContext context)
    {
        var texts = context.Texts;
        var (address, reason, document) = (AddressArgument(context), ReasonOption(context), DocumentOption(context));
        var violation = new Option<bool>("--violation") { Description = texts["option.lifecycle.violation"] };
        var evidence = new Option<FileInfo[]>("--evidence") { Description = texts["option.lifecycle.evidence"], AllowMultipleArgumentsPerToken = true };
        var command = new Command("suspend", texts["help.lifecycle.suspend"]) { address, reason, document, violation, evidence };
        command.SetAction(async (parsed, token) =>
        {
            var files = new List<Evidence>();
            foreach (var file in parsed.GetValue(evidence) ?? [])
            {
                if (!file.Exists)
                    throw new CommandException(texts["file.missing", file.FullName]);
                files.Add(new(file.Name, file.Length > Evidence.MaxBytes ? new byte[Evidence.MaxBytes + 1] : await File.ReadAllBytesAsync(file.FullName, token)));
            }
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var life = context.Require(await CommandContext.Governance(store).Lifecycle.SuspendAsync(
                CommandContext.Operator, account.Id, parsed.GetValue(violation) ? LifeReason.ProhibitedAct : LifeReason.Request, parsed.GetValue(reason)!, parsed.GetValue(document) ?? "", files, token));
            parsed.InvocationConfiguration.Output.WriteLine(texts["lifecycle.suspended", life.Address, life.Due is { } last ? Day(last) : ""]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Reopen(CommandContext context, string name)
    {
        var (address, reason, document) = (AddressArgument(context), ReasonOption(context), DocumentOption(context));
        var command = new Command(name, context.Texts[$"help.lifecycle.{name}"]) { address, reason, document };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var life = context.Require(await CommandContext.Governance(store).Lifecycle.ReopenAsync(CommandContext.Operator, account.Id, parsed.GetValue(reason)!, parsed.GetValue(document) ?? "", token));
            parsed.InvocationConfiguration.Output.WriteLine(context.Texts["lifecycle.reopened", life.Address, life.Due is { } last ? Day(last) : ""]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Terminate(CommandContext context)
    {
        var texts = context.Texts;
        var address = AddressArgument(context);
        var reason = new Option<LifeReason>("--reason") { Description = texts["option.lifecycle.leaving"], Required = true };
        reason.AcceptOnlyFromAmong("retirement", "resignation", "transfer", "death", "organizationEnded");
        var document = new Option<string>("--document") { Description = texts["option.document"], Required = true };
        var (decided, effective, asked) = (DateOption(context, "--decided", isRequired: true), DateOption(context, "--effective"), DateOption(context, "--asked"));
        var moved = new Option<string?>("--new-address") { Description = texts["option.lifecycle.newAddress"] };
        var json = JsonOption(context);
        var command = new Command("terminate", texts["help.lifecycle.terminate"]) { address, reason, document, decided, effective, asked, moved, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var governance = CommandContext.Governance(store);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var closing = context.Require(await governance.Lifecycle.CloseAsync(
                CommandContext.Operator,
                new(
                    account.Id,
                    parsed.GetValue(reason),
                    parsed.GetValue(document)!,
                    Date(context, parsed.GetValue(decided))!.Value,
                    Date(context, parsed.GetValue(effective)) ?? governance.Today,
                    Date(context, parsed.GetValue(asked)) ?? governance.Today,
                    parsed.GetValue(moved)),
                token));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, closing);
            else
                output.WriteLine(texts[closing.IsClosed ? "lifecycle.closed" : "lifecycle.closing", account.PrimaryAddress, Day(closing.ClosesOn), Day(closing.FinishBy)] + (closing.IsLate ? " " + texts["lifecycle.late"] : ""));
            return CommandLine.Done;
        });
        return command;
    }

    private static Option<string?> DocumentOption(CommandContext context) => new("--document") { Description = context.Texts["option.document"] };

    private static Option<string?> DateOption(CommandContext context, string name, bool isRequired = false) =>
        new(name) { Description = context.Texts[$"option.date{name}"], HelpName = context.Texts["arg.date"], Required = isRequired };

    private static DateOnly? Date(CommandContext context, string? text) => text is null ? null
        : DateOnly.TryParseExact(text, ["yyyy-MM-dd", "d/M/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date >= WorkingCalendar.First && date <= WorkingCalendar.Last ? date
        : throw new CommandException(context.Texts["date.wrong", text]);
}
