using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CongVu.Formats.Text;
using NSec.Cryptography;

namespace CongVu.Mail.Store;

/// <summary>Argon2id (RFC 9106), written as a PHC string: <c>$argon2id$v=19$m=KiB,t=passes,p=1$salt$hash</c>.</summary>
public static class PasswordHash
{
    // RFC 9106 §4, the memory-constrained choice: 64 MiB, three passes; a guess costs about as much as it does us.
    private const int MemoryKiB = 65536;
    private const int Passes = 3;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>Longer ones are refused before they are hashed.</summary>
    public const int MaxPasswordChars = 256;

    /// <summary>A hash for those who do not exist, so that asking for them takes as long.</summary>
    private static readonly Lazy<string> Decoy = new(() => Create("nobody"));

    /// <summary>Hashes a password: slow on purpose, so it is done before a transaction, never in one.</summary>
    public static string Create(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"$argon2id$v=19$m={MemoryKiB},t={Passes},p=1${Convert.ToBase64String(salt)}${Convert.ToBase64String(Derive(password, salt, MemoryKiB, Passes))}");
    }

    /// <summary>The password is the one that was hashed; a null hash never is, and takes the same time.</summary>
    public static bool Verify(string? hash, string password)
    {
        var parts = (hash ?? Decoy.Value).Split('$');
        if (parts is not ["", "argon2id", "v=19", var cost, var salt, var expected] || password.Length > MaxPasswordChars)
            return false;
        var numbers = cost.Split(',').Select(pair => int.Parse(pair.AsSpan(2), CultureInfo.InvariantCulture)).ToArray();
        var derived = Derive(password, Convert.FromBase64String(salt), numbers[0], numbers[1]);
        return CryptographicOperations.FixedTimeEquals(derived, Convert.FromBase64String(expected)) && hash is not null;
    }

    private static byte[] Derive(string password, byte[] salt, int memoryKiB, int passes)
    {
        var algorithm = new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = memoryKiB, NumberOfPasses = passes });
        // RFC 8265 §4.2: one password typed composed or decomposed is the same.
        return algorithm.DeriveBytes(Encoding.UTF8.GetBytes(ComposedText.Of(password)), salt, HashBytes);
    }
}
