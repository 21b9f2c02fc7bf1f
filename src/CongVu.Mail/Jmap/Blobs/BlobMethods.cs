using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Blobs;

/// <summary>Blob/copy (RFC 8620 §6.3), Blob/upload, /get and /lookup (RFC 9404).</summary>
internal static class BlobMethods
{
    private const int MaxSources = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    internal static async ValueTask CopyAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var (from, to) = (call.AccountOf("fromAccountId"), call.AccountOf());
        await call.InScopeAsync((_, scope) => ValueTask.FromResult(scope), cancellationToken, "fromAccountId");
        await call.InScopeAsync((_, scope) => ValueTask.FromResult(scope), cancellationToken);
        var ids = call.Arguments.Texts("blobIds") ?? throw MethodErrorException.InvalidArguments("blobIds is missing.");
        Check(call, ids.Count);
        var (copied, notCopied) = (new List<(string, string)>(), new Dictionary<string, SetError>());
        foreach (var id in ids.Distinct())
        {
            await using var blob = await Blob.OpenAsync(call.Store, call.Who, from, id, cancellationToken);
            if (blob is not null && await blob.ReadAllAsync(call.Limits.MaxSizeUpload, cancellationToken) is { } bytes)
                copied.Add((id, await KeepAsync(call, to, bytes, blob.MediaType, cancellationToken)));
            else
                notCopied[id] = blob is null ? new("blobNotFound") : new("tooLarge");
        }
        json.WriteStartObject();
        json.WriteString("fromAccountId"u8, JmapId.Of(from));
        json.WriteString("accountId"u8, JmapId.Of(to));
        if (copied.Count == 0)
        {
            json.WriteNull("copied"u8);
        }
        else
        {
            json.WriteStartObject("copied"u8);
            foreach (var (old, made) in copied)
                json.WriteString(old, made);
            json.WriteEndObject();
        }
        SetRun.WriteErrors(json, "notCopied", notCopied);
        json.WriteEndObject();
    }

    internal static async ValueTask UploadAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var account = call.AccountOf();
        await call.InScopeAsync((_, scope) => ValueTask.FromResult(scope), cancellationToken);
        var create = SetRun.Map(call.Arguments, "create");
        Check(call, create.Count);
        var (made, failed) = (new List<(string, string, string, long)>(), new Dictionary<string, SetError>());
        foreach (var (creation, value) in create)
        {
            try
            {
                using var bytes = new MemoryStream();
                if (!value.TryGetProperty("data"u8, out var sources) || sources.ValueKind != JsonValueKind.Array || sources.GetArrayLength() > MaxSources)
                    throw SetErrorException.Invalid($"data is a list of up to {MaxSources} sources.", "data");
                foreach (var source in sources.EnumerateArray())
                    await AppendAsync(call, account, source, bytes, cancellationToken);
                var type = value.TryGetProperty("type"u8, out var given) && given.ValueKind == JsonValueKind.String ? given.GetString()! : "application/octet-stream";
                var id = await KeepAsync(call, account, bytes.ToArray(), type, cancellationToken);
                call.Request.CreatedIds[creation] = id;
                made.Add((creation, id, type, bytes.Length));
            }
            catch (SetErrorException error)
            {
                failed[creation] = error.Error;
            }
        }
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapId.Of(account));
        if (made.Count == 0)
        {
            json.WriteNull("created"u8);
        }
        else
        {
            json.WriteStartObject("created"u8);
            foreach (var (creation, id, type, size) in made)
            {
                json.WriteStartObject(creation);
                json.WriteString("id"u8, id);
                json.WriteString("type"u8, type);
                json.WriteNumber("size"u8, size);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        SetRun.WriteErrors(json, "notCreated", failed);
        json.WriteEndObject();
    }

    internal static async ValueTask GetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var account = call.AccountOf();
        await call.InScopeAsync((_, scope) => ValueTask.FromResult(scope), cancellationToken);
        var ids = call.Ids() ?? throw MethodErrorException.InvalidArguments("ids is missing.");
        var properties = call.Arguments.Texts("properties") ?? ["data", "size"];
        if (properties.FirstOrDefault(p => p is not ("data" or "data:asText" or "data:asBase64" or "size" or "id" or "digest:sha" or "digest:sha-256")) is { } unknown)
            throw MethodErrorException.InvalidArguments($"There is no property {unknown}.");
        var (offset, length) = (call.Arguments.Unsigned("offset") ?? 0, call.Arguments.Unsigned("length"));
        var missing = new List<string>();
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapId.Of(account));
        json.WriteStartArray("list"u8);
        foreach (var id in ids)
        {
            await using var blob = await Blob.OpenAsync(call.Store, call.Who, account, id, cancellationToken);
            if (blob is null || await blob.ReadAllAsync(call.Limits.MaxSizeUpload, cancellationToken) is not { } bytes)
            {
                missing.Add(id);
                continue;
            }
            Write(json, id, bytes, properties, offset, length);
        }
        GetReply.End(json, missing);
    }

    internal static async ValueTask LookupAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var account = call.AccountOf();
        var types = call.Arguments.Texts("typeNames") ?? throw MethodErrorException.InvalidArguments("typeNames is missing.");
        if (types.FirstOrDefault(t => t is not ("Email" or "Thread" or "Mailbox")) is not null)
            throw new MethodErrorException("unknownDataType");
        var ids = call.Ids() ?? throw MethodErrorException.InvalidArguments("ids is missing.");
        var found = await call.InScopeAsync(
            (_, scope) => ValueTask.FromResult(ids.ToDictionary(id => id, id => JmapId.Read(id.Split('-')[0], 'M') is { } key ? scope.Find(new(key)) : null)),
            cancellationToken);
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapId.Of(account));
        json.WriteStartArray("list"u8);
        var missing = new List<string>();
        foreach (var (id, message) in found)
        {
            if (message is null && (JmapId.Read(id, 'U') is not { } upload || (await call.Store.Uploads.FindAsync(call.Who, upload, cancellationToken))?.Account != account))
            {
                missing.Add(id);
                continue;
            }
            json.WriteStartObject();
            json.WriteString("id"u8, id);
            json.WriteStartObject("matchedIds"u8);
            foreach (var type in types.Distinct())
            {
                GetReply.WriteStrings(json, type, message is null ? [] : type switch
                {
                    "Email" => [JmapId.Of(message.Id)],
                    "Thread" => [JmapId.Thread(message.ThreadId)],
                    _ => message.Copies.Select(c => JmapId.Of(c.Mailbox)).Distinct(),
                });
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        GetReply.End(json, missing);
    }

    private static void Write(Utf8JsonWriter json, string id, byte[] bytes, IReadOnlyList<string> properties, long offset, long? length)
    {
        var start = (int)Math.Min(offset, bytes.Length);
        var range = bytes.AsSpan(start, (int)Math.Min(length ?? long.MaxValue, bytes.Length - start));
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        if (offset > bytes.Length || offset + length > bytes.Length)
            json.WriteBoolean("isTruncated"u8, true);
        foreach (var property in properties)
        {
            switch (property)
            {
                case "size":
                    json.WriteNumber(property, bytes.Length);
                    break;
                case "digest:sha":
                    // RFC 9404 §4.2 names it; it protects nothing here.
#pragma warning disable CA5350
                    json.WriteString(property, Convert.ToBase64String(SHA1.HashData(range)));
#pragma warning restore CA5350
                    break;
                case "digest:sha-256":
                    json.WriteString(property, Convert.ToBase64String(SHA256.HashData(range)));
                    break;
                case "data:asBase64":
                    json.WriteString(property, Convert.ToBase64String(range));
                    break;
                case "data" or "data:asText":
                    if (Text(range) is { } text)
                        json.WriteString("data:asText"u8, text);
                    else if (property == "data")
                        json.WriteString("data:asBase64"u8, Convert.ToBase64String(range));
                    else
                        json.WriteNull("data:asText"u8);
                    if (Text(range) is null)
                        json.WriteBoolean("isEncodingProblem"u8, true);
                    break;
            }
        }
        json.WriteEndObject();
    }

    private static string? Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // RFC 9404 §4.1: text, base64, or a range of another blob.
    private static async ValueTask AppendAsync(Call call, AccountId account, JsonElement source, MemoryStream target, CancellationToken cancellationToken)
    {
        if (source.ValueKind != JsonValueKind.Object)
            throw SetErrorException.Invalid("A source is an object.", "data");
        if (source.TryGetProperty("data:asText"u8, out var text) && text.ValueKind == JsonValueKind.String)
        {
            target.Write(Encoding.UTF8.GetBytes(text.GetString()!));
        }
        else if (source.TryGetProperty("data:asBase64"u8, out var base64) && base64.ValueKind == JsonValueKind.String && base64.TryGetBytesFromBase64(out var bytes))
        {
            target.Write(bytes);
        }
        else if (source.TryGetProperty("blobId"u8, out var blobId) && blobId.ValueKind == JsonValueKind.String)
        {
            var arguments = new Arguments(source);
            var (offset, length) = (arguments.Unsigned("offset") ?? 0, arguments.Unsigned("length"));
            await using var blob = await Blob.OpenAsync(call.Store, call.Who, account, call.Resolve(blobId.GetString()!), cancellationToken)
                ?? throw new SetErrorException(new("blobNotFound") { More = [new("notFound", new[] { blobId.GetString()! })] });
            if (await blob.ReadAllAsync(call.Limits.MaxSizeUpload, cancellationToken) is not { } all || offset > all.Length || offset + (length ?? 0) > all.Length)
                throw SetErrorException.Invalid("The range is not in the blob.", "data");
            target.Write(all.AsSpan((int)offset, (int)(length ?? all.Length - offset)));
        }
        else
        {
            throw SetErrorException.Invalid("A source is text, base64 or a blob.", "data");
        }
        if (target.Length > call.Limits.MaxSizeUpload)
            throw new SetErrorException(new("tooLarge"));
    }

    private static async ValueTask<string> KeepAsync(Call call, AccountId account, byte[] bytes, string type, CancellationToken cancellationToken)
    {
        await using var writer = call.Store.Contents.Create();
        await writer.WriteAsync(bytes, cancellationToken);
        await using var content = await writer.FinishAsync(default, cancellationToken);
        return await call.Store.Uploads.AddAsync(call.Who, account, content, type, cancellationToken) is { } upload ? Blob.Of(upload) : throw new SetErrorException(SetError.Forbidden);
    }

    private static void Check(Call call, int count)
    {
        if (count > call.Limits.MaxObjectsInSet)
            throw new MethodErrorException("requestTooLarge");
    }
}
