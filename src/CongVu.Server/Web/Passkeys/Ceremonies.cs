using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace CongVu.Server.Web.Passkeys;

/// <summary>
/// A passkey is used in two requests: the server asks, the authenticator answers. What was asked is carried by the browser in between, under a key of this process, so that
/// strangers who ask fill nothing here. It is good for some minutes, for one purpose, and once.
/// </summary>
internal sealed class Ceremonies(TimeProvider clock)
{
    private const int MacBytes = 32;
    private const int MaxChars = 16_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Ceremonies that were ended well, until their time is over anyway.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> used = new(StringComparer.Ordinal);

    /// <summary>What the browser brings back.</summary>
    internal string Begin(string purpose, string asked)
    {
        var text = Encoding.UTF8.GetBytes(asked);
        var token = new byte[MacBytes + 8 + text.Length];
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(MacBytes), (clock.GetUtcNow() + Lifetime).ToUnixTimeMilliseconds());
        text.CopyTo(token, MacBytes + 8);
        Mac(purpose, token.AsSpan(MacBytes)).CopyTo(token, 0);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>What was asked; null when it was not asked for this purpose, too long ago, or was answered already.</summary>
    internal string? Read(string purpose, string? token)
    {
        if (token is not { Length: > 0 and <= MaxChars } || !Base64Url.IsValid(token))
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length < MacBytes + 8 || !CryptographicOperations.FixedTimeEquals(Mac(purpose, bytes.AsSpan(MacBytes)), bytes.AsSpan(0, MacBytes))
            || clock.GetUtcNow().ToUnixTimeMilliseconds() >= BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(MacBytes)) || used.ContainsKey(Name(bytes)))
            return null;
        return Encoding.UTF8.GetString(bytes.AsSpan(MacBytes + 8));
    }

    /// <summary>Ends a ceremony that went well; false when another request has just done so.</summary>
    internal bool End(string token)
    {
        var now = clock.GetUtcNow();
        foreach (var (name, until) in used)
        {
            if (now >= until)
                used.TryRemove(name, out _);
        }
        return used.TryAdd(Name(Base64Url.DecodeFromChars(token)), now + Lifetime);
    }

    // One text of base64 may be written in several ways, what it says in one.
    private static string Name(byte[] token) => Convert.ToHexString(token.AsSpan(0, MacBytes));

    private byte[] Mac(string purpose, ReadOnlySpan<byte> text)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.UTF8.GetBytes(purpose));
        mac.AppendData([0]);
        mac.AppendData(text);
        return mac.GetHashAndReset();
    }
}
