using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>What happened to each message, without its content: written as mail passes, in the transactions that move it.</summary>
internal static class TraceLog
{
    internal static async ValueTask WriteAsync(Tx tx, long at, TraceEvent what, string remote, string sender, string recipient, ContentId content, string detail, string messageId = "", long size = 0) => await tx.ExecuteAsync(
        "INSERT INTO trace (at, event, remote, sender, recipient, message_id_header, size, content_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        at,
        (int)what,
        remote,
        sender,
        recipient,
        messageId,
        size,
        content == default ? null : content.Value,
        detail);
}
