using System.IO.Compression;
using System.Security.Cryptography;
using CongVu.Formats.Mime;
using SharpCompress.Archives;
using SharpCompress.Archives.Rar;
using SharpCompress.Archives.SevenZip;
using SharpCompress.Archives.Tar;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;
using SharpCompress.Readers;
using Zip = SharpCompress.Archives.Zip.ZipArchive;

namespace CongVu.Formats.Files;

public sealed partial class FileWalk
{
    private static ReaderOptions Options => new() { LeaveStreamOpen = true };

    // A ZIP is first what the names inside say: a document, a program, or a plain archive.
    private FileKind ZipFile(Stream file, string path, int depth)
    {
        using var archive = Zip.OpenArchive(file, Options);
        var entries = archive.Entries.Where(e => !e.IsDirectory).Take(limits.Files + 1).ToList();
        if (entries.Count > limits.Files)
            throw new LimitException();
        var names = entries.Select(e => (e.Key ?? "").Replace('\\', '/')).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var kind = PackageKind(entries, names);
        if (kind.IsExecutable)
        {
            Add(FileConcern.Executable, path, kind);
            return kind;
        }
        if (kind != FileKinds.Zip)
            Package(file, entries, names, kind, path);
        var isDocument = kind != FileKinds.Zip;
        foreach (var entry in entries)
        {
            var inner = $"{path}/{entry.Key}";
            CountUnpacked(entry.Size, entry.CompressedSize);
            if (entry.IsEncrypted)
            {
                files++;
                Add(FileKinds.RunsByName(inner) ? FileConcern.Executable : FileConcern.Encrypted, inner, FileKinds.RunsByName(inner) ? FileKinds.ByName : FileKinds.Unknown);
                continue;
            }
            if (isDocument && !MayHoldFiles(entry.Key ?? ""))
                continue;
            using var content = entry.OpenEntryStream();
            Nested(content, inner, depth, isDocument);
        }
        return kind;
    }

    // Parts of a document are not files of their own: only what runs among them is told.
    private void Nested(Stream content, string path, int depth, bool isDocument)
    {
        var before = findings.Count;
        try
        {
            File(content, path, depth + 1);
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException or CryptographicException or SharpCompress.Common.SharpCompressException)
        {
            Add(error is CryptographicException or SharpCompress.Common.CryptographicException ? FileConcern.Encrypted : FileConcern.Unreadable, path, FileKinds.Unknown);
        }
        if (isDocument)
            findings.RemoveAll(f => findings.IndexOf(f) >= before && f.Concern == FileConcern.OutsideList);
    }

    private static bool MayHoldFiles(string name) =>
        name.Contains("/embeddings/", StringComparison.OrdinalIgnoreCase) || name.Contains("Object ", StringComparison.Ordinal) || name.EndsWith(".bin", StringComparison.OrdinalIgnoreCase) || FileKinds.RunsByName(name);

    private static FileKind PackageKind(List<IArchiveEntry> entries, HashSet<string> names)
    {
        if (names.Contains("AndroidManifest.xml") || names.Any(n => n.EndsWith(".dex", StringComparison.OrdinalIgnoreCase)))
            return FileKinds.Android;
        if (names.Contains("META-INF/MANIFEST.MF") && names.Any(n => n.EndsWith(".class", StringComparison.OrdinalIgnoreCase)))
            return FileKinds.Jar;
        if (names.Contains("AppxManifest.xml") || names.Contains("AppxMetadata/AppxBundleManifest.xml"))
            return FileKinds.Installer;
        if (names.Contains("[Content_Types].xml"))
        {
            return names.Contains("word/document.xml") || names.Any(n => n.StartsWith("word/", StringComparison.OrdinalIgnoreCase)) ? FileKinds.Docx
                : names.Any(n => n.StartsWith("xl/", StringComparison.OrdinalIgnoreCase)) ? FileKinds.Xlsx
                : names.Any(n => n.StartsWith("ppt/", StringComparison.OrdinalIgnoreCase)) ? FileKinds.Pptx
                : FileKinds.Package;
        }
        if (entries.Find(e => e.Key == "mimetype") is not { IsEncrypted: false, Size: < 200 } first)
            return FileKinds.Zip;
        using var reader = new StreamReader(first.OpenEntryStream());
        return reader.ReadToEnd().Trim() switch
        {
            var t when t.StartsWith("application/vnd.oasis.opendocument.text", StringComparison.Ordinal) => FileKinds.Odt,
            var t when t.StartsWith("application/vnd.oasis.opendocument.spreadsheet", StringComparison.Ordinal) => FileKinds.Ods,
            var t when t.StartsWith("application/vnd.oasis.opendocument.presentation", StringComparison.Ordinal) => FileKinds.Odp,
            var t when t.StartsWith("application/vnd.oasis.opendocument", StringComparison.Ordinal) => FileKinds.OpenDocument,
            "application/epub+zip" => FileKinds.Epub,
            _ => FileKinds.Zip,
        };
    }

    private void Archive(Stream file, FileKind kind, string path, int depth)
    {
        using var archive = kind.Container switch
        {
            FileContainer.SevenZip => SevenZipArchive.OpenArchive(file, Options),
            FileContainer.Rar => RarArchive.OpenArchive(file, Options),
            _ => TarArchive.OpenArchive(file, Options),
        };
        // What is said of sizes is looked at before anything is unpacked; readers stop at what was said.
        var count = 0;
        var encrypted = false;
        var total = 0L;
        foreach (var entry in archive.Entries)
        {
            if (++count > limits.Files)
                throw new LimitException();
            total += Math.Max(0, entry.Size);
            if (!entry.IsEncrypted)
                continue;
            encrypted = true;
            var inner = $"{path}/{entry.Key}";
            Add(FileKinds.RunsByName(inner) ? FileConcern.Executable : FileConcern.Encrypted, inner, FileKinds.RunsByName(inner) ? FileKinds.ByName : FileKinds.Unknown);
        }
        CountUnpacked(total, file.Length);
        if (encrypted || count == 0)
        {
            if (count == 0 && file.Length > 64 && kind.Container != FileContainer.Tar)
                Add(FileConcern.Unreadable, path, kind);
            return;
        }
        if (kind.Container == FileContainer.Tar || (kind.Container == FileContainer.Rar && !archive.IsSolid))
        {
            foreach (var entry in archive.Entries.Where(e => !e.IsDirectory))
            {
                using var content = entry.OpenEntryStream();
                Nested(content, $"{path}/{entry.Key}", depth, isDocument: false);
            }
            return;
        }
        // Solid archives are unpacked in their order.
        using var reader = archive.ExtractAllEntries();
        while (reader.MoveToNextEntry())
        {
            if (reader.Entry.IsDirectory)
                continue;
            using var content = reader.OpenEntryStream();
            Nested(content, $"{path}/{reader.Entry.Key}", depth, isDocument: false);
        }
    }

    private void Compressed(Stream file, FileKind kind, string path, int depth)
    {
        using Stream content = kind.Container switch
        {
            FileContainer.Gzip => new GZipStream(file, CompressionMode.Decompress, leaveOpen: true),
            FileContainer.Bzip2 => BZip2Stream.Create(file, SharpCompress.Compressors.CompressionMode.Decompress, decompressConcatenated: true, leaveOpen: true),
            _ => new XZStream(file),
        };
        // "a.tar.gz" holds "a.tar".
        var name = Path.GetFileName(path);
        var dot = name.LastIndexOf('.');
        var inner = dot > 0 ? name[..dot] : name;
        if (FileKinds.ExtensionOf(path) is "tgz" or "tbz" or "tbz2" or "txz")
            inner += ".tar";
        Nested(new Ratio(this, content, file.Length), $"{path}/{inner}", depth, isDocument: false);
    }

    private void Outlook(Stream file, string path, int depth)
    {
        using var part = new MimeKit.Tnef.TnefPart { Content = new MimeKit.MimeContent(file) };
        foreach (var entity in part.ExtractAttachments())
        {
            using (entity)
            {
                if (entity is not MimeKit.MimePart { Content: { } content } attachment)
                    continue;
                using var decoded = content.Open();
                Nested(decoded, $"{path}/{attachment.FileName ?? "attachment"}", depth, isDocument: false);
            }
        }
    }

    // uuencode in a text: some mail programs show it as an attachment. Its first line names the file.
    private void UuEncoded(Stream message, MimePart part, string within)
    {
        const int maxBytes = 1 << 20;
        var bytes = new byte[(int)Math.Min(part.Size, maxBytes)];
        message.Position = part.BodyOffset;
        var text = bytes.AsSpan(0, message.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        for (var at = text.IndexOf("begin "u8); at >= 0;)
        {
            var line = text[at..];
            var end = line.IndexOf((byte)'\n');
            line = end < 0 ? line : line[..end];
            if ((at == 0 || text[at - 1] == '\n') && line.Length > 11 && line[6..9].IndexOfAnyExceptInRange((byte)'0', (byte)'7') < 0 && line[9] == ' ')
            {
                var name = System.Text.Encoding.UTF8.GetString(line[10..]).Trim();
                if (FileKinds.RunsByName(name))
                    Add(FileConcern.Executable, within + name, FileKinds.ByName);
            }
            var next = text[(at + 6)..].IndexOf("begin "u8);
            at = next < 0 ? -1 : at + 6 + next;
        }
    }

    /// <summary>Counts what one compressed file becomes.</summary>
    private sealed class Ratio(FileWalk walk, Stream inner, long packed) : Stream
    {
        private long total;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = inner.Read(buffer, offset, count);
            total += read;
            if (total > 10 << 20 && packed > 0 && total / packed > walk.limits.Ratio)
                throw new LimitException();
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
