using System.Security.Cryptography;
using System.Text;
using CongVu.Formats.Text;

namespace CongVu.Formats.Sasl;

/// <summary>What a server keeps of a password for SCRAM-SHA-256 (RFC 5802 §3, RFC 7677): it verifies a client's proof and proves the server, and is not the password.</summary>
/// <param name="Salt">The salt.</param>
/// <param name="Iterations">Rounds of PBKDF2.</param>
/// <param name="StoredKey">H(ClientKey).</param>
/// <param name="ServerKey">HMAC(SaltedPassword, "Server Key").</param>
public sealed record ScramKeys(byte[] Salt, int Iterations, byte[] StoredKey, byte[] ServerKey)
{
    /// <summary>RFC 7677 §4 wants 4096 at least; what is generated here is random, so more would protect nothing.</summary>
    public const int DefaultIterations = 4096;

    /// <summary>Makes them of a password.</summary>
    public static ScramKeys Of(string password, byte[] salt, int iterations = DefaultIterations)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(ComposedText.Of(password)), salt, iterations, HashAlgorithmName.SHA256, 32);
        return new(salt, iterations, SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8)), HMACSHA256.HashData(salted, "Server Key"u8));
    }

    /// <summary>The password is the one; in constant time.</summary>
    public bool Verify(string password) => CryptographicOperations.FixedTimeEquals(Of(password, Salt, Iterations).StoredKey, StoredKey);
}
