using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap;

/// <summary>What a /changes answers (RFC 8620 §5.2): changes in the order of their sequences, cut between two of them when there are more than asked for.</summary>
internal sealed class ChangeList
{
    internal enum Kind
    {
        Created,
        Updated,
        Destroyed,
    }

    private readonly List<(string Id, ModSeq At, Kind Kind)> changes = [];

    internal void Add(string id, ModSeq at, Kind kind) => changes.Add((id, at, kind));

    /// <summary>
    /// What is there now. What is new stands where it was made: cut off after that, the answer tells of it, and the next one of what changed it since.
    /// </summary>
    internal void AddSeen(string id, ModSeq created, ModSeq at, ModSeq since)
    {
        if (created > since)
            Add(id, created, Kind.Created);
        else
            Add(id, at, Kind.Updated);
    }

    /// <summary>Writes the response.</summary>
    /// <param name="call">The call: maxChanges is read from it.</param>
    /// <param name="json">The response.</param>
    /// <param name="oldState">What was asked for.</param>
    /// <param name="state">The state's text at a sequence.</param>
    /// <param name="now">The sequence now.</param>
    /// <param name="more">Properties of this type's response.</param>
    internal void Write(Call call, Utf8JsonWriter json, string oldState, Func<ModSeq, string> state, ModSeq now, Action<Utf8JsonWriter>? more = null)
    {
        var max = call.Arguments.Unsigned("maxChanges") is { } asked
            ? asked > 0 ? (int)Math.Min(asked, call.Limits.MaxChanges) : throw MethodErrorException.InvalidArguments("maxChanges is above 0.")
            : call.Limits.MaxChanges;
        changes.Sort(static (a, b) => a.At.CompareTo(b.At));
        var count = changes.Count;
        if (count > max)
        {
            // A sequence's changes belong together: a state between them does not exist.
            count = max;
            while (count > 0 && changes[count - 1].At == changes[count].At)
                count--;
            if (count == 0)
                throw new MethodErrorException("cannotCalculateChanges");
            now = changes[count - 1].At;
        }
        json.WriteStartObject();
        json.WriteString("accountId"u8, call.Arguments.NeededText("accountId"));
        json.WriteString("oldState"u8, oldState);
        json.WriteString("newState"u8, state(now));
        json.WriteBoolean("hasMoreChanges"u8, count < changes.Count);
        Write(json, "created", Kind.Created, count);
        Write(json, "updated", Kind.Updated, count);
        Write(json, "destroyed", Kind.Destroyed, count);
        more?.Invoke(json);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, string name, Kind kind, int count)
    {
        json.WriteStartArray(name);
        foreach (var (id, _, of) in changes.AsEnumerable().Take(count))
        {
            if (of == kind)
                json.WriteStringValue(id);
        }
        json.WriteEndArray();
    }
}
