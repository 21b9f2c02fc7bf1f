using System.Buffers;
using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap;

public sealed partial class JmapApi
{
    /// <summary>The answer to a message that is none of RFC 8887.</summary>
    public static readonly ReadOnlyMemory<byte> SocketProblem = Problem(RequestErrorException.NotRequest("The message has no @type that is known."), requestId: "");

    /// <summary>The kind of a WebSocket message (RFC 8887 §4.3) and, of one that asks for push, the types asked for.</summary>
    public (string Kind, IReadOnlySet<string>? Types) ReadSocketMessage(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = Jmap.Request.ParseJson(message, Limits.MaxDepth);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("@type"u8, out var type) || type.ValueKind != JsonValueKind.String)
                return ("", null);
            var types = root.TryGetProperty("dataTypes"u8, out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!).ToHashSet(StringComparer.Ordinal)
                : null;
            return (type.GetString()!, types);
        }
        catch (RequestErrorException)
        {
            return ("", null);
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
