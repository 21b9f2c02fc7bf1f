using System.CommandLine;
using System.Globalization;
using CongVu.Governance;
using CongVu.Governance.Imports;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Mail.Store.Database;

namespace CongVu.Server.Commands;

/// <summary>A command on what the Regulation knows, at work.</summary>
internal sealed record GovernanceRun(CommandContext Context, ParseResult Parsed, GovernanceStore Store, TextWriter Output, CancellationToken Token)
{
    public string this[string key, params ReadOnlySpan<object?> values] => Context.Texts[key, values];

    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    public string Value(Argument<string> argument) => Parsed.GetValue(argument)!;

    /// <summary>Does a change, or ends the command with the problem.</summary>
    public async Task<T> DoAsync<T>(Func<Tx, ValueTask<Result<T>>> work) => Context.Require(await Store.ChangeAsync(work, Token));

    public ValueTask<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work) => Store.ReadAsync(work, Token);

    /// <summary>The organization that a word means: a name, a path, a code, "#key", or its address.</summary>
    public async ValueTask<Organization> OrganizationAsync(string word) => Context.Require(await ReadAsync(tx => OrganizationStore.ResolveAsync(tx, word)));

    /// <summary>The person that a word means: a staff code, "#key", or an address.</summary>
    public async ValueTask<Person> PersonAsync(string word) => Context.Require(await ReadAsync(tx => PeopleStore.ResolveAsync(tx, word)));

    /// <summary>A day as people write it; null when it was not given.</summary>
    public DateOnly? Day(Option<string?> option)
    {
        if (Parsed.GetValue(option) is not { Length: > 0 } text)
            return null;
        return DateOnly.TryParseExact(text, ["yyyy-MM-dd", "d/M/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw new CommandException(this["day.unreadable", text]);
    }

    /// <summary>Writes a list: as JSON, or in columns.</summary>
    public int List<T>(bool json, IReadOnlyCollection<T> items, Func<T, string[]> row)
    {
        if (json)
            CommandContext.WriteJson(Output, items);
        else
            CommandContext.WriteTable(Output, [.. items.Select(row)]);
        return CommandLine.Done;
    }

    /// <summary>Says what an import did or found wrong.</summary>
    public int Report(ImportReport report, bool json)
    {
        if (json)
        {
            CommandContext.WriteJson(Output, new
            {
                report.Rows, report.Added, report.Changed, report.Unchanged, done = report.IsDone, problems = report.Problems.Select(Finding), notes = report.Notes.Select(Finding),
            });
            return report.Problems.Count == 0 ? CommandLine.Done : CommandLine.Failed;
        }
        foreach (var finding in report.Problems)
            Output.WriteLine(Line(finding));
        if (report.Problems.Count > 0)
            throw new CommandException(this["import.refused", report.Problems.Count, report.Rows]);
        foreach (var note in report.Notes)
            Output.WriteLine(Line(note));
        Output.WriteLine(this[report.IsDone ? "import.listDone" : "import.dry", report.Rows, report.Added, report.Changed, report.Unchanged]);
        return CommandLine.Done;
    }

    /// <summary>One finding for people: "Row 12, column Organization: …".</summary>
    public string Line(ImportFinding finding) => this[finding.Column.Length == 0 ? "import.row" : "import.cell", finding.Row, finding.Column, Context.Wording.Explain(finding.Problem)];

    private object Finding(ImportFinding finding) => new { finding.Row, finding.Column, finding.Problem.Kind, message = Context.Wording.Explain(finding.Problem) };
}

/// <summary>How such commands are put together.</summary>
internal static class GovernanceCommand
{
    /// <summary>Lists are at most so large; the readers bound what is in them.</summary>
    private const long MaxFileBytes = 64L << 20;

    public static Command Of(CommandContext context, string name, string help, IEnumerable<Symbol> parts, Func<GovernanceRun, Task<int>> run)
    {
        var command = new Command(name, context.Texts[help]);
        foreach (var part in parts)
        {
            if (part is Option option)
                command.Options.Add(option);
            else if (part is Argument argument)
                command.Arguments.Add(argument);
        }
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            return await run(new(context, parsed, CommandContext.Governance(store), parsed.InvocationConfiguration.Output, token));
        });
        return command;
    }

    public static Option<string?> Text(CommandContext context, string name, string help, string value = "arg.text") =>
        new(name) { Description = context.Texts[help], HelpName = context.Texts[value] };

    public static Option<string?> Day(CommandContext context, string name, string help) => Text(context, name, help, "arg.day");

    public static Option<bool> Flag(CommandContext context, string name, string help) => new(name) { Description = context.Texts[help] };

    public static Option<bool> Json(CommandContext context) => Flag(context, "--json", "option.json");

    public static Argument<string> Organization(CommandContext context) => new("organization") { HelpName = context.Texts["arg.organization"], Description = context.Texts["arg.organization.help"] };

    public static Argument<string> Person(CommandContext context) => new("person") { HelpName = context.Texts["arg.staff"], Description = context.Texts["arg.staff.help"] };

    public static Argument<string> File(CommandContext context) => new("file") { HelpName = context.Texts["arg.file"], Description = context.Texts["arg.list.help"] };

    public static async Task<byte[]> ReadFileAsync(GovernanceRun run, Argument<string> file)
    {
        var info = new FileInfo(run.Value(file));
        if (!info.Exists)
            throw new CommandException(run["list.missing", info.FullName]);
        return info.Length <= MaxFileBytes ? await System.IO.File.ReadAllBytesAsync(info.FullName, run.Token) : throw new CommandException(run["file.tooLarge", info.Name]);
    }
}
