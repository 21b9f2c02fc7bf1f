using System.Security.Cryptography;
using System.Text;

namespace CongVu.Formats.Sasl;

/// <summary>
/// The server's side of one SCRAM-SHA-256(-PLUS) exchange (RFC 5802 §5): the client's first message, the challenge, the proof. Pure: whose keys they are and
/// what they allow is the caller's affair.
/// </summary>
public sealed class ScramExchange
{
    private readonly bool plus;
    private readonly bool plusOffered;
    private readonly byte[]? channelBinding;
    private readonly string serverNonce;
    private string gs2Header = "";
    private string clientFirstBare = "";
    private string nonce = "";
    private string serverFirst = "";

    /// <summary>An exchange.</summary>
    /// <param name="plus">The client has chosen the -PLUS mechanism.</param>
    /// <param name="channelBinding">tls-server-end-point of the connection (RFC 5929 §4); null without TLS. With it, -PLUS was offered.</param>
    /// <param name="serverNonce">Random; null to make one.</param>
    public ScramExchange(bool plus, byte[]? channelBinding, string? serverNonce = null)
    {
        this.plus = plus;
        this.channelBinding = channelBinding;
        plusOffered = channelBinding is not null;
        this.serverNonce = serverNonce ?? Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
    }

    /// <summary>The name that the client's first message gives; null when the message is not one, or its channel binding is not what was agreed.</summary>
    public string? First(string message)
    {
        // 1. gs2-header: binding flag, authorization identity.
        var fields = message.Split(',', 3);
        if (fields is not [var flag, var authorize, var bare] || (authorize.Length > 0 && !authorize.StartsWith("a=", StringComparison.Ordinal)))
            return null;
        // A client that can bind but thinks that we cannot has been lied to (§6).
        var bound = flag.StartsWith("p=", StringComparison.Ordinal);
        if (bound != plus || (bound && flag != "p=tls-server-end-point") || (!bound && flag is not ("n" or "y")) || (flag == "y" && plusOffered))
            return null;
        gs2Header = message[..(flag.Length + authorize.Length + 2)];

        // 2. Name and nonce.
        var attributes = bare.Split(',');
        if (attributes.Length < 2 || !attributes[0].StartsWith("n=", StringComparison.Ordinal) || !attributes[1].StartsWith("r=", StringComparison.Ordinal) || attributes[1].Length is < 10 or > 200)
            return null;
        clientFirstBare = bare;
        nonce = attributes[1][2..] + serverNonce;
        var name = attributes[0][2..].Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
        return authorize.Length > 2 && authorize[2..] != attributes[0][2..] ? null : name;
    }

    /// <summary>The challenge.</summary>
    public string Challenge(byte[] salt, int iterations) => serverFirst = $"r={nonce},s={Convert.ToBase64String(salt)},i={iterations}";

    /// <summary>Which of the keys the client's proof belongs to, and the server's own proof; null when to none.</summary>
    public (int Index, string Signature)? Final(string message, IReadOnlyList<ScramKeys> keys)
    {
        var at = message.LastIndexOf(",p=", StringComparison.Ordinal);
        if (at < 0 || message.Split(',') is not [var binding, var echoed, ..] || echoed != $"r={nonce}" || binding != $"c={Convert.ToBase64String(Binding())}")
            return null;
        var proof = new byte[32];
        if (!Convert.TryFromBase64String(message[(at + 3)..], proof, out var length) || length != proof.Length)
            return null;
        var all = Encoding.UTF8.GetBytes($"{clientFirstBare},{serverFirst},{message[..at]}");
        var found = -1;
        for (var i = 0; i < keys.Count; i++)
        {
            // Every key is tried, so that the time does not tell which.
            var clientKey = HMACSHA256.HashData(keys[i].StoredKey, all);
            for (var b = 0; b < clientKey.Length; b++)
                clientKey[b] ^= proof[b];
            if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(clientKey), keys[i].StoredKey))
                found = i;
        }
        return found < 0 ? null : (found, "v=" + Convert.ToBase64String(HMACSHA256.HashData(keys[found].ServerKey, all)));
    }

    private byte[] Binding() => plus ? [.. Encoding.UTF8.GetBytes(gs2Header), .. channelBinding ?? []] : Encoding.UTF8.GetBytes(gs2Header);
}
