using CongVu.Formats.Text;
using CongVu.Governance.Documents;

namespace CongVu.Governance.Imports;

/// <summary>A list with a line of headings: its rows, by the columns that are known.</summary>
internal sealed class ImportTable
{
    /// <summary>Headings stand in the first lines, below titles.</summary>
    private const int MaxTitleRows = 30;

    private readonly Dictionary<string, int> columns;
    private readonly IReadOnlyList<string> headings;

    private ImportTable(IReadOnlyList<TableRow> rows, Dictionary<string, int> columns, IReadOnlyList<string> headings)
    {
        Rows = rows;
        this.columns = columns;
        this.headings = headings;
    }

    /// <summary>The rows below the headings that are not empty.</summary>
    public IReadOnlyList<TableRow> Rows { get; }

    /// <summary>Finds the table in a file; <paramref name="known"/> are columns and, beside each, its headings, folded and without signs.</summary>
    public static Result<ImportTable> Read(byte[] file, IReadOnlyDictionary<string, string[]> known, params IReadOnlyList<string[]> required)
    {
        var read = TableFile.Read(file);
        if (read.Fault != FileFault.None)
            return new Problem(ProblemKind.File, read.Fault.ToString());
        foreach (var table in read.Tables)
        {
            // The reader stops there; a list of which a part is missing is not imported.
            if (table.Rows.Count >= TableFile.MaxRows)
                return new Problem(ProblemKind.File, nameof(FileFault.TooLarge));
            foreach (var row in table.Rows.Take(MaxTitleRows))
            {
                var columns = new Dictionary<string, int>(StringComparer.Ordinal);
                for (var i = 0; i < row.Cells.Count; i++)
                {
                    var heading = Heading(row.Cells[i]);
                    if (known.FirstOrDefault(k => k.Value.Contains(heading)) is { Key: { } column })
                        columns.TryAdd(column, i);
                }
                if (required.Any(r => r.All(columns.ContainsKey)))
                    return new ImportTable([.. table.Rows.Where(r => r.Number > row.Number && !r.IsEmpty)], columns, row.Cells);
            }
        }
        return new Problem(ProblemKind.MissingColumns, string.Join(", ", required[0].Select(c => known[c][0])));
    }

    /// <summary>The list has the column.</summary>
    public bool Has(string column) => columns.ContainsKey(column);

    /// <summary>A cell; empty where the row or the list has none.</summary>
    public string Cell(TableRow row, string column) => columns.TryGetValue(column, out var i) && i < row.Cells.Count ? row.Cells[i].Trim() : "";

    /// <summary>A column as the file names it.</summary>
    public string HeadingOf(string column) => columns.TryGetValue(column, out var i) ? headings[i] : "";

    // "abbreviation_override", "Họ và tên (*)": letters and digits count.
    private static string Heading(string text) =>
        string.Join(' ', string.Concat(VietnameseFolding.Fold(text).Select(c => char.IsLetterOrDigit(c) ? c : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
