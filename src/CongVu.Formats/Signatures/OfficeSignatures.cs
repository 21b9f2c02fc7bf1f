using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace CongVu.Formats.Signatures;

/// <summary>
/// Signatures of an Office document (ECMA-376-2 §13): an XML signature over a manifest that lists parts with their digests. The manifest names what it
/// covers, so what is in the document beside it is looked for too: another part, or another relationship to one, would be shown under a good signature.
/// </summary>
internal static class OfficeSignatures
{
    private const string Folder = "/_xmlsignatures/";
    private const string RootRelationships = "/_rels/.rels";
    private const string PackageNamespace = "http://schemas.openxmlformats.org/package/2006/digital-signature";
    private const string RelationshipTransform = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform";
    private const string CanonicalXml = SignedXml.XmlDsigC14NTransformUrl;
    private const int MaxReferences = 5000;
    private const int MaxCertificates = 5;

    // What a document says of itself and what is not its text.
    private static readonly string[] besideTheText =
    [
        "/relationships/metadata/core-properties", "/relationships/extended-properties", "/relationships/custom-properties", "/relationships/metadata/thumbnail", "/relationships/digital-signature/origin",
    ];

    internal static IReadOnlyList<DocumentSignature> Read(byte[] document, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        try
        {
            using var package = new OfficePackage(document);
            var names = package.Parts.Where(p => p.StartsWith(Folder, StringComparison.OrdinalIgnoreCase) && p.EndsWith(".xml", StringComparison.OrdinalIgnoreCase));
            return [.. names.Take(DocumentSignatures.MaxSignatures).ToArray().Select(name => Check(package, name, authorities, now))];
        }
        catch (InvalidDataException)
        {
            // No file that its own program would open with a signature.
            return [];
        }
    }

    private static DocumentSignature Check(OfficePackage package, string name, X509Certificate2Collection authorities, DateTimeOffset now)
    {
        try
        {
            var document = package.ReadXml(name);
            if (document.DocumentElement is not { LocalName: "Signature", NamespaceURI: SignedXml.XmlDsigNamespaceUrl } root)
                return DocumentSignature.Unreadable;
            var certificates = Certificates(root);
            if (certificates.Count == 0)
                return DocumentSignature.Unreadable;
            var xml = new SignedXml(document) { Resolver = null! };
            xml.LoadXml(root);
            var doubts = new List<SignatureDoubt>();
            var isKnown = IsKnown(xml);
            var signer = isKnown ? certificates.FirstOrDefault(c => IsSignedBy(xml, c)) : null;
            var manifest = Manifest(xml, document);
            if (!isKnown)
                doubts.Add(SignatureDoubt.Unchecked);
            else if (signer is null)
                doubts.Add(SignatureDoubt.Changed);
            else
                doubts.AddRange(manifest is null ? [SignatureDoubt.Unchecked] : CheckParts(package, manifest));
            if (isKnown && IsWeak(xml))
                doubts.Add(SignatureDoubt.Weak);
            // A time that nobody signed is none.
            return Signer.Describe(signer ?? certificates[0], certificates, authorities, TimeOf(signer is null ? null : manifest), now, doubts);
        }
        catch (Exception error) when (error is XmlException or InvalidDataException or CryptographicException or FormatException or UriFormatException or ArgumentException or NullReferenceException or InvalidCastException)
        {
            // The last ones are how SignedXml answers some nonsense.
            return DocumentSignature.Unreadable;
        }
    }

    private static X509Certificate2Collection Certificates(XmlElement root)
    {
        var all = new X509Certificate2Collection();
        foreach (var one in root.GetElementsByTagName("X509Certificate", SignedXml.XmlDsigNamespaceUrl).OfType<XmlElement>().Take(MaxCertificates))
            all.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(one.InnerText)));
        return all;
    }

    // Only parts of the signature's own file, only canonical forms, only RSA: nothing is fetched, transformed or selected.
    private static bool IsKnown(SignedXml xml) =>
        IsCanonical(xml.SignedInfo!.CanonicalizationMethod)
        && xml.SignedInfo.SignatureMethod is SignedXml.XmlDsigRSASHA1Url or SignedXml.XmlDsigRSASHA256Url or SignedXml.XmlDsigRSASHA384Url or SignedXml.XmlDsigRSASHA512Url
        && xml.SignedInfo.References.Count is > 0 and <= 20
        && xml.SignedInfo.References.Cast<Reference>().All(r => r.Uri is ['#', _, ..] && Algorithm(r.DigestMethod) is not null && r.TransformChain is { Count: <= 1 } chain && (chain.Count == 0 || IsCanonical(chain[0].Algorithm)));

    private static bool IsCanonical(string? method) => method is CanonicalXml or SignedXml.XmlDsigC14NWithCommentsTransformUrl or SignedXml.XmlDsigExcC14NTransformUrl or SignedXml.XmlDsigExcC14NWithCommentsTransformUrl;

    private static bool IsSignedBy(SignedXml xml, X509Certificate2 certificate)
    {
        try
        {
            return xml.CheckSignature(certificate, verifySignatureOnly: true);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static bool IsWeak(SignedXml xml) => xml.SignedInfo!.SignatureMethod == SignedXml.XmlDsigRSASHA1Url || xml.SignedInfo.References.Cast<Reference>().Any(r => r.DigestMethod == SignedXml.XmlDsigSHA1Url);

    private static HashAlgorithmName? Algorithm(string? url) => url switch
    {
        SignedXml.XmlDsigSHA1Url => HashAlgorithmName.SHA1,
        SignedXml.XmlDsigSHA256Url => HashAlgorithmName.SHA256,
        SignedXml.XmlDsigSHA384Url => HashAlgorithmName.SHA384,
        SignedXml.XmlDsigSHA512Url => HashAlgorithmName.SHA512,
        _ => null,
    };

    // The manifest that is signed: in an object that the signature names, found as the signature finds it.
    private static XmlElement? Manifest(SignedXml xml, XmlDocument document)
    {
        XmlElement[] found =
        [
            .. xml.SignedInfo!.References.Cast<Reference>()
                .Select(r => r.Uri is ['#', .. var id] ? xml.GetIdElement(document, id) : null)
                .Where(o => o is { LocalName: "Object", NamespaceURI: SignedXml.XmlDsigNamespaceUrl })
                .SelectMany(o => Children(o!, "Manifest")),
        ];
        return found is [var one] ? one : null;
    }

    private static List<SignatureDoubt> CheckParts(OfficePackage package, XmlElement manifest)
    {
        var typeOf = package.ReadContentTypes();
        var covered = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var picked = new Dictionary<string, HashSet<string>>(StringComparer.OrdinalIgnoreCase);
        XmlElement[] references = [.. Children(manifest, "Reference")];
        if (references.Length is 0 or > MaxReferences)
            return [SignatureDoubt.Unchecked];
        var isWeak = false;
        foreach (var reference in references)
        {
            var (part, type) = OfficePackage.Split(reference.GetAttribute("URI"));
            var method = Children(reference, "DigestMethod").Single().GetAttribute("Algorithm");
            if (Algorithm(method) is not { } algorithm)
                return [SignatureDoubt.Unchecked];
            isWeak |= method == SignedXml.XmlDsigSHA1Url;
            if (!package.Has(part) || type is not null && !type.Equals(typeOf(part), StringComparison.OrdinalIgnoreCase))
                return [SignatureDoubt.Changed];
            XmlElement[] transforms = [.. Children(reference, "Transforms").SelectMany(t => Children(t, "Transform"))];
            byte[] digest;
            if (transforms.Length == 0)
            {
                digest = package.Hash(part, algorithm);
            }
            else if (transforms.Select(t => t.GetAttribute("Algorithm")).SequenceEqual([RelationshipTransform, CanonicalXml]))
            {
                XmlElement[] these = [.. Pick(package.ReadRelationships(part), transforms[0])];
                picked[part] = [.. these.Select(r => r.GetAttribute("Id"))];
                digest = CryptographicOperations.HashData(algorithm, OfficePackage.Canonical(these));
            }
            else
            {
                return [SignatureDoubt.Unchecked];
            }
            if (!digest.AsSpan().SequenceEqual(Convert.FromBase64String(Children(reference, "DigestValue").Single().InnerText)))
                return [SignatureDoubt.Changed];
            covered.Add(part);
        }
        List<SignatureDoubt> doubts = isWeak ? [SignatureDoubt.Weak] : [];
        if (!CoversAll(package, covered, picked))
            doubts.Add(SignatureDoubt.Partial);
        return doubts;
    }

    private static IEnumerable<XmlElement> Pick(IEnumerable<XmlElement> relationships, XmlElement transform)
    {
        HashSet<string> Values(string element, string attribute) =>
            [.. transform.GetElementsByTagName(element, PackageNamespace).OfType<XmlElement>().Select(e => e.GetAttribute(attribute))];
        var ids = Values("RelationshipReference", "SourceId");
        var types = Values("RelationshipsGroupReference", "SourceType");
        return relationships.Where(r => ids.Contains(r.GetAttribute("Id")) || types.Contains(r.GetAttribute("Type")));
    }

    private static bool CoversAll(OfficePackage package, HashSet<string> covered, Dictionary<string, HashSet<string>> picked)
    {
        foreach (var part in package.Parts)
        {
            if (part.StartsWith(Folder, StringComparison.OrdinalIgnoreCase) || part.StartsWith("/docProps/", StringComparison.OrdinalIgnoreCase) || part == "/[Content_Types].xml")
                continue;
            var isRoot = part.Equals(RootRelationships, StringComparison.OrdinalIgnoreCase);
            if (!covered.Contains(part) && !isRoot)
                return false;
            // A part of relationships that was hashed as it is stands whole.
            if (!part.EndsWith(".rels", StringComparison.OrdinalIgnoreCase) || covered.Contains(part) && !picked.ContainsKey(part))
                continue;
            var ids = picked.GetValueOrDefault(part);
            foreach (var one in package.ReadRelationships(part))
            {
                if (ids?.Contains(one.GetAttribute("Id")) != true && !(isRoot && besideTheText.Any(t => one.GetAttribute("Type").EndsWith(t, StringComparison.Ordinal))))
                    return false;
            }
        }
        return true;
    }

    // mdssi:SignatureTime, in the object of the manifest and so signed with it.
    private static DateTimeOffset? TimeOf(XmlElement? manifest) =>
        (manifest?.ParentNode as XmlElement)?.GetElementsByTagName("Value", PackageNamespace).OfType<XmlElement>().FirstOrDefault() is { } value
        && DateTimeOffset.TryParse(value.InnerText, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time.ToUniversalTime()
            : null;

    private static IEnumerable<XmlElement> Children(XmlElement of, string name) => of.ChildNodes.OfType<XmlElement>().Where(e => e.LocalName == name && e.NamespaceURI == SignedXml.XmlDsigNamespaceUrl);
}
