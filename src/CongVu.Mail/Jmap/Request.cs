using System.Buffers;
using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap;

/// <summary>
/// One request: 1. read, 2. each call in turn, its references to results before it put in, 3. the response. A call that fails does not stop the next.
/// </summary>
internal sealed class Request(JmapApi api, PrincipalId who)
{
    private readonly List<Response> responses = [];

    internal JmapApi Api => api;

    internal PrincipalId Who => who;

    internal HashSet<string> Using { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of objects made in this request, by the client's creation ids (RFC 8620 §3.3).</summary>
    internal Dictionary<string, string> CreatedIds { get; } = new(StringComparer.Ordinal);

    internal async ValueTask<ReadOnlyMemory<byte>> RunAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var document = Parse(body);
        return await RunAsync(document.RootElement, cancellationToken);
    }

    internal async ValueTask<ReadOnlyMemory<byte>> RunAsync(JsonElement root, CancellationToken cancellationToken)
    {
        // 1. RFC 8620 §3.3.
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("using"u8, out var capabilities) || capabilities.ValueKind != JsonValueKind.Array
            || !root.TryGetProperty("methodCalls"u8, out var calls) || calls.ValueKind != JsonValueKind.Array)
            throw RequestErrorException.NotRequest("A request is an object with using and methodCalls.");
        foreach (var capability in capabilities.EnumerateArray())
        {
            if (capability.ValueKind != JsonValueKind.String)
                throw RequestErrorException.NotRequest("using is a list of strings.");
            var name = capability.GetString()!;
            if (!Capabilities.All.Contains(name))
                throw new RequestErrorException("urn:ietf:params:jmap:error:unknownCapability", 400, $"The capability {name} is not known here.");
            Using.Add(name);
        }
        var returnsIds = ReadCreatedIds(root);
        if (calls.GetArrayLength() > api.Limits.MaxCallsInRequest)
            throw RequestErrorException.OverLimit("maxCallsInRequest", $"At most {api.Limits.MaxCallsInRequest} calls in a request.");
        foreach (var call in calls.EnumerateArray())
        {
            if (call.ValueKind != JsonValueKind.Array || call.GetArrayLength() != 3 || call[0].ValueKind != JsonValueKind.String || call[1].ValueKind != JsonValueKind.Object || call[2].ValueKind != JsonValueKind.String)
                throw RequestErrorException.NotRequest("A call is [name, arguments, id].");
        }

        // 2. In turn (§3.3: as if one after the other).
        foreach (var call in calls.EnumerateArray())
            await CallAsync(call[0].GetString()!, call[1], call[2].GetString()!, cancellationToken);

        // 3. §3.4.
        return await WriteAsync(returnsIds, cancellationToken);
    }

    /// <summary>Runs a call that another implies; its response follows with the same id (§5.4, RFC 8621 §7.5).</summary>
    internal ValueTask ImplyAsync(string name, ReadOnlyMemory<byte> arguments, string id, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(arguments);
        return CallAsync(name, document.RootElement.Clone(), id, cancellationToken);
    }

    private JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Length > api.Limits.MaxSizeRequest)
            throw RequestErrorException.OverLimit("maxSizeRequest", $"A request has at most {api.Limits.MaxSizeRequest} bytes.");
        return ParseJson(body, api.Limits.MaxDepth);
    }

    /// <summary>I-JSON (RFC 7493): UTF-8, and no name twice in an object.</summary>
    internal static JsonDocument ParseJson(ReadOnlyMemory<byte> body, int maxDepth)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = maxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException error)
        {
            throw RequestErrorException.NotJson($"The request is not JSON: {error.Message}");
        }
    }

    private bool ReadCreatedIds(JsonElement root)
    {
        if (!root.TryGetProperty("createdIds"u8, out var created) || created.ValueKind == JsonValueKind.Null)
            return false;
        if (created.ValueKind != JsonValueKind.Object)
            throw RequestErrorException.NotRequest("createdIds is an object.");
        foreach (var pair in created.EnumerateObject())
            CreatedIds[pair.Name] = pair.Value.ValueKind == JsonValueKind.String ? pair.Value.GetString()! : throw RequestErrorException.NotRequest("createdIds holds strings.");
        return true;
    }

    private async ValueTask CallAsync(string name, JsonElement arguments, string id, CancellationToken cancellationToken)
    {
        var target = new ArrayBufferWriter<byte>(1024);
        var answered = name;
        var at = responses.Count;
        try
        {
            if (!MethodTable.All.TryGetValue(name, out var method) || !Using.Contains(method.Capability))
                throw new MethodErrorException("unknownMethod");
            var call = new Call(this, id, new Arguments(ResultReferences.Resolve(arguments, responses)));
            // §3.6.2: before anything is done.
            if (method.Arguments is { } known && call.Arguments.Element.EnumerateObject().FirstOrDefault(p => !known.Contains(p.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
                throw MethodErrorException.InvalidArguments($"There is no argument {unknown.Name}.");
            await using var json = new Utf8JsonWriter(target, JmapApi.WriterOptions);
            responses.Add(new(name, id, target));
            await method.Run(call, json, cancellationToken);
            await json.FlushAsync(cancellationToken);
            // A8.1: who looks at messages has opened the mailbox; lists of mailboxes are made of all that there are.
            if (call.Account is { } opened && name.StartsWith("Email/", StringComparison.Ordinal))
                await api.Store.Activity.SeenAsync(who, opened, cancellationToken);
            foreach (var (implied, with) in call.Implied)
                await ImplyAsync(implied, with, id, cancellationToken);
            return;
        }
        catch (MethodErrorException error)
        {
            WriteError(target, error.Type, error.Description);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            WriteError(target, api.ServerFailure(error, name), null);
        }
        answered = "error";
        responses.RemoveRange(at, responses.Count - at);
        responses.Add(new(answered, id, target));
    }

    private static void WriteError(ArrayBufferWriter<byte> target, string type, string? description)
    {
        target.ResetWrittenCount();
        using var json = new Utf8JsonWriter(target, JmapApi.WriterOptions);
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        if (description is not null)
            json.WriteString("description"u8, description);
        json.WriteEndObject();
    }

    private async ValueTask<ReadOnlyMemory<byte>> WriteAsync(bool returnsIds, CancellationToken cancellationToken)
    {
        var state = await api.SessionStateAsync(who, cancellationToken);
        var target = new ArrayBufferWriter<byte>(responses.Sum(r => r.Json.WrittenCount + 128) + 256);
        await using var json = new Utf8JsonWriter(target, JmapApi.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("methodResponses"u8);
        foreach (var response in responses)
        {
            json.WriteStartArray();
            json.WriteStringValue(response.Name);
            json.WriteRawValue(response.Json.WrittenSpan, skipInputValidation: true);
            json.WriteStringValue(response.Id);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        if (returnsIds)
        {
            json.WriteStartObject("createdIds"u8);
            foreach (var (creation, id) in CreatedIds)
                json.WriteString(creation, id);
            json.WriteEndObject();
        }
        json.WriteString("sessionState"u8, state);
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return target.WrittenMemory;
    }

    /// <summary>A response, kept for those that refer to it.</summary>
    internal sealed record Response(string Name, string Id, ArrayBufferWriter<byte> Json);
}
