using System.Globalization;
using System.Text.Json;

namespace CongVu.Mail.Jmap;

/// <summary>Reads the arguments of a call, or the properties of an object in them: what is of the wrong type or was never asked for is the client's error.</summary>
internal sealed class Arguments(JsonElement element)
{
    private const long MaxSafe = (1L << 53) - 1;

    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    internal JsonElement Element => element;

    /// <summary>The argument, absent and null alike as null.</summary>
    internal JsonElement? Find(string name)
    {
        read.Add(name);
        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    internal string? Text(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw Wrong(name, "a string");

    internal string NeededText(string name) => Text(name) ?? throw Missing(name);

    /// <summary>An Id (RFC 8620 §1.2).</summary>
    internal string NeededId(string name) => NeededText(name) is var id && IsId(id) ? id : throw Wrong(name, "an Id");

    internal bool Flag(string name, bool otherwise) => Find(name) is not { } value ? otherwise : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "true or false"),
    };

    /// <summary>An Int (RFC 8620 §1.3).</summary>
    internal long? Number(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number is >= -MaxSafe and <= MaxSafe ? number
        : throw Wrong(name, "an integer");

    /// <summary>An UnsignedInt (RFC 8620 §1.3).</summary>
    internal long? Unsigned(string name) => Number(name) is not { } number ? null : number >= 0 ? number : throw Wrong(name, "an integer from 0 on");

    /// <summary>A UTCDate (RFC 8620 §1.4).</summary>
    internal DateTimeOffset? Date(string name) => Text(name) is not { } text ? null : ReadDate(text, utc: true) ?? throw Wrong(name, "a UTCDate");

    internal IReadOnlyList<string>? Texts(string name) => Find(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String) ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
        : throw Wrong(name, "a list of strings");

    internal JsonElement? Object(string name) => Find(name) is not { } value ? null : value.ValueKind == JsonValueKind.Object ? value : throw Wrong(name, "an object");

    internal JsonElement? Array(string name) => Find(name) is not { } value ? null : value.ValueKind == JsonValueKind.Array ? value : throw Wrong(name, "a list");

    /// <summary>The names that were given and not asked for.</summary>
    internal IEnumerable<string> Unread => element.EnumerateObject().Select(p => p.Name).Where(name => !read.Contains(name));

    internal static bool IsId(string id) => id.Length is > 0 and <= 255 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    /// <summary>A Date of RFC 8620 §1.4: RFC 3339 with capital letters; of a UTCDate the zone is "Z".</summary>
    internal static DateTimeOffset? ReadDate(string text, bool utc)
    {
        if (text.Length < 20 || text[10] != 'T' || (utc && text[^1] != 'Z'))
            return null;
        return DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var date) ? date : null;
    }

    private static MethodErrorException Wrong(string name, string what) => MethodErrorException.InvalidArguments($"{name} is {what}.");

    private static MethodErrorException Missing(string name) => MethodErrorException.InvalidArguments($"{name} is missing.");
}
