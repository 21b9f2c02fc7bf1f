using System.CommandLine;
using System.CommandLine.Invocation;
using CongVu.Server.Resources;

namespace CongVu.Server.Commands;

/// <summary>What <c>--help</c> prints, in the reader's language.</summary>
internal sealed class HelpPage(Texts texts) : SynchronousCommandLineAction
{
    private const int Width = 100;

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>A command as it is typed.</summary>
    public static string PathOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "congvu";

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var command = parseResult.CommandResult.Command;
        var output = parseResult.InvocationConfiguration.Output;
        foreach (var paragraph in (command.Description ?? "").Split('\n'))
            WriteWrapped(output, paragraph, 0);
        output.WriteLine();
        output.WriteLine(texts["help.usage", Usage(command)]);

        Section(output, "help.commands", command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, FirstParagraph(c.Description))));
        Section(output, "help.arguments", command.Arguments.Select(a => ($"<{a.HelpName ?? a.Name}>", a.Description ?? "")));
        Section(output, "help.options", command.Options.Where(o => !o.Recursive).Select(Row));
        Section(output, "help.global", AllOptions(command).Where(o => o.Recursive).Select(Row));
        return CommandLine.Done;
    }

    private static (string, string) Row(Option option) => (option.Name + (option.HelpName is { } value ? $" <{value}>" : ""), option.Description ?? "");

    private static IEnumerable<Option> AllOptions(Command command)
    {
        for (var at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            foreach (var option in at.Options)
                yield return option;
        }
    }

    private string Usage(Command command)
    {
        var words = new List<string> { PathOf(command) };
        if (command.Subcommands.Count > 0)
            words.Add($"<{texts["help.command"]}>");
        words.AddRange(command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $"[<{a.HelpName ?? a.Name}>]" : $"<{a.HelpName ?? a.Name}>"));
        words.Add($"[{texts["help.option"]}]");
        return string.Join(' ', words);
    }

    private void Section(TextWriter output, string title, IEnumerable<(string Name, string Text)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
            return;
        output.WriteLine();
        output.WriteLine(texts[title]);
        var indent = Math.Min(30, all.Max(r => r.Name.Length) + 4);
        foreach (var (name, text) in all)
        {
            output.Write("  " + name);
            if (name.Length + 2 >= indent)
                output.WriteLine();
            WriteWrapped(output, text, indent, name.Length + 2 >= indent ? 0 : name.Length + 2);
        }
    }

    private static string FirstParagraph(string? text) => text?.Split('\n')[0] ?? "";

    private static void WriteWrapped(TextWriter output, string text, int indent, int already = 0)
    {
        var line = new System.Text.StringBuilder(new string(' ', indent - already));
        var length = indent;
        foreach (var word in text.Split(' '))
        {
            if (length > indent && length + 1 + word.Length > Width)
            {
                output.WriteLine(line.ToString());
                line.Clear().Append(' ', indent);
                length = indent;
            }
            if (length > indent)
            {
                line.Append(' ');
                length++;
            }
            line.Append(word);
            length += word.Length;
        }
        output.WriteLine(line.ToString().TrimEnd());
    }
}
