using CongVu.Formats.Imap;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Imap;

/// <summary>The messages of one APPEND or REPLACE on their way into the store; what was not committed is gone when this is disposed.</summary>
internal sealed class Upload(ImapSession session, long room) : IAsyncDisposable
{
    private const MessageFlags OrdinaryFlags = MessageFlags.Answered | MessageFlags.Flagged | MessageFlags.Draft;

    private readonly List<(StagedContent Content, AppendMessage Head)> messages = [];
    private long left = room;
    private long waiting;

    /// <summary>Reads messages until the command ends; a reply when they are refused.</summary>
    internal async ValueTask<ImapReply?> ReadAllAsync(AppendMessage first, int most)
    {
        for (var head = first; ; )
        {
            // 1. Too large, or too many: refused before it is read.
            if (Refuse(head, most) is { } refused)
                return await session.DropMessagesAsync(head.Literal, refused);

            // 2. Its octets.
            await using var writer = session.Store.Contents.Create();
            await session.ReadMessageAsync(head.Literal, writer);
            left -= head.Literal.Length;
            waiting += head.Literal.Length <= ContentWriter.MemoryBytes ? head.Literal.Length : 0;

            // 3. What comes next.
            var (status, text) = await session.ReadAfterMessageAsync();
            if (status is not (FrameStatus.Complete or FrameStatus.Message))
            {
                await session.RefuseAsync("Expected the end of the command");
                return ImapReply.End;
            }
            messages.Add((await FinishAsync(writer, status), head));
            var error = Next(text, head.Utf8, status == FrameStatus.Message, out var next);
            if (error is not null)
                return status == FrameStatus.Message ? await session.DropMessagesAsync(session.MessageLiteral, error.Value) : error;
            if (next is null)
                return null;
            head = next;
        }
    }

    /// <summary>What to put into a mailbox; flags that the rights do not reach are left out (RFC 4314 §4).</summary>
    internal IReadOnlyList<NewMessage> Messages(MailboxRights rights)
    {
        var allowed = (rights.HasFlag(MailboxRights.Seen) ? MessageFlags.Seen : 0)
            | (rights.HasFlag(MailboxRights.DeleteMessages) ? MessageFlags.Deleted : 0)
            | (rights.HasFlag(MailboxRights.Write) ? OrdinaryFlags : 0);
        return messages.ConvertAll(m => new NewMessage(
            m.Content, (MessageFlags)m.Head.Flags.System & allowed, rights.HasFlag(MailboxRights.Write) ? m.Head.Flags.Keywords : [], m.Head.Received));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (content, _) in messages)
            await content.DisposeAsync();
    }

    // With more octets on their way the failure ends the connection; at the end of the command it is an answer.
    private async ValueTask<StagedContent> FinishAsync(ContentWriter writer, FrameStatus status)
    {
        try
        {
            return await writer.FinishAsync(default, session.Closed);
        }
        catch (Exception error) when (error is IOException or StoreException)
        {
            throw status == FrameStatus.Message ? new MessageInterruptedException(error) : new StoreException("The message could not be kept.", error);
        }
    }

    private ImapReply? Refuse(AppendMessage head, int most)
    {
        if (head.Literal.Length > session.Server.Options.MaxMessageBytes)
            return ImapReply.TooBig;
        // RFC 3502 §6.3.11: an empty one takes the whole command back.
        if (head.Literal.Length == 0)
            return ImapReply.No("CANNOT", "An empty message is not kept");
        if (head.Literal.Length > left)
            return ImapReply.Of(Refusal.OverQuota);
        return messages.Count >= most || waiting > session.Server.Options.MaxWaitingBytes ? ImapReply.Of(Refusal.TooMany) : null;
    }

    private static ImapReply? Next(ReadOnlyMemory<byte> text, bool utf8, bool more, out AppendMessage? next)
    {
        next = null;
        var reader = new ImapReader(text.Span, utf8);
        if (utf8)
            reader.Expect((byte)')');
        if (more)
            next = AppendMessage.Read(ref reader);
        else
            reader.End();
        return reader.Error is { } error ? ImapReply.Bad(error) : null;
    }
}
