using System.Text.Json;

namespace CongVu.Mail.Jmap;

/// <summary>Which part of a query's results is asked for (RFC 8620 §5.5), and the answer.</summary>
internal sealed record QueryWindow(long Position, string? Anchor, long AnchorOffset, int? Limit, int? ServerLimit, bool CountTotal)
{
    internal static QueryWindow Read(Call call)
    {
        var arguments = call.Arguments;
        var asked = arguments.Unsigned("limit");
        var capped = asked is null || asked > call.Limits.MaxObjectsInQuery;
        return new(
            arguments.Number("position") ?? 0,
            arguments.Text("anchor"),
            arguments.Number("anchorOffset") ?? 0,
            capped ? call.Limits.MaxObjectsInQuery : (int)asked!.Value,
            capped ? call.Limits.MaxObjectsInQuery : null,
            arguments.Flag("calculateTotal", otherwise: false));
    }

    /// <summary>Writes the answer: the ids of the window in <paramref name="ids"/>, all of the results.</summary>
    internal void Write(Call call, Utf8JsonWriter json, string state, bool canChange, IReadOnlyList<string> ids)
    {
        var start = Position;
        if (Anchor is not null)
        {
            var at = -1;
            for (var i = 0; i < ids.Count && at < 0; i++)
            {
                if (ids[i] == Anchor)
                    at = i;
            }
            if (at < 0)
                throw new MethodErrorException("anchorNotFound");
            start = Math.Max(0, at + AnchorOffset);
        }
        else if (start < 0)
        {
            start = Math.Max(0, ids.Count + start);
        }
        json.WriteStartObject();
        json.WriteString("accountId"u8, call.Arguments.NeededText("accountId"));
        json.WriteString("queryState"u8, state);
        json.WriteBoolean("canCalculateChanges"u8, canChange);
        json.WriteNumber("position"u8, start);
        json.WriteStartArray("ids"u8);
        for (var i = start; i < ids.Count && i - start < Limit; i++)
            json.WriteStringValue(ids[(int)i]);
        json.WriteEndArray();
        if (CountTotal)
            json.WriteNumber("total"u8, ids.Count);
        if (ServerLimit is { } limit)
            json.WriteNumber("limit"u8, limit);
        json.WriteEndObject();
    }
}

/// <summary>What a /queryChanges answers (RFC 8620 §5.6).</summary>
internal static class QueryChangesReply
{
    internal static void Write(Call call, Utf8JsonWriter json, string newState, IReadOnlyCollection<string> removed, IReadOnlyList<string> ids, Func<string, bool> isAdded, bool countTotal, bool stopAtUpTo = false)
    {
        var max = call.Arguments.Unsigned("maxChanges");
        var upTo = call.Arguments.Text("upToId");
        var added = new List<(string Id, int Index)>();
        for (var i = 0; i < ids.Count; i++)
        {
            if (isAdded(ids[i]))
                added.Add((ids[i], i));
            // §5.6: what lies beyond is not told where neither filter nor order can change.
            if (stopAtUpTo && ids[i] == upTo)
                break;
        }
        if (max is { } most && removed.Count + added.Count > most)
            throw new MethodErrorException("tooManyChanges");
        json.WriteStartObject();
        json.WriteString("accountId"u8, call.Arguments.NeededText("accountId"));
        json.WriteString("oldQueryState"u8, call.Arguments.NeededText("sinceQueryState"));
        json.WriteString("newQueryState"u8, newState);
        if (countTotal)
            json.WriteNumber("total"u8, ids.Count);
        GetReply.WriteStrings(json, "removed", removed);
        json.WriteStartArray("added"u8);
        foreach (var (id, index) in added)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteNumber("index"u8, index);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
