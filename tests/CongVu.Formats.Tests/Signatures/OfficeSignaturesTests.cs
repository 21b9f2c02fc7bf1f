using System.IO.Compression;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using CongVu.Formats.Signatures;
using static CongVu.Formats.Signatures.SignatureDoubt;

namespace CongVu.Formats.Tests.Signatures;

public sealed class OfficeSignaturesTests
{
    private const string Types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006";

    [Fact]
    public void A_signed_document_says_by_whom_and_when()
    {
        var signature = Assert.Single(Read(Signed()));
        Assert.Equal(("Nguyễn Văn An", "Sở Thông tin và Truyền thông"), (signature.Signer, signature.Organization));
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 7, 30, 0, TimeSpan.Zero), signature.SignedAt);
        Assert.Empty(signature.Doubts);
    }

    [Theory]
    [InlineData("word/document.xml", "Chi 100", "Chi 900")]
    [InlineData("word/_rels/document.xml.rels", "media/dau.png", "media/khac.png")]
    [InlineData("[Content_Types].xml", "document.main+xml", "document.macro+xml")]
    [InlineData("_xmlsignatures/sig1.xml", "2026-03-01", "2025-03-01")]
    public void What_was_changed_after_signing_is_seen(string part, string from, string to)
    {
        var parts = Signed();
        var changed = parts[part].Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(parts[part], changed);
        parts[part] = changed;
        Assert.Equal([Changed], Assert.Single(Read(parts)).Doubts);
    }

    [Fact]
    public void What_stands_beside_the_signed_parts_is_seen()
    {
        var parts = Signed();
        parts["word/footer9.xml"] = "<w/>";
        Assert.Equal([Partial], Assert.Single(Read(parts)).Doubts);
        parts = Signed();
        parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].Replace("</Relationships>", $"<Relationship Id=\"rId9\" Type=\"{Types}/attachedTemplate\" Target=\"http://x.example/t.dotm\" TargetMode=\"External\"/></Relationships>", StringComparison.Ordinal);
        Assert.Equal([Partial], Assert.Single(Read(parts)).Doubts);
        parts = Signed();
        parts["_rels/.rels"] = parts["_rels/.rels"].Replace("</Relationships>", $"<Relationship Id=\"rId0\" Type=\"{Types}/officeDocument\" Target=\"word/media/dau.png\"/></Relationships>", StringComparison.Ordinal);
        Assert.Equal([Partial], Assert.Single(Read(parts)).Doubts);
        // Who last saved it may be written without breaking the signature.
        parts = Signed();
        parts["docProps/core.xml"] = "<p/>";
        Assert.Empty(Assert.Single(Read(parts)).Doubts);
    }

    [Fact]
    public void Order_space_and_the_mode_of_relationships_do_not_matter()
    {
        var parts = Signed();
        parts["word/_rels/document.xml.rels"] = $"<?xml version=\"1.0\"?><Relationships xmlns=\"{Package}/relationships\">\n  <!-- x -->\n"
            + $"<Relationship TargetMode=\"Internal\" Target=\"styles.xml\" Type=\"{Types}/styles\" Id=\"rId2\"/>\n<Relationship Type=\"{Types}/image\" Target=\"media/dau.png\" Id=\"rId1\"/></Relationships>";
        Assert.Empty(Assert.Single(Read(parts)).Doubts);
    }

    [Fact]
    public void Trust_is_of_the_certificate() =>
        Assert.Equal([Untrusted], Assert.Single(Read(Signed(Person.SignedByItself("CN=Nguyễn Văn An")))).Doubts);

    [Theory]
    [InlineData("<!DOCTYPE Signature [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>", "<Signature", "<Signature")]
    [InlineData("", "#idPackage\"", "http://x.example/\"")]
    [InlineData("", "Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\" /><SignatureMethod", "Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\" /><SignatureMethod")]
    [InlineData("", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1")]
    [InlineData("", "<X509Certificate>", "<X509Certificate>AAAA")]
    public void What_is_not_of_the_usual_form_is_not_checked(string before, string from, string to)
    {
        var parts = Signed();
        var changed = before + parts["_xmlsignatures/sig1.xml"].Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(parts["_xmlsignatures/sig1.xml"], changed);
        parts["_xmlsignatures/sig1.xml"] = changed;
        Assert.Contains(Unchecked, Assert.Single(Read(parts)).Doubts);
    }

    [Fact]
    public void Hostile_files_are_bounded()
    {
        var parts = Signed();
        parts["_xmlsignatures/sig1.xml"] = string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000));
        Assert.Equal([Unchecked], Assert.Single(Read(parts)).Doubts);
        parts["_xmlsignatures/sig1.xml"] = "<a>" + new string(' ', 5 << 20) + "</a>";
        Assert.Equal([Unchecked], Assert.Single(Read(parts)).Doubts);
        for (var n = 2; n < 40; n++)
            parts[$"_xmlsignatures/sig{n}.xml"] = "<a/>";
        Assert.Equal(DocumentSignatures.MaxSignatures, Read(parts).Count);
        Assert.Empty(DocumentSignatures.Read("PK\x03\x04 and nothing"u8.ToArray(), [], Person.Now));
        Assert.Empty(Read(new() { ["word/document.xml"] = "<w/>" }));
    }

    private static IReadOnlyList<DocumentSignature> Read(Dictionary<string, string> parts)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in parts)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                stream.Write(Encoding.UTF8.GetBytes(text));
            }
        }
        return DocumentSignatures.Read(bytes.ToArray(), Person.Authorities, Person.Now);
    }

    // As Word signs: an object with the manifest and the time, the manifest over the parts and the chosen relationships.
    private static Dictionary<string, string> Signed(X509Certificate2? by = null)
    {
        const string Main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
        var parts = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = $"<Types xmlns=\"{Package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"{Main}\"/></Types>",
            ["_rels/.rels"] = $"<Relationships xmlns=\"{Package}/relationships\"><Relationship Id=\"rId1\" Type=\"{Types}/officeDocument\" Target=\"word/document.xml\"/><Relationship Id=\"rId2\" Type=\"{Package}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/></Relationships>",
            ["word/document.xml"] = "<w:document xmlns:w=\"w\"><w:t>Chi 100 đồng</w:t></w:document>",
            ["word/_rels/document.xml.rels"] = $"<Relationships xmlns=\"{Package}/relationships\"><Relationship Id=\"rId1\" Type=\"{Types}/image\" Target=\"media/dau.png\"/><Relationship Id=\"rId2\" Type=\"{Types}/styles\" Target=\"styles.xml\"/></Relationships>",
            ["word/styles.xml"] = "<w/>",
            ["word/media/dau.png"] = "PNG",
            ["docProps/core.xml"] = "<c/>",
        };
        // The canonical texts are written out here, not taken from what is tested.
        var root = $"<Relationships xmlns=\"{Package}/relationships\"><Relationship Id=\"rId1\" Target=\"word/document.xml\" TargetMode=\"Internal\" Type=\"{Types}/officeDocument\"></Relationship></Relationships>";
        var text = $"<Relationships xmlns=\"{Package}/relationships\"><Relationship Id=\"rId1\" Target=\"media/dau.png\" TargetMode=\"Internal\" Type=\"{Types}/image\"></Relationship><Relationship Id=\"rId2\" Target=\"styles.xml\" TargetMode=\"Internal\" Type=\"{Types}/styles\"></Relationship></Relationships>";
        var manifest = new StringBuilder("<Manifest>")
            .Append(Reference("/_rels/.rels", "application/vnd.openxmlformats-package.relationships+xml", root, "rId1"))
            .Append(Reference("/word/_rels/document.xml.rels", "application/vnd.openxmlformats-package.relationships+xml", text, "rId1", "rId2"))
            .Append(Reference("/word/document.xml", Main, parts["word/document.xml"]))
            .Append(Reference("/word/styles.xml", "application/xml", parts["word/styles.xml"]))
            .Append(Reference("/word/media/dau.png", "image/png", parts["word/media/dau.png"]))
            .Append("</Manifest>");
        var objects = new XmlDocument { PreserveWhitespace = true };
        objects.LoadXml($"<Object xmlns=\"{SignedXml.XmlDsigNamespaceUrl}\" Id=\"idPackage\">{manifest}<SignatureProperties><SignatureProperty Id=\"idTime\" Target=\"#idSignature\"><mdssi:SignatureTime xmlns:mdssi=\"{Package}/digital-signature\"><mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format><mdssi:Value>2026-03-01T07:30:00Z</mdssi:Value></mdssi:SignatureTime></SignatureProperty></SignatureProperties></Object>");
        var certificate = by ?? Person.An;
        using var key = certificate.GetRSAPrivateKey();
        var xml = new SignedXml { SigningKey = key, KeyInfo = new KeyInfo() };
        xml.Signature.Id = "idSignature";
        xml.KeyInfo.AddClause(new KeyInfoX509Data(X509CertificateLoader.LoadCertificate(certificate.RawData)));
        var data = new DataObject();
        data.LoadXml(objects.DocumentElement!);
        xml.AddObject(data);
        xml.AddReference(new Reference("#idPackage") { Type = SignedXml.XmlDsigNamespaceUrl + "Object" });
        xml.ComputeSignature();
        parts["_xmlsignatures/origin.sigs"] = "";
        parts["_xmlsignatures/sig1.xml"] = xml.GetXml().OuterXml;
        return parts;
    }

    private static string Reference(string part, string type, string hashed, params string[] ids)
    {
        var transforms = ids.Length == 0 ? "" : $"<Transforms><Transform Algorithm=\"{Package}/RelationshipTransform\">{string.Concat(ids.Select(id => $"<mdssi:RelationshipReference xmlns:mdssi=\"{Package}/digital-signature\" SourceId=\"{id}\"/>"))}</Transform><Transform Algorithm=\"{SignedXml.XmlDsigC14NTransformUrl}\"/></Transforms>";
        return $"<Reference URI=\"{part}?ContentType={type}\">{transforms}<DigestMethod Algorithm=\"{SignedXml.XmlDsigSHA256Url}\"/><DigestValue>{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(hashed)))}</DigestValue></Reference>";
    }
}
