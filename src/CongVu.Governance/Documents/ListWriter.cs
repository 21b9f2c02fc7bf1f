using System.Globalization;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace CongVu.Governance.Documents;

/// <summary>Writes the forms as workbooks for long lists (A14.1): a sheet for organizations and one for people, every column as text, so that no zero in front is lost.</summary>
public static class ListWriter
{
    // In a list of ours the action is a column: the third form has none.
    private static readonly FormColumn Action = new(FormField.Action, "Yêu cầu", 14);

    /// <summary>The workbook of a form.</summary>
    public static byte[] Write(FormKind kind, FormFill fill)
    {
        var form = Form.Of(kind);
        using var bytes = new MemoryStream();
        using (var file = SpreadsheetDocument.Create(bytes, SpreadsheetDocumentType.Workbook))
        {
            var book = file.AddWorkbookPart();
            book.Workbook = new();
            book.AddNewPart<WorkbookStylesPart>().Stylesheet = Styles();
            var sheets = new Sheets();
            foreach (var section in form.Sections.Reverse())
            {
                var isPeople = section.Subject == FormSubject.People;
                IReadOnlyList<FormColumn> columns = kind == FormKind.RevokeDeleteRestore ? [.. section.Columns, Action] : section.Columns;
                var part = book.AddNewPart<WorksheetPart>();
                part.Worksheet = Sheet(form, section, columns, isPeople ? fill.People : fill.Organizations, fill.Action);
                sheets.Append(new Sheet { Id = book.GetIdOfPart(part), SheetId = isPeople ? 1u : 2u, Name = isPeople ? "Cá nhân" : "Cơ quan, đơn vị" });
            }
            book.Workbook.Append(sheets);
        }
        return bytes.ToArray();
    }

    private static Worksheet Sheet(Form form, FormSection section, IReadOnlyList<FormColumn> columns, IReadOnlyList<IReadOnlyDictionary<FormField, string>> rows, MailboxAction? action)
    {
        var data = new SheetData();
        data.Append(Row(1, [form.Title], 2));
        data.Append(Row(2, [section.Lead], 1));
        data.Append(Row(4, [.. columns.Select(c => c.Title)], 3));
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            data.Append(Row((uint)(i + 5), [.. columns.Select(c => Cell(c, row, i + 1, action))], 1));
        }
        return new(new Columns(columns.Select((c, i) => new Column { Min = (uint)(i + 1), Max = (uint)(i + 1), Width = Math.Max(6, c.Width * 1.3), CustomWidth = true, Style = 1 })), data);
    }

    private static string Cell(FormColumn column, IReadOnlyDictionary<FormField, string> row, int number, MailboxAction? action) => column.Field switch
    {
        FormField.Sequence => number.ToString(CultureInfo.InvariantCulture),
        FormField.Action => row.GetValueOrDefault(FormField.Action) ?? (action is { } asked ? Form.Words(asked) : ""),
        var field => FormWriter.Shown(field, row.GetValueOrDefault(field, "")),
    };

    private static Row Row(uint number, IReadOnlyList<string> cells, uint style) => new(cells.Select(c => new Cell { DataType = CellValues.InlineString, StyleIndex = style, InlineString = new(new Text(c) { Space = SpaceProcessingModeValues.Preserve }) })) { RowIndex = number };

    private static Stylesheet Styles() => new(
        new Fonts(new Font(new FontSize { Val = 13 }, new FontName { Val = "Times New Roman" }), new Font(new Bold(), new FontSize { Val = 13 }, new FontName { Val = "Times New Roman" })),
        new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
        new Borders(new Border(), new Border(new LeftBorder { Style = BorderStyleValues.Thin }, new RightBorder { Style = BorderStyleValues.Thin }, new TopBorder { Style = BorderStyleValues.Thin }, new BottomBorder { Style = BorderStyleValues.Thin })),
        new CellFormats(
            new CellFormat { FontId = 0 },
            new CellFormat { FontId = 0, NumberFormatId = 49, ApplyNumberFormat = true },
            new CellFormat { FontId = 1 },
            new CellFormat { FontId = 1, BorderId = 1, ApplyBorder = true, Alignment = new Alignment { WrapText = true, Horizontal = HorizontalAlignmentValues.Center }, ApplyAlignment = true }));
}
