using System.CommandLine;
using CongVu.Mail.Store;
using static CongVu.Server.Commands.GovernanceCommand;

namespace CongVu.Server.Commands;

/// <summary><c>congvu audit</c>: who did what, and whether the trail is whole (A16.3c).</summary>
internal static class AuditCommands
{
    public static Command Build(CommandContext context) => new("audit", context.Texts["help.audit"]) { List(context), Verify(context) };

    private static Command List(CommandContext context)
    {
        var actor = Text(context, "--actor", "option.actor");
        var action = Text(context, "--action", "option.action");
        var subject = Text(context, "--subject", "option.subject");
        var from = Day(context, "--from", "option.from");
        var to = Day(context, "--to", "option.to");
        var limit = new Option<int>("--limit") { Description = context.Texts["option.limit"], HelpName = context.Texts["arg.number"], DefaultValueFactory = _ => 100 };
        var json = Json(context);
        return Of(context, "list", "help.audit.list", [actor, action, subject, from, to, limit, json], async run =>
        {
            var entries = await run.Store.Mail.Audit.ListAsync(
                new(null, run.Value(actor), run.Value(action), run.Value(subject), Midnight(run.Day(from)), Midnight(run.Day(to)?.AddDays(1)), Math.Max(1, run.Value(limit))), run.Token);
            return run.List(run.Value(json), entries, e => [$"{e.Id}", e.At.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm:ss", null), e.Actor, e.Action, e.Subject, e.Detail]);
        });
    }

    private static Command Verify(CommandContext context)
    {
        var heads = Text(context, "--heads", "option.heads", "arg.file");
        var json = Json(context);
        return Of(context, "verify", "help.audit.verify", [heads, json], async run =>
        {
            var written = AuditSealer.HeadsIn(run.Store.Mail.Options.Folder).ToList();
            if (run.Value(heads) is { } file)
            {
                if (!System.IO.File.Exists(file))
                    throw new CommandException(run["list.missing", file]);
                written.AddRange(System.IO.File.ReadLines(file).Select(AuditHead.Parse).OfType<AuditHead>());
            }
            var report = await run.Store.Mail.Audit.VerifyAsync(written, run.Token);
            if (run.Value(json))
            {
                CommandContext.WriteJson(run.Output, new { report.Rows, report.Waiting, head = report.Head.ToString(), heads = written.Count, report.Findings });
                return report.Findings.Count == 0 ? CommandLine.Done : CommandLine.Failed;
            }
            foreach (var finding in report.Findings)
                run.Output.WriteLine(run[$"audit.{finding.Fault}", finding.Sequence, finding.Id]);
            if (report.Findings.Count > 0)
                throw new CommandException(run["audit.broken", report.Findings.Count]);
            run.Output.WriteLine(run["audit.whole", report.Rows, report.Waiting, written.Count, report.Head]);
            return CommandLine.Done;
        });
    }

    private static DateTimeOffset? Midnight(DateOnly? day) => day is { } given ? new DateTimeOffset(given.ToDateTime(TimeOnly.MinValue), TimeSpan.FromHours(7)) : null;
}
