using System.Collections.Concurrent;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A message's copy in one mailbox, as <see cref="MailIndex"/> knows it.</summary>
/// <param name="Mailbox">Where it is.</param>
/// <param name="Uid">Its UID there.</param>
/// <param name="Flags">System flags of the copy.</param>
/// <param name="Keywords">Keywords of the copy, space separated.</param>
public readonly record struct MessageCopy(MailboxId Mailbox, Uid Uid, MessageFlags Flags, string Keywords);

/// <summary>A message of an account with what filters and counts ask for.</summary>
public sealed class IndexedMessage
{
    /// <summary>Its key.</summary>
    public required MessageId Id { get; init; }

    /// <summary>Its conversation.</summary>
    public required long ThreadId { get; init; }

    /// <summary>When it was received, Unix milliseconds.</summary>
    public required long Received { get; init; }

    /// <summary>Bytes.</summary>
    public required long Size { get; init; }

    /// <summary>When it came into the account.</summary>
    public required ModSeq Created { get; init; }

    /// <summary>Its latest change: of flags, keywords or mailboxes.</summary>
    public required ModSeq ModSeq { get; init; }

    /// <summary>Its copies.</summary>
    public required MessageCopy[] Copies { get; init; }

    /// <summary>The flags of all its copies together: what one mail program marked is marked (RFC 8621 §4.1.1).</summary>
    public MessageFlags Flags
    {
        get
        {
            var flags = MessageFlags.None;
            foreach (var copy in Copies)
                flags |= copy.Flags;
            return flags;
        }
    }

    /// <summary>Neither read nor being written (RFC 8621 §2).</summary>
    public bool IsUnread => (Flags & (MessageFlags.Seen | MessageFlags.Draft)) == 0;

    /// <summary>It has a copy in <paramref name="mailbox"/>.</summary>
    public bool IsIn(MailboxId mailbox)
    {
        foreach (var copy in Copies)
        {
            if (copy.Mailbox == mailbox)
                return true;
        }
        return false;
    }

    /// <summary>One of its copies has the keyword, case aside.</summary>
    public bool HasKeyword(string keyword)
    {
        foreach (var copy in Copies)
        {
            if (copy.Keywords.Length == 0)
                continue;
            foreach (var range in copy.Keywords.AsSpan().Split(' '))
            {
                if (copy.Keywords.AsSpan()[range].Equals(keyword, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        return false;
    }
}

/// <summary>
/// All messages of an account at one sequence, newest first: what queries, conversations and counts are answered from without a row being read. It is
/// never changed; the next sequence's is made from it and from what changed since.
/// </summary>
public sealed class MailIndex
{
    private readonly Lazy<ILookup<long, IndexedMessage>> threads;
    private readonly Lazy<Dictionary<long, IndexedMessage>> byId;
    private readonly Lazy<Dictionary<MailboxId, MailboxCounts>> counts;

    private MailIndex(AccountId account, ModSeq modSeq, IndexedMessage[] messages)
    {
        Account = account;
        ModSeq = modSeq;
        Messages = messages;
        threads = new(() => Messages.ToLookup(m => m.ThreadId));
        byId = new(() => Messages.ToDictionary(m => m.Id.Value));
        counts = new(() => MailboxCounts.Of(Messages));
    }

    /// <summary>Whose.</summary>
    public AccountId Account { get; }

    /// <summary>As of this sequence.</summary>
    public ModSeq ModSeq { get; }

    /// <summary>Newest first; of one moment, the later key first.</summary>
    public IReadOnlyList<IndexedMessage> Messages { get; }

    /// <summary>Counts of each mailbox that has messages.</summary>
    public IReadOnlyDictionary<MailboxId, MailboxCounts> Counts => counts.Value;

    /// <summary>The messages of a conversation, newest first.</summary>
    public IEnumerable<IndexedMessage> Thread(long id) => threads.Value[id];

    /// <summary>A message by key; null when the account has it no more.</summary>
    public IndexedMessage? Find(MessageId id) => byId.Value.GetValueOrDefault(id.Value);

    internal static MailIndex Empty(AccountId account) => new(account, default, []);

    /// <summary>Some messages of an account by key, as they are in this transaction.</summary>
    internal static async ValueTask<Dictionary<MessageId, IndexedMessage>> ReadSomeAsync(Tx tx, AccountId account, IEnumerable<MessageId> ids)
    {
        var numbers = Store.Messages.Numbers(ids.Select(id => id.Value));
        var copies = new Dictionary<long, MessageCopy[]>();
        await tx.ForEachAsync($"SELECT message_id, mailbox_id, uid, flags, keywords FROM entries WHERE message_id IN {Store.Messages.In(tx, 1)}", row => AddCopy(copies, row), numbers);
        var messages = new List<IndexedMessage>(copies.Count);
        await tx.ForEachAsync(
            $"SELECT id, thread_id, received_at, size, created_modseq, modseq FROM messages WHERE account_id = $1 AND vaulted_at IS NULL AND id IN {Store.Messages.In(tx, 2)}",
            row => AddMessage(messages, copies, row),
            account.Value,
            numbers);
        return messages.ToDictionary(m => m.Id);
    }

    internal static async ValueTask<MailIndex> ReadAsync(Tx tx, AccountId account, ModSeq modSeq)
    {
        var copies = new Dictionary<long, MessageCopy[]>();
        await tx.ForEachAsync(
            "SELECT e.message_id, e.mailbox_id, e.uid, e.flags, e.keywords FROM mailboxes b JOIN entries e ON e.mailbox_id = b.id WHERE b.account_id = $1",
            row => AddCopy(copies, row),
            account.Value);
        var messages = new List<IndexedMessage>(copies.Count);
        await tx.ForEachAsync(
            "SELECT id, thread_id, received_at, size, created_modseq, modseq FROM messages WHERE account_id = $1 AND vaulted_at IS NULL",
            row => AddMessage(messages, copies, row),
            account.Value);
        var sorted = messages.ToArray();
        Array.Sort(sorted, Compare);
        return new(account, modSeq, sorted);
    }

    internal async ValueTask<MailIndex> BringUpAsync(Tx tx, ModSeq modSeq)
    {
        var gone = new HashSet<long>(await tx.QueryAsync("SELECT message_id FROM message_tombstones WHERE account_id = $1 AND modseq > $2", row => row.GetInt64(0), Account.Value, ModSeq.Value));
        var copies = new Dictionary<long, MessageCopy[]>();
        await tx.ForEachAsync(
            "SELECT e.message_id, e.mailbox_id, e.uid, e.flags, e.keywords FROM messages m JOIN entries e ON e.message_id = m.id WHERE m.account_id = $1 AND m.modseq > $2",
            row => AddCopy(copies, row),
            Account.Value,
            ModSeq.Value);
        var changed = new List<IndexedMessage>(copies.Count);
        await tx.ForEachAsync(
            "SELECT id, thread_id, received_at, size, created_modseq, modseq FROM messages WHERE account_id = $1 AND modseq > $2 AND vaulted_at IS NULL",
            row => AddMessage(changed, copies, row),
            Account.Value,
            ModSeq.Value);
        foreach (var message in changed)
            gone.Add(message.Id.Value);
        changed.Sort(Compare);

        // Two sorted runs into one.
        var merged = new List<IndexedMessage>(Messages.Count + changed.Count);
        var next = 0;
        foreach (var message in Messages)
        {
            if (gone.Contains(message.Id.Value))
                continue;
            while (next < changed.Count && Compare(changed[next], message) < 0)
                merged.Add(changed[next++]);
            merged.Add(message);
        }
        merged.AddRange(changed.Skip(next));
        return new(Account, modSeq, [.. merged]);
    }

    private static void AddCopy(Dictionary<long, MessageCopy[]> copies, System.Data.Common.DbDataReader row)
    {
        var copy = new MessageCopy(new(row.GetInt64(1)), new((uint)row.GetInt64(2)), (MessageFlags)row.GetInt32(3), Store.Messages.ReadKeywords(row, 4));
        var message = row.GetInt64(0);
        copies[message] = copies.TryGetValue(message, out var others) ? [.. others, copy] : [copy];
    }

    private static void AddMessage(List<IndexedMessage> messages, Dictionary<long, MessageCopy[]> copies, System.Data.Common.DbDataReader row)
    {
        if (!copies.TryGetValue(row.GetInt64(0), out var of))
            return;
        messages.Add(new()
        {
            Id = new(row.GetInt64(0)),
            ThreadId = row.GetInt64(1),
            Received = row.GetInt64(2),
            Size = row.GetInt64(3),
            Created = new(row.GetInt64(4)),
            ModSeq = new(row.GetInt64(5)),
            Copies = of,
        });
    }

    private static int Compare(IndexedMessage a, IndexedMessage b) =>
        b.Received.CompareTo(a.Received) is var order and not 0 ? order : b.Id.Value.CompareTo(a.Id.Value);
}

/// <summary>Keeps the indexes of accounts in use. They hold nothing of rights: those are looked up each time.</summary>
internal sealed class MailIndexes
{
    /// <summary>Messages in all indexes that are kept: some 70 MB.</summary>
    private const int MaxMessages = 500_000;

    private readonly ConcurrentDictionary<AccountId, (MailIndex Index, long Used)> kept = new();
    private long clock;

    /// <summary>The index of an account at the sequence that this transaction sees, or a later one.</summary>
    internal async ValueTask<MailIndex> GetAsync(Tx tx, AccountId account, ModSeq modSeq, ModSeq floor)
    {
        var used = Interlocked.Increment(ref clock);
        if (kept.TryGetValue(account, out var found) && found.Index.ModSeq >= modSeq)
        {
            kept[account] = (found.Index, used);
            return found.Index;
        }
        var index = found.Index is { } old && old.ModSeq >= floor ? await old.BringUpAsync(tx, modSeq) : await MailIndex.ReadAsync(tx, account, modSeq);
        kept[account] = (index, used);
        Trim();
        return index;
    }

    // The longest unused go first; one account alone may be larger than the budget.
    private void Trim()
    {
        var total = kept.Sum(pair => (long)pair.Value.Index.Messages.Count);
        if (total <= MaxMessages)
            return;
        foreach (var (account, (index, _)) in kept.OrderBy(pair => pair.Value.Used).ToArray())
        {
            if (total <= MaxMessages || kept.Count == 1)
                return;
            if (kept.TryRemove(account, out _))
                total -= index.Messages.Count;
        }
    }
}
