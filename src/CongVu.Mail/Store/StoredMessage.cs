using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A message's row with the facts of its content.</summary>
/// <param name="Indexed">Where it is and what it bears.</param>
/// <param name="Content">Its content.</param>
/// <param name="Prefix">Header lines of this recipient alone.</param>
/// <param name="Facts">Serialized facts; offsets are relative to the content, after the prefix.</param>
public sealed record StoredMessage(IndexedMessage Indexed, ContentId Content, byte[] Prefix, byte[] Facts)
{
    /// <summary>Reads the rows of messages, in the order given; those that are gone are left out.</summary>
    internal static async ValueTask<List<StoredMessage>> ReadAsync(Tx tx, IReadOnlyList<IndexedMessage> messages)
    {
        var rows = new Dictionary<long, (ContentId Content, byte[] Prefix, byte[] Facts)>(messages.Count);
        await tx.ForEachAsync(
            $"SELECT m.id, m.content_id, m.prefix, c.facts FROM messages m JOIN contents c ON c.id = m.content_id WHERE m.id IN {Messages.In(tx, 1)}",
            row => rows[row.GetInt64(0)] = (new(row.GetInt64(1)), row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3)),
            Messages.Numbers(messages.Select(m => m.Id.Value)));
        var found = new List<StoredMessage>(messages.Count);
        foreach (var message in messages)
        {
            if (rows.TryGetValue(message.Id.Value, out var row))
                found.Add(new(message, row.Content, row.Prefix, row.Facts));
        }
        return found;
    }
}
