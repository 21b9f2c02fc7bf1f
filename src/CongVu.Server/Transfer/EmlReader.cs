using System.Runtime.CompilerServices;
using CongVu.Mail.Store;

namespace CongVu.Server.Transfer;

/// <summary>Reads a folder of messages, one file each (.eml), or one such file; folders below it become mailboxes.</summary>
internal static class EmlReader
{
    public static async IAsyncEnumerable<ImportedMessage> ReadAsync(string source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        IEnumerable<string> files = File.Exists(source)
            ? [source]
            : Directory.EnumerateFiles(source, "*.eml", new EnumerationOptions { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive }).Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var folder = File.Exists(source) ? "" : Path.GetRelativePath(source, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/');
            yield return new(file, folder == "." ? "" : folder, MessageFlags.None, [], null, async (sink, token) =>
            {
                await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
                await CrLf.CopyAsync(stream, sink, token);
            });
        }
    }
}
