using System.Security.Cryptography.X509Certificates;
using CongVu.Formats.Signatures;
using CongVu.Mail.Jmap;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;

namespace CongVu.Server.Web;

/// <summary>The authorities by which signatures are trusted, for the browser that checks them.</summary>
/// <param name="Pem">Their certificates.</param>
internal sealed record SignatureAuthorities(string Pem);

/// <summary>What the webmail needs to check signatures (A12.7): of mail by itself (/api/smime), of documents here (/api/signatures).</summary>
internal static class SignatureEndpoints
{
    internal static void Map(WebApplication application, ServerOptions options, MailStore store, TimeProvider clock)
    {
        application.MapGet("/api/smime/authorities", () => new SignatureAuthorities(Read(options.SignatureAuthorities).ExportCertificatePems())).RequireAuthorization();
        // A document is held in memory twice while it is checked; whoever opens many waits.
        var turns = new SemaphoreSlim(2);
        application.MapGet("/api/signatures/{accountId}/{blobId}", (HttpContext context, string accountId, string blobId) => DocumentAsync(context, store, turns, options, accountId, blobId, clock))
            .RequireAuthorization().Produces<DocumentSignature[]>().Produces(404).Produces<ApiError>(413);
    }

    // A blob is read here by whom it is downloaded.
    private static async Task<IResult> DocumentAsync(HttpContext context, MailStore store, SemaphoreSlim turns, ServerOptions options, string accountId, string blobId, TimeProvider clock)
    {
        await using var blob = JmapApi.ReadAccountId(accountId) is { } account ? await Blob.OpenAsync(store, context.PrincipalId(), account, blobId, context.RequestAborted) : null;
        if (blob is null)
            return Results.NotFound();
        await turns.WaitAsync(context.RequestAborted);
        try
        {
            return await blob.ReadAllAsync(DocumentSignatures.MaxDocumentBytes, context.RequestAborted) is { } document
                ? Results.Json(DocumentSignatures.Read(document, Read(options.SignatureAuthorities), clock.GetUtcNow()))
                : Results.Json(new ApiError("tooLarge"), statusCode: StatusCodes.Status413PayloadTooLarge);
        }
        finally
        {
            turns.Release();
        }
    }

    // The certificates of the file and nothing else that may stand in it.
    private static X509Certificate2Collection Read(string? file)
    {
        var certificates = new X509Certificate2Collection();
        if (file is not null)
            certificates.ImportFromPemFile(file);
        return certificates;
    }
}
