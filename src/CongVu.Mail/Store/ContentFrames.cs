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
