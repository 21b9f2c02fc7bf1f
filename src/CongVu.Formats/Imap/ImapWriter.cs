using System.Buffers;
using System.Globalization;
using System.Text;

namespace CongVu.Formats.Imap;

/// <summary>
/// Writes responses: the one place that knows spaces, quoting and literals. It takes memory from its target in pieces; what is written counts
/// when <see cref="Commit"/> is called, which must come before the target is flushed or written to by others.
/// </summary>
public ref struct ImapWriter
{
    private const int Piece = 4096;
    private const int LongestQuoted = 1000;

    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    private readonly IBufferWriter<byte> target;
    private readonly bool utf8;
    private Span<byte> span;
    private int used;

    /// <summary>A writer to <paramref name="target"/>; <paramref name="utf8"/> when strings and mailbox names may be UTF-8 (RFC 6855 §3).</summary>
    public ImapWriter(IBufferWriter<byte> target, bool utf8)
    {
        this.target = target;
        this.utf8 = utf8;
    }

    /// <summary>Hands what was written to the target.</summary>
    public void Commit()
    {
        if (used > 0)
            target.Advance(used);
        span = default;
        used = 0;
    }

    /// <summary>Octets as they are.</summary>
    public void Raw(scoped ReadOnlySpan<byte> octets)
    {
        if (octets.Length > span.Length - used)
        {
            Commit();
            if (octets.Length > Piece)
            {
                target.Write(octets);
                return;
            }
            span = target.GetSpan(Piece);
        }
        octets.CopyTo(span[used..]);
        used += octets.Length;
    }

    /// <summary>One octet.</summary>
    public void Octet(byte octet)
    {
        if (used == span.Length)
        {
            Commit();
            span = target.GetSpan(Piece);
        }
        span[used++] = octet;
    }

    /// <summary>ASCII text of ours: tags, names, numbers put together.</summary>
    public void Ascii(scoped ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            Octet(c is >= ' ' and <= '~' ? (byte)c : (byte)'?');
    }

    /// <summary>Text for people after a response code: UTF-8, on one line.</summary>
    public void HumanText(string text)
    {
        foreach (var b in Encoding.UTF8.GetBytes(text))
            Octet(b is < 0x20 or 0x7f || (b >= 0x80 && !utf8) ? (byte)'?' : b);
    }

    /// <summary>A space.</summary>
    public void Space() => Octet((byte)' ');

    /// <summary>The line end.</summary>
    public void Crlf() => Raw("\r\n"u8);

    /// <summary>NIL.</summary>
    public void Nil() => Raw("NIL"u8);

    /// <summary>A number.</summary>
    public void Number(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        number.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        Raw(digits[..length]);
    }

    /// <summary>A quoted string where it can be one, a literal where not.</summary>
    public void String(scoped ReadOnlySpan<byte> octets)
    {
        if (!CanQuote(octets))
        {
            Literal(octets);
            return;
        }
        Octet((byte)'"');
        while (octets.IndexOfAny((byte)'"', (byte)'\\') is var special and >= 0)
        {
            Raw(octets[..special]);
            Octet((byte)'\\');
            Octet(octets[special]);
            octets = octets[(special + 1)..];
        }
        Raw(octets);
        Octet((byte)'"');
    }

    /// <summary>Text as a string.</summary>
    public void String(string text) => String(Encoding.UTF8.GetBytes(text));

    /// <summary>A string, or NIL for null.</summary>
    public void NString(string? text)
    {
        if (text is null)
            Nil();
        else
            String(text);
    }

    /// <summary>A literal, or literal8 where it holds NUL (RFC 3516 §4.3).</summary>
    public void Literal(scoped ReadOnlySpan<byte> octets)
    {
        LiteralHeader(octets.Length, octets.Contains((byte)0));
        Raw(octets);
    }

    /// <summary>The head of a literal whose octets follow.</summary>
    public void LiteralHeader(long length, bool binary)
    {
        if (binary)
            Octet((byte)'~');
        Octet((byte)'{');
        Number(length);
        Raw("}\r\n"u8);
    }

    /// <summary>A name that is an atom where it can be one.</summary>
    public void AString(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > 0 && !bytes.AsSpan().ContainsAnyExcept(ImapCharacters.Atom) && !text.Equals("NIL", StringComparison.OrdinalIgnoreCase))
            Raw(bytes);
        else
            String(bytes);
    }

    /// <summary>A mailbox name: UTF-8 or modified UTF-7.</summary>
    public void Mailbox(string name) => AString(utf8 ? name : ModifiedUtf7.Encode(name));

    /// <summary>Flags in parentheses; <paramref name="keywords"/> are separated by spaces.</summary>
    public void Flags(ImapFlags flags, scoped ReadOnlySpan<char> keywords)
    {
        Octet((byte)'(');
        if (flags != ImapFlags.None || !keywords.IsEmpty)
        {
            var first = true;
            Flag(flags, ImapFlags.Answered, "\\Answered"u8, ref first);
            Flag(flags, ImapFlags.Flagged, "\\Flagged"u8, ref first);
            Flag(flags, ImapFlags.Deleted, "\\Deleted"u8, ref first);
            Flag(flags, ImapFlags.Seen, "\\Seen"u8, ref first);
            Flag(flags, ImapFlags.Draft, "\\Draft"u8, ref first);
            if (!keywords.IsEmpty && !first)
                Octet((byte)' ');
            Ascii(keywords);
        }
        Octet((byte)')');
    }

    /// <summary>A set of numbers.</summary>
    public void Set(UidSet set)
    {
        var first = true;
        foreach (var range in set.Ranges)
        {
            if (!first)
                Octet((byte)',');
            first = false;
            Number(range.First);
            if (range.Last == range.First)
                continue;
            Octet((byte)':');
            Number(range.Last);
        }
    }

    /// <summary>A date-time in quotes: "17-Jul-1996 02:44:25 -0700".</summary>
    public void DateTime(DateTimeOffset time)
    {
        Octet((byte)'"');
        Octet(time.Day < 10 ? (byte)' ' : (byte)('0' + (time.Day / 10)));
        Octet((byte)('0' + (time.Day % 10)));
        Octet((byte)'-');
        Ascii(Months[time.Month - 1]);
        Octet((byte)'-');
        Two(time.Year / 100);
        Two(time.Year % 100);
        Octet((byte)' ');
        Two(time.Hour);
        Octet((byte)':');
        Two(time.Minute);
        Octet((byte)':');
        Two(time.Second);
        Octet((byte)' ');
        var offset = (int)time.Offset.TotalMinutes;
        Octet(offset < 0 ? (byte)'-' : (byte)'+');
        Two(Math.Abs(offset) / 60);
        Two(Math.Abs(offset) % 60);
        Octet((byte)'"');
    }

    private void Two(int number)
    {
        Octet((byte)('0' + (number / 10)));
        Octet((byte)('0' + (number % 10)));
    }

    private void Flag(ImapFlags flags, ImapFlags flag, scoped ReadOnlySpan<byte> name, ref bool first)
    {
        if ((flags & flag) == 0)
            return;
        if (!first)
            Octet((byte)' ');
        first = false;
        Raw(name);
    }

    private readonly bool CanQuote(scoped ReadOnlySpan<byte> octets) =>
        octets.Length <= LongestQuoted && octets.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) < 0 && (System.Text.Ascii.IsValid(octets) || (utf8 && System.Text.Unicode.Utf8.IsValid(octets)));
}
