namespace CongVu.Formats.SenderAuthentication;

/// <summary>The results that Authentication-Results knows of DKIM (RFC 8601 §2.7.1).</summary>
public enum DkimResult
{
    /// <summary>It is right.</summary>
    Pass,

    /// <summary>It is wrong: the message was changed, or signed by another.</summary>
    Fail,

    /// <summary>It is right, and we do not go by it.</summary>
    Policy,

    /// <summary>It cannot be read.</summary>
    Neutral,

    /// <summary>DNS could not be asked.</summary>
    TempError,

    /// <summary>It can never be right.</summary>
    PermError,
}

/// <summary>What came of one signature.</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">d=; empty where it cannot be read.</param>
/// <param name="Selector">s=.</param>
/// <param name="Identity">i=.</param>
/// <param name="Algorithm">a=, as named there.</param>
/// <param name="Reason">Why it is not a pass; empty for one.</param>
/// <param name="Signature">The first characters of b=, to tell signatures of one domain apart (RFC 6008).</param>
public sealed record DkimOutcome(DkimResult Result, string Domain, string Selector, string Identity, string Algorithm, string Reason, string Signature = "");

/// <summary>
/// Checks the signatures of a message. 1. Made: the fields are read, hashes of the body are asked for. 2. The body is read once, for DKIM and ARC
/// together. 3. <see cref="RunAsync"/> asks for keys and decides.
/// </summary>
public sealed class DkimVerifier
{
    /// <summary>A message with more is not worth the work: the topmost count.</summary>
    private const int MaxSignatures = 10;

    private readonly MessageFields fields;
    private readonly DateTimeOffset now;
    private readonly List<(DkimSignature? Signature, BodyHash? Body, string Problem)> found = [];

    /// <summary>Reads the signatures.</summary>
    public DkimVerifier(MessageFields fields, BodyHashes hashes, DateTimeOffset now)
    {
        this.fields = fields;
        this.now = now;
        foreach (var field in fields.Named("dkim-signature").Take(MaxSignatures))
        {
            var signature = DkimSignature.Parse(field, isArc: false, out var problem);
            found.Add((signature, signature is null ? null : hashes.Request(signature.BodyForm, signature.BodyLength), problem));
        }
    }

    /// <summary>Decides on each signature, from the top.</summary>
    public async ValueTask<IReadOnlyList<DkimOutcome>> RunAsync(DnsLookup dns, CancellationToken cancellationToken)
    {
        var outcomes = new List<DkimOutcome>(found.Count);
        foreach (var (signature, body, problem) in found)
        {
            if (signature is null)
            {
                outcomes.Add(new(DkimResult.PermError, "", "", "", "", problem));
                continue;
            }
            var (result, reason) = await CheckAsync(signature, body!, fields, now, dns, cancellationToken);
            var text = signature.Tags.Solid("b")!;
            outcomes.Add(new(result, signature.Domain, signature.Selector, signature.Identity, SignatureAlgorithms.NameOf(signature.Algorithm), reason, text[..Math.Min(8, text.Length)]));
        }
        return outcomes;
    }

    /// <summary>Decides on a signature, of DKIM or of an ARC set.</summary>
    internal static async ValueTask<(DkimResult Result, string Reason)> CheckAsync(
        DkimSignature signature, BodyHash body, MessageFields fields, DateTimeOffset now, DnsLookup dns, CancellationToken cancellationToken)
    {
        // 1. What is plain to see.
        if (signature.Expires is { } expires && expires < now)
            return (DkimResult.Fail, "the signature has expired");
        if (signature.BodyLength > body.Length)
            return (DkimResult.Fail, "the body is shorter than what was signed");
        if (!body.Value.AsSpan().SequenceEqual(signature.BodyHash))
            return (DkimResult.Fail, "the body was changed");

        // 2. The key.
        var (key, error, reason) = await FindKeyAsync(signature.KeyName, signature.Algorithm, dns, cancellationToken);
        if (key is null)
            return (error, reason);
        if (key.IsStrict && signature.Identity.Length > 0 && !signature.Identity.EndsWith($"@{signature.Domain}", StringComparison.OrdinalIgnoreCase))
            return (DkimResult.PermError, "the key is not for subdomains");

        // 3. The signature itself.
        if (!SignatureAlgorithms.Verify(signature.Algorithm, key.Key, signature.SignedData(fields), signature.Signature))
            return (DkimResult.Fail, "the header was changed");

        // 4. What anybody may have added after the signed part is not the signer's (RFC 6376 §8.2).
        return signature.BodyLength < body.Length ? (DkimResult.Policy, "only a part of the body is signed") : (DkimResult.Pass, "");
    }

    /// <summary>Asks for a key.</summary>
    internal static async ValueTask<(DkimKey? Key, DkimResult Error, string Reason)> FindKeyAsync(string name, SignatureAlgorithm algorithm, DnsLookup dns, CancellationToken cancellationToken)
    {
        if (!DomainNames.CanBeAsked(name))
            return (null, DkimResult.PermError, "the selector is no name");
        var answer = await dns(name, DnsKind.Txt, cancellationToken);
        if (answer.Status == DnsStatus.Failed)
            return (null, DkimResult.TempError, "the key could not be asked for");
        if (answer.Texts.Count == 0)
            return (null, DkimResult.PermError, "there is no key");
        // RFC 6376 §3.6.2.2: one record; where there are several, the first that is a key.
        foreach (var text in answer.Texts)
        {
            if (DkimKey.Parse(text) is not { } key)
                continue;
            if (key.Key.Length == 0)
                return (null, DkimResult.PermError, "the key was revoked");
            return key.Fits(algorithm) ? (key, default, "") : (null, DkimResult.PermError, "the key is of another kind");
        }
        return (null, DkimResult.PermError, "the key cannot be used");
    }
}
