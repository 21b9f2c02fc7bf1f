using System.Buffers;
using System.IO.Pipelines;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap;

/// <summary>A part's bytes decoded from their transfer encoding, a piece at a time (RFC 3516).</summary>
internal sealed class DecodedPart(ContentReader content, long offset, long length, TransferEncoding encoding)
{
    private const int Piece = 32 * 1024;

    /// <summary>How many bytes it decodes to.</summary>
    internal async ValueTask<long> CountAsync(CancellationToken cancellationToken)
    {
        if (TransferDecoding.For(encoding) is null)
            return length;
        var count = 0L;
        await DecodeAsync((_, decoded) => count += decoded, null, cancellationToken);
        return count;
    }

    /// <summary>Copies decoded bytes from <paramref name="from"/> on.</summary>
    internal ValueTask CopyToAsync(IBufferWriter<byte> target, long from, long take, CancellationToken cancellationToken)
    {
        var skip = from;
        var left = take;
        return DecodeAsync(
            (bytes, count) =>
            {
                var start = (int)Math.Min(skip, count);
                skip -= start;
                var part = (int)Math.Min(count - start, left);
                left -= part;
                if (part > 0)
                    target.Write(bytes.AsSpan(start, part));
            },
            target as PipeWriter,
            cancellationToken);
    }

    private async ValueTask DecodeAsync(Action<byte[], int> take, PipeWriter? output, CancellationToken cancellationToken)
    {
        var decoder = TransferDecoding.For(encoding);
        var raw = ArrayPool<byte>.Shared.Rent(Piece);
        var decoded = ArrayPool<byte>.Shared.Rent(decoder is null ? 16 : decoder.EstimateOutputLength(Piece) + 16);
        try
        {
            for (var at = 0L; at < length;)
            {
                var read = await content.ReadAsync(offset + at, raw.AsMemory(0, (int)Math.Min(Piece, length - at)), cancellationToken);
                if (read == 0)
                    throw new EndOfStreamException("A content is shorter than its facts say.");
                at += read;
                if (decoder is null)
                    take(raw, read);
                else
                    take(decoded, decoder.Decode(raw, 0, read, decoded));
                if (output is not null)
                    await output.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }
}
