using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CongVu.Formats.Tests.Signatures;

/// <summary>Writes small signed documents.</summary>
internal static class SignedPdf
{
    internal static readonly DateTimeOffset SignedAt = new(2026, 3, 1, 7, 30, 0, TimeSpan.Zero);

    internal static byte[] Sign(X509Certificate2 by, byte[]? before = null, string digest = "2.16.840.1.101.3.4.2.1") => Place(
        bytes =>
        {
            var cms = new SignedCms(new ContentInfo(bytes), detached: true);
            var signer = new CmsSigner(by) { DigestAlgorithm = new(digest), IncludeOption = X509IncludeOption.EndCertOnly };
            signer.SignedAttributes.Add(new Pkcs9SigningTime(SignedAt.UtcDateTime));
            cms.ComputeSignature(signer);
            return cms.Encode();
        },
        before);

    // A document, or one more revision of it, with room for a signature of what is around the room.
    internal static byte[] Place(Func<byte[], byte[]> sign, byte[]? before = null, int digits = 8192)
    {
        const string Room = "0000000000";
        var start = Encoding.Latin1.GetString(before ?? "%PDF-1.7\n"u8.ToArray()) + "1 0 obj <</Type/Catalog>> endobj\n2 0 obj <</Length 7>> stream\nChi 100\nendstream endobj\n"
            + $"3 0 obj <</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached/ByteRange [0 {Room} {Room} {Room}]/Contents ";
        const string End = ">> endobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n";
        var at = start.LastIndexOf($"[0 {Room}", StringComparison.Ordinal);
        start = start[..at] + $"[0 {start.Length:D10} {start.Length + digits + 2:D10} {End.Length:D10}]" + start[(start.IndexOf(']', at) + 1)..];
        var contents = Convert.ToHexString(sign(Encoding.Latin1.GetBytes(start + End)));
        return Encoding.Latin1.GetBytes($"{start}<{contents.PadRight(digits, '0')}>{End}");
    }
}
