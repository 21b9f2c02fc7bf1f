namespace CongVu.Formats.SenderAuthentication;

/// <summary>"tag=value; tag=value" of DKIM (RFC 6376 §3.2), of its keys, of ARC and of DMARC.</summary>
internal sealed class TagList
{
    private const int MaxTags = 100;

    private readonly Dictionary<string, string> tags = new(StringComparer.Ordinal);

    /// <summary>The first tag's name; empty without any.</summary>
    internal string First { get; private set; } = "";

    /// <summary>The value of a tag without white space around it; null without the tag.</summary>
    internal string? this[string tag] => tags.GetValueOrDefault(tag);

    /// <summary>The value without any white space, where lines are folded within it.</summary>
    internal string? Solid(string tag) => tags.TryGetValue(tag, out var value) ? string.Concat(value.Where(c => !char.IsWhiteSpace(c))) : null;

    /// <summary>The bytes of a base64 value; null where it is none.</summary>
    internal byte[]? Bytes(string tag)
    {
        if (Solid(tag) is not { } text)
            return null;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>Reads a list; null where it is not well formed or names a tag twice.</summary>
    internal static TagList? Parse(string text)
    {
        var list = new TagList();
        var parts = text.Split(';', MaxTags + 1);
        for (var i = 0; i < parts.Length; i++)
        {
            var part = parts[i].Trim(' ', '\t', '\r', '\n');
            if (part.Length == 0 && i == parts.Length - 1)
                break;
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || i >= MaxTags)
                return null;
            var name = part[..equals].TrimEnd(' ', '\t', '\r', '\n');
            if (!char.IsAsciiLetter(name[0]) || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '_') || !list.tags.TryAdd(name, part[(equals + 1)..].TrimStart(' ', '\t', '\r', '\n')))
                return null;
            if (i == 0)
                list.First = name;
        }
        return list;
    }
}
