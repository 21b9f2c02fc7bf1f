using CongVu.Mail.Jmap;
using CongVu.Mail.Store;

namespace CongVu.Server.Web.Html;

/// <summary>The HTML of messages as the webmail shows it: /api/html.</summary>
internal static class HtmlEndpoints
{
    // What a frame of it may do, whatever is in it: show text, and pictures when they were asked for.
    private const string Quiet = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";
    private const string WithImages = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

    internal static void Map(WebApplication application, MailStore store) => application
        .MapGet("/api/html/{accountId}/{emailId}/{partId}", (HttpContext context, string accountId, string emailId, string partId, bool? images) => ServeAsync(context, store, accountId, emailId, partId, images == true))
        .RequireAuthorization();

    private static async Task ServeAsync(HttpContext context, MailStore store, string accountId, string emailId, string partId, bool images)
    {
        var message = JmapApi.ReadAccountId(accountId) is { } account ? await MessageHtml.ReadAsync(store, context.PrincipalId(), account, emailId, partId, context.RequestAborted) : null;
        if (message is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var clean = SafeHtml.Clean(message, images);
        context.Response.Headers.ContentSecurityPolicy = images ? WithImages : Quiet;
        context.Response.Headers["X-Blocked-Images"] = clean.BlockedImages.ToString(System.Globalization.CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "private, max-age=3600";
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(SafeHtml.Page(clean.Html), context.RequestAborted);
    }
}
