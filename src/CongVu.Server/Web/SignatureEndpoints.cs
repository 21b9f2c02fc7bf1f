using System.Security.Cryptography.X509Certificates;
using CongVu.Server.Configuration;

namespace CongVu.Server.Web;

/// <summary>The authorities by which signatures are trusted, for the browser that checks them.</summary>
/// <param name="Pem">Their certificates.</param>
internal sealed record SignatureAuthorities(string Pem);

/// <summary>What the webmail needs to check signatures: /api/smime.</summary>
internal static class SignatureEndpoints
{
    internal static void Map(WebApplication application, ServerOptions options) => application
        .MapGet("/api/smime/authorities", () => new SignatureAuthorities(Read(options.SignatureAuthorities)))
        .RequireAuthorization();

    // The certificates of the file and nothing else that may stand in it.
    private static string Read(string? file)
    {
        if (file is null)
            return "";
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        return certificates.ExportCertificatePems();
    }
}
