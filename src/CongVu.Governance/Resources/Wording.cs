using System.Globalization;
using System.Resources;
using CongVu.Governance.Addresses;

namespace CongVu.Governance.Resources;

/// <summary>Texts of the Regulation's domain for people, in Vietnamese or English. A key that does not exist is a mistake of ours and throws.</summary>
public sealed class Wording(bool isVietnamese)
{
    private static readonly ResourceManager Resources = new("CongVu.Governance.Resources.Wording", typeof(Wording).Assembly);

    private readonly CultureInfo culture = CultureInfo.GetCultureInfo(isVietnamese ? "vi" : "en");

    /// <summary>A text with its places filled in.</summary>
    public string this[string key, params ReadOnlySpan<object?> values]
    {
        get
        {
            var text = Resources.GetString(key, culture) ?? throw new ArgumentException($"There is no text \"{key}\".", nameof(key));
            return values.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, values);
        }
    }

    /// <summary>A problem as a sentence.</summary>
    public string Explain(Problem problem) => problem switch
    {
        { Kind: ProblemKind.Address, Values: [var of, var fault, ..] } => $"{of}: {this[$"fault.{fault}"]}",
        // Days stand in problems as in tables, and before people as they write them.
        { Kind: ProblemKind.InvalidDate, Values: [var text] } when culture.Name == "vi" && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) =>
            this["problem.InvalidDate", day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture)],
        { Kind: ProblemKind.NoPermission or ProblemKind.SoleOfficer or ProblemKind.Missing or ProblemKind.File } => this[$"problem.{problem.Kind}", [.. problem.Values.Select(Word)]],
        _ => this[$"problem.{problem.Kind}", [.. problem.Values]],
    };

    /// <summary>The word for a member of one of our enumerations or fields, where there is one.</summary>
    public string Word(string member) => Resources.GetString($"word.{member}", culture) ?? member;

    /// <summary>Why an address is what it is, or why there is none, as sentences.</summary>
    public string Explain(AddressProposal proposal)
    {
        var sentences = proposal.Steps.Select(s => this[s.Key, [.. s.Values]]);
        return string.Join(' ', proposal.Fault == AddressFault.None ? sentences : [.. sentences, this[$"fault.{proposal.Fault}"]]);
    }
}
