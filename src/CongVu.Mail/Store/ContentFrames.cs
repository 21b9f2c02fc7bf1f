using System.Buffers.Binary;
using ZstdSharp;

namespace CongVu.Mail.Store;

/// <summary>
/// Contents in independent zstd frames of 128 KB each, so that a partial read costs only its part. Where there is more than one frame, a table of
/// their stored lengths (32-bit little endian) stands in front.
/// </summary>
internal static class ContentFrames
{
    internal const int FrameBytes = 128 * 1024;

    /// <summary>One of zstd's fast levels: Vietnamese text halves at a third of the time of level 1, which would save a quarter of the rest.</summary>
    private const int Level = -5;

    [ThreadStatic]
    private static Compressor? compressor;

    [ThreadStatic]
    private static Decompressor? decompressor;

    internal static int CountOf(long size) => (int)Math.Max(1, (size + FrameBytes - 1) / FrameBytes);

    internal static int TableBytes(long size) => CountOf(size) is var count and > 1 ? count * sizeof(int) : 0;

    /// <summary>Compresses one frame's bytes.</summary>
    internal static byte[] Compress(ReadOnlySpan<byte> bytes) => (compressor ??= new(Level)).Wrap(bytes).ToArray();

    /// <summary>Room for the stored form of so many bytes, whatever they are.</summary>
    internal static int MaxStoredBytes(int size) => TableBytes(size) + (CountOf(size) * Compressor.GetCompressBound(Math.Min(size, FrameBytes)));

    /// <summary>Writes the stored form of <paramref name="bytes"/>: the table where there is one, and the frames. Returns its length.</summary>
    internal static int Compress(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        var tableBytes = TableBytes(bytes.Length);
        var length = tableBytes;
        for (var (at, index) = (0, 0); at < bytes.Length || index == 0; at += FrameBytes, index++)
        {
            var frame = (compressor ??= new(Level)).Wrap(bytes[at..Math.Min(bytes.Length, at + FrameBytes)], target[length..]);
            if (tableBytes > 0)
                BinaryPrimitives.WriteInt32LittleEndian(target[(index * sizeof(int))..], frame);
            length += frame;
        }
        return length;
    }

    /// <summary>Expands one frame into <paramref name="target"/>; returns the bytes written.</summary>
    internal static int Expand(ReadOnlySpan<byte> frame, Span<byte> target) => (decompressor ??= new()).Unwrap(frame, target);

    /// <summary>Where frame <paramref name="index"/> is stored, given the table.</summary>
    internal static (long Offset, int Length) Place(ReadOnlySpan<byte> table, int index)
    {
        long offset = table.Length;
        for (var i = 0; i < index; i++)
            offset += BinaryPrimitives.ReadInt32LittleEndian(table[(i * sizeof(int))..]);
        return (offset, BinaryPrimitives.ReadInt32LittleEndian(table[(index * sizeof(int))..]));
    }
}
