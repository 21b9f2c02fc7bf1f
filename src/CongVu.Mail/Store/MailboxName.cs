using CongVu.Formats.Text;

namespace CongVu.Mail.Store;

/// <summary>Rules for the names of mailboxes: levels apart by '/', composed Unicode, "INBOX" in any case is the one INBOX (RFC 9051 §5.1).</summary>
internal static class MailboxName
{
    internal const string Inbox = "INBOX";

    /// <summary>Longer names break mail programs and file systems of those who export.</summary>
    private const int MaxLevelLength = 200;
    private const int MaxLevels = 20;

    /// <summary>NFC, and INBOX as first level in capitals.</summary>
    internal static string Normalize(string path)
    {
        var composed = ComposedText.IsValid(path) ? ComposedText.Of(path) : path;
        if (composed.StartsWith(Inbox, StringComparison.OrdinalIgnoreCase) && (composed.Length == Inbox.Length || composed[Inbox.Length] == '/'))
            return Inbox + composed[Inbox.Length..];
        return composed;
    }

    /// <summary>A mailbox may be made with this (normalized) path.</summary>
    internal static bool IsValid(string path)
    {
        var levels = path.Split('/');
        return levels.Length <= MaxLevels && ComposedText.IsValid(path) && levels.All(IsValidLevel)
            && !string.Equals(levels[0], "Shared", StringComparison.OrdinalIgnoreCase);
    }

    internal static string? Parent(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : null;

    private static bool IsValidLevel(string level) =>
        level.Length is > 0 and <= MaxLevelLength && level.Trim().Length == level.Length && !level.Any(c => char.IsControl(c) || c is '%' or '*' or '\u2028' or '\u2029');
}
