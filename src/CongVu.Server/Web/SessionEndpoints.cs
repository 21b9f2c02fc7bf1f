using CongVu.Governance;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;

namespace CongVu.Server.Web;

/// <summary>What somebody types to sign in.</summary>
/// <param name="Login">Login or address.</param>
/// <param name="Password">Password.</param>
/// <param name="PublicComputer">Others use this computer (A12.3).</param>
/// <param name="Code">Of an authenticator, where the account asks for one.</param>
internal sealed record SignInRequest(string Login, string Password, bool PublicComputer, string? Code = null);

/// <summary>A session as its browser sees it. The mail host is the name under which this server says who sent a message (RFC 8601 §2.5).</summary>
internal sealed record SessionView(string Login, string DisplayName, bool IsAdministrator, bool MustChangePassword, bool PublicComputer, string CsrfToken, DateTimeOffset? PasswordExpiresAt, string MailHost);

/// <summary>Signing in and out with a browser: /api/session.</summary>
internal static class SessionEndpoints
{
    private const int MaxChars = 1_000;
    private const int MaxCode = 40;

    internal static void Map(WebApplication application, MailStore store)
    {
        var session = application.MapGroup("/api/session");
        session.MapPost("", (HttpContext context, SignInRequest request) => SignInAsync(context, store, request)).Produces<SessionView>().Produces<ApiError>(401).Produces<ApiError>(403);
        session.MapGet("", (HttpContext context, MailStore of) => GetAsync(context, of)).RequireAuthorization().Produces<SessionView>().Produces(401);
        session.MapDelete("", (HttpContext context, MailStore of) => SignOutAsync(context, of)).Produces(204);
    }

    private static async Task<IResult> SignInAsync(HttpContext context, MailStore store, SignInRequest request)
    {
        // A form of another site cannot send JSON, nor this header.
        if (!IsSameOrigin(context.Request))
            return Results.Json(new ApiError("csrf"), statusCode: 403);
        if (request.Login is not { Length: > 0 and < MaxChars } login || request.Password is not { Length: < MaxChars } password)
            return Results.Json(new ApiError("wrongCredentials"), statusCode: 401);
        var (remote, agent) = (context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent.ToString());
        var result = await store.SignIn.CheckPasswordAsync(login, password, "web", remote, context.RequestAborted);
        var from = remote?.ToString() ?? "";
        if (result.Principal is not { } principal)
        {
            if (result.Refusal == SignInRefusal.WrongCredentials && await store.Accounts.FindPrincipalAsync(login, context.RequestAborted) is { } meant)
                await store.WebSessions.NoteAsync(meant.Id, succeeded: false, from, agent, context.RequestAborted);
            var error = result.Refusal switch { SignInRefusal.Suspended => "suspended", SignInRefusal.TooManyFailures => "tooManyFailures", _ => "wrongCredentials" };
            return Results.Json(new ApiError(error), statusCode: 401);
        }
        if (await store.SecondStep.IsOnAsync(principal.Id, context.RequestAborted))
        {
            if (string.IsNullOrWhiteSpace(request.Code))
                return Results.Json(new ApiError("codeRequired"), statusCode: 401);
            if (!await store.SignIn.CheckCodeAsync(principal, request.Code[..Math.Min(request.Code.Length, MaxCode)], remote, context.RequestAborted))
            {
                await store.WebSessions.NoteAsync(principal.Id, succeeded: false, from, agent, context.RequestAborted);
                return Results.Json(new ApiError("codeWrong"), statusCode: 401);
            }
        }
        return await BeginAsync(context, store, principal, request.PublicComputer);
    }

    /// <summary>Begins the session of somebody who has proved to be <paramref name="principal"/>.</summary>
    internal static async Task<IResult> BeginAsync(HttpContext context, MailStore store, Principal principal, bool isPublic)
    {
        var (from, agent) = (context.Connection.RemoteIpAddress?.ToString() ?? "", context.Request.Headers.UserAgent.ToString());
        await store.WebSessions.NoteAsync(principal.Id, succeeded: true, from, agent, context.RequestAborted);
        // Always a new token: one that was there before is nobody's proof.
        var token = await store.WebSessions.BeginAsync(principal.Id, isPublic, from, agent, context.RequestAborted);
        SessionCookie.Write(context, token, isPublic);
        return Results.Json(await ViewAsync(context, principal, isPublic, token));
    }

    private static async Task<IResult> GetAsync(HttpContext context, MailStore store)
    {
        var token = SessionCookie.Read(context.Request);
        return token is not null && await store.WebSessions.FindAsync(token, context.RequestAborted) is { } session
            ? Results.Json(await ViewAsync(context, session.Principal, session.IsPublic, token))
            : Results.Json(new ApiError("noSession"), statusCode: 401);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, MailStore store)
    {
        if (!IsSameOrigin(context.Request))
            return Results.Json(new ApiError("csrf"), statusCode: 403);
        if (context.SessionId() is { } id)
            await store.WebSessions.EndAsync(context.PrincipalId(), id, context.RequestAborted);
        SessionCookie.Delete(context);
        return Results.NoContent();
    }

    // Browsers say where a request comes from; programs that are no browsers do not.
    internal static bool IsSameOrigin(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none" && (origin.Length == 0 || origin == $"{request.Scheme}://{request.Host}");
    }

    private static async Task<SessionView> ViewAsync(HttpContext context, Principal principal, bool isPublic, string token) => new(
        principal.Login,
        principal.DisplayName,
        principal.IsAdministrator,
        principal.MustChangePassword,
        isPublic,
        WebSessions.RequestProof(token),
        await context.RequestServices.GetRequiredService<GovernanceStore>().Passwords.ExpiresAtAsync(principal, context.RequestAborted),
        context.RequestServices.GetRequiredService<ServerOptions>().HostName);
}
