using System.Net;
using System.Security.Cryptography;
using CongVu.Governance.Authorities;
using CongVu.Governance.Lifecycle;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Passwords;

/// <summary>A code for its holder: with it a password is chosen, once.</summary>
/// <param name="Login">Whose.</param>
/// <param name="Code">Four groups of four; told to the holder only, and kept as a hash.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record OneTimeCode(string Login, string Code, DateTimeOffset ExpiresAt);

/// <summary>How claiming a code ended.</summary>
public enum ClaimOutcome
{
    /// <summary>The new password is set.</summary>
    Done,

    /// <summary>No such code for that login, or not any more; which of it is never told.</summary>
    Wrong,

    /// <summary>The code is right, the password is not; the code holds on.</summary>
    WeakPassword,

    /// <summary>Too many failures from this network.</summary>
    TooManyFailures,
}

public sealed partial class PasswordStore
{
    // Letters and digits that are not taken for each other; the first four find the code, the other twelve (59 bits) prove it. So a stranger who has none of it cannot use up its tries.
    private const string Letters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
    private const int HandleChars = 4;
    private const int SecretChars = 12;
    private const int GroupChars = 4;
    private const int MaxHandles = 20;

    /// <summary>Makes a code for the holder of a mailbox; those made before are worth nothing any more. With <paramref name="takePassword"/> the present password stops to hold at once (A15.2: it has leaked).</summary>
    public async Task<Result<OneTimeCode>> IssueCodeAsync(Actor actor, AccountId account, bool takePassword, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetString(Letters, SecretChars);
        string[] handles = [.. Enumerable.Range(0, MaxHandles).Select(_ => RandomNumberGenerator.GetString(Letters, HandleChars))];
        var hash = await Task.Run(() => PasswordHash.Create(secret), cancellationToken);
        return await store.ChangeAsync<OneTimeCode>(
            async tx =>
            {
                if (await HolderAsync(tx, account) is not { } principal)
                    return Problem.NotFound($"{account.Value}");
                if (await RefuseAsync(tx, actor, principal, account) is { } refused)
                    return refused;
                await EndDeliveriesAsync(tx, principal.Id);
                if (takePassword)
                    await store.Mail.Accounts.ClearPasswordAsync(tx, principal.Id, actor.Name);
                var policy = await LifecycleStore.PolicyAsync(tx);
                var expires = store.Clock.GetUtcNow() + policy.CodeLifetime;
                foreach (var handle in handles)
                {
                    if (await tx.ScalarAsync<long?>("SELECT 1 FROM password_deliveries WHERE handle = $1", handle) is not null)
                        continue;
                    await tx.ExecuteAsync(
                        "INSERT INTO password_deliveries (principal_id, is_slip, handle, code_hash, expires_at, created_by, created_at) VALUES ($1, 0, $2, $3, $4, $5, $6)",
                        principal.Id.Value,
                        handle,
                        hash,
                        expires.ToUnixTimeMilliseconds(),
                        actor.Name,
                        store.Now);
                    await store.AuditAsync(tx, actor, "password.code", principal.Login, takePassword ? "the password before was taken away" : "");
                    return new OneTimeCode(principal.Login, string.Join('-', (handle + secret).Chunk(GroupChars).Select(g => new string(g))), expires);
                }
                return new Problem(ProblemKind.Refused, principal.Login, "no free handle");
            },
            cancellationToken);
    }

    /// <summary>Sets the password that whoever has the code has chosen.</summary>
    public async Task<(ClaimOutcome Outcome, PasswordFault Faults)> ClaimAsync(string login, string code, string password, IPAddress? from, CancellationToken cancellationToken)
    {
        // 1. Networks that guess are held off, as at every other door.
        if (store.Mail.SignIn.IsBlocked(from))
            return (ClaimOutcome.TooManyFailures, PasswordFault.None);
        var plain = string.Concat(code.ToUpperInvariant().Where(char.IsAsciiLetterOrDigit).Take(100));
        if (plain.Length != HandleChars + SecretChars)
            return Wrong();

        // 2. A try is used up before it is looked at, so that many at once are not more.
        var claim = await store.Mail.Database.WriteAsync(tx => TryAsync(tx, login, plain[..HandleChars]), cancellationToken);
        var isRight = await Task.Run(() => PasswordHash.Verify(claim?.Hash, plain[HandleChars..]), cancellationToken);
        if (!isRight || claim is not var (id, principal, _))
            return Wrong();

        // 3. Only who has the code hears what is wrong with the password: it may tell of the day of birth.
        if (await CheckAsync(principal, password, cancellationToken) is var faults and not PasswordFault.None)
        {
            await store.Mail.Database.WriteAsync(tx => tx.ExecuteAsync("UPDATE password_deliveries SET tries = tries - 1 WHERE id = $1", id), cancellationToken);
            return (ClaimOutcome.WeakPassword, faults);
        }
        var hash = await Task.Run(() => PasswordHash.Create(password), cancellationToken);
        var isDone = await store.Mail.Database.WriteAsync(
            async tx =>
            {
                if (await tx.ExecuteAsync("UPDATE password_deliveries SET used_at = $2, handle = NULL, code_hash = NULL WHERE id = $1 AND used_at IS NULL AND ended_at IS NULL", id, store.Now) == 0)
                    return false;
                await SetAsync(tx, principal.Id, principal.IsAdministrator, hash, mustChange: false, principal.Login);
                await store.Mail.Audit.WriteAsync(tx, principal.Login, "password.claim", principal.Login, "");
                return true;
            },
            cancellationToken);
        return isDone ? (ClaimOutcome.Done, PasswordFault.None) : Wrong();

        (ClaimOutcome, PasswordFault) Wrong()
        {
            store.Mail.SignIn.Failed(from);
            return (ClaimOutcome.Wrong, PasswordFault.None);
        }
    }

    private async ValueTask<(long Id, Principal Principal, string Hash)?> TryAsync(Tx tx, string login, string handle)
    {
        if (await Accounts.FindPrincipalAsync(tx, login) is not { State: PrincipalState.Active } principal)
            return null;
        var tries = (await LifecycleStore.PolicyAsync(tx)).CodeTries;
        var found = await tx.FirstAsync<(long Id, string Hash)?>(
            """
            UPDATE password_deliveries SET tries = tries + 1
            WHERE handle = $1 AND principal_id = $2 AND used_at IS NULL AND ended_at IS NULL AND expires_at > $3 AND tries < $4 RETURNING id, code_hash
            """,
            row => (row.GetInt64(0), row.GetString(1)),
            handle,
            principal.Id.Value,
            store.Now,
            tries);
        return found is var (id, hash) ? (id, principal, hash) : null;
    }
}
