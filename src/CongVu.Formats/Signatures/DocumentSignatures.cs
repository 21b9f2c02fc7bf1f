using System.Security.Cryptography.X509Certificates;

namespace CongVu.Formats.Signatures;

/// <summary>
/// Signatures in documents that came by mail: PDF (ISO 32000-1 §12.8) and Office Open XML (ECMA-376-2). What the bytes hold is the sender's: all that is
/// read is bounded, nothing is fetched, and what cannot be checked wholly is never called valid.
/// </summary>
public static class DocumentSignatures
{
    /// <summary>Larger documents are not looked into: they are hashed once for each signature.</summary>
    public const int MaxDocumentBytes = 30 << 20;

    /// <summary>Documents go round a few desks; more signatures are not read.</summary>
    internal const int MaxSignatures = 20;

    /// <summary>The signatures of a document in the order in which they stand; none of what is neither PDF nor Office Open XML.</summary>
    /// <param name="document">The whole file.</param>
    /// <param name="authorities">Roots that are trusted, and certificates between them and signers.</param>
    /// <param name="now">The present time.</param>
    /// <exception cref="ArgumentException">It is larger than <see cref="MaxDocumentBytes"/>.</exception>
    public static IReadOnlyList<DocumentSignature> Read(byte[] document, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(document.Length, MaxDocumentBytes, nameof(document));
        // Readers of PDF look for its mark in the first 1024 bytes.
        if (document.AsSpan(0, Math.Min(document.Length, 1024)).IndexOf("%PDF-"u8) >= 0)
            return PdfSignatures.Read(document, authorities, now);
        return document.AsSpan().StartsWith("PK\x03\x04"u8) ? OfficeSignatures.Read(document, authorities, now) : [];
    }
}
