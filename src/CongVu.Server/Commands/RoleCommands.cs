using System.CommandLine;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using static CongVu.Server.Commands.GovernanceCommand;

namespace CongVu.Server.Commands;

/// <summary><c>congvu role</c>: rights given by hand (A16).</summary>
internal static class RoleCommands
{
    public static Command Build(CommandContext context)
    {
        var login = new Argument<string>("person") { HelpName = context.Texts["arg.person"], Description = context.Texts["arg.person.help"] };
        var role = new Argument<Role>("role") { HelpName = "systemAdministrator|managingBody|operator|viewer|organizationAdministrator", Description = context.Texts["arg.role.help"] };
        var organization = Text(context, "--organization", "option.roleOrganization", "arg.organization");
        var give = Of(context, "give", "help.role.give", [login, role, organization], async run =>
        {
            var principal = await context.PrincipalAsync(run.Store.Mail, run.Value(login), run.Token);
            OrganizationId? at = run.Value(organization) is { } word ? (await run.OrganizationAsync(word)).Id : null;
            var id = await run.DoAsync(tx => run.Store.Roles.GiveAsync(tx, CommandContext.Operator, principal.Id, run.Parsed.GetValue(role), at));
            run.Output.WriteLine(run["role.given", id, principal.Login, context.Wording.Word(run.Parsed.GetValue(role).ToString())]);
            return CommandLine.Done;
        });
        var id = new Argument<long>("id") { HelpName = context.Texts["arg.number"], Description = context.Texts["arg.roleId.help"] };
        var take = Of(context, "take", "help.role.take", [id], async run =>
        {
            var taken = await run.DoAsync(tx => run.Store.Roles.TakeAsync(tx, CommandContext.Operator, run.Parsed.GetValue(id)));
            run.Output.WriteLine(run["role.taken", taken.Login, context.Wording.Word(taken.Role.ToString())]);
            return CommandLine.Done;
        });
        var json = Json(context);
        var list = Of(context, "list", "help.role.list", [json], async run => run.List(
            run.Value(json), await run.ReadAsync(RoleStore.ListAsync), r => [$"{r.Id}", r.Login, context.Wording.Word(r.Role.ToString()), r.Organization is { } at ? $"#{at.Value}" : "", r.GrantedBy]));
        return new("role", context.Texts["help.role"]) { give, take, list };
    }
}
