using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using CongVu.Governance;
using CongVu.Governance.Passwords;
using CongVu.Server.Resources;
using Microsoft.AspNetCore.Http.Features;

namespace CongVu.Server.Web.Governance;

/// <summary>
/// The page where a holder turns a one-time code into a password (A7.2): a form that works in any browser, without a script and without a session. What is typed is never written back into the page.
/// </summary>
internal static class ClaimPage
{
    internal const string Path = "/nhan-mat-khau";
    private const string EnglishPath = "/claim";
    private const long MaxFormBytes = 16 * 1024;
    private const int MaxField = 400;

    // Nothing but the form itself, and that comes back here.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    // The page is UTF-8: Vietnamese letters go as they are.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>The page acts for whoever has the code, whoever else is signed in with the browser.</summary>
    internal static bool Is(PathString path) => path == Path || path == EnglishPath;

    internal static void Map(WebApplication application)
    {
        foreach (var path in new[] { Path, EnglishPath })
        {
            var texts = new Texts(isVietnamese: path == Path);
            application.MapGet(path, (HttpContext context) => Page(context, texts, path, null, isDone: false)).ExcludeFromDescription();
            application.MapPost(path, (HttpContext context, GovernanceStore of) => ClaimAsync(context, of, texts, path)).ExcludeFromDescription();
        }
    }

    private static async Task<IResult> ClaimAsync(HttpContext context, GovernanceStore governance, Texts texts, string path)
    {
        if (!SessionEndpoints.IsSameOrigin(context.Request) || !context.Request.HasFormContentType)
            return Page(context, texts, path, texts["claim.wrong"], isDone: false, 400);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxFormBytes;
        if (await FormAsync(context.Request) is not { } form)
            return Page(context, texts, path, texts["claim.wrong"], isDone: false, 413);
        var (login, code, password) = (form["login"].ToString(), form["code"].ToString(), form["password"].ToString());
        if (login.Length is 0 or > MaxField || code.Length is 0 or > MaxField || password.Length > MaxField)
            return Page(context, texts, path, texts["claim.wrong"], isDone: false, 400);
        if (password != form["again"].ToString())
            return Page(context, texts, path, texts["password.differ"], isDone: false, 400);
        var (outcome, faults) = await governance.Passwords.ClaimAsync(login, code, password, context.Connection.RemoteIpAddress, context.RequestAborted);
        return outcome switch
        {
            ClaimOutcome.Done => Page(context, texts, path, texts["claim.done"], isDone: true),
            ClaimOutcome.WeakPassword => Page(context, texts, path, Weak(texts, faults), isDone: false, 400),
            ClaimOutcome.TooManyFailures => Page(context, texts, path, texts["claim.tooMany"], isDone: false, 429),
            _ => Page(context, texts, path, texts["claim.wrong"], isDone: false, 400),
        };
    }

    // Null where it is larger than this form can be, or is no form.
    private static async Task<IFormCollection?> FormAsync(HttpRequest request)
    {
        try
        {
            return await request.ReadFormAsync(new FormOptions { ValueCountLimit = 16, ValueLengthLimit = (int)MaxFormBytes, BufferBodyLengthLimit = MaxFormBytes, MultipartBodyLengthLimit = MaxFormBytes }, request.HttpContext.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static string Weak(Texts texts, PasswordFault faults) => texts["password.weak", string.Join(", ", Enum.GetValues<PasswordFault>()
        .Where(f => f != PasswordFault.None && faults.HasFlag(f)).Select(f => texts[$"password.{f}", PasswordRule.MinChars(isAdministrator: false), PasswordRule.MaxChars]))];

    private static IResult Page(HttpContext context, Texts texts, string path, string? message, bool isDone, int status = 200)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-store";
        var form = isDone
            ? $"""<p><a href="/">{H(texts["claim.signIn"])}</a></p>"""
            : $"""
              <form method="post" action="{path}" autocomplete="off">
                <label>{H(texts["claim.login"])}<input name="login" type="email" required maxlength="320" autocomplete="username"></label>
                <label>{H(texts["claim.code"])}<input name="code" required maxlength="40" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false"></label>
                <label>{H(texts["claim.password"])}<input name="password" type="password" required minlength="8" maxlength="256" autocomplete="new-password"></label>
                <label>{H(texts["claim.again"])}<input name="again" type="password" required minlength="8" maxlength="256" autocomplete="new-password"></label>
                <p class="hint">{H(texts["claim.rules"])}</p>
                <button>{H(texts["claim.submit"])}</button>
              </form>
              """;
        return Results.Content(
            $$"""
            <!doctype html>
            <html lang="{{texts["culture"]}}">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{{H(texts["claim.title"])}}</title>
            <style>
              body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 3rem auto; padding: 0 1rem; color: #1c2733; background: #fff; }
              h1 { font-size: 1.4rem; color: #a3161f; } label { display: block; margin: .9rem 0; }
              input { display: block; box-sizing: border-box; width: 100%; font: inherit; padding: .55rem; margin-top: .25rem; border: 1px solid #7a8794; border-radius: .35rem; }
              button { font: inherit; padding: .6rem 1.2rem; border: 0; border-radius: .35rem; background: #a3161f; color: #fff; cursor: pointer; }
              input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid #2b6cb0; outline-offset: 2px; }
              .message { padding: .7rem .9rem; border-radius: .35rem; background: #fdecea; } .done { background: #e6f4ea; } .hint { color: #4a5763; font-size: .92rem; }
            </style>
            <main>
              <h1>{{H(texts["claim.title"])}}</h1>
              {{(message is null ? $"<p>{H(texts["claim.lead"])}</p>" : $"""<p class="message{(isDone ? " done" : "")}" role="alert">{H(message)}</p>""")}}
              {{form}}
            </main>
            """,
            "text/html; charset=utf-8",
            Encoding.UTF8,
            status);
    }

    private static string H(string text) => Encoder.Encode(text);
}
