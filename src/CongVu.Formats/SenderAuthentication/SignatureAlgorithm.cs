using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>The algorithms of DKIM and ARC. SHA-1 is none any more (RFC 8301 §3.1).</summary>
public enum SignatureAlgorithm
{
    /// <summary>rsa-sha256.</summary>
    RsaSha256,

    /// <summary>ed25519-sha256 (RFC 8463).</summary>
    Ed25519Sha256,
}

/// <summary>Names and mathematics of the algorithms.</summary>
internal static class SignatureAlgorithms
{
    internal static string NameOf(SignatureAlgorithm algorithm) => algorithm == SignatureAlgorithm.RsaSha256 ? "rsa-sha256" : "ed25519-sha256";

    internal static SignatureAlgorithm? Parse(string? name) => name?.ToLowerInvariant() switch
    {
        "rsa-sha256" => SignatureAlgorithm.RsaSha256,
        "ed25519-sha256" => SignatureAlgorithm.Ed25519Sha256,
        _ => null,
    };

    internal static bool Verify(SignatureAlgorithm algorithm, byte[] publicKey, ReadOnlySpan<byte> data, byte[] signature)
    {
        var hash = SHA256.HashData(data);
        if (algorithm == SignatureAlgorithm.Ed25519Sha256)
            return signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, 0, publicKey, 0, hash, 0, hash.Length);
        using var rsa = ImportRsa(publicKey);
        return rsa is not null && rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    internal static byte[] Sign(SignatureAlgorithm algorithm, byte[] privateKey, ReadOnlySpan<byte> data)
    {
        var hash = SHA256.HashData(data);
        if (algorithm == SignatureAlgorithm.Ed25519Sha256)
        {
            var signature = new byte[Ed25519.SignatureSize];
            Ed25519.Sign(privateKey, 0, hash, 0, hash.Length, signature, 0);
            return signature;
        }
        using var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(privateKey, out _);
        return rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    /// <summary>A public RSA key in either of the forms that are met; null where it is none.</summary>
    internal static RSA? ImportRsa(byte[] key)
    {
        var rsa = RSA.Create();
        try
        {
            rsa.ImportSubjectPublicKeyInfo(key, out _);
            return rsa;
        }
        catch (CryptographicException)
        {
            // Not the form of RFC 6376 §3.6.1, perhaps that of PKCS #1.
        }
        try
        {
            rsa.ImportRSAPublicKey(key, out _);
            return rsa;
        }
        catch (CryptographicException)
        {
            rsa.Dispose();
            return null;
        }
    }
}
