using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CongVu.Mail.Jmap;

/// <summary>References from the arguments of a call to results of calls before it (RFC 8620 §3.7).</summary>
internal static class ResultReferences
{
    /// <summary>What a reference with "*" may gather.</summary>
    private const int MaxGathered = 100_000;

    /// <summary>The arguments with what "#name" refers to under "name".</summary>
    internal static JsonElement Resolve(JsonElement arguments, IReadOnlyList<Request.Response> responses)
    {
        if (!arguments.EnumerateObject().Any(p => p.Name.StartsWith('#')))
            return arguments;
        var resolved = new JsonObject();
        foreach (var property in arguments.EnumerateObject())
        {
            var name = property.Name.TrimStart('#');
            if (resolved.ContainsKey(name))
                throw MethodErrorException.InvalidArguments($"{name} is given twice, once as a reference.");
            resolved[name] = property.Name.StartsWith('#') ? Follow(property.Value, responses) : JsonNode.Parse(property.Value.GetRawText());
        }
        using var document = JsonDocument.Parse(resolved.ToJsonString());
        return document.RootElement.Clone();
    }

    private static JsonNode? Follow(JsonElement reference, IReadOnlyList<Request.Response> responses)
    {
        if (reference.ValueKind != JsonValueKind.Object || Text(reference, "resultOf") is not { } of || Text(reference, "name") is not { } name || Text(reference, "path") is not { } path)
            throw new MethodErrorException("invalidResultReference", "A reference has resultOf, name and path.");
        // The first response of that call, and of that name.
        var response = responses.FirstOrDefault(r => r.Id == of) is { } first && first.Name == name ? first
            : throw new MethodErrorException("invalidResultReference", $"There is no result {name} of {of}.");
        var node = JsonNode.Parse(response.Json.WrittenSpan);
        if (path.Length > 0 && path[0] != '/')
            throw new MethodErrorException("invalidResultReference", "A path begins with '/'.");
        return Walk(node, path.Length == 0 ? [] : path[1..].Split('/'))?.DeepClone();
    }

    // A JSON pointer (RFC 6901) in which "*" stands for each item; lists that come of it are joined into one.
    private static JsonNode? Walk(JsonNode? node, ReadOnlySpan<string> steps)
    {
        if (steps.IsEmpty)
            return node;
        var step = steps[0].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        switch (node)
        {
            case JsonArray list when step == "*":
                var gathered = new JsonArray();
                foreach (var item in list)
                {
                    var found = Walk(item, steps[1..]);
                    if (found is JsonArray many)
                    {
                        foreach (var one in many)
                            gathered.Add(one?.DeepClone());
                    }
                    else
                    {
                        gathered.Add(found?.DeepClone());
                    }
                    if (gathered.Count > MaxGathered)
                        throw new MethodErrorException("invalidResultReference", "The reference gathers too much.");
                }
                return gathered;
            case JsonArray list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count && (step.Length == 1 || step[0] != '0'):
                return Walk(list[index], steps[1..]);
            case JsonObject map when map.TryGetPropertyValue(step, out var value):
                return Walk(value, steps[1..]);
            default:
                throw new MethodErrorException("invalidResultReference", $"There is nothing at {step}.");
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
