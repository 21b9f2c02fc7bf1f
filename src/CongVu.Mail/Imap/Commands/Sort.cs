namespace CongVu.Mail.Imap.Commands;
internal static class Sort
{
    internal static ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command) => new(ImapReply.Bad("Not yet"));
}
