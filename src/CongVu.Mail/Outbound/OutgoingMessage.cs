using CongVu.Formats.Smtp;
using CongVu.Mail.Store;
using MimeKit;

namespace CongVu.Mail.Outbound;

/// <summary>
/// A message as one particular server is to get it: encoded anew where that server takes less than the message needs, and signed after that, since a
/// signature covers the very bytes that travel (RFC 6376 §5.3).
/// </summary>
internal sealed class OutgoingMessage : IAsyncDisposable
{
    private readonly ContentReader content;

    private OutgoingMessage(ContentReader content, bool has8Bit, bool isBinary) => (this.content, Has8Bit, IsBinary) = (content, has8Bit, isBinary);

    /// <summary>Bytes.</summary>
    public long Length => content.Length;

    /// <summary>It needs 8BITMIME.</summary>
    public bool Has8Bit { get; }

    /// <summary>It needs BINARYMIME.</summary>
    public bool IsBinary { get; }

    /// <summary>Prepares a message of the queue for a server that can do <paramref name="other"/>.</summary>
    public static async Task<OutgoingMessage> PrepareAsync(Store.MailStore store, OutboundWork work, PeerExtensions other, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var content = await store.Contents.OpenAsync(work.Content, default, cancellationToken);
        try
        {
            var scan = await ScanAsync(content, cancellationToken);
            var takesBinary = other.HasFlag(PeerExtensions.BinaryMime | PeerExtensions.Chunking);
            if (NeedsEncoding(scan, other, takesBinary))
            {
                var encoded = store.Contents.OfBytes(await EncodeAsync(content, other.HasFlag(PeerExtensions.EightBitMime), work.SmtpUtf8, cancellationToken));
                await content.DisposeAsync();
                content = encoded;
                scan = await ScanAsync(content, cancellationToken);
            }
            // What others wrote and we pass on is not ours to sign.
            if (work.Submitter is not null || work.Sender.Length == 0)
                content.Prefix = await OutboundSignature.MakeAsync(content, store.SigningKeys, now, cancellationToken);
            return new(content, scan.Has8Bit, (scan.IsBinary || scan.HasBareLineEnd) && takesBinary);
        }
        catch
        {
            await content.DisposeAsync();
            throw;
        }
    }

    /// <summary>Its bytes from the first on.</summary>
    public Stream Open() => content.AsStream();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => content.DisposeAsync();

    // Servers without 8BITMIME have taken 8-bit headers of SMTPUTF8 for granted with it (RFC 6531 §3.1 item 8).
    private static bool NeedsEncoding(WireScan scan, PeerExtensions other, bool takesBinary) =>
        (scan.HasBareLineEnd || scan.IsBinary) ? !takesBinary : scan.Has8Bit && !other.HasFlag(PeerExtensions.EightBitMime);

    private static async Task<WireScan> ScanAsync(ContentReader content, CancellationToken cancellationToken)
    {
        var scan = new WireScan();
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(64 * 1024);
        int count;
        for (var at = 0L; (count = await content.ReadAsync(at, buffer, cancellationToken)) > 0; at += count)
            scan.Read(buffer.AsSpan(0, count));
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        return scan;
    }

    private static async Task<byte[]> EncodeAsync(ContentReader content, bool takes8Bit, bool international, CancellationToken cancellationToken)
    {
        using var message = await MimeMessage.LoadAsync(ParserOptions.Default, content.AsStream(), persistent: true, cancellationToken);
        message.Prepare(takes8Bit ? EncodingConstraint.EightBit : EncodingConstraint.SevenBit, 998);
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.International = international;
        // RFC 5322 §2.2: bare letters in a header are SMTPUTF8's; elsewhere they are coded (RFC 2047).
        if (!international)
        {
            foreach (var header in message.Headers.Where(h => !System.Text.Ascii.IsValid(h.RawValue)).ToArray())
                header.SetValue(format, System.Text.Encoding.UTF8, header.Value.Trim());
        }
        using var bytes = new MemoryStream();
        await message.WriteToAsync(format, bytes, cancellationToken);
        return bytes.ToArray();
    }
}
