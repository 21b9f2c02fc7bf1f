using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using CongVu.Formats.Sasl;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>Why a sign-in did not succeed.</summary>
public enum SignInRefusal
{
    /// <summary>It did.</summary>
    None,

    /// <summary>No such principal, or not its password; which of the two is never told.</summary>
    WrongCredentials,

    /// <summary>The right password of somebody who may not sign in now (A8.1).</summary>
    Suspended,

    /// <summary>The right password, which must be changed first (A6.3, A12.2).</summary>
    PasswordChangeRequired,

    /// <summary>Too many failures; nothing was checked.</summary>
    TooManyFailures,

    /// <summary>The right password, but a mail program of somebody with a second step needs one of its own.</summary>
    AppPasswordRequired,
}

/// <summary>What a SCRAM exchange is checked with.</summary>
/// <param name="Principal">Who it would sign in; null when there is nobody.</param>
/// <param name="Salt">The salt for the challenge.</param>
/// <param name="Iterations">Its iterations.</param>
/// <param name="Keys">Keys of the app passwords; empty when none can be right.</param>
public sealed record ScramCredentials(Principal? Principal, byte[] Salt, int Iterations, IReadOnlyList<ScramKeys> Keys);

/// <summary>How a sign-in ended.</summary>
/// <param name="Principal">Who signed in; null when refused.</param>
/// <param name="Refusal">Why not.</param>
public readonly record struct SignInResult(Principal? Principal, SignInRefusal Refusal);

/// <summary>
/// Checks passwords, one rule for every protocol. Argon2id runs at most twice at once; a password that was right stays known for some minutes
/// under a key of this process, so that mail programs that reconnect do not cost a hash each.
/// </summary>
public sealed class SignIn : IDisposable
{
    private const int MaxConcurrentHashes = 2;
    private const int MaxKnown = 50_000;
    private static readonly TimeSpan KnownFor = TimeSpan.FromMinutes(10);

    private readonly StoreDatabase database;
    private readonly Accounts accounts;
    private readonly SecondStep secondStep;
    private readonly Activity activity;
    private readonly TimeProvider clock;
    private readonly SignInThrottle throttle;
    private readonly SemaphoreSlim hashing = new(MaxConcurrentHashes);
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<Proof, DateTimeOffset> known = new();

    internal SignIn(StoreDatabase database, Accounts accounts, SecondStep secondStep, Activity activity, TimeProvider clock)
    {
        this.activity = activity;
        this.secondStep = secondStep;
        this.database = database;
        this.accounts = accounts;
        this.clock = clock;
        throttle = new(clock);
    }

    /// <summary>Checks a login and its password.</summary>
    /// <param name="login">A login or an address of the home account.</param>
    /// <param name="password">What was typed.</param>
    /// <param name="protocol">Where, for the trail: "imap", "smtp", "web".</param>
    /// <param name="from">The peer, for the back-off; null where there is none.</param>
    /// <param name="cancellationToken">Gives up waiting for a turn to hash.</param>
    public async ValueTask<SignInResult> CheckPasswordAsync(string login, string password, string protocol, IPAddress? from, CancellationToken cancellationToken)
    {
        if (throttle.IsBlocked(login, from))
            return new(null, SignInRefusal.TooManyFailures);
        if (password.Length is 0 or > PasswordHash.MaxPasswordChars)
            return Wrong(login, from);

        var (principal, hash) = await database.ReadAsync(tx => CredentialsAsync(tx, login), cancellationToken);
        // Programs that have an app password use it; its check is cheap, so it comes first.
        var isAppPassword = principal is not null && protocol != "web" && await IsAppPasswordAsync(principal.Id, password, cancellationToken);
        if (!isAppPassword && (!await IsRightAsync(hash, password, cancellationToken) || principal is null))
            return Wrong(login, from);
        if (!isAppPassword && protocol != "web" && await database.ReadAsync(tx => SecondStep.IsOnAsync(tx, principal!.Id), cancellationToken))
            return new(null, SignInRefusal.AppPasswordRequired);
        return await AdmitAsync(principal!, login, protocol, from, cancellationToken);
    }

    /// <summary>
    /// Checks the code of a second step. Who gets here knows the password, which each time makes wrong ones forgotten; so wrong codes are counted apart, wherever they come from.
    /// </summary>
    public async ValueTask<bool> CheckCodeAsync(Principal principal, string code, IPAddress? from, CancellationToken cancellationToken)
    {
        var codes = $"second step of {principal.Id.Value}";
        if (throttle.IsBlocked(codes, null) || throttle.IsBlocked(from))
            return false;
        var isRight = await secondStep.TakeAsync(principal.Id, code, cancellationToken);
        if (isRight)
        {
            throttle.Succeeded(codes, null);
            return true;
        }
        throttle.Failed(codes, null);
        throttle.Failed(from);
        return false;
    }

    /// <summary>What a SCRAM exchange needs of <paramref name="login"/>'s app passwords. Who does not exist, or has none, gets a salt that stays the same and no keys.</summary>
    public async ValueTask<ScramCredentials> ScramAsync(string login, CancellationToken cancellationToken)
    {
        var principal = await database.ReadAsync(tx => Accounts.FindPrincipalAsync(tx, login), cancellationToken);
        var keys = principal is null ? [] : (await accounts.AppPasswordKeysAsync(principal.Id, cancellationToken)).ConvertAll(pair => pair.Keys);
        return keys is [var first, ..]
            ? new(principal, first.Salt, first.Iterations, keys)
            : new(null, HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Address.Normalize(login)))[..16], ScramKeys.DefaultIterations, []);
    }

    /// <summary>Ends a SCRAM exchange: the throttle is told, and whose proof was right is admitted if it may be.</summary>
    public async ValueTask<SignInResult> ScramEndedAsync(ScramCredentials credentials, string login, bool proven, string protocol, IPAddress? from, CancellationToken cancellationToken)
    {
        if (throttle.IsBlocked(login, from))
            return new(null, SignInRefusal.TooManyFailures);
        return proven && credentials.Principal is { } principal ? await AdmitAsync(principal, login, protocol, from, cancellationToken) : Wrong(login, from);
    }

    /// <summary>Nothing of this network is checked for a while.</summary>
    public bool IsBlocked(IPAddress? from) => throttle.IsBlocked(from);

    /// <summary>A sign-in that named nobody failed.</summary>
    public void Failed(IPAddress? from) => throttle.Failed(from);

    /// <summary>Who has proved to be <paramref name="principal"/> with a passkey comes in if it may.</summary>
    public ValueTask<SignInResult> PasskeyAsync(Principal principal, IPAddress? from, CancellationToken cancellationToken) => AdmitAsync(principal, principal.Login, "web", from, cancellationToken);

    // The credentials were right: may it come in?
    private async ValueTask<SignInResult> AdmitAsync(Principal principal, string login, string protocol, IPAddress? from, CancellationToken cancellationToken)
    {
        throttle.Succeeded(login, from);
        if (principal.State != PrincipalState.Active)
            return new(null, SignInRefusal.Suspended);
        // A12.2: an app password holds no longer than the password that made it.
        principal = principal.At(clock.GetUtcNow());
        if (principal.MustChangePassword && protocol != "web")
            return new(null, SignInRefusal.PasswordChangeRequired);
        await activity.SeenAsync(principal, cancellationToken);
        return new(principal, SignInRefusal.None);
    }

    /// <inheritdoc/>
    public void Dispose() => hashing.Dispose();

    private SignInResult Wrong(string login, IPAddress? from)
    {
        throttle.Failed(login, from);
        return new(null, SignInRefusal.WrongCredentials);
    }

    private async ValueTask<bool> IsAppPasswordAsync(PrincipalId principal, string password, CancellationToken cancellationToken)
    {
        var keys = await accounts.AppPasswordKeysAsync(principal, cancellationToken);
        if (keys.Count == 0)
            return false;
        // One salt for all, so one derivation.
        var derived = ScramKeys.Of(password, keys[0].Keys.Salt, keys[0].Keys.Iterations);
        var found = false;
        foreach (var (_, one) in keys)
            found |= CryptographicOperations.FixedTimeEquals(derived.StoredKey, one.StoredKey);
        return found;
    }

    private static async ValueTask<(Principal?, string?)> CredentialsAsync(Tx tx, string login)
    {
        var principal = await Accounts.FindPrincipalAsync(tx, login);
        return (principal, principal is null ? null : await tx.ScalarAsync<string>("SELECT password_hash FROM principals WHERE id = $1", principal.Id.Value));
    }

    private async ValueTask<bool> IsRightAsync(string? hash, string password, CancellationToken cancellationToken)
    {
        // The stored hash is part of the proof: a changed password makes what was known worthless.
        var proof = new Proof(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{hash}\0{password}")));
        var now = clock.GetUtcNow();
        if (known.TryGetValue(proof, out var until) && now < until)
            return hash is not null;
        await hashing.WaitAsync(cancellationToken);
        bool right;
        try
        {
            right = await Task.Run(() => PasswordHash.Verify(hash, password), cancellationToken);
        }
        finally
        {
            hashing.Release();
        }
        if (right)
        {
            if (known.Count >= MaxKnown)
                known.Clear();
            known[proof] = now + KnownFor;
        }
        return right;
    }

    private readonly record struct Proof(UInt128 High, UInt128 Low)
    {
        public Proof(ReadOnlySpan<byte> mac) : this(
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(mac),
            System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(mac[16..]))
        {
        }
    }
}
