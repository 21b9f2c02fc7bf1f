using System.Text;

namespace CongVu.Formats.Mime;

/// <summary>
/// What lists and searches need to know of a message, read once when it arrives and kept beside it: listing never parses MIME. The serialized form
/// is the only one: a value of this class is a view of those bytes, and what a list copies (ENVELOPE, BODYSTRUCTURE, preview) stands in front, ready.
/// </summary>
public sealed class MessageFacts
{
    /// <summary>The form that <see cref="Read"/> makes; kept with each row, so that older ones can be made anew.</summary>
    public const int Version = 1;

    private const int FieldCount = 17;

    private readonly ReadOnlyMemory<byte> data;
    private MimePart? root;
    private long[]? numbers;

    private MessageFacts(ReadOnlyMemory<byte> data) => this.data = data;

    /// <summary>ENVELOPE as IMAP writes it, parentheses included (RFC 9051 §7.5.2); ASCII.</summary>
    public ReadOnlyMemory<byte> Envelope => Field(0);

    /// <summary>BODYSTRUCTURE as IMAP writes it; ASCII.</summary>
    public ReadOnlyMemory<byte> BodyStructure => Field(1);

    /// <summary>The beginning of the text for people, up to 200 characters on one line (RFC 8970).</summary>
    public ReadOnlyMemory<byte> Preview => Field(2);

    /// <summary>BODY as IMAP writes it; ASCII.</summary>
    public ReadOnlyMemory<byte> Body => Field(3);

    /// <summary>First byte after the header section and its empty line.</summary>
    public long BodyOffset => Number(0);

    /// <summary>Decoded bytes of all attachments (A5.3).</summary>
    public long AttachmentBytes => Number(1);

    /// <summary>How many attachments.</summary>
    public int AttachmentCount => (int)Number(2);

    /// <summary>The Date header; null when it is missing or cannot be read.</summary>
    public DateTimeOffset? Date => Number(3) == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(Number(4)).ToOffset(TimeSpan.FromMinutes(Number(5)));

    /// <summary>How many Received lines: loops have many (RFC 5321 §6.3).</summary>
    public int ReceivedCount => (int)Number(6);

    /// <summary>Message-ID without its brackets; null without one.</summary>
    public string? MessageId => Text(5) is { Length: > 0 } id ? id : null;

    /// <summary>The subject without "Re:" and the like, folded for comparison (RFC 5256 §2.1).</summary>
    public string BaseSubject => Text(6);

    /// <summary>Message-IDs that it refers to: References, then In-Reply-To where not among them.</summary>
    public IReadOnlyList<string> References => Text(7) is { Length: > 0 } ids ? ids.Split(' ') : [];

    /// <summary>Subject, decoded.</summary>
    public string Subject => Text(8);

    /// <summary>From, decoded: names and addresses.</summary>
    public string From => Text(9);

    /// <summary>To, decoded.</summary>
    public string To => Text(10);

    /// <summary>Cc, decoded.</summary>
    public string Cc => Text(11);

    /// <summary>Bcc, decoded.</summary>
    public string Bcc => Text(12);

    /// <summary>Addresses in From, one a line: whom a submission claims to be.</summary>
    public IReadOnlyList<string> FromAddresses => Text(13) is { Length: > 0 } lines ? lines.Split('\n') : [];

    /// <summary>The first mailbox (local part) of From, To and Cc, which SORT compares (RFC 5256 §3), upper case.</summary>
    public (string From, string To, string Cc) SortMailboxes => Text(14).Split('\n') is [var from, var to, var cc] ? (from, to, cc) : ("", "", "");

    /// <summary>The first display name or address of From and To, which SORT=DISPLAY compares (RFC 5957).</summary>
    public (string From, string To) SortDisplay => Text(15).Split('\n') is [var from, var to] ? (from, to) : ("", "");

    /// <summary>The part tree.</summary>
    public MimePart Root => root ??= PartCodec.Read(Field(16).Span);

    /// <summary>Reads a message from the start of <paramref name="content"/>. Never fails on what is in it: what cannot be understood is an opaque leaf.</summary>
    public static MessageFacts Read(Stream content, CancellationToken cancellationToken) => FactsReader.Read(content, cancellationToken);

    /// <summary>
    /// The facts of the same message below header lines that were put on top of it: trace fields, and others of which facts take nothing. Null where only reading it again
    /// can tell, because the message's own first line would be read otherwise below them.
    /// </summary>
    /// <param name="top">Whole lines.</param>
    /// <param name="head">The message's first bytes.</param>
    public MessageFacts? Below(ReadOnlySpan<byte> top, ReadOnlySpan<byte> head)
    {
        var name = head.IndexOfAnyExceptInRange((byte)'!', (byte)'~');
        var colon = head.IndexOf((byte)':');
        if (colon < 1 || (name >= 0 && name < colon) || BodyOffset == 0 || BodyOffset + top.Length >= FactsReader.MaxHeaderBytes)
            return null;
        _ = Number(0);
        var shifted = (long[])numbers!.Clone();
        shifted[0] += top.Length;
        shifted[6] += CountReceived(top);
        var tree = PartCodec.Read(Field(16).Span);
        tree.Shift(top.Length);
        tree.HeaderOffset = 0;
        var fields = new byte[FieldCount][];
        for (var i = 0; i < FieldCount; i++)
            fields[i] = i switch { 4 => FactsBuilder.Numbers(shifted), 16 => PartCodec.Write(tree), _ => Field(i).ToArray() };
        return Of(fields);
    }

    private static int CountReceived(ReadOnlySpan<byte> top)
    {
        var count = 0;
        while (!top.IsEmpty)
        {
            if (Ascii.EqualsIgnoreCase(top[..Math.Min(top.Length, 9)], "Received:"u8))
                count++;
            top = top[(top.IndexOf((byte)'\n') is var end and >= 0 ? end + 1 : top.Length)..];
        }
        return count;
    }

    /// <summary>The bytes to keep.</summary>
    public byte[] Serialize() => data.ToArray();

    /// <summary>A view of kept bytes.</summary>
    public static MessageFacts Deserialize(ReadOnlyMemory<byte> kept) => new(kept);

    /// <summary>Puts the fields together: each preceded by its length in 32 bits.</summary>
    internal static MessageFacts Of(ReadOnlySpan<byte[]> fields)
    {
        var size = 0;
        foreach (var field in fields)
            size += sizeof(int) + field.Length;
        var bytes = new byte[size];
        var at = 0;
        foreach (var field in fields)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(at), field.Length);
            field.CopyTo(bytes, at + sizeof(int));
            at += sizeof(int) + field.Length;
        }
        return new(bytes);
    }

    private ReadOnlyMemory<byte> Field(int index)
    {
        var span = data.Span;
        var at = 0;
        for (; index > 0; index--)
            at += sizeof(int) + BitConverter.ToInt32(span[at..]);
        return data.Slice(at + sizeof(int), BitConverter.ToInt32(span[at..]));
    }

    private string Text(int index) => Encoding.UTF8.GetString(Field(index).Span);

    private long Number(int index)
    {
        if (numbers is null)
        {
            var field = Field(4).Span;
            numbers = new long[field.Length / sizeof(long)];
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = BitConverter.ToInt64(field[(i * sizeof(long))..]);
        }
        return numbers[index];
    }
}
