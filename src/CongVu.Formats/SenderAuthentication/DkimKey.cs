using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>A public key as DNS gives it (RFC 6376 §3.6.1).</summary>
/// <param name="IsEd25519">Of RFC 8463; else RSA.</param>
/// <param name="Key">Its bytes; empty where it was revoked.</param>
/// <param name="IsTesting">t=y: the domain tries DKIM out.</param>
/// <param name="IsStrict">t=s: i= must be the domain itself.</param>
/// <param name="Bits">Bits of an RSA key.</param>
internal sealed record DkimKey(bool IsEd25519, byte[] Key, bool IsTesting, bool IsStrict, int Bits)
{
    /// <summary>RFC 8301 §3.2: less is no proof.</summary>
    private const int MinRsaBits = 1024;

    /// <summary>More only burns time.</summary>
    private const int MaxRsaBits = 8192;

    /// <summary>Reads a record; null where it is none.</summary>
    internal static DkimKey? Parse(string text)
    {
        if (TagList.Parse(text) is not { } tags || tags["p"] is null || tags.Bytes("p") is not { } key)
            return null;
        if (tags["v"] is { } version && (version != "DKIM1" || tags.First != "v"))
            return null;
        if (tags.Solid("h") is { } hashes && !hashes.Split(':').Contains("sha256", StringComparer.OrdinalIgnoreCase))
            return null;
        if (tags.Solid("s") is { } services && !services.Split(':').Any(s => s == "*" || s.Equals("email", StringComparison.OrdinalIgnoreCase)))
            return null;
        var flags = tags.Solid("t")?.Split(':') ?? [];
        var isEd25519 = string.Equals(tags["k"], "ed25519", StringComparison.OrdinalIgnoreCase);
        if (!isEd25519 && tags["k"] is { } kind && !kind.Equals("rsa", StringComparison.OrdinalIgnoreCase))
            return null;
        var bits = 0;
        if (isEd25519 && key.Length != 0 && key.Length != Ed25519.PublicKeySize)
            return null;
        if (!isEd25519 && key.Length > 0)
        {
            using var rsa = SignatureAlgorithms.ImportRsa(key);
            if (rsa is null || rsa.KeySize is < MinRsaBits or > MaxRsaBits)
                return null;
            bits = rsa.KeySize;
        }
        return new(isEd25519, key, flags.Contains("y"), flags.Contains("s"), bits);
    }

    internal bool Fits(SignatureAlgorithm algorithm) => IsEd25519 == (algorithm == SignatureAlgorithm.Ed25519Sha256);
}
