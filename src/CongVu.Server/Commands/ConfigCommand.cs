using System.CommandLine;
using CongVu.Server.Configuration;

namespace CongVu.Server.Commands;

/// <summary><c>congvu config</c>: the configuration that holds, and where each value came from.</summary>
internal static class ConfigCommand
{
    public static Command Build(CommandContext context)
    {
        var texts = context.Texts;
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var page = new Option<bool>("--page") { Description = texts["option.page"] };
        var command = new Command("config", texts["help.config"]) { json, page };
        command.SetAction((parsed, _) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(page))
            {
                output.Write(ConfigurationPage.Write());
                return Task.FromResult(CommandLine.Done);
            }
            var configuration = context.Configure(parsed);
            var profile = configuration.Get(Settings.Ports);
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, configuration.All.Select(v => new { key = v.Setting.Key, value = Shown(v, profile), v.Origin, v.Source }));
            else
                CommandContext.WriteTable(output, [[texts["column.key"], texts["column.value"], texts["column.origin"]], .. configuration.All.Select(v => new[] { v.Setting.Key, Shown(v, profile), v.Source })]);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    // Listeners that nothing was said of follow the profile. Of a connection string everything but the password.
    private static string Shown(EffectiveValue value, PortProfile profile) => value is { Value: null, Setting: ListSetting<ListenAddress> } && Enum.TryParse<ListenerKind>(value.Setting.Key["listen.".Length..], ignoreCase: true, out var kind) ? ServerOptions.DefaultAddress(kind, profile).ToString()
        : value is { Setting.IsSecret: true, Value: string text } && text != Values.Sqlite
        ? string.Join(';', text.Split(';').Select(part => part.TrimStart().StartsWith("pass", StringComparison.OrdinalIgnoreCase) || part.TrimStart().StartsWith("pwd", StringComparison.OrdinalIgnoreCase) ? "Password=…" : part))
        : string.Join(", ", value.Written);
}
