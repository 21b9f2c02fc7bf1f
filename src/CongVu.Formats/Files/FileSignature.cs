using System.Buffers;
using System.Buffers.Binary;
using CongVu.Formats.Mime;

namespace CongVu.Formats.Files;

/// <summary>The kind of a file by the bytes at its beginning. A name only tells texts apart from each other; it never makes a program a document.</summary>
public static class FileSignature
{
    /// <summary>Bytes that are looked at: the mark of an ISO image lies 32 KB in.</summary>
    public const int HeadBytes = 40 * 1024;

    private static readonly SearchValues<byte> NotText = SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1c, 0x1d, 0x1e, 0x1f]);

    // At the very beginning; the longer of two that begin alike stands first.
    private static readonly (byte[] Magic, FileKind Kind)[] AtStart =
    [
        ([0x7f, (byte)'E', (byte)'L', (byte)'F'], FileKinds.Elf),
        ([0xfe, 0xed, 0xfa, 0xce], FileKinds.MachO), ([0xfe, 0xed, 0xfa, 0xcf], FileKinds.MachO), ([0xce, 0xfa, 0xed, 0xfe], FileKinds.MachO), ([0xcf, 0xfa, 0xed, 0xfe], FileKinds.MachO),
        ([0x4c, 0, 0, 0, 1, 0x14, 2, 0], FileKinds.Shortcut),
        ("MSCF"u8.ToArray(), FileKinds.Cabinet), ("ISc("u8.ToArray(), FileKinds.Cabinet), ("ITSF"u8.ToArray(), FileKinds.Help), ("dex\n"u8.ToArray(), FileKinds.Dalvik), ("\0asm"u8.ToArray(), FileKinds.WebAssembly),
        ("!<arch>\ndebian"u8.ToArray(), FileKinds.LinuxPackage), ([0xed, 0xab, 0xee, 0xdb], FileKinds.LinuxPackage), ("xar!"u8.ToArray(), FileKinds.MacPackage),
        ("conectix"u8.ToArray(), FileKinds.DiskImage), ("vhdxfile"u8.ToArray(), FileKinds.DiskImage), ("KDMV"u8.ToArray(), FileKinds.DiskImage), ("QFI\xfb"u8.ToArray(), FileKinds.DiskImage), ("MSWIM\0\0\0"u8.ToArray(), FileKinds.DiskImage),
        ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], FileKinds.Compound),
        ("PK\x3\x4"u8.ToArray(), FileKinds.Zip), ("PK\x5\x6"u8.ToArray(), FileKinds.Zip), ("PK\a\b"u8.ToArray(), FileKinds.Zip),
        ([(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c], FileKinds.SevenZip), ("Rar!\x1a\a"u8.ToArray(), FileKinds.Rar), ("RE~^"u8.ToArray(), FileKinds.Rar),
        ([0x1f, 0x8b], FileKinds.Gzip), ("BZh"u8.ToArray(), FileKinds.Bzip2), ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], FileKinds.Xz),
        ([0x28, 0xb5, 0x2f, 0xfd], FileKinds.Zstd), ("LZIP"u8.ToArray(), FileKinds.Lzip), ([0x1f, 0x9d], FileKinds.Compress), ([0x60, 0xea], FileKinds.Arj),
        ([0x78, 0x9f, 0x3e, 0x22], FileKinds.Tnef), ([0xe4, 0x52, 0x5c, 0x7b, 0x8c, 0xd8, 0xa7, 0x4d], FileKinds.OneNote),
        ([0xff, 0xd8, 0xff], FileKinds.Jpeg), ([0x89, (byte)'P', (byte)'N', (byte)'G'], FileKinds.Png), ("GIF87a"u8.ToArray(), FileKinds.Gif), ("GIF89a"u8.ToArray(), FileKinds.Gif),
        ([(byte)'I', (byte)'I', 0x2a, 0], FileKinds.Tiff), ([(byte)'M', (byte)'M', 0, 0x2a], FileKinds.Tiff), ("8BPS"u8.ToArray(), FileKinds.Psd),
        ("ID3"u8.ToArray(), FileKinds.Mp3), ([0, 0, 1, 0xba], FileKinds.Mpeg), ([0, 0, 1, 0xb3], FileKinds.Mpeg), ([0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11], FileKinds.Asf),
        (".RMF"u8.ToArray(), FileKinds.RealMedia), ([(byte)'.', (byte)'r', (byte)'a', 0xfd], FileKinds.RealMedia), ("FWS"u8.ToArray(), FileKinds.Flash), ("CWS"u8.ToArray(), FileKinds.Flash), ("ZWS"u8.ToArray(), FileKinds.Flash),
        ("OggS"u8.ToArray(), FileKinds.Ogg), ("fLaC"u8.ToArray(), FileKinds.Flac), ([0x1a, 0x45, 0xdf, 0xa3], FileKinds.Matroska), ("AC10"u8.ToArray(), FileKinds.Dwg), ("%!PS"u8.ToArray(), FileKinds.PostScript),
        ("SQLite format 3\0"u8.ToArray(), FileKinds.Sqlite), ("\0\x1\0\0Standard "u8.ToArray(), FileKinds.Database), ("{\\rt"u8.ToArray(), FileKinds.Rtf),
    ];

    private static readonly byte[][] MailFields =
        [.. "received: return-path: from: to: date: subject: message-id: mime-version: delivered-to: x-".Split(' ').Select(System.Text.Encoding.ASCII.GetBytes)];

    /// <summary>What the file is. ZIP and compound files are told apart further by what is in them.</summary>
    /// <param name="head">Its first <see cref="HeadBytes"/>, or all of it.</param>
    /// <param name="name">Its name, for texts.</param>
    public static FileKind Detect(ReadOnlySpan<byte> head, string name)
    {
        foreach (var (magic, kind) in AtStart)
        {
            if (head.StartsWith(magic) && (kind != FileKinds.Arj || FileKinds.ExtensionOf(name) == "arj") && (kind != FileKinds.Bzip2 || (head.Length > 3 && head[3] is >= (byte)'1' and <= (byte)'9')))
                return kind;
        }
        return Structured(head) ?? OfText(head, name) ?? FileKinds.Unknown;
    }

    private static FileKind? Structured(ReadOnlySpan<byte> head)
    {
        // A DOS header. A text that begins with MZ has no control bytes after it.
        if ((head.StartsWith("MZ"u8) || head.StartsWith("ZM"u8)) && head.Length >= 28 && head[2..28].ContainsAny(NotText))
            return head.Length >= 64 && BinaryPrimitives.ReadInt32LittleEndian(head[60..]) is > 0 ? FileKinds.Windows : FileKinds.Dos;
        // Java classes and universal programs of macOS share a mark; no program has 45 architectures.
        if (head.StartsWith((ReadOnlySpan<byte>)[0xca, 0xfe, 0xba, 0xbe]) && head.Length >= 8)
            return BinaryPrimitives.ReadUInt16BigEndian(head[6..]) >= 45 ? FileKinds.JavaClass : FileKinds.MachO;
        if (head.Length > 12 && head.StartsWith("RIFF"u8))
            return head[8..].StartsWith("AVI "u8) ? FileKinds.Avi : head[8..].StartsWith("WAVE"u8) ? FileKinds.Wav : head[8..].StartsWith("WEBP"u8) ? FileKinds.WebP : null;
        if (head.Length > 12 && head[4..].StartsWith("ftyp"u8))
            return head[8..].StartsWith("qt  "u8) ? FileKinds.Mov : head[8..].StartsWith("hei"u8) || head[8..].StartsWith("mif1"u8) ? FileKinds.Heic : FileKinds.Mp4;
        if (head.Length > 8 && (head[4..].StartsWith("moov"u8) || head[4..].StartsWith("mdat"u8)))
            return FileKinds.Mov;
        if (head.Length > 14 && head.StartsWith("BM"u8) && BinaryPrimitives.ReadInt32LittleEndian(head[6..]) == 0 && head[14] is 12 or 40 or 108 or 124)
            return FileKinds.Bmp;
        if (head.Length > 2 && head[0] == 0xff && (head[1] & 0xf6) == 0xf0)
            return FileKinds.Aac;
        if (head.Length > 2 && head[0] == 0xff && (head[1] & 0xe0) == 0xe0 && (head[1] & 0x06) is 2 or 4 && (head[2] & 0xf0) != 0xf0)
            return FileKinds.Mp3;
        if (head.Length > 14 && head[7..].StartsWith("**ACE**"u8))
            return FileKinds.Ace;
        if (head.Length > 7 && head[2] == '-' && head[3] == 'l' && head[6] == '-')
            return FileKinds.Lzh;
        if (head.Length > 262 && head[257..].StartsWith("ustar"u8))
            return FileKinds.Tar;
        if (head.Length > 0x8006 && (head[0x8001..].StartsWith("CD001"u8) || head[0x8001..].StartsWith("BEA01"u8)))
            return FileKinds.OpticalImage;
        // ext2, 3, 4; squashfs.
        if ((head.Length > 1082 && head[1080] == 0x53 && head[1081] == 0xef) || head.StartsWith("hsqs"u8))
            return FileKinds.DiskImage;
        // A boot sector: a jump, or a table of partitions.
        if (head.Length >= 512 && head[510] == 0x55 && head[511] == 0xaa && (head[0] is 0xeb or 0xe9 or 0xfa or 0x33 || head[..440].ContainsAny(NotText)))
            return FileKinds.DiskImage;
        if (head[..Math.Min(1024, head.Length)].IndexOf("%PDF-"u8) >= 0)
            return FileKinds.Pdf;
        // PKCS#7 signedData or envelopedData: a sequence that begins with its object identifier.
        if (head.Length >= 20 && head[0] == 0x30 && head[..20].IndexOf((ReadOnlySpan<byte>)[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07]) > 0)
            return FileKinds.Pkcs7;
        return null;
    }

    private static FileKind? OfText(ReadOnlySpan<byte> head, string name)
    {
        var isUtf16 = head.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || head.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]);
        if (!isUtf16 && head.ContainsAny(NotText))
            return null;
        var text = (isUtf16 ? System.Text.Encoding.ASCII.GetString([.. head.ToArray().Where(b => b is not 0 and < 0x80)]) : System.Text.Encoding.Latin1.GetString(head)).TrimStart('\u00ef', '\u00bb', '\u00bf', ' ', '\t', '\r', '\n');
        if (text.StartsWith("#!", StringComparison.Ordinal) || Begins(text, "@echo off") || Begins(text, "<job") || Begins(text, "<package><job") || Begins(text, "<component") || Begins(text, "<scriptlet") || Begins(text, "#@~^"))
            return FileKinds.Script;
        if (Begins(text, "Windows Registry Editor") || Begins(text, "REGEDIT4"))
            return FileKinds.Registry;
        if (Begins(text, "[InternetShortcut]") || Begins(text, "[{000214A0"))
            return FileKinds.InternetShortcut;
        if (Begins(text, "[Desktop Entry]"))
            return FileKinds.DesktopEntry;
        if (text.Contains("<hta:application", StringComparison.OrdinalIgnoreCase))
            return FileKinds.HtmlApplication;
        // The test file that every scanner knows is a program.
        if (text.StartsWith("X5O!P%@AP[4\\PZX54(P^)7CC)7}", StringComparison.Ordinal))
            return FileKinds.Dos;
        var extension = FileKinds.ExtensionOf(name);
        if (extension is "eml" or "mht" or "mhtml" || IsMail(head))
            return FileKinds.Mail;
        if (Begins(text, "BEGIN:VCALENDAR"))
            return FileKinds.Calendar;
        if (text.StartsWith("-----BEGIN PKCS7", StringComparison.Ordinal))
            return FileKinds.Pkcs7;
        if (Begins(text, "<!doctype html") || Begins(text, "<html") || extension is "htm" or "html" or "xhtml")
            return FileKinds.Html;
        if (Begins(text, "<?xml") || Begins(text, "<svg"))
            return text.Contains("<svg", StringComparison.OrdinalIgnoreCase) ? FileKinds.Svg : text.Contains("<html", StringComparison.OrdinalIgnoreCase) ? FileKinds.Html : FileKinds.Xml;
        return extension switch { "csv" or "tsv" => FileKinds.Csv, "json" => FileKinds.Json, "xml" => FileKinds.Xml, _ => FileKinds.Text };
    }

    // Two fields that every message has, one after the other.
    private static bool IsMail(ReadOnlySpan<byte> head)
    {
        var fields = 0;
        Span<byte> lower = stackalloc byte[16];
        for (var lines = 0; lines < 3 && !head.IsEmpty; lines++)
        {
            var length = MimeSection.FieldLength(head);
            var start = lower[..Math.Min(16, length)];
            for (var i = 0; i < start.Length; i++)
                start[i] = head[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(head[i] | 0x20) : head[i];
            var known = false;
            foreach (var field in MailFields)
                known |= start.StartsWith(field);
            if (!known)
                break;
            fields++;
            head = head[length..];
        }
        return fields >= 2;
    }

    private static bool Begins(string text, string with) => text.StartsWith(with, StringComparison.OrdinalIgnoreCase);
}
