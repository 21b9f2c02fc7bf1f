using System.Buffers.Binary;
using System.Text;

namespace CongVu.Formats.Files;

/// <summary>The directory of a compound file ([MS-CFB]) and the beginnings of its streams. Bounded: a chain that is too long or goes in circles ends.</summary>
internal sealed class CompoundFile
{
    private const int MaxEntries = 4096;
    private const int MaxChain = 1 << 17;
    private const uint EndOfChain = 0xfffffffe;

    private readonly Stream file;
    private readonly int sector;
    private readonly uint[] fat;
    private readonly uint[] miniFat;
    private readonly uint miniCutoff;
    private byte[]? mini;

    private CompoundFile(Stream file, int sector, uint[] fat, uint[] miniFat, uint miniCutoff)
    {
        this.file = file;
        this.sector = sector;
        this.fat = fat;
        this.miniFat = miniFat;
        this.miniCutoff = miniCutoff;
    }

    /// <summary>An entry of the directory: a storage (1), a stream (2) or the root (5).</summary>
    internal sealed record Entry(string Name, byte Type, uint Start, long Size, Guid ClassId);

    internal List<Entry> Entries { get; } = [];

    /// <summary>Reads the directory.</summary>
    /// <exception cref="InvalidDataException">It is not well formed.</exception>
    internal static CompoundFile Open(Stream file)
    {
        var header = new byte[512];
        file.Position = 0;
        if (file.ReadAtLeast(header, 512, throwOnEndOfStream: false) < 512)
            throw new InvalidDataException();
        var shift = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(30));
        if (shift is not (9 or 12))
            throw new InvalidDataException();
        var size = 1 << shift;

        // The table of sectors: its own sectors are listed in the header, and beyond it in a chain.
        var tables = new List<uint>();
        for (var i = 0; i < 109; i++)
            Take(BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(76 + (i * 4))));
        var more = BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(68));
        for (var steps = 0; more < EndOfChain - 1 && steps < 512; steps++)
        {
            var list = ReadSector(file, size, more);
            for (var i = 0; i < (size / 4) - 1; i++)
                Take(BinaryPrimitives.ReadUInt32LittleEndian(list.AsSpan(i * 4)));
            more = BinaryPrimitives.ReadUInt32LittleEndian(list.AsSpan(size - 4));
        }
        var fat = Numbers(file, size, tables);
        var compound = new CompoundFile(
            file, size, fat, [], BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(56)));
        compound = new(file, size, fat, Numbers(file, size, compound.Chain(BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(60)))), compound.miniCutoff);
        compound.ReadDirectory(BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(48)));
        return compound;

        void Take(uint table)
        {
            if (table < EndOfChain - 2)
                tables.Add(table);
        }
    }

    internal Entry? Find(string name) => Entries.Find(e => e.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The first bytes of a stream.</summary>
    internal byte[] Read(Entry entry, int max)
    {
        var bytes = new byte[(int)Math.Min(entry.Size, max)];
        var at = 0;
        if (entry.Size < miniCutoff && entry.Type == 2)
        {
            mini ??= Entries.Find(e => e.Type == 5) is { } root ? Read(root, 16 << 20) : [];
            for (var (next, steps) = (entry.Start, 0); at < bytes.Length && next < miniFat.Length && steps < MaxChain; steps++)
            {
                var from = (long)next * 64;
                if (from >= mini.Length)
                    break;
                var count = (int)Math.Min(Math.Min(64, bytes.Length - at), mini.Length - from);
                mini.AsSpan((int)from, count).CopyTo(bytes.AsSpan(at));
                at += count;
                next = miniFat[next];
            }
            return bytes;
        }
        foreach (var one in Chain(entry.Start))
        {
            if (at >= bytes.Length)
                break;
            var read = ReadSector(file, sector, one);
            var count = Math.Min(read.Length, bytes.Length - at);
            read.AsSpan(0, count).CopyTo(bytes.AsSpan(at));
            at += count;
        }
        return bytes;
    }

    private void ReadDirectory(uint start)
    {
        foreach (var one in Chain(start))
        {
            var read = ReadSector(file, sector, one);
            for (var at = 0; at + 128 <= read.Length && Entries.Count < MaxEntries; at += 128)
            {
                var entry = read.AsSpan(at, 128);
                var length = Math.Min(64, (int)BinaryPrimitives.ReadUInt16LittleEndian(entry[64..]));
                if (entry[66] is not (1 or 2 or 5) || length < 2)
                    continue;
                Entries.Add(new(
                    Encoding.Unicode.GetString(entry[..(length - 2)]),
                    entry[66],
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[116..]),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry[120..]),
                    new(entry.Slice(80, 16))));
            }
        }
    }

    private IEnumerable<uint> Chain(uint start)
    {
        for (var (next, steps) = (start, 0); next < fat.Length && steps < MaxChain; steps++)
        {
            yield return next;
            next = fat[next];
        }
    }

    private static uint[] Numbers(Stream file, int size, IEnumerable<uint> sectors)
    {
        var numbers = new List<uint>();
        foreach (var one in sectors)
        {
            var read = ReadSector(file, size, one);
            for (var i = 0; i + 4 <= read.Length; i += 4)
                numbers.Add(BinaryPrimitives.ReadUInt32LittleEndian(read.AsSpan(i)));
            if (numbers.Count > 1 << 22)
                break;
        }
        return [.. numbers];
    }

    private static byte[] ReadSector(Stream file, int size, uint index)
    {
        var at = ((long)index + 1) * size;
        if (at >= file.Length)
            throw new InvalidDataException();
        file.Position = at;
        var read = new byte[size];
        file.ReadAtLeast(read, size, throwOnEndOfStream: false);
        return read;
    }
}
