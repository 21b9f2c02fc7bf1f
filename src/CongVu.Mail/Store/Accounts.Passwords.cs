using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Accounts
{
    /// <summary>Former passwords that are kept, whatever a policy asks for.</summary>
    private const int KeptPasswords = 24;

    /// <summary>Sets a principal's password. Every session of a browser ends; running sessions of mail programs go on until their state is looked at again.</summary>
    public Task<Refusal> SetPasswordAsync(PrincipalId principal, string password, bool mustChange, string actor, CancellationToken cancellationToken)
    {
        var hash = PasswordHash.Create(password);
        return database.WriteAsync(tx => SetPasswordAsync(tx, principal, hash, mustChange, actor), cancellationToken);
    }

    /// <summary>Sets a principal's password in a transaction.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="principal">Whose.</param>
    /// <param name="passwordHash">The new one, hashed before (<see cref="PasswordHash.Create"/>).</param>
    /// <param name="mustChange">Until it is changed nothing else is possible (A6.3).</param>
    /// <param name="actor">Who sets it.</param>
    /// <param name="expiresAt">When it stops to hold (A12.2).</param>
    public async ValueTask<Refusal> SetPasswordAsync(Tx tx, PrincipalId principal, string passwordHash, bool mustChange, string actor, DateTimeOffset? expiresAt = null)
    {
        await tx.ExecuteAsync(
            "INSERT INTO former_passwords (principal_id, password_hash, replaced_at) SELECT id, password_hash, $2 FROM principals WHERE id = $1 AND password_hash IS NOT NULL", principal.Value, Now);
        await tx.ExecuteAsync(
            "DELETE FROM former_passwords WHERE principal_id = $1 AND id <= (SELECT id FROM former_passwords WHERE principal_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)", principal.Value, KeptPasswords);
        var changed = await tx.ExecuteAsync(
            "UPDATE principals SET password_hash = $2, password_changed_at = $3, must_change_password = $4, password_expires_at = $5 WHERE id = $1",
            principal.Value,
            passwordHash,
            Now,
            mustChange ? 1 : 0,
            expiresAt?.ToUnixTimeMilliseconds());
        if (changed == 0)
            return Refusal.NotFound;
        // Whoever knew the old one is out.
        await tx.ExecuteAsync("DELETE FROM web_sessions WHERE principal_id = $1", principal.Value);
        await Audit.WriteAsync(tx, Now, actor, "password.set", $"principal {principal.Value}", mustChange ? "to be changed at once" : "");
        return await TouchHomeAsync(tx, principal);
    }

    /// <summary>Takes a principal's password away: nobody signs in with it any more, by whatever protocol, until a new one is set (A15.2).</summary>
    public async ValueTask<Refusal> ClearPasswordAsync(Tx tx, PrincipalId principal, string actor)
    {
        await tx.ExecuteAsync(
            "INSERT INTO former_passwords (principal_id, password_hash, replaced_at) SELECT id, password_hash, $2 FROM principals WHERE id = $1 AND password_hash IS NOT NULL", principal.Value, Now);
        if (await tx.ExecuteAsync("UPDATE principals SET password_hash = NULL, must_change_password = 1 WHERE id = $1", principal.Value) == 0)
            return Refusal.NotFound;
        await tx.ExecuteAsync("DELETE FROM web_sessions WHERE principal_id = $1", principal.Value);
        await Audit.WriteAsync(tx, Now, actor, "password.clear", $"principal {principal.Value}", "");
        return await TouchHomeAsync(tx, principal);
    }

    /// <summary>The password is the principal's present one, or one of the last, <paramref name="last"/> in all.</summary>
    public async Task<bool> HadPasswordAsync(PrincipalId principal, string password, int last, CancellationToken cancellationToken)
    {
        var hashes = await database.ReadAsync(
            async tx =>
            {
                var found = await tx.QueryAsync("SELECT password_hash FROM principals WHERE id = $1 AND password_hash IS NOT NULL", row => row.GetString(0), principal.Value);
                found.AddRange(await tx.QueryAsync(
                    "SELECT password_hash FROM former_passwords WHERE principal_id = $1 ORDER BY id DESC LIMIT $2", row => row.GetString(0), principal.Value, last - found.Count));
                return found;
            },
            cancellationToken);
        return await Task.Run(() => hashes.Exists(hash => PasswordHash.Verify(hash, password)), cancellationToken);
    }

    /// <summary>When a principal's password was set; null where it has none.</summary>
    public ValueTask<DateTimeOffset?> PasswordChangedAsync(PrincipalId principal, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => await tx.ScalarAsync<long?>("SELECT password_changed_at FROM principals WHERE id = $1 AND password_hash IS NOT NULL", principal.Value) is { } at
            ? DateTimeOffset.FromUnixTimeMilliseconds(at)
            : (DateTimeOffset?)null,
        cancellationToken);

    /// <summary>Says when a password stops to hold.</summary>
    public static async ValueTask SetPasswordExpiryAsync(Tx tx, PrincipalId principal, DateTimeOffset expiresAt) =>
        await tx.ExecuteAsync("UPDATE principals SET password_expires_at = $2 WHERE id = $1", principal.Value, expiresAt.ToUnixTimeMilliseconds());

    /// <summary>Shuts out the running sessions of those whose password has expired (A12.2); new ones are refused from the very moment. Returns how many principals.</summary>
    public async ValueTask<int> ExpirePasswordsAsync(Tx tx)
    {
        var expired = await tx.QueryAsync(
            "UPDATE principals SET must_change_password = 1 WHERE must_change_password = 0 AND password_hash IS NOT NULL AND password_expires_at <= $1 RETURNING id", row => new PrincipalId(row.GetInt64(0)), Now);
        foreach (var id in expired)
        {
            await Audit.WriteAsync(tx, Now, "system", "password.expired", $"principal {id.Value}", "");
            await TouchHomeAsync(tx, id);
        }
        return expired.Count;
    }

    // Open sessions of its mailbox look again.
    private static async ValueTask<Refusal> TouchHomeAsync(Tx tx, PrincipalId principal)
    {
        if (await tx.ScalarAsync<long?>("SELECT home_account_id FROM principals WHERE id = $1", principal.Value) is { } home)
            await TouchAsync(tx, new(home));
        return Refusal.None;
    }
}
