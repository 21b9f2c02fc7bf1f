using CongVu.Formats.Text;
using CongVu.Governance;
using CongVu.Governance.Passwords;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;
using CongVu.Server.Hosting;

namespace CongVu.Server.Web;

/// <summary>A person to add.</summary>
internal sealed record NewAccountRequest(string Address, string Name, long? QuotaBytes);

/// <summary>An account in the list of administration.</summary>
internal sealed record AccountItem(long Id, string Address, string Name, string Kind, string State, long UsedBytes, long QuotaBytes, long MessageCount);

/// <summary>What of an account to change.</summary>
internal sealed record AccountChange(string? State, long? QuotaBytes);

/// <summary>One page of accounts.</summary>
internal sealed record AccountPage(int Total, IReadOnlyList<AccountItem> Accounts);

/// <summary>An account just added: its password is shown now and never again.</summary>
internal sealed record AccountMade(AccountItem Account, string Password);

/// <summary>A password just made: shown now and never again.</summary>
internal sealed record NewPassword(string Password);

/// <summary>Recipients that are tried again at once.</summary>
internal sealed record Retried(int Changed);

/// <summary>How the installation is.</summary>
internal sealed record Health(
    int Accounts, long UsedBytes, long Messages, long IndexBacklog, int Queued, long DiskFreeBytes, long DiskBytes, long MemoryBytes, DateTimeOffset CertificateExpiresAt, DateTimeOffset StartedAt);

/// <summary>The first administration: /api/admin, for administrators in a browser's session.</summary>
internal static class AdministrationEndpoints
{
    private const int PageSize = 100;

    internal static void Map(WebApplication application, MailStore store, GovernanceStore governance, ServerOptions options, TlsCertificate certificate)
    {
        var admin = application.MapGroup("/api/admin").RequireAuthorization(WebPrincipal.Administrators);
        admin.MapGet("/accounts", (HttpContext context, string? search, int? skip) => AccountsAsync(context, store, search ?? "", Math.Max(0, skip ?? 0))).Produces<AccountPage>();
        admin.MapPost("/accounts", (HttpContext context, NewAccountRequest request) => AddAsync(context, store, request)).Produces<AccountMade>(201).Produces<ApiError>(400);
        admin.MapPatch("/accounts/{id:long}", (HttpContext context, long id, AccountChange change) => ChangeAsync(context, store, new(id), change)).Produces<AccountItem>().Produces<ApiError>(400).Produces(404);
        admin.MapPost("/accounts/{id:long}/password", (HttpContext context, long id) => ResetPasswordAsync(context, store, governance, new(id))).Produces<NewPassword>().Produces(404);
        admin.MapGet("/queue", async (HttpContext context, long? after) => Results.Json(await store.Queue.ListAsync(after ?? 0, PageSize, context.RequestAborted))).Produces<QueuedMessage[]>();
        admin.MapPost("/queue/{id:long}/retry", async (HttpContext context, long id) => Results.Json(new Retried(await store.Queue.RetryAsync(id, context.RequestAborted)))).Produces<Retried>();
        admin.MapDelete("/queue/{id:long}", async (HttpContext context, long id) =>
            await store.Queue.DropAsync(id, context.Login(), context.RequestAborted) ? Results.NoContent() : Results.NotFound()).Produces(204).Produces(404);
        admin.MapGet("/health", (HttpContext context, MailStore of) => HealthAsync(context, of, options, certificate)).Produces<Health>();
    }

    private static async Task<IResult> AccountsAsync(HttpContext context, MailStore store, string search, int skip)
    {
        string[] words = [.. VietnameseFolding.Fold(search).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var found = (await store.Accounts.ListAsync(context.RequestAborted))
            .Where(a => words.All(w => a.PrimaryAddress.Contains(w, StringComparison.Ordinal) || VietnameseFolding.Fold(a.Name).Contains(w, StringComparison.Ordinal))).ToArray();
        return Results.Json(new AccountPage(found.Length, [.. found.Skip(skip).Take(PageSize).Select(Item)]));
    }

    private static async Task<IResult> AddAsync(HttpContext context, MailStore store, NewAccountRequest request)
    {
        var password = PasswordRule.Generate(new(request.Address ?? "", request.Name ?? ""));
        var added = await store.Accounts.AddPersonAsync(
            new(request.Address ?? "", request.Name?.Trim() ?? "", password, request.QuotaBytes ?? Accounts.DefaultQuotaBytes, MustChangePassword: true), context.Login(), context.RequestAborted);
        return added.Ok
            ? Results.Json(new AccountMade(Item(added.Value), password), statusCode: 201)
            : Results.Json(new ApiError(added.Refusal == Refusal.AlreadyExists ? "alreadyExists" : "invalidAddress"), statusCode: 400);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, MailStore store, AccountId id, AccountChange change)
    {
        if (await store.Accounts.FindAsync(id, context.RequestAborted) is null)
            return Results.NotFound();
        if (change.State is { } state)
        {
            // Nobody locks out the one who could undo it: oneself.
            var self = await store.Accounts.FindPrincipalAsync(context.PrincipalId(), context.RequestAborted);
            if (!Enum.TryParse<AccountState>(state, ignoreCase: true, out var wanted) || wanted == AccountState.Removed || self!.HomeAccount == id)
                return Results.Json(new ApiError("state"), statusCode: 400);
            await store.Accounts.SetStateAsync(id, wanted, context.Login(), context.RequestAborted);
        }
        if (change.QuotaBytes is { } quota)
        {
            if (quota is < 1 << 20 or > 1L << 50)
                return Results.Json(new ApiError("quota"), statusCode: 400);
            await store.Accounts.SetQuotaAsync(id, quota, context.Login(), context.RequestAborted);
        }
        return Results.Json(Item((await store.Accounts.FindAsync(id, context.RequestAborted))!));
    }

    // A7.3: the new password is for its holder only, who changes it at once.
    private static async Task<IResult> ResetPasswordAsync(HttpContext context, MailStore store, GovernanceStore governance, AccountId id)
    {
        if (await store.Accounts.FindAsync(id, context.RequestAborted) is not { } account || await store.Accounts.FindPrincipalAsync(account.PrimaryAddress, context.RequestAborted) is not { } principal)
            return Results.NotFound();
        var password = PasswordRule.Generate(new(principal.Login, principal.DisplayName));
        await governance.Passwords.SetAsync(principal, password, mustChange: true, context.Login(), context.RequestAborted);
        return Results.Json(new NewPassword(password));
    }

    private static async Task<IResult> HealthAsync(HttpContext context, MailStore store, ServerOptions options, TlsCertificate certificate)
    {
        var drive = new DriveInfo(options.DataFolder);
        var accounts = await store.Accounts.ListAsync(context.RequestAborted);
        return Results.Json(new Health(
            accounts.Count,
            accounts.Sum(a => a.UsedBytes),
            accounts.Sum(a => a.MessageCount),
            await store.Search.BacklogAsync(context.RequestAborted),
            (await store.Queue.ListAsync(0, 1_000, context.RequestAborted)).Count,
            drive.AvailableFreeSpace,
            drive.TotalSize,
            Environment.WorkingSet,
            certificate.Current.TargetCertificate.NotAfter.ToUniversalTime(),
            System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime()));
    }

    private static AccountItem Item(Account a) => new(a.Id.Value, a.PrimaryAddress, a.Name, a.Kind.ToString().ToLowerInvariant(), a.State.ToString().ToLowerInvariant(), a.UsedBytes, a.QuotaBytes, a.MessageCount);
}
