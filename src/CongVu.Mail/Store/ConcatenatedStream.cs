namespace CongVu.Mail.Store;

/// <summary>Two pieces of memory and a file, read as one; seekable, since the facts and the stored form each read it from the start.</summary>
internal sealed class ConcatenatedStream(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, FileStream rest) : Stream
{
    private readonly long restFrom = first.Length + second.Length;
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => restFrom + rest.Length;

    public override long Position
    {
        get => position;
        set => position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read;
        if (position < first.Length)
            read = Copy(first.Span[(int)position..], buffer);
        else if (position < restFrom)
            read = Copy(second.Span[(int)(position - first.Length)..], buffer);
        else
            read = RandomAccess.Read(rest.SafeFileHandle, buffer, position - restFrom);
        position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var count = Math.Min(from.Length, to.Length);
        from[..count].CopyTo(to);
        return count;
    }
}
