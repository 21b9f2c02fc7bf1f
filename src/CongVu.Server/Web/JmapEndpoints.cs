using System.Buffers;
using System.Globalization;
using System.Net.Mime;
using System.Text.Json;
using CongVu.Mail.Jmap;
using CongVu.Mail.Store;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace CongVu.Server.Web;

/// <summary>How JMAP travels over HTTP (RFC 8620 §2, §3.1, §6).</summary>
internal static class JmapEndpoints
{
    internal static void Map(WebApplication application, JmapApi api, MailStore store)
    {
        var jmap = application.MapGroup("/jmap").RequireAuthorization();
        application.MapGet("/.well-known/jmap", (HttpContext context) => SessionAsync(context, api)).RequireAuthorization();
        jmap.MapGet("/session", (HttpContext context) => SessionAsync(context, api));
        jmap.MapPost("/api", (HttpContext context) => ApiAsync(context, api));
        jmap.MapPost("/upload/{accountId}/{*rest}", (HttpContext context, string accountId) => UploadAsync(context, api, store, accountId));
        jmap.MapGet("/download/{accountId}/{blobId}/{name}", (HttpContext context, string accountId, string blobId, string name) => DownloadAsync(context, store, accountId, blobId, name));
        application.UseWebSockets();
        jmap.MapGet("/ws", (HttpContext context) => JmapWebSocket.RunAsync(context, api));
        jmap.MapGet("/eventsource", (HttpContext context) => EventSource.RunAsync(context, api));
    }

    private static async Task SessionAsync(HttpContext context, JmapApi api)
    {
        var origin = $"{context.Request.Scheme}://{context.Request.Host}";
        var session = await api.SessionAsync(context.PrincipalId(), context.Login(), origin, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        await WriteJsonAsync(context, StatusCodes.Status200OK, MediaTypeNames.Application.Json, session);
    }

    private static async Task ApiAsync(HttpContext context, JmapApi api)
    {
        // RFC 8620 §3.6.1: anything but JSON is not looked at. It also keeps a form of another site from being a request.
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase))
        {
            await WriteJsonAsync(context, 400, MediaTypeNames.Application.ProblemJson, """{"type":"urn:ietf:params:jmap:error:notJSON","status":400,"detail":"The content type of a request is application/json."}"""u8.ToArray());
            return;
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var body = await ReadAsync(context, api.Limits.MaxSizeRequest + 1);
        var reply = await api.RunAsync(context.PrincipalId(), body, context.RequestAborted);
        await WriteJsonAsync(context, reply.Status, reply.Status == 200 ? MediaTypeNames.Application.Json : MediaTypeNames.Application.ProblemJson, reply.Json);
    }

    // Up to so many bytes: one more than is allowed shows that there are too many.
    private static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int max)
    {
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp(context.Request.ContentLength ?? 4096, 256, 1 << 20));
        while (body.WrittenCount < max)
        {
            var read = await context.Request.Body.ReadAsync(body.GetMemory(4096), context.RequestAborted);
            if (read == 0)
                break;
            body.Advance(read);
        }
        return body.WrittenMemory;
    }

    private static async Task UploadAsync(HttpContext context, JmapApi api, MailStore store, string accountId)
    {
        if (JmapApi.ReadAccountId(accountId) is not { } account)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        using var turn = api.TakeUploadTurn(context.PrincipalId());
        if (turn is null || context.Request.ContentLength > api.Limits.MaxSizeUpload)
        {
            await WriteLimitAsync(context, turn is null ? "maxConcurrentUpload" : "maxSizeUpload", turn is null ? 400 : 413);
            return;
        }
        await using var writer = store.Contents.Create();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is var read and > 0)
            {
                if (writer.Length + read > api.Limits.MaxSizeUpload)
                {
                    await WriteLimitAsync(context, "maxSizeUpload", 413);
                    return;
                }
                await writer.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        var type = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var given) ? given.MediaType.ToString().ToLowerInvariant() : MediaTypeNames.Application.Octet;
        await using var content = await writer.FinishAsync(default, context.RequestAborted);
        if (await store.Uploads.AddAsync(context.PrincipalId(), account, content, type, context.RequestAborted) is not { } upload)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var answer = JsonSerializer.SerializeToUtf8Bytes(new { accountId, blobId = Blob.Of(upload), type, size = upload.Size });
        await WriteJsonAsync(context, StatusCodes.Status201Created, MediaTypeNames.Application.Json, answer);
    }

    private static async Task DownloadAsync(HttpContext context, MailStore store, string accountId, string blobId, string name)
    {
        await using var blob = JmapApi.ReadAccountId(accountId) is { } account ? await Blob.OpenAsync(store, context.PrincipalId(), account, blobId, context.RequestAborted) : null;
        if (blob is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var type = context.Request.Query["type"].ToString();
        var response = context.Response;
        response.ContentType = MediaTypeHeaderValue.TryParse(type, out var wanted) ? wanted.ToString() : MediaTypeNames.Application.Octet;
        // What came by mail is never a page of ours: it is saved, and should a browser show it all the same, nothing in it runs.
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = name }.ToString();
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.CacheControl = "private, immutable, max-age=31536000";
        response.ContentLength = await blob.CountAsync(context.RequestAborted);
        await blob.CopyToAsync(response.BodyWriter, 0, long.MaxValue, context.RequestAborted);
    }

    private static Task WriteLimitAsync(HttpContext context, string limit, int status) => WriteJsonAsync(
        context,
        status,
        MediaTypeNames.Application.ProblemJson,
        JsonSerializer.SerializeToUtf8Bytes(new { type = "urn:ietf:params:jmap:error:limit", status, limit, detail = string.Create(CultureInfo.InvariantCulture, $"The limit {limit} is passed.") }));

    private static async Task WriteJsonAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }
}
