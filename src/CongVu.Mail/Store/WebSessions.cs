using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A browser that is signed in.</summary>
/// <param name="Id">Key.</param>
/// <param name="Principal">Who.</param>
/// <param name="IsPublic">On a computer that others use (A12.3): it ends soon.</param>
/// <param name="Remote">Where from.</param>
/// <param name="UserAgent">With what.</param>
/// <param name="Created">Since when.</param>
/// <param name="LastUsed">Until when, to some minutes.</param>
public sealed record WebSession(long Id, Principal Principal, bool IsPublic, string Remote, string UserAgent, DateTimeOffset Created, DateTimeOffset LastUsed);

/// <summary>A sign-in that was tried with a browser.</summary>
/// <param name="At">When.</param>
/// <param name="Succeeded">Whether it was right.</param>
/// <param name="Remote">Where from.</param>
/// <param name="UserAgent">With what.</param>
public sealed record SignInAttempt(DateTimeOffset At, bool Succeeded, string Remote, string UserAgent);

/// <summary>
/// Sessions of browsers. The cookie holds a random token, the store only its hash, so that what is read from the database signs nobody in; ending one here ends it
/// everywhere at once.
/// </summary>
public sealed class WebSessions
{
    private const int TokenBytes = 32;
    private const int MaxUserAgent = 300;
    private const int KeptAttempts = 100;

    /// <summary>Without use for so long a session ends; on a shared computer sooner (A12.3).</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromDays(7);
    private static readonly TimeSpan PublicIdle = TimeSpan.FromMinutes(30);

    /// <summary>However much it is used.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);
    private static readonly TimeSpan PublicLongest = TimeSpan.FromHours(10);

    /// <summary>Use is written this coarsely, so that reading mail does not write.</summary>
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(5);

    private const string Columns =
        "s.id, p.id, p.login, p.display_name, p.is_administrator, p.state, p.home_account_id, p.must_change_password, p.password_expires_at, s.is_public, s.remote, s.user_agent, s.created_at, s.last_used_at";

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal WebSessions(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Begins a session; returns what its cookie is to hold.</summary>
    public async Task<string> BeginAsync(PrincipalId principal, bool isPublic, string remote, string userAgent, CancellationToken cancellationToken)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        await database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("DELETE FROM web_sessions WHERE principal_id = $1 AND last_used_at < $2", principal.Value, Now - (long)Idle.TotalMilliseconds);
                return await tx.ExecuteAsync(
                    "INSERT INTO web_sessions (principal_id, token_hash, is_public, remote, user_agent, created_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $6)",
                    principal.Value,
                    Hash(token),
                    isPublic ? 1 : 0,
                    remote,
                    Cut(userAgent),
                    Now);
            },
            cancellationToken);
        return token;
    }

    /// <summary>The session of a cookie; null when it has ended or its principal may not sign in any more.</summary>
    public async ValueTask<WebSession?> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length is 0 or > 100)
            return null;
        var found = await database.ReadAsync(
            tx => tx.FirstAsync($"SELECT {Columns} FROM web_sessions s JOIN principals p ON p.id = s.principal_id WHERE s.token_hash = $1", Read, Hash(token)), cancellationToken);
        var now = clock.GetUtcNow();
        if (found is null || found.Principal.State != PrincipalState.Active
            || now - found.LastUsed > (found.IsPublic ? PublicIdle : Idle) || now - found.Created > (found.IsPublic ? PublicLongest : Longest))
            return null;
        if (now - found.LastUsed > TouchEvery)
            await database.WriteAsync(tx => tx.ExecuteAsync("UPDATE web_sessions SET last_used_at = $2 WHERE id = $1", found.Id, Now), cancellationToken);
        return found with { Principal = found.Principal.At(now) };
    }

    /// <summary>The value that each changing request of a session must bring (against requests that other sites make).</summary>
    public static string RequestProof(string token) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($"request proof {token}")));

    /// <summary>A principal's sessions, the latest first.</summary>
    public ValueTask<List<WebSession>> ListAsync(PrincipalId principal, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.QueryAsync($"SELECT {Columns} FROM web_sessions s JOIN principals p ON p.id = s.principal_id WHERE p.id = $1 ORDER BY s.last_used_at DESC, s.id DESC", Read, principal.Value), cancellationToken);

    /// <summary>Ends one session of a principal.</summary>
    public async Task<bool> EndAsync(PrincipalId principal, long id, CancellationToken cancellationToken) =>
        await database.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM web_sessions WHERE id = $1 AND principal_id = $2", id, principal.Value), cancellationToken) > 0;

    /// <summary>Ends all sessions of a principal but <paramref name="keep"/>; returns how many.</summary>
    public Task<int> EndOthersAsync(PrincipalId principal, long? keep, CancellationToken cancellationToken) =>
        database.WriteAsync(tx => tx.ExecuteAsync("DELETE FROM web_sessions WHERE principal_id = $1 AND id <> $2", principal.Value, keep ?? 0), cancellationToken);

    /// <summary>Notes a sign-in for its principal to look at.</summary>
    public Task<int> NoteAsync(PrincipalId principal, bool succeeded, string remote, string userAgent, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            await tx.ExecuteAsync(
                "DELETE FROM sign_ins WHERE principal_id = $1 AND id <= (SELECT id FROM sign_ins WHERE principal_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)", principal.Value, KeptAttempts);
            return await tx.ExecuteAsync(
                "INSERT INTO sign_ins (principal_id, at, succeeded, remote, user_agent) VALUES ($1, $2, $3, $4, $5)", principal.Value, Now, succeeded ? 1 : 0, remote, Cut(userAgent));
        },
        cancellationToken);

    /// <summary>The latest sign-ins of a principal, the last first.</summary>
    public ValueTask<List<SignInAttempt>> AttemptsAsync(PrincipalId principal, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.QueryAsync(
            "SELECT at, succeeded, remote, user_agent FROM sign_ins WHERE principal_id = $1 ORDER BY id DESC LIMIT 100",
            row => new SignInAttempt(DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)), row.GetInt16(1) != 0, row.GetString(2), row.GetString(3)),
            principal.Value),
        cancellationToken);

    /// <summary>What the webmail keeps for a principal; null when it has kept nothing.</summary>
    public ValueTask<string?> PreferencesAsync(PrincipalId principal, CancellationToken cancellationToken) =>
        database.ReadAsync(tx => tx.ScalarAsync<string>("SELECT document FROM preferences WHERE principal_id = $1", principal.Value), cancellationToken);

    /// <summary>Changes some of it: what is null is forgotten, what is not named stays, so that two open tabs do not undo each other (RFC 7396, first level).</summary>
    /// <returns>False, and nothing is changed, where it would be longer than <paramref name="maxLength"/> characters.</returns>
    public Task<bool> ChangePreferencesAsync(PrincipalId principal, JsonObject change, int maxLength, CancellationToken cancellationToken) => database.WriteAsync(async tx =>
    {
        // The lock of the row comes first: a change that waits reads what the other has written.
        await tx.ExecuteAsync("INSERT INTO preferences (principal_id, document) VALUES ($1, '{}') ON CONFLICT (principal_id) DO UPDATE SET document = preferences.document", principal.Value);
        var all = JsonNode.Parse(await tx.ScalarAsync<string>("SELECT document FROM preferences WHERE principal_id = $1", principal.Value) ?? "{}") as JsonObject ?? [];
        foreach (var (name, value) in change)
        {
            if (value is null)
                all.Remove(name);
            else
                all[name] = value.DeepClone();
        }
        var document = all.ToJsonString(JsonSerializerOptions.Web);
        if (document.Length > maxLength)
            return false;
        await tx.ExecuteAsync("UPDATE preferences SET document = $2 WHERE principal_id = $1", principal.Value, document);
        return true;
    }, cancellationToken);

    private static WebSession Read(System.Data.Common.DbDataReader row) => new(
        row.GetInt64(0),
        Accounts.ReadPrincipal(row, 1),
        row.GetInt16(9) != 0,
        row.GetString(10),
        row.GetString(11),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(12)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(13)));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Cut(string text) => text.Length <= MaxUserAgent ? text : text[..MaxUserAgent];
}
