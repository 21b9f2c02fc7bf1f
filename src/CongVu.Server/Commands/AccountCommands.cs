using System.CommandLine;
using CongVu.Governance.Passwords;
using CongVu.Governance.Policy;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;

namespace CongVu.Server.Commands;

/// <summary><c>congvu account</c>: people, organizations' mailboxes, and who may use them.</summary>
internal static partial class AccountCommands
{
    public static Command Build(CommandContext context) => new("account", context.Texts["help.account"])
    {
        Add(context),
        List(context),
        Show(context),
        Password(context),
        AppPasswordCommands.Build(context),
        Alias(context),
        Grant(context),
        Quota(context),
        State(context, "suspend", AccountState.Suspended),
        State(context, "resume", AccountState.Active),
    };

    private static Argument<string> AddressArgument(CommandContext context) =>
        new("address") { HelpName = context.Texts["arg.address"], Description = context.Texts["arg.address.help"] };

    private static Option<bool> GenerateOption(CommandContext context) => new("--generate") { Description = context.Texts["option.generate"] };

    private static Command Add(CommandContext context)
    {
        var texts = context.Texts;
        var address = AddressArgument(context);
        var name = new Option<string?>("--name") { Description = texts["option.name"], HelpName = texts["arg.name"] };
        var organization = new Option<bool>("--organization") { Description = texts["option.organization"] };
        var administrator = new Option<bool>("--administrator") { Description = texts["option.administrator"] };
        var mustChange = new Option<bool>("--must-change") { Description = texts["option.mustChange"] };
        var generate = GenerateOption(context);
        var quota = new Option<string?>("--quota") { Description = texts["option.quota"], HelpName = texts["arg.size"] };
        var command = new Command("add", texts["help.account.add"]) { address, name, organization, administrator, generate, mustChange, quota };
        command.SetAction(async (parsed, token) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var who = parsed.GetValue(address)!;
            var display = parsed.GetValue(name) ?? who;
            var bytes = parsed.GetValue(quota) is { } size ? ParseSize(context, size) : Regulation.QuotaBytes;
            await using var store = await context.OpenStoreAsync(parsed, token);
            if (parsed.GetValue(organization))
            {
                var added = await store.Accounts.AddOrganizationAsync(new(who, display, bytes), CommandContext.Actor, token);
                context.Require(added.Refusal, who);
                output.WriteLine(texts["account.addedOrganization", added.Value.PrimaryAddress]);
                return CommandLine.Done;
            }
            var isAdministrator = parsed.GetValue(administrator);
            var password = NewPassword(context, parsed, parsed.GetValue(generate), isAdministrator, new(who, display));
            var person = await store.Accounts.AddPersonAsync(new(who, display, password, bytes, isAdministrator, parsed.GetValue(mustChange)), CommandContext.Actor, token);
            context.Require(person.Refusal, who);
            output.WriteLine(texts["account.added", person.Value.PrimaryAddress]);
            if (parsed.GetValue(generate))
                output.WriteLine(texts["password.generated", password]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var texts = context.Texts;
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("list", texts["help.account.list"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var accounts = await store.Accounts.ListAsync(token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                CommandContext.WriteJson(output, accounts.Select(Json));
                return CommandLine.Done;
            }
            var rows = accounts.Select(a => new[]
            {
                a.PrimaryAddress, a.Name, texts[$"kind.{a.Kind}"], texts[$"state.{a.State}"], $"{CommandContext.Size(a.UsedBytes)} / {CommandContext.Size(a.QuotaBytes)}", $"{a.MessageCount}",
            });
            CommandContext.WriteTable(output, [[texts["column.address"], texts["column.name"], texts["column.kind"], texts["column.state"], texts["column.used"], texts["column.messages"]], .. rows]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Show(CommandContext context)
    {
        var texts = context.Texts;
        var address = AddressArgument(context);
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("show", texts["help.account.show"]) { address, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var addresses = await store.Accounts.AddressesAsync(account.Id, token);
            var grants = await store.Accounts.GrantsAsync(account.Id, token);
            var principal = await store.Accounts.FindPrincipalAsync(account.PrimaryAddress, token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
            {
                CommandContext.WriteJson(output, new
                {
                    account = Json(account),
                    addresses,
                    grants = grants.Select(g => new { login = g.Key, own = g.Value.HasFlag(AccountRights.Own), sendAs = g.Value.HasFlag(AccountRights.SendAs) }),
                    isAdministrator = principal?.IsAdministrator ?? false,
                    mustChangePassword = principal?.MustChangePassword ?? false,
                });
                return CommandLine.Done;
            }
            var rows = new List<string[]>
            {
                new[] { texts["column.address"], account.PrimaryAddress },
                new[] { texts["column.name"], account.Name },
                new[] { texts["column.kind"], texts[$"kind.{account.Kind}"] + (principal is { IsAdministrator: true } ? texts["account.isAdministrator"] : "") },
                new[] { texts["column.state"], texts[$"state.{account.State}"] },
                new[] { texts["column.used"], $"{CommandContext.Size(account.UsedBytes)} / {CommandContext.Size(account.QuotaBytes)}" },
                new[] { texts["column.messages"], $"{account.MessageCount}" },
                new[] { texts["column.aliases"], string.Join(", ", addresses.Skip(1)) },
                new[] { texts["column.grants"], string.Join(", ", grants.Select(g => g.Key + (g.Value.HasFlag(AccountRights.Own) ? "" : texts["account.sendAsOnly"]))) },
            };
            CommandContext.WriteTable(output, rows);
            return CommandLine.Done;
        });
        return command;
    }

    private static object Json(Account a) => new
    {
        address = a.PrimaryAddress,
        a.Name,
        a.Kind,
        a.State,
        a.UsedBytes,
        a.QuotaBytes,
        a.MessageCount,
    };

    // Never from the command line: other users of the machine could read it there.
    private static string NewPassword(CommandContext context, ParseResult parsed, bool generate, bool isAdministrator, PasswordSubject subject)
    {
        if (generate)
            return PasswordRule.Generate(subject);
        var password = context.ReadNewPassword(parsed.InvocationConfiguration.Error);
        RequireStrong(context, PasswordRule.Check(password, isAdministrator, subject), isAdministrator);
        return password;
    }

    private static void RequireStrong(CommandContext context, PasswordFault faults, bool isAdministrator)
    {
        if (faults == PasswordFault.None)
            return;
        var words = Enum.GetValues<PasswordFault>().Where(f => f != PasswordFault.None && faults.HasFlag(f)).Select(f => context.Texts[$"password.{f}", PasswordRule.MinChars(isAdministrator), PasswordRule.MaxChars]);
        throw new CommandException(context.Texts["password.weak", string.Join(", ", words)]);
    }

    private static long ParseSize(CommandContext context, string text) =>
        Values.Size(text, out var bytes) && bytes > 0 ? bytes : throw new CommandException(context.Texts["size.wrong", text]);
}
