using System.Text.Json;
using System.Text.Json.Nodes;
using CongVu.Governance;
using CongVu.Governance.Passwords;
using CongVu.Mail.Store;

namespace CongVu.Server.Web;

/// <summary>A new password and the one before.</summary>
internal sealed record PasswordRequest(string Current, string New);

/// <summary>A browser that is signed in, as its holder sees it.</summary>
internal sealed record SessionItem(long Id, bool IsCurrent, bool PublicComputer, string Remote, string UserAgent, DateTimeOffset Created, DateTimeOffset LastUsed);

/// <summary>What an app password is for.</summary>
internal sealed record AppPasswordRequest(string Label);

/// <summary>An app password just made: shown now and never again.</summary>
/// <param name="Id">Key.</param>
/// <param name="Label">What it is for.</param>
/// <param name="Password">For programs that take a name and a password.</param>
/// <param name="Token">For programs that take a token (RFC 6750).</param>
internal sealed record AppPasswordMade(long Id, string Label, string Password, string Token);

/// <summary>How long a new password may be (A12.1).</summary>
internal sealed record PasswordRules(int MinChars, int MaxChars);

/// <summary>What people do with their own account: /api/account and /api/preferences.</summary>
internal static class AccountEndpoints
{
    private const int MaxPreferences = 256 * 1024;
    private const int MaxAppPasswords = 30;
    private const int MaxLabel = 100;

    internal static void Map(WebApplication application, MailStore store, GovernanceStore governance)
    {
        var account = application.MapGroup("/api/account").RequireAuthorization();
        account.MapGet("/password-rules", (HttpContext context, MailStore of) => RulesAsync(context, of)).Produces<PasswordRules>();
        account.MapPost("/password", (HttpContext context, PasswordRequest request) => ChangePasswordAsync(context, store, governance, request)).Produces(204).Produces<ApiError>(400).Produces<ApiError>(403);
        account.MapGet("/sessions", (HttpContext context, MailStore of) => SessionsAsync(context, of)).Produces<SessionItem[]>();
        account.MapDelete("/sessions/{id:long}", async (HttpContext context, long id) =>
            await store.WebSessions.EndAsync(context.PrincipalId(), id, context.RequestAborted) ? Results.NoContent() : Results.NotFound()).Produces(204).Produces(404);
        account.MapDelete("/sessions", async (HttpContext context) =>
        {
            await store.WebSessions.EndOthersAsync(context.PrincipalId(), context.SessionId(), context.RequestAborted);
            return Results.NoContent();
        }).Produces(204);
        account.MapGet("/sign-ins", async (HttpContext context, MailStore of) => Results.Json(await of.WebSessions.AttemptsAsync(context.PrincipalId(), context.RequestAborted))).Produces<SignInAttempt[]>();
        account.MapGet("/app-passwords", async (HttpContext context, MailStore of) => Results.Json(await of.Accounts.AppPasswordsAsync(context.PrincipalId(), context.RequestAborted))).Produces<AppPassword[]>();
        account.MapPost("/app-passwords", (HttpContext context, AppPasswordRequest request) => AddAppPasswordAsync(context, store, request)).Produces<AppPasswordMade>().Produces<ApiError>(400).Produces<ApiError>(403);
        account.MapDelete("/app-passwords/{id:long}", async (HttpContext context, long id) =>
            await store.Accounts.RemoveAppPasswordAsync(context.PrincipalId(), id, context.Login(), context.RequestAborted) == Refusal.None ? Results.NoContent() : Results.NotFound()).Produces(204).Produces(404);

        var preferences = application.MapGroup("/api/preferences").RequireAuthorization();
        preferences.MapGet("", async (HttpContext context, MailStore of) => Results.Text(await of.WebSessions.PreferencesAsync(context.PrincipalId(), context.RequestAborted) ?? "{}", "application/json")).Produces<JsonElement>();
        preferences.MapPatch("", (HttpContext context, JsonObject change) => ChangePreferencesAsync(context, store, change)).Produces(204).Produces<ApiError>(400);
    }

    private static async Task<IResult> RulesAsync(HttpContext context, MailStore store)
    {
        var principal = (await store.Accounts.FindPrincipalAsync(context.PrincipalId(), context.RequestAborted))!;
        return Results.Json(new PasswordRules(PasswordRule.MinChars(principal.IsAdministrator), PasswordRule.MaxChars));
    }

    // A12.1-2: only who knows the old one changes it, and all other sessions end.
    private static async Task<IResult> ChangePasswordAsync(HttpContext context, MailStore store, GovernanceStore governance, PasswordRequest request)
    {
        if (context.SessionId() is null)
            return Results.Json(new ApiError("browserOnly"), statusCode: 403);
        var principal = (await store.Accounts.FindPrincipalAsync(context.PrincipalId(), context.RequestAborted))!;
        var check = await store.SignIn.CheckPasswordAsync(principal.Login, request.Current ?? "", "web", context.Connection.RemoteIpAddress, context.RequestAborted);
        if (check.Principal is null)
            return Results.Json(new ApiError(check.Refusal == SignInRefusal.TooManyFailures ? "tooManyFailures" : "wrongCredentials"), statusCode: 400);
        if (request.New == request.Current)
            return Results.Json(new ApiError("rules", ["sameAsBefore"]), statusCode: 400);
        // On a computer that others use it stays one (A12.3).
        var isPublic = SessionCookie.Read(context.Request) is { } token && await store.WebSessions.FindAsync(token, context.RequestAborted) is { IsPublic: true };
        if (await governance.Passwords.SetAsync(principal, request.New ?? "", mustChange: false, principal.Login, context.RequestAborted) is var faults and not PasswordFault.None)
            return Results.Json(new ApiError("rules", Words(faults)), statusCode: 400);
        var session = await store.WebSessions.BeginAsync(principal.Id, isPublic, context.Connection.RemoteIpAddress?.ToString() ?? "", context.Request.Headers.UserAgent.ToString(), context.RequestAborted);
        SessionCookie.Write(context, session, isPublic);
        return Results.NoContent();
    }

    /// <summary>The rules that a password breaks, as the webmail has texts for them.</summary>
    internal static IReadOnlyList<string> Words(PasswordFault faults) =>
        [.. Enum.GetValues<PasswordFault>().Where(f => f != PasswordFault.None && faults.HasFlag(f)).Select(f => JsonNamingPolicy.CamelCase.ConvertName(f.ToString()))];

    private static async Task<IResult> SessionsAsync(HttpContext context, MailStore store) => Results.Json(
        (await store.WebSessions.ListAsync(context.PrincipalId(), context.RequestAborted))
            .Select(s => new SessionItem(s.Id, s.Id == context.SessionId(), s.IsPublic, s.Remote, s.UserAgent, s.Created, s.LastUsed)));

    private static async Task<IResult> AddAppPasswordAsync(HttpContext context, MailStore store, AppPasswordRequest request)
    {
        if (context.SessionId() is null)
            return Results.Json(new ApiError("browserOnly"), statusCode: 403);
        if (request.Label?.Trim() is not { Length: > 0 and <= MaxLabel } label)
            return Results.Json(new ApiError("label"), statusCode: 400);
        if ((await store.Accounts.AppPasswordsAsync(context.PrincipalId(), context.RequestAborted)).Count >= MaxAppPasswords)
            return Results.Json(new ApiError("tooMany"), statusCode: 400);
        var (made, password) = await store.Accounts.AddAppPasswordAsync(context.PrincipalId(), label, context.Login(), context.RequestAborted);
        return Results.Json(new AppPasswordMade(made.Id, made.Label, password, BearerToken.Of(context.Login(), password)));
    }

    private static async Task<IResult> ChangePreferencesAsync(HttpContext context, MailStore store, JsonObject change) =>
        await store.WebSessions.ChangePreferencesAsync(context.PrincipalId(), change, MaxPreferences, context.RequestAborted)
            ? Results.NoContent()
            : Results.Json(new ApiError("tooLarge"), statusCode: 400);
}
