using System.Formats.Tar;
using System.IO.Compression;

namespace CongVu.Formats.Tests;

/// <summary>Real messages lent for testing: <c>CONGVU_CORPUS</c>, or a folder <c>shared/corpus</c> beside one above the test. Tests go on without them and say so.</summary>
public static class Corpus
{
    private static readonly byte[] LineFeed = "\n"u8.ToArray();

    /// <summary>Its folder; null where it is not.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Every message file, line ends made CRLF; then every <paramref name="everyNth"/> of the archive.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Messages(int everyNth = 20)
    {
        if (Folder is null)
            yield break;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Folder, "mail"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Path.GetExtension(file) is ".eml" or ".txt" or ".msg" or "" || file.Contains("spamassassin", StringComparison.Ordinal))
                yield return (Path.GetRelativePath(Folder, file), WithCrLf(File.ReadAllBytes(file)));
        }
        var archive = Directory.EnumerateFiles(Folder, "spamassassin*.tar.gz").FirstOrDefault();
        if (archive is null)
            yield break;
        using var tar = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress));
        for (var i = 0; tar.GetNextEntry() is { } entry; i++)
        {
            if (entry.DataStream is null || i % everyNth != 0)
                continue;
            using var bytes = new MemoryStream();
            entry.DataStream.CopyTo(bytes);
            yield return (entry.Name, WithCrLf(bytes.ToArray()));
        }
    }

    /// <summary>Bare line feeds and carriage returns become CRLF.</summary>
    public static byte[] WithCrLf(byte[] bytes)
    {
        var result = new List<byte>(bytes.Length + 1024);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == (byte)'\r' || bytes[i] == LineFeed[0])
            {
                if (bytes[i] == (byte)'\r' && i + 1 < bytes.Length && bytes[i + 1] == LineFeed[0])
                    i++;
                result.AddRange("\r\n"u8);
            }
            else
            {
                result.Add(bytes[i]);
            }
        }
        return [.. result];
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CONGVU_CORPUS") is { Length: > 0 } given && Directory.Exists(given))
            return given;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "corpus");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
