using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CongVu.Governance.WorkingDays;

/// <summary>What is wrong with a file of decisions.</summary>
public enum DecisionFault
{
    /// <summary>It is no JSON list of decisions.</summary>
    NotAList,

    /// <summary>A year that is not 2000 to 2100, or that comes twice.</summary>
    Year,

    /// <summary>No date of the form yyyy-MM-dd.</summary>
    NotADate,

    /// <summary>A date of another year.</summary>
    OtherYear,

    /// <summary>A day off on a Saturday or Sunday, which is off anyway.</summary>
    OffOnWeekend,

    /// <summary>A worked day from Monday to Friday, which is worked anyway.</summary>
    WorkedOnWeekday,
}

/// <summary>A mistake in a file of decisions.</summary>
/// <param name="Entry">The number of the entry, from 1; 0 for the file as a whole.</param>
/// <param name="Fault">What is wrong.</param>
/// <param name="Written">What is written there.</param>
public readonly record struct DecisionError(int Entry, DecisionFault Fault, string Written);

/// <summary>
/// The yearly decisions as JSON: <c>[{"year": 2026, "complete": true, "off": ["2026-01-02"], "worked": ["2026-01-10"], "source": "…"}]</c>. Those that come with the program were decided for 2022 to 2026.
/// </summary>
public static class YearDecisions
{
    private const int MaxDaysOfYear = 366;

    /// <summary>The decisions that come with the program.</summary>
    public static IReadOnlyList<YearDecision> BuiltIn { get; } = ReadBuiltIn();

    /// <summary>Reads decisions, or says everything that is wrong with them.</summary>
    public static (IReadOnlyList<YearDecision> Decisions, IReadOnlyList<DecisionError> Errors) Read(string json)
    {
        var (decisions, errors) = (new List<YearDecision>(), new List<DecisionError>());
        JsonNode? root = null;
        try
        {
            root = JsonNode.Parse(json);
        }
        catch (JsonException wrong)
        {
            errors.Add(new(0, DecisionFault.NotAList, wrong.Message));
        }
        if (root is not JsonArray list)
        {
            if (errors.Count == 0)
                errors.Add(new(0, DecisionFault.NotAList, ""));
            return (decisions, errors);
        }
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] is not JsonObject entry)
            {
                errors.Add(new(i + 1, DecisionFault.NotAList, Shown(list[i])));
                continue;
            }
            if (entry["year"] is not JsonValue value || !value.TryGetValue<int>(out var year) || year is < LunarCalendar.FirstYear or > LunarCalendar.LastYear || decisions.Exists(d => d.Year == year))
            {
                errors.Add(new(i + 1, DecisionFault.Year, Shown(entry["year"])));
                continue;
            }
            var isComplete = entry["complete"] is JsonValue complete && complete.TryGetValue<bool>(out var all) && all;
            var off = Dates(entry["off"], i + 1, year, DecisionFault.OffOnWeekend, errors);
            var worked = Dates(entry["worked"], i + 1, year, DecisionFault.WorkedOnWeekday, errors);
            decisions.Add(new(year, isComplete, off, worked, entry["source"] is JsonValue source && source.TryGetValue<string>(out var text) ? text : ""));
        }
        return (decisions, errors);
    }

    /// <summary>Writes decisions as they are read.</summary>
    public static string Write(IEnumerable<YearDecision> decisions) => new JsonArray([.. decisions.OrderBy(d => d.Year).Select(d => (JsonNode)new JsonObject
    {
        ["year"] = d.Year,
        ["complete"] = d.IsComplete,
        ["off"] = new JsonArray([.. d.DaysOff.Select(Json)]),
        ["worked"] = new JsonArray([.. d.DaysWorked.Select(Json)]),
        ["source"] = d.Source,
    })]).ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static JsonValue Json(DateOnly date) => JsonValue.Create(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    private static List<DateOnly> Dates(JsonNode? node, int number, int year, DecisionFault wrongWeekday, List<DecisionError> errors)
    {
        var dates = new List<DateOnly>();
        if (node is null)
            return dates;
        if (node is not JsonArray { Count: <= MaxDaysOfYear } list)
        {
            errors.Add(new(number, DecisionFault.NotADate, Shown(node)));
            return dates;
        }
        foreach (var item in list)
        {
            if (item is not JsonValue value || !value.TryGetValue<string>(out var text) || !DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
                errors.Add(new(number, DecisionFault.NotADate, Shown(item)));
            else if (date.Year != year)
                errors.Add(new(number, DecisionFault.OtherYear, text));
            else if (PublicHolidays.IsWeekend(date) != (wrongWeekday == DecisionFault.WorkedOnWeekday))
                errors.Add(new(number, wrongWeekday, text));
            else
                dates.Add(date);
        }
        return dates;
    }

    private static string Shown(JsonNode? node) => node?.ToJsonString() is { } text ? text.Length > 60 ? text[..60] + "…" : text : "null";

    private static IReadOnlyList<YearDecision> ReadBuiltIn()
    {
        using var stream = typeof(YearDecisions).Assembly.GetManifestResourceStream("CongVu.Governance.WorkingDays.decisions.json")!;
        var (decisions, errors) = Read(new StreamReader(stream).ReadToEnd());
        return errors.Count == 0 ? decisions : throw new InvalidDataException(string.Join("; ", errors));
    }
}
