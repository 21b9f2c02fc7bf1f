using System.Globalization;
using System.Runtime.CompilerServices;
using CongVu.Mail.Store;

namespace CongVu.Server.Transfer;

/// <summary>
/// Reads a Maildir and the folders below it (Maildir++: ".A.B" is A/B, in IMAP's UTF-7): cur, then new, each in the order of delivery. Flags are in
/// the file's name, keywords in dovecot-keywords, the time of arrival is the file's.
/// </summary>
internal static class MaildirReader
{
    public static bool IsMaildir(string folder) => Directory.Exists(Path.Combine(folder, "cur")) && Directory.Exists(Path.Combine(folder, "new"));

    public static async IAsyncEnumerable<ImportedMessage> ReadAsync(string root, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var below = Directory.EnumerateDirectories(root, ".*").Where(IsMaildir).Order(StringComparer.Ordinal);
        foreach (var folder in below.Prepend(root))
        {
            var name = folder == root ? "" : ModifiedUtf7.Decode(Path.GetFileName(folder)[1..].Replace('.', '/'));
            var keywords = KeywordsOf(Path.Combine(folder, "dovecot-keywords"));
            foreach (var part in new[] { "cur", "new" })
            {
                foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, part)).OrderBy(DeliveryTime).ThenBy(Path.GetFileName, StringComparer.Ordinal))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var letters = LettersOf(file);
                    yield return new(file, name, FlagsOf(letters), [.. letters.Where(char.IsAsciiLetterLower).Select(c => keywords.GetValueOrDefault(c)).OfType<string>()], File.GetLastWriteTimeUtc(file), async (sink, token) =>
                    {
                        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
                        await CrLf.CopyAsync(stream, sink, token);
                    });
                }
            }
        }
    }

    internal static MessageFlags FlagsOf(string letters)
    {
        var flags = MessageFlags.None;
        foreach (var letter in letters)
        {
            flags |= letter switch
            {
                'S' => MessageFlags.Seen,
                'R' => MessageFlags.Answered,
                'F' => MessageFlags.Flagged,
                'T' => MessageFlags.Deleted,
                'D' => MessageFlags.Draft,
                _ => MessageFlags.None,
            };
        }
        return flags;
    }

    private static string LettersOf(string file) => Path.GetFileName(file) is var name && name.LastIndexOf(":2,", StringComparison.Ordinal) is var at and >= 0 ? name[(at + 3)..] : "";

    private static long DeliveryTime(string file) =>
        Path.GetFileName(file) is var name && long.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('.', StringComparison.Ordinal))), NumberStyles.None, CultureInfo.InvariantCulture, out var time) ? time : 0;

    // Lines of "0 $Forwarded": letter a is 0, b is 1 …
    private static Dictionary<char, string> KeywordsOf(string file)
    {
        var keywords = new Dictionary<char, string>();
        if (!File.Exists(file))
            return keywords;
        foreach (var line in File.ReadLines(file))
        {
            if (line.Split(' ', 2) is [var number, { Length: > 0 } word] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < 26)
                keywords[(char)('a' + index)] = word;
        }
        return keywords;
    }
}
