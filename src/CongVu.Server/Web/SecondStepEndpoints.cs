using System.Text;
using System.Text.Json.Serialization;
using CongVu.Mail.Store;

namespace CongVu.Server.Web;

/// <summary>The password, once more, for what an open browser alone must not do.</summary>
internal sealed record ConfirmedRequest(string Password);

/// <summary>A code of an authenticator.</summary>
internal sealed record CodeRequest(string Code);

/// <summary>A secret for an authenticator: typed, or as the address that a QR code shows.</summary>
internal sealed record AuthenticatorSecret(string Secret, string Uri);

/// <summary>Whether a second step is asked for.</summary>
internal sealed record SecondStepState(bool IsOn);

/// <summary>Codes for the day when the authenticator is lost: shown now and never again.</summary>
/// <param name="Codes">Each is good once.</param>
internal sealed record RecoveryCodes([property: JsonPropertyName("recoveryCodes")] IReadOnlyList<string> Codes);

/// <summary>Switching the second step of signing in on and off: /api/account/second-step.</summary>
internal static class SecondStepEndpoints
{
    internal static void Map(WebApplication application, MailStore store)
    {
        var step = application.MapGroup("/api/account/second-step").RequireAuthorization();
        step.MapGet("", async (HttpContext context, MailStore of) => Results.Json(new SecondStepState(await of.SecondStep.IsOnAsync(context.PrincipalId(), context.RequestAborted)))).Produces<SecondStepState>();
        step.MapPost("", (HttpContext context, ConfirmedRequest request) => BeginAsync(context, store, request)).Produces<AuthenticatorSecret>().Produces<ApiError>(400);
        step.MapPost("/confirm", (HttpContext context, CodeRequest request) => ConfirmAsync(context, store, request)).Produces<RecoveryCodes>().Produces<ApiError>(400);
        step.MapPost("/end", (HttpContext context, ConfirmedRequest request) => EndAsync(context, store, request)).Produces(204).Produces<ApiError>(400).Produces(404);
    }

    private static async Task<IResult> BeginAsync(HttpContext context, MailStore store, ConfirmedRequest request)
    {
        if (await RefuseAsync(context, store, request) is { } refused)
            return refused;
        return await store.SecondStep.BeginAsync(context.PrincipalId(), context.RequestAborted) is { } secret
            ? Results.Json(new AuthenticatorSecret(Base32(secret), $"otpauth://totp/{Uri.EscapeDataString($"Thư Công Vụ:{context.Login()}")}?secret={Base32(secret)}&issuer={Uri.EscapeDataString("Thư Công Vụ")}"))
            : Results.Json(new ApiError("alreadyOn"), statusCode: 400);
    }

    private static async Task<IResult> ConfirmAsync(HttpContext context, MailStore store, CodeRequest request)
    {
        var codes = await store.SecondStep.ConfirmAsync(context.PrincipalId(), request.Code?.Trim() ?? "", context.Login(), context.RequestAborted);
        return codes is null ? Results.Json(new ApiError("codeWrong"), statusCode: 400) : Results.Json(new RecoveryCodes(codes));
    }

    private static async Task<IResult> EndAsync(HttpContext context, MailStore store, ConfirmedRequest request)
    {
        if (await RefuseAsync(context, store, request) is { } refused)
            return refused;
        return await store.SecondStep.EndAsync(context.PrincipalId(), context.Login(), context.RequestAborted) ? Results.NoContent() : Results.NotFound();
    }

    internal static async Task<IResult?> RefuseAsync(HttpContext context, MailStore store, ConfirmedRequest request)
    {
        if (context.SessionId() is null)
            return Results.Json(new ApiError("browserOnly"), statusCode: 403);
        var check = await store.SignIn.CheckPasswordAsync(context.Login(), request.Password ?? "", "web", context.Connection.RemoteIpAddress, context.RequestAborted);
        return check.Principal is null ? Results.Json(new ApiError(check.Refusal == SignInRefusal.TooManyFailures ? "tooManyFailures" : "wrongCredentials"), statusCode: 400) : null;
    }

    // RFC 4648 §6, without padding, as authenticators take it.
    private static string Base32(byte[] bytes)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var text = new StringBuilder();
        var (bits, count) = (0, 0);
        foreach (var b in bytes)
        {
            bits = (bits << 8) | b;
            count += 8;
            for (; count >= 5; count -= 5)
                text.Append(letters[(bits >> (count - 5)) & 31]);
            bits &= (1 << count) - 1;
        }
        return count > 0 ? text.Append(letters[(bits << (5 - count)) & 31]).ToString() : text.ToString();
    }
}
