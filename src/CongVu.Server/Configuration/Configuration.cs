namespace CongVu.Server.Configuration;

/// <summary>Where a value came from.</summary>
internal enum ValueOrigin
{
    /// <summary>Nothing was said.</summary>
    Default,

    /// <summary>The file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>The command line.</summary>
    Flag,
}

/// <summary>A value that holds.</summary>
/// <param name="Setting">What it is of.</param>
/// <param name="Value">As the program uses it; null where nothing was said and nothing is assumed.</param>
/// <param name="Written">As it was written.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="Source">The file, the variable or the flag.</param>
internal sealed record EffectiveValue(Setting Setting, object? Value, IReadOnlyList<string> Written, ValueOrigin Origin, string Source);

/// <summary>Something written that cannot be.</summary>
/// <param name="Key">The key as written.</param>
/// <param name="Written">The value as written.</param>
/// <param name="Allowed">What is allowed instead.</param>
/// <param name="Source">Where it is written.</param>
internal sealed record ConfigurationError(string Key, string Written, string Allowed, string Source);

/// <summary>The values that hold for all settings.</summary>
internal sealed class Configuration(IReadOnlyDictionary<Setting, EffectiveValue> values, string? file)
{
    /// <summary>The file that was read; null where there was none.</summary>
    public string? File => file;

    /// <summary>All, in the order of <see cref="Settings.All"/>.</summary>
    public IEnumerable<EffectiveValue> All => Settings.All.Select(s => values[s]);

    /// <summary>The value of a setting that always has one.</summary>
    public T Get<T>(Setting<T> setting) => (T)values[setting].Value!;

    /// <summary>The value of a setting, or null where nothing was said.</summary>
    public T? Find<T>(Setting<T> setting) where T : class => (T?)values[setting].Value;

    /// <summary>The values of a setting, or null where nothing was said.</summary>
    public IReadOnlyList<T>? Find<T>(ListSetting<T> setting) => (IReadOnlyList<T>?)values[setting].Value;
}
