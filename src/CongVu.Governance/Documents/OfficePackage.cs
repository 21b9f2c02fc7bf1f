using System.IO.Compression;
using System.Xml;

namespace CongVu.Governance.Documents;

/// <summary>Why a file gave no tables.</summary>
public enum FileFault
{
    /// <summary>It did.</summary>
    None,

    /// <summary>Its kind is not one that is read: DOCX, XLSX and CSV are.</summary>
    NotKnown,

    /// <summary>It is broken, or not what its name says.</summary>
    Broken,

    /// <summary>It needs a password.</summary>
    Encrypted,

    /// <summary>It expands to more than any list is.</summary>
    TooLarge,
}

/// <summary>A file that cannot be read.</summary>
internal sealed class FileFaultException(FileFault fault) : Exception(fault.ToString())
{
    internal FileFault Fault => fault;
}

/// <summary>
/// An Open Packaging file (ECMA-376 part 2) from whoever sent it: each part is read as a stream under a budget of expanded bytes, whatever its directory says.
/// </summary>
internal sealed class OfficePackage : IDisposable
{
    /// <summary>Expanded bytes of all parts that are read: a list of 20,000 rows has some 10 MB.</summary>
    private const long MaxExpandedBytes = 64L << 20;

    /// <summary>A document of Office has some dozen parts.</summary>
    private const int MaxParts = 2_000;

    private readonly ZipArchive archive;
    private long left = MaxExpandedBytes;

    private OfficePackage(ZipArchive archive) => this.archive = archive;

    internal static OfficePackage Open(byte[] file)
    {
        try
        {
            var archive = new ZipArchive(new MemoryStream(file, writable: false), ZipArchiveMode.Read);
            return archive.Entries.Count > MaxParts ? throw new FileFaultException(FileFault.TooLarge) : new(archive);
        }
        catch (InvalidDataException)
        {
            throw new FileFaultException(FileFault.Broken);
        }
    }

    internal bool Has(string part) => archive.GetEntry(part) is not null;

    /// <summary>A part as XML without entities or anything from elsewhere; null where there is none.</summary>
    internal XmlReader? Read(string part)
    {
        if (archive.GetEntry(part.TrimStart('/')) is not { } entry)
            return null;
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = true, MaxCharactersInDocument = MaxExpandedBytes };
        return XmlReader.Create(new Budgeted(entry.Open(), this), settings);
    }

    public void Dispose() => archive.Dispose();

    /// <summary>Counts what is expanded.</summary>
    private sealed class Budgeted(Stream inner, OfficePackage of) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            of.left -= read;
            return of.left < 0 ? throw new FileFaultException(FileFault.TooLarge) : read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
