using System.CommandLine;
using System.Globalization;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Store;

namespace CongVu.Server.Commands;

/// <summary><c>congvu dkim</c>: the keys that sign mail going out.</summary>
internal static class DkimCommands
{
    /// <summary>Resolvers keep an old answer for two days at most, as a rule.</summary>
    private const int DefaultWaitHours = 48;

    /// <summary>A string of a TXT record (RFC 1035 §3.3.14).</summary>
    private const int MaxString = 255;

    public static Command Build(CommandContext context) => new("dkim", context.Texts["help.dkim"]) { List(context), Records(context), Remove(context), Rotate(context) };

    private static Command Rotate(CommandContext context)
    {
        var name = Domain(context);
        var hours = new Option<int>("--hours") { Description = context.Texts["option.dkimHours"], HelpName = "0-720", DefaultValueFactory = _ => DefaultWaitHours };
        hours.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<int>() is < 0 or > 720)
                given.AddError(context.Texts["option.dkimHours"]);
        });
        var command = new Command("rotate", context.Texts["help.dkim.rotate"]) { name, hours };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var domain = await DomainAsync(context, store, parsed.GetValue(name)!, token);
            var before = await store.SigningKeys.ListAsync(domain, token);
            var made = await store.SigningKeys.RotateAsync(domain, TimeSpan.FromHours(parsed.GetValue(hours)), CommandContext.Actor, token);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine(context.Texts["dkim.publish"]);
            foreach (var key in made)
                output.WriteLine(Record(key.Key));
            output.WriteLine(before.Count == 0 ? context.Texts["dkim.signsNow", domain] : context.Texts["dkim.signsLater", Local(made[0].Active)]);
            foreach (var key in before)
                output.WriteLine(context.Texts["dkim.old", key.Key.RecordName, Local(made[0].Active.AddDays(7)), domain, key.Key.Selector]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Records(CommandContext context)
    {
        var name = Domain(context);
        var command = new Command("records", context.Texts["help.dkim.records"]) { name };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            foreach (var key in await store.SigningKeys.ListAsync(await DomainAsync(context, store, parsed.GetValue(name)!, token), token))
                parsed.InvocationConfiguration.Output.WriteLine(Record(key.Key));
            return CommandLine.Done;
        });
        return command;
    }

    private static Command List(CommandContext context)
    {
        var json = new Option<bool>("--json") { Description = context.Texts["option.json"] };
        var command = new Command("list", context.Texts["help.dkim.list"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var now = TimeProvider.System.GetUtcNow();
            var all = await store.SigningKeys.ListAsync(null, token);
            var rows = all.Select(k => new
            {
                k.Key.Domain,
                k.Key.Selector,
                Algorithm = k.Key.Algorithm == SignatureAlgorithm.RsaSha256 ? "rsa-sha256" : "ed25519-sha256",
                k.Active,
                State = k.Active > now ? "waiting" : all.Any(o => o.Key.Domain == k.Key.Domain && o.Key.Algorithm == k.Key.Algorithm && o.Active <= now && o.Active > k.Active) ? "old" : "signing",
            }).ToArray();
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, rows);
            else
                CommandContext.WriteTable(output, [.. rows.Select(r => new[] { r.Domain, r.Selector, r.Algorithm, r.State switch { "waiting" => context.Texts["dkim.state.waiting"], "old" => context.Texts["dkim.state.old"], _ => context.Texts["dkim.state.signing"] }, Local(r.Active) })]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Remove(CommandContext context)
    {
        var name = Domain(context);
        var selector = new Argument<string>("selector") { HelpName = context.Texts["arg.selector"], Description = context.Texts["arg.selector.help"] };
        var command = new Command("remove", context.Texts["help.dkim.remove"]) { name, selector };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var (domain, key) = (parsed.GetValue(name)!.TrimEnd('.').ToLowerInvariant(), parsed.GetValue(selector)!);
            if (!await store.SigningKeys.RemoveAsync(domain, key, CommandContext.Actor, token))
                throw new CommandException(context.Texts["dkim.unknown", key, domain]);
            parsed.InvocationConfiguration.Output.WriteLine(context.Texts["dkim.removed", $"{key}._domainkey.{domain}"]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Argument<string> Domain(CommandContext context) => new("domain") { HelpName = context.Texts["arg.domain"], Description = context.Texts["arg.domain.help"] };

    // A domain of this installation, as DNS writes it.
    private static async Task<string> DomainAsync(CommandContext context, MailStore store, string written, CancellationToken cancellationToken)
    {
        var domain = DomainNames.Normalize(written);
        foreach (var known in await store.Accounts.DomainsAsync(cancellationToken))
        {
            if (domain is not null && DomainNames.Normalize(known) == domain)
                return domain;
        }
        throw new CommandException(context.Texts["dkim.domain", written]);
    }

    private static string Record(SigningKey key)
    {
        var strings = key.RecordText.Chunk(MaxString).Select(part => $"\"{new string(part)}\"");
        return $"{key.RecordName}. 3600 IN TXT {string.Join(' ', strings)}";
    }

    private static string Local(DateTimeOffset at) => at.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
