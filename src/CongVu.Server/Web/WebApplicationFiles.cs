using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace CongVu.Server.Web;

/// <summary>
/// The webmail's files, as the build has left them beside the program: read once, compressed once, named by their content, so that a browser loads each
/// version of each file once. Every address that is no file and no interface is the application itself.
/// </summary>
internal sealed class WebApplicationFiles
{
    private const string Index = "/index.html";

    private static readonly FileExtensionContentTypeProvider Types = MakeTypes();

    private readonly ConcurrentDictionary<string, Asset> assets = new(StringComparer.Ordinal);

    private WebApplicationFiles(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var name = "/" + Path.GetRelativePath(folder, path).Replace('\\', '/');
            assets[name] = new(File.ReadAllBytes(path), Types.TryGetContentType(name, out var type) ? type : "application/octet-stream", name.StartsWith("/assets/", StringComparison.Ordinal));
        }
    }

    /// <summary>The files; null where the webmail has not been built.</summary>
    internal static WebApplicationFiles? Open()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        return File.Exists(folder + Index) ? new(folder) : null;
    }

    internal void Map(WebApplication application) =>
        application.MapFallback("{*path}", ServeAsync).WithMetadata(new HttpMethodMetadata([HttpMethods.Get, HttpMethods.Head]));

    private Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        if (assets.TryGetValue(path, out var asset))
            return asset.WriteAsync(context);
        // What has an extension is a file that is not there; the interfaces have no pages.
        return path.StartsWith("/api", StringComparison.Ordinal) || path.StartsWith("/jmap", StringComparison.Ordinal) || path.StartsWith("/.well-known", StringComparison.Ordinal) || Path.HasExtension(path)
            ? NotFound(context)
            : assets[Index].WriteAsync(context);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static FileExtensionContentTypeProvider MakeTypes()
    {
        var types = new FileExtensionContentTypeProvider();
        types.Mappings[".webmanifest"] = "application/manifest+json";
        types.Mappings[".mjs"] = "text/javascript";
        return types;
    }

    private sealed class Asset(byte[] bytes, string type, bool isVersioned)
    {
        private readonly string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"";
        private readonly Lazy<byte[]> brotli = new(() => Compress(bytes));

        public async Task WriteAsync(HttpContext context)
        {
            var response = context.Response;
            response.Headers.CacheControl = isVersioned ? "public, max-age=31536000, immutable" : "no-cache";
            response.Headers.ETag = tag;
            response.Headers.Vary = "Accept-Encoding";
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
            response.ContentType = type;
            var body = bytes;
            if (bytes.Length > 1024 && !type.StartsWith("font/", StringComparison.Ordinal) && !type.StartsWith("image/png", StringComparison.Ordinal)
                && context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
            {
                body = brotli.Value;
                response.Headers.ContentEncoding = "br";
            }
            response.ContentLength = body.Length;
            if (HttpMethods.IsGet(context.Request.Method))
                await response.Body.WriteAsync(body, context.RequestAborted);
        }

        private static byte[] Compress(byte[] bytes)
        {
            using var target = new MemoryStream();
            using (var brotli = new BrotliStream(target, new BrotliCompressionOptions { Quality = 9 }))
                brotli.Write(bytes);
            return target.ToArray();
        }
    }
}
