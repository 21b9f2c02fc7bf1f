using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>Where a device wants to be told of changes (RFC 8620 §7.2).</summary>
/// <param name="Id">Key.</param>
/// <param name="Principal">Whose device it is.</param>
/// <param name="Device">What the client calls the device.</param>
/// <param name="Url">Where to tell.</param>
/// <param name="PublicKey">The device's key, an uncompressed point of P-256; null where nothing is encrypted.</param>
/// <param name="Secret">The secret beside it.</param>
/// <param name="Code">What the device has to give back to show that it hears.</param>
/// <param name="IsVerified">It has.</param>
/// <param name="Expires">Until when.</param>
/// <param name="Types">Types asked for, joined by commas; null for all.</param>
public sealed record PushSubscription(
    long Id, PrincipalId Principal, string Device, string Url, byte[]? PublicKey, byte[]? Secret, string Code, bool IsVerified, DateTimeOffset Expires, string? Types);

/// <summary>The subscriptions of all principals.</summary>
public sealed class PushSubscriptions
{
    internal const int MaxOfPrincipal = 20;

    private const string Columns = "id, principal_id, device, url, public_key, secret, code, is_verified, expires_at, types";

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal PushSubscriptions(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Called after a subscription was made, changed or taken away in this process.</summary>
    public Action? Changed { get; set; }

    /// <summary>Those of a principal that have not run out; of everybody who may sign in for null.</summary>
    internal ValueTask<List<PushSubscription>> ListAsync(PrincipalId? who, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.QueryAsync(
            $"SELECT {Columns} FROM push_subscriptions s WHERE expires_at > $1 AND ($2 = 0 OR principal_id = $2) AND EXISTS (SELECT 1 FROM principals p WHERE p.id = s.principal_id AND p.state = 0) ORDER BY id",
            row => new PushSubscription(
                row.GetInt64(0),
                new(row.GetInt64(1)),
                row.GetString(2),
                row.GetString(3),
                row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
                row.IsDBNull(5) ? null : row.GetFieldValue<byte[]>(5),
                row.GetString(6),
                row.GetInt16(7) != 0,
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(8)),
                row.IsDBNull(9) ? null : row.GetString(9)),
            clock.GetUtcNow().ToUnixTimeMilliseconds(),
            who?.Value ?? 0),
        cancellationToken);

    /// <summary>Adds one; null when there are too many.</summary>
    internal async Task<long?> AddAsync(PushSubscription subscription, CancellationToken cancellationToken)
    {
        var id = await database.WriteAsync<long?>(
            async tx =>
            {
                await tx.ExecuteAsync("DELETE FROM push_subscriptions WHERE expires_at <= $1", clock.GetUtcNow().ToUnixTimeMilliseconds());
                if (await tx.ScalarAsync<long>("SELECT COUNT(*) FROM push_subscriptions WHERE principal_id = $1", subscription.Principal.Value) >= MaxOfPrincipal)
                    return null;
                return await tx.ScalarAsync<long>(
                    "INSERT INTO push_subscriptions (principal_id, device, url, public_key, secret, code, expires_at, types) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                    subscription.Principal.Value,
                    subscription.Device,
                    subscription.Url,
                    subscription.PublicKey,
                    subscription.Secret,
                    subscription.Code,
                    subscription.Expires.ToUnixTimeMilliseconds(),
                    subscription.Types);
            },
            cancellationToken);
        Changed?.Invoke();
        return id;
    }

    /// <summary>Writes what of a subscription can change.</summary>
    internal async Task<bool> PutAsync(PushSubscription subscription, CancellationToken cancellationToken)
    {
        var found = await database.WriteAsync(
            tx => tx.ExecuteAsync(
                "UPDATE push_subscriptions SET is_verified = $3, expires_at = $4, types = $5 WHERE id = $1 AND principal_id = $2",
                subscription.Id,
                subscription.Principal.Value,
                subscription.IsVerified ? 1 : 0,
                subscription.Expires.ToUnixTimeMilliseconds(),
                subscription.Types),
            cancellationToken) > 0;
        Changed?.Invoke();
        return found;
    }

    /// <summary>Takes one away.</summary>
    internal async Task<bool> RemoveAsync(PrincipalId who, long id, CancellationToken cancellationToken)
    {
        var found = await database.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM push_subscriptions WHERE id = $1 AND principal_id = $2", id, who.Value), cancellationToken) > 0;
        Changed?.Invoke();
        return found;
    }
}
