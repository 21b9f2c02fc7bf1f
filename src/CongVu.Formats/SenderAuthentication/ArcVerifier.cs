namespace CongVu.Formats.SenderAuthentication;

/// <summary>Checks the chain of those who passed a message on (RFC 8617 §5.2). Made before the body is read, run after.</summary>
public sealed class ArcVerifier
{
    private readonly MessageFields fields;
    private readonly DateTimeOffset now;
    private readonly IReadOnlyList<ArcSet>? sets;
    private readonly string problem;
    private readonly List<(DkimSignature Signature, BodyHash Body)> messages = [];

    /// <summary>Reads the chain.</summary>
    public ArcVerifier(MessageFields fields, BodyHashes hashes, DateTimeOffset now)
    {
        this.fields = fields;
        this.now = now;
        sets = ArcSet.Read(fields, out problem);
        foreach (var set in sets ?? [])
        {
            if (DkimSignature.Parse(set.Message, isArc: true, out var reason) is not { } signature)
            {
                (sets, problem) = (null, $"a message signature cannot be used: {reason}");
                break;
            }
            // §4.1.2: a signature that covers seals could not be sealed.
            if (signature.Signed.Contains("arc-seal"))
            {
                (sets, problem) = (null, "a message signature covers seals");
                break;
            }
            messages.Add((signature, hashes.Request(signature.BodyForm, signature.BodyLength)));
        }
    }

    /// <summary>Decides.</summary>
    public async ValueTask<ArcOutcome> RunAsync(DnsLookup dns, CancellationToken cancellationToken)
    {
        // 1. Is it a chain at all?
        if (sets is null)
            return new(ArcResult.Fail, 0, [], problem);
        if (sets.Count == 0)
            return new(ArcResult.None, 0, [], "");
        var seals = new List<(SignatureAlgorithm Algorithm, byte[] Signature, string KeyName)>();
        var sealers = new List<string>();
        foreach (var set in sets)
        {
            // 2. The first says "none", each other one "pass".
            if (TagList.Parse(set.Seal.Value) is not { } tags || !string.Equals(tags["cv"], set.Instance == 1 ? "none" : "pass", StringComparison.OrdinalIgnoreCase))
                return new(ArcResult.Fail, sets.Count, sealers, "a seal says that the chain was broken before");
            // §4.1.3: h= does not belong into a seal.
            if (tags["h"] is not null || SignatureAlgorithms.Parse(tags["a"]) is not { } algorithm || tags.Bytes("b") is not { Length: > 0 } signature
                || DomainNames.Normalize(tags.Solid("d") ?? "") is not { } domain || DomainNames.Normalize(tags.Solid("s") ?? "") is not { } selector)
                return new(ArcResult.Fail, sets.Count, sealers, "a seal is not well formed");
            seals.Add((algorithm, signature, $"{selector}._domainkey.{domain}"));
            sealers.Add(domain);
        }

        // 3. The last hop's message signature; the earlier ones may have been broken by the hops after them.
        var (last, lastReason) = await CheckMessageAsync(messages[^1], dns, cancellationToken);
        if (last != DkimResult.Pass)
            return new(last == DkimResult.TempError ? ArcResult.TempError : ArcResult.Fail, sets.Count, sealers, $"the last message signature: {lastReason}");
        var oldest = 0;
        for (var i = messages.Count - 2; i >= 0 && oldest == 0; i--)
        {
            if ((await CheckMessageAsync(messages[i], dns, cancellationToken)).Result != DkimResult.Pass)
                oldest = i + 2;
        }

        // 4. Every seal, the last first.
        for (var i = seals.Count - 1; i >= 0; i--)
        {
            var (key, error, reason) = await DkimVerifier.FindKeyAsync(seals[i].KeyName, seals[i].Algorithm, dns, cancellationToken);
            if (key is null)
                return new(error == DkimResult.TempError ? ArcResult.TempError : ArcResult.Fail, sets.Count, sealers, reason);
            if (!SignatureAlgorithms.Verify(seals[i].Algorithm, key.Key, ArcSet.SealedData([.. sets.Take(i + 1)]), seals[i].Signature))
                return new(ArcResult.Fail, sets.Count, sealers, "a seal is broken");
        }
        return new(ArcResult.Pass, sets.Count, sealers, "", oldest);
    }

    private ValueTask<(DkimResult Result, string Reason)> CheckMessageAsync((DkimSignature Signature, BodyHash Body) message, DnsLookup dns, CancellationToken cancellationToken) =>
        DkimVerifier.CheckAsync(message.Signature, message.Body, fields, now, dns, cancellationToken);
}
