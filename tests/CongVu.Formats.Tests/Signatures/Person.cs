using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CongVu.Formats.Tests.Signatures;

/// <summary>Certificates of an authority of the test and of people.</summary>
internal static class Person
{
    internal static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    internal static readonly X509Certificate2 Authority = NewAuthority();

    internal static readonly X509Certificate2 An = Certify("CN=Nguyễn Văn An, O=Sở Thông tin và Truyền thông", Now.AddYears(-1), Now.AddYears(1));

    internal static X509Certificate2Collection Authorities => [X509CertificateLoader.LoadCertificate(Authority.RawData)];

    internal static X509Certificate2 Certify(string name, DateTimeOffset from, DateTimeOffset until, X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        using var certificate = request.Create(Authority, from, until, RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    internal static X509Certificate2 SignedByItself(string name)
    {
        using var key = RSA.Create(2048);
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
    }

    private static X509Certificate2 NewAuthority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=CA thử nghiệm", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(Now.AddYears(-5), Now.AddYears(15));
    }
}
