using System.Text.Json;

namespace CongVu.Mail.Jmap;

/// <summary>The arguments and the answer of a /set (RFC 8620 §5.3), whatever the type.</summary>
internal sealed class SetRun
{
    private readonly Call call;
    private readonly List<(string Creation, Action<Utf8JsonWriter> Object)> created = [];
    private readonly List<(string Id, Action<Utf8JsonWriter>? Changed)> updated = [];
    private readonly List<string> destroyed = [];
    private readonly Dictionary<string, SetError> notCreated = [];
    private readonly Dictionary<string, SetError> notUpdated = [];
    private readonly Dictionary<string, SetError> notDestroyed = [];

    private SetRun(Call call) => this.call = call;

    /// <summary>Objects to make, by creation id.</summary>
    internal IReadOnlyList<(string Creation, JsonElement Object)> Create { get; private init; } = [];

    /// <summary>Patches, by id; the id may be a creation id of this request.</summary>
    internal IReadOnlyList<(string Id, JsonElement Patch)> Update { get; private init; } = [];

    /// <summary>Ids to destroy.</summary>
    internal IReadOnlyList<string> Destroy { get; private init; } = [];

    /// <summary>The state that must hold; null for any.</summary>
    internal string? IfInState { get; private init; }

    internal IEnumerable<string> CreatedCreations => created.Select(c => c.Creation);

    internal IEnumerable<string> UpdatedIds => updated.Select(u => u.Id);

    internal IEnumerable<string> DestroyedIds => destroyed;

    internal static SetRun Read(Call call, bool creates = true)
    {
        var arguments = call.Arguments;
        var create = creates ? Map(arguments, "create") : [];
        var update = Map(arguments, "update");
        var destroy = arguments.Texts("destroy") ?? [];
        if (create.Count + update.Count + destroy.Count > call.Limits.MaxObjectsInSet)
            throw new MethodErrorException("requestTooLarge", $"At most {call.Limits.MaxObjectsInSet} objects.");
        return new(call) { Create = create, Update = update, Destroy = [.. destroy.Select(call.Resolve).Distinct()], IfInState = arguments.Text("ifInState") };
    }

    /// <summary>Made: the client learns <paramref name="id"/> and what the server has set.</summary>
    internal void Created(string creation, string id, Action<Utf8JsonWriter>? more = null)
    {
        call.Request.CreatedIds[creation] = id;
        created.Add((creation, json =>
        {
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            more?.Invoke(json);
            json.WriteEndObject();
        }));
    }

    internal void Updated(string id, Action<Utf8JsonWriter>? changed = null) => updated.Add((id, changed));

    internal void Destroyed(string id) => destroyed.Add(id);

    internal void NotCreated(string creation, SetError error) => notCreated[creation] = error;

    internal void NotUpdated(string id, SetError error) => notUpdated[id] = error;

    internal void NotDestroyed(string id, SetError error) => notDestroyed[id] = error;

    internal void Write(Utf8JsonWriter json, string oldState, string newState)
    {
        json.WriteStartObject();
        json.WriteString("accountId"u8, call.Arguments.NeededText("accountId"));
        json.WriteString("oldState"u8, oldState);
        json.WriteString("newState"u8, newState);
        WriteResults(json);
    }

    /// <summary>The answer of a type that is no account's and has no state (RFC 8620 §7.2.2).</summary>
    internal void WriteStateless(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteResults(json);
    }

    private void WriteResults(Utf8JsonWriter json)
    {
        WriteCreated(json);
        if (updated.Count == 0)
        {
            json.WriteNull("updated"u8);
        }
        else
        {
            json.WriteStartObject("updated"u8);
            foreach (var (id, changed) in updated)
            {
                json.WritePropertyName(id);
                if (changed is null)
                    json.WriteNullValue();
                else
                    changed(json);
            }
            json.WriteEndObject();
        }
        if (destroyed.Count == 0)
        {
            json.WriteNull("destroyed"u8);
        }
        else
        {
            json.WriteStartArray("destroyed"u8);
            foreach (var id in destroyed)
                json.WriteStringValue(id);
            json.WriteEndArray();
        }
        WriteErrors(json, "notCreated", notCreated);
        WriteErrors(json, "notUpdated", notUpdated);
        WriteErrors(json, "notDestroyed", notDestroyed);
        json.WriteEndObject();
    }

    /// <summary>created and notCreated alone, for methods that only make.</summary>
    internal void WriteCreations(Utf8JsonWriter json)
    {
        WriteCreated(json);
        WriteErrors(json, "notCreated", notCreated);
    }

    private void WriteCreated(Utf8JsonWriter json)
    {
        if (created.Count == 0)
        {
            json.WriteNull("created"u8);
            return;
        }
        json.WriteStartObject("created"u8);
        foreach (var (creation, write) in created)
        {
            json.WritePropertyName(creation);
            write(json);
        }
        json.WriteEndObject();
    }

    internal static void WriteErrors(Utf8JsonWriter json, string name, Dictionary<string, SetError> errors)
    {
        if (errors.Count == 0)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        foreach (var (id, error) in errors)
        {
            json.WriteStartObject(id);
            json.WriteString("type"u8, error.Type);
            if (error.Description is not null)
                json.WriteString("description"u8, error.Description);
            if (error.Properties is { } properties)
            {
                json.WriteStartArray("properties"u8);
                foreach (var property in properties)
                    json.WriteStringValue(property);
                json.WriteEndArray();
            }
            foreach (var (key, value) in error.More)
            {
                json.WritePropertyName(key);
                JsonSerializer.Serialize(json, value);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    /// <summary>Objects by name; each must be an object.</summary>
    internal static IReadOnlyList<(string, JsonElement)> Map(Arguments arguments, string name)
    {
        if (arguments.Object(name) is not { } map)
            return [];
        var all = map.EnumerateObject().Select(p => (p.Name, p.Value)).ToArray();
        return all.All(p => p.Value.ValueKind == JsonValueKind.Object) ? all : throw MethodErrorException.InvalidArguments($"{name} holds objects.");
    }
}
