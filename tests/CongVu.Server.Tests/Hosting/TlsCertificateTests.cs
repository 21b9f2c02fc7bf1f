using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CongVu.Server.Configuration;
using CongVu.Server.Hosting;

namespace CongVu.Server.Tests.Hosting;

public sealed class TlsCertificateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;
    private readonly ManualClock clock = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void One_is_made_once_for_the_names_of_this_server()
    {
        var made = TlsCertificate.Open(Options(), clock);
        var certificate = made.Current.TargetCertificate;
        Assert.True(made.IsSelfMade);
        Assert.True(certificate.HasPrivateKey);
        Assert.Equal(256, certificate.GetECDsaPublicKey()!.KeySize);
        foreach (var name in new[] { "localhost", "mail.example.gov.vn", "127.0.0.1" })
            Assert.True(certificate.MatchesHostname(name, allowCommonName: false), name);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "tls", "key.pem")));
        Assert.Equal(certificate.Thumbprint, TlsCertificate.Open(Options(), clock).Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void One_that_is_about_to_expire_is_made_anew()
    {
        var before = TlsCertificate.Open(Options(), clock).Current.TargetCertificate.Thumbprint;
        clock.Now += TimeSpan.FromDays(770);
        Assert.NotEqual(before, TlsCertificate.Open(Options(), clock).Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Changed_files_are_read_again_and_broken_ones_are_not_used()
    {
        var (certificateFile, keyFile) = (Path.Combine(folder, "a.pem"), Path.Combine(folder, "a.key"));
        var first = Write(certificateFile, keyFile);
        var failures = 0;
        var opened = TlsCertificate.Open(Options() with { CertificateFile = certificateFile, CertificateKeyFile = keyFile }, clock);
        opened.ReloadFailed = _ => failures++;
        Assert.False(opened.IsSelfMade);
        Assert.Equal(first, opened.Current.TargetCertificate.Thumbprint);

        File.WriteAllText(certificateFile, "half");
        File.SetLastWriteTimeUtc(certificateFile, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal((first, 1), (opened.Current.TargetCertificate.Thumbprint, failures));

        var second = Write(certificateFile, keyFile);
        clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(second, opened.Current.TargetCertificate.Thumbprint);
    }

    [Fact]
    public void Files_without_a_key_are_refused()
    {
        var file = Path.Combine(folder, "a.pem");
        Write(file, Path.Combine(folder, "a.key"));
        Assert.Throws<CryptographicException>(() => TlsCertificate.Open(Options() with { CertificateFile = file }, clock));
    }

    private static string Write(string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddYears(5));
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        return certificate.Thumbprint;
    }

    private ServerOptions Options()
    {
        var (configuration, _) = ConfigurationReader.Read(null, [new("data", folder), new("hostName", "mail.example.gov.vn")], []);
        return ServerOptions.From(configuration!);
    }

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => Now.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    }
}
