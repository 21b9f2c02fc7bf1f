using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Jmap;

/// <summary>What became of a message since a state, as the principal sees it.</summary>
/// <param name="Id">The message.</param>
/// <param name="Thread">Its conversation.</param>
/// <param name="Created">When it came into sight.</param>
/// <param name="At">Its latest change.</param>
/// <param name="WasSeen">It was there at that state.</param>
/// <param name="IsSeen">It is there now.</param>
internal readonly record struct EmailChange(MessageId Id, long Thread, ModSeq Created, ModSeq At, bool WasSeen, bool IsSeen);

/// <summary>
/// The messages of an account that changed since a state: 1. what is there now, from the index, 2. what is gone, from tombstones. For those who see some
/// mailboxes only, a message is there while one of those has a copy of it; what lies elsewhere is not told of.
/// </summary>
internal static class EmailHistory
{
    internal static ValueTask<List<EmailChange>> ReadAsync(Tx tx, AccountScope scope, ModSeq since) => scope.IsOwner ? OfAllAsync(tx, scope, since) : OfPartAsync(tx, scope, since);

    private static async ValueTask<List<EmailChange>> OfAllAsync(Tx tx, AccountScope scope, ModSeq since)
    {
        var changes = scope.Index.Messages.Where(m => m.ModSeq > since).Select(m => new EmailChange(m.Id, m.ThreadId, m.Created, m.ModSeq, m.Created <= since, IsSeen: true)).ToList();
        changes.AddRange(await tx.QueryAsync(
            "SELECT message_id, thread_id, created_modseq, modseq FROM message_tombstones WHERE account_id = $1 AND modseq > $2",
            row => new EmailChange(new(row.GetInt64(0)), row.GetInt64(1), new(row.GetInt64(2)), new(row.GetInt64(3)), row.GetInt64(2) <= since.Value, IsSeen: false),
            scope.Account.Id.Value,
            since.Value));
        return changes;
    }

    private static async ValueTask<List<EmailChange>> OfPartAsync(Tx tx, AccountScope scope, ModSeq since)
    {
        var readable = scope.Mailboxes.Keys.Where(scope.MayRead).ToHashSet();
        var changed = scope.Index.Messages.Where(m => m.ModSeq > since && m.Copies.Any(c => readable.Contains(c.Mailbox))).ToDictionary(m => m.Id.Value);

        // 1. Since when the copies that are seen are there.
        var mailboxes = Messages.Numbers(readable.Select(m => m.Value));
        var first = (await tx.QueryAsync(
            $"SELECT message_id, MIN(created_modseq) FROM entries WHERE message_id IN {Messages.In(tx, 1)} AND mailbox_id IN {Messages.In(tx, 2)} GROUP BY message_id",
            row => (Message: row.GetInt64(0), Created: row.GetInt64(1)),
            Messages.Numbers(changed.Keys),
            mailboxes)).ToDictionary(e => e.Message, e => e.Created);

        // 2. Copies that are gone.
        var gone = await tx.QueryAsync(
            $"SELECT message_id, thread_id, created_modseq, modseq FROM entry_tombstones WHERE mailbox_id IN {Messages.In(tx, 1)} AND modseq > $2",
            row => (Message: row.GetInt64(0), Thread: row.GetInt64(1), Created: row.GetInt64(2), At: row.GetInt64(3)),
            mailboxes,
            since.Value);
        // Of an older version, which did not write down of which message it was.
        if (gone.Any(g => g.Message == 0))
            throw new MethodErrorException("cannotCalculateChanges");
        var before = gone.GroupBy(g => g.Message).ToDictionary(g => g.Key, g => (g.First().Thread, Created: g.Min(t => t.Created), At: g.Max(t => t.At)));

        var changes = new List<EmailChange>(changed.Count);
        foreach (var (id, message) in changed)
        {
            // In the index and not in the rows: it came a moment ago.
            var created = Math.Min(first.GetValueOrDefault(id, message.ModSeq.Value), before.TryGetValue(id, out var old) ? old.Created : long.MaxValue);
            changes.Add(new(message.Id, message.ThreadId, new(created), message.ModSeq, created <= since.Value, IsSeen: true));
        }
        foreach (var (id, old) in before)
        {
            if (!changed.ContainsKey(id) && scope.Find(new(id)) is null)
                changes.Add(new(new(id), old.Thread, new(old.Created), new(old.At), old.Created <= since.Value, IsSeen: false));
        }
        return changes;
    }
}
