using System.Text;
using System.Xml;

namespace CongVu.Governance.Documents;

/// <summary>A row of a table as its file has it.</summary>
/// <param name="Number">Its number in the sheet, or in the table of a document; 1 is the first.</param>
/// <param name="Cells">Texts of the cells, composed, without line ends at their edges. A merged cell stands in every place that it covers.</param>
public sealed record TableRow(int Number, IReadOnlyList<string> Cells)
{
    /// <summary>Nothing stands in it.</summary>
    public bool IsEmpty => Cells.All(string.IsNullOrWhiteSpace);
}

/// <summary>A table: a sheet of a workbook, a table of a document, a CSV file.</summary>
/// <param name="Name">The sheet's name; of a document's table its number.</param>
/// <param name="Rows">Its rows in their order; empty ones at the end are left out.</param>
public sealed record FileTable(string Name, IReadOnlyList<TableRow> Rows);

/// <summary>
/// The tables of a file that somebody filled in, as text: DOCX, XLSX or CSV, known by content and not by name. What it expands to is bounded, whatever it claims.
/// </summary>
/// <param name="Fault">Why nothing could be read.</param>
/// <param name="Lines">Paragraphs outside of tables, and rows of layout tables as lines; of a document only.</param>
/// <param name="Tables">The tables.</param>
public sealed record TableFile(FileFault Fault, IReadOnlyList<string> Lines, IReadOnlyList<FileTable> Tables)
{
    /// <summary>Rows that are read of a file; more than a province has people.</summary>
    public const int MaxRows = 60_000;

    /// <summary>Columns that are read of a row.</summary>
    public const int MaxColumns = 64;

    /// <summary>Characters that are read of a cell; what is longer is no entry of a list.</summary>
    public const int MaxCellChars = 2_000;

    private static readonly byte[] ZipMark = [0x50, 0x4b, 0x03, 0x04];

    // Compound files: the old formats of Office, and new ones under a password.
    private static readonly byte[] CompoundMark = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

    /// <summary>Reads a file.</summary>
    public static TableFile Read(byte[] file)
    {
        try
        {
            if (file.AsSpan().StartsWith(CompoundMark))
                return Faulty(file.AsSpan().IndexOf("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"u8) >= 0 ? FileFault.Encrypted : FileFault.NotKnown);
            if (!file.AsSpan().StartsWith(ZipMark))
                return DelimitedText.Read(file) is { } table ? new(FileFault.None, [], [table]) : Faulty(FileFault.NotKnown);
            using var package = OfficePackage.Open(file);
            if (package.Has("word/document.xml"))
                return DocumentText.Read(package);
            return package.Has("xl/workbook.xml") ? Workbook.Read(package) : Faulty(FileFault.NotKnown);
        }
        catch (FileFaultException fault)
        {
            return Faulty(fault.Fault);
        }
        catch (Exception error) when (error is XmlException or InvalidDataException or FormatException or OverflowException or EndOfStreamException or IOException)
        {
            return Faulty(error.InnerException is FileFaultException inner ? inner.Fault : FileFault.Broken);
        }
    }

    /// <summary>The text of a cell as it is compared: composed, single spaces, line ends kept as spaces.</summary>
    internal static string Tidy(string text) => Addresses.AddressLetters.Tidy(text.Length > MaxCellChars ? text[..MaxCellChars] : text);

    /// <summary>Adds the text node that the reader stands at, piece by piece: what is longer than any cell is never held as a whole.</summary>
    internal static void AppendText(StringBuilder text, XmlReader reader)
    {
        var piece = new char[MaxCellChars];
        if (!reader.CanReadValueChunk)
            throw new FileFaultException(FileFault.Broken);
        for (int read; (read = reader.ReadValueChunk(piece, 0, piece.Length)) > 0;)
        {
            if (text.Length < MaxCellChars * 2)
                text.Append(piece, 0, read);
        }
    }

    private static TableFile Faulty(FileFault fault) => new(fault, [], []);
}
