using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using CongVu.Mail.Store;
using CongVu.Server.Web.Governance;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace CongVu.Server.Web;

/// <summary>
/// Who makes a request: the session of the browser's cookie, or a mail program's name and password (RFC 7617), or the two as one token (RFC 6750). A request that brings credentials of its own is not
/// judged by a cookie.
/// </summary>
internal sealed class WebAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder, MailStore store)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    internal const string SchemeName = "CongVu";

    private const string Basic = "Basic";
    private const string Bearer = "Bearer";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header))
        {
            return header.Scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase) ? await CheckAsync(ReadBasic(header.Parameter))
                : header.Scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase) ? await CheckAsync(BearerToken.Read(header.Parameter))
                : AuthenticateResult.Fail("The scheme is not known.");
        }
        if (SessionCookie.Read(Request) is not { } token)
            return AuthenticateResult.NoResult();
        if (await store.WebSessions.FindAsync(token, Context.RequestAborted) is not { } session)
            return AuthenticateResult.Fail("The session has ended.");
        await store.Activity.SeenAsync(session.Principal, Context.RequestAborted);
        return AuthenticateResult.Success(new(WebPrincipal.Of(session.Principal, session, SchemeName), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // A browser's own password window is for mail programs' addresses only.
        if (!Request.Path.StartsWithSegments("/api", StringComparison.Ordinal) && !Request.Headers.ContainsKey("X-CSRF-Token"))
            Response.Headers.WWWAuthenticate = "Basic realm=\"CongVu\", charset=\"UTF-8\"";
        return base.HandleChallengeAsync(properties);
    }

    private async Task<AuthenticateResult> CheckAsync((string Login, string Password)? credentials)
    {
        if (credentials is not var (login, password))
            return AuthenticateResult.Fail("The credentials cannot be read.");
        var result = await store.SignIn.CheckPasswordAsync(login, password, "jmap", Context.Connection.RemoteIpAddress, Context.RequestAborted);
        return result.Principal is { } principal
            ? AuthenticateResult.Success(new(WebPrincipal.Of(principal, null, SchemeName), SchemeName))
            : AuthenticateResult.Fail(result.Refusal.ToString());
    }

    private static (string Login, string Password)? ReadBasic(string? parameter)
    {
        var bytes = new byte[(parameter?.Length ?? 0) + 1];
        if (parameter is null || !Convert.TryFromBase64String(parameter, bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        return text.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? (text[..colon], text[(colon + 1)..]) : null;
    }
}

/// <summary>An app password and whose it is as one token, for programs that take nothing else.</summary>
internal static class BearerToken
{
    private const string Prefix = "congvu_";
    private const int MaxChars = 2_000;

    internal static string Of(string login, string password) => Prefix + Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{login}:{password}"));

    internal static (string Login, string Password)? Read(string? token)
    {
        if (token is not { Length: > 7 and <= MaxChars } || !token.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.IsValid(token.AsSpan(Prefix.Length)))
            return null;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.AsSpan(Prefix.Length)));
        return text.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? (text[..colon], text[(colon + 1)..]) : null;
    }
}

/// <summary>The cookie that holds a session's token.</summary>
internal static class SessionCookie
{
    // The prefix makes browsers hold it to this host and to TLS; without TLS there is only loopback.
    private const string Secure = "__Host-congvu";
    private const string Plain = "congvu";

    internal static string? Read(HttpRequest request) => request.Cookies[Name(request)] is { Length: > 0 } token ? token : null;

    internal static void Write(HttpContext context, string token, bool isPublic) => context.Response.Cookies.Append(
        Name(context.Request),
        token,
        Options(context.Request) is var options && isPublic ? options : new CookieOptions(options) { MaxAge = TimeSpan.FromDays(30) });

    internal static void Delete(HttpContext context) => context.Response.Cookies.Delete(Name(context.Request), Options(context.Request));

    private static string Name(HttpRequest request) => request.IsHttps ? Secure : Plain;

    private static CookieOptions Options(HttpRequest request) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = request.IsHttps, Path = "/", IsEssential = true };
}

/// <summary>Who is signed in to a request.</summary>
internal static class WebPrincipal
{
    private const string PrincipalClaim = "principal";
    private const string SessionClaim = "session";
    private const string AdministratorClaim = "administrator";
    private const string MustChangeClaim = "must-change";

    /// <summary>Preferences are the largest; more than theirs is nobody's.</summary>
    private const long MaxRequestBytes = 512 * 1024;

    internal const string Administrators = "administrators";

    internal static ClaimsPrincipal Of(Principal principal, WebSession? session, string scheme)
    {
        var identity = new ClaimsIdentity([new(PrincipalClaim, principal.Id.Value.ToString(CultureInfo.InvariantCulture)), new(ClaimTypes.Name, principal.Login)], scheme);
        if (session is not null)
            identity.AddClaim(new(SessionClaim, session.Id.ToString(CultureInfo.InvariantCulture)));
        // What changes the installation is done in a browser's session, not with a mail program's password.
        if (principal.IsAdministrator && session is not null)
            identity.AddClaim(new(AdministratorClaim, "1"));
        if (principal.MustChangePassword)
            identity.AddClaim(new(MustChangeClaim, "1"));
        return new(identity);
    }

    /// <summary>The principal of an endpoint that requires one.</summary>
    internal static PrincipalId PrincipalId(this HttpContext context) =>
        new(long.Parse(context.User.FindFirstValue(PrincipalClaim)!, CultureInfo.InvariantCulture));

    internal static string Login(this HttpContext context) => context.User.Identity!.Name!;

    /// <summary>The browser's session; null of a mail program.</summary>
    internal static long? SessionId(this HttpContext context) =>
        context.User.FindFirstValue(SessionClaim) is { } id ? long.Parse(id, CultureInfo.InvariantCulture) : null;

    internal static bool IsAdministrator(ClaimsPrincipal user) => user.HasClaim(AdministratorClaim, "1");

    /// <summary>The interfaces take small documents only, from strangers too; JMAP has limits of its own.</summary>
    internal static Task LimitAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxRequestBytes;
        return next(context);
    }

    /// <summary>
    /// Guards what a cookie does: a changing request brings the session's proof, which other sites cannot read, and who must change the password does nothing else first.
    /// </summary>
    internal static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (context.SessionId() is not null && !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)
            && !IsSession(context.Request.Path) && !ClaimPage.Is(context.Request.Path) && !HasProof(context.Request))
        {
            await ForbidAsync(context, "csrf");
            return;
        }
        // Not by the path's look: routing takes it in any case of letters.
        if (context.User.HasClaim(MustChangeClaim, "1") && context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null
            && !IsSession(context.Request.Path) && !IsPasswordChange(context.Request.Path))
        {
            await ForbidAsync(context, "passwordChangeRequired");
            return;
        }
        await next(context);
    }

    private static bool IsSession(PathString path) => path.StartsWithSegments("/api/session", StringComparison.OrdinalIgnoreCase);

    private static bool IsPasswordChange(PathString path) =>
        path.StartsWithSegments("/api/account/password", StringComparison.OrdinalIgnoreCase) || path.StartsWithSegments("/api/account/password-rules", StringComparison.OrdinalIgnoreCase);

    private static bool HasProof(HttpRequest request) => CryptographicOperations.FixedTimeEquals(
        Encoding.UTF8.GetBytes(request.Headers["X-CSRF-Token"].ToString()), Encoding.UTF8.GetBytes(WebSessions.RequestProof(SessionCookie.Read(request)!)));

    private static Task ForbidAsync(HttpContext context, string error)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsJsonAsync(new ApiError(error));
    }
}

/// <summary>Why a request of /api was not done.</summary>
/// <param name="Error">A word that the webmail has a text for.</param>
/// <param name="Rules">Rules that a new password breaks.</param>
internal sealed record ApiError(string Error, IReadOnlyList<string>? Rules = null);
