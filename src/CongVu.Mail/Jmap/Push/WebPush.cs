using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CongVu.Mail.Jmap.Push;

/// <summary>Encrypts what is pushed for the device alone, as its push service may not read it (RFC 8291, with the coding of RFC 8188).</summary>
internal static class WebPush
{
    private const int PointBytes = 65;
    private const int SaltBytes = 16;
    private const int RecordBytes = 4096;
    private const int TagBytes = 16;

    /// <summary>Bytes that fit into the one record.</summary>
    internal const int MaxPayload = RecordBytes - TagBytes - 1 - SaltBytes - 5 - PointBytes;

    /// <summary>An uncompressed point of P-256.</summary>
    internal static bool IsPoint(ReadOnlySpan<byte> point)
    {
        if (point.Length != PointBytes || point[0] != 4)
            return false;
        try
        {
            using var key = ECDiffieHellman.Create(Parameters(point));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    internal static byte[] Encrypt(ReadOnlySpan<byte> payload, byte[] devicePoint, byte[] secret)
    {
        using var own = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(payload, devicePoint, secret, own, RandomNumberGenerator.GetBytes(SaltBytes));
    }

    internal static byte[] Encrypt(ReadOnlySpan<byte> payload, byte[] devicePoint, byte[] secret, ECDiffieHellman own, byte[] salt)
    {
        // RFC 8291 §3.4: the keys of both sides and the secret that only the two know.
        using var device = ECDiffieHellman.Create(Parameters(devicePoint));
        var ownPoint = Point(own);
        var shared = own.DeriveRawSecretAgreement(device.PublicKey);
        var input = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, secret, [.. "WebPush: info\0"u8, .. devicePoint, .. ownPoint]);

        // RFC 8188 §2.2-2.3.
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 16, salt, "Content-Encoding: aes128gcm\0"u8.ToArray());
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 12, salt, "Content-Encoding: nonce\0"u8.ToArray());
        byte[] plain = [.. payload, 2];
        var body = new byte[SaltBytes + 5 + PointBytes + plain.Length + TagBytes];
        salt.CopyTo(body, 0);
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(SaltBytes), RecordBytes);
        body[SaltBytes + 4] = PointBytes;
        ownPoint.CopyTo(body, SaltBytes + 5);
        var record = body.AsSpan(SaltBytes + 5 + PointBytes);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plain, record[..plain.Length], record[plain.Length..]);
        return body;
    }

    internal static byte[] Point(ECDiffieHellman key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. q.X!, .. q.Y!];
    }

    private static ECParameters Parameters(ReadOnlySpan<byte> point) => new() { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = point[1..33].ToArray(), Y = point[33..].ToArray() } };
}
