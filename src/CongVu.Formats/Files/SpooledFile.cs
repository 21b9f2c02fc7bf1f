namespace CongVu.Formats.Files;

/// <summary>What a reader must go back and forth in: up to a megabyte in memory, more in a file that is gone when it is closed.</summary>
internal static class SpooledFile
{
    private const int MemoryBytes = 1 << 20;

    /// <summary>Copies <paramref name="head"/> and the rest of <paramref name="source"/>.</summary>
    internal static Stream Of(ReadOnlySpan<byte> head, Stream source, string folder)
    {
        Stream target = new MemoryStream();
        try
        {
            target.Write(head);
            var buffer = new byte[64 * 1024];
            while (source.Read(buffer) is var count and > 0)
            {
                if (target is MemoryStream memory && memory.Length + count > MemoryBytes)
                {
                    target = new FileStream(
                        Path.Combine(folder, Guid.NewGuid().ToString("N")),
                        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose, BufferSize = 64 * 1024 });
                    memory.WriteTo(target);
                }
                target.Write(buffer, 0, count);
            }
            target.Position = 0;
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }
}

/// <summary>A part of a message, decoded as it is read.</summary>
internal sealed class DecodedPartStream(Stream message, long offset, long length, Mime.TransferEncoding encoding) : Stream
{
    private const int Piece = 16 * 1024;

    private readonly MimeKit.Encodings.IMimeDecoder? decoder = Mime.TransferDecoding.For(encoding);
    private readonly byte[] raw = new byte[Piece];
    private byte[] decoded = [];
    private int start;
    private int end;
    private long at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> target)
    {
        while (start == end)
        {
            if (at >= length)
                return 0;
            message.Position = offset + at;
            var read = message.Read(raw, 0, (int)Math.Min(Piece, length - at));
            if (read == 0)
                return 0;
            at += read;
            start = 0;
            if (decoder is null)
            {
                decoded = raw;
                end = read;
                continue;
            }
            if (decoded.Length == 0)
                decoded = new byte[decoder.EstimateOutputLength(Piece) + 16];
            end = decoder.Decode(raw, 0, read, decoded);
        }
        var count = Math.Min(target.Length, end - start);
        decoded.AsSpan(start, count).CopyTo(target);
        start += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
