using CongVu.Formats.Imap;
using CongVu.Formats.Mime;
using CongVu.Formats.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Imap.Commands;

/// <summary>THREAD and UID THREAD (RFC 5256 §4).</summary>
internal static class Threading
{
    internal static async ValueTask<ImapReply> RunAsync(ImapSession session, ImapCommand command)
    {
        if (!command.TryRead(ThreadArguments.Read, out var arguments, out var bad))
            return bad;
        if (!SearchArguments.IsSupported(arguments.Charset))
            return ImapReply.BadCharset;
        if (!await session.TellChangesAsync(tellExpunges: command.Uid, always: true))
            return ImapReply.End;

        var mailbox = session.Selected!;
        var messages = new List<ThreadMessage>();
        await SearchRun.RunAsync(
            session,
            arguments.Key,
            EntryColumns.Message | EntryColumns.Facts,
            entry => messages.Add(MessageOf(entry, command.Uid ? entry.Uid.Value : (uint)mailbox.Uids.SequenceOf(entry.Uid))));
        Write(session, arguments.Algorithm == ThreadAlgorithm.References ? ThreadTree.ByReferences(messages) : ThreadTree.BySubject(messages));
        return ImapReply.Done;
    }

    private static ThreadMessage MessageOf(Entry entry, uint number)
    {
        var facts = MessageFacts.Deserialize(entry.Facts);
        var subject = facts.BaseSubject;
        return new(number, facts.Date ?? entry.Received, facts.MessageId, facts.References, subject, subject != VietnameseFolding.Fold(facts.Subject).Trim());
    }

    private static void Write(ImapSession session, IReadOnlyList<ThreadNode> threads)
    {
        var writer = session.Writer();
        writer.Raw("* THREAD"u8);
        if (threads.Count > 0)
            writer.Space();
        // A node to open, or (null) a parenthesis to close. No recursion: threads can be as deep as they are long.
        var stack = new Stack<ThreadNode?>();
        foreach (var thread in threads)
        {
            stack.Push(null);
            stack.Push(thread);
            writer.Octet((byte)'(');
            while (stack.TryPop(out var node))
            {
                if (node is null)
                {
                    writer.Octet((byte)')');
                    if (stack.TryPeek(out var next) && next is not null)
                        writer.Octet((byte)'(');
                    continue;
                }
                if (node.Message is { } message)
                    writer.Number(message.Number);
                if (node.Children.Count == 0)
                    continue;
                if (node.Message is not null)
                    writer.Space();
                if (node.Children.Count == 1)
                {
                    stack.Push(node.Children[0]);
                    continue;
                }
                for (var i = node.Children.Count - 1; i >= 0; i--)
                {
                    stack.Push(null);
                    stack.Push(node.Children[i]);
                }
                writer.Octet((byte)'(');
            }
        }
        writer.Crlf();
        writer.Commit();
    }
}
