using System.Collections;
using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CongVu.Governance;
using CongVu.Governance.Authorities;
using CongVu.Governance.Resources;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;
using CongVu.Server.Resources;

namespace CongVu.Server.Commands;

/// <summary>What a command works with: the texts, the terminal, and the installation that the global options name.</summary>
internal sealed class CommandContext(Texts texts, GlobalOptions options, TextReader input, IReadOnlyDictionary<string, string> environment)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new KeyConverter() },
    };

    public Texts Texts => texts;

    public GlobalOptions Options => options;

    /// <summary>Whose doing it is, for the audit trail.</summary>
    public static string Actor { get; } = $"cli:{Environment.UserName}";

    /// <summary>The environment of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment { get; } =
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "", StringComparer.Ordinal);

    /// <summary>Reads the configuration, or says everything that is wrong with it.</summary>
    public Configuration.Configuration Configure(ParseResult parsed, params IEnumerable<KeyValuePair<string, string>> more)
    {
        var flags = new List<KeyValuePair<string, string>>(more);
        if (parsed.GetValue(options.Data) is { } data)
            flags.Add(new(Settings.Data.Key, data));
        foreach (var text in parsed.GetValue(options.Set) ?? [])
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            flags.Add(equals < 0 ? new(text, "") : new(text[..equals].Trim(), text[(equals + 1)..].Trim()));
        }
        var (configuration, errors) = ConfigurationReader.Read(parsed.GetValue(options.Config), flags, environment);
        return configuration ?? throw new CommandException(texts["config.wrong"] + string.Concat(errors.Select(e => "\n  " + texts["config.error", e.Key, e.Written, e.Allowed, e.Source])));
    }

    /// <summary>Opens the installation's store. A running server goes on: both see each other's changes.</summary>
    public async Task<MailStore> OpenStoreAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var server = ServerOptions.From(Configure(parsed));
        if (server.Store.PostgresConnection is null && !File.Exists(Path.Combine(server.DataFolder, "store.db")))
            throw new CommandException(texts["store.missing", server.DataFolder]);
        return await MailStore.OpenAsync(server.Store, TimeProvider.System, cancellationToken);
    }

    /// <summary>What the Regulation knows of an installation whose store is open.</summary>
    public static GovernanceStore Governance(MailStore store) => new(store, TimeProvider.System);

    /// <summary>Whose doing it is, where the Regulation asks.</summary>
    public static Actor Operator { get; } = new(Actor);

    /// <summary>Texts of the Regulation's domain in the language of the command.</summary>
    public Wording Wording { get; } = new(texts["culture"] == "vi");

    /// <summary>The value, or the end of the command with the problem's text.</summary>
    public T Require<T>(Result<T> result) => result.Problem is { } problem ? throw new CommandException(Wording.Explain(problem)) : result.Value;

    /// <summary>The account of an address.</summary>
    public async Task<Account> AccountAsync(MailStore store, string address, CancellationToken cancellationToken) =>
        await store.Accounts.FindAsync(address, cancellationToken) ?? throw new CommandException(texts["account.unknown", address]);

    /// <summary>The person who signs in as an address.</summary>
    public async Task<Principal> PrincipalAsync(MailStore store, string login, CancellationToken cancellationToken) =>
        await store.Accounts.FindPrincipalAsync(login, cancellationToken) ?? throw new CommandException(texts["person.unknown", login]);

    /// <summary>Ends the command when the store refused.</summary>
    public void Require(Refusal refusal, string what)
    {
        if (refusal == Refusal.None)
            return;
        throw new CommandException(refusal switch
        {
            Refusal.AlreadyExists => texts["refused.exists", what],
            Refusal.InvalidName => texts["refused.name", what],
            Refusal.NotFound => texts["refused.domain", what],
            _ => texts["refused", what, refusal],
        });
    }

    /// <summary>Asks for a new password twice at a terminal, or takes one line of what is piped in.</summary>
    public string ReadNewPassword(TextWriter prompt)
    {
        if (input != Console.In || Console.IsInputRedirected)
            return input.ReadLine() ?? throw new CommandException(texts["password.none"]);
        prompt.Write(texts["password.ask"]);
        var first = ReadHidden(prompt);
        prompt.Write(texts["password.again"]);
        return ReadHidden(prompt) == first ? first : throw new CommandException(texts["password.differ"]);
    }

    public static void WriteJson(TextWriter output, object value) => output.WriteLine(JsonSerializer.Serialize(value, Json));

    /// <summary>Columns of text, each as wide as its widest cell.</summary>
    public static void WriteTable(TextWriter output, IReadOnlyList<string[]> rows)
    {
        var widths = new int[rows.Count == 0 ? 0 : rows[0].Length];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], row[i].Length);
        }
        foreach (var row in rows)
            output.WriteLine(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>Bytes as people read them.</summary>
    public static string Size(long bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < units.Length - 1; unit++)
            value /= 1024;
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }

    private static string ReadHidden(TextWriter prompt)
    {
        var text = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
                text.Length = Math.Max(0, text.Length - 1);
            else if (key.KeyChar != 0)
                text.Append(key.KeyChar);
        }
        prompt.WriteLine();
        return text.ToString();
    }
}

/// <summary>Keys of the store are numbers to others.</summary>
internal sealed class KeyConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsValueType && typeToConvert.Name.EndsWith("Id", StringComparison.Ordinal) && typeToConvert.GetProperty("Value")?.PropertyType == typeof(long);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert))!;

    private sealed class Of<T> : JsonConverter<T>
    {
        private static readonly System.Reflection.PropertyInfo Value = typeof(T).GetProperty("Value")!;

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => (T)Activator.CreateInstance(typeof(T), reader.GetInt64())!;

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue((long)Value.GetValue(value)!);
    }
}

/// <summary>Options that every command takes.</summary>
internal sealed class GlobalOptions(Texts texts)
{
    public Option<string?> Data { get; } = new("--data") { Description = texts["option.data"], HelpName = texts["arg.folder"], Recursive = true };

    public Option<string?> Config { get; } = new("--config") { Description = texts["option.config"], HelpName = texts["arg.file"], Recursive = true };

    public Option<string[]> Set { get; } = new("--set") { Description = texts["option.set"], HelpName = texts["arg.setting"], Recursive = true, AllowMultipleArgumentsPerToken = false };

    public Option<string?> Lang { get; } = new("--lang") { Description = texts["option.lang"], HelpName = "vi|en", Recursive = true };
}
