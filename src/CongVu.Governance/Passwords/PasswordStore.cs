using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Lifecycle;
using CongVu.Governance.Policy;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Passwords;

/// <summary>A first password as a sealed slip carries it: printed once, kept nowhere.</summary>
/// <param name="Name">Whose.</param>
/// <param name="Organization">Where the person works; empty where that is not known.</param>
/// <param name="Login">What is typed to sign in.</param>
/// <param name="Password">The password, to be changed at the first sign-in.</param>
/// <param name="IssuedOn">When.</param>
public sealed record PasswordSlip(string Name, string Organization, string Login, string Password, DateOnly IssuedOn);

/// <summary>
/// Passwords by the Regulation (A12.1-2): one rule, and one way to set one, for the webmail, the command line, administration and the page where a code is claimed.
/// </summary>
public sealed partial class PasswordStore
{
    private readonly GovernanceStore store;

    internal PasswordStore(GovernanceStore store)
    {
        this.store = store;
        store.Calendar.Changed.Add(async (tx, calendar) => await ReckonAsync(tx, (await AddressStore.ProfileAsync(tx)).Figures, calendar));
    }

    /// <summary>What a new password of <paramref name="principal"/> lacks (A12.1).</summary>
    public async Task<PasswordFault> CheckAsync(Principal principal, string password, CancellationToken cancellationToken)
    {
        var (subject, figures) = await store.ReadAsync(async tx => (await SubjectAsync(tx, principal), (await AddressStore.ProfileAsync(tx)).Figures), cancellationToken);
        var faults = PasswordRule.Check(password, principal.IsAdministrator, subject, figures);
        if (password.Length is > 0 and <= PasswordRule.MaxChars && await store.Mail.Accounts.HadPasswordAsync(principal.Id, password, figures.PasswordHistory, cancellationToken))
            faults |= PasswordFault.Used;
        return faults;
    }

    /// <summary>Sets the password when nothing is wrong with it; says what is. What hangs on its holder's other ways in stays: app passwords hold again with a password that does.</summary>
    public async Task<PasswordFault> SetAsync(Principal principal, string password, bool mustChange, string actor, CancellationToken cancellationToken)
    {
        if (await CheckAsync(principal, password, cancellationToken) is var faults and not PasswordFault.None)
            return faults;
        var hash = await Task.Run(() => PasswordHash.Create(password), cancellationToken);
        await store.Mail.Database.WriteAsync(tx => SetAsync(tx, principal.Id, principal.IsAdministrator, hash, mustChange, actor), cancellationToken);
        return PasswordFault.None;
    }

    /// <summary>Sets a hashed password with its term, as part of a larger change.</summary>
    public async ValueTask<Refusal> SetAsync(Tx tx, PrincipalId principal, bool isAdministrator, string passwordHash, bool mustChange, string actor)
    {
        var figures = (await AddressStore.ProfileAsync(tx)).Figures;
        var expires = PasswordRule.ExpiresAt(store.Clock.GetUtcNow(), isAdministrator, figures, await store.Calendar.ReadAsync(tx));
        return await store.Mail.Accounts.SetPasswordAsync(tx, principal, passwordHash, mustChange, actor, expires);
    }

    /// <summary>When a principal's password stops to hold; null without a password.</summary>
    public async ValueTask<DateTimeOffset?> ExpiresAtAsync(Principal principal, CancellationToken cancellationToken) => principal.PasswordExpiresAt ?? (
        await store.Mail.Accounts.PasswordChangedAsync(principal.Id, cancellationToken) is { } changed
            ? await store.ReadAsync(
                async tx => PasswordRule.ExpiresAt(changed, principal.IsAdministrator, (await AddressStore.ProfileAsync(tx)).Figures, await store.Calendar.ReadAsync(tx)), cancellationToken)
            : null);

    /// <summary>A new password on a sealed slip, for the holder's own hands (A7.2); whoever prints it sees to the seal.</summary>
    public async Task<Result<PasswordSlip>> IssueSlipAsync(Actor actor, AccountId account, CancellationToken cancellationToken)
    {
        var found = await store.ReadAsync(
            async tx => await HolderAsync(tx, account) is { } holder ? (holder, await SubjectAsync(tx, holder)) : default((Principal, PasswordSubject)?), cancellationToken);
        if (found is not var (principal, subject))
            return Problem.NotFound($"{account.Value}");
        var password = PasswordRule.Generate(subject);
        var hash = await Task.Run(() => PasswordHash.Create(password), cancellationToken);
        return await store.ChangeAsync<PasswordSlip>(
            async tx =>
            {
                if (await RefuseAsync(tx, actor, principal, account) is { } refused)
                    return refused;
                await EndDeliveriesAsync(tx, principal.Id);
                await SetAsync(tx, principal.Id, principal.IsAdministrator, hash, mustChange: true, actor.Name);
                await tx.ExecuteAsync(
                    "INSERT INTO password_deliveries (principal_id, is_slip, created_by, created_at) VALUES ($1, 1, $2, $3)", principal.Id.Value, actor.Name, store.Now);
                await store.AuditAsync(tx, actor, "password.slip", principal.Login, "");
                var organization = await LifecycleStore.OrganizationOfAsync(tx, account) is { } id ? await tx.ScalarAsync<string>("SELECT name FROM organizations WHERE id = $1", id.Value) : null;
                return new PasswordSlip(principal.DisplayName, organization ?? "", principal.Login, password, store.Today);
            },
            cancellationToken);
    }

    /// <summary>Reckons when every password stops to hold; writes what differs. Returns how many.</summary>
    internal static async ValueTask<int> ReckonAsync(Tx tx, RegulationFigures figures, WorkingCalendar calendar)
    {
        var known = new Dictionary<(DateOnly, bool), DateTimeOffset>();
        var differing = new List<(long Id, DateTimeOffset Expires)>();
        await tx.ForEachAsync(
            "SELECT id, is_administrator, password_changed_at, COALESCE(password_expires_at, 0) FROM principals WHERE password_hash IS NOT NULL AND state < 2",
            row =>
            {
                var (changed, isAdministrator) = (DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)), row.GetInt16(1) != 0);
                var day = VietnamTime.Day(changed);
                if (!known.TryGetValue((day, isAdministrator), out var expires))
                    known[(day, isAdministrator)] = expires = PasswordRule.ExpiresAt(changed, isAdministrator, figures, calendar);
                if (expires.ToUnixTimeMilliseconds() != row.GetInt64(3))
                    differing.Add((row.GetInt64(0), expires));
            });
        foreach (var (id, expires) in differing)
            await Accounts.SetPasswordExpiryAsync(tx, new(id), expires);
        return differing.Count;
    }

    /// <summary>Whose password it is: what must not be in it.</summary>
    internal static async ValueTask<PasswordSubject> SubjectAsync(Tx tx, Principal principal) => new(
        principal.Login,
        principal.DisplayName,
        await tx.ScalarAsync<string>("SELECT birth_date FROM people WHERE principal_id = $1", principal.Id.Value) is { } born ? VietnamTime.Read(born) : null);

    // An organization's mailbox has no password; people are granted it.
    private static async ValueTask<Principal?> HolderAsync(Tx tx, AccountId account) =>
        await tx.ScalarAsync<string>("SELECT login FROM principals WHERE home_account_id = $1", account.Value) is { } login ? await Accounts.FindPrincipalAsync(tx, login) : null;

    // Who may reset passwords of an organization's people resets no administrator's.
    private async ValueTask<Problem?> RefuseAsync(Tx tx, Actor actor, Principal principal, AccountId account) =>
        principal.State == PrincipalState.Removed ? new(ProblemKind.WrongState, principal.Login)
        : principal.IsAdministrator ? await store.Authority.RefuseAsync(tx, actor, Right.Administer, null)
        : await store.Authority.RefuseAsync(tx, actor, Right.ResetPassword, await LifecycleStore.OrganizationOfAsync(tx, account));

    private async ValueTask EndDeliveriesAsync(Tx tx, PrincipalId principal) => await tx.ExecuteAsync(
        "UPDATE password_deliveries SET ended_at = $2, handle = NULL, code_hash = NULL WHERE principal_id = $1 AND used_at IS NULL AND ended_at IS NULL", principal.Value, store.Now);
}
