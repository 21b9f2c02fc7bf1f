using System.Text.Json;
using CongVu.Formats.Mime;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Email/parse (RFC 8621 §4.9): what a blob would be as a message.</summary>
internal static class EmailParse
{
    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var account = call.AccountOf();
        var properties = EmailProperties.Read(call, parsed: true);
        var ids = call.Arguments.Texts("blobIds") ?? throw MethodErrorException.InvalidArguments("blobIds is missing.");
        if (ids.Count > call.Limits.MaxObjectsInGet)
            throw new MethodErrorException("requestTooLarge");
        await call.InScopeAsync((_, scope) => ValueTask.FromResult(scope), cancellationToken);
        var (notFound, notParsable) = (new List<string>(), new List<string>());
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapId.Of(account));
        json.WriteStartObject("parsed"u8);
        foreach (var id in ids.Distinct())
        {
            await using var blob = await Blob.OpenAsync(call.Store, call.Who, account, call.Resolve(id), cancellationToken);
            if (blob is null)
            {
                notFound.Add(id);
                continue;
            }
            if (await blob.ReadAllAsync(call.Limits.MaxSizeUpload, cancellationToken) is not { } bytes || !LooksLikeMessage(bytes))
            {
                notParsable.Add(id);
                continue;
            }
            var facts = MessageFacts.Read(new MemoryStream(bytes, writable: false), cancellationToken);
            await using var email = EmailView.Of(id, facts, call.Store.Contents.OfBytes(bytes), bytes.Length);
            json.WritePropertyName(id);
            await EmailWriter.WriteAsync(json, email, properties, cancellationToken);
        }
        json.WriteEndObject();
        Write(json, "notParsable", notParsable);
        Write(json, "notFound", notFound);
        json.WriteEndObject();
    }

    /// <summary>It begins with a header field.</summary>
    internal static bool LooksLikeMessage(ReadOnlySpan<byte> bytes)
    {
        var line = bytes.IndexOf((byte)'\n') is var end and >= 0 ? bytes[..end] : bytes;
        var colon = line.IndexOf((byte)':');
        return colon > 0 && line[..colon].IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0;
    }

    private static void Write(Utf8JsonWriter json, string name, List<string> ids)
    {
        if (ids.Count == 0)
            json.WriteNull(name);
        else
            GetReply.WriteStrings(json, name, ids);
    }
}
