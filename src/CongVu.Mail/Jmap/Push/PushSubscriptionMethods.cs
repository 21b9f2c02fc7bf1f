using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Push;

/// <summary>PushSubscription/get and /set (RFC 8620 §7.2): of the one who is signed in, of no account, without a state.</summary>
internal static class PushSubscriptionMethods
{
    private const int MaxDevice = 255;
    private const int MaxUrl = 2_000;
    private const int MaxTypes = 100;
    private const int PointBytes = 65;
    private const int SecretBytes = 16;

    /// <summary>A subscription that is not renewed ends; §7.2 wants two days at least.</summary>
    private static readonly TimeSpan MaxTerm = TimeSpan.FromDays(7);

    private static readonly HashSet<string> Readable = ["id", "deviceClientId", "verificationCode", "expires", "types"];

    internal static async ValueTask GetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        // §7.2.1: where and with which key is told to nobody.
        if (call.Arguments.Texts("properties")?.Any(p => p is "url" or "keys") == true)
            throw new MethodErrorException("forbidden");
        var properties = call.Properties(Readable);
        var ids = call.Ids();
        var all = await call.Store.PushSubscriptions.ListAsync(call.Who, cancellationToken);
        json.WriteStartObject();
        json.WriteStartArray("list"u8);
        foreach (var subscription in all.Where(s => ids is null || ids.Contains(Id(s.Id))))
            Write(json, subscription, properties);
        GetReply.End(json, ids?.Except(all.Select(s => Id(s.Id))) ?? []);
    }

    internal static async ValueTask SetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var set = SetRun.Read(call);
        var all = await call.Store.PushSubscriptions.ListAsync(call.Who, cancellationToken);
        var now = call.Api.Clock.GetUtcNow();
        foreach (var (creation, value) in set.Create)
        {
            try
            {
                var made = Read(call.Who, value, now);
                if (await call.Store.PushSubscriptions.AddAsync(made, cancellationToken) is { } id)
                {
                    set.Created(creation, Id(id), json =>
                    {
                        json.WriteNull("verificationCode"u8);
                        json.WriteString("expires"u8, GetReply.Date(made.Expires));
                    });
                }
                else
                {
                    set.NotCreated(creation, new("overQuota", $"At most {PushSubscriptions.MaxOfPrincipal}."));
                }
            }
            catch (SetErrorException error)
            {
                set.NotCreated(creation, error.Error);
            }
        }
        foreach (var (given, patch) in set.Update)
        {
            try
            {
                var found = all.Find(s => Id(s.Id) == call.Resolve(given)) ?? throw new SetErrorException(SetError.NotFound);
                var changed = Patch(found, patch, now);
                if (!await call.Store.PushSubscriptions.PutAsync(changed, cancellationToken))
                    throw new SetErrorException(SetError.NotFound);
                set.Updated(given, patch.TryGetProperty("expires"u8, out _) ? json =>
                {
                    json.WriteStartObject();
                    json.WriteString("expires"u8, GetReply.Date(changed.Expires));
                    json.WriteEndObject();
                } : null);
            }
            catch (SetErrorException error)
            {
                set.NotUpdated(given, error.Error);
            }
        }
        foreach (var id in set.Destroy)
        {
            if (JmapId.Read(id, 'p') is { } key && await call.Store.PushSubscriptions.RemoveAsync(call.Who, key, cancellationToken))
                set.Destroyed(id);
            else
                set.NotDestroyed(id, SetError.NotFound);
        }
        set.WriteStateless(json);
    }

    internal static string Id(long id) => JmapId.Of('p', id);

    private static void Write(Utf8JsonWriter json, PushSubscription subscription, HashSet<string>? properties)
    {
        bool Wants(string name) => properties is null || properties.Contains(name);
        json.WriteStartObject();
        json.WriteString("id"u8, Id(subscription.Id));
        if (Wants("deviceClientId"))
            json.WriteString("deviceClientId"u8, subscription.Device);
        if (Wants("verificationCode"))
            json.WriteString("verificationCode"u8, subscription.IsVerified ? subscription.Code : null);
        if (Wants("expires"))
            json.WriteString("expires"u8, GetReply.Date(subscription.Expires));
        if (Wants("types") && subscription.Types is null)
            json.WriteNull("types"u8);
        else if (Wants("types"))
            GetReply.WriteStrings(json, "types", subscription.Types!.Split(',', StringSplitOptions.RemoveEmptyEntries));
        json.WriteEndObject();
    }

    private static PushSubscription Read(PrincipalId who, JsonElement value, DateTimeOffset now)
    {
        var made = new PushSubscription(0, who, "", "", null, null, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), IsVerified: false, now + MaxTerm, null);
        foreach (var property in value.EnumerateObject())
        {
            var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
            made = property.Name switch
            {
                "deviceClientId" when text is { Length: > 0 and <= MaxDevice } => made with { Device = text },
                "url" when text is { Length: <= MaxUrl } && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.UserInfo.Length == 0 => made with { Url = text },
                "keys" when property.Value.ValueKind == JsonValueKind.Null => made,
                "keys" when Bytes(property.Value, "p256dh", PointBytes) is { } point && Bytes(property.Value, "auth", SecretBytes) is { } secret && WebPush.IsPoint(point) => made with { PublicKey = point, Secret = secret },
                "verificationCode" when property.Value.ValueKind == JsonValueKind.Null => made,
                "expires" or "types" => Patch(made, property, now),
                _ => throw SetErrorException.Invalid($"{property.Name} cannot be set to this.", property.Name),
            };
        }
        string[] missing = [.. made.Device.Length == 0 ? (string[])["deviceClientId"] : [], .. made.Url.Length == 0 ? (string[])["url"] : []];
        return missing.Length == 0 ? made : throw SetErrorException.Invalid("A device and an https address are needed.", missing);
    }

    private static PushSubscription Patch(PushSubscription subscription, JsonElement patch, DateTimeOffset now)
    {
        foreach (var property in patch.EnumerateObject())
            subscription = Patch(subscription, property, now);
        return subscription;
    }

    private static PushSubscription Patch(PushSubscription subscription, JsonProperty property, DateTimeOffset now)
    {
        var value = property.Value;
        switch (property.Name)
        {
            // §7.2.2: any other code than the one that was sent is refused.
            case "verificationCode" when value.ValueKind == JsonValueKind.String && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(value.GetString()!), System.Text.Encoding.UTF8.GetBytes(subscription.Code)):
                return subscription with { IsVerified = true };
            case "expires" when value.ValueKind == JsonValueKind.Null:
                return subscription with { Expires = now + MaxTerm };
            case "expires" when value.ValueKind == JsonValueKind.String && Arguments.ReadDate(value.GetString()!, utc: true) is { } until && until > now:
                return subscription with { Expires = until < now + MaxTerm ? until : now + MaxTerm };
            case "types" when value.ValueKind == JsonValueKind.Null:
                return subscription with { Types = null };
            case "types" when value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MaxTypes && value.EnumerateArray().All(t => t.ValueKind == JsonValueKind.String && t.GetString()!.All(char.IsAsciiLetter)):
                return subscription with { Types = string.Join(',', value.EnumerateArray().Select(t => t.GetString())) };
            default:
                throw SetErrorException.Invalid($"{property.Name} cannot be set to this.", property.Name);
        }
    }

    private static byte[]? Bytes(JsonElement keys, string name, int length) =>
        keys.ValueKind == JsonValueKind.Object && keys.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String && Base64Url.IsValid(text.GetString().AsSpan(), out var decoded) && decoded == length
            ? Base64Url.DecodeFromChars(text.GetString())
            : null;
}
