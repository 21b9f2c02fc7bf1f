using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CongVu.Server.Configuration;

namespace CongVu.Server.Hosting;

/// <summary>
/// The server's certificate: the operator's PEM files, or one made once in the data folder. Files that changed are read again at a handshake; what
/// cannot be read then leaves the certificate that was.
/// </summary>
internal sealed class TlsCertificate
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(10);

    // Apple's programs refuse longer ones, even those that a person has accepted.
    private static readonly TimeSpan SelfMadeLifetime = TimeSpan.FromDays(820);
    private static readonly TimeSpan SelfMadeRenewal = TimeSpan.FromDays(60);

    private readonly string certificateFile;
    private readonly string keyFile;
    private readonly TimeProvider clock;
    private readonly Lock reading = new();
    private volatile Loaded loaded;
    private long lookedAt;

    private TlsCertificate(string certificateFile, string keyFile, TimeProvider clock)
    {
        this.certificateFile = certificateFile;
        this.keyFile = keyFile;
        this.clock = clock;
        lookedAt = clock.GetTimestamp();
        loaded = Load();
    }

    /// <summary>Told when changed files could not be read.</summary>
    public Action<Exception>? ReloadFailed { get; set; }

    /// <summary>Made here, so that programs will ask whether to trust it.</summary>
    public bool IsSelfMade { get; private init; }

    /// <summary>The certificate with its key, and those it rests on, ready for handshakes.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            if (clock.GetElapsedTime(Interlocked.Read(ref lookedAt)) > LookAgainAfter && reading.TryEnter())
            {
                try
                {
                    Reload();
                }
                finally
                {
                    reading.Exit();
                }
            }
            return loaded.Context;
        }
    }

    /// <summary>Reads the operator's certificate, or makes one.</summary>
    /// <exception cref="CryptographicException">The files hold no certificate with its key.</exception>
    /// <exception cref="IOException">The files cannot be read or written.</exception>
    public static TlsCertificate Open(ServerOptions options, TimeProvider clock)
    {
        if (options.CertificateFile is { } given)
            return new(given, options.CertificateKeyFile ?? given, clock);
        var folder = Path.Combine(options.DataFolder, "tls");
        var (certificate, key) = (Path.Combine(folder, "certificate.pem"), Path.Combine(folder, "key.pem"));
        if (!IsUsable(certificate, key, clock))
            Make(folder, certificate, key, options.HostName, clock);
        return new(certificate, key, clock) { IsSelfMade = true };
    }

    private void Reload()
    {
        Interlocked.Exchange(ref lookedAt, clock.GetTimestamp());
        if (Stamp() == loaded.Stamp)
            return;
        try
        {
            loaded = Load();
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            // Perhaps half of it is written yet: it will be looked at again.
            ReloadFailed?.Invoke(error);
        }
    }

    private Loaded Load()
    {
        var stamp = Stamp();
        using var read = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        // A key that lives in memory only is not taken by every TLS stack; one from a PKCS #12 is.
        var certificate = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificateFile);
        return new(SslStreamCertificateContext.Create(certificate, [.. chain.Where(c => c.Thumbprint != certificate.Thumbprint)], offline: true), stamp);
    }

    private (DateTime, DateTime) Stamp() => (File.GetLastWriteTimeUtc(certificateFile), File.GetLastWriteTimeUtc(keyFile));

    private static bool IsUsable(string certificate, string key, TimeProvider clock)
    {
        if (!File.Exists(certificate) || !File.Exists(key))
            return false;
        using var read = X509CertificateLoader.LoadCertificateFromFile(certificate);
        return read.NotAfter.ToUniversalTime() - clock.GetUtcNow() > SelfMadeRenewal;
    }

    private static void Make(string folder, string certificateFile, string keyFile, string hostName, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in new[] { "localhost", hostName, Environment.MachineName.ToLowerInvariant() }.Where(n => Uri.CheckHostName(n) == UriHostNameType.Dns).Distinct())
            names.AddDnsName(name);
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var now = clock.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now + SelfMadeLifetime);

        Directory.CreateDirectory(folder);
        const UnixFileMode secret = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, secret | UnixFileMode.UserExecute);
        // The key first: a certificate without its key would be taken for whole.
        WriteWhole(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n", secret);
        WriteWhole(certificateFile, certificate.ExportCertificatePem() + "\n", secret | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private static void WriteWhole(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = mode;
        File.Delete(path + ".new");
        using (var writer = new StreamWriter(path + ".new", options))
            writer.Write(text);
        File.Move(path + ".new", path, overwrite: true);
    }

    private sealed record Loaded(SslStreamCertificateContext Context, (DateTime, DateTime) Stamp);
}
