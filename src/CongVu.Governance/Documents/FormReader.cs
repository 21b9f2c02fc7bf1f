using System.Globalization;
using System.Text.RegularExpressions;

namespace CongVu.Governance.Documents;

/// <summary>
/// Reads a filled form or a list back into rows (A6.1, A14.1). Columns are known by their headings, in whatever order and however spelled; columns that are not known
/// are passed over, missing ones are said. What a cell holds is made uniform, or named as unreadable; nothing is guessed about what is to be done.
/// </summary>
public static partial class FormReader
{
    /// <summary>How far down a sheet its headings may stand.</summary>
    private const int HeadingRows = 40;
    private const int MaxProblems = 500;

    /// <summary>Reads a file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="action">What is known to be asked for, from elsewhere.</param>
    public static FormReading Read(byte[] file, MailboxAction? action = null) => Read(TableFile.Read(file), action);

    /// <summary>The heading by which a column is known.</summary>
    public static string HeadingOf(FormField field) => FormWords.HeadingOf(field);

    /// <summary>Reads a file's tables.</summary>
    public static FormReading Read(TableFile file, MailboxAction? action = null)
    {
        // 1. The headings of every table, and the texts around: what stands above them in a sheet is like the paragraphs of a document.
        var found = new List<(FileTable Table, int Heading, Dictionary<FormField, int> Columns)>();
        var lines = new List<string>(file.Lines);
        foreach (var table in file.Tables)
        {
            var (heading, columns) = Heading(table);
            if (heading >= 0)
                found.Add((table, heading, columns));
            if (file.Lines.Count == 0)
                lines.AddRange(table.Rows.Take(heading < 0 ? HeadingRows : heading).Select(r => string.Join(' ', r.Cells.Distinct()).Trim()).Where(l => l.Length > 0));
        }

        // 2. Which form, and which action.
        var asked = AskedFor(lines);
        var kind = KindOf(asked, [.. found.SelectMany(f => f.Columns.Keys)]);
        var only = action ?? (asked.Count == 1 ? asked.First() : null);
        var problems = new List<CellProblem>();
        var rows = new List<FormRow>();
        foreach (var (table, heading, columns) in found)
            ReadRows(table, heading, columns, kind, only, rows, problems);
        if (rows.Exists(r => r.Action is null))
            problems.Insert(0, new("", 0, "", "", CellFault.UnclearAction));
        return new(file.Fault, kind, HeadOf(lines), rows, problems.Count > MaxProblems ? problems[..MaxProblems] : problems);
    }

    private static (int Row, Dictionary<FormField, int> Columns) Heading(FileTable table)
    {
        var (best, at) = (new Dictionary<FormField, int>(), -1);
        for (var i = 0; i < Math.Min(HeadingRows, table.Rows.Count); i++)
        {
            var columns = new Dictionary<FormField, int>();
            var cells = table.Rows[i].Cells;
            for (var column = 0; column < cells.Count; column++)
            {
                if ((column == 0 || cells[column] != cells[column - 1]) && FormWords.FieldOf(cells[column]) is { } field)
                    columns.TryAdd(field, column);
            }
            // A letterhead may hold one word that is a heading too; a list has whose mailbox and something more.
            var isList = columns.Count >= 2 && (columns.ContainsKey(FormField.PersonName) || columns.ContainsKey(FormField.OrganizationName) || columns.ContainsKey(FormField.Address));
            if (isList && columns.Count > best.Count)
                (best, at) = (columns, i);
        }
        return (at, best);
    }

    private static HashSet<MailboxAction> AskedFor(List<string> lines)
    {
        // The title and the sentences that ask; a name or a position may hold the same letters.
        var asked = new HashSet<MailboxAction>();
        foreach (var line in lines)
        {
            if (FormWords.Letters(line) is var letters && (letters.StartsWith("denghi", StringComparison.Ordinal) || letters.Contains("vvdenghi", StringComparison.Ordinal) || letters.StartsWith("noidung", StringComparison.Ordinal) || letters.StartsWith("danhsach", StringComparison.Ordinal) || Numbered().IsMatch(line)))
                asked.UnionWith(FormWords.ActionsIn(line));
        }
        return asked;
    }

    private static FormKind? KindOf(HashSet<MailboxAction> asked, HashSet<FormField> columns)
    {
        if (asked.Overlaps([MailboxAction.Revoke, MailboxAction.Delete, MailboxAction.Restore, MailboxAction.Reopen, MailboxAction.Terminate]))
            return FormKind.RevokeDeleteRestore;
        if (asked.Contains(MailboxAction.ResetPassword))
            return FormKind.PasswordReset;
        if (asked.Contains(MailboxAction.MoreStorage) || columns.Contains(FormField.Storage))
            return FormKind.MoreStorage;
        if (asked.Contains(MailboxAction.Change) || columns.Contains(FormField.ChangeTo))
            return FormKind.ChangeInformation;
        return asked.Contains(MailboxAction.Create) ? FormKind.NewMailboxes : null;
    }

    private static void ReadRows(FileTable table, int heading, Dictionary<FormField, int> columns, FormKind? kind, MailboxAction? only, List<FormRow> rows, List<CellProblem> problems)
    {
        var subject = columns.ContainsKey(FormField.PersonName) || !columns.ContainsKey(FormField.OrganizationName) ? FormSubject.People : FormSubject.Organizations;
        var headings = table.Rows[heading].Cells;
        if (kind is { } form)
        {
            foreach (var column in Form.Of(form).Section(subject).Columns)
            {
                if (column.Field is not (FormField.Sequence or FormField.Reason) && !columns.ContainsKey(column.Field))
                    problems.Add(new(table.Name, table.Rows[heading].Number, column.Title, "", CellFault.MissingColumn));
            }
        }
        var seen = new Dictionary<string, int>();
        var group = "";
        foreach (var row in table.Rows.Skip(heading + 1))
        {
            if (row.IsEmpty || IsHeadingAgain(row, headings, columns))
                continue;
            if (GroupOf(row, columns) is { } title)
            {
                group = title;
                continue;
            }
            var values = new Dictionary<FormField, string>();
            foreach (var (field, column) in columns)
            {
                var text = column < row.Cells.Count ? CellText.Filled(row.Cells[column]) : "";
                if (text.Length == 0 || field == FormField.Sequence)
                    continue;
                var (value, fault) = ReadCell(field, text);
                if (fault is { } why)
                    problems.Add(new(table.Name, row.Number, headings[column], text, why));
                if (value is not null)
                    values[field] = value;
            }
            // A template's lines have only their numbers.
            if (values.Count == 0 && !problems.Exists(p => p.Table == table.Name && p.Row == row.Number))
                continue;
            if (group.Length > 0)
                values.TryAdd(FormField.Unit, group);
            var named = values.GetValueOrDefault(FormField.Action) is { } said ? FormWords.ActionsIn(said) : [];
            var action = named.Count == 1 ? named.First() : named.Count > 1 ? null : only ?? (kind == FormKind.RevokeDeleteRestore ? null : Usual(kind));
            CheckWhole(table.Name, row.Number, subject, columns, headings, values, kind, seen, problems);
            rows.Add(new(table.Name, row.Number, subject, action, values));
        }
    }

    // A list of people without a title, or one of another form, asks for what its form is for.
    private static MailboxAction? Usual(FormKind? kind) => kind switch
    {
        FormKind.NewMailboxes => MailboxAction.Create,
        FormKind.ChangeInformation => MailboxAction.Change,
        FormKind.PasswordReset => MailboxAction.ResetPassword,
        FormKind.MoreStorage => MailboxAction.MoreStorage,
        _ => null,
    };

    private static (string? Value, CellFault? Fault) ReadCell(FormField field, string text)
    {
        if (text.Length >= TableFile.MaxCellChars)
            return (null, CellFault.TooLong);
        return field switch
        {
            FormField.Phone => CellText.Phone(text) is { } phone ? (phone, null) : (null, CellFault.NotAPhone),
            FormField.Address => CellText.MailboxAddress(text) is { } address ? (address, null) : (null, CellFault.NotAnAddress),
            FormField.BirthDate or FormField.ServiceStart => Day(text, isRough: true),
            FormField.DecisionDate or FormField.EffectiveDate => Day(text, isRough: false),
            FormField.PersonName => CellText.IsName(text) ? (text, null) : (null, CellFault.NotAName),
            FormField.Storage => CellText.Storage(text) is { } bytes ? (bytes.ToString(CultureInfo.InvariantCulture), null) : (null, CellFault.NotAnAmount),
            _ => (text, null),
        };
    }

    private static (string?, CellFault?) Day(string text, bool isRough) =>
        CellText.Date(text, isRough) is { } date ? (date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), null) : (null, CellFault.NotADate);

    // What each row needs: whom it is about, and the same one only once.
    private static void CheckWhole(
        string table, int number, FormSubject subject, Dictionary<FormField, int> columns, IReadOnlyList<string> headings, Dictionary<FormField, string> values, FormKind? kind, Dictionary<string, int> seen, List<CellProblem> problems)
    {
        bool IsNamed(FormField field) => problems.Exists(p => p.Table == table && p.Row == number && columns.TryGetValue(field, out var at) && p.Column == headings[at]);
        void Need(FormField field)
        {
            if (!values.ContainsKey(field) && columns.TryGetValue(field, out var at) && !IsNamed(field))
                problems.Add(new(table, number, headings[at], "", CellFault.Empty));
        }

        Need(subject == FormSubject.People ? FormField.PersonName : FormField.OrganizationName);
        if (kind is not (FormKind.NewMailboxes or null))
            Need(FormField.Address);
        if (kind == FormKind.ChangeInformation)
            Need(FormField.ChangeTo);
        if (kind == FormKind.MoreStorage)
            Need(FormField.Storage);

        // Namesakes are two people when anything sets them apart.
        var key = kind == FormKind.ChangeInformation
            ? string.Join('\n', values.OrderBy(v => v.Key).Select(v => FormWords.Letters(v.Value)))
            : values.TryGetValue(FormField.Address, out var address) ? address : string.Join('\n', values.OrderBy(v => v.Key).Select(v => $"{v.Key}:{FormWords.Letters(v.Value)}"));
        if (key.Length > 0 && !seen.TryAdd(key, number))
            problems.Add(new(table, number, columns.TryGetValue(FormField.Address, out var column) || columns.TryGetValue(FormField.PersonName, out column) || columns.TryGetValue(FormField.OrganizationName, out column) ? headings[column] : "", values.GetValueOrDefault(FormField.Address) ?? values.GetValueOrDefault(FormField.PersonName) ?? "", CellFault.Repeated, seen[key]));
    }

    // The headings of a second page, the second line of headings, and the line "(1) (2) (3)" below them.
    private static bool IsHeadingAgain(TableRow row, IReadOnlyList<string> headings, Dictionary<FormField, int> columns)
    {
        if (row.Cells.SequenceEqual(headings))
            return true;
        var filled = row.Cells.Where(c => c.Length > 0).ToArray();
        if (filled.Length > 1 && filled.All(c => ColumnNumber().IsMatch(c)))
            return true;
        return columns.Count(c => c.Value < row.Cells.Count && FormWords.FieldOf(row.Cells[c.Value]) == c.Key) * 2 > columns.Count;
    }

    // A line across the list, "I. Văn phòng Sở": the unit of the rows below.
    private static string? GroupOf(TableRow row, Dictionary<FormField, int> columns)
    {
        var filled = row.Cells.Where(c => c.Length > 0).Distinct().ToArray();
        if (filled.Length != 1 || row.Cells.Count(c => c.Length > 0) < 2 || columns.Count < 2)
            return Roman().Match(string.Join(' ', filled)) is { Success: true } match && filled.Length <= 2 && !columns.Values.Skip(2).Any(c => c < row.Cells.Count && row.Cells[c].Length > 0) ? match.Groups[1].Value : null;
        return Roman().Match(filled[0]) is { Success: true } numbered ? numbered.Groups[1].Value : filled[0];
    }

    private static FormHead HeadOf(List<string> lines)
    {
        string After(string letters)
        {
            foreach (var line in lines)
            {
                var colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0 && FormWords.Letters(line.AsSpan(0, colon).ToString()) is var before && before.EndsWith(letters, StringComparison.Ordinal))
                    return CellText.Filled(line[(colon + 1)..]);
            }
            return "";
        }

        var number = After("so");
        DateOnly? date = null;
        foreach (var line in lines)
        {
            if (PlaceAndDate().Match(CongVu.Formats.Text.VietnameseFolding.Fold(line)) is { Success: true } match)
                date ??= CellText.Date(match.Value, isRough: false);
        }
        return new()
        {
            Number = Spaces().Replace(number, "").Any(char.IsDigit) ? Spaces().Replace(number, "") : "",
            Date = date,
            Requester = After("hovatennguoiyeucau"),
            Position = After("chucvu"),
            Organization = After("coquandonvicongtac"),
            Phone = After("dienthoailienlac") is { Length: > 0 } phone ? CellText.Phone(phone) ?? phone : "",
        };
    }

    [GeneratedRegex(@"^\s*\d+\s*[.)/]")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^\(?\d{1,2}\)?$")]
    private static partial Regex ColumnNumber();

    [GeneratedRegex(@"^\s*(?:[IVX]{1,5}[.)\-–\s]|[A-Z][.)])\s*(\S.*)$")]
    private static partial Regex Roman();

    [GeneratedRegex(@"ngay\s*\d{1,2}\s*thang\s*\d{1,2}\s*nam\s*\d{4}")]
    private static partial Regex PlaceAndDate();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
