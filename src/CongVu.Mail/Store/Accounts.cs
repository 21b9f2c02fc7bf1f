using System.Data.Common;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>Principals, accounts, addresses and grants, which are four things: a person may be custodian of organizations' mailboxes, and an address outlives its account.</summary>
public sealed partial class Accounts
{
    /// <summary>Bytes a mailbox may hold unless told otherwise (A5.3: 1 GB).</summary>
    public const long DefaultQuotaBytes = 1L << 30;

    private const string AccountColumns = "a.id, a.kind, a.name, a.state, ad.address, a.quota_bytes, a.used_bytes, a.message_count, a.modseq";
    private const string FromAccounts = "FROM accounts a JOIN addresses ad ON ad.account_id = a.id AND ad.is_primary = 1";
    private const string PrincipalColumns = "id, login, display_name, is_administrator, state, home_account_id, must_change_password, password_expires_at";

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal Accounts(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The domains whose mail is kept here.</summary>
    public ValueTask<IReadOnlyList<string>> DomainsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<string>)await tx.QueryAsync("SELECT name FROM domains ORDER BY name", row => row.GetString(0)),
        cancellationToken);

    /// <summary>The principal who signs in as <paramref name="login"/>: its login or any address of its home account.</summary>
    public ValueTask<Principal?> FindPrincipalAsync(string login, CancellationToken cancellationToken) =>
        database.ReadAsync(tx => FindPrincipalAsync(tx, login), cancellationToken);

    /// <summary>A principal by key.</summary>
    public ValueTask<Principal?> FindPrincipalAsync(PrincipalId id, CancellationToken cancellationToken) =>
        database.ReadAsync(tx => tx.FirstAsync($"SELECT {PrincipalColumns} FROM principals WHERE id = $1", ReadPrincipal, id.Value), cancellationToken);

    /// <summary>The account that <paramref name="address"/> leads to, in any state.</summary>
    public ValueTask<Account?> FindAsync(string address, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.FirstAsync($"SELECT {AccountColumns} {FromAccounts} JOIN addresses named ON named.account_id = a.id WHERE named.address = $1", ReadAccount, Address.Normalize(address)),
        cancellationToken);

    /// <summary>An account by key, in any state.</summary>
    public ValueTask<Account?> FindAsync(AccountId id, CancellationToken cancellationToken) => database.ReadAsync(tx => FindAsync(tx, id), cancellationToken);

    /// <summary>An account by key, as part of a larger change.</summary>
    public static ValueTask<Account?> FindAsync(Tx tx, AccountId id) => tx.FirstAsync($"SELECT {AccountColumns} {FromAccounts} WHERE a.id = $1", ReadAccount, id.Value);

    /// <summary>All accounts, by address.</summary>
    public ValueTask<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<Account>)await tx.QueryAsync($"SELECT {AccountColumns} {FromAccounts} ORDER BY ad.address", ReadAccount),
        cancellationToken);

    /// <summary>The addresses that lead to an account, the primary one first.</summary>
    public ValueTask<IReadOnlyList<string>> AddressesAsync(AccountId id, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<string>)await tx.QueryAsync("SELECT address FROM addresses WHERE account_id = $1 ORDER BY is_primary DESC, address", row => row.GetString(0), id.Value),
        cancellationToken);

    /// <summary>Every address there is or was, aliases and reserved ones included: none of them is given again.</summary>
    public ValueTask<IReadOnlyList<string>> AllAddressesAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<string>)await tx.QueryAsync("SELECT address FROM addresses UNION ALL SELECT address FROM reserved_addresses", row => row.GetString(0)),
        cancellationToken);

    /// <summary>Who was granted an account, and what.</summary>
    public ValueTask<IReadOnlyList<KeyValuePair<string, AccountRights>>> GrantsAsync(AccountId id, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<KeyValuePair<string, AccountRights>>)await tx.QueryAsync(
            "SELECT p.login, g.rights FROM grants g JOIN principals p ON p.id = g.principal_id WHERE g.account_id = $1 ORDER BY p.login",
            row => KeyValuePair.Create(row.GetString(0), (AccountRights)row.GetInt32(1)),
            id.Value),
        cancellationToken);

    /// <summary>What an envelope address means here, case and Unicode composition aside; "local+detail@" leads where "local@" does (RFC 5233).</summary>
    public ValueTask<AddressLookup> LookupAsync(string address, CancellationToken cancellationToken) => database.LookAsync(tx => LookupAsync(tx, address), cancellationToken);

    /// <summary>What an envelope address means here, as part of a larger change.</summary>
    public static async ValueTask<AddressLookup> LookupAsync(Tx tx, string address)
    {
        var normalized = Address.Normalize(address);
        var found = await LookupExactlyAsync(tx, normalized);
        var plus = normalized.IndexOf('+', StringComparison.Ordinal);
        var at = normalized.LastIndexOf('@');
        if (found.Status == AddressStatus.Unknown && plus > 0 && plus < at)
            found = await LookupExactlyAsync(tx, string.Concat(normalized.AsSpan(0, plus), normalized.AsSpan(at)));
        return found;
    }

    /// <summary>A principal may write as <paramref name="address"/>: an address of an active account that it owns or may send as.</summary>
    public ValueTask<bool> MaySendAsAsync(PrincipalId who, string address, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => await tx.ScalarAsync<long?>(
            """
            SELECT 1 FROM addresses d JOIN accounts a ON a.id = d.account_id AND a.state = 0
            JOIN grants g ON g.account_id = a.id AND g.principal_id = $1
            JOIN principals p ON p.id = g.principal_id AND p.state = 0 AND p.must_change_password = 0
            WHERE d.address = $2
            """,
            who.Value,
            Address.Normalize(address)) is not null,
        cancellationToken);

    /// <summary>The principal who signs in as <paramref name="login"/>, as part of a larger change.</summary>
    public static async ValueTask<Principal?> FindPrincipalAsync(Tx tx, string login)
    {
        var normalized = Address.Normalize(login);
        return await tx.FirstAsync($"SELECT {PrincipalColumns} FROM principals WHERE login = $1", ReadPrincipal, normalized)
            ?? await tx.FirstAsync(
                $"SELECT {PrincipalColumns} FROM principals WHERE home_account_id = (SELECT account_id FROM addresses WHERE address = $1)",
                ReadPrincipal,
                normalized);
    }

    private static async ValueTask<AddressLookup> LookupExactlyAsync(Tx tx, string normalized)
    {
        var row = await tx.FirstAsync<(long Account, AccountState State, bool Full, string? MovedTo)?>(
            "SELECT a.id, a.state, a.used_bytes >= a.quota_bytes, a.moved_to FROM addresses d JOIN accounts a ON a.id = d.account_id WHERE d.address = $1",
            row => (row.GetInt64(0), (AccountState)row.GetInt16(1), row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetString(3)),
            normalized);
        if (row is not { } found)
        {
            var isOurs = Address.DomainOf(normalized) is { } domain && await tx.ScalarAsync<long?>("SELECT 1 FROM domains WHERE name = $1", domain) is not null;
            return new(isOurs ? AddressStatus.Unknown : AddressStatus.NotLocal, default, normalized);
        }
        var status = found.State switch
        {
            AccountState.Removed => AddressStatus.Unknown,
            AccountState.Closed => AddressStatus.Closed,
            _ => found.Full ? AddressStatus.OverQuota : AddressStatus.Local,
        };
        return new(status, new(found.Account), normalized, status == AddressStatus.Closed ? found.MovedTo : null);
    }

    internal static Account ReadAccount(DbDataReader row) => new(
        new(row.GetInt64(0)),
        (AccountKind)row.GetInt16(1),
        row.GetString(2),
        (AccountState)row.GetInt16(3),
        row.GetString(4),
        row.GetInt64(5),
        row.GetInt64(6),
        row.GetInt64(7),
        new(row.GetInt64(8)));

    private static Principal ReadPrincipal(DbDataReader row) => ReadPrincipal(row, 0);

    internal static Principal ReadPrincipal(DbDataReader row, int first) => new(
        new(row.GetInt64(first)),
        row.GetString(first + 1),
        row.GetString(first + 2),
        row.GetInt16(first + 3) != 0,
        (PrincipalState)row.GetInt16(first + 4),
        row.IsDBNull(first + 5) ? null : new AccountId(row.GetInt64(first + 5)),
        row.GetInt16(first + 6) != 0,
        row.IsDBNull(first + 7) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(first + 7)));
}
