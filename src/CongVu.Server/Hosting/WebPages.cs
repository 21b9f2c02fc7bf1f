using System.Net;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using CongVu.Server.Configuration;
using CongVu.Server.Web;

namespace CongVu.Server.Hosting;

/// <summary>What the web listeners answer beside the interfaces: the webmail, a health check, and a page that says what this is where the webmail was not built.</summary>
internal static class WebPages
{
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(5);

    // Everything comes from here and no script is written into a page. Styles are: the component library sets sizes and places on elements.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
        + "frame-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The page in whose frame the text of a message is shown.</summary>
    private const string Frame = "/frame.html";

    // The frame has no origin, so that what is in it knows nobody's session, and one script, which is named by its hash: whatever a message brings does not run. Pictures of other
    // places are loaded only where the reader has asked for them.
    internal const string FramePolicy = "default-src 'none'; script-src 'sha256-Vltype4iVjBDDCglMjjaHB32m04c21iRKR376fz8qr4='; style-src 'unsafe-inline'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox allow-modals; img-src data:";

    /// <summary>Headers of every answer.</summary>
    public static void Use(WebApplication application) => application.Use(async (context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.Request.Path == Frame ? FramePolicy + (context.Request.Query["images"] == "1" ? " https: http:" : "") : Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // To look up the names of a message's links already tells that it was read.
        headers["X-DNS-Prefetch-Control"] = "off";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        await next(context);
    });

    public static void Map(WebApplication application, ServerOptions options, MailStore store, MailServer server)
    {
        application.MapGet("/healthz", (CancellationToken aborted) => HealthAsync(store, aborted));
        if (WebApplicationFiles.Open() is { } files)
            files.Map(application);
        else
            application.MapGet("/", () => Results.Content(FrontPage(options, server), "text/html; charset=utf-8"));
    }

    // Healthy: the database can be read and written now. The writer syncs nothing when nothing changes.
    private static async Task<IResult> HealthAsync(MailStore store, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(HealthTimeout);
        try
        {
            await store.Accounts.DomainsAsync(limit.Token);
            await store.Database.WriteAsync(tx => tx.ScalarAsync<long?>("SELECT 1"), limit.Token).WaitAsync(limit.Token);
            return Results.Text("ok\n");
        }
        catch (Exception error) when (error is StoreException or OperationCanceledException)
        {
            return Results.Text("the store does not answer\n", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static string FrontPage(ServerOptions options, MailServer server)
    {
        var host = WebUtility.HtmlEncode(options.HostName);
        var ports = server.EndPoints.ToLookup(e => e.Kind, e => e.EndPoint.Port);
        return $$"""
            <!doctype html>
            <html lang="vi">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Thư Công Vụ</title>
            <style>
              body { font: 1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color: #1c2733; }
              table { border-collapse: collapse; margin: 1rem 0; } td, th { text-align: left; padding: .25rem 1.5rem .25rem 0; }
              h1 { color: #a3161f; } footer { color: #5b6875; }
            </style>
            <main>
              <h1>Thư Công Vụ</h1>
              <p>Hệ thống thư điện tử công vụ. Đăng nhập bằng chương trình thư (Thunderbird, Outlook, điện thoại) với địa chỉ thư và mật khẩu được cấp.</p>
              <table>
                <tr><th>Thư đến (IMAP)</th><td>{{host}}</td><td>{{Port(ports, ListenerKind.Imaps, "SSL/TLS")}}</td></tr>
                <tr><th>Thư đi (SMTP)</th><td>{{host}}</td><td>{{Port(ports, ListenerKind.Submissions, "SSL/TLS")}}</td></tr>
              </table>
              <footer lang="en">The official e-mail system. Sign in with a mail program: server, port and security as above, user name is the full address.</footer>
            </main>
            """;
    }

    private static string Port(ILookup<ListenerKind, int> ports, ListenerKind kind, string security) => ports[kind].Any() ? $"{ports[kind].First()} ({security})" : "–";
}
