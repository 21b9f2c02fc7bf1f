using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CongVu.Mail.Tests.Connections;

/// <summary>A certificate of this test run.</summary>
internal static class TestCertificate
{
    internal static SslStreamCertificateContext Context { get; } = SslStreamCertificateContext.Create(Make(), additionalCertificates: null, offline: true);

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
