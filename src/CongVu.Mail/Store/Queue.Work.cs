using System.Data.Common;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A message and those of its recipients that wait for one domain: what one connection is to be tried for.</summary>
/// <param name="Message">Its row in the queue.</param>
/// <param name="Content">Its content.</param>
/// <param name="Sender">The reverse path; empty for the null path.</param>
/// <param name="EnvelopeId">ENVID as given.</param>
/// <param name="Return">RET.</param>
/// <param name="SmtpUtf8">It needs SMTPUTF8.</param>
/// <param name="Body">BODY.</param>
/// <param name="Created">When it was taken.</param>
/// <param name="Expires">When to give up.</param>
/// <param name="Domain">The recipients' domain.</param>
/// <param name="Recipients">The recipients.</param>
/// <param name="Submitter">The account that submitted it; null for what others or this server itself wrote.</param>
public sealed record OutboundWork(
    long Message,
    ContentId Content,
    string Sender,
    string? EnvelopeId,
    DsnReturn Return,
    bool SmtpUtf8,
    BodyType Body,
    DateTimeOffset Created,
    DateTimeOffset Expires,
    string Domain,
    IReadOnlyList<QueuedRecipient> Recipients,
    AccountId? Submitter = null);

/// <summary>A recipient that waits.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Address">The address.</param>
/// <param name="OriginalRecipient">ORCPT as given.</param>
/// <param name="Notify">NOTIFY.</param>
/// <param name="Attempts">Tries so far.</param>
/// <param name="NextAttempt">When it is due.</param>
/// <param name="LastStatus">What the last try ended with.</param>
public sealed record QueuedRecipient(long Id, string Address, string? OriginalRecipient, DsnNotify Notify, int Attempts, DateTimeOffset NextAttempt, string? LastStatus);

/// <summary>How a try ended for one recipient.</summary>
public enum OutboundResult
{
    /// <summary>The other server has taken it.</summary>
    Sent,

    /// <summary>Later.</summary>
    Deferred,

    /// <summary>Never.</summary>
    Failed,
}

/// <summary>The end of a try for one recipient.</summary>
/// <param name="Recipient">Who.</param>
/// <param name="Result">How.</param>
/// <param name="Status">The other server's words, or ours.</param>
public sealed record OutboundOutcome(QueuedRecipient Recipient, OutboundResult Result, string Status);

/// <summary>A message of the queue, for operators.</summary>
/// <param name="Id">Its row.</param>
/// <param name="Sender">The reverse path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Created">When it was taken.</param>
/// <param name="Expires">When to give up.</param>
/// <param name="Recipients">Who still waits.</param>
public sealed record QueuedMessage(long Id, string Sender, long Size, DateTimeOffset Created, DateTimeOffset Expires, IReadOnlyList<QueuedRecipient> Recipients);

public sealed partial class Queue
{
    private const string RecipientColumns = "r.id, r.recipient, r.original_recipient, r.notify, r.attempts, r.next_attempt_at, r.last_status";

    /// <summary>The longest a try may take: afterwards another worker may take the same recipients.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    /// <summary>Takes due recipients for a worker: at most <paramref name="max"/>, grouped by message and domain.</summary>
    public Task<List<OutboundWork>> ClaimAsync(string worker, int max, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var claimed = new List<(long Message, string Domain, QueuedRecipient Recipient)>();
            await tx.ForEachAsync(
                $"""
                UPDATE outbound_recipients AS r SET lease_owner = $1, lease_until = $2 WHERE r.id IN (
                  SELECT id FROM outbound_recipients WHERE next_attempt_at <= $3 AND (lease_until IS NULL OR lease_until < $3) ORDER BY next_attempt_at LIMIT $4
                  {(tx.IsPostgres ? "FOR UPDATE SKIP LOCKED" : "")})
                RETURNING {RecipientColumns.Replace("r.", tx.IsPostgres ? "r." : "", StringComparison.Ordinal)}, message_id, domain
                """,
                row => claimed.Add((row.GetInt64(7), row.GetString(8), ReadRecipient(row))),
                worker,
                now + (long)Lease.TotalMilliseconds,
                now,
                max);
            var work = new List<OutboundWork>();
            foreach (var group in claimed.GroupBy(c => (c.Message, c.Domain)))
            {
                var one = await tx.FirstAsync(
                    "SELECT content_id, sender, envelope_id, dsn_return, smtputf8, body, created_at, expires_at, account_id FROM outbound_messages WHERE id = $1",
                    row => new OutboundWork(
                        group.Key.Message,
                        new(row.GetInt64(0)),
                        row.GetString(1),
                        row.IsDBNull(2) ? null : row.GetString(2),
                        (DsnReturn)row.GetInt16(3),
                        row.GetInt16(4) != 0,
                        (BodyType)row.GetInt16(5),
                        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
                        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
                        group.Key.Domain,
                        [.. group.Select(c => c.Recipient)],
                        row.IsDBNull(8) ? null : new(row.GetInt64(8))),
                    group.Key.Message);
                work.Add(one!);
            }
            return work;
        },
        cancellationToken);

    /// <summary>
    /// Writes how a try ended, and with it the notices that follow from it: the recipients that are done with leave the queue in the transaction that
    /// brings the notice on its way, so neither is lost nor doubled.
    /// </summary>
    public Task<int> FinishAsync(OutboundWork work, IReadOnlyList<OutboundOutcome> outcomes, DateTimeOffset retryAt, (Envelope Envelope, StagedContent Content)? notice, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async tx =>
            {
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var (recipient, result, status) in outcomes)
                {
                    if (result == OutboundResult.Deferred)
                        await tx.ExecuteAsync(
                            "UPDATE outbound_recipients SET attempts = attempts + 1, next_attempt_at = $2, last_status = $3, lease_owner = NULL, lease_until = NULL WHERE id = $1",
                            recipient.Id,
                            retryAt.ToUnixTimeMilliseconds(),
                            status);
                    else
                        await tx.ExecuteAsync("DELETE FROM outbound_recipients WHERE id = $1", recipient.Id);
                    await TraceLog.WriteAsync(
                        tx, now, result switch { OutboundResult.Sent => TraceEvent.Sent, OutboundResult.Deferred => TraceEvent.Deferred, _ => TraceEvent.Bounced }, work.Domain, work.Sender, recipient.Address, work.Content, status);
                }
                await Submissions.MovedAsync(tx, work.Message);
                await ForgetIfEmptyAsync(tx, work.Message);
                if (notice is { } tell)
                    await DeliveryStore.AcceptAsync(tx, tell.Envelope, [.. tell.Envelope.Local], tell.Content, now);
                return outcomes.Count;
            },
            cancellationToken);

    /// <summary>When the next recipient is due; null when none waits.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async tx => await tx.ScalarAsync<long?>("SELECT MIN(CASE WHEN lease_until > next_attempt_at THEN lease_until ELSE next_attempt_at END) FROM outbound_recipients") is { } due
            ? DateTimeOffset.FromUnixTimeMilliseconds(due)
            : (DateTimeOffset?)null,
        cancellationToken);

    /// <summary>Messages that wait, oldest first, after <paramref name="after"/>.</summary>
    public ValueTask<IReadOnlyList<QueuedMessage>> ListAsync(long after, int max, CancellationToken cancellationToken) => ReadAsync("m.id > $1 ORDER BY m.id LIMIT $2", cancellationToken, after, max);

    /// <summary>One message that waits; null when it is not in the queue.</summary>
    public async ValueTask<QueuedMessage?> FindAsync(long id, CancellationToken cancellationToken) => await ReadAsync("m.id = $1", cancellationToken, id) is [var found] ? found : null;

    /// <summary>Makes a message's recipients due now, or those of all messages; returns how many.</summary>
    public async Task<int> RetryAsync(long? id, CancellationToken cancellationToken)
    {
        var changed = await database.WriteAsync(
            tx => tx.ExecuteAsync(
                $"UPDATE outbound_recipients SET next_attempt_at = $1 WHERE (lease_until IS NULL OR lease_until < $1) {(id is null ? "" : "AND message_id = $2")}",
                id is { } one ? [clock.GetUtcNow().ToUnixTimeMilliseconds(), one] : [clock.GetUtcNow().ToUnixTimeMilliseconds()]),
            cancellationToken);
        Added?.Invoke();
        return changed;
    }

    /// <summary>Takes a message out of the queue without a word to its sender; false when it is not there.</summary>
    public Task<bool> DropAsync(long id, string actor, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var gone = await tx.QueryAsync(
                "SELECT m.sender, r.recipient, m.content_id FROM outbound_messages m JOIN outbound_recipients r ON r.message_id = m.id WHERE m.id = $1", row => (row.GetString(0), row.GetString(1), row.GetInt64(2)), id);
            foreach (var (sender, recipient, content) in gone)
                await TraceLog.WriteAsync(tx, now, TraceEvent.Dropped, "", sender, recipient, new(content), actor);
            await Submissions.MovedAsync(tx, id);
            await tx.ExecuteAsync("DELETE FROM outbound_recipients WHERE message_id = $1", id);
            await Audit.WriteAsync(tx, now, actor, "queue.drop", $"message {id}", $"{gone.Count} recipients");
            return await tx.ExecuteAsync("DELETE FROM outbound_messages WHERE id = $1", id) > 0;
        },
        cancellationToken);

    private static async ValueTask ForgetIfEmptyAsync(Tx tx, long message) =>
        await tx.ExecuteAsync("DELETE FROM outbound_messages WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM outbound_recipients WHERE message_id = $1)", message);

    private ValueTask<IReadOnlyList<QueuedMessage>> ReadAsync(string filter, CancellationToken cancellationToken, params object?[] arguments) => database.ReadAsync(
        async tx =>
        {
            var messages = await tx.QueryAsync(
                $"SELECT m.id, m.sender, c.size, m.created_at, m.expires_at FROM outbound_messages m JOIN contents c ON c.id = m.content_id WHERE {filter}",
                row => new QueuedMessage(row.GetInt64(0), row.GetString(1), row.GetInt64(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)), []),
                arguments);
            for (var i = 0; i < messages.Count; i++)
                messages[i] = messages[i] with { Recipients = await tx.QueryAsync($"SELECT {RecipientColumns} FROM outbound_recipients r WHERE r.message_id = $1 ORDER BY r.id", ReadRecipient, messages[i].Id) };
            return (IReadOnlyList<QueuedMessage>)messages;
        },
        cancellationToken);

    private static QueuedRecipient ReadRecipient(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        (DsnNotify)row.GetInt16(3),
        row.GetInt32(4),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        row.IsDBNull(6) ? null : row.GetString(6));
}
