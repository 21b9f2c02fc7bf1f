using System.Text;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Store;
using MailKit.Net.Smtp;
using MimeKit;

namespace CongVu.Mail.Outbound;

/// <summary>
/// Signs mail going out with the keys of its author's domain (RFC 6376). It is signed as it is sent: after a server that takes only 7 bit has had
/// its parts encoded, and with the keys that hold at that moment. Two signatures: not every receiver knows Ed25519 (RFC 8463 §1).
/// </summary>
internal static class OutboundSignature
{
    /// <summary>A header section beyond this is sent unsigned.</summary>
    private const int MaxHeaderBytes = 1 << 20;

    private const int MaxLineLength = 998;

    /// <summary>Puts the signatures above the message; nothing where the domain has no keys.</summary>
    internal static async Task AddAsync(MimeMessage message, FormatOptions format, SmtpCapabilities other, SigningKeys keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (message.From.Mailboxes.FirstOrDefault()?.Domain is not { Length: > 0 } author || DomainNames.Normalize(author) is not { } domain)
            return;
        var active = await keys.ForAsync(domain, cancellationToken);
        if (active.Count == 0)
            return;
        message.Prepare(other.HasFlag(SmtpCapabilities.BinaryMime) ? EncodingConstraint.None : other.HasFlag(SmtpCapabilities.EightBitMime) ? EncodingConstraint.EightBit : EncodingConstraint.SevenBit, MaxLineLength);
        using var hashes = new BodyHashes();
        var body = DkimSigner.Request(hashes);
        await using var copy = new HeaderAndBody(hashes);
        await message.WriteToAsync(format, copy, cancellationToken);
        hashes.Finish();
        if (MessageFields.Read(copy.Header) is not { BodyOffset: > 0 } fields)
            return;
        foreach (var key in active)
        {
            if (Header.TryParse(Encoding.ASCII.GetBytes(DkimSigner.Sign(fields, body, key, now)), out var header))
                message.Headers.Insert(0, header);
        }
    }

    /// <summary>Keeps the header section that is written to it, and hashes the body.</summary>
    private sealed class HeaderAndBody(BodyHashes hashes) : Stream
    {
        private readonly MemoryStream header = new();
        private bool inBody;

        public ReadOnlyMemory<byte> Header => header.GetBuffer().AsMemory(0, (int)header.Length);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (inBody)
            {
                hashes.Append(buffer);
                return;
            }
            var from = (int)Math.Max(0, header.Length - 3);
            header.Write(buffer);
            var end = Header.Span[from..].IndexOf("\r\n\r\n"u8);
            if (end < 0 && header.Length <= MaxHeaderBytes)
                return;
            inBody = true;
            if (end < 0)
                return;
            hashes.Append(Header.Span[(from + end + 4)..]);
            header.SetLength(from + end + 4);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
