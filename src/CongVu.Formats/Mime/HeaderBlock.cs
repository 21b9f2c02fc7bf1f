using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace CongVu.Formats.Mime;

/// <summary>An address of a header field: decoded name, address as written.</summary>
/// <param name="Name">Display name; null without one.</param>
/// <param name="Email">addr-spec, or what stands in its place.</param>
public sealed record HeaderAddress(string? Name, string Email);

/// <summary>Addresses of a header field that belong together (RFC 5322 §3.4).</summary>
/// <param name="Name">The group's name; null for addresses outside of groups.</param>
/// <param name="Addresses">The addresses.</param>
public sealed record HeaderAddressGroup(string? Name, IReadOnlyList<HeaderAddress> Addresses);

/// <summary>A header section field by field, and the readings of a field (RFC 8621 §4.1.2). What cannot be read is null or empty, never an error.</summary>
public sealed class HeaderBlock
{
    private readonly List<(string Name, byte[] Value)> fields = [];

    /// <summary>The fields in their order: name, and the bytes from after the colon to before the line end.</summary>
    public IReadOnlyList<(string Name, byte[] Value)> Fields => fields;

    /// <summary>Reads a header section; it ends with an empty line or with the bytes.</summary>
    public static HeaderBlock Read(ReadOnlySpan<byte> header)
    {
        var block = new HeaderBlock();
        // Some programs begin a file with a mark of its encoding.
        if (header.StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]))
            header = header[3..];
        while (!header.IsEmpty && header[0] is not ((byte)'\r' or (byte)'\n'))
        {
            var length = MimeSection.FieldLength(header);
            var field = header[..length].TrimEnd("\r\n"u8);
            header = header[length..];
            var colon = field.IndexOf((byte)':');
            if (colon > 0)
                block.fields.Add((Encoding.Latin1.GetString(field[..colon].TrimEnd(" \t"u8)), field[(colon + 1)..].ToArray()));
        }
        return block;
    }

    /// <summary>Every value of a field, case of its name aside.</summary>
    public IEnumerable<byte[]> All(string name) => fields.Where(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f.Value);

    /// <summary>The last value of a field (RFC 8621 §4.1.3); null without one.</summary>
    public byte[]? Last(string name) => All(name).LastOrDefault();

    /// <summary>As it stands.</summary>
    public static string Raw(byte[] value) => Encoding.UTF8.GetString(value).Replace("\0", "\ufffd", StringComparison.Ordinal);

    /// <summary>Unfolded, decoded, composed.</summary>
    public static string Text(byte[] value) => HeaderSet.DecodeText(HeaderSet.Unfold(value));

    /// <summary>The addresses of the field and of its groups, one after the other.</summary>
    public static IReadOnlyList<HeaderAddress> Addresses(byte[] value) => [.. Groups(value).SelectMany(g => g.Addresses)];

    /// <summary>The addresses as they are grouped; neighbours outside of groups are one group without a name.</summary>
    public static IReadOnlyList<HeaderAddressGroup> Groups(byte[] value)
    {
        var groups = new List<HeaderAddressGroup>();
        var loose = new List<HeaderAddress>();
        foreach (var address in HeaderSet.Parse(value))
        {
            if (address is MailboxAddress mailbox)
            {
                loose.Add(Of(mailbox));
                continue;
            }
            if (loose.Count > 0)
                groups.Add(new(null, [.. loose]));
            loose.Clear();
            if (address is GroupAddress group)
                groups.Add(new(Name(group.Name) ?? "", [.. group.Members.Mailboxes.Select(Of)]));
        }
        if (loose.Count > 0)
            groups.Add(new(null, loose));
        return groups;
    }

    /// <summary>The message ids without their brackets; null where there is none.</summary>
    public static IReadOnlyList<string>? MessageIds(byte[] value) =>
        MimeUtils.EnumerateReferences(value, 0, value.Length).ToArray() is { Length: > 0 } ids ? ids : null;

    /// <summary>The date; null where it cannot be read.</summary>
    public static DateTimeOffset? Date(byte[] value) => DateUtils.TryParse(value, out var date) && date.Year is > 1900 and < 9000 ? date : null;

    /// <summary>The URLs in angle brackets (RFC 2369); null where there is none.</summary>
    public static IReadOnlyList<string>? Urls(byte[] value)
    {
        var urls = new List<string>();
        var text = Text(value);
        for (var at = text.IndexOf('<', StringComparison.Ordinal); at >= 0; at = text.IndexOf('<', at))
        {
            var end = text.IndexOf('>', at);
            if (end < 0)
                break;
            urls.Add(string.Concat(text[(at + 1)..end].Where(c => !char.IsWhiteSpace(c))));
            at = end;
        }
        return urls.Count > 0 ? urls : null;
    }

    private static HeaderAddress Of(MailboxAddress mailbox) => new(Name(mailbox.Name), mailbox.Address);

    private static string? Name(string? name) =>
        string.IsNullOrWhiteSpace(name) ? null : string.Concat(Charsets.Decode(Encoding.UTF8.GetBytes(name), "utf-8").Where(c => !char.IsControl(c))).Trim();
}
