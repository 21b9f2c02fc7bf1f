using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>A key that signs for a domain.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Selector">Where DNS has its public half: selector._domainkey.domain.</param>
/// <param name="Algorithm">Its algorithm.</param>
/// <param name="PrivateKey">PKCS #8 of an RSA key, the 32 bytes of an Ed25519 key.</param>
public sealed record SigningKey(string Domain, string Selector, SignatureAlgorithm Algorithm, byte[] PrivateKey)
{
    private const int RsaBits = 2048;

    /// <summary>The name of its record.</summary>
    public string RecordName => $"{Selector}._domainkey.{Domain}";

    /// <summary>The text of its record.</summary>
    public string RecordText
    {
        get
        {
            if (Algorithm == SignatureAlgorithm.Ed25519Sha256)
            {
                var key = new byte[Ed25519.PublicKeySize];
                Ed25519.GeneratePublicKey(PrivateKey, 0, key, 0);
                return $"v=DKIM1; k=ed25519; h=sha256; p={Convert.ToBase64String(key)}";
            }
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(PrivateKey, out _);
            return $"v=DKIM1; k=rsa; h=sha256; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}";
        }
    }

    /// <summary>Makes a new key.</summary>
    public static SigningKey Create(string domain, string selector, SignatureAlgorithm algorithm)
    {
        if (algorithm == SignatureAlgorithm.Ed25519Sha256)
            return new(domain, selector, algorithm, RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize));
        using var rsa = RSA.Create(RsaBits);
        return new(domain, selector, algorithm, rsa.ExportPkcs8PrivateKey());
    }
}

/// <summary>Makes DKIM signatures.</summary>
public static class DkimSigner
{
    // RFC 6376 §5.4.1; those that exist once are named once more than they stand, so that nobody adds another.
    private static readonly string[] Once = ["from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding"];
    private static readonly string[] WherePresent = ["sender", "list-id", "list-unsubscribe", "list-unsubscribe-post", "content-disposition", "importance", "priority"];

    /// <summary>What of the body a signature needs.</summary>
    public static BodyHash Request(BodyHashes hashes) => hashes.Request(Canonicalization.Relaxed);

    /// <summary>The field to put above the message, with its line end.</summary>
    public static string Sign(MessageFields fields, BodyHash body, SigningKey key, DateTimeOffset now)
    {
        var names = new StringBuilder();
        foreach (var name in Once)
        {
            for (var i = fields.Named(name).Count(); i >= 0; i--)
                Append(names, name);
        }
        foreach (var name in WherePresent)
        {
            for (var i = fields.Named(name).Count(); i > 0; i--)
                Append(names, name);
        }
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"DKIM-Signature: v=1; a={SignatureAlgorithms.NameOf(key.Algorithm)}; c=relaxed/relaxed; d={key.Domain};\r\n\ts={key.Selector}; t={now.ToUnixTimeSeconds()};\r\n\th={names};\r\n\tbh={Convert.ToBase64String(body.Value)};\r\n\tb=");
        return Seal(head, fields, key);
    }

    /// <summary>Completes a field that ends with "b=".</summary>
    internal static string Seal(string head, MessageFields fields, SigningKey key, bool isArc = false)
    {
        // What is signed is read from the field as any verifier reads it.
        var signature = DkimSignature.Parse(MessageField.Of(head + "AA=="), isArc, out var problem) ?? throw new InvalidOperationException(problem);
        return head + Folded(SignatureAlgorithms.Sign(key.Algorithm, key.PrivateKey, signature.SignedData(fields))) + "\r\n";
    }

    /// <summary>Base64 in lines of its own.</summary>
    internal static string Folded(byte[] signature)
    {
        var text = Convert.ToBase64String(signature);
        var lines = new StringBuilder(text.Length + 32);
        for (var at = 0; at < text.Length; at += 72)
            lines.Append(at == 0 ? "" : "\r\n\t ").Append(text.AsSpan(at, Math.Min(72, text.Length - at)));
        return lines.ToString();
    }

    // Folded well before the limit of a line.
    private static void Append(StringBuilder names, string name)
    {
        var line = names.Length - (names.ToString().LastIndexOf('\n') + 1);
        names.Append(names.Length == 0 ? "" : line > 60 ? ":\r\n\t " : ":").Append(name);
    }
}
