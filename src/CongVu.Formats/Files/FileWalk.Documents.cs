using System.Buffers.Binary;
using System.Text;
using CongVu.Formats.Documents;

namespace CongVu.Formats.Files;

public sealed partial class FileWalk
{
    private static readonly Guid[] InstallerClasses =
        [new("000c1084-0000-0000-c000-000000000046"), new("000c1082-0000-0000-c000-000000000046"), new("000c1086-0000-0000-c000-000000000046")];

    /// <summary>Bytes of a part of a document that are searched.</summary>
    private const int MaxPartBytes = 1 << 20;

    // Office Open XML and OpenDocument: macros, templates from elsewhere, encryption; and their text.
    private void Package(Stream file, List<SharpCompress.Archives.IArchiveEntry> entries, HashSet<string> names, FileKind kind, string path)
    {
        var isOpenDocument = kind == FileKinds.Odt || kind == FileKinds.Ods || kind == FileKinds.Odp || kind == FileKinds.OpenDocument;
        var active = isOpenDocument
            ? names.Any(n => (n.StartsWith("Basic/", StringComparison.OrdinalIgnoreCase) && !n.EndsWith('/')) || n.StartsWith("Scripts/", StringComparison.OrdinalIgnoreCase))
            : names.Any(n => n.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase) || n.Contains("/macrosheets/", StringComparison.OrdinalIgnoreCase) || n.Contains("/activeX/", StringComparison.OrdinalIgnoreCase));
        if (!active && !isOpenDocument)
        {
            // A template that is fetched when the document is opened brings its macros along.
            active = entries.Where(e => (e.Key ?? "").EndsWith(".rels", StringComparison.OrdinalIgnoreCase) && e.Size < MaxPartBytes && !e.IsEncrypted).Any(e =>
            {
                using var reader = new StreamReader(e.OpenEntryStream());
                var text = reader.ReadToEnd();
                Count(text.Length);
                return text.Contains("attachedTemplate", StringComparison.OrdinalIgnoreCase) && text.Contains("\"External\"", StringComparison.OrdinalIgnoreCase);
            });
        }
        if (active)
            Add(FileConcern.ActiveContent, path, kind);
        if (isOpenDocument && entries.Find(e => e.Key == "META-INF/manifest.xml") is { Size: < MaxPartBytes, IsEncrypted: false } manifest)
        {
            using var reader = new StreamReader(manifest.OpenEntryStream());
            if (reader.ReadToEnd().Contains("encryption-data", StringComparison.Ordinal))
            {
                Add(FileConcern.Encrypted, path, kind);
                return;
            }
        }
        AddText(path, max => PackageText.Of(file, kind.Id, max));
    }

    private FileKind Compound(Stream file, string path, int depth)
    {
        var compound = CompoundFile.Open(file);
        var root = compound.Entries.Find(e => e.Type == 5);
        var kind = root is not null && InstallerClasses.Contains(root.ClassId) ? FileKinds.Installer
            : compound.Find("EncryptedPackage") is not null ? FileKinds.Package
            : compound.Find("WordDocument") is not null ? FileKinds.Doc
            : compound.Find("Workbook") is not null || compound.Find("Book") is not null ? FileKinds.Xls
            : compound.Find("PowerPoint Document") is not null ? FileKinds.Ppt
            : compound.Find("VisioDocument") is not null ? FileKinds.Visio
            : compound.Find("__properties_version1.0") is not null ? FileKinds.Msg
            : FileKinds.Compound;
        if (kind == FileKinds.Installer)
        {
            Add(FileConcern.Executable, path, kind);
            return kind;
        }
        if (IsEncrypted(compound, kind))
        {
            Add(FileConcern.Encrypted, path, kind);
            return compound.Find("EncryptedPackage") is not null ? FileKinds.Docx : kind;
        }
        if (compound.Entries.Exists(e => e.Name is "_VBA_PROJECT" or "_VBA_PROJECT_CUR" or "VBA" or "Macros") || (kind == FileKinds.Xls && HasMacroSheet(compound)))
            Add(FileConcern.ActiveContent, path, kind);
        // Objects put into a document: a package is a file of any kind, with its name in front.
        foreach (var package in compound.Entries.Where(e => e.Name.EndsWith("Ole10Native", StringComparison.Ordinal)))
            Add(RunsInPackage(compound.Read(package, 64 * 1024)) ? FileConcern.Executable : FileConcern.ActiveContent, path, kind);
        if (kind == FileKinds.Msg)
            MessageOfOutlook(compound, path, depth);
        return kind;
    }

    private static bool IsEncrypted(CompoundFile compound, FileKind kind)
    {
        if (compound.Find("EncryptedPackage") is not null || compound.Find("EncryptedSummary") is not null || compound.Find("EncryptionInfo") is not null)
            return true;
        // [MS-DOC] 2.5.2: fEncrypted of the FIB.
        if (kind == FileKinds.Doc && compound.Find("WordDocument") is { } word)
            return compound.Read(word, 16) is { Length: 16 } fib && (fib[11] & 1) != 0;
        // [MS-XLS] 2.4.117: a FilePass record stands near the beginning.
        return kind == FileKinds.Xls && Records(compound).Any(r => r.Type == 0x2f);
    }

    // [MS-XLS] 2.4.28: a sheet of macros, whose formulas run.
    private static bool HasMacroSheet(CompoundFile compound) => Records(compound).Any(r => r.Type == 0x85 && r.Data.Length > 5 && r.Data[5] == 1);

    private static IEnumerable<(int Type, byte[] Data)> Records(CompoundFile compound)
    {
        if ((compound.Find("Workbook") ?? compound.Find("Book")) is not { } book)
            yield break;
        var bytes = compound.Read(book, 256 * 1024);
        for (var at = 0; at + 4 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at + 2));
            if (at + 4 + length > bytes.Length)
                yield break;
            yield return (BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)), bytes[(at + 4)..(at + 4 + length)]);
            at += 4 + length;
        }
    }

    private static bool RunsInPackage(byte[] package)
    {
        foreach (var name in Encoding.Latin1.GetString(package.AsSpan(0, Math.Min(1024, package.Length))).Split('\0'))
        {
            if (name.Length is > 3 and < 260 && name.Contains('.', StringComparison.Ordinal) && FileKinds.RunsByName(name))
                return true;
        }
        for (var at = package.AsSpan().IndexOf("MZ"u8); at >= 0;)
        {
            if (FileSignature.Detect(package.AsSpan(at), "") == FileKinds.Windows)
                return true;
            var next = package.AsSpan(at + 2).IndexOf("MZ"u8);
            at = next < 0 ? -1 : at + 2 + next;
        }
        return false;
    }

    // [MS-OXMSG] 2.2.3: the data of an attachment, property 3701.
    private void MessageOfOutlook(CompoundFile compound, string path, int depth)
    {
        foreach (var data in compound.Entries.Where(e => e.Name == "__substg1.0_37010102"))
        {
            var name = compound.Entries.Where(e => e.Name is "__substg1.0_3707001F" or "__substg1.0_3704001F").Select(e => Encoding.Unicode.GetString(compound.Read(e, 1024)).TrimEnd('\0')).FirstOrDefault(FileKinds.RunsByName) ?? "attachment";
            using var content = new MemoryStream(compound.Read(data, 32 << 20), writable: false);
            Nested(content, $"{path}/{name}", depth, isDocument: false);
        }
    }

    // Packages in rich text stand as hexadecimal numbers; writers of attacks put spaces and braces between.
    private void RichText(Stream file, string path)
    {
        const int maxBytes = 16 << 20;
        var bytes = new byte[(int)Math.Min(file.Length, maxBytes)];
        file.Position = 0;
        var text = bytes.AsSpan(0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        if (text.IndexOf("\\objdata"u8) >= 0 || text.IndexOf("\\objupdate"u8) >= 0 || text.IndexOf("\\objocx"u8) >= 0)
            Add(FileConcern.ActiveContent, path, FileKinds.Rtf);
        if (file.Length > maxBytes)
            Add(FileConcern.Unreadable, path, FileKinds.Rtf);
    }

    private void Pdf(Stream file, string path, int depth)
    {
        using var document = PdfText.Open(file);
        foreach (var (name, bytes) in PdfText.Files(document))
        {
            Count(bytes.Length);
            using var content = new MemoryStream(bytes, writable: false);
            Nested(content, $"{path}/{name}", depth, isDocument: true);
        }
        AddText(path, max => PdfText.Of(document, max));
    }
}
