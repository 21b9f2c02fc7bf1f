using System.Text;

namespace CongVu.Formats.Mime;

/// <summary>The part tree as bytes: each node, then its children.</summary>
internal static class PartCodec
{
    internal static byte[] Write(MimePart root)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
            Write(writer, root);
        return bytes.ToArray();
    }

    internal static MimePart Read(ReadOnlySpan<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray(), writable: false), Encoding.UTF8);
        return Read(reader);
    }

    private static void Write(BinaryWriter writer, MimePart part)
    {
        writer.Write((byte)part.Kind);
        writer.Write((byte)part.Encoding);
        writer.Write(part.MediaType);
        writer.Write(part.Charset);
        writer.Write(part.FileName);
        writer.Write(part.Disposition);
        writer.Write(part.ContentId);
        writer.Write7BitEncodedInt64(part.HeaderOffset);
        writer.Write7BitEncodedInt64(part.BodyOffset);
        writer.Write7BitEncodedInt64(part.EndOffset);
        writer.Write7BitEncodedInt64(part.Lines);
        writer.Write7BitEncodedInt64(part.DecodedBytes);
        writer.Write7BitEncodedInt(part.Children.Count);
        foreach (var child in part.Children)
            Write(writer, child);
    }

    private static MimePart Read(BinaryReader reader)
    {
        var part = new MimePart
        {
            Kind = (PartKind)reader.ReadByte(),
            Encoding = (TransferEncoding)reader.ReadByte(),
            MediaType = reader.ReadString(),
            Charset = reader.ReadString(),
            FileName = reader.ReadString(),
            Disposition = reader.ReadString(),
            ContentId = reader.ReadString(),
            HeaderOffset = reader.Read7BitEncodedInt64(),
            BodyOffset = reader.Read7BitEncodedInt64(),
            EndOffset = reader.Read7BitEncodedInt64(),
            Lines = reader.Read7BitEncodedInt64(),
            DecodedBytes = reader.Read7BitEncodedInt64(),
        };
        var children = reader.Read7BitEncodedInt();
        for (var i = 0; i < children; i++)
            part.ChildList.Add(Read(reader));
        return part;
    }
}
