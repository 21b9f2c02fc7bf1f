using System.IO.Compression;
using System.Text;
using System.Xml;

namespace CongVu.Formats.Documents;

/// <summary>The text of Office Open XML and OpenDocument files. XML is read element by element, without a DTD and within limits.</summary>
public static class PackageText
{
    private const int MaxParts = 500;
    private const long MaxPartBytes = 64L << 20;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxPartBytes, IgnoreComments = true, IgnoreProcessingInstructions = true, CloseInput = true,
    };

    /// <summary>Reads up to <paramref name="max"/> characters.</summary>
    /// <param name="file">The file, where one can go back and forth; it stays open.</param>
    /// <param name="kind">"docx", "xlsx", "pptx", "odt", "ods", "odp".</param>
    /// <param name="max">Characters.</param>
    public static string Of(Stream file, string kind, int max)
    {
        var text = new StringBuilder();
        try
        {
            file.Position = 0;
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            foreach (var entry in archive.Entries.Where(e => IsText(e.FullName, kind)).OrderBy(e => e.FullName, StringComparer.Ordinal).Take(MaxParts))
            {
                if (text.Length >= max)
                    break;
                using var reader = XmlReader.Create(entry.Open(), Settings);
                Append(reader, text, max);
            }
        }
        catch (Exception error) when (error is XmlException or InvalidDataException or NotSupportedException)
        {
            // What could be read of it is its text.
        }
        return text.Length > max ? text.ToString(0, max) : text.ToString();
    }

    private static bool IsText(string part, string kind) => kind switch
    {
        "docx" => part is "word/document.xml" or "word/footnotes.xml" or "word/endnotes.xml" or "word/comments.xml" || (part.StartsWith("word/header", StringComparison.Ordinal) || part.StartsWith("word/footer", StringComparison.Ordinal)) && part.EndsWith(".xml", StringComparison.Ordinal),
        "xlsx" => part == "xl/sharedStrings.xml" || (part.StartsWith("xl/worksheets/sheet", StringComparison.Ordinal) && part.EndsWith(".xml", StringComparison.Ordinal)),
        "pptx" => (part.StartsWith("ppt/slides/slide", StringComparison.Ordinal) || part.StartsWith("ppt/notesSlides/", StringComparison.Ordinal)) && part.EndsWith(".xml", StringComparison.Ordinal),
        "odt" or "ods" or "odp" or "odf" => part is "content.xml" or "styles.xml",
        _ => false,
    };

    // Runs of a paragraph are one line: a mark may be written in several runs.
    private static void Append(XmlReader reader, StringBuilder text, int max)
    {
        var isSheet = false;
        while (text.Length < max && reader.Read())
        {
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)
            {
                // Cells of a sheet point to shared strings by number; their own numbers are no words.
                if (!isSheet)
                    text.Append(reader.Value);
            }
            else if (reader.NodeType == XmlNodeType.Element)
            {
                isSheet = reader.LocalName is "v" or "f";
                if (reader.LocalName is "tab" or "s" or "br" or "line-break")
                    text.Append(reader.LocalName is "br" or "line-break" ? '\n' : ' ');
            }
            else if (reader.NodeType == XmlNodeType.EndElement)
            {
                isSheet = false;
                if (reader.LocalName is "p" or "h" or "si" or "row" or "is" or "table-cell")
                    text.Append('\n');
            }
        }
    }
}
