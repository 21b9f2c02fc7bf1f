using System.CommandLine;
using CongVu.Mail.Store;

namespace CongVu.Server.Commands;

/// <summary><c>congvu check</c>: verifies the store.</summary>
internal static class CheckCommand
{
    public static Command Build(CommandContext context)
    {
        var texts = context.Texts;
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("check", texts["help.check"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var findings = new List<StoreFinding>();
            var shown = 0L;
            var summary = await new StoreCheck(store).RunAsync(
                findings.Add,
                contents =>
                {
                    if (contents - shown < 10_000)
                        return;
                    shown = contents;
                    error.WriteLine(texts["check.progress", contents]);
                },
                token);
            var damage = findings.Any(f => f.IsDamage);
            if (parsed.GetValue(json))
            {
                CommandContext.WriteJson(output, new { summary, findings });
                return damage ? CommandLine.Failed : CommandLine.Done;
            }
            foreach (var finding in findings)
                output.WriteLine(texts["check.finding", texts[$"fault.{finding.Fault}"], finding.Subject, finding.Detail]);
            output.WriteLine(texts["check.summary", summary.Accounts, summary.Messages, summary.Contents, CommandContext.Size(summary.ContentBytes)]);
            output.WriteLine(damage ? texts["check.damaged", findings.Count(f => f.IsDamage)] : texts["check.clean"]);
            return damage ? CommandLine.Failed : CommandLine.Done;
        });
        return command;
    }
}
