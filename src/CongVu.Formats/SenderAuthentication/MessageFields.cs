using System.Text;
using CongVu.Formats.Mime;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>A header field as it stands in the message.</summary>
/// <param name="Name">Its name in lower case.</param>
/// <param name="Raw">Its bytes, line end included.</param>
/// <param name="Offset">Where it begins.</param>
public readonly record struct MessageField(string Name, ReadOnlyMemory<byte> Raw, int Offset)
{
    /// <summary>What follows the colon, a character for a byte.</summary>
    public string Value => Encoding.Latin1.GetString(Raw.Span[(Raw.Span.IndexOf((byte)':') + 1)..]);

    /// <summary>A field that is not yet in a message.</summary>
    public static MessageField Of(string line) => new(line[..line.IndexOf(':', StringComparison.Ordinal)].Trim().ToLowerInvariant(), Encoding.Latin1.GetBytes(line), 0);
}

/// <summary>The header section of a message, byte by byte as signatures cover it.</summary>
public sealed class MessageFields
{
    /// <summary>More fields than this are not looked at.</summary>
    private const int MaxFields = 2000;

    private readonly List<MessageField> all = [];

    /// <summary>The fields from top to bottom.</summary>
    public IReadOnlyList<MessageField> All => all;

    /// <summary>Where the body begins; -1 when the header section does not end within what was read.</summary>
    public int BodyOffset { get; private set; } = -1;

    /// <summary>Reads the header section at the beginning of <paramref name="message"/>, which stays as it is while this is used.</summary>
    public static MessageFields Read(ReadOnlyMemory<byte> message)
    {
        var fields = new MessageFields();
        for (var at = 0; at < message.Length;)
        {
            var rest = message.Span[at..];
            if (rest.StartsWith("\r\n"u8))
            {
                fields.BodyOffset = at + 2;
                break;
            }
            if (fields.all.Count >= MaxFields)
                break;
            var length = MimeSection.FieldLength(rest);
            var colon = rest[..length].IndexOf((byte)':');
            if (colon > 0)
                fields.all.Add(new(Encoding.Latin1.GetString(rest[..colon]).TrimEnd(' ', '\t').ToLowerInvariant(), message.Slice(at, length), at));
            at += length;
        }
        return fields;
    }

    /// <summary>The fields of this (lower-case) name from top to bottom.</summary>
    public IEnumerable<MessageField> Named(string name) => all.Where(f => f.Name == name);
}
