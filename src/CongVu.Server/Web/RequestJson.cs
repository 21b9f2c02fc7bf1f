using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CongVu.Governance.Organizations;
using CongVu.Governance.Requests;
using CongVu.Mail.Store;

namespace CongVu.Server.Web;

/// <summary>How requests are written as JSON: keys as numbers, choices as words.</summary>
internal static class RequestJson
{
    internal static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase), new Key<RequestId>(k => k.Value), new Key<OrganizationId>(k => k.Value), new Key<ContentId>(k => k.Value), new Key<AccountId>(k => k.Value) },
    };

    private sealed class Key<T>(Func<T, long> value) : JsonConverter<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, T key, JsonSerializerOptions options) => writer.WriteNumberValue(value(key));
    }
}
