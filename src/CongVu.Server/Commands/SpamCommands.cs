using System.CommandLine;
using System.Globalization;
using CongVu.Mail.Delivery.Inspect.Spam;

namespace CongVu.Server.Commands;

/// <summary><c>congvu spam</c>: what the installation's own filter learned, and what it thinks of messages; <c>congvu usage</c>: what mail showed about addresses.</summary>
internal static class SpamCommands
{
    public static Command Build(CommandContext context) => new("spam", context.Texts["help.spam"]) { Learn(context), Score(context) };

    private static Command Learn(CommandContext context)
    {
        var texts = context.Texts;
        var kind = new Argument<string>("kind") { HelpName = "spam|ham", Description = texts["arg.spamKind.help"] };
        kind.AcceptOnlyFromAmong("spam", "ham");
        var source = SourceArgument(context);
        var command = new Command("learn", texts["help.spam.learn"]) { kind, source };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var count = 0;
            foreach (var file in FilesOf(context, parsed.GetValue(source)!))
            {
                await store.SpamWords.LearnAsync(await TokensAsync(file, token), parsed.GetValue(kind) == "spam", token);
                count++;
            }
            await store.SpamWords.RefreshAsync(token);
            parsed.InvocationConfiguration.Output.WriteLine(texts["spam.learned", count, store.SpamWords.Learned.Spam, store.SpamWords.Learned.Ham]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Score(CommandContext context)
    {
        var texts = context.Texts;
        var source = SourceArgument(context);
        var command = new Command("score", texts["help.spam.score"]) { source };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var output = parsed.InvocationConfiguration.Output;
            await store.SpamWords.RefreshAsync(token);
            var filter = new EmbeddedFilter(store.SpamWords, [], (_, _, _) => ValueTask.FromResult(Formats.SenderAuthentication.DnsAnswer.Failed));
            var rows = new List<string[]>();
            foreach (var file in FilesOf(context, parsed.GetValue(source)!))
            {
                var probability = filter.Probability(await TokensAsync(file, token)) ?? throw new CommandException(texts["spam.tooFew", EmbeddedFilter.MinLearned]);
                rows.Add([probability.ToString("0.000", CultureInfo.InvariantCulture), Path.GetFileName(file)]);
            }
            CommandContext.WriteTable(output, rows);
            return CommandLine.Done;
        });
        return command;
    }

    private static Argument<string> SourceArgument(CommandContext context) => new("source") { HelpName = context.Texts["arg.source"], Description = context.Texts["arg.spamSource.help"] };

    private static IEnumerable<string> FilesOf(CommandContext context, string source) =>
        File.Exists(source) ? [source]
        : Directory.Exists(source) ? Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : throw new CommandException(context.Texts["file.missing", source]);

    private static async Task<HashSet<int>> TokensAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        return await JunkLearner.TokensAsync(stream, cancellationToken);
    }
}

/// <summary><c>congvu usage</c>: what mail showed about how addresses here are used (A13.2, A13.4, A13.5, A13.7).</summary>
internal static class UsageCommands
{
    public static Command Build(CommandContext context)
    {
        var texts = context.Texts;
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("usage", texts["help.addressUse"]) { json };
        command.SetAction(async (parsed, token) =>
        {
            const int max = 1_000;
            await using var store = await context.OpenStoreAsync(parsed, token);
            var output = parsed.InvocationConfiguration.Output;
            var found = await store.UsageLog.ListAsync(null, null, long.MaxValue, max, token);
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, found);
            else
                CommandContext.WriteTable(output, [.. found.Select(f => new[] { f.At.ToOffset(TimeSpan.FromHours(7)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), texts[$"usage.{f.Kind}"], f.Address, f.Peer, f.Evidence })]);
            return CommandLine.Done;
        });
        return command;
    }
}
