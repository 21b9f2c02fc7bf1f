using System.Globalization;

namespace CongVu.Governance.Documents;

/// <summary>A part of a document's body.</summary>
public abstract record Block;

/// <summary>A paragraph.</summary>
/// <param name="Text">Its text.</param>
/// <param name="IsBold">Printed bold.</param>
public sealed record TextBlock(string Text, bool IsBold = false) : Block;

/// <summary>A line to fill in, or filled: a label, and what follows or dots.</summary>
/// <param name="Label">With its colon.</param>
/// <param name="Value">Empty: dots to the margin.</param>
public sealed record LineBlock(string Label, string Value) : Block;

/// <summary>A table with borders.</summary>
/// <param name="Columns">Headings and their shares of the width.</param>
/// <param name="Rows">Cells.</param>
public sealed record TableBlock(IReadOnlyList<(string Title, int Width)> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : Block;

/// <summary>Where a document is signed.</summary>
/// <param name="Authority">In whose name and as what, a line each: "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC".</param>
/// <param name="Name">Who signs; empty while it is open.</param>
/// <param name="Hint">What to do there, in brackets; of forms only.</param>
public sealed record Signature(IReadOnlyList<string> Authority, string Name, string Hint = "")
{
    /// <summary>A signature by the head, or for the head by a deputy (decree 30/2020/NĐ-CP, article 13: "KT.").</summary>
    public static Signature Of(string headTitle, string signerTitle, string name) => headTitle.Equals(signerTitle, StringComparison.OrdinalIgnoreCase) || signerTitle.Length == 0
        ? new([headTitle.ToUpper(Vietnamese)], name)
        : new([$"KT. {headTitle.ToUpper(Vietnamese)}", signerTitle.ToUpper(Vietnamese)], name);

    internal static CultureInfo Vietnamese { get; } = CultureInfo.GetCultureInfo("vi-VN");
}

/// <summary>A document in the layout of decree 30/2020/NĐ-CP, appendix I.</summary>
public sealed record OfficialDocument
{
    /// <summary>The body above; empty where there is none.</summary>
    public string Parent { get; init; } = "";

    /// <summary>The body that issues it.</summary>
    public required string Body { get; init; }

    /// <summary>The number; null while it has none.</summary>
    public int? Number { get; init; }

    /// <summary>Ký hiệu, "STTTT-CNTT".</summary>
    public string Symbol { get; init; } = "";

    /// <summary>A number and sign as they were written elsewhere, instead of the two.</summary>
    public string WrittenNumber { get; init; } = "";

    /// <summary>Địa danh.</summary>
    public required string Place { get; init; }

    /// <summary>The day of issue; null while it is open.</summary>
    public DateOnly? Date { get; init; }

    /// <summary>The name of its kind, in capitals; empty for a letter (công văn).</summary>
    public string Title { get; init; } = "";

    /// <summary>What it is about: below the title, or of a letter after "V/v".</summary>
    public string Subject { get; init; } = "";

    /// <summary>Kính gửi.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>Its body.</summary>
    public required IReadOnlyList<Block> Blocks { get; init; }

    /// <summary>Nơi nhận, without "Lưu".</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>Where it is signed; two stand side by side.</summary>
    public required IReadOnlyList<Signature> Signatures { get; init; }

    /// <summary>The long side lies across: for wide tables.</summary>
    public bool IsLandscape { get; init; }

    /// <summary>"Số: 07/STTTT-CNTT"; a number below 10 has a zero in front.</summary>
    public string NumberLine => WrittenNumber.Length > 0 ? $"Số: {WrittenNumber}" : Number is { } number ? string.Create(CultureInfo.InvariantCulture, $"Số: {number:00}/{Symbol}") : $"Số:        /{Symbol}";

    /// <summary>"Đắk Nông, ngày 05 tháng 02 năm 2022": days below 10 and the months 1 and 2 have a zero in front.</summary>
    public string PlaceAndDate => Date is { } date ? $"{Place}, {Day(date)}" : $"{Place}, ngày      tháng      năm          ";

    /// <summary>A day in the words of documents.</summary>
    public static string Day(DateOnly date) => string.Create(CultureInfo.InvariantCulture, $"ngày {date.Day:00} tháng {(date.Month <= 2 ? $"0{date.Month}" : date.Month)} năm {date.Year}");
}
