using System.CommandLine;
using CongVu.Governance.Authorities;
using CongVu.Governance.Imports;
using CongVu.Governance.People;
using static CongVu.Server.Commands.GovernanceCommand;

namespace CongVu.Server.Commands;

/// <summary><c>congvu person</c>: people, where they work and worked (A1.2, A14.5).</summary>
internal static class PersonCommands
{
    /// <summary>People shown at once.</summary>
    private const int MaxListed = 50_000;

    public static Command Build(CommandContext context) => new("person", context.Texts["help.person"])
    {
        Add(context),
        List(context),
        Show(context),
        Change(context),
        Post(context),
        Move(context),
        Leave(context),
        Mailbox(context),
        Import(context),
    };

    private static Command Add(CommandContext context)
    {
        var name = new Argument<string>("name") { HelpName = context.Texts["arg.name"], Description = context.Texts["arg.personName.help"] };
        var organization = new Option<string>("--organization") { Description = context.Texts["option.worksAt"], HelpName = context.Texts["arg.organization"], Required = true };
        var code = Text(context, "--staff-code", "option.staffCode");
        var fields = new Fields(context);
        var mailbox = Flag(context, "--mailbox", "option.personMailbox");
        return Of(context, "add", "help.person.add", [name, organization, code, .. fields.All, mailbox], async run =>
        {
            var at = await run.OrganizationAsync(run.Parsed.GetValue(organization)!);
            var person = await run.DoAsync<Person>(async tx =>
            {
                var added = await run.Store.People.AddAsync(
                    tx,
                    CommandContext.Operator,
                    new(run.Value(code), run.Value(name)) { BirthDate = run.Day(fields.Birth), Phone = run.Value(fields.Phone), ServiceStart = run.Day(fields.Service), IdentityNumber = run.Value(fields.Identity) },
                    new(at.Id, run.Value(fields.Position) ?? "", run.Value(fields.Unit) ?? "", run.Day(fields.From)));
                if (!added.Ok || !run.Value(mailbox))
                    return added;
                var made = await run.Store.People.AddMailboxAsync(tx, CommandContext.Operator, added.Value.Id, null);
                return made.Problem is { } problem ? problem : (await PeopleStore.FindAsync(tx, added.Value.Id))!;
            });
            run.Output.WriteLine(run["staff.added", person.StaffCode, person.Name, person.Address ?? run["staff.noMailbox"]]);
            return CommandLine.Done;
        });
    }

    private static Command List(CommandContext context)
    {
        var organization = Text(context, "--organization", "option.worksAt", "arg.organization");
        var search = Text(context, "--search", "option.search");
        var json = Json(context);
        return Of(context, "list", "help.person.list", [organization, search, json], async run =>
        {
            CongVu.Governance.Organizations.OrganizationId? at = run.Value(organization) is { } word ? (await run.OrganizationAsync(word)).Id : null;
            var found = await run.ReadAsync(tx => PeopleStore.SearchAsync(tx, at, run.Value(search) ?? "", MaxListed));
            return run.List(run.Value(json), found, p => [p.StaffCode, p.Name, p.Address ?? run["staff.noMailbox"], p.Phone ?? "", run[$"staff.status.{p.Status}"]]);
        });
    }

    private static Command Show(CommandContext context)
    {
        var person = Person(context);
        var json = Json(context);
        return Of(context, "show", "help.person.show", [person, json], async run =>
        {
            var found = await run.PersonAsync(run.Value(person));
            var postings = await run.ReadAsync(tx => PeopleStore.PostingsAsync(tx, found.Id));
            var duties = await run.ReadAsync(tx => DutyStore.OfPersonAsync(tx, found.Id, null));
            var history = await run.Store.People.HistoryAsync(found.Id, run.Token);
            var names = (await run.Store.Organizations.ListAsync(run.Token)).ToDictionary(o => o.Id, o => o.Name);
            if (run.Value(json))
            {
                CommandContext.WriteJson(run.Output, new { person = found, postings = postings.Select(p => new { p.Id, organization = names[p.Organization], p.Position, p.Unit, p.IsPrimary, p.From, p.To }), duties, history });
                return CommandLine.Done;
            }
            run.Output.WriteLine($"{found.StaffCode} {found.Name}, {run[$"staff.status.{found.Status}"]}");
            run.Output.WriteLine(found.Address ?? run["staff.noMailbox"]);
            CommandContext.WriteTable(run.Output, [.. postings.Select(p => new[] { $"  {p.Id.Value}", $"{p.From:yyyy-MM-dd}", p.To is { } to ? $"{to:yyyy-MM-dd}" : "", names[p.Organization], p.Position, p.Unit })]);
            CommandContext.WriteTable(run.Output, [.. duties.Select(d => new[] { $"  {d.Id.Value}", $"{d.From:yyyy-MM-dd}", d.To is { } to ? $"{to:yyyy-MM-dd}" : "", names[d.Organization], context.Wording.Word(d.Duty.ToString()) })]);
            CommandContext.WriteTable(run.Output, [.. history.Select(h => new[] { h.At.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm", null), h.Actor, h.What, h.Before, h.After })]);
            return CommandLine.Done;
        });
    }

    private static Command Change(CommandContext context)
    {
        var person = Person(context);
        var name = Text(context, "--name", "option.newName", "arg.name");
        var fields = new Fields(context);
        return Of(context, "change", "help.person.change", [person, name, .. fields.All], async run =>
        {
            var found = await run.PersonAsync(run.Value(person));
            var changed = await run.DoAsync(tx => run.Store.People.ChangeAsync(
                tx,
                CommandContext.Operator,
                found.Id,
                new(run.Value(name), null, run.Day(fields.Birth), run.Value(fields.Phone), run.Day(fields.Service), run.Value(fields.Identity), run.Value(fields.Position), run.Value(fields.Unit))));
            run.Output.WriteLine(run["staff.changed", changed.StaffCode, changed.Name]);
            return CommandLine.Done;
        });
    }

    private static Command Post(CommandContext context)
    {
        var person = Person(context);
        var organization = Organization(context);
        var fields = new Fields(context);
        return Of(context, "post", "help.person.post", [person, organization, fields.From, fields.Position, fields.Unit], async run =>
        {
            var (found, at) = (await run.PersonAsync(run.Value(person)), await run.OrganizationAsync(run.Value(organization)));
            await run.DoAsync(tx => run.Store.People.PostAsync(tx, CommandContext.Operator, found.Id, new(at.Id, run.Value(fields.Position) ?? "", run.Value(fields.Unit) ?? "", run.Day(fields.From)), isPrimary: false));
            run.Output.WriteLine(run["staff.posted", found.Name, at.Name]);
            return CommandLine.Done;
        });
    }

    private static Command Move(CommandContext context)
    {
        var person = Person(context);
        var organization = Organization(context);
        var fields = new Fields(context);
        var keep = Flag(context, "--keep-address", "option.keepAddress");
        return Of(context, "move", "help.person.move", [person, organization, fields.From, fields.Position, fields.Unit, keep], async run =>
        {
            var (found, to) = (await run.PersonAsync(run.Value(person)), await run.OrganizationAsync(run.Value(organization)));
            var moved = await run.DoAsync(tx => run.Store.People.MoveAsync(
                tx, CommandContext.Operator, found.Id, new(to.Id, run.Value(fields.Position) ?? "", run.Value(fields.Unit) ?? "", run.Day(fields.From)), readdress: !run.Value(keep)));
            run.Output.WriteLine(run["staff.moved", moved.Name, to.Name, moved.Address ?? run["staff.noMailbox"]]);
            return CommandLine.Done;
        });
    }

    private static Command Leave(CommandContext context)
    {
        var person = Person(context);
        var status = new Argument<PersonStatus>("status") { HelpName = "retired|resigned|transferredOut|dead", Description = context.Texts["arg.status.help"] };
        var last = Day(context, "--last", "option.lastDay");
        return Of(context, "leave", "help.person.leave", [person, status, last], async run =>
        {
            var found = await run.PersonAsync(run.Value(person));
            var left = await run.DoAsync(tx => run.Store.People.LeaveAsync(tx, CommandContext.Operator, found.Id, run.Parsed.GetValue(status), run.Day(last) ?? run.Store.Today));
            run.Output.WriteLine(run["staff.left", left.Name, run[$"staff.status.{left.Status}"]]);
            return CommandLine.Done;
        });
    }

    private static Command Mailbox(CommandContext context)
    {
        var person = Person(context);
        var local = Text(context, "--local-part", "option.localPart");
        var reason = Text(context, "--reason", "option.reason");
        return Of(context, "mailbox", "help.person.mailbox", [person, local, reason], async run =>
        {
            var found = await run.PersonAsync(run.Value(person));
            var (account, proposal) = await run.DoAsync(tx => run.Store.People.AddMailboxAsync(tx, CommandContext.Operator, found.Id, null, run.Value(local), run.Value(reason)));
            run.Output.WriteLine(account.PrimaryAddress);
            run.Output.WriteLine($"{proposal.Citation}: {context.Wording.Explain(proposal)}");
            return CommandLine.Done;
        });
    }

    private static Command Import(CommandContext context)
    {
        var file = File(context);
        var dry = Flag(context, "--dry-run", "option.dryRun");
        var mailboxes = Flag(context, "--mailboxes", "option.mailboxes");
        var json = Json(context);
        return Of(context, "import", "help.person.import", [file, dry, mailboxes, json], async run =>
        {
            var bytes = await ReadFileAsync(run, file);
            var report = await new PeopleImport(run.Store).RunAsync(CommandContext.Operator, bytes, new(run.Value(dry), run.Value(mailboxes)), null, run.Token);
            return run.Report(context.Require(report), run.Value(json));
        });
    }

    /// <summary>What is known of a person, as options.</summary>
    private sealed class Fields(CommandContext context)
    {
        public Option<string?> Position { get; } = Text(context, "--position", "option.position");

        public Option<string?> Unit { get; } = Text(context, "--unit", "option.unit");

        public Option<string?> Phone { get; } = Text(context, "--phone", "option.phone");

        public Option<string?> Birth { get; } = Day(context, "--birth-date", "option.birthDate");

        public Option<string?> Service { get; } = Day(context, "--service-start", "option.serviceStart");

        public Option<string?> Identity { get; } = Text(context, "--identity-number", "option.identityNumber");

        public Option<string?> From { get; } = Day(context, "--from", "option.from");

        public IEnumerable<Symbol> All => [Position, Unit, Phone, Birth, Service, Identity, From];
    }
}
