using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace CongVu.Formats.Signatures;

/// <summary>The ZIP file that an Office document is (ECMA-376-2), read with bounds: names of parts are "/word/document.xml" and differ in more than case.</summary>
internal sealed class OfficePackage : IDisposable
{
    internal const string RelationshipsNamespace = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string ContentTypesNamespace = "http://schemas.openxmlformats.org/package/2006/content-types";

    /// <summary>Large workbooks have some hundreds of parts.</summary>
    private const int MaxParts = 5000;
    private const int MaxXmlCharacters = 2 << 20;

    /// <summary>Real documents nest a dozen deep here; what walks over them does so by recursion.</summary>
    private const int MaxXmlDepth = 64;

    private readonly ZipArchive zip;
    private readonly Dictionary<string, ZipArchiveEntry> parts = new(StringComparer.OrdinalIgnoreCase);

    // All that may be unpacked for one document, however often a part is asked for: a few bytes unpack to gigabytes.
    private long bytesLeft = 256L << 20;

    /// <exception cref="InvalidDataException">It is no ZIP file, or not one that can be read in one way only.</exception>
    internal OfficePackage(byte[] document)
    {
        zip = new(new MemoryStream(document, writable: false), ZipArchiveMode.Read);
        if (zip.Entries.Count > MaxParts)
            throw new InvalidDataException("Too many parts.");
        foreach (var entry in zip.Entries)
        {
            if (!entry.FullName.EndsWith('/') && !parts.TryAdd("/" + entry.FullName, entry))
                throw new InvalidDataException("A part stands in it twice.");
        }
    }

    internal IEnumerable<string> Parts => parts.Keys;

    internal bool Has(string part) => parts.ContainsKey(part);

    public void Dispose() => zip.Dispose();

    /// <summary>Hashes a part as it is.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or more than may be unpacked.</exception>
    internal byte[] Hash(string part, HashAlgorithmName algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        using var stream = parts[part].Open();
        var buffer = new byte[64 << 10];
        while (stream.Read(buffer) is var read and > 0)
        {
            if ((bytesLeft -= read) < 0)
                throw new InvalidDataException("More than may be unpacked.");
            hash.AppendData(buffer, 0, read);
        }
        return hash.GetHashAndReset();
    }

    /// <summary>Reads a part as XML, without declarations and entities.</summary>
    /// <exception cref="InvalidDataException">It is damaged or too large.</exception>
    /// <exception cref="XmlException">It is no XML, or not of the kind that is read here.</exception>
    internal XmlDocument ReadXml(string part)
    {
        using var stream = parts[part].Open();
        var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (stream.Read(buffer) is var read and > 0)
        {
            if ((bytesLeft -= read) < 0 || bytes.Length + read > MaxXmlCharacters)
                throw new InvalidDataException("Too large.");
            bytes.Write(buffer, 0, read);
        }
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxXmlCharacters };
        bytes.Position = 0;
        using (var depth = XmlReader.Create(bytes, settings))
        {
            while (depth.Read())
            {
                if (depth.Depth > MaxXmlDepth)
                    throw new XmlException("Nested too deep.");
            }
        }
        bytes.Position = 0;
        using var reader = XmlReader.Create(bytes, settings);
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        document.Load(reader);
        return document;
    }

    /// <summary>What [Content_Types].xml says of each part (ECMA-376-2 §10.1.2.3).</summary>
    internal Func<string, string?> ReadContentTypes()
    {
        var byExtension = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var byName = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in ReadXml("/[Content_Types].xml").DocumentElement!.ChildNodes.OfType<XmlElement>().Where(e => e.NamespaceURI == ContentTypesNamespace))
        {
            var isSingle = entry.LocalName switch
            {
                "Default" => byExtension.TryAdd(entry.GetAttribute("Extension"), entry.GetAttribute("ContentType")),
                "Override" => byName.TryAdd(entry.GetAttribute("PartName"), entry.GetAttribute("ContentType")),
                _ => true,
            };
            if (!isSingle)
                throw new InvalidDataException("A type is given twice.");
        }
        return part => byName.GetValueOrDefault(part) ?? byExtension.GetValueOrDefault(Path.GetExtension(part).TrimStart('.'));
    }

    /// <summary>The relationships that a signature picks, as they are hashed (ECMA-376-2 §13.2.4.24): sorted by id, with their mode, in canonical XML.</summary>
    internal static byte[] Canonical(IEnumerable<XmlElement> relationships)
    {
        var text = new StringBuilder($"<Relationships xmlns=\"{RelationshipsNamespace}\">");
        foreach (var one in relationships.OrderBy(r => r.GetAttribute("Id"), StringComparer.Ordinal))
        {
            text.Append("<Relationship");
            foreach (var name in (ReadOnlySpan<string>)["Id", "Target", "TargetMode", "Type"])
            {
                var value = one.GetAttribute(name);
                text.Append(' ').Append(name).Append("=\"").Append(Escape(name == "TargetMode" && value.Length == 0 ? "Internal" : value)).Append('"');
            }
            text.Append("></Relationship>");
        }
        return Encoding.UTF8.GetBytes(text.Append("</Relationships>").ToString());
    }

    /// <summary>The relationships of a .rels part.</summary>
    internal List<XmlElement> ReadRelationships(string part)
    {
        List<XmlElement> all = [.. ReadXml(part).DocumentElement!.ChildNodes.OfType<XmlElement>().Where(e => e is { LocalName: "Relationship", NamespaceURI: RelationshipsNamespace })];
        return all.DistinctBy(r => r.GetAttribute("Id")).Count() == all.Count ? all : throw new InvalidDataException("Two relationships have one id.");
    }

    /// <summary>The part and the content type that a reference names: "/word/document.xml?ContentType=…".</summary>
    internal static (string Part, string? ContentType) Split(string uri)
    {
        var mark = uri.IndexOf("?ContentType=", StringComparison.Ordinal);
        return mark < 0 ? (Uri.UnescapeDataString(uri), null) : (Uri.UnescapeDataString(uri[..mark]), Uri.UnescapeDataString(uri[(mark + "?ContentType=".Length)..]));
    }

    // Canonical XML 1.0 §2.3, attribute nodes.
    private static string Escape(string value) => value
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("\t", "&#x9;", StringComparison.Ordinal).Replace("\n", "&#xA;", StringComparison.Ordinal).Replace("\r", "&#xD;", StringComparison.Ordinal);
}
