using System.Globalization;
using System.Text;
using System.Xml;

namespace CongVu.Governance.Documents;

/// <summary>
/// Paragraphs and tables of a word-processing document (ECMA-376 part 1, WordprocessingML), read as a stream. Text that a revision took out is left out; a cell that
/// is merged downwards has its text in each row. A table inside a cell is text of that cell.
/// </summary>
internal sealed class DocumentText
{
    private const int MaxLines = 50_000;
    private const int MaxTables = 500;

    private readonly List<string> lines = [];
    private readonly List<FileTable> tables = [];
    private int rowsRead;

    internal static TableFile Read(OfficePackage package)
    {
        var document = new DocumentText();
        using var reader = package.Read("word/document.xml")!;
        while (reader.Read())
        {
            while (reader.NodeType == XmlNodeType.Element && IsSkipped(reader.LocalName))
                reader.Skip();
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (reader.LocalName == "p")
                document.AddLine(ParagraphOf(reader));
            else if (reader.LocalName == "tbl")
                document.ReadTable(reader);
        }
        return new(FileFault.None, document.lines, document.tables);
    }

    // A fallback says again what its choice said; deleted text was taken out.
    private static bool IsSkipped(string name) => name is "Fallback" or "del" or "moveFrom" or "instrText";

    private void AddLine(string text)
    {
        if (text.Length > 0 && lines.Count < MaxLines)
            lines.Add(text);
    }

    private static string ParagraphOf(XmlReader reader)
    {
        var text = new StringBuilder();
        ReadInto(text, reader, keepsLineEnds: false);
        return TableFile.Tidy(text.ToString());
    }

    // To the end of the element that the reader stands at.
    private static void ReadInto(StringBuilder text, XmlReader reader, bool keepsLineEnds)
    {
        if (reader.IsEmptyElement)
            return;
        var depth = reader.Depth;
        var isText = false;
        while (reader.Read() && reader.Depth > depth)
        {
            while (reader.NodeType == XmlNodeType.Element && IsSkipped(reader.LocalName) && reader.Depth > depth)
                reader.Skip();
            if (reader.Depth <= depth)
                return;
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when reader.LocalName == "t":
                    isText = !reader.IsEmptyElement;
                    break;
                case XmlNodeType.Element when reader.LocalName is "tab" or "br" or "cr" && text.Length > 0:
                    text.Append(' ');
                    break;
                case XmlNodeType.Element when reader.LocalName == "noBreakHyphen":
                    text.Append('-');
                    break;
                case XmlNodeType.EndElement when reader.LocalName == "t":
                    isText = false;
                    break;
                case XmlNodeType.EndElement when reader.LocalName == "p":
                    text.Append(keepsLineEnds ? '\n' : ' ');
                    break;
                case XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA when isText && text.Length < TableFile.MaxCellChars * 2:
                    TableFile.AppendText(text, reader);
                    break;
            }
        }
    }

    private void ReadTable(XmlReader reader)
    {
        if (tables.Count == MaxTables)
            throw new FileFaultException(FileFault.TooLarge);
        var rows = new List<TableRow>();
        if (!reader.IsEmptyElement)
        {
            var depth = reader.Depth;
            List<string>? above = null;
            while (reader.Read() && reader.Depth > depth)
            {
                if (reader.NodeType != XmlNodeType.Element || reader.LocalName != "tr")
                    continue;
                if (++rowsRead > TableFile.MaxRows)
                    throw new FileFaultException(FileFault.TooLarge);
                var cells = ReadRow(reader, above);
                above = cells;
                rows.Add(new(rows.Count + 1, cells));
            }
        }
        // The letterhead and the signatures stand in tables too: their lines are lines.
        foreach (var cell in rows.SelectMany(r => r.Cells.Distinct()))
        {
            foreach (var line in cell.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                AddLine(TableFile.Tidy(line));
        }
        tables.Add(new((tables.Count + 1).ToString(CultureInfo.InvariantCulture), [.. rows.Select(r => r with { Cells = [.. r.Cells.Select(TableFile.Tidy)] })]));
    }

    private static List<string> ReadRow(XmlReader reader, List<string>? above)
    {
        var cells = new List<string>();
        if (reader.IsEmptyElement)
            return cells;
        var depth = reader.Depth;
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            // Cells that are left out at the start of a row.
            if (reader.LocalName == "gridBefore" && int.TryParse(Value(reader), NumberStyles.None, CultureInfo.InvariantCulture, out var before))
                Add(cells, "", before);
            if (reader.LocalName == "tc")
                ReadCell(reader, cells, above);
        }
        return cells;
    }

    private static void ReadCell(XmlReader reader, List<string> cells, List<string>? above)
    {
        if (reader.IsEmptyElement)
        {
            Add(cells, "", 1);
            return;
        }
        var (span, isContinued) = (1, false);
        var text = new StringBuilder();
        var depth = reader.Depth;
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (reader.LocalName == "gridSpan" && int.TryParse(Value(reader), NumberStyles.None, CultureInfo.InvariantCulture, out var columns))
                span = columns;
            else if (reader.LocalName == "vMerge")
                isContinued = Value(reader) is null or "continue";
            else if (reader.LocalName is "p" or "tbl" && text.Length < TableFile.MaxCellChars)
            {
                ReadInto(text, reader, keepsLineEnds: true);
                text.Append('\n');
            }
        }
        var column = cells.Count;
        Add(cells, isContinued && above is not null && column < above.Count ? above[column] : text.ToString(), span);
    }

    private static string? Value(XmlReader reader) => reader.GetAttribute("val", reader.NamespaceURI);

    private static void Add(List<string> cells, string text, int columns)
    {
        for (var i = 0; i < Math.Min(columns, TableFile.MaxColumns) && cells.Count < TableFile.MaxColumns; i++)
            cells.Add(text);
    }
}
