using System.CommandLine;
using System.Globalization;

namespace CongVu.Server.Commands;

/// <summary><c>congvu account app-password</c>: ways in for single mail programs.</summary>
internal static class AppPasswordCommands
{
    public static Command Build(CommandContext context) => new("app-password", context.Texts["help.appPassword"]) { Add(context), List(context), Remove(context) };

    private static Command Add(CommandContext context)
    {
        var address = Address(context);
        var label = new Argument<string>("label") { HelpName = context.Texts["arg.label"], Description = context.Texts["arg.label.help"] };
        var command = new Command("add", context.Texts["help.appPassword.add"]) { address, label };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var principal = await context.PrincipalAsync(store, parsed.GetValue(address)!, token);
            var (_, password) = await store.Accounts.AddAppPasswordAsync(principal.Id, parsed.GetValue(label)!, CommandContext.Actor, token);
            parsed.InvocationConfiguration.Output.WriteLine(context.Texts["password.generated", password]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var address = Address(context);
        var json = new Option<bool>("--json") { Description = context.Texts["option.json"] };
        var command = new Command("list", context.Texts["help.appPassword.list"]) { address, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var principal = await context.PrincipalAsync(store, parsed.GetValue(address)!, token);
            var all = await store.Accounts.AppPasswordsAsync(principal.Id, token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, all);
            else
                CommandContext.WriteTable(output, [.. all.Select(p => new[] { p.Id.ToString(CultureInfo.InvariantCulture), p.Created.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), p.Label })]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var address = Address(context);
        var id = new Argument<long>("id") { Description = context.Texts["arg.appPasswordId.help"] };
        var command = new Command("remove", context.Texts["help.appPassword.remove"]) { address, id };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var principal = await context.PrincipalAsync(store, parsed.GetValue(address)!, token);
            var number = parsed.GetValue(id);
            context.Require(await store.Accounts.RemoveAppPasswordAsync(principal.Id, number, CommandContext.Actor, token), number.ToString(CultureInfo.InvariantCulture));
            return CommandLine.Done;
        });
        return command;
    }

    private static Argument<string> Address(CommandContext context) => new("address") { HelpName = context.Texts["arg.address"], Description = context.Texts["arg.address.help"] };
}
