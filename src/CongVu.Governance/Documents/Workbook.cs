using System.Globalization;
using System.Text;
using System.Xml;

namespace CongVu.Governance.Documents;

/// <summary>The visible sheets of a workbook (ECMA-376 part 1, SpreadsheetML), read as streams: texts as shown, dates as day/month/year.</summary>
internal sealed class Workbook
{
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    /// <summary>A merged heading covers some cells; a file that wants millions filled is no list.</summary>
    private const int MaxMergedCells = 500_000;
    private const int MaxTexts = 1_000_000;
    private const int MaxSheets = 50;

    private readonly OfficePackage package;
    private readonly List<string> texts = [];
    private readonly List<bool> dateStyles = [];
    private bool countsFrom1904;

    private Workbook(OfficePackage package) => this.package = package;

    internal static TableFile Read(OfficePackage package)
    {
        var book = new Workbook(package);
        var sheets = book.ReadSheets();
        book.ReadTexts();
        book.ReadStyles();
        return new(FileFault.None, [], [.. sheets.Select(s => new FileTable(s.Name, book.ReadRows(s.Part)))]);
    }

    private List<(string Name, string Part)> ReadSheets()
    {
        var parts = new Dictionary<string, string>();
        using (var relations = package.Read("xl/_rels/workbook.xml.rels"))
        {
            while (relations?.Read() == true)
            {
                if (relations.NodeType == XmlNodeType.Element && relations.LocalName == "Relationship" && relations.GetAttribute("Id") is { } id && relations.GetAttribute("Target") is { } target)
                    parts[id] = target.StartsWith('/') ? target[1..] : $"xl/{target}";
            }
        }
        var sheets = new List<(string, string)>();
        using var book = package.Read("xl/workbook.xml") ?? throw new FileFaultException(FileFault.Broken);
        while (book.Read())
        {
            if (book.NodeType != XmlNodeType.Element)
                continue;
            if (book.LocalName == "workbookPr")
                countsFrom1904 = book.GetAttribute("date1904") is "1" or "true";
            // What is hidden was not signed.
            else if (book.LocalName == "sheet" && book.GetAttribute("state") is null or "visible" && book.GetAttribute("id", Relations) is { } id && parts.TryGetValue(id, out var part) && sheets.Count < MaxSheets)
                sheets.Add((book.GetAttribute("name") ?? "", part));
        }
        return sheets;
    }

    private void ReadTexts()
    {
        using var reader = package.Read("xl/sharedStrings.xml");
        while (reader?.Read() == true)
        {
            if (reader.NodeType != XmlNodeType.Element || reader.LocalName != "si")
                continue;
            if (texts.Count == MaxTexts)
                throw new FileFaultException(FileFault.TooLarge);
            texts.Add(RichText(reader));
        }
    }

    // <si> or <is>: runs of <t>; readings of characters (rPh) are not part of the text.
    private static string RichText(XmlReader reader)
    {
        if (reader.IsEmptyElement)
            return "";
        var text = new StringBuilder();
        var depth = reader.Depth;
        while (reader.Read() && reader.Depth > depth)
        {
            while (reader.NodeType == XmlNodeType.Element && reader.LocalName == "rPh")
                reader.Skip();
            if (reader.Depth <= depth)
                break;
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace or XmlNodeType.CDATA && text.Length < TableFile.MaxCellChars)
                TableFile.AppendText(text, reader);
        }
        return TableFile.Tidy(text.ToString());
    }

    private void ReadStyles()
    {
        var dates = new HashSet<int>();
        using var reader = package.Read("xl/styles.xml");
        var isCellFormat = false;
        while (reader?.Read() == true)
        {
            if (reader.LocalName == "cellXfs")
                isCellFormat = reader.NodeType == XmlNodeType.Element;
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (reader.LocalName == "numFmt" && Number(reader.GetAttribute("numFmtId")) is { } own && IsDateFormat(reader.GetAttribute("formatCode") ?? ""))
                dates.Add(own);
            else if (reader.LocalName == "xf" && isCellFormat && dateStyles.Count < 100_000)
                dateStyles.Add(Number(reader.GetAttribute("numFmtId")) is { } format && (format is >= 14 and <= 17 or 22 or (>= 27 and <= 31) or 36 or (>= 50 and <= 58) || dates.Contains(format)));
        }
    }

    private static bool IsDateFormat(string code)
    {
        var isQuoted = false;
        foreach (var c in code)
        {
            if (c == '"')
                isQuoted = !isQuoted;
            else if (!isQuoted && c is 'y' or 'Y' or 'd' or 'D')
                return true;
        }
        return false;
    }

    private List<TableRow> ReadRows(string part)
    {
        var rows = new SortedDictionary<int, List<string>>();
        var merges = new List<string>();
        using var reader = package.Read(part);
        var row = 0;
        var column = 0;
        while (reader?.Read() == true)
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            switch (reader.LocalName)
            {
                case "row":
                    row = Number(reader.GetAttribute("r")) ?? row + 1;
                    column = 0;
                    break;
                case "c":
                    column = ColumnOf(reader.GetAttribute("r")) ?? column + 1;
                    var text = ReadCell(reader);
                    if (text.Length > 0 && column <= TableFile.MaxColumns)
                        Put(rows, row, column, text);
                    break;
                case "mergeCell" when reader.GetAttribute("ref") is { } covered && merges.Count < TableFile.MaxRows:
                    merges.Add(covered);
                    break;
            }
        }
        Merge(rows, merges);
        return [.. rows.Where(r => r.Value.Exists(c => c.Length > 0)).Select(r => new TableRow(r.Key, r.Value))];
    }

    private static void Put(SortedDictionary<int, List<string>> rows, int row, int column, string text)
    {
        if (!rows.TryGetValue(row, out var cells))
        {
            if (rows.Count == TableFile.MaxRows)
                throw new FileFaultException(FileFault.TooLarge);
            rows.Add(row, cells = []);
        }
        while (cells.Count < column)
            cells.Add("");
        cells[column - 1] = text;
    }

    private static void Merge(SortedDictionary<int, List<string>> rows, List<string> merges)
    {
        var left = MaxMergedCells;
        foreach (var covered in merges)
        {
            if (covered.Split(':') is not [var from, var to] || ColumnOf(from) is not { } firstColumn || ColumnOf(to) is not { } lastColumn || RowOf(from) is not { } firstRow || RowOf(to) is not { } lastRow)
                continue;
            if (!rows.TryGetValue(firstRow, out var first) || firstColumn > first.Count || first[firstColumn - 1] is not { Length: > 0 } text)
                continue;
            foreach (var row in rows.Keys.Where(r => r >= firstRow && r <= lastRow).ToArray())
            {
                for (var column = firstColumn; column <= Math.Min(lastColumn, TableFile.MaxColumns); column++)
                {
                    if (--left < 0)
                        throw new FileFaultException(FileFault.TooLarge);
                    Put(rows, row, column, text);
                }
            }
        }
    }

    private string ReadCell(XmlReader reader)
    {
        var type = reader.GetAttribute("t");
        var style = Number(reader.GetAttribute("s")) ?? 0;
        if (reader.IsEmptyElement)
            return "";
        var depth = reader.Depth;
        var value = "";
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (reader.LocalName == "is")
                value = RichText(reader);
            else if (reader.LocalName == "v")
                value = RichText(reader);
        }
        return type switch
        {
            "s" => Number(value) is { } index && index >= 0 && index < texts.Count ? texts[index] : "",
            "inlineStr" or "str" or "e" => value,
            "b" => value == "1" ? "x" : "",
            _ => Shown(value, style),
        };
    }

    // A number as people read it: a telephone number has no exponent, a day no count.
    private string Shown(string value, int style)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return value;
        if (style >= 0 && style < dateStyles.Count && dateStyles[style] && number is > 0 and < 2_958_465)
            return DateTime.FromOADate(countsFrom1904 ? number + 1_462 : number).ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);
        return Math.Abs(number) < 1e15 && number == Math.Floor(number) ? ((long)number).ToString(CultureInfo.InvariantCulture) : number.ToString("R", CultureInfo.InvariantCulture);
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int? ColumnOf(string? reference)
    {
        var column = 0;
        foreach (var c in reference ?? "")
        {
            if (!char.IsAsciiLetterUpper(c) || column > 20_000)
                break;
            column = (column * 26) + (c - 'A' + 1);
        }
        return column == 0 ? null : column;
    }

    private static int? RowOf(string reference) => Number(reference.TrimStart([.. "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"]));
}
