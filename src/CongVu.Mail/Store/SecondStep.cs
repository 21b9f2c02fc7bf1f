using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// The second step of signing in with a browser: a code of an authenticator (RFC 6238: SHA-1, 30 seconds, six digits, which is what all of them can), or one of ten codes
/// for the day when it is lost. A code is good once. Mail programs cannot ask for one: whoever has a second step gives them app passwords.
/// </summary>
public sealed class SecondStep
{
    private const int SecretBytes = 20;
    private const int StepSeconds = 30;

    /// <summary>Clocks of telephones are off by that many steps at most.</summary>
    private const int Drift = 1;
    private const int RecoveryCodes = 10;
    private const int RecoveryLength = 12;

    /// <summary>Letters and digits that are not taken for each other.</summary>
    private const string RecoveryLetters = "abcdefghjkmnpqrstuvwxyz23456789";

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal SecondStep(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The principal must bring a code.</summary>
    public ValueTask<bool> IsOnAsync(PrincipalId principal, CancellationToken cancellationToken) => database.ReadAsync(tx => IsOnAsync(tx, principal), cancellationToken);

    /// <summary>Makes a secret for an authenticator; it counts from its first right code on. Null where one counts already.</summary>
    public Task<byte[]?> BeginAsync(PrincipalId principal, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(SecretBytes);
        return database.WriteAsync<byte[]?>(
            async tx =>
            {
                if (await IsOnAsync(tx, principal))
                    return null;
                await tx.ExecuteAsync("DELETE FROM totp WHERE principal_id = $1", principal.Value);
                await tx.ExecuteAsync("INSERT INTO totp (principal_id, secret, created_at) VALUES ($1, $2, $3)", principal.Value, secret, Now);
                return secret;
            },
            cancellationToken);
    }

    /// <summary>The first code from the authenticator: right, it counts from now on, and the codes for the day when it is lost are returned, now and never again.</summary>
    public Task<IReadOnlyList<string>?> ConfirmAsync(PrincipalId principal, string code, string actor, CancellationToken cancellationToken)
    {
        string[] recovery = [.. Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString(RecoveryLetters, RecoveryLength))];
        return database.WriteAsync<IReadOnlyList<string>?>(
            async tx =>
            {
                if (await IsOnAsync(tx, principal) || !await TakeCodeAsync(tx, principal, code))
                    return null;
                await tx.ExecuteAsync("UPDATE totp SET is_confirmed = 1 WHERE principal_id = $1", principal.Value);
                await tx.ExecuteAsync("DELETE FROM recovery_codes WHERE principal_id = $1", principal.Value);
                foreach (var one in recovery)
                    await tx.ExecuteAsync("INSERT INTO recovery_codes (principal_id, code_hash) VALUES ($1, $2)", principal.Value, Hash(one));
                await Audit.WriteAsync(tx, Now, actor, "second-step.on", $"principal {principal.Value}", "");
                return recovery;
            },
            cancellationToken);
    }

    /// <summary>No code is asked for any more.</summary>
    public Task<bool> EndAsync(PrincipalId principal, string actor, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            await tx.ExecuteAsync("DELETE FROM recovery_codes WHERE principal_id = $1", principal.Value);
            if (await tx.ExecuteAsync("DELETE FROM totp WHERE principal_id = $1", principal.Value) == 0)
                return false;
            await Audit.WriteAsync(tx, Now, actor, "second-step.off", $"principal {principal.Value}", "");
            return true;
        },
        cancellationToken);

    /// <summary>The code is right, and used up.</summary>
    internal Task<bool> TakeAsync(PrincipalId principal, string code, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var plain = string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
            return plain.Length == RecoveryLength
                ? await tx.ExecuteAsync("DELETE FROM recovery_codes WHERE principal_id = $1 AND code_hash = $2", principal.Value, Hash(plain)) > 0
                : await TakeCodeAsync(tx, principal, plain);
        },
        cancellationToken);

    internal static async ValueTask<bool> IsOnAsync(Tx tx, PrincipalId principal) =>
        await tx.ScalarAsync<long?>("SELECT 1 FROM totp WHERE principal_id = $1 AND is_confirmed = 1", principal.Value) is not null;

    /// <summary>The code of a step (RFC 4226 §5.3).</summary>
    internal static string CodeAt(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> mac = stackalloc byte[20];
#pragma warning disable CA5350 // RFC 6238 §1.2: what authenticators can do.
        HMACSHA1.HashData(secret, counter, mac);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[19] & 0xf)..]) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    // RFC 6238 §5.2: of no step that was used before.
    private async ValueTask<bool> TakeCodeAsync(Tx tx, PrincipalId principal, string code)
    {
        var (secret, last) = await tx.FirstAsync("SELECT secret, last_step FROM totp WHERE principal_id = $1", row => (row.GetFieldValue<byte[]>(0), row.GetInt64(1)), principal.Value);
        if (secret is null)
            return false;
        var now = clock.GetUtcNow().ToUnixTimeSeconds() / StepSeconds;
        long? right = null;
        for (var step = now - Drift; step <= now + Drift; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(CodeAt(secret, step)), Encoding.UTF8.GetBytes(code)) && step > last)
                right = step;
        }
        if (right is not { } used)
            return false;
        await tx.ExecuteAsync("UPDATE totp SET last_step = $2 WHERE principal_id = $1", principal.Value, used);
        return true;
    }

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.ASCII.GetBytes(code));
}
