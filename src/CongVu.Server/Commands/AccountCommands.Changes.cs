using System.CommandLine;
using CongVu.Mail.Store;

namespace CongVu.Server.Commands;

internal static partial class AccountCommands
{
    private static Command Password(CommandContext context)
    {
        var texts = context.Texts;
        var address = AddressArgument(context);
        var generate = GenerateOption(context);
        var mustChange = new Option<bool>("--must-change") { Description = texts["option.mustChange"] };
        var command = new Command("password", texts["help.account.password"]) { address, generate, mustChange };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var principal = await context.PrincipalAsync(store, parsed.GetValue(address)!, token);
            var password = NewPassword(context, parsed, parsed.GetValue(generate), principal.IsAdministrator, new(principal.Login, principal.DisplayName));
            RequireStrong(context, await CommandContext.Governance(store).Passwords.SetAsync(principal, password, parsed.GetValue(mustChange), CommandContext.Actor, token), principal.IsAdministrator);
            parsed.InvocationConfiguration.Output.WriteLine(texts["password.set", principal.Login]);
            if (parsed.GetValue(generate))
                parsed.InvocationConfiguration.Output.WriteLine(texts["password.generated", password]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Alias(CommandContext context)
    {
        var texts = context.Texts;
        var address = AddressArgument(context);
        var alias = new Argument<string>("alias") { HelpName = texts["arg.alias"], Description = texts["arg.alias.help"] };
        var command = new Command("alias", texts["help.account.alias"]) { address, alias };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var name = parsed.GetValue(alias)!;
            context.Require(await store.Accounts.AddAliasAsync(account.Id, name, CommandContext.Actor, token), name);
            parsed.InvocationConfiguration.Output.WriteLine(texts["alias.added", name, account.PrimaryAddress]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Grant(CommandContext context)
    {
        var texts = context.Texts;
        var address = AddressArgument(context);
        var person = new Argument<string>("person") { HelpName = texts["arg.person"], Description = texts["arg.person.help"] };
        var sendOnly = new Option<bool>("--send-only") { Description = texts["option.sendOnly"] };
        var revoke = new Option<bool>("--revoke") { Description = texts["option.revoke"] };
        var command = new Command("grant", texts["help.account.grant"]) { address, person, sendOnly, revoke };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var principal = await context.PrincipalAsync(store, parsed.GetValue(person)!, token);
            // A10: a personal mailbox is its holder's alone; the holder shares folders with IMAP's own rights.
            if (account.Kind == AccountKind.Personal && principal.HomeAccount != account.Id && !parsed.GetValue(revoke))
                throw new CommandException(texts["grant.personal", account.PrimaryAddress]);
            var rights = parsed.GetValue(revoke) ? AccountRights.None
                : parsed.GetValue(sendOnly) ? AccountRights.SendAs
                : AccountRights.Own | AccountRights.SendAs;
            context.Require(await store.Accounts.GrantAsync(principal.Id, account.Id, rights, CommandContext.Actor, token), account.PrimaryAddress);
            parsed.InvocationConfiguration.Output.WriteLine(texts[$"grant.{(rights == AccountRights.None ? "revoked" : rights == AccountRights.SendAs ? "sendAs" : "own")}", principal.Login, account.PrimaryAddress]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Quota(CommandContext context)
    {
        var texts = context.Texts;
        var address = AddressArgument(context);
        var size = new Argument<string>("size") { HelpName = texts["arg.size"], Description = texts["arg.size.help"] };
        var command = new Command("quota", texts["help.account.quota"]) { address, size };
        command.SetAction(async (parsed, token) =>
        {
            var bytes = ParseSize(context, parsed.GetValue(size)!);
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            context.Require(await store.Accounts.SetQuotaAsync(account.Id, bytes, CommandContext.Actor, token), account.PrimaryAddress);
            parsed.InvocationConfiguration.Output.WriteLine(texts["quota.set", account.PrimaryAddress, CommandContext.Size(bytes)]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command State(CommandContext context, string name, AccountState state)
    {
        var texts = context.Texts;
        var address = AddressArgument(context);
        var command = new Command(name, texts[$"help.account.{name}"]) { address };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            context.Require(await store.Accounts.SetStateAsync(account.Id, state, CommandContext.Actor, token), account.PrimaryAddress);
            parsed.InvocationConfiguration.Output.WriteLine(texts[$"state.set.{name}", account.PrimaryAddress]);
            return CommandLine.Done;
        });
        return command;
    }
}
