namespace CongVu.Mail.Imap.Commands;
internal static class Threading
{
    internal static ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command) => new(ImapReply.Bad("Not yet"));
}
