using System.CommandLine;
using System.CommandLine.Help;
using CongVu.Mail.Store.Database;
using CongVu.Server.Resources;

namespace CongVu.Server.Commands;

/// <summary>The command line: every command, and the one place where what they throw becomes a message and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Not done, or done and found wrong.</summary>
    public const int Failed = 1;

    /// <summary>Not understood.</summary>
    public const int Usage = 2;

    /// <summary>Runs a command and returns its exit code.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextReader input, TextWriter output, TextWriter error, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var texts = Texts.Choose(arguments, name => environment.GetValueOrDefault(name));
        var root = Build(texts, input, environment);
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var message in parsed.Errors.Select(e => e.Message).Distinct())
                error.WriteLine(texts["usage.error", message]);
            error.WriteLine(texts["usage.hint", HelpPage.PathOf(parsed.CommandResult.Command)]);
            return Usage;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        }
        catch (CommandException refused)
        {
            error.WriteLine(refused.Message);
        }
        catch (StoreException failed)
        {
            error.WriteLine(texts["store.failed", failed.Message, failed.InnerException?.Message]);
        }
        catch (OperationCanceledException)
        {
            error.WriteLine(texts["cancelled"]);
        }
        return Failed;
    }

    /// <summary>The tree of commands.</summary>
    public static RootCommand Build(Texts texts, TextReader input, IReadOnlyDictionary<string, string> environment)
    {
        var options = new GlobalOptions(texts);
        var context = new CommandContext(texts, options, input, environment);
        var root = new RootCommand(texts["help"])
        {
            ServeCommand.Build(context),
            DomainCommands.Build(context),
            DkimCommands.Build(context),
            AccountCommands.Build(context),
            ImportCommand.Build(context),
            ExportCommand.Build(context),
            CheckCommand.Build(context),
            QueueCommands.Build(context),
            QuarantineCommands.Build(context),
            SpamCommands.Build(context),
            UsageCommands.Build(context),
            WorkingDayCommands.Build(context),
            AddressCommands.Build(context),
            RequestCommands.Build(context),
            OrganizationCommands.Build(context),
            PersonCommands.Build(context),
            RoleCommands.Build(context),
            AuditCommands.Build(context),
            LifecycleCommands.Build(context),
            PasswordCommands.Build(context),
            ConfigCommand.Build(context),
        };
        root.Options.Add(options.Data);
        root.Options.Add(options.Config);
        root.Options.Add(options.Set);
        root.Options.Add(options.Lang);
        foreach (var option in root.Options)
        {
            if (option is HelpOption help)
            {
                help.Description = texts["option.help"];
                help.Action = new HelpPage(texts);
            }
            else if (option is VersionOption version)
            {
                version.Description = texts["option.version"];
            }
        }
        return root;
    }
}
