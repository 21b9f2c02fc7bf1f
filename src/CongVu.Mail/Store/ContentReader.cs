using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace CongVu.Mail.Store;

/// <summary>Reads a message: its recipient's prefix, then its content. Any part costs only the frames that it lies in. One reader at a time.</summary>
public sealed class ContentReader : IAsyncDisposable
{
    private readonly Contents contents;
    private ContentRow row;
    private readonly SafeFileHandle? file;
    private byte[]? table;
    private byte[]? frame;
    private int frameIndex = -1;
    private int frameLength;

    internal ContentReader(Contents contents, ContentRow row, ReadOnlyMemory<byte> prefix)
    {
        this.contents = contents;
        this.row = row;
        Prefix = prefix;
        if (row.File is not null)
            file = File.OpenHandle(contents.PathOf(row.File), options: FileOptions.Asynchronous);
    }

    /// <summary>What stands above the content for this reader.</summary>
    internal ReadOnlyMemory<byte> Prefix { get; set; }

    /// <summary>Bytes of prefix and content.</summary>
    public long Length => Prefix.Length + row.Size;

    /// <summary>Reads bytes at <paramref name="offset"/>; returns how many, 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(long offset, Memory<byte> target, CancellationToken cancellationToken)
    {
        var part = await PartAsync(offset, cancellationToken);
        var count = Math.Min(part.Length, target.Length);
        part[..count].CopyTo(target);
        return count;
    }

    /// <summary>Copies <paramref name="count"/> bytes from <paramref name="offset"/> on, flushing as it goes so that a slow peer holds back the reading.</summary>
    public async ValueTask CopyToAsync(long offset, long count, PipeWriter output, CancellationToken cancellationToken)
    {
        const int flushEvery = 64 * 1024;
        var unflushed = 0;
        while (count > 0)
        {
            var part = await PartAsync(offset, cancellationToken);
            if (part.IsEmpty)
                throw new EndOfStreamException("A content is shorter than its row says.");
            var take = (int)Math.Min(Math.Min(part.Length, count), flushEvery);
            output.Write(part.Span[..take]);
            offset += take;
            count -= take;
            unflushed += take;
            if (unflushed >= flushEvery)
            {
                await output.FlushAsync(cancellationToken);
                unflushed = 0;
            }
        }
    }

    /// <summary>All of it as a stream.</summary>
    public Stream AsStream() => new ContentStream(this);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        file?.Dispose();
        if (frame is not null)
            ArrayPool<byte>.Shared.Return(frame);
        frame = null;
        frameIndex = -1;
        return ValueTask.CompletedTask;
    }

    // What is at hand from an offset on: up to the end of the prefix, the frame or the raw bytes.
    private async ValueTask<ReadOnlyMemory<byte>> PartAsync(long offset, CancellationToken cancellationToken)
    {
        if (offset < Prefix.Length)
            return Prefix[(int)offset..];
        var at = offset - Prefix.Length;
        if (at >= row.Size)
            return default;
        if (row.Storage == ContentStorage.InlineRaw)
        {
            // Only its first bytes were read.
            if (at >= row.Bytes.Length)
                row = await contents.RowAsync(row.Id, cancellationToken);
            return row.Bytes.AsMemory((int)at);
        }
        var index = (int)(at / ContentFrames.FrameBytes);
        if (index != frameIndex)
            await LoadAsync(index, cancellationToken);
        return frame.AsMemory((int)(at % ContentFrames.FrameBytes), frameLength - (int)(at % ContentFrames.FrameBytes));
    }

    private async ValueTask LoadAsync(int index, CancellationToken cancellationToken)
    {
        var expanded = (int)Math.Min(ContentFrames.FrameBytes, row.Size - ((long)index * ContentFrames.FrameBytes));
        frame ??= ArrayPool<byte>.Shared.Rent((int)Math.Min(ContentFrames.FrameBytes, row.Size));
        frameIndex = -1;
        if (row.Storage == ContentStorage.FileRaw)
        {
            await ReadFullyAsync((long)index * ContentFrames.FrameBytes, frame.AsMemory(0, expanded), cancellationToken);
        }
        else
        {
            table ??= await TableAsync(cancellationToken);
            var (offset, length) = table.Length > 0 ? ContentFrames.Place(table, index) : (0, (int)(file is null ? row.Bytes.Length : RandomAccess.GetLength(file)));
            if (file is null)
            {
                ContentFrames.Expand(row.Bytes.AsSpan((int)offset, length), frame);
            }
            else
            {
                var stored = ArrayPool<byte>.Shared.Rent(length);
                await ReadFullyAsync(offset, stored.AsMemory(0, length), cancellationToken);
                ContentFrames.Expand(stored.AsSpan(0, length), frame);
                ArrayPool<byte>.Shared.Return(stored);
            }
        }
        frameIndex = index;
        frameLength = expanded;
    }

    private async ValueTask<byte[]> TableAsync(CancellationToken cancellationToken)
    {
        var size = ContentFrames.TableBytes(row.Size);
        if (file is null || size == 0)
            return row.Bytes.AsSpan(0, Math.Min(size, row.Bytes.Length)).ToArray();
        var read = new byte[size];
        await ReadFullyAsync(0, read, cancellationToken);
        return read;
    }

    private async ValueTask ReadFullyAsync(long offset, Memory<byte> target, CancellationToken cancellationToken)
    {
        while (!target.IsEmpty)
        {
            var count = await RandomAccess.ReadAsync(file!, target, offset, cancellationToken);
            if (count == 0)
                throw new EndOfStreamException("A content's file is shorter than its row says.");
            offset += count;
            target = target[count..];
        }
    }

    private sealed class ContentStream(ContentReader reader) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => reader.Length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await reader.ReadAsync(Position, buffer, cancellationToken);
            Position += count;
            return count;
        }

        public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            base.Dispose(disposing);
        }
    }
}
