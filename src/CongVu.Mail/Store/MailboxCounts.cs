namespace CongVu.Mail.Store;

/// <summary>How many messages and conversations a mailbox has (RFC 8621 §2).</summary>
/// <param name="Emails">Messages.</param>
/// <param name="UnreadEmails">Those neither read nor drafts.</param>
/// <param name="Threads">Conversations with a message in it.</param>
/// <param name="UnreadThreads">Those with an unread message in it.</param>
public readonly record struct MailboxCounts(int Emails, int UnreadEmails, int Threads, int UnreadThreads)
{
    /// <summary>Counts of every mailbox that one of the messages is in.</summary>
    public static Dictionary<MailboxId, MailboxCounts> Of(IEnumerable<IndexedMessage> messages)
    {
        var counts = new Dictionary<MailboxId, MailboxCounts>();
        var threads = new HashSet<(MailboxId, long, bool)>();
        foreach (var message in messages)
        {
            var unread = message.IsUnread;
            foreach (var copy in message.Copies)
            {
                var now = counts.GetValueOrDefault(copy.Mailbox);
                counts[copy.Mailbox] = new(
                    now.Emails + 1,
                    now.UnreadEmails + (unread ? 1 : 0),
                    now.Threads + (threads.Add((copy.Mailbox, message.ThreadId, false)) ? 1 : 0),
                    now.UnreadThreads + (unread && threads.Add((copy.Mailbox, message.ThreadId, true)) ? 1 : 0));
            }
        }
        return counts;
    }
}
