using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CongVu.Mail.Outbound;

/// <summary>A TLSA record that mail servers may be known by (RFC 6698 §2.1, RFC 7672 §3.1).</summary>
/// <param name="IsAnchor">DANE-TA(2): an authority in the chain; otherwise DANE-EE(3): the server's own key.</param>
/// <param name="IsKeyOnly">SPKI(1): of the certificate, its public key counts.</param>
/// <param name="Matching">0 the bytes themselves, 1 SHA-256, 2 SHA-512.</param>
/// <param name="Data">What must be equal.</param>
internal sealed record TlsaAssociation(bool IsAnchor, bool IsKeyOnly, int Matching, byte[] Data)
{
    /// <summary>The record as DNS has it; null for the ones that mail does not use (RFC 7672 §3.1.3: PKIX-TA and PKIX-EE) or nobody knows.</summary>
    public static TlsaAssociation? From(int usage, int selector, int matching, byte[] data) => (usage, selector, matching, data.Length) switch
    {
        (2 or 3, 0 or 1, 0, > 0) or (2 or 3, 0 or 1, 1, SHA256.HashSizeInBytes) or (2 or 3, 0 or 1, 2, SHA512.HashSizeInBytes) => new(usage == 2, selector == 1, matching, data),
        _ => null,
    };

    /// <summary>The host has shown what the record names.</summary>
    public bool Matches(string host, X509Certificate2 certificate, X509Chain? chain)
    {
        // RFC 7672 §3.1.1: the key alone says who it is; names and dates do not count.
        if (!IsAnchor)
            return Names(certificate);
        if (chain is null || !certificate.MatchesHostname(host))
            return false;
        foreach (var anchor in chain.ChainElements.Select(e => e.Certificate).Concat(chain.ChainPolicy.ExtraStore).Where(Names))
        {
            using var own = new X509Chain();
            own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            own.ChainPolicy.CustomTrustStore.Add(anchor);
            own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore);
            // An authority that is not a root ends the chain all the same (RFC 7671 §5.2.2).
            own.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
            if (own.Build(certificate) && own.ChainElements.Any(e => e.Certificate.RawDataMemory.Span.SequenceEqual(anchor.RawDataMemory.Span)))
                return true;
        }
        return false;
    }

    private bool Names(X509Certificate2 certificate)
    {
        var bytes = IsKeyOnly ? certificate.PublicKey.ExportSubjectPublicKeyInfo() : certificate.RawData;
        return CryptographicOperations.FixedTimeEquals(Data, Matching switch { 0 => bytes, 1 => SHA256.HashData(bytes), _ => SHA512.HashData(bytes) });
    }
}
