using CongVu.Governance.Resources;

namespace CongVu.Governance.Documents;

/// <summary>Why a cell, or what should be one, cannot be used.</summary>
public enum CellFault
{
    /// <summary>Nothing stands in it and something must.</summary>
    Empty,

    /// <summary>No telephone number of Vietnam.</summary>
    NotAPhone,

    /// <summary>No address of a mailbox.</summary>
    NotAnAddress,

    /// <summary>No day.</summary>
    NotADate,

    /// <summary>No name of a person.</summary>
    NotAName,

    /// <summary>No amount of storage.</summary>
    NotAnAmount,

    /// <summary>Longer than any entry.</summary>
    TooLong,

    /// <summary>Which action is asked for is not said, or more than one.</summary>
    UnclearAction,

    /// <summary>The same as in an earlier row.</summary>
    Repeated,

    /// <summary>The list lacks the column.</summary>
    MissingColumn,
}

/// <summary>A cell that cannot be read: where it is, what stands there, why.</summary>
/// <param name="Table">The sheet's name, or the number of a document's table.</param>
/// <param name="Row">The row in it, 1 for the first; 0 for the document as a whole.</param>
/// <param name="Column">The column's heading as written; the form's where the file has none.</param>
/// <param name="Read">What stands there.</param>
/// <param name="Fault">Why.</param>
/// <param name="Related">The earlier row of <see cref="CellFault.Repeated"/>.</param>
public sealed record CellProblem(string Table, int Row, string Column, string Read, CellFault Fault, int? Related = null)
{
    /// <summary>The row cannot be worked on before this is mended; other problems are only to be looked at.</summary>
    public bool IsBlocking => Fault is CellFault.Empty or CellFault.NotAnAddress or CellFault.NotAName or CellFault.NotAnAmount or CellFault.UnclearAction or CellFault.Repeated or CellFault.TooLong;

    /// <summary>As a sentence.</summary>
    public string Say(Wording wording)
    {
        var why = wording[$"cell.{Fault}", Related];
        return Row == 0 ? why : wording["cell.at", Table, Row, Column, Read, why];
    }
}

/// <summary>The upper part of a form.</summary>
public sealed record FormHead
{
    /// <summary>Số, ký hiệu; empty when the document has none yet.</summary>
    public string Number { get; init; } = "";

    /// <summary>The day in its place-and-date line.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>Who asks.</summary>
    public string Requester { get; init; } = "";

    /// <summary>That person's position.</summary>
    public string Position { get; init; } = "";

    /// <summary>Cơ quan, đơn vị công tác.</summary>
    public string Organization { get; init; } = "";

    /// <summary>Điện thoại liên lạc.</summary>
    public string Phone { get; init; } = "";
}

/// <summary>A row that was read.</summary>
/// <param name="Table">The sheet's name, or the number of a document's table.</param>
/// <param name="Number">The row in it.</param>
/// <param name="Subject">Whose mailbox.</param>
/// <param name="Action">What is asked for; null when it is not clear.</param>
/// <param name="Values">Its cells by what they hold, made uniform: telephone numbers as digits, days as yyyy-MM-dd, addresses in lower case. Empty ones are left out.</param>
public sealed record FormRow(string Table, int Number, FormSubject Subject, MailboxAction? Action, IReadOnlyDictionary<FormField, string> Values)
{
    /// <summary>A cell, or empty.</summary>
    public string this[FormField field] => Values.GetValueOrDefault(field, "");
}

/// <summary>What was read of a filled form or list.</summary>
/// <param name="Fault">Why the file cannot be read at all.</param>
/// <param name="Kind">Which form it is; null when that is not clear.</param>
/// <param name="Head">Its upper part.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Problems">Cells that cannot be read.</param>
public sealed record FormReading(FileFault Fault, FormKind? Kind, FormHead Head, IReadOnlyList<FormRow> Rows, IReadOnlyList<CellProblem> Problems);
