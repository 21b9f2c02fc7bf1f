using System.Buffers;
using CongVu.Formats.Mime;

namespace CongVu.Mail.Store;

/// <summary>
/// Takes the bytes of a message on its way in: the first 256 KB in memory, what is more in a spool file. Nobody sees it until the content that
/// <see cref="FinishAsync(ReadOnlyMemory{byte}, CancellationToken)"/> makes of it is committed with the rows that use it.
/// </summary>
public sealed class ContentWriter : IAsyncDisposable
{
    /// <summary>What stays in memory.</summary>
    public const int MemoryBytes = 256 * 1024;

    private const int FirstBuffer = 16 * 1024;

    private readonly Contents contents;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int buffered;
    private FileStream? spool;

    internal ContentWriter(Contents contents) => this.contents = contents;

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>The first bytes written, up to 256 KB: for a look at the header section.</summary>
    public ReadOnlyMemory<byte> Head => buffer.AsMemory(0, buffered);

    /// <summary>Adds bytes.</summary>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        foreach (var segment in bytes)
            await WriteAsync(segment, cancellationToken);
    }

    /// <summary>Adds bytes.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        Length += bytes.Length;
        var fits = Math.Min(bytes.Length, MemoryBytes - buffered);
        if (fits > 0)
        {
            Grow(buffered + fits);
            bytes.Span[..fits].CopyTo(buffer.AsSpan(buffered));
            buffered += fits;
        }
        return fits == bytes.Length ? ValueTask.CompletedTask : SpoolAsync(bytes[fits..], cancellationToken);
    }

    /// <summary>Reads what was written so far; nothing may be written or removed meanwhile.</summary>
    public Stream OpenRead()
    {
        if (spool is null)
            return new MemoryStream(buffer, 0, buffered, writable: false);
        spool.Flush();
        return new ConcatenatedStream(default, Head, spool);
    }

    /// <summary>Takes bytes out of <see cref="Head"/>: a header field.</summary>
    public void Remove(int offset, int length)
    {
        buffer.AsSpan((offset + length)..buffered).CopyTo(buffer.AsSpan(offset));
        buffered -= length;
        Length -= length;
    }

    /// <summary>
    /// Makes a content of <paramref name="top"/> (trace header lines of ours) and what was written: its facts, hashes and stored form. A large
    /// one is a synced file when this returns.
    /// </summary>
    public ValueTask<StagedContent> FinishAsync(ReadOnlyMemory<byte> top, CancellationToken cancellationToken) => FinishAsync(top, null, cancellationToken);

    /// <summary>The same where facts of what was written were read already, and <paramref name="top"/> adds nothing to them but trace fields.</summary>
    internal async ValueTask<StagedContent> FinishAsync(ReadOnlyMemory<byte> top, MessageFacts? read, CancellationToken cancellationToken)
    {
        var known = read?.Below(top.Span, Head.Span);
        if (spool is null)
        {
            var whole = ArrayPool<byte>.Shared.Rent(top.Length + buffered);
            try
            {
                top.CopyTo(whole);
                buffer.AsSpan(0, buffered).CopyTo(whole.AsSpan(top.Length));
                return await StagedContent.FromMemoryAsync(contents, whole.AsMemory(0, top.Length + buffered), known, cancellationToken);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(whole);
            }
        }
        await spool.FlushAsync(cancellationToken);
        await using var source = new ConcatenatedStream(top, Head, spool);
        return await StagedContent.FromStreamAsync(contents, source, known, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        buffered = 0;
        if (spool is not null)
            await spool.DisposeAsync();
        spool = null;
    }

    private async ValueTask SpoolAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        spool ??= new FileStream(
            Path.Combine(contents.Spool, Guid.NewGuid().ToString("N")),
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose, BufferSize = 64 * 1024 });
        await spool.WriteAsync(bytes, cancellationToken);
    }

    private void Grow(int needed)
    {
        if (needed <= buffer.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(MemoryBytes, Math.Max(needed, buffer.Length * 4)));
        buffer.AsSpan(0, buffered).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
