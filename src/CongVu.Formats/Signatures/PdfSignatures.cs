using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace CongVu.Formats.Signatures;

/// <summary>
/// Signatures of a PDF (ISO 32000-1 §12.8.1). A signature covers the file up to its end as it then was, except the gap between the two ranges of
/// /ByteRange; that gap must be its own /Contents and nothing else, or something could be hidden there.
/// </summary>
internal static class PdfSignatures
{
    /// <summary>Signatures with their chain and timestamps have some ten kilobytes.</summary>
    private const int MaxContentsDigits = 1 << 20;
    private const int MaxNumberDigits = 10;
    private const string TimestampToken = "1.2.840.113549.1.9.16.1.4";
    private const string SigningTime = "1.2.840.113549.1.9.5";

    internal static IReadOnlyList<DocumentSignature> Read(byte[] pdf, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        var found = new List<DocumentSignature>();
        var seen = new HashSet<(int, int, int)>();
        for (var at = 0; found.Count < DocumentSignatures.MaxSignatures && seen.Count < DocumentSignatures.MaxSignatures;)
        {
            var next = pdf.AsSpan(at).IndexOf("/ByteRange"u8);
            if (next < 0)
                break;
            at += next + "/ByteRange".Length;
            if (ReadNumbers(pdf.AsSpan(at)) is not [var from, var first, var second, var rest])
            {
                // A page may speak of it; only what has the form of a range is a signature.
                continue;
            }
            if (!IsSound(pdf, from, first, second, rest))
                found.Add(DocumentSignature.Unreadable);
            else if (seen.Add(((int)first, (int)second, (int)rest)) && Check(pdf, (int)first, (int)second, (int)rest, authorities, now) is { } signature)
                found.Add(signature);
        }
        return found;
    }

    // "[0 840 960 240]": four whole numbers that are not endless.
    private static long[]? ReadNumbers(ReadOnlySpan<byte> text)
    {
        var at = SkipSpace(text, 0);
        if (at >= text.Length || text[at++] != '[')
            return null;
        var numbers = new long[4];
        for (var n = 0; n < 4; n++)
        {
            at = SkipSpace(text, at);
            var isNegative = at < text.Length && text[at] == '-';
            var start = isNegative ? ++at : at;
            for (; at < text.Length && char.IsAsciiDigit((char)text[at]) && at - start < MaxNumberDigits; at++)
                numbers[n] = numbers[n] * 10 + text[at] - '0';
            if (at == start || at < text.Length && char.IsAsciiDigit((char)text[at]))
                return null;
            if (isNegative)
                numbers[n] = -numbers[n];
        }
        return numbers;
    }

    private static int SkipSpace(ReadOnlySpan<byte> text, int at)
    {
        for (var end = Math.Min(text.Length, at + 64); at < end && text[at] is (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t' or (byte)'\f' or 0;)
            at++;
        return at;
    }

    private static bool IsSound(ReadOnlySpan<byte> pdf, long from, long first, long second, long rest)
    {
        if (from != 0 || first <= 0 || second < first + 2 || rest < 0 || second + rest > pdf.Length || second - first > MaxContentsDigits)
            return false;
        var gap = pdf[(int)first..(int)second];
        if (gap[0] != '<' || gap[^1] != '>')
            return false;
        var key = pdf[(int)Math.Max(0, first - 64)..(int)first].TrimEnd(" \r\n\t\f\0"u8);
        return key.EndsWith("/Contents"u8);
    }

    private static DocumentSignature? Check(byte[] pdf, int first, int second, int rest, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        var cms = new byte[(second - first - 2) / 2];
        var digits = pdf.AsSpan(first + 1, second - first - 2);
        if (Convert.FromHexString(digits[..(cms.Length * 2)], cms, out _, out _) != System.Buffers.OperationStatus.Done)
            return DocumentSignature.Unreadable;
        var signed = new byte[first + rest];
        pdf.AsSpan(0, first).CopyTo(signed);
        pdf.AsSpan(second, rest).CopyTo(signed.AsSpan(first));
        try
        {
            var held = new SignedCms();
            held.Decode(cms);
            // A time stamp of the document says when, not who.
            if (held.ContentInfo.ContentType.Value == TimestampToken)
                return null;
            var message = new SignedCms(new ContentInfo(signed), detached: true);
            message.Decode(cms);
            if (message.SignerInfos.Count != 1 || message.SignerInfos[0] is not { Certificate: { } certificate } signer)
                return DocumentSignature.Unreadable;
            var doubts = new List<SignatureDoubt>();
            // What it holds itself would be checked instead of the document (adbe.pkcs7.sha1 holds a digest).
            if (held.ContentInfo.Content.Length > 0)
                doubts.Add(SignatureDoubt.Unchecked);
            else if (!IsIntact(signer))
                doubts.Add(SignatureDoubt.Changed);
            else if (second + rest != pdf.Length)
                doubts.Add(SignatureDoubt.Partial);
            if (Signer.IsWeak(signer.DigestAlgorithm.Value))
                doubts.Add(SignatureDoubt.Weak);
            return Signer.Describe(certificate, message.Certificates, authorities, TimeOf(signer), now, doubts);
        }
        catch (CryptographicException)
        {
            return DocumentSignature.Unreadable;
        }
    }

    private static bool IsIntact(SignerInfo signer)
    {
        try
        {
            signer.CheckSignature(verifySignatureOnly: true);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static DateTimeOffset? TimeOf(SignerInfo signer) =>
        signer.SignedAttributes.Cast<CryptographicAttributeObject>().FirstOrDefault(a => a.Oid.Value == SigningTime)?.Values is [Pkcs9SigningTime time, ..]
            ? new DateTimeOffset(time.SigningTime.ToUniversalTime(), TimeSpan.Zero)
            : null;
}
