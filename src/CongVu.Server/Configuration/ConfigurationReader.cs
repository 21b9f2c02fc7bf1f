using System.Text.Json;

namespace CongVu.Server.Configuration;

/// <summary>
/// Reads the configuration: what a flag says counts most, then the environment, the file, the default. Everything that is wrong is found before
/// anything is refused, so that an operator mends all of it at once.
/// </summary>
internal sealed class ConfigurationReader
{
    /// <summary>The file's name in the data folder.</summary>
    public const string FileName = "congvu.json";

    /// <summary>Names the file in the environment.</summary>
    public const string FileVariable = "CONGVU_CONFIG";

    private const string Prefix = "CONGVU_";
    private const long MaxFileBytes = 1 << 20;

    // Variables that are not settings: where the file is, the language of the command line, and where the tests find their messages.
    private static readonly string[] OtherVariables = [FileVariable, "CONGVU_LANG", "CONGVU_CORPUS"];

    private readonly Dictionary<Setting, EffectiveValue> values = [];
    private readonly List<ConfigurationError> errors = [];

    private ConfigurationReader()
    {
    }

    /// <summary>Reads everything; the configuration is null where there are errors.</summary>
    /// <param name="file">The file that the command line names, if any.</param>
    /// <param name="flags">What the command line says, as key and value.</param>
    /// <param name="environment">The environment.</param>
    public static (Configuration? Configuration, IReadOnlyList<ConfigurationError> Errors) Read(
        string? file, IEnumerable<KeyValuePair<string, string>> flags, IEnumerable<KeyValuePair<string, string>> environment)
    {
        var reader = new ConfigurationReader();
        var configuration = reader.ReadAll(file, [.. flags], environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(v => v.Key, StringComparer.Ordinal).ToArray());
        return (reader.errors.Count == 0 ? configuration : null, reader.errors);
    }

    private Configuration ReadAll(string? file, KeyValuePair<string, string>[] flags, KeyValuePair<string, string>[] environment)
    {
        // 1. What counts least comes first and is written over.
        foreach (var setting in Settings.All)
        {
            string[] written = setting.Default.Length == 0 ? [] : [setting.Default];
            values[setting] = new(setting, written.Length == 0 ? null : setting.Parse(written, out _), written, ValueOrigin.Default, "default");
        }

        // 2. The file: named, or the one in the data folder, which the data folder must therefore not be set in.
        var named = file ?? environment.FirstOrDefault(v => v.Key == FileVariable).Value;
        if (named is { Length: > 0 })
            ReadFile(named, isRequired: true, mayMoveData: true);
        else
            ReadFile(named = Path.Combine(DataBefore(flags, environment), FileName), isRequired: false, mayMoveData: false);

        // 3. The environment.
        foreach (var (name, text) in environment.Where(v => !OtherVariables.Contains(v.Key)))
        {
            if (Settings.All.FirstOrDefault(s => s.Variable == name) is { } setting)
                Set(setting, setting.Key, Split(setting, text), ValueOrigin.Environment, name);
            else
                errors.Add(new(name, text, Suggest(name, s => s.Variable), "environment"));
        }

        // 4. The command line.
        foreach (var (key, text) in flags)
        {
            if (Settings.Find(key) is { } setting)
                Set(setting, setting.Key, Split(setting, text), ValueOrigin.Flag, "command line");
            else
                errors.Add(new(key, text, Suggest(key, s => s.Key), "command line"));
        }

        // 5. What fits only together.
        RequireTogether(Settings.CertificateKey, Settings.Certificate);
        RequireTogether(Settings.RelayUser, Settings.RelayHost);
        RequireTogether(Settings.RelayUser, Settings.RelayPasswordFile);
        RequireTogether(Settings.RelayPasswordFile, Settings.RelayUser);
        RequireTogether(Settings.RspamdController, Settings.Rspamd);
        RequireTogether(Settings.RspamdPasswordFile, Settings.RspamdController);
        return new(values, File.Exists(named) ? named : null);
    }

    private static string DataBefore(KeyValuePair<string, string>[] flags, KeyValuePair<string, string>[] environment) =>
        flags.LastOrDefault(f => f.Key == Settings.Data.Key).Value ?? environment.FirstOrDefault(v => v.Key == Settings.Data.Variable).Value ?? Settings.Data.Default;

    private void ReadFile(string path, bool isRequired, bool mayMoveData)
    {
        try
        {
            if (!isRequired && !File.Exists(path))
                return;
            if (new FileInfo(path).Length > MaxFileBytes)
            {
                errors.Add(new(path, "", "a file of at most 1 MB", path));
                return;
            }
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false };
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                ReadObject(document.RootElement, "", path, mayMoveData);
            else
                errors.Add(new(path, document.RootElement.ValueKind.ToString(), "a JSON object: { \"key\": value, … }", path));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            errors.Add(new(path, error.Message, "a readable JSON file", path));
        }
    }

    private void ReadObject(JsonElement element, string prefix, string path, bool mayMoveData)
    {
        foreach (var property in element.EnumerateObject())
        {
            var key = prefix + property.Name;
            if (property.Value.ValueKind == JsonValueKind.Object && Settings.Find(key) is null)
            {
                if (Settings.All.Any(s => s.Key.StartsWith(key + ".", StringComparison.OrdinalIgnoreCase)))
                    ReadObject(property.Value, key + ".", path, mayMoveData);
                else
                    errors.Add(new(key, "{…}", Suggest(key, s => s.Key), path));
                continue;
            }
            if (Settings.Find(key) is not { } setting)
                errors.Add(new(key, property.Value.GetRawText(), Suggest(key, s => s.Key), path));
            else if (setting == Settings.Data && !mayMoveData)
                errors.Add(new(key, property.Value.GetRawText(), "not in the file that lies in the data folder; use --data or CONGVU_DATA", path));
            else if (Scalars(property.Value) is { } written)
                Set(setting, key, written, ValueOrigin.File, path);
            else
                errors.Add(new(key, property.Value.GetRawText(), setting.Allowed, path));
        }
    }

    // Strings, numbers and booleans as they are written; null for anything else.
    private static List<string>? Scalars(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            return Scalar(value) is { } single ? [single] : null;
        var all = value.EnumerateArray().Select(Scalar).OfType<string>().ToList();
        return all.Count == value.GetArrayLength() ? all : null;
    }

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };

    private static string[] Split(Setting setting, string text) =>
        setting.IsList ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [text];

    private void Set(Setting setting, string key, IReadOnlyList<string> written, ValueOrigin origin, string source)
    {
        var value = setting.Parse(written, out var wrong);
        if (value is null)
            errors.Add(new(key, setting.IsSecret ? "…" : wrong ?? "", setting.Allowed, source));
        else
            values[setting] = new(setting, value, written, origin, source);
    }

    private void RequireTogether(Setting setting, Setting needed)
    {
        if (values[setting] is { Value: not null } said && values[needed].Value is null)
            errors.Add(new(setting.Key, string.Join(", ", said.Written), $"only together with {needed.Key}", said.Source));
    }

    // An unknown key is most often a known one with a slip in it.
    private static string Suggest(string written, Func<Setting, string> name)
    {
        var nearest = Settings.All.Select(name).MinBy(known => Distance(written, known))!;
        return Distance(written, nearest) <= Math.Max(2, nearest.Length / 4) ? $"no such setting; did you mean {nearest}?" : "no such setting; `congvu config` lists all";
    }

    private static int Distance(string a, string b)
    {
        if (a.Length > 100)
            return int.MaxValue;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }
        return row[^1];
    }
}
