using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>Bytes that a client has uploaded to use in a message (RFC 8620 §6.1).</summary>
/// <param name="Id">Key.</param>
/// <param name="Account">The account it was uploaded to.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="MediaType">What the client said it is.</param>
/// <param name="Size">Bytes.</param>
public sealed record Upload(long Id, AccountId Account, ContentId Content, string MediaType, long Size);

/// <summary>Uploaded bytes: kept for a day, or until their owner has uploaded more than its share.</summary>
public sealed class Uploads
{
    /// <summary>How long an upload can be used.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromDays(1);

    /// <summary>Uploads of one principal in an account; the oldest give way (RFC 8620 §6).</summary>
    private const long MaxBytes = 512L << 20;
    private const int MaxUploads = 1_000;

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal Uploads(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Keeps an upload; null where <paramref name="who"/> may not use the account.</summary>
    public async Task<Upload?> AddAsync(PrincipalId who, AccountId account, StagedContent content, string mediaType, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var added = await database.WriteAsync(
            async tx =>
            {
                if (!await MayUseAsync(tx, who, account))
                    return null;
                var id = await content.InsertAsync(tx, now);
                var upload = await tx.ScalarAsync<long>(
                    "INSERT INTO uploads (account_id, principal_id, content_id, media_type, size, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                    account.Value,
                    who.Value,
                    id.Value,
                    mediaType,
                    content.Size,
                    now);
                var (bytes, count) = (0L, 0);
                var kept = await tx.QueryAsync("SELECT id, size FROM uploads WHERE account_id = $1 AND principal_id = $2 ORDER BY id DESC", row => (Id: row.GetInt64(0), Size: row.GetInt64(1)), account.Value, who.Value);
                foreach (var one in kept)
                {
                    bytes += one.Size;
                    if (++count > 1 && (bytes > MaxBytes || count > MaxUploads))
                        await tx.ExecuteAsync("DELETE FROM uploads WHERE id = $1", one.Id);
                }
                return new Upload(upload, account, id, mediaType, content.Size);
            },
            cancellationToken);
        if (added is not null)
            content.Keep();
        return added;
    }

    /// <summary>An upload that <paramref name="who"/> has made.</summary>
    public ValueTask<Upload?> FindAsync(PrincipalId who, long id, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.FirstAsync(
            "SELECT id, account_id, content_id, media_type, size FROM uploads WHERE id = $1 AND principal_id = $2 AND created_at > $3",
            row => new Upload(row.GetInt64(0), new(row.GetInt64(1)), new(row.GetInt64(2)), row.GetString(3), row.GetInt64(4)),
            id,
            who.Value,
            (clock.GetUtcNow() - Term).ToUnixTimeMilliseconds()),
        cancellationToken);

    /// <summary>Forgets uploads whose day is over; the sweeper takes their bytes.</summary>
    internal Task<int> SweepAsync(CancellationToken cancellationToken) => database.WriteAsync(
        tx => tx.ExecuteAsync("DELETE FROM uploads WHERE created_at < $1", (clock.GetUtcNow() - Term).ToUnixTimeMilliseconds()), cancellationToken);

    private static async ValueTask<bool> MayUseAsync(Tx tx, PrincipalId who, AccountId account) =>
        await tx.ScalarAsync<long?>("SELECT 1 FROM grants g JOIN accounts a ON a.id = g.account_id AND a.state = 0 WHERE g.principal_id = $1 AND g.account_id = $2 AND g.rights % 2 = 1", who.Value, account.Value) is not null
        || (await Access.ListAsync(tx, who, account)).Count > 0;
}
