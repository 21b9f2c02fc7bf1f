using System.CommandLine;
using CongVu.Governance.Authorities;
using CongVu.Governance.Imports;
using CongVu.Governance.Organizations;
using static CongVu.Server.Commands.GovernanceCommand;

namespace CongVu.Server.Commands;

/// <summary><c>congvu organization</c>: the tree of organizations, who heads them and keeps their mailboxes (A1, A2, A9.1, A14.5).</summary>
internal static class OrganizationCommands
{
    public static Command Build(CommandContext context) => new("organization", context.Texts["help.organization"])
    {
        Add(context),
        List(context),
        Show(context),
        Change(context),
        Abbreviation(context),
        Mailbox(context),
        Import(context),
        Duty(context),
        EndDuty(context),
        Kinds(context),
        PlanCommands.Merge(context),
        PlanCommands.Profile(context),
    };

    private static Command Add(CommandContext context)
    {
        var name = new Argument<string>("name") { HelpName = context.Texts["arg.name"], Description = context.Texts["arg.organizationName.help"] };
        var parent = Text(context, "--parent", "option.parent", "arg.organization");
        var kind = Text(context, "--kind", "option.kind", "arg.kind");
        var code = Text(context, "--code", "option.code");
        var abbreviation = Text(context, "--abbreviation", "option.abbreviation");
        var reason = Text(context, "--reason", "option.reason");
        var mailbox = Flag(context, "--mailbox", "option.organizationMailbox");
        return Of(context, "add", "help.organization.add", [name, parent, kind, code, abbreviation, reason, mailbox], async run =>
        {
            OrganizationId? above = run.Value(parent) is { } word ? (await run.OrganizationAsync(word)).Id : null;
            var organization = await run.DoAsync<Organization>(async tx =>
            {
                var added = await run.Store.Organizations.AddAsync(tx, CommandContext.Operator, new(run.Value(name), run.Value(kind), above)
                {
                    Code = run.Value(code),
                    Override = run.Value(abbreviation) is { } set ? new(set, run.Value(reason) ?? "") : null,
                });
                if (added.Ok && run.Value(mailbox) && await run.Store.Organizations.AddMailboxAsync(tx, CommandContext.Operator, added.Value.Id) is { Problem: { } problem })
                    return problem;
                return added;
            });
            run.Output.WriteLine(organization.Address is null ? run["organization.waits", $"#{organization.Id.Value}", organization.Name] : run["organization.added", $"#{organization.Id.Value}", organization.Name, organization.Address]);
            return CommandLine.Done;
        });
    }

    private static Command List(CommandContext context)
    {
        var below = Text(context, "--below", "option.below", "arg.organization");
        var waiting = Flag(context, "--waiting", "option.waiting");
        var json = Json(context);
        return Of(context, "list", "help.organization.list", [below, waiting, json], async run =>
        {
            var all = await run.Store.Organizations.ListAsync(run.Token);
            var root = run.Value(below) is { } word ? (OrganizationId?)(await run.OrganizationAsync(word)).Id : null;
            var tree = Tree(all, root).Where(o => !run.Value(waiting) || o.Organization.Address is null).ToList();
            return run.Value(json)
                ? run.List(true, tree.ConvertAll(o => o.Organization), o => [o.Name])
                : run.List(false, tree, o => [$"#{o.Organization.Id.Value}", new string(' ', 2 * o.Depth) + o.Organization.Name, o.Organization.Address ?? run["organization.noAddress"], o.Organization.Account is null ? "" : run["organization.hasMailbox"]]);
        });
    }

    private static Command Show(CommandContext context)
    {
        var organization = Organization(context);
        var json = Json(context);
        return Of(context, "show", "help.organization.show", [organization, json], async run =>
        {
            var found = await run.OrganizationAsync(run.Value(organization));
            var duties = await run.ReadAsync(tx => DutyStore.OfOrganizationAsync(tx, found.Id, null));
            var history = await run.Store.Organizations.HistoryAsync(found.Id, run.Token);
            var parent = found.Parent is { } above ? await run.Store.Organizations.FindAsync(above, run.Token) : null;
            if (run.Value(json))
            {
                CommandContext.WriteJson(run.Output, new { organization = found, parent = parent?.Name, duties, history });
                return CommandLine.Done;
            }
            run.Output.WriteLine($"#{found.Id.Value} {found.Name}");
            run.Output.WriteLine($"{found.Kind}{(parent is null ? "" : $" / {parent.Name}")}{(found.Code is null ? "" : $" / {found.Code}")}");
            run.Output.WriteLine(found.Address ?? run["organization.noAddress"]);
            CommandContext.WriteTable(run.Output, [.. duties.Select(d => new[] { $"  {d.Id.Value}", context.Wording.Word(d.Duty.ToString()), d.Name, $"{d.From:yyyy-MM-dd}", d.To is { } to ? $"{to:yyyy-MM-dd}" : "" })]);
            CommandContext.WriteTable(run.Output, [.. history.Select(h => new[] { h.At.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm", null), h.Actor, h.What, h.Before, h.After })]);
            return CommandLine.Done;
        });
    }

    private static Command Change(CommandContext context)
    {
        var organization = Organization(context);
        var name = Text(context, "--name", "option.newName", "arg.name");
        var kind = Text(context, "--kind", "option.kind", "arg.kind");
        var code = Text(context, "--code", "option.code");
        var parent = Text(context, "--parent", "option.parent", "arg.organization");
        var registers = new Option<bool?>("--registers-people") { Description = context.Texts["option.registersPeople"], HelpName = "true|false" };
        var readdress = Flag(context, "--new-address", "option.newAddress");
        return Of(context, "change", "help.organization.change", [organization, name, kind, code, parent, registers, readdress], async run =>
        {
            var found = await run.OrganizationAsync(run.Value(organization));
            OrganizationId? above = run.Value(parent) is { Length: > 0 } word ? (await run.OrganizationAsync(word)).Id : null;
            var changed = await run.DoAsync(async tx =>
            {
                var done = await run.Store.Organizations.ChangeAsync(tx, CommandContext.Operator, found.Id, new(run.Value(name), run.Value(kind), run.Value(code), run.Value(registers)));
                if (done.Ok && run.Value(parent) is not null)
                    done = await run.Store.Organizations.MoveAsync(tx, CommandContext.Operator, found.Id, above);
                return done.Ok && run.Value(readdress) ? await run.Store.Organizations.ReaddressAsync(tx, CommandContext.Operator, found.Id) : done;
            });
            run.Output.WriteLine(run["organization.changed", changed.Name, changed.Address ?? run["organization.noAddress"]]);
            return CommandLine.Done;
        });
    }

    private static Command Abbreviation(CommandContext context)
    {
        var organization = Organization(context);
        var set = new Argument<string>("abbreviation") { HelpName = context.Texts["arg.abbreviation"], Description = context.Texts["arg.abbreviation.help"] };
        var reason = new Option<string>("--reason") { Description = context.Texts["option.reason"], HelpName = context.Texts["arg.text"], Required = true };
        return Of(context, "abbreviation", "help.organization.abbreviation", [organization, set, reason], async run =>
        {
            var found = await run.OrganizationAsync(run.Value(organization));
            var changed = await run.DoAsync(tx => run.Store.Organizations.SetAbbreviationAsync(tx, CommandContext.Operator, found.Id, new(run.Value(set), run.Parsed.GetValue(reason)!)));
            run.Output.WriteLine(run["organization.changed", changed.Name, changed.Address!]);
            return CommandLine.Done;
        });
    }

    private static Command Mailbox(CommandContext context)
    {
        var organization = Organization(context);
        return Of(context, "mailbox", "help.organization.mailbox", [organization], async run =>
        {
            var found = await run.OrganizationAsync(run.Value(organization));
            var account = await run.DoAsync(tx => run.Store.Organizations.AddMailboxAsync(tx, CommandContext.Operator, found.Id));
            run.Output.WriteLine(run["account.addedOrganization", account.PrimaryAddress]);
            return CommandLine.Done;
        });
    }

    private static Command Import(CommandContext context)
    {
        var file = File(context);
        var dry = Flag(context, "--dry-run", "option.dryRun");
        var mailboxes = Flag(context, "--mailboxes", "option.mailboxes");
        var reason = Text(context, "--reason", "option.importReason");
        var json = Json(context);
        return Of(context, "import", "help.organization.import", [file, dry, mailboxes, reason, json], async run =>
        {
            var bytes = await ReadFileAsync(run, file);
            var report = await new OrganizationImport(run.Store).RunAsync(CommandContext.Operator, bytes, new(run.Value(dry), run.Value(mailboxes), run.Value(reason)), run.Token);
            return run.Report(context.Require(report), run.Value(json));
        });
    }

    private static Command Duty(CommandContext context)
    {
        var organization = Organization(context);
        var duty = new Argument<Duty>("duty") { HelpName = "head|deputy|liaison|custodian|delegate", Description = context.Texts["arg.duty.help"] };
        var person = Person(context);
        var from = Day(context, "--from", "option.from");
        var to = Day(context, "--to", "option.to");
        var command = Of(context, "duty", "help.organization.duty", [organization, duty, person, from, to], async run =>
        {
            var found = await run.OrganizationAsync(run.Value(organization));
            var who = await run.PersonAsync(run.Value(person));
            var named = await run.DoAsync(tx => run.Store.Duties.NameAsync(tx, CommandContext.Operator, found.Id, who.Id, run.Parsed.GetValue(duty), run.Day(from), run.Day(to)));
            run.Output.WriteLine(run["duty.named", named.Id.Value, named.Name, context.Wording.Word(named.Duty.ToString()), found.Name, $"{named.From:yyyy-MM-dd}"]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command EndDuty(CommandContext context)
    {
        var id = new Argument<long>("id") { HelpName = context.Texts["arg.number"], Description = context.Texts["arg.dutyId.help"] };
        var last = Day(context, "--last", "option.lastDay");
        return Of(context, "duty-end", "help.organization.dutyEnd", [id, last], async run =>
        {
            var ended = await run.DoAsync(tx => run.Store.Duties.EndAsync(tx, CommandContext.Operator, new(run.Parsed.GetValue(id)), run.Day(last)));
            run.Output.WriteLine(run["duty.ended", ended.Name, context.Wording.Word(ended.Duty.ToString()), $"{ended.To:yyyy-MM-dd}"]);
            return CommandLine.Done;
        });
    }

    private static Command Kinds(CommandContext context)
    {
        var json = Json(context);
        return Of(context, "kinds", "help.organization.kinds", [json], async run =>
            run.List(run.Value(json), await run.ReadAsync(OrganizationStore.KindsAsync), k => [k.Code, context.Texts["culture"] == "vi" ? k.NameVi : k.NameEn]));
    }

    // Depth first, in the order of their keys; those that ended are left out.
    private static List<(Organization Organization, int Depth)> Tree(List<Organization> all, OrganizationId? root)
    {
        var children = all.Where(o => o.State == OrganizationState.Active).ToLookup(o => o.Parent);
        var tree = new List<(Organization, int)>();
        void Walk(Organization organization, int depth)
        {
            tree.Add((organization, depth));
            foreach (var child in children[organization.Id])
                Walk(child, depth + 1);
        }
        foreach (var top in root is { } at ? all.Where(o => o.Id == at) : children[null])
            Walk(top, 0);
        return tree;
    }
}
