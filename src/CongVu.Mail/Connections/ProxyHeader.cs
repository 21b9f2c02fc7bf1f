using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace CongVu.Mail.Connections;

/// <summary>The PROXY protocol, versions 1 and 2: a balancer in front says who the client is. Read only where it is switched on and the peer is trusted.</summary>
public static class ProxyHeader
{
    /// <summary>The longest header we take: version 2 with some extensions.</summary>
    private const int MaxBytes = 536;
    private static readonly byte[] Signature = "\r\n\r\n\0\r\nQUIT\n"u8.ToArray();

    /// <summary>Reads the header and sets the connection's remote end; false when it is not one.</summary>
    public static async ValueTask<bool> ReadAsync(MailConnection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync(connection.Closed);
            var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, MaxBytes)).ToArray();
            switch (TryParse(bytes, out var length, out var remote))
            {
                case true:
                    connection.Input.AdvanceTo(read.Buffer.GetPosition(length));
                    if (remote is not null)
                        connection.Remote = remote;
                    return true;
                case null when !read.IsCompleted && bytes.Length < MaxBytes:
                    connection.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                    break;
                default:
                    connection.Input.AdvanceTo(read.Buffer.End);
                    return false;
            }
        }
    }

    /// <summary>True: a header of <paramref name="length"/> bytes; null: more is needed; false: never one.</summary>
    internal static bool? TryParse(ReadOnlySpan<byte> bytes, out int length, out IPEndPoint? remote)
    {
        (length, remote) = (0, null);
        var common = Math.Min(bytes.Length, Signature.Length);
        if (bytes[..common].SequenceEqual(Signature.AsSpan(0, common)))
            return TryParseBinary(bytes, ref length, ref remote);
        var word = "PROXY "u8;
        common = Math.Min(bytes.Length, word.Length);
        if (!bytes[..common].SequenceEqual(word[..common]))
            return false;
        var end = bytes.IndexOf("\r\n"u8);
        // Version 1: 107 bytes at most.
        if (end < 0)
            return bytes.Length < 108 ? null : false;
        length = end + 2;
        var fields = Encoding.ASCII.GetString(bytes[..end]).Split(' ');
        if (fields is ["PROXY", "UNKNOWN", ..])
            return true;
        if (fields is not ["PROXY", "TCP4" or "TCP6", var source, _, var port, _] || !IPAddress.TryParse(source, out var address) || !ushort.TryParse(port, out var number))
            return false;
        remote = new(address, number);
        return true;
    }

    private static bool? TryParseBinary(ReadOnlySpan<byte> bytes, ref int length, ref IPEndPoint? remote)
    {
        if (bytes.Length < 16)
            return null;
        var rest = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        length = 16 + rest;
        if (bytes[12] >> 4 != 2 || length > MaxBytes)
            return false;
        if (bytes.Length < length)
            return null;
        var addresses = bytes[16..length];
        // LOCAL: the balancer itself asks; the connection's own end stands.
        if ((bytes[12] & 0xf) == 0)
            return true;
        if ((bytes[12] & 0xf) != 1)
            return false;
        switch (bytes[13])
        {
            case 0x11 when rest >= 12:
                remote = new(new IPAddress(addresses[..4]), BinaryPrimitives.ReadUInt16BigEndian(addresses[8..]));
                return true;
            case 0x21 when rest >= 36:
                remote = new(new IPAddress(addresses[..16]), BinaryPrimitives.ReadUInt16BigEndian(addresses[32..]));
                return true;
            default:
                return true;
        }
    }
}
