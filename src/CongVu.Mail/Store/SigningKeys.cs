using System.Collections.Concurrent;
using System.Globalization;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A key that signs mail going out.</summary>
/// <param name="Key">The key.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Active">From when on it signs: DNS needs time to know it.</param>
public sealed record StoredSigningKey(SigningKey Key, DateTimeOffset Created, DateTimeOffset Active);

/// <summary>The keys of DKIM, those of every domain; all processes of an installation sign with the same.</summary>
public sealed class SigningKeys
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromMinutes(1);

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;
    private readonly ConcurrentDictionary<string, (DateTimeOffset Read, IReadOnlyList<StoredSigningKey> Keys)> known = new(StringComparer.Ordinal);

    internal SigningKeys(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Makes new keys for a domain, one of each algorithm; the first of a domain sign at once, later ones after <paramref name="wait"/>.</summary>
    public async Task<IReadOnlyList<StoredSigningKey>> RotateAsync(string domain, TimeSpan wait, string actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var there = await ListAsync(domain, cancellationToken);
        var active = there.Count == 0 ? now : now + wait;
        var made = new List<StoredSigningKey>();
        foreach (var algorithm in Enum.GetValues<SignatureAlgorithm>())
        {
            var letter = algorithm == SignatureAlgorithm.RsaSha256 ? 'r' : 'e';
            var selector = string.Create(CultureInfo.InvariantCulture, $"cv{now:yyyyMMdd}{letter}");
            for (var n = 2; there.Any(k => k.Key.Selector == selector); n++)
                selector = string.Create(CultureInfo.InvariantCulture, $"cv{now:yyyyMMdd}{letter}{n}");
            made.Add(new(SigningKey.Create(domain, selector, algorithm), now, active));
        }
        await database.WriteAsync(
            async tx =>
            {
                foreach (var (key, created, from) in made)
                {
                    await tx.ExecuteAsync(
                        "INSERT INTO signing_keys (domain, selector, algorithm, private_key, created_at, active_at) VALUES ($1, $2, $3, $4, $5, $6)",
                        key.Domain,
                        key.Selector,
                        (int)key.Algorithm,
                        key.PrivateKey,
                        created.ToUnixTimeMilliseconds(),
                        from.ToUnixTimeMilliseconds());
                    await Audit.WriteAsync(tx, created.ToUnixTimeMilliseconds(), actor, "dkim.rotate", domain, key.Selector);
                }
                return 0;
            },
            cancellationToken);
        known.Clear();
        return made;
    }

    /// <summary>The keys of a domain, or all; the oldest first.</summary>
    public ValueTask<IReadOnlyList<StoredSigningKey>> ListAsync(string? domain, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<StoredSigningKey>)await tx.QueryAsync(
            $"SELECT domain, selector, algorithm, private_key, created_at, active_at FROM signing_keys {(domain is null ? "WHERE $1 = ''" : "WHERE domain = $1")} ORDER BY domain, active_at, id",
            row => new StoredSigningKey(
                new(row.GetString(0), row.GetString(1), (SignatureAlgorithm)row.GetInt32(2), row.GetFieldValue<byte[]>(3)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5))),
            domain ?? ""),
        cancellationToken);

    /// <summary>Takes a key away; its record may stay in DNS until the mail it signed has been read.</summary>
    public async Task<bool> RemoveAsync(string domain, string selector, string actor, CancellationToken cancellationToken)
    {
        var removed = await database.WriteAsync(
            async tx =>
            {
                if (await tx.ExecuteAsync("DELETE FROM signing_keys WHERE domain = $1 AND selector = $2", domain, selector) == 0)
                    return false;
                await Audit.WriteAsync(tx, clock.GetUtcNow().ToUnixTimeMilliseconds(), actor, "dkim.remove", domain, selector);
                return true;
            },
            cancellationToken);
        known.Clear();
        return removed;
    }

    /// <summary>The keys that sign for a domain now, one of each algorithm: its own, else those of the nearest domain above it that has any.</summary>
    public async ValueTask<IReadOnlyList<SigningKey>> ForAsync(string domain, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        for (var name = domain; name.Contains('.', StringComparison.Ordinal); name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            if (!known.TryGetValue(name, out var read) || now - read.Read > ReadAgainAfter)
            {
                if (known.Count > 1000)
                    known.Clear();
                known[name] = read = (now, await ListAsync(name, cancellationToken));
            }
            // The newest of those whose time has come.
            var active = read.Keys.Where(k => k.Active <= now).GroupBy(k => k.Key.Algorithm).Select(g => g.Last().Key).ToArray();
            if (active.Length > 0)
                return active;
        }
        return [];
    }
}
