using System.Text;
using CongVu.Formats.Mime;

namespace CongVu.Governance.Documents;

/// <summary>A CSV file (RFC 4180) as spreadsheets here write it: comma, semicolon or tab; UTF-8, UTF-16 or windows-1258; quoted cells may hold line ends.</summary>
internal static class DelimitedText
{
    internal static FileTable? Read(byte[] file)
    {
        // Binary formats have zeros, text in UTF-16 begins with its mark.
        var text = Decode(file);
        if (text is null)
            return null;
        var separator = SeparatorOf(text);
        var rows = new List<TableRow>();
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length && rows.Count < TableFile.MaxRows; i++)
        {
            var c = text[i];
            if (isQuoted)
            {
                if (c != '"')
                    Append(cell, c);
                else if (i + 1 < text.Length && text[i + 1] == '"')
                    Append(cell, text[i++]);
                else
                    isQuoted = false;
            }
            else if (c == '"' && cell.Length == 0)
            {
                isQuoted = true;
            }
            else if (c == separator)
            {
                EndCell(cells, cell);
            }
            else if (c == '\n')
            {
                EndCell(cells, cell);
                rows.Add(new(rows.Count + 1, [.. cells]));
                cells.Clear();
            }
            else if (c != '\r')
            {
                Append(cell, c);
            }
        }
        if (cell.Length > 0 || cells.Count > 0)
        {
            EndCell(cells, cell);
            rows.Add(new(rows.Count + 1, [.. cells]));
        }
        while (rows.Count > 0 && rows[^1].IsEmpty)
            rows.RemoveAt(rows.Count - 1);
        return new("csv", rows);
    }

    private static void Append(StringBuilder cell, char c)
    {
        if (cell.Length < TableFile.MaxCellChars)
            cell.Append(c);
    }

    private static void EndCell(List<string> cells, StringBuilder cell)
    {
        if (cells.Count < TableFile.MaxColumns)
            cells.Add(TableFile.Tidy(cell.ToString()));
        cell.Clear();
    }

    private static string? Decode(byte[] file)
    {
        if (file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]))
            return Encoding.Unicode.GetString(file.AsSpan(2));
        if (file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]))
            return Encoding.BigEndianUnicode.GetString(file.AsSpan(2));
        if (file.AsSpan().Contains((byte)0) || file.AsSpan().StartsWith("%PDF"u8))
            return null;
        var bytes = file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xef, 0xbb, 0xbf]) ? file.AsSpan(3).ToArray() : file;
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Charsets.Decode(bytes, "windows-1258");
    }

    // The one that stands most often in the first lines, quoted cells aside.
    private static char SeparatorOf(string text)
    {
        Span<int> counts = [0, 0, 0];
        const string separators = ",;\t";
        var isQuoted = false;
        var lines = 0;
        for (var i = 0; i < text.Length && lines < 5; i++)
        {
            if (text[i] == '"')
                isQuoted = !isQuoted;
            else if (text[i] == '\n' && !isQuoted)
                lines++;
            else if (!isQuoted && separators.IndexOf(text[i], StringComparison.Ordinal) is >= 0 and var at)
                counts[at]++;
        }
        return counts[2] >= counts[1] && counts[2] > counts[0] ? '\t' : counts[1] > counts[0] ? ';' : ',';
    }
}
