using System.CommandLine;
using static CongVu.Server.Commands.GovernanceCommand;

namespace CongVu.Server.Commands;

/// <summary><c>congvu organization merge</c> and <c>profile</c>: reorganizations planned, looked at, applied as a whole (A14.5, A21).</summary>
internal static class PlanCommands
{
    public static Command Merge(CommandContext context)
    {
        var file = File(context);
        var title = Text(context, "--title", "option.title");
        var profile = Text(context, "--profile", "option.newProfile", "arg.name");
        var plan = Of(context, "plan", "help.merge.plan", [file, title, profile], async run =>
        {
            var bytes = await ReadFileAsync(run, file);
            var (planned, problems) = context.Require(await run.Store.Plans.PlanMergerAsync(CommandContext.Operator, run.Value(title) ?? Path.GetFileNameWithoutExtension(run.Value(file)), bytes, run.Value(profile), run.Token));
            foreach (var problem in problems)
                run.Output.WriteLine(run.Line(problem));
            if (planned is null)
                throw new CommandException(run["plan.refused", problems.Count]);
            return await PreviewAsync(run, planned.Id, json: false);
        });
        return Group(context, "merge", "help.merge", plan);
    }

    public static Command Profile(CommandContext context)
    {
        var profile = new Argument<string>("profile") { HelpName = context.Texts["arg.name"], Description = context.Texts["option.profile"] };
        var plan = Of(context, "plan", "help.profile.plan", [profile], async run =>
            await PreviewAsync(run, context.Require(await run.Store.Plans.PlanProfileAsync(CommandContext.Operator, run.Value(profile), run.Token)).Id, json: false));
        return Group(context, "profile", "help.profile", plan);
    }

    private static Command Group(CommandContext context, string name, string help, Command plan)
    {
        var json = Json(context);
        var show = new Argument<long>("plan") { HelpName = context.Texts["arg.number"], Description = context.Texts["arg.plan.help"] };
        var apply = new Argument<long>("plan") { HelpName = context.Texts["arg.number"], Description = context.Texts["arg.plan.help"] };
        var undo = new Argument<long>("plan") { HelpName = context.Texts["arg.number"], Description = context.Texts["arg.plan.help"] };
        var listJson = Json(context);
        return new(name, context.Texts[help])
        {
            plan,
            Of(context, "list", "help.plan.list", [listJson], async run => run.List(
                run.Value(listJson), await run.Store.Plans.ListAsync(run.Token), p => [$"{p.Id}", context.Texts[$"plan.kind.{p.Kind}"], p.Title, context.Texts[$"plan.state.{p.State}"], $"{p.CreatedAt.ToOffset(TimeSpan.FromHours(7)):yyyy-MM-dd}", p.CreatedBy])),
            Of(context, "show", "help.plan.show", [show, json], run => PreviewAsync(run, run.Parsed.GetValue(show), run.Value(json))),
            Of(context, "apply", "help.plan.apply", [apply], async run =>
            {
                var done = context.Require(await run.Store.Plans.ApplyAsync(CommandContext.Operator, run.Parsed.GetValue(apply), run.Token));
                run.Output.WriteLine(run["plan.applied", done.Plan.Title, done.Lines.Count]);
                return CommandLine.Done;
            }),
            Of(context, "undo", "help.plan.undo", [undo], async run =>
            {
                var undone = context.Require(await run.Store.Plans.UndoAsync(CommandContext.Operator, run.Parsed.GetValue(undo), run.Token));
                run.Output.WriteLine(run["plan.undone", undone.Title]);
                return CommandLine.Done;
            }),
        };
    }

    private static async Task<int> PreviewAsync(GovernanceRun run, long id, bool json)
    {
        var preview = run.Context.Require(await run.Store.Plans.PreviewAsync(CommandContext.Operator, id, run.Token));
        if (json)
        {
            CommandContext.WriteJson(run.Output, new { preview.Plan, preview.Problems, lines = preview.Lines.Select(l => new { l.Step, l.Subject, l.Before, l.After, problem = l.Problem is { } p ? run.Context.Wording.Explain(p) : null }) });
            return CommandLine.Done;
        }
        CommandContext.WriteTable(
            run.Output,
            [.. preview.Lines.Select(l => new[] { l.Problem is null ? "" : "!", run[$"plan.step.{l.Step}"], l.Subject, l.Before.Length == 0 ? "" : $"{l.Before} ->", l.Problem is { } p ? run.Context.Wording.Explain(p) : l.After })]);
        run.Output.WriteLine(run[preview.Problems == 0 ? "plan.ready" : "plan.problems", preview.Plan.Id, preview.Lines.Count, preview.Problems]);
        return CommandLine.Done;
    }
}
