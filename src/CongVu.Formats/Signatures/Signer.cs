using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CongVu.Formats.Signatures;

/// <summary>Who a certificate names, and whether it is to be believed.</summary>
internal static class Signer
{
    private const int MaxNameLength = 200;
    private const string OrganizationOid = "2.5.4.10";

    internal static DocumentSignature Describe(
        X509Certificate2 certificate, X509Certificate2Collection others, X509Certificate2Collection authorities, DateTimeOffset? signedAt, DateTimeOffset now, List<SignatureDoubt> doubts)
    {
        // A time to come is no time to judge by.
        var at = signedAt is { } said && said < now ? said : now;
        if (at > certificate.NotAfter.ToUniversalTime())
            doubts.Add(SignatureDoubt.Expired);
        else if (at < certificate.NotBefore.ToUniversalTime())
            doubts.Add(SignatureDoubt.NotYet);
        if (!IsTrusted(certificate, others, authorities))
            doubts.Add(SignatureDoubt.Untrusted);
        return new(
            Short(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)),
            Organization(certificate),
            Short(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true)),
            signedAt,
            [.. doubts.Distinct()]);
    }

    internal static bool IsWeak(string? digestOid) => digestOid is "1.3.14.3.2.26" or "1.2.840.113549.2.5";

    private static bool IsTrusted(X509Certificate2 certificate, X509Certificate2Collection others, X509Certificate2Collection authorities)
    {
        if (authorities.Count == 0 || certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage
            && (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation)) == 0)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Nothing is fetched that a document asks for.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        // Time is judged by itself, of the signer's certificate alone.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        try
        {
            return chain.Build(certificate);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string? Organization(X509Certificate2 certificate)
    {
        try
        {
            return Short(certificate.SubjectName.EnumerateRelativeDistinguishedNames().FirstOrDefault(n => !n.HasMultipleElements && n.GetSingleElementType().Value == OrganizationOid)?.GetSingleElementValue());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static string? Short(string? name) => name is null or "" ? null : name.Length <= MaxNameLength ? name : name[..MaxNameLength];
}
