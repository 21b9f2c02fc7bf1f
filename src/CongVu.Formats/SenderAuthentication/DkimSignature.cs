using System.Buffers;
using System.Globalization;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>A signature as a field says it (RFC 6376 §3.5), of DKIM or of an ARC message signature (RFC 8617 §4.1.2).</summary>
internal sealed class DkimSignature
{
    private const int MaxSignedFields = 300;

    private DkimSignature(MessageField field, TagList tags) => (Field, Tags) = (field, tags);

    internal MessageField Field { get; }

    internal TagList Tags { get; }

    internal required SignatureAlgorithm Algorithm { get; init; }

    internal required byte[] Signature { get; init; }

    internal required byte[] BodyHash { get; init; }

    internal required string Domain { get; init; }

    internal required string Selector { get; init; }

    internal required string[] Signed { get; init; }

    internal Canonicalization HeaderForm { get; private init; }

    internal Canonicalization BodyForm { get; private init; }

    internal long? BodyLength { get; private init; }

    internal DateTimeOffset? Expires { get; private init; }

    /// <summary>i=, the user or agent on whose behalf; its domain is within <see cref="Domain"/>.</summary>
    internal string Identity { get; private init; } = "";

    internal string KeyName => $"{Selector}._domainkey.{Domain}";

    /// <summary>Reads it; null and a reason where it cannot be used.</summary>
    internal static DkimSignature? Parse(MessageField field, bool isArc, out string problem)
    {
        problem = "it is not well formed";
        if (TagList.Parse(field.Value) is not { } tags)
            return null;
        if (!isArc && tags["v"] != "1")
            return null;
        if (SignatureAlgorithms.Parse(tags["a"]) is not { } algorithm)
        {
            problem = $"the algorithm {Printable(tags["a"])} is not accepted";
            return null;
        }
        if (tags.Bytes("b") is not { Length: > 0 } signature || tags.Bytes("bh") is not { } bodyHash
            || DomainNames.Normalize(tags.Solid("d") ?? "") is not { } domain || DomainNames.Normalize(tags.Solid("s") ?? "") is not { } selector
            || tags.Solid("h")?.ToLowerInvariant().Split(':') is not { Length: <= MaxSignedFields } signed)
            return null;
        // RFC 6376 §5.4: a signature that leaves From out proves nothing.
        if (!signed.Contains("from"))
        {
            problem = "From is not signed";
            return null;
        }
        if (!ReadForms(tags.Solid("c"), out var headerForm, out var bodyForm) || !ReadNumber(tags["l"], out var length) || !ReadNumber(tags["t"], out var begins) || !ReadNumber(tags["x"], out var expires) || expires < begins)
            return null;
        var identity = isArc ? "" : tags["i"] ?? $"@{domain}";
        if (!isArc && (!identity.Contains('@', StringComparison.Ordinal) || DomainNames.Normalize(identity[(identity.LastIndexOf('@') + 1)..]) is not { } of || !DomainNames.IsWithin(of, domain)))
        {
            problem = "i= is not within d=";
            return null;
        }
        return new(field, tags)
        {
            Algorithm = algorithm,
            Signature = signature,
            BodyHash = bodyHash,
            Domain = domain,
            Selector = selector,
            Signed = signed,
            HeaderForm = headerForm,
            BodyForm = bodyForm,
            BodyLength = length,
            Identity = identity,
            Expires = expires is null ? null : DateTimeOffset.FromUnixTimeSeconds(Math.Min(expires.Value, DateTimeOffset.MaxValue.ToUnixTimeSeconds())),
        };
    }

    /// <summary>The bytes that are signed: the named fields from the bottom upward, then the signature's own (§5.4.2, §3.7).</summary>
    internal byte[] SignedData(MessageFields fields)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in Signed)
        {
            var at = next.GetValueOrDefault(name, fields.All.Count) - 1;
            while (at >= 0 && fields.All[at].Name != name)
                at--;
            next[name] = at < 0 ? 0 : at;
            if (at >= 0)
                HeaderCanonicalization.Write(output, fields.All[at].Raw.Span, HeaderForm);
        }
        HeaderCanonicalization.WriteSignature(output, Field.Raw.Span, HeaderForm);
        return output.WrittenSpan.ToArray();
    }

    private static bool ReadForms(string? text, out Canonicalization header, out Canonicalization body)
    {
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var second = "simple";
        if (slash >= 0)
            second = text![(slash + 1)..];
        return ReadForm(slash >= 0 ? text![..slash] : text ?? "simple", out header) & ReadForm(second, out body);
    }

    private static bool ReadForm(string name, out Canonicalization form)
    {
        form = name.Equals("relaxed", StringComparison.OrdinalIgnoreCase) ? Canonicalization.Relaxed : Canonicalization.Simple;
        return form == Canonicalization.Relaxed || name.Equals("simple", StringComparison.OrdinalIgnoreCase);
    }

    private static bool ReadNumber(string? text, out long? number)
    {
        number = null;
        if (text is null)
            return true;
        var good = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        number = value;
        return good;
    }

    private static string Printable(string? text) => text is null ? "(none)" : string.Concat(text.Take(30).Where(char.IsAsciiLetterOrDigit));
}
