namespace CongVu.Governance.Imports;

/// <summary>How to import.</summary>
/// <param name="DryRun">Only say what would be done.</param>
/// <param name="Mailboxes">Make the mailboxes too.</param>
/// <param name="Reason">The reason recorded for abbreviations that the list sets and gives none for.</param>
public sealed record ImportOptions(bool DryRun, bool Mailboxes, string? Reason = null);

/// <summary>Something about a row of a list.</summary>
/// <param name="Row">Its number in the file, 1 is the first line.</param>
/// <param name="Column">The column as the file names it; empty for the whole row.</param>
/// <param name="Problem">What.</param>
public sealed record ImportFinding(int Row, string Column, Problem Problem);

/// <summary>What an import did, or would do.</summary>
/// <param name="Rows">Rows that are read.</param>
/// <param name="Added">Of these new.</param>
/// <param name="Changed">Known and changed.</param>
/// <param name="Unchanged">Known and as they were.</param>
/// <param name="Problems">What is wrong, row by row; with any, nothing is done.</param>
/// <param name="Notes">What an operator should look at; it is done all the same.</param>
/// <param name="IsDone">It was done, not only looked at.</param>
public sealed record ImportReport(int Rows, int Added, int Changed, int Unchanged, IReadOnlyList<ImportFinding> Problems, IReadOnlyList<ImportFinding> Notes, bool IsDone);
