using CongVu.Formats.Mime;

namespace CongVu.Formats.Imap;

/// <summary>Items of FETCH that have no arguments.</summary>
[Flags]
public enum FetchItems
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>UID.</summary>
    Uid = 1,

    /// <summary>FLAGS.</summary>
    Flags = 2,

    /// <summary>MODSEQ (RFC 7162).</summary>
    ModSeq = 4,

    /// <summary>INTERNALDATE.</summary>
    InternalDate = 8,

    /// <summary>RFC822.SIZE.</summary>
    Size = 16,

    /// <summary>SAVEDATE (RFC 8514).</summary>
    SaveDate = 32,

    /// <summary>EMAILID (RFC 8474).</summary>
    EmailId = 64,

    /// <summary>THREADID (RFC 8474).</summary>
    ThreadId = 128,

    /// <summary>ENVELOPE.</summary>
    Envelope = 256,

    /// <summary>BODYSTRUCTURE.</summary>
    BodyStructure = 512,

    /// <summary>BODY without extension data.</summary>
    Body = 1024,

    /// <summary>PREVIEW (RFC 8970).</summary>
    Preview = 2048,
}

/// <summary>How a section is asked for.</summary>
public enum SectionForm
{
    /// <summary>BODY[…].</summary>
    Body,

    /// <summary>BINARY[…]: decoded (RFC 3516).</summary>
    Binary,

    /// <summary>BINARY.SIZE[…].</summary>
    BinarySize,

    /// <summary>RFC822, RFC822.HEADER or RFC822.TEXT (RFC 3501).</summary>
    Rfc822,
}

/// <summary>A part of a message's bytes (RFC 9051 §6.4.5).</summary>
/// <param name="Form">How it is asked for.</param>
/// <param name="Peek">Without setting \Seen.</param>
/// <param name="Path">Part numbers; empty for the message.</param>
/// <param name="Text">What of the part.</param>
/// <param name="Fields">Names of HEADER.FIELDS.</param>
/// <param name="Label">The item's name in the reply, up to its "]".</param>
/// <param name="Partial">First octet and how many; null for all.</param>
public sealed record FetchSection(SectionForm Form, bool Peek, IReadOnlyList<int> Path, SectionText Text, IReadOnlyList<string> Fields, string Label, (long First, long Count)? Partial);

/// <summary>A slice of a result (RFC 9394): from the beginning where positive, from the end where negative.</summary>
public readonly record struct PartialRange(long First, long Last)
{
    /// <summary>Which of <paramref name="count"/> results, by index from 0; none when Length is 0.</summary>
    public (long Start, long Length) Of(long count)
    {
        var (near, far) = (Math.Min(Math.Abs(First), Math.Abs(Last)), Math.Max(Math.Abs(First), Math.Abs(Last)));
        var length = Math.Max(0, Math.Min(far, count) - near + 1);
        return First > 0 ? (near - 1, length) : (count - near + 1 - length, length);
    }

    internal static PartialRange Read(ref ImapReader reader)
    {
        var negative = reader.Next == '-';
        var first = Signed(ref reader, negative);
        reader.Expect((byte)':');
        var last = Signed(ref reader, negative);
        return new(first, last);
    }

    private static long Signed(ref ImapReader reader, bool negative)
    {
        if (negative)
            reader.Expect((byte)'-');
        long number = reader.NzNumber("a position");
        return negative ? -number : number;
    }
}

/// <summary>FETCH and UID FETCH (RFC 9051 §6.4.5).</summary>
/// <param name="Set">Which messages.</param>
/// <param name="Items">Items without arguments.</param>
/// <param name="Sections">Items that name bytes.</param>
/// <param name="ChangedSince">Only those changed after it (RFC 7162 §3.1.4.1).</param>
/// <param name="Vanished">And the UIDs gone since (RFC 7162 §3.2.6).</param>
/// <param name="Partial">Only this slice of them (RFC 9394).</param>
public sealed record FetchArguments(SequenceSet Set, FetchItems Items, IReadOnlyList<FetchSection> Sections, long? ChangedSince, bool Vanished, PartialRange? Partial)
{
    private const int MaxSections = 500;
    private const FetchItems Fast = FetchItems.Flags | FetchItems.InternalDate | FetchItems.Size;

    /// <summary>Reads the arguments.</summary>
    public static FetchArguments Read(ref ImapReader reader, bool uid)
    {
        reader.Space();
        var set = reader.SequenceSet();
        reader.Space();
        var items = uid ? FetchItems.Uid : FetchItems.None;
        var sections = new List<FetchSection>();
        if (reader.Try((byte)'('))
        {
            do
                items |= Item(ref reader, sections);
            while (!reader.Failed && reader.Try((byte)' '));
            reader.Expect((byte)')');
        }
        else
        {
            items |= Item(ref reader, sections);
        }
        long? changedSince = null;
        var vanished = false;
        PartialRange? partial = null;
        if (reader.Next == ' ')
        {
            reader.Space();
            reader.Expect((byte)'(');
            do
            {
                switch (reader.Word("a fetch modifier"))
                {
                    case "CHANGEDSINCE":
                        reader.Space();
                        changedSince = reader.Number64("a modification sequence");
                        items |= FetchItems.ModSeq;
                        break;
                    case "VANISHED":
                        vanished = true;
                        break;
                    case "PARTIAL":
                        reader.Space();
                        partial = PartialRange.Read(ref reader);
                        break;
                    case var other:
                        reader.Fail($"Unknown fetch modifier {other}");
                        break;
                }
            }
            while (!reader.Failed && reader.Try((byte)' '));
            reader.Expect((byte)')');
        }
        reader.End();
        // RFC 7162 §3.2.6.
        if (vanished && (!uid || changedSince is null))
            reader.Fail("VANISHED needs UID FETCH and CHANGEDSINCE");
        if (partial is not null && !uid)
            reader.Fail("PARTIAL needs UID FETCH");
        return new(set, items, sections, changedSince, vanished, partial);
    }

    private static FetchItems Item(ref ImapReader reader, List<FetchSection> sections)
    {
        if (sections.Count >= MaxSections)
            reader.Fail("Too many sections");
        var name = reader.Word("a fetch item");
        switch (name)
        {
            case "UID": return FetchItems.Uid;
            case "FLAGS": return FetchItems.Flags;
            case "MODSEQ": return FetchItems.ModSeq;
            case "INTERNALDATE": return FetchItems.InternalDate;
            case "RFC822.SIZE": return FetchItems.Size;
            case "SAVEDATE": return FetchItems.SaveDate;
            case "EMAILID": return FetchItems.EmailId;
            case "THREADID": return FetchItems.ThreadId;
            case "ENVELOPE": return FetchItems.Envelope;
            case "BODYSTRUCTURE": return FetchItems.BodyStructure;
            case "PREVIEW": return Preview(ref reader);
            case "FAST": return Fast;
            case "ALL": return Fast | FetchItems.Envelope;
            case "FULL": return Fast | FetchItems.Envelope | FetchItems.Body;
            case "RFC822": sections.Add(new(SectionForm.Rfc822, false, [], SectionText.Whole, [], name, null)); break;
            case "RFC822.HEADER": sections.Add(new(SectionForm.Rfc822, true, [], SectionText.Header, [], name, null)); break;
            case "RFC822.TEXT": sections.Add(new(SectionForm.Rfc822, false, [], SectionText.Text, [], name, null)); break;
            case "BODY" when reader.Next != '[': return FetchItems.Body;
            case "BODY" or "BODY.PEEK": sections.Add(Section(ref reader, SectionForm.Body, name == "BODY.PEEK")); break;
            case "BINARY" or "BINARY.PEEK": sections.Add(Section(ref reader, SectionForm.Binary, name == "BINARY.PEEK")); break;
            case "BINARY.SIZE": sections.Add(Section(ref reader, SectionForm.BinarySize, peek: true)); break;
            default: reader.Fail($"Unknown fetch item {name}"); break;
        }
        return FetchItems.None;
    }

    // RFC 8970 §3.2: LAZY is the only modifier; previews are at hand anyway.
    private static FetchItems Preview(ref ImapReader reader)
    {
        if (reader.Try(" ("u8))
        {
            if (!reader.TryWord("LAZY"u8))
                reader.FailExpected("LAZY");
            reader.Expect((byte)')');
        }
        return FetchItems.Preview;
    }

    private static FetchSection Section(ref ImapReader reader, SectionForm form, bool peek)
    {
        reader.Expect((byte)'[');
        var path = new List<int>();
        var text = SectionText.Whole;
        var fields = new List<string>();
        var more = !reader.Failed && reader.Next != ']';
        while (more && char.IsAsciiDigit((char)reader.Next))
        {
            path.Add((int)Math.Min(int.MaxValue, reader.NzNumber("a part number")));
            // Deeper than any message is read.
            if (path.Count > 101)
                reader.Fail("The section is too deep");
            more = reader.Try((byte)'.');
        }
        if (more)
            text = Text(ref reader, path.Count > 0, fields);
        reader.Expect((byte)']');
        if (form != SectionForm.Body && text != SectionText.Whole)
            reader.Fail("BINARY takes part numbers only");
        (long, long)? partial = null;
        if (form != SectionForm.BinarySize && reader.Try((byte)'<'))
        {
            var first = reader.Number64("a first octet");
            reader.Expect((byte)'.');
            partial = (first, reader.Number64("a number of octets"));
            reader.Expect((byte)'>');
            if (partial is { Item2: 0 })
                reader.Fail("A partial fetch of no octets");
        }
        return new(form, peek, path, text, fields, Label(form, path, text, fields), partial);
    }

    private static SectionText Text(ref ImapReader reader, bool inPart, List<string> fields)
    {
        var word = reader.Word("a section");
        if (word is "HEADER.FIELDS" or "HEADER.FIELDS.NOT")
        {
            reader.Space();
            reader.Expect((byte)'(');
            do
            {
                var field = reader.AString("a header field name");
                if (field.Length is 0 or > 200 || field.AsSpan().ContainsAnyExceptInRange('!', '~') || field.Contains(':', StringComparison.Ordinal))
                    reader.Fail("Not a header field name");
                fields.Add(field);
            }
            while (!reader.Failed && reader.Try((byte)' '));
            reader.Expect((byte)')');
            return word == "HEADER.FIELDS" ? SectionText.HeaderFields : SectionText.HeaderFieldsNot;
        }
        switch (word)
        {
            case "HEADER": return SectionText.Header;
            case "TEXT": return SectionText.Text;
            case "MIME" when inPart: return SectionText.Mime;
            default:
                reader.Fail($"Unknown section {word}");
                return SectionText.Whole;
        }
    }

    private static string Label(SectionForm form, List<int> path, SectionText text, List<string> fields)
    {
        var name = form switch { SectionForm.Binary => "BINARY[", SectionForm.BinarySize => "BINARY.SIZE[", _ => "BODY[" };
        var kind = text switch
        {
            SectionText.Header => "HEADER",
            SectionText.HeaderFields => $"HEADER.FIELDS ({string.Join(' ', fields)})",
            SectionText.HeaderFieldsNot => $"HEADER.FIELDS.NOT ({string.Join(' ', fields)})",
            SectionText.Text => "TEXT",
            SectionText.Mime => "MIME",
            _ => "",
        };
        return name + string.Join('.', path) + (path.Count > 0 && kind.Length > 0 ? "." : "") + kind + "]";
    }
}
