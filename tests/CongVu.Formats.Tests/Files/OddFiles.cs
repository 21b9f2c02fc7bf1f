using System.Buffers.Binary;
using System.Text;

namespace CongVu.Formats.Tests.Files;

/// <summary>Files for which no tool is at hand: compound files ([MS-CFB]) and RAR 4 archives that store.</summary>
internal static class OddFiles
{
    /// <summary>A compound file with streams and storages ("Name/"): "Workbook,VBA/", "…#encrypted", "…#macro", "installer".</summary>
    internal static byte[] Compound(string recipe)
    {
        var parts = recipe.Split('#');
        var names = parts[0] == "installer" ? ["Data"] : parts[0].Replace("\\u0001", "\u0001", StringComparison.Ordinal).Split(',');
        var streams = new List<(string Name, bool IsStorage, byte[] Data)>();
        foreach (var name in names)
        {
            var data = new byte[4096];
            if (name.Split('=') is [_, var packed])
                Encoding.ASCII.GetBytes($"\u0002\0{packed}\0C:\\{packed}\0").CopyTo(data, 4);
            if (name == "WordDocument" && parts is [_, "encrypted"])
                data[11] = 1;
            if (name == "Workbook")
                ((ReadOnlySpan<byte>)(parts switch
                {
                    [_, "encrypted"] => [9, 8, 0, 0, 0x2f, 0, 2, 0, 0, 0],
                    [_, "macro"] => [9, 8, 0, 0, 0x85, 0, 8, 0, 0, 0, 0, 0, 0, 1, 0, 0],
                    _ => [9, 8, 0, 0, 10, 0, 0, 0],
                })).CopyTo(data);
            streams.Add((name.Split('=')[0].TrimEnd('/'), name.EndsWith('/'), data));
        }
        // Sectors of 512: one table, the directory, then the streams in their order.
        var directorySectors = (streams.Count + 1 + 3) / 4;
        var fat = new uint[128];
        Array.Fill(fat, 0xffffffff);
        fat[0] = 0xfffffffd;
        for (var i = 1; i <= directorySectors; i++)
            fat[i] = i == directorySectors ? 0xfffffffe : (uint)i + 1;
        var next = directorySectors + 1;
        var directory = new byte[directorySectors * 512];
        Write(directory, 0, "Root Entry", 5, 0xfffffffe, 0);
        if (parts[0] == "installer")
            new Guid("000c1084-0000-0000-c000-000000000046").TryWriteBytes(directory.AsSpan(80));
        var bodies = new MemoryStream();
        for (var i = 0; i < streams.Count; i++)
        {
            var (name, isStorage, data) = streams[i];
            Write(directory, i + 1, name, isStorage ? (byte)1 : (byte)2, isStorage ? 0 : (uint)next, isStorage ? 0 : data.Length);
            if (isStorage)
                continue;
            for (var s = 0; s < 8; s++, next++)
                fat[next] = s == 7 ? 0xfffffffe : (uint)next + 1;
            bodies.Write(data);
        }
        var file = new byte[512];
        ((ReadOnlySpan<byte>)[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).CopyTo(file);
        file[24] = 0x3e;
        file[26] = 3;
        file[28] = 0xfe;
        file[29] = 0xff;
        file[30] = 9;
        file[32] = 6;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(44), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(48), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(56), 4096);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(60), 0xfffffffe);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(68), 0xfffffffe);
        for (var i = 1; i < 109; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(76 + (i * 4)), 0xffffffff);
        var table = new byte[512];
        for (var i = 0; i < 128; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(i * 4), fat[i]);
        return [.. file, .. table, .. directory, .. bodies.ToArray()];
    }

    /// <summary>An archive with one stored file: "name", "name#encrypted".</summary>
    internal static byte[] Rar(string recipe)
    {
        var parts = recipe.Split('#');
        var name = Encoding.ASCII.GetBytes(parts[0]);
        var data = Encoding.ASCII.GetBytes("Xin chao");
        var header = new byte[32 + name.Length];
        header[2] = 0x74;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(3), (ushort)(0x8000 | (parts.Length > 1 ? 4 : 0)));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(5), (ushort)header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(7), data.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(11), data.Length);
        header[15] = 3;
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), Crc32(data));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(20), 0x5a210000);
        header[24] = 20;
        header[25] = 0x30;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(26), (ushort)name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(28), 0x81a4);
        name.CopyTo(header, 32);
        byte[] main = [0, 0, 0x73, 0, 0, 13, 0, 0, 0, 0, 0, 0, 0];
        Seal(main);
        Seal(header);
        return [.. "Rar!\x1a\a\0"u8, .. main, .. header, .. data, 0xc4, 0x3d, 0x7b, 0, 0x40, 7, 0];

        static void Seal(byte[] block) => BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)Crc32(block.AsSpan(2)));
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xffffffffu;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xedb88320u);
        }
        return ~crc;
    }

    private static void Write(byte[] directory, int index, string name, byte type, uint start, int size)
    {
        var entry = directory.AsSpan(index * 128, 128);
        Encoding.Unicode.GetBytes(name, entry);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[64..], (ushort)((name.Length + 1) * 2));
        entry[66] = type;
        BinaryPrimitives.WriteUInt32LittleEndian(entry[116..], start);
        BinaryPrimitives.WriteInt32LittleEndian(entry[120..], size);
    }
}
