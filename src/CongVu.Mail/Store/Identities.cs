using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>In whose name and with which signature a holder writes (RFC 8621 §6).</summary>
/// <param name="Id">Key.</param>
/// <param name="Name">The name beside the address.</param>
/// <param name="Email">The address.</param>
/// <param name="ReplyToJson">Reply-To as a JSON list of addresses; null for none.</param>
/// <param name="BccJson">Bcc likewise.</param>
/// <param name="TextSignature">Signature of texts.</param>
/// <param name="HtmlSignature">Signature of HTML.</param>
/// <param name="Created">When it was made.</param>
/// <param name="ModSeq">Its latest change.</param>
/// <param name="IsDestroyed">It is kept only to tell that it is gone.</param>
public sealed record Identity(long Id, string Name, string Email, string? ReplyToJson, string? BccJson, string TextSignature, string HtmlSignature, ModSeq Created, ModSeq ModSeq, bool IsDestroyed);

/// <summary>The identities of accounts. Each has one of its primary address.</summary>
public sealed class Identities
{
    internal const int MaxOfAccount = 100;

    private const string Columns = "id, name, email, reply_to, bcc, text_signature, html_signature, created_modseq, modseq, destroyed";

    private readonly StoreDatabase database;

    internal Identities(StoreDatabase database) => this.database = database;

    /// <summary>All of an account, the gone ones among them. Whether the caller may see them is for the caller to know.</summary>
    internal static ValueTask<List<Identity>> ListAsync(Tx tx, AccountId account) => tx.QueryAsync(
        $"SELECT {Columns} FROM identities WHERE account_id = $1 ORDER BY id",
        row => new Identity(
            row.GetInt64(0),
            row.GetString(1),
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.IsDBNull(4) ? null : row.GetString(4),
            row.GetString(5),
            row.GetString(6),
            new(row.GetInt64(7)),
            new(row.GetInt64(8)),
            row.GetInt16(9) != 0),
        account.Value);

    /// <summary>Makes the identity of the primary address where the account has none yet.</summary>
    internal async Task EnsureAsync(Account account, CancellationToken cancellationToken)
    {
        const string find = "SELECT id FROM identities WHERE account_id = $1 AND email = $2 AND destroyed = 0 LIMIT 1";
        if (await database.ReadAsync(tx => tx.ScalarAsync<long?>(find, account.Id.Value, account.PrimaryAddress), cancellationToken) is not null)
            return;
        await database.WriteAsync(
            async tx =>
            {
                await Mailboxes.LockAsync(tx, account.Id, account.Id);
                if (await tx.ScalarAsync<long?>(find, account.Id.Value, account.PrimaryAddress) is null)
                    await InsertAsync(tx, account.Id, new(0, account.Name, account.PrimaryAddress, null, null, "", "", default, default, IsDestroyed: false));
                return true;
            },
            cancellationToken);
    }

    /// <summary>Adds one; null when there are too many.</summary>
    internal Task<long?> AddAsync(AccountId account, Identity identity, CancellationToken cancellationToken) => database.WriteAsync<long?>(
        async tx =>
        {
            await Mailboxes.LockAsync(tx, account, account);
            return (await ListAsync(tx, account)).Count(i => !i.IsDestroyed) >= MaxOfAccount ? null : await InsertAsync(tx, account, identity);
        },
        cancellationToken);

    /// <summary>Writes an identity anew, or takes it away by <see cref="Identity.IsDestroyed"/>.</summary>
    internal Task<bool> PutAsync(AccountId account, Identity identity, CancellationToken cancellationToken) => database.WriteAsync(
        async tx => await tx.ExecuteAsync(
            "UPDATE identities SET name = $3, reply_to = $4, bcc = $5, text_signature = $6, html_signature = $7, modseq = $8, destroyed = $9 WHERE id = $1 AND account_id = $2 AND destroyed = 0",
            identity.Id,
            account.Value,
            identity.Name,
            identity.ReplyToJson,
            identity.BccJson,
            identity.TextSignature,
            identity.HtmlSignature,
            (await Mailboxes.BumpAsync(tx, account)).Value,
            identity.IsDestroyed ? 1 : 0) > 0,
        cancellationToken);

    private static async ValueTask<long> InsertAsync(Tx tx, AccountId account, Identity identity) => await tx.ScalarAsync<long>(
        """
        INSERT INTO identities (account_id, name, email, reply_to, bcc, text_signature, html_signature, created_modseq, modseq)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id
        """,
        account.Value,
        identity.Name,
        identity.Email,
        identity.ReplyToJson,
        identity.BccJson,
        identity.TextSignature,
        identity.HtmlSignature,
        (await Mailboxes.BumpAsync(tx, account)).Value);
}
