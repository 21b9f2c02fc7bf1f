using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace CongVu.Formats.Imap;

/// <summary>
/// Reads the arguments of one command from its bytes (without its last line end). The first error is kept and everything after it reads as
/// nothing, so that a sequence of calls needs one look at <see cref="Error"/> at its end. It never throws on what it reads.
/// </summary>
public ref partial struct ImapReader
{
    private readonly ReadOnlySpan<byte> text;
    private readonly bool utf8;
    private int at;

    /// <summary>A reader of a command.</summary>
    /// <param name="text">Its bytes.</param>
    /// <param name="utf8">Mailbox names are UTF-8 (RFC 6855 §3, RFC 9051 §5.1), not modified UTF-7.</param>
    public ImapReader(ReadOnlySpan<byte> text, bool utf8)
    {
        this.text = text;
        this.utf8 = utf8;
    }

    /// <summary>What is wrong with the command; null while nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Something was wrong.</summary>
    public readonly bool Failed => Error is not null;

    /// <summary>Everything is read.</summary>
    public readonly bool AtEnd => at >= text.Length;

    /// <summary>The next octet; 0 at the end.</summary>
    public readonly byte Next => at < text.Length ? text[at] : (byte)0;

    /// <summary>Where the next octet is.</summary>
    public readonly int Position => at;

    /// <summary>Says what is wrong; reading ends.</summary>
    public void Fail(string error)
    {
        Error ??= error;
        at = text.Length;
    }

    /// <summary>Says what should have come here.</summary>
    public void FailExpected(string what) => Fail($"Expected {what} {(AtEnd ? "at the end of the command" : $"at octet {at + 1}")}");

    /// <summary>Takes an octet if it is next.</summary>
    public bool Try(byte octet)
    {
        if (Next != octet || AtEnd)
            return false;
        at++;
        return true;
    }

    /// <summary>Takes octets if they are next, as they are.</summary>
    public bool Try(ReadOnlySpan<byte> octets)
    {
        if (!text[Math.Min(at, text.Length)..].StartsWith(octets))
            return false;
        at += octets.Length;
        return true;
    }

    /// <summary>Takes an octet, which must be next.</summary>
    public void Expect(byte octet)
    {
        if (!Try(octet))
            FailExpected($"\"{(char)octet}\"");
    }

    /// <summary>The single space between arguments.</summary>
    public void Space()
    {
        if (!Try((byte)' '))
            FailExpected("a space");
    }

    /// <summary>The command must end here.</summary>
    public void End()
    {
        // A space before the line end harms nobody and some programs send it.
        while (Next == ' ')
            at++;
        if (!AtEnd)
            FailExpected("the end of the command");
    }

    /// <summary>A tag.</summary>
    public string Tag()
    {
        var tag = Run(ImapCharacters.Tag, "a tag");
        return Encoding.ASCII.GetString(tag);
    }

    /// <summary>A name of the protocol: a command, an item, a key; in capitals.</summary>
    public string Word(string what)
    {
        var word = Run(ImapCharacters.Word, what);
        if (word.Length > 64)
        {
            Fail($"Unknown {what}");
            return "";
        }
        return string.Create(word.Length, word, static (target, source) => Ascii.ToUpper(source, target, out _));
    }

    /// <summary>Takes a name if it is next, whatever its case.</summary>
    public bool TryWord(ReadOnlySpan<byte> word)
    {
        var rest = text[Math.Min(at, text.Length)..];
        if (rest.Length < word.Length || !Ascii.EqualsIgnoreCase(rest[..word.Length], word))
            return false;
        if (rest.Length > word.Length && ImapCharacters.Word.Contains(rest[word.Length]))
            return false;
        at += word.Length;
        return true;
    }

    /// <summary>An atom.</summary>
    public string Atom(string what) => Encoding.ASCII.GetString(Run(ImapCharacters.Atom, what));

    /// <summary>A string or atom, its octets.</summary>
    public ReadOnlySpan<byte> AStringBytes(string what) => Next switch
    {
        (byte)'"' => Quoted(),
        (byte)'{' => LiteralBytes(),
        (byte)'~' when at + 1 < text.Length && text[at + 1] == '{' => LiteralBytes(),
        _ => Run(ImapCharacters.AString, what),
    };

    /// <summary>A string or atom as text; it must be UTF-8.</summary>
    public string AString(string what) => Text(AStringBytes(what), what);

    /// <summary>A string: quoted or literal.</summary>
    public string String(string what)
    {
        if (Next is not ((byte)'"' or (byte)'{'))
        {
            FailExpected(what);
            return "";
        }
        return AString(what);
    }

    /// <summary>A string or NIL.</summary>
    public string? NString(string what) => TryWord("NIL"u8) ? null : String(what);

    /// <summary>Everything up to the next space or the end, e.g. base64.</summary>
    public ReadOnlySpan<byte> Opaque(string what)
    {
        var rest = text[Math.Min(at, text.Length)..];
        var length = rest.IndexOf((byte)' ') is var space and >= 0 ? space : rest.Length;
        if (length == 0)
        {
            FailExpected(what);
            return default;
        }
        at += length;
        return rest[..length];
    }

    /// <summary>A mailbox name in Unicode.</summary>
    public string Mailbox() => MailboxText(AStringBytes("a mailbox name"));

    /// <summary>A mailbox name or pattern of LIST in Unicode.</summary>
    public string MailboxPattern() => MailboxText(Next is (byte)'"' or (byte)'{' ? AStringBytes("a mailbox pattern") : Run(ImapCharacters.ListPattern, "a mailbox pattern"));

    /// <summary>A number up to 2^63-1.</summary>
    public long Number64(string what)
    {
        var rest = text[Math.Min(at, text.Length)..];
        if (rest.IsEmpty || !char.IsAsciiDigit((char)rest[0]))
        {
            FailExpected(what);
            return 0;
        }
        if (!Utf8Parser.TryParse(rest, out long number, out var used))
        {
            Fail($"The number is too large: {what}");
            return 0;
        }
        at += used;
        return number;
    }

    /// <summary>A number up to 2^32-1.</summary>
    public uint Number(string what)
    {
        var number = Number64(what);
        if (number > uint.MaxValue)
            Fail($"The number is too large: {what}");
        return (uint)number;
    }

    /// <summary>A number from 1 to 2^32-1.</summary>
    public uint NzNumber(string what)
    {
        var number = Number(what);
        if (number == 0)
            Fail($"Zero is not {what}");
        return number;
    }

    /// <summary>A set of message numbers or UIDs.</summary>
    public SequenceSet SequenceSet()
    {
        if (Try((byte)'$'))
            return Imap.SequenceSet.Saved;
        var ranges = new List<(uint First, uint Last)>();
        do
        {
            var first = NumberOrStar();
            var last = Try((byte)':') ? NumberOrStar() : first;
            ranges.Add((first, last));
        }
        while (!Failed && Try((byte)','));
        return new([.. ranges]);
    }

    /// <summary>Flags in parentheses.</summary>
    public FlagList FlagList()
    {
        Expect((byte)'(');
        var list = Try((byte)')') ? Imap.FlagList.None : Flags();
        if (!ReferenceEquals(list, Imap.FlagList.None))
            Expect((byte)')');
        return list;
    }

    /// <summary>One flag or more, spaces between.</summary>
    public FlagList Flags()
    {
        const int maxKeywords = 100, maxLength = 100;
        var system = ImapFlags.None;
        var keywords = new List<string>();
        do
        {
            if (!Try((byte)'\\'))
            {
                var keyword = Atom("a flag");
                if (keyword.Length > maxLength || keywords.Count >= maxKeywords)
                    Fail("Too many or too long keywords");
                keywords.Add(keyword);
                continue;
            }
            switch (Word("a flag"))
            {
                case "SEEN": system |= ImapFlags.Seen; break;
                case "ANSWERED": system |= ImapFlags.Answered; break;
                case "FLAGGED": system |= ImapFlags.Flagged; break;
                case "DELETED": system |= ImapFlags.Deleted; break;
                case "DRAFT": system |= ImapFlags.Draft; break;
                // RFC 3501 §2.3.2: clients cannot change it; gone in RFC 9051.
                case "RECENT": break;
                case var name: Fail($"Unknown system flag \\{name}"); break;
            }
        }
        while (!Failed && Try((byte)' '));
        return new(system, keywords);
    }

    /// <summary>The announcement of a message, at which the text ends.</summary>
    public LiteralHeader MessageLiteral()
    {
        var rest = text[Math.Min(at, text.Length)..];
        if (LiteralHeaderAtStart(rest) is { } literal)
        {
            at = text.Length;
            return literal;
        }
        FailExpected("a message as a literal");
        return default;
    }

    private string MailboxText(ReadOnlySpan<byte> bytes)
    {
        if (Failed)
            return "";
        const int longest = 10_000;
        if (bytes.Length > longest)
        {
            Fail("The mailbox name is too long");
            return "";
        }
        if (utf8 || !Ascii.IsValid(bytes))
            return Text(bytes, "a mailbox name");
        if (ModifiedUtf7.Decode(bytes) is { } name)
            return name;
        Fail("The mailbox name is not valid modified UTF-7");
        return "";
    }

    private string Text(ReadOnlySpan<byte> bytes, string what)
    {
        if (Utf8.IsValid(bytes))
            return Encoding.UTF8.GetString(bytes);
        Fail($"Not valid UTF-8: {what}");
        return "";
    }

    private uint NumberOrStar() => Try((byte)'*') ? Imap.SequenceSet.Star : NzNumber("a message number");

    private ReadOnlySpan<byte> Run(SearchValues<byte> allowed, string what)
    {
        var rest = text[Math.Min(at, text.Length)..];
        var length = rest.IndexOfAnyExcept(allowed) is var end and >= 0 ? end : rest.Length;
        if (length == 0)
        {
            FailExpected(what);
            return default;
        }
        at += length;
        return rest[..length];
    }

    private ReadOnlySpan<byte> Quoted()
    {
        var rest = text[(at + 1)..];
        var special = rest.IndexOfAny(ImapCharacters.QuotedSpecial);
        if (special >= 0 && rest[special] == '"')
        {
            at += special + 2;
            return rest[..special];
        }
        var bytes = new byte[rest.Length];
        var length = 0;
        for (var i = 0; i < rest.Length; i++)
        {
            switch (rest[i])
            {
                case (byte)'"':
                    at += i + 2;
                    return bytes.AsSpan(0, length);
                case (byte)'\\' when i + 1 < rest.Length && rest[i + 1] is (byte)'"' or (byte)'\\':
                    bytes[length++] = rest[++i];
                    break;
                case (byte)'\\' or (byte)'\r' or (byte)'\n' or 0:
                    Fail("A quoted string holds a character that it cannot");
                    return default;
                case var b:
                    bytes[length++] = b;
                    break;
            }
        }
        Fail("A quoted string has no end");
        return default;
    }

    private ReadOnlySpan<byte> LiteralBytes()
    {
        var rest = text[at..];
        var lineEnd = rest.IndexOf((byte)'\n');
        var header = lineEnd < 0 ? null : LiteralHeaderAtStart(rest[..lineEnd].TrimEnd((byte)'\r'));
        if (header is not { } literal || literal.Length > rest.Length - lineEnd - 1)
        {
            FailExpected("a literal");
            return default;
        }
        var bytes = rest.Slice(lineEnd + 1, (int)literal.Length);
        if (!literal.IsBinary && bytes.Contains((byte)0))
        {
            Fail("A literal holds NUL");
            return default;
        }
        at += lineEnd + 1 + (int)literal.Length;
        return bytes;
    }

    private static LiteralHeader? LiteralHeaderAtStart(ReadOnlySpan<byte> token) =>
        token.LastIndexOf((byte)'{') == (token.StartsWith("~"u8) ? 1 : 0) ? CommandFramer.ReadLiteralHeader(token) : null;
}
