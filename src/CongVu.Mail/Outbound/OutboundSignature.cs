using System.Text;
using CongVu.Formats.Mime;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Store;

namespace CongVu.Mail.Outbound;

/// <summary>
/// Signs mail going out with the keys of its author's domain (RFC 6376). It is signed as it is sent, with the keys that hold at that moment.
/// Two signatures: not every receiver knows Ed25519 (RFC 8463 §1).
/// </summary>
internal static class OutboundSignature
{
    /// <summary>A header section beyond this is sent unsigned.</summary>
    private const int MaxHeaderBytes = 1 << 20;

    /// <summary>The fields to put above the message; none where the domain has no keys.</summary>
    internal static async Task<byte[]> MakeAsync(ContentReader content, SigningKeys keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var header = new byte[(int)Math.Min(content.Length, MaxHeaderBytes)];
        var read = 0;
        MessageFields? fields = null;
        // Most headers are in the first few kilobytes.
        for (var wanted = Math.Min(16 * 1024, header.Length); fields is not { BodyOffset: > 0 }; wanted = Math.Min(wanted * 8, header.Length))
        {
            while (read < wanted && await content.ReadAsync(read, header.AsMemory(read, wanted - read), cancellationToken) is var count and > 0)
                read += count;
            fields = MessageFields.Read(header.AsMemory(0, read));
            if (fields.BodyOffset <= 0 && wanted == header.Length)
                return [];
        }
        var from = fields.Named("from").Select(f => HeaderBlock.Read(f.Raw.Span).Last("From")).FirstOrDefault();
        if (from is null || HeaderBlock.Addresses(from) is not [{ Email: { Length: > 0 } email }, ..] || DomainNames.Normalize(email[(email.LastIndexOf('@') + 1)..]) is not { } domain)
            return [];
        var active = await keys.ForAsync(domain, cancellationToken);
        if (active.Count == 0)
            return [];
        using var hashes = new BodyHashes();
        var body = DkimSigner.Request(hashes);
        // Not disposed: it would take the content with it.
        var stream = content.AsStream();
        stream.Position = fields.BodyOffset;
        await hashes.ComputeAsync(stream, cancellationToken);
        return Encoding.ASCII.GetBytes(string.Concat(active.Select(key => DkimSigner.Sign(fields, body, key, now))));
    }
}
