using System.Buffers;
using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap;

/// <summary>A message of a WebSocket.</summary>
/// <param name="Kind">Its @type; "" of what is not understood.</param>
/// <param name="Types">Of one that asks for push: the types asked for, null for all.</param>
/// <param name="PushState">Of one that asks for push: the last that the client knows of.</param>
/// <param name="Problem">What to answer to one that is not understood.</param>
public readonly record struct SocketMessage(string Kind, IReadOnlySet<string>? Types, string? PushState, ReadOnlyMemory<byte> Problem);

public sealed partial class JmapApi
{
    /// <summary>The kind of a WebSocket message (RFC 8887 §4.3); what is none of them has a problem to answer with.</summary>
    public SocketMessage ReadSocketMessage(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = Jmap.Request.ParseJson(message, Limits.MaxDepth);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text("@type") is not ("Request" or "WebSocketPushEnable" or "WebSocketPushDisable"))
                throw RequestErrorException.NotRequest("The message has no @type that is known.");
            if (!root.TryGetProperty("dataTypes"u8, out var list) || list.ValueKind == JsonValueKind.Null)
                return new(Text("@type")!, null, Text("pushState"), default);
            if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.String))
                throw RequestErrorException.NotRequest("dataTypes is a list of strings, or null for all.");
            return new(Text("@type")!, list.EnumerateArray().Select(t => t.GetString()!).ToHashSet(StringComparer.Ordinal), Text("pushState"), default);

            string? Text(string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (RequestErrorException error)
        {
            return new("", null, null, Problem(error, isSocket: true));
        }
    }

    /// <summary>Runs a request that came by WebSocket: its id stands in the answer (RFC 8887 §4.3.2).</summary>
    public async ValueTask<ReadOnlyMemory<byte>> RunSocketAsync(PrincipalId who, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        string? id = null;
        using (var document = JsonDocument.Parse(message))
        {
            if (document.RootElement.TryGetProperty("id"u8, out var given) && given.ValueKind == JsonValueKind.String)
                id = given.GetString();
        }
        var reply = await RunAsync(who, message, cancellationToken);
        var target = new ArrayBufferWriter<byte>(reply.Json.Length + 64);
        using var answer = JsonDocument.Parse(reply.Json);
        await using var json = new Utf8JsonWriter(target, WriterOptions);
        json.WriteStartObject();
        json.WriteString("@type"u8, reply.Status == 200 ? "Response" : "RequestError");
        if (id is not null)
            json.WriteString("requestId"u8, id);
        foreach (var property in answer.RootElement.EnumerateObject())
            property.WriteTo(json);
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return target.WrittenMemory;
    }
}
