using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Jmap;

/// <summary>A message that is in no mailbox any more.</summary>
internal readonly record struct MessageTombstone(MessageId Id, ModSeq At, long Thread, ModSeq Created)
{
    /// <summary>Those that went after a sequence.</summary>
    internal static async ValueTask<List<MessageTombstone>> ReadAsync(Tx tx, AccountScope scope, ModSeq since)
    {
        var gone = await tx.QueryAsync(
            "SELECT message_id, modseq, thread_id, created_modseq FROM message_tombstones WHERE account_id = $1 AND modseq > $2",
            row => new MessageTombstone(new(row.GetInt64(0)), new(row.GetInt64(1)), row.GetInt64(2), new(row.GetInt64(3))),
            scope.Account.Id.Value,
            since.Value);
        // Who sees a part of the account only is not told of what it never saw.
        return gone.Count > 0 && !scope.IsOwner ? throw new MethodErrorException("cannotCalculateChanges") : gone;
    }
}
