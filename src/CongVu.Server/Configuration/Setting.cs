using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CongVu.Server.Configuration;

/// <summary>Reads one written value; false when it is not allowed.</summary>
internal delegate bool ValueParser<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>
/// One setting: its key, what it may be and what it is for. The table of all settings (<see cref="Settings"/>) is what the file, the environment
/// and the flags are checked against, and what docs/configuration.md is made of.
/// </summary>
internal abstract class Setting(string key, string unset, string allowed, string purpose)
{
    /// <summary>Its name in the file, levels apart by dots.</summary>
    public string Key => key;

    /// <summary>What holds when nothing is said, as it would be written; empty for nothing.</summary>
    public string Default => unset;

    /// <summary>What it may be, for people.</summary>
    public string Allowed => allowed;

    /// <summary>What it is for, for people.</summary>
    public string Purpose => purpose;

    /// <summary>Several values: an array in the file, separated by commas elsewhere.</summary>
    public bool IsList { get; init; }

    /// <summary>Holds secrets: shown only in part.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Its environment variable: <c>listen.smtp</c> is <c>CONGVU_LISTEN_SMTP</c>.</summary>
    public string Variable { get; } = ToVariable(key);

    /// <summary>Reads written values; null when one of them is not allowed.</summary>
    public abstract object? Parse(IReadOnlyList<string> written, out string? wrong);

    private static string ToVariable(string key)
    {
        var name = new StringBuilder("CONGVU_");
        foreach (var c in key)
        {
            if (char.IsAsciiLetterUpper(c))
                name.Append('_');
            name.Append(c == '.' ? '_' : char.ToUpperInvariant(c));
        }
        return name.ToString();
    }
}

/// <summary>A setting of one value.</summary>
internal sealed class Setting<T>(string key, string unset, string allowed, string purpose, ValueParser<T> parser) : Setting(key, unset, allowed, purpose)
{
    /// <inheritdoc/>
    public override object? Parse(IReadOnlyList<string> written, out string? wrong)
    {
        wrong = null;
        if (written.Count == 1 && parser(written[0], out var value))
            return value;
        wrong = written.Count == 1 ? written[0] : string.Join(", ", written);
        return null;
    }
}

/// <summary>A setting of any number of values.</summary>
internal sealed class ListSetting<T> : Setting
{
    private readonly ValueParser<T> parser;

    public ListSetting(string key, string unset, string allowed, string purpose, ValueParser<T> parser) : base(key, unset, allowed, purpose)
    {
        this.parser = parser;
        IsList = true;
    }

    /// <inheritdoc/>
    public override object? Parse(IReadOnlyList<string> written, out string? wrong)
    {
        wrong = null;
        var values = new List<T>(written.Count);
        foreach (var text in written)
        {
            if (!parser(text, out var value))
            {
                wrong = text;
                return null;
            }
            values.Add(value);
        }
        return values;
    }
}
