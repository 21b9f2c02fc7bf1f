using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using CongVu.Mail.Store;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace CongVu.Server.Web;

/// <summary>Signs in the HTTP clients that send a name and a password with each request (RFC 7617): mail programs that speak JMAP.</summary>
internal sealed class BasicAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder, MailStore store)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    internal const string SchemeName = "Basic";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header) || !header.Scheme.Equals(SchemeName, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (Read(header.Parameter) is not var (login, password))
            return AuthenticateResult.Fail("The credentials cannot be read.");
        var result = await store.SignIn.CheckPasswordAsync(login, password, "jmap", Context.Connection.RemoteIpAddress, Context.RequestAborted);
        return result.Principal is { } principal
            ? AuthenticateResult.Success(new(WebPrincipal.Of(principal, SchemeName), SchemeName))
            : AuthenticateResult.Fail(result.Refusal.ToString());
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Basic realm=\"CongVu\", charset=\"UTF-8\"";
        return base.HandleChallengeAsync(properties);
    }

    private static (string Login, string Password)? Read(string? parameter)
    {
        var bytes = new byte[(parameter?.Length ?? 0) + 1];
        if (parameter is null || !Convert.TryFromBase64String(parameter, bytes, out var length))
            return null;
        var text = Encoding.UTF8.GetString(bytes.AsSpan(0, length));
        return text.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 ? (text[..colon], text[(colon + 1)..]) : null;
    }
}

/// <summary>Who is signed in to a request.</summary>
internal static class WebPrincipal
{
    private const string PrincipalClaim = "principal";

    internal static ClaimsPrincipal Of(Principal principal, string scheme) => new(new ClaimsIdentity(
        [new(PrincipalClaim, principal.Id.Value.ToString(CultureInfo.InvariantCulture)), new(ClaimTypes.Name, principal.Login)],
        scheme));

    /// <summary>The principal of an endpoint that requires one.</summary>
    internal static PrincipalId PrincipalId(this HttpContext context) =>
        new(long.Parse(context.User.FindFirstValue(PrincipalClaim)!, CultureInfo.InvariantCulture));

    internal static string Login(this HttpContext context) => context.User.Identity!.Name!;
}
