namespace CongVu.Mail.Imap.Commands;

/// <summary>IDLE (RFC 2177): changes are told as they come, until DONE.</summary>
internal static class Idle
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryReadNothing(out var bad))
            return bad;
        await session.ContinueAsync("Idling");
        var line = session.ReadLineAsync().AsTask();
        while (true)
        {
            var notice = session.NoticeAsync();
            if (await Task.WhenAny(line, notice) == line)
                break;
            if (!await session.TellChangesAsync(tellExpunges: true, always: false))
                return ImapReply.End;
            await session.Connection.FlushAsync();
        }
        if (await line is null && session.IsStopping)
            await session.RefuseAsync("The server is stopping");
        return await line switch
        {
            null => ImapReply.End,
            var done when done.Equals("DONE", StringComparison.OrdinalIgnoreCase) => ImapReply.Done,
            _ => ImapReply.Bad("Expected DONE"),
        };
    }
}
