using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Wordprocessing;
using WordRow = DocumentFormat.OpenXml.Wordprocessing.TableRow;

namespace CongVu.Governance.Documents;

/// <summary>
/// Writes a document as DOCX in the layout of decree 30/2020/NĐ-CP, appendix I: A4, Times New Roman, national heading, number and sign, place and date, signatures, recipients,
/// and page numbers on top from the second page on. Rules are borders of empty paragraphs, which every program draws alike.
/// </summary>
public static class DocumentWriter
{
    private const string Font = "Times New Roman";

    /// <summary>Twentieths of a point in a millimetre.</summary>
    private const double Twips = 1440 / 25.4;
    private const int PageShort = 210;
    private const int PageLong = 297;
    private const int Top = 20;
    private const int Left = 30;
    private const int Right = 15;
    private const int Outdent = 8;

    // Millimetres of a letter of Times New Roman at 13 points, on average: for the lengths of rules.
    private const double LetterWidth = 2.35;
    private const double CapitalWidth = 3.15;

    /// <summary>The document's bytes.</summary>
    public static byte[] Write(OfficialDocument document)
    {
        var width = (document.IsLandscape ? PageLong : PageShort) - Left - Right;
        using var bytes = new MemoryStream();
        using (var file = WordprocessingDocument.Create(bytes, WordprocessingDocumentType.Document))
        {
            var main = file.AddMainDocumentPart();
            main.AddNewPart<StyleDefinitionsPart>().Styles = new(new DocDefaults(new RunPropertiesDefault(new RunPropertiesBaseStyle(Fonts(), new FontSize { Val = "28" }, new FontSizeComplexScript { Val = "28" }, new Languages { Val = "vi-VN" }))));
            var body = new Body();
            body.Append(Letterhead(document, width));
            body.Append(Heading(document, width));
            foreach (var block in document.Blocks)
                body.Append(Block(block, width));
            body.Append(Paragraph("", 6));
            body.Append(End(document, width));
            body.Append(Section(main, document.IsLandscape));
            main.Document = new(body);
            file.PackageProperties.Title = document.Title.Length > 0 ? document.Title : document.Subject;
            file.PackageProperties.Creator = document.Body;
        }
        return bytes.ToArray();
    }

    private static Table Letterhead(OfficialDocument document, int width)
    {
        // Both names fit on their lines where the heading reaches a little into the margin, as offices set it.
        var left = 78 + ((width - (PageShort - Left - Right)) / 2);
        var right = width + Outdent - left;
        var bodyCell = new List<OpenXmlElement>();
        if (document.Parent.Length > 0)
            bodyCell.Add(Paragraph(Upper(document.Parent), 12, Center));
        bodyCell.Add(Paragraph(Upper(document.Body), 12, Center, isBold: true));
        bodyCell.Add(Rule(left, Math.Min(document.Body.Length * CapitalWidth, left) * 0.4));
        // V/v stands 6 points below the number (a letter's subject).
        var subject = document.Title.Length == 0 && document.Subject.Length > 0 ? Paragraph($"V/v {document.Subject}", 12, Center, before: 6) : null;
        var heading = Borderless(
            width + Outdent,
            [left, right],
            [[bodyCell, [Paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12, Center, isBold: true), Paragraph("Độc lập - Tự do - Hạnh phúc", 13, Center, isBold: true), Rule(right, 60)]],
            [[Paragraph(document.NumberLine, 13, Center, before: 3), .. subject is null ? Array.Empty<OpenXmlElement>() : [subject]], [Paragraph(document.PlaceAndDate, 13.5, Center, isItalic: true, before: 3)]]]);
        heading.GetFirstChild<TableProperties>()!.InsertAfter(new TableIndentation { Width = -(int)(Outdent * Twips), Type = TableWidthUnitValues.Dxa }, heading.GetFirstChild<TableProperties>()!.TableWidth);
        return heading;
    }

    private static IEnumerable<OpenXmlElement> Heading(OfficialDocument document, int width)
    {
        if (document.Title.Length > 0)
        {
            yield return Paragraph(document.Title, 14, Center, isBold: true, before: 16);
            if (document.Subject.Length > 0)
                yield return Paragraph(document.Subject, 14, Center, isBold: true);
            var under = document.Subject.Length > 0 ? Math.Min(document.Subject.Length * LetterWidth, width) : Math.Min(document.Title.Length * CapitalWidth, width);
            yield return Rule(width, under * 0.4);
        }
        if (document.To is [var only])
        {
            yield return Paragraph($"Kính gửi: {only}", 14, Center, before: 12, after: 8);
        }
        else if (document.To.Count > 1)
        {
            yield return Paragraph("Kính gửi:", 14, before: 12, indent: 30);
            for (var i = 0; i < document.To.Count; i++)
                yield return Paragraph($"- {document.To[i]}{(i + 1 < document.To.Count ? ";" : ".")}", 14, indent: 45, after: i + 1 < document.To.Count ? 0 : 8);
        }
    }

    private static IEnumerable<OpenXmlElement> Block(Block block, int width)
    {
        switch (block)
        {
            case LineBlock line:
                yield return Line(line, width);
                break;
            case TableBlock table:
                yield return Grid(table, width);
                yield return Paragraph("", 4);
                break;
            case TextBlock text:
                yield return Paragraph(text.Text, 14, JustificationValues.Both, isBold: text.IsBold, before: 3, after: 3, firstLine: 12.7);
                break;
        }
    }

    private static Paragraph Line(LineBlock line, int width)
    {
        var paragraph = Paragraph(line.Value.Length > 0 ? $"{line.Label} {line.Value}" : line.Label, 14, before: 2, after: 2, firstLine: 12.7);
        if (line.Value.Length > 0)
            return paragraph;
        paragraph.ParagraphProperties!.Tabs = new(new TabStop { Val = TabStopValues.Right, Leader = TabStopLeaderCharValues.Dot, Position = (int)(width * Twips) });
        paragraph.Append(new Run(Properties(14), new TabChar()));
        return paragraph;
    }

    private static Table Grid(TableBlock table, int width)
    {
        var shares = table.Columns.Sum(c => c.Width);
        int[] widths = [.. table.Columns.Select(c => (int)(width * Twips * c.Width / shares))];
        var grid = new Table(
            new TableProperties(
                new TableWidth { Width = Text(widths.Sum()), Type = TableWidthUnitValues.Dxa },
                new TableIndentation { Width = 70, Type = TableWidthUnitValues.Dxa },
                new TableBorders(Border<TopBorder>(), Border<LeftBorder>(), Border<BottomBorder>(), Border<RightBorder>(), Border<InsideHorizontalBorder>(), Border<InsideVerticalBorder>()),
                new TableLayout { Type = TableLayoutValues.Fixed },
                new TableCellMarginDefault(new TableCellLeftMargin { Width = 70, Type = TableWidthValues.Dxa }, new TableCellRightMargin { Width = 70, Type = TableWidthValues.Dxa })),
            new TableGrid(widths.Select(w => new GridColumn { Width = Text(w) })));
        // The headings stand again on each page.
        grid.Append(new WordRow([new TableRowProperties(new CantSplit(), new TableHeader()), .. table.Columns.Select((c, i) => Cell(Paragraph(c.Title, 13, Center, isBold: true, before: 2, after: 2), widths[i]))]));
        foreach (var row in table.Rows)
            grid.Append(new WordRow([new TableRowProperties(new CantSplit()), .. table.Columns.Select((_, i) => Cell(Paragraph(i < row.Count ? row[i] : "", 13, i == 0 ? Center : JustificationValues.Left, before: 2, after: 2), widths[i]))]));
        return grid;
    }

    private static Table End(OfficialDocument document, int width)
    {
        if (document.Signatures.Count > 1)
        {
            int[] equal = [.. document.Signatures.Select(_ => width / document.Signatures.Count)];
            return Borderless(width, equal, [[.. document.Signatures.Select(SignatureCell)]]);
        }
        var recipients = new List<OpenXmlElement>();
        if (document.Recipients.Count > 0)
        {
            recipients.Add(Paragraph("Nơi nhận:", 12, isBold: true, isItalic: true));
            recipients.AddRange(document.Recipients.Select(r => Paragraph($"- {r};", 11)));
            recipients.Add(Paragraph("- Lưu: VT.", 11));
        }
        else
        {
            recipients.Add(Paragraph("", 11));
        }
        return Borderless(width, [width / 2, width - (width / 2)], [[recipients, SignatureCell(document.Signatures[0])]]);
    }

    private static List<OpenXmlElement> SignatureCell(Signature signature)
    {
        List<OpenXmlElement> cell = [.. signature.Authority.Select(a => Paragraph(a, 13.5, Center, isBold: true, keepNext: true))];
        if (signature.Hint.Length > 0)
            cell.Add(Paragraph(signature.Hint, 13, Center, isItalic: true, keepNext: true));
        // Room for the signature and the seal.
        for (var i = 0; i < 4; i++)
            cell.Add(Paragraph("", 14, Center, keepNext: true));
        cell.Add(Paragraph(signature.Name, 14, Center, isBold: true));
        return cell;
    }

    private static Table Borderless(int width, int[] widths, IReadOnlyList<List<OpenXmlElement>[]> rows)
    {
        var table = new Table(
            new TableProperties(new TableWidth { Width = Text((int)(width * Twips)), Type = TableWidthUnitValues.Dxa }, new TableLayout { Type = TableLayoutValues.Fixed }, new TableCellMarginDefault(new TableCellLeftMargin { Width = 0, Type = TableWidthValues.Dxa }, new TableCellRightMargin { Width = 0, Type = TableWidthValues.Dxa })),
            new TableGrid(widths.Select(w => new GridColumn { Width = Text((int)(w * Twips)) })));
        foreach (var row in rows)
            table.Append(new WordRow([new TableRowProperties(new CantSplit()), .. row.Select((content, i) => new TableCell([new TableCellProperties(new TableCellWidth { Width = Text((int)(widths[i] * Twips)), Type = TableWidthUnitValues.Dxa }), .. content]))]));
        return table;
    }

    private static TableCell Cell(Paragraph content, int twips) => new(
        new TableCellProperties(new TableCellWidth { Width = Text(twips), Type = TableWidthUnitValues.Dxa }, new TableCellVerticalAlignment { Val = TableVerticalAlignmentValues.Center }), content);

    private static JustificationValues Center => JustificationValues.Center;

    // A line of a length in the middle of its place.
    private static Paragraph Rule(int place, double length)
    {
        var indent = Text((int)((place - length) / 2 * Twips));
        return new(new ParagraphProperties(
            new ParagraphBorders(new TopBorder { Val = BorderValues.Single, Size = 6, Space = 1, Color = "000000" }),
            new SpacingBetweenLines { Before = "80", After = "0", Line = "80", LineRule = LineSpacingRuleValues.Exact },
            new Indentation { Left = indent, Right = indent }));
    }

    private static Paragraph Paragraph(
        string text, double size, JustificationValues? alignment = null, bool isBold = false, bool isItalic = false, double before = 0, double after = 0, double firstLine = 0, double indent = 0, bool keepNext = false)
    {
        var properties = new ParagraphProperties();
        if (keepNext)
            properties.KeepNext = new();
        properties.SpacingBetweenLines = new() { Before = Text((int)(before * 20)), After = Text((int)(after * 20)), Line = "240", LineRule = LineSpacingRuleValues.Auto };
        if (firstLine > 0 || indent > 0)
            properties.Indentation = new() { FirstLine = Text((int)(firstLine * Twips)), Left = Text((int)(indent * Twips)) };
        properties.Justification = new() { Val = alignment ?? JustificationValues.Left };
        var paragraph = new Paragraph(properties);
        var isFirst = true;
        foreach (var line in Clean(text).Split('\n'))
        {
            var run = new Run(Properties(size, isBold, isItalic));
            if (!isFirst)
                run.Append(new Break());
            run.Append(new Text(line) { Space = SpaceProcessingModeValues.Preserve });
            paragraph.Append(run);
            isFirst = false;
        }
        return paragraph;
    }

    private static RunProperties Properties(double size, bool isBold = false, bool isItalic = false)
    {
        var properties = new RunProperties { RunFonts = Fonts() };
        if (isBold)
            properties.Bold = new();
        if (isItalic)
            properties.Italic = new();
        properties.FontSize = new() { Val = Text((int)(size * 2)) };
        properties.FontSizeComplexScript = new() { Val = Text((int)(size * 2)) };
        return properties;
    }

    private static RunFonts Fonts() => new() { Ascii = Font, HighAnsi = Font, ComplexScript = Font, EastAsia = Font };

    private static SectionProperties Section(MainDocumentPart main, bool isLandscape)
    {
        var header = main.AddNewPart<HeaderPart>();
        header.Header = new(new Paragraph(
            new ParagraphProperties(new Justification { Val = JustificationValues.Center }),
            new Run(Properties(13), new FieldChar { FieldCharType = FieldCharValues.Begin }),
            new Run(Properties(13), new FieldCode(" PAGE ")),
            new Run(Properties(13), new FieldChar { FieldCharType = FieldCharValues.Separate }),
            new Run(Properties(13), new Text("2")),
            new Run(Properties(13), new FieldChar { FieldCharType = FieldCharValues.End })));
        var first = main.AddNewPart<HeaderPart>();
        first.Header = new(Paragraph("", 13));
        var (shortSide, longSide) = ((uint)(PageShort * Twips), (uint)(PageLong * Twips));
        return new(
            new HeaderReference { Type = HeaderFooterValues.Default, Id = main.GetIdOfPart(header) },
            new HeaderReference { Type = HeaderFooterValues.First, Id = main.GetIdOfPart(first) },
            isLandscape ? new PageSize { Width = longSide, Height = shortSide, Orient = PageOrientationValues.Landscape } : new PageSize { Width = shortSide, Height = longSide },
            new PageMargin { Top = (int)(Top * Twips), Bottom = (int)(Top * Twips), Left = (uint)(Left * Twips), Right = (uint)(Right * Twips), Header = (uint)(10 * Twips), Footer = (uint)(10 * Twips), Gutter = 0 },
            new TitlePage());
    }

    private static T Border<T>() where T : BorderType, new() => new() { Val = BorderValues.Single, Size = 4, Space = 0, Color = "000000" };

    private static string Upper(string text) => text.ToUpper(Signature.Vietnamese);

    // XML has no place for control characters, whoever typed them.
    private static string Clean(string text) => string.Concat(text.Where(c => c is '\n' || (!char.IsControl(c) && XmlCharacter(c))));

    private static bool XmlCharacter(char c) => c is not ('\ufffe' or '\uffff') && !char.IsSurrogate(c);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
