using System.Data.Common;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A key with which somebody signs in instead of a password (WebAuthn).</summary>
/// <param name="Id">Key of the row.</param>
/// <param name="Principal">Whose it is.</param>
/// <param name="CredentialId">The name that the authenticator gave it.</param>
/// <param name="PublicKey">Its public half, as COSE has it.</param>
/// <param name="SignCount">The authenticator's counter when it was used last; one that goes back is a copy's.</param>
/// <param name="IsBackupEligible">It may be kept by more than one device.</param>
/// <param name="IsBackedUp">It is.</param>
/// <param name="Transports">How its authenticator is reached.</param>
/// <param name="Label">What its holder calls it.</param>
/// <param name="Created">When it was made.</param>
/// <param name="LastUsed">When it was used last; null for never.</param>
public sealed record Passkey(
    long Id,
    PrincipalId Principal,
    byte[] CredentialId,
    byte[] PublicKey,
    uint SignCount,
    bool IsBackupEligible,
    bool IsBackedUp,
    IReadOnlyList<string> Transports,
    string Label,
    DateTimeOffset Created,
    DateTimeOffset? LastUsed);

/// <summary>The passkeys of all principals. What they sign is checked by the web's side; here is what they are.</summary>
public sealed class Passkeys
{
    /// <summary>More than a person has devices.</summary>
    public const int MaxOfPrincipal = 20;

    private const string Columns = "id, principal_id, credential_id, public_key, sign_count, is_backup_eligible, is_backed_up, transports, label, created_at, last_used_at";

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal Passkeys(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A principal's passkeys, the first made first.</summary>
    public ValueTask<List<Passkey>> ListAsync(PrincipalId principal, CancellationToken cancellationToken) =>
        database.ReadAsync(tx => tx.QueryAsync($"SELECT {Columns} FROM passkeys WHERE principal_id = $1 ORDER BY id", Read, principal.Value), cancellationToken);

    /// <summary>The passkey that an authenticator named; null where there is none.</summary>
    public ValueTask<Passkey?> FindAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        database.ReadAsync(tx => tx.FirstAsync($"SELECT {Columns} FROM passkeys WHERE credential_id = $1", Read, credentialId), cancellationToken);

    /// <summary>Keeps a new passkey; null when there is one of that name already, or the principal has too many.</summary>
    public Task<Passkey?> AddAsync(Passkey passkey, string actor, CancellationToken cancellationToken) => database.WriteAsync<Passkey?>(
        async tx =>
        {
            if (await tx.ScalarAsync<long?>("SELECT 1 FROM passkeys WHERE credential_id = $1", passkey.CredentialId) is not null
                || await tx.ScalarAsync<long>("SELECT COUNT(*) FROM passkeys WHERE principal_id = $1", passkey.Principal.Value) >= MaxOfPrincipal)
                return null;
            var id = await tx.ScalarAsync<long>(
                """
                INSERT INTO passkeys (principal_id, credential_id, public_key, sign_count, is_backup_eligible, is_backed_up, transports, label, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id
                """,
                passkey.Principal.Value,
                passkey.CredentialId,
                passkey.PublicKey,
                (long)passkey.SignCount,
                passkey.IsBackupEligible ? 1 : 0,
                passkey.IsBackedUp ? 1 : 0,
                string.Join(',', passkey.Transports),
                passkey.Label,
                Now);
            await Audit.WriteAsync(tx, Now, actor, "passkey.add", $"principal {passkey.Principal.Value}", passkey.Label);
            return passkey with { Id = id, Created = DateTimeOffset.FromUnixTimeMilliseconds(Now) };
        },
        cancellationToken);

    /// <summary>Notes that a passkey was used. False when it was used meanwhile with this counter or a later one, or is gone.</summary>
    public Task<bool> UsedAsync(byte[] credentialId, uint signCount, bool isBackedUp, CancellationToken cancellationToken) => database.WriteAsync(
        async tx => await tx.ExecuteAsync(
            "UPDATE passkeys SET sign_count = $2, is_backed_up = $3, last_used_at = $4 WHERE credential_id = $1 AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0))",
            credentialId,
            (long)signCount,
            isBackedUp ? 1 : 0,
            Now) > 0,
        cancellationToken);

    /// <summary>Takes a passkey away.</summary>
    public Task<bool> RemoveAsync(PrincipalId principal, long id, string actor, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            if (await tx.ExecuteAsync("DELETE FROM passkeys WHERE id = $1 AND principal_id = $2", id, principal.Value) == 0)
                return false;
            await Audit.WriteAsync(tx, Now, actor, "passkey.remove", $"principal {principal.Value}", $"{id}");
            return true;
        },
        cancellationToken);

    private static Passkey Read(DbDataReader row) => new(
        row.GetInt64(0),
        new(row.GetInt64(1)),
        row.GetFieldValue<byte[]>(2),
        row.GetFieldValue<byte[]>(3),
        (uint)row.GetInt64(4),
        row.GetInt16(5) != 0,
        row.GetInt16(6) != 0,
        row.GetString(7).Split(',', StringSplitOptions.RemoveEmptyEntries),
        row.GetString(8),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(9)),
        row.IsDBNull(10) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)));
}
