using System.Text.Json;
using System.Text.Json.Nodes;
using CongVu.Mail.Store;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CongVu.Server.Web.Passkeys;

/// <summary>What to ask the authenticator, and what to bring back with its answer.</summary>
/// <param name="State">To be brought back as it is.</param>
/// <param name="Options">For navigator.credentials.</param>
internal sealed record PasskeyQuestion(string State, JsonNode Options);

/// <summary>A new passkey's answer.</summary>
/// <param name="State">As it was given.</param>
/// <param name="Credential">What navigator.credentials.create gave.</param>
/// <param name="Label">What its holder calls it.</param>
internal sealed record NewPasskeyRequest(string State, JsonElement Credential, string Label);

/// <summary>Signing in with a passkey.</summary>
/// <param name="State">As it was given.</param>
/// <param name="Credential">What navigator.credentials.get gave.</param>
/// <param name="PublicComputer">Others use this computer (A12.3).</param>
internal sealed record PasskeySignInRequest(string State, JsonElement Credential, bool PublicComputer);

/// <summary>A passkey as its holder sees it.</summary>
internal sealed record PasskeyItem(long Id, string Label, bool IsBackedUp, DateTimeOffset Created, DateTimeOffset? LastUsed);

/// <summary>
/// Signing in with passkeys (WebAuthn), and one's own: /api/session/passkey and /api/account/passkeys. An authenticator that has made sure who uses it is two steps in one, so
/// no code is asked for.
/// </summary>
internal sealed class PasskeyEndpoints
{
    private const string ToAdd = "add";
    private const string ToSignIn = "sign in";
    private const int MaxCredential = 32 * 1024;
    private const int MaxLabel = 100;

    private readonly MailStore store;
    private readonly Ceremonies ceremonies;
    private readonly PasskeyHandler<Principal> handler;

    private PasskeyEndpoints(MailStore store, TimeProvider clock)
    {
        this.store = store;
        ceremonies = new(clock);
        var users = new UserManager<Principal>(new PasskeyUsers(store), Options.Create(new IdentityOptions()), null!, [], [], null!, new(), null!, NullLogger<UserManager<Principal>>.Instance);
        handler = new(users, Options.Create(new IdentityPasskeyOptions
        {
            UserVerificationRequirement = "required",
            ResidentKeyRequirement = "required",
            AttestationConveyancePreference = "none",
            ValidateOrigin = of => ValueTask.FromResult(!of.CrossOrigin && of.Origin == $"{of.HttpContext.Request.Scheme}://{of.HttpContext.Request.Host}"),
        }));
    }

    internal static void Map(WebApplication application, MailStore store, TimeProvider clock)
    {
        var endpoints = new PasskeyEndpoints(store, clock);
        var session = application.MapGroup("/api/session/passkey");
        session.MapPost("/options", (HttpContext context, CancellationToken _) => endpoints.AskToSignInAsync(context)).Produces<PasskeyQuestion>().Produces<ApiError>(403);
        session.MapPost("", (HttpContext context, PasskeySignInRequest request) => endpoints.SignInAsync(context, request)).Produces<SessionView>().Produces<ApiError>(401).Produces<ApiError>(403);
        var account = application.MapGroup("/api/account/passkeys").RequireAuthorization();
        account.MapGet("", (HttpContext context, CancellationToken aborted) => endpoints.ListAsync(context, aborted)).Produces<PasskeyItem[]>();
        account.MapPost("/options", (HttpContext context, ConfirmedRequest request) => endpoints.AskToAddAsync(context, request)).Produces<PasskeyQuestion>().Produces<ApiError>(400).Produces<ApiError>(403);
        account.MapPost("", (HttpContext context, NewPasskeyRequest request) => endpoints.AddAsync(context, request)).Produces<PasskeyItem>().Produces<ApiError>(400).Produces<ApiError>(403);
        account.MapDelete("/{id:long}", (HttpContext context, long id) => endpoints.RemoveAsync(context, id)).Produces(204).Produces<ApiError>(403).Produces(404);
    }

    // Who it is the passkey says, so a stranger learns of no account here.
    private async Task<IResult> AskToSignInAsync(HttpContext context)
    {
        if (!SessionEndpoints.IsSameOrigin(context.Request))
            return Results.Json(new ApiError("csrf"), statusCode: 403);
        var asked = await handler.MakeRequestOptionsAsync(null, context);
        return Results.Json(new PasskeyQuestion(ceremonies.Begin(ToSignIn, asked.AssertionState ?? ""), JsonNode.Parse(asked.RequestOptionsJson)!));
    }

    private async Task<IResult> SignInAsync(HttpContext context, PasskeySignInRequest request)
    {
        if (!SessionEndpoints.IsSameOrigin(context.Request))
            return Results.Json(new ApiError("csrf"), statusCode: 403);
        var remote = context.Connection.RemoteIpAddress;
        if (store.SignIn.IsBlocked(remote))
            return Results.Json(new ApiError("tooManyFailures"), statusCode: 401);
        if (await CheckAsync(context, request) is not { } principal)
        {
            store.SignIn.Failed(remote);
            return Results.Json(new ApiError("wrongPasskey"), statusCode: 401);
        }
        return (await store.SignIn.PasskeyAsync(principal, remote, context.RequestAborted)).Refusal == SignInRefusal.None
            ? await SessionEndpoints.BeginAsync(context, store, principal, request.PublicComputer)
            : Results.Json(new ApiError("suspended"), statusCode: 401);
    }

    private async Task<Principal?> CheckAsync(HttpContext context, PasskeySignInRequest request)
    {
        if (ceremonies.Read(ToSignIn, request.State) is not { } asked || Text(request.Credential) is not { } credential)
            return null;
        var answer = await handler.PerformAssertionAsync(new() { HttpContext = context, CredentialJson = credential, AssertionState = asked });
        return answer.Succeeded && ceremonies.End(request.State)
            && await store.Passkeys.UsedAsync(answer.Passkey.CredentialId, answer.Passkey.SignCount, answer.Passkey.IsBackedUp, context.RequestAborted) ? answer.User : null;
    }

    private async Task<IResult> ListAsync(HttpContext context, CancellationToken aborted) => Results.Json((await store.Passkeys.ListAsync(context.PrincipalId(), aborted)).Select(Item));

    private async Task<IResult> AskToAddAsync(HttpContext context, ConfirmedRequest request)
    {
        if (await SecondStepEndpoints.RefuseAsync(context, store, request) is { } refused)
            return refused;
        var principal = (await store.Accounts.FindPrincipalAsync(context.PrincipalId(), context.RequestAborted))!;
        var asked = await handler.MakeCreationOptionsAsync(new() { Id = PasskeyUsers.IdOf(principal.Id), Name = principal.Login, DisplayName = principal.DisplayName }, context);
        return Results.Json(new PasskeyQuestion(ceremonies.Begin($"{ToAdd} {context.SessionId()}", asked.AttestationState ?? ""), JsonNode.Parse(asked.CreationOptionsJson)!));
    }

    private async Task<IResult> AddAsync(HttpContext context, NewPasskeyRequest request)
    {
        if (context.SessionId() is not { } session)
            return Results.Json(new ApiError("browserOnly"), statusCode: 403);
        if (request.Label?.Trim() is not { Length: > 0 and <= MaxLabel } label)
            return Results.Json(new ApiError("label"), statusCode: 400);
        if (ceremonies.Read($"{ToAdd} {session}", request.State) is not { } asked || Text(request.Credential) is not { } credential)
            return Results.Json(new ApiError("wrongPasskey"), statusCode: 400);
        var answer = await handler.PerformAttestationAsync(new() { HttpContext = context, CredentialJson = credential, AttestationState = asked });
        if (!answer.Succeeded || answer.UserEntity.Id != PasskeyUsers.IdOf(context.PrincipalId()) || !ceremonies.End(request.State))
            return Results.Json(new ApiError("wrongPasskey"), statusCode: 400);
        var made = answer.Passkey;
        var passkey = new Passkey(
            0, context.PrincipalId(), made.CredentialId, made.PublicKey, made.SignCount, made.IsBackupEligible, made.IsBackedUp, [.. (made.Transports ?? []).Where(IsTransport).Take(8)], label, default, null);
        return await store.Passkeys.AddAsync(passkey, context.Login(), context.RequestAborted) is { } added
            ? Results.Json(Item(added))
            : Results.Json(new ApiError("tooMany"), statusCode: 400);
    }

    private async Task<IResult> RemoveAsync(HttpContext context, long id)
    {
        if (context.SessionId() is null)
            return Results.Json(new ApiError("browserOnly"), statusCode: 403);
        return await store.Passkeys.RemoveAsync(context.PrincipalId(), id, context.Login(), context.RequestAborted) ? Results.NoContent() : Results.NotFound();
    }

    private static string? Text(JsonElement credential) => credential.ValueKind == JsonValueKind.Object && credential.GetRawText() is { Length: <= MaxCredential } text ? text : null;

    private static bool IsTransport(string name) => name is { Length: > 0 and <= 20 } && name.All(c => char.IsAsciiLetterLower(c) || c == '-');

    private static PasskeyItem Item(Passkey p) => new(p.Id, p.Label, p.IsBackedUp, p.Created, p.LastUsed);
}
