using System.Security.Cryptography;
using CongVu.Formats.Sasl;

namespace CongVu.Mail.Store;

/// <summary>An app password: one mail program's way in, which can be taken away alone.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Label">What it is for.</param>
/// <param name="Created">When it was made.</param>
public sealed record AppPassword(long Id, string Label, DateTimeOffset Created);

public sealed partial class Accounts
{
    /// <summary>Letters and digits that are not taken for each other.</summary>
    private const string AppPasswordLetters = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int AppPasswordLength = 20;

    /// <summary>Makes an app password; it is shown now and never again.</summary>
    public async Task<(AppPassword Made, string Password)> AddAppPasswordAsync(PrincipalId principal, string label, string actor, CancellationToken cancellationToken)
    {
        var password = RandomNumberGenerator.GetString(AppPasswordLetters, AppPasswordLength);
        // SCRAM sends one salt before it knows which password is meant, so all of a principal share it.
        var salt = (await AppPasswordKeysAsync(principal, cancellationToken)).FirstOrDefault().Keys?.Salt ?? RandomNumberGenerator.GetBytes(16);
        var keys = ScramKeys.Of(password, salt);
        var id = await database.WriteAsync(
            async tx =>
            {
                await Audit.WriteAsync(tx, Now, actor, "app-password.add", $"principal {principal.Value}", label);
                return await tx.ScalarAsync<long>(
                    "INSERT INTO app_passwords (principal_id, label, scram_salt, scram_iterations, scram_stored_key, scram_server_key, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                    principal.Value,
                    label,
                    keys.Salt,
                    keys.Iterations,
                    keys.StoredKey,
                    keys.ServerKey,
                    Now);
            },
            cancellationToken);
        return (new(id, label, clock.GetUtcNow()), password);
    }

    /// <summary>A principal's app passwords.</summary>
    public ValueTask<IReadOnlyList<AppPassword>> AppPasswordsAsync(PrincipalId principal, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<AppPassword>)await tx.QueryAsync(
            "SELECT id, label, created_at FROM app_passwords WHERE principal_id = $1 ORDER BY id",
            row => new AppPassword(row.GetInt64(0), row.GetString(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2))),
            principal.Value),
        cancellationToken);

    /// <summary>Takes an app password away.</summary>
    public Task<Refusal> RemoveAppPasswordAsync(PrincipalId principal, long id, string actor, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            if (await tx.ExecuteAsync("DELETE FROM app_passwords WHERE id = $1 AND principal_id = $2", id, principal.Value) == 0)
                return Refusal.NotFound;
            await Audit.WriteAsync(tx, Now, actor, "app-password.remove", $"principal {principal.Value}", $"{id}");
            return Refusal.None;
        },
        cancellationToken);

    internal ValueTask<List<(long Id, ScramKeys Keys)>> AppPasswordKeysAsync(PrincipalId principal, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.QueryAsync(
            "SELECT id, scram_salt, scram_iterations, scram_stored_key, scram_server_key FROM app_passwords WHERE principal_id = $1 ORDER BY id",
            row => (row.GetInt64(0), new ScramKeys(row.GetFieldValue<byte[]>(1), row.GetInt32(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4))),
            principal.Value),
        cancellationToken);
}
