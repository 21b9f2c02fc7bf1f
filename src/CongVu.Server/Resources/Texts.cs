using System.Globalization;
using System.Resources;

namespace CongVu.Server.Resources;

/// <summary>Texts for people at the command line, in Vietnamese or English. A key that does not exist is a mistake of ours and throws.</summary>
internal sealed class Texts(bool isVietnamese)
{
    private static readonly ResourceManager Resources = new("CongVu.Server.Resources.Texts", typeof(Texts).Assembly);

    private static readonly string[] Variables = ["CONGVU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];

    private readonly CultureInfo culture = CultureInfo.GetCultureInfo(isVietnamese ? "vi" : "en");

    /// <summary>A text with its places filled in.</summary>
    public string this[string key, params ReadOnlySpan<object?> values]
    {
        get
        {
            var text = Resources.GetString(key, culture) ?? throw new ArgumentException($"There is no text \"{key}\".", nameof(key));
            return values.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, values);
        }
    }

    /// <summary>The language that the arguments ask for, else the environment's: LC_ALL, LC_MESSAGES, LANG, in this order, as everywhere on Unix.</summary>
    public static Texts Choose(IReadOnlyList<string> arguments, Func<string, string?> environment)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].StartsWith("--lang=", StringComparison.Ordinal))
                return new(IsVietnamese(arguments[i]["--lang=".Length..]));
            if (arguments[i] == "--lang" && i + 1 < arguments.Count)
                return new(IsVietnamese(arguments[i + 1]));
        }
        var language = Variables.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return new(IsVietnamese(language ?? ""));
    }

    private static bool IsVietnamese(string language) => language.StartsWith("vi", StringComparison.OrdinalIgnoreCase);
}
