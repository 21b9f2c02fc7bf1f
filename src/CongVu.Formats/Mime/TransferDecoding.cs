using MimeKit.Encodings;

namespace CongVu.Formats.Mime;

/// <summary>Bytes of a part, decoded from what they travelled in (RFC 2045 §6). Never fails: what is not of the encoding is passed over.</summary>
public static class TransferDecoding
{
    /// <summary>A decoder for an encoding; null where bytes are as they are.</summary>
    public static IMimeDecoder? For(TransferEncoding encoding) => encoding switch
    {
        TransferEncoding.Base64 => new Base64Decoder(),
        TransferEncoding.QuotedPrintable => new QuotedPrintableDecoder(),
        TransferEncoding.UuEncode => new UUDecoder(),
        _ => null,
    };

    /// <summary>Decodes bytes that are all at hand.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> bytes, TransferEncoding encoding)
    {
        if (For(encoding) is not { } decoder)
            return bytes.ToArray();
        var output = new byte[decoder.EstimateOutputLength(bytes.Length)];
        var count = Decode(decoder, bytes, output);
        return output[..count];
    }

    private static unsafe int Decode(IMimeDecoder decoder, ReadOnlySpan<byte> bytes, byte[] output)
    {
        fixed (byte* input = bytes)
        fixed (byte* target = output)
            return bytes.IsEmpty ? 0 : decoder.Decode(input, bytes.Length, target);
    }
}
