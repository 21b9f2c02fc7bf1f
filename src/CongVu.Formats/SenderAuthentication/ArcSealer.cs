using System.Globalization;
using System.Text;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>Adds a set to the chain of a message that is passed on (RFC 8617 §5.1).</summary>
public static class ArcSealer
{
    private static readonly string[] Signed = ["from", "to", "cc", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding", "dkim-signature"];

    /// <summary>What of the body the set needs.</summary>
    public static BodyHash Request(BodyHashes hashes) => hashes.Request(Canonicalization.Relaxed);

    /// <summary>The three fields to put above the message; empty where nothing may be added: the chain is broken and was sealed so, or is too long.</summary>
    /// <param name="fields">The message as it is passed on.</param>
    /// <param name="body">Its body.</param>
    /// <param name="results">What was found when it came in, as in Authentication-Results after the colon.</param>
    /// <param name="arc">The chain as it came in.</param>
    /// <param name="key">Seals.</param>
    /// <param name="now">The moment.</param>
    public static string Seal(MessageFields fields, BodyHash body, string results, ArcOutcome arc, SigningKey key, DateTimeOffset now)
    {
        var sets = ArcSet.Read(fields, out _);
        // §5.1.2: a broken chain gets one seal that says so, and none after it.
        if (sets is null || sets.Count >= ArcSet.MaxInstances || (sets.Count > 0 && TagList.Parse(sets[^1].Seal.Value)?["cv"] is not ("none" or "pass")))
            return "";
        var instance = sets.Count + 1;
        var state = instance == 1 ? "none" : arc.Result == ArcResult.Pass ? "pass" : "fail";
        var algorithm = SignatureAlgorithms.NameOf(key.Algorithm);
        var seconds = now.ToUnixTimeSeconds();

        var result = string.Create(CultureInfo.InvariantCulture, $"ARC-Authentication-Results: i={instance}; {results.Trim()}\r\n");
        var names = string.Join(':', Signed.SelectMany(name => Enumerable.Repeat(name, fields.Named(name).Count())));
        var message = DkimSigner.Seal(
            string.Create(CultureInfo.InvariantCulture, $"ARC-Message-Signature: i={instance}; a={algorithm}; c=relaxed/relaxed; d={key.Domain};\r\n\ts={key.Selector}; t={seconds};\r\n\th={Fold(names)};\r\n\tbh={Convert.ToBase64String(body.Value)};\r\n\tb="),
            fields,
            key,
            isArc: true);
        var head = string.Create(CultureInfo.InvariantCulture, $"ARC-Seal: i={instance}; a={algorithm}; cv={state}; d={key.Domain};\r\n\ts={key.Selector}; t={seconds};\r\n\tb=");
        var own = new ArcSet(instance, MessageField.Of(result), MessageField.Of(message), MessageField.Of(head));
        // A seal over a broken chain covers its own set alone.
        var seal = head + DkimSigner.Folded(SignatureAlgorithms.Sign(key.Algorithm, key.PrivateKey, ArcSet.SealedData(state == "fail" ? [own] : [.. sets, own]))) + "\r\n";
        return seal + message + result;
    }

    private static string Fold(string names)
    {
        var lines = new StringBuilder(names.Length + 16);
        var length = 0;
        foreach (var part in names.Split(':'))
        {
            if (length > 60)
                lines.Append(":\r\n\t ");
            else if (length > 0)
                lines.Append(':');
            length = length > 60 ? part.Length : length + part.Length + 1;
            lines.Append(part);
        }
        return lines.ToString();
    }
}
