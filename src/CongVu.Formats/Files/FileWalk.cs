using System.Security.Cryptography;
using CongVu.Formats.Mime;

namespace CongVu.Formats.Files;

/// <summary>What was found in the files of a message. It decides nothing.</summary>
/// <param name="Findings">What is to be said against them; the gravest first.</param>
/// <param name="Texts">Texts of documents by their path, as far as the limits go.</param>
public sealed record FileReport(IReadOnlyList<FileFinding> Findings, IReadOnlyList<(string Path, string Text)> Texts);

/// <summary>
/// Looks at every attachment of a message, and into archives, documents and messages inside. Each file is known by its content; its name is only a second
/// reason to refuse. Parts are decoded as they are read, and only what must be read back and forth is put aside.
/// </summary>
public sealed partial class FileWalk
{
    private const int MaxFindings = 200;

    private readonly FileWalkLimits limits;
    private readonly string spool;
    private readonly List<FileFinding> findings = [];
    private readonly List<(string, string)> texts = [];
    private readonly CancellationToken cancellationToken;
    private int files;
    private long read;
    private long unpacked;
    private int characters;

    private FileWalk(FileWalkLimits limits, string spool, bool withTexts, CancellationToken cancellationToken)
    {
        this.limits = limits;
        this.spool = spool;
        this.cancellationToken = cancellationToken;
        characters = withTexts ? limits.TextCharacters : 0;
    }

    /// <summary>Looks at the attachments of a message.</summary>
    /// <param name="message">Its bytes, where one can go back and forth.</param>
    /// <param name="root">Its parts.</param>
    /// <param name="limits">How far.</param>
    /// <param name="spool">A folder for what does not fit into memory.</param>
    /// <param name="withTexts">Texts of documents are wanted too.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static FileReport OfMessage(Stream message, MimePart root, FileWalkLimits limits, string spool, bool withTexts, CancellationToken cancellationToken)
    {
        var walk = new FileWalk(limits, spool, withTexts, cancellationToken);
        walk.Part(message, root, "", 0);
        return walk.Report();
    }

    /// <summary>Looks at one file.</summary>
    public static FileReport OfFile(Stream file, string name, FileWalkLimits limits, string spool, bool withTexts, CancellationToken cancellationToken)
    {
        var walk = new FileWalk(limits, spool, withTexts, cancellationToken);
        walk.File(file, name, 0);
        return walk.Report();
    }

    private FileReport Report() => new([.. findings.OrderByDescending(f => f.Concern)], texts);

    private void Part(Stream message, MimePart part, string within, int depth)
    {
        foreach (var child in part.Children)
            Part(message, child, within, depth);
        if (part.Kind != PartKind.Leaf)
            return;
        var name = part.FileName.Length > 0 ? part.FileName : part.IsAttachment ? part.MediaType : "";
        // Texts of the message itself are not files, unless they are something else: programs were sent as texts before.
        if (name.Length == 0 && part.MediaType is "text/plain" or "text/html" or "text/calendar")
        {
            UuEncoded(message, part, within);
            return;
        }
        using var decoded = new DecodedPartStream(message, part.BodyOffset, part.Size, part.Encoding);
        if (part.Encoding == TransferEncoding.Unknown)
            Add(FileConcern.Unreadable, within + name, FileKinds.Unknown);
        var path = within + (name.Length > 0 ? name : part.MediaType);
        try
        {
            File(decoded, path, depth);
        }
        catch (LimitException)
        {
            Add(FileConcern.Unreadable, path, FileKinds.Unknown);
        }
    }

    // 1. What it is. 2. What its name says. 3. What is inside.
    private void File(Stream content, string path, int depth)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (++files > limits.Files || depth > limits.Depth)
        {
            Add(FileConcern.Unreadable, path, FileKinds.Unknown);
            return;
        }
        var head = new byte[FileSignature.HeadBytes];
        var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        Count(length);
        var kind = FileSignature.Detect(head.AsSpan(0, length), path);
        if (kind.IsExecutable)
        {
            Add(FileConcern.Executable, path, kind);
            return;
        }
        var extension = FileKinds.ExtensionOf(path);
        if (FileKinds.RunsByName(path) || (extension == "com" && (!kind.InCircular || kind == FileKinds.Text)))
        {
            Add(FileConcern.Executable, path, FileKinds.ByName);
            return;
        }
        if (FileKinds.HasMacrosByName(path))
            Add(FileConcern.ActiveContent, path, kind);
        if (kind.Container == FileContainer.Closed)
            Add(FileConcern.Unreadable, path, kind);
        if (kind == FileKinds.OneNote || kind == FileKinds.Database)
            Add(FileConcern.ActiveContent, path, kind);
        if (kind.Container is FileContainer.None or FileContainer.Closed)
        {
            if (!kind.InCircular && length > 0)
                Add(FileConcern.OutsideList, path, kind);
            return;
        }
        using var whole = SpooledFile.Of(head.AsSpan(0, length), new Counted(this, content), spool);
        Inside(whole, kind, path, depth);
    }

    // Readers of others' formats throw whatever they come upon. Whatever it is, the file could not be looked into.
    private void Inside(Stream file, FileKind kind, string path, int depth)
    {
        try
        {
            var exact = Open(file, kind, path, depth);
            if (!exact.InCircular && !exact.IsExecutable)
                Add(FileConcern.OutsideList, path, exact);
        }
        catch (LimitException)
        {
            Add(FileConcern.Unreadable, path, kind);
        }
        catch (Exception error) when (error is CryptographicException or SharpCompress.Common.CryptographicException or UglyToad.PdfPig.Exceptions.PdfDocumentEncryptedException)
        {
            Add(FileConcern.Encrypted, path, kind);
        }
#pragma warning disable CA1031
        catch (Exception error) when (error is not (OperationCanceledException or IOException { HResult: 28 or 122 }))
        {
            // Programs that show PDF forgive more than readers of its text do: one that cannot be read here is no reason to hold it.
            if (kind == FileKinds.Pdf)
                return;
            Add(FileConcern.Unreadable, path, kind);
        }
#pragma warning restore CA1031
    }

    // Returns what it was found to be.
    private FileKind Open(Stream file, FileKind kind, string path, int depth)
    {
        switch (kind.Container)
        {
            case FileContainer.Zip:
                return ZipFile(file, path, depth);
            case FileContainer.SevenZip or FileContainer.Rar or FileContainer.Tar:
                Archive(file, kind, path, depth);
                return kind;
            case FileContainer.Gzip or FileContainer.Bzip2 or FileContainer.Xz:
                Compressed(file, kind, path, depth);
                return kind;
            case FileContainer.Compound:
                return Compound(file, path, depth);
            case FileContainer.Rtf:
                RichText(file, path);
                break;
            case FileContainer.Pdf:
                Pdf(file, path, depth);
                break;
            case FileContainer.Tnef:
                Outlook(file, path, depth);
                break;
            case FileContainer.Mail:
                Part(file, MessageFacts.Read(file, cancellationToken).Root, path + "/", depth + 1);
                break;
        }
        return kind;
    }

    private void Add(FileConcern concern, string path, FileKind kind)
    {
        if (findings.Count < MaxFindings || concern > FileConcern.OutsideList)
            findings.Add(new(concern, path, kind));
    }

    private void AddText(string path, Func<int, string> extract)
    {
        if (characters <= 0)
            return;
        var text = extract(characters);
        characters -= text.Length;
        if (text.Length > 0)
            texts.Add((path, text));
    }

    private void Count(long bytes)
    {
        read += bytes;
        if (read > limits.ReadBytes)
            throw new LimitException();
    }

    private void CountUnpacked(long bytes, long packed)
    {
        if (bytes <= 0)
            return;
        unpacked += bytes;
        if (unpacked > limits.UnpackedBytes || (bytes > 10 << 20 && packed > 0 && bytes / packed > limits.Ratio))
            throw new LimitException();
    }

    /// <summary>A limit was reached.</summary>
    private sealed class LimitException : Exception;

    /// <summary>Counts what is read.</summary>
    private sealed class Counted(FileWalk walk, Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            walk.cancellationToken.ThrowIfCancellationRequested();
            var count = inner.Read(buffer);
            walk.Count(count);
            return count;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
