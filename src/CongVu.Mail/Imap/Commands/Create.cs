using CongVu.Formats.Imap;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>CREATE (RFC 9051 §6.3.4), with a special use (RFC 6154 §3).</summary>
internal static class Create
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(CreateArguments.Read, out var arguments, out var bad))
            return bad;
        var role = MailboxRole.None;
        foreach (var use in arguments.Uses)
        {
            // One mailbox, one use.
            if (role != MailboxRole.None || SpecialUses.Find(use) is not { } known)
                return ImapReply.No("USEATTR", "That special use cannot be given");
            role = known;
        }
        // A separator at the end says that others will be made below; any mailbox can have them.
        var made = await session.Store.Mailboxes.CreateAsync(session.Who, arguments.Mailbox.TrimEnd('/'), role, session.Closed);
        return made.Ok ? ImapReply.Ok($"MAILBOXID ({ObjectIds.Of(made.Value.Mailbox.Id)})", "Made") : ImapReply.Of(made.Refusal);
    }
}

/// <summary>Special uses and their names (RFC 6154 §2, RFC 8457).</summary>
internal static class SpecialUses
{
    internal static MailboxRole? Find(string name) => name.ToUpperInvariant() switch
    {
        "\\DRAFTS" => MailboxRole.Drafts,
        "\\SENT" => MailboxRole.Sent,
        "\\JUNK" => MailboxRole.Junk,
        "\\TRASH" => MailboxRole.Trash,
        "\\ARCHIVE" => MailboxRole.Archive,
        "\\FLAGGED" => MailboxRole.Flagged,
        "\\ALL" => MailboxRole.All,
        "\\IMPORTANT" => MailboxRole.Important,
        _ => null,
    };

    internal static string? NameOf(MailboxRole role) => role switch
    {
        MailboxRole.Drafts => "\\Drafts",
        MailboxRole.Sent => "\\Sent",
        MailboxRole.Junk => "\\Junk",
        MailboxRole.Trash => "\\Trash",
        MailboxRole.Archive => "\\Archive",
        MailboxRole.Flagged => "\\Flagged",
        MailboxRole.All => "\\All",
        MailboxRole.Important => "\\Important",
        _ => null,
    };
}
