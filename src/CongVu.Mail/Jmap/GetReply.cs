using System.Text.Json;

namespace CongVu.Mail.Jmap;

/// <summary>The frame of a /get's answer (RFC 8620 §5.1).</summary>
internal static class GetReply
{
    internal static void Begin(Utf8JsonWriter json, Call call, string state)
    {
        json.WriteStartObject();
        json.WriteString("accountId"u8, call.Arguments.NeededText("accountId"));
        json.WriteString("state"u8, state);
        json.WriteStartArray("list"u8);
    }

    internal static void End(Utf8JsonWriter json, IEnumerable<string> notFound)
    {
        json.WriteEndArray();
        WriteStrings(json, "notFound", notFound);
        json.WriteEndObject();
    }

    internal static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    /// <summary>A UTCDate (RFC 8620 §1.4).</summary>
    internal static string Date(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
