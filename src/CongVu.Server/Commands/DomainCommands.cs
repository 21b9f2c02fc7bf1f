using System.CommandLine;
using CongVu.Server.Configuration;
using CongVu.Server.Web;

namespace CongVu.Server.Commands;

/// <summary><c>congvu domain</c>: the domains whose mail is kept here.</summary>
internal static class DomainCommands
{
    public static Command Build(CommandContext context)
    {
        var texts = context.Texts;
        return new("domain", texts["help.domain"]) { Add(context), List(context), Dns(context) };
    }

    private static Command Add(CommandContext context)
    {
        var name = new Argument<string>("name") { HelpName = context.Texts["arg.domain"], Description = context.Texts["arg.domain.help"] };
        var command = new Command("add", context.Texts["help.domain.add"]) { name };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var domain = parsed.GetValue(name)!;
            context.Require(await store.Accounts.AddDomainAsync(domain, CommandContext.Actor, token), domain);
            parsed.InvocationConfiguration.Output.WriteLine(context.Texts["domain.added", domain]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Dns(CommandContext context)
    {
        var name = new Argument<string>("name") { HelpName = context.Texts["arg.domain"], Description = context.Texts["arg.domain.help"] };
        var command = new Command("dns", context.Texts["help.domain.dns"]) { name };
        command.SetAction(parsed =>
        {
            var options = ServerOptions.From(context.Configure(parsed));
            int? Port(ListenerKind kind) => options.Listeners.FirstOrDefault(l => l.Kind == kind)?.Address.Port;
            var domain = parsed.GetValue(name)!.TrimEnd('.').ToLowerInvariant();
            foreach (var record in MailSettings.Records(domain, options.HostName, MailSettings.Services(Port), Port(ListenerKind.Https)))
                parsed.InvocationConfiguration.Output.WriteLine(record);
            // Who may send for the domain, and reports of what others send in its name; the keys are printed by dkim records.
            parsed.InvocationConfiguration.Output.WriteLine(options.Outbound.SmartHost is { } relay ? $"{domain}. IN TXT \"v=spf1 mx a:{relay.Host} ~all\"" : $"{domain}. IN TXT \"v=spf1 mx -all\"");
            parsed.InvocationConfiguration.Output.WriteLine($"_dmarc.{domain}. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@{domain}\"");
            return CommandLine.Done;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = context.Texts["option.json"] };
        var command = new Command("list", context.Texts["help.domain.list"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var domains = await store.Accounts.DomainsAsync(token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, domains);
            else
                CommandContext.WriteTable(output, [.. domains.Select(d => new[] { d })]);
            return CommandLine.Done;
        });
        return command;
    }
}
