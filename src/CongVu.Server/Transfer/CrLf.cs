using System.Buffers;

namespace CongVu.Server.Transfer;

/// <summary>Copies a file's bytes so that its lines end in CRLF. A file that already has them is copied exactly, lone line feeds included.</summary>
internal static class CrLf
{
    private const int BufferBytes = 64 * 1024;

    public static async ValueTask CopyAsync(Stream source, ByteSink sink, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            bool? isCrLf = null;
            var last = (byte)0;
            int count;
            while ((count = await source.ReadAsync(buffer.AsMemory(0, BufferBytes), cancellationToken)) > 0)
            {
                // The first line end says which kind of file it is.
                if (isCrLf is null && buffer.AsSpan(0, count).IndexOf((byte)'\n') is var first and >= 0)
                    isCrLf = (first == 0 ? last : buffer[first - 1]) == '\r';
                if (isCrLf is false)
                    last = await ExpandAsync(buffer.AsMemory(0, count), last, sink, cancellationToken);
                else
                    await sink(buffer.AsMemory(0, count), cancellationToken);
                last = buffer[count - 1];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    /// <summary>Writes <paramref name="bytes"/> with CRLF for each LF that has no CR before it; <paramref name="last"/> is the byte before them. Returns the last byte.</summary>
    public static async ValueTask<byte> ExpandAsync(ReadOnlyMemory<byte> bytes, byte last, ByteSink sink, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            var at = bytes.Span.IndexOf((byte)'\n');
            if (at < 0)
            {
                await sink(bytes, cancellationToken);
                return bytes.Span[^1];
            }
            var hasCr = (at == 0 ? last : bytes.Span[at - 1]) == '\r';
            if (hasCr)
            {
                await sink(bytes[..(at + 1)], cancellationToken);
            }
            else
            {
                if (at > 0)
                    await sink(bytes[..at], cancellationToken);
                await sink(LineEnd, cancellationToken);
            }
            last = (byte)'\n';
            bytes = bytes[(at + 1)..];
        }
        return last;
    }
}
