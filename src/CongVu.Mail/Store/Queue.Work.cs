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
/// <param name="IsDelayTold">The sender knows that it takes long.</param>
public sealed record QueuedRecipient(long Id, string Address, string? OriginalRecipient, DsnNotify Notify, int Attempts, DateTimeOffset NextAttempt, string? LastStatus, bool IsDelayTold = false);

/// <summary>Which mail for a destination goes first.</summary>
public enum QueuePriority
{
    /// <summary>What people wait for.</summary>
    First,

    /// <summary>What people write.</summary>
    Normal,

    /// <summary>Circulars.</summary>
    Bulk,
}

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
/// <param name="IsNoticePassedOn">The other server has also taken over to tell the sender (RFC 3461 §5.2.1).</param>
/// <param name="TellsDelay">The sender is told with this that it takes long.</param>
public sealed record OutboundOutcome(QueuedRecipient Recipient, OutboundResult Result, string Status, bool IsNoticePassedOn = false, bool TellsDelay = false);

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
    private const string RecipientColumns = "r.id, r.recipient, r.original_recipient, r.notify, r.attempts, r.next_attempt_at, r.last_status, r.delay_told";

    /// <summary>The longest a try may take: afterwards another worker may take the same recipients.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(30);

    /// <summary>The destinations for which mail waits, and when the first of it is due.</summary>
    public ValueTask<List<(string Domain, DateTimeOffset Due)>> DestinationsAsync(CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.QueryAsync(
            // A step of the index for each destination, however much waits for it.
            $"""
            WITH RECURSIVE d(domain) AS (
              SELECT MIN(domain) FROM outbound_recipients
              UNION ALL
              SELECT (SELECT MIN(r.domain) FROM outbound_recipients r WHERE r.domain > d.domain) FROM d WHERE d.domain IS NOT NULL)
            SELECT d.domain, {FirstDue("d.domain")} FROM d WHERE d.domain IS NOT NULL
            """,
            row => (row.GetString(0), Earliest(row, 1))),
        cancellationToken);

    /// <summary>When the first mail for a destination is due; the end of time when none waits.</summary>
    public ValueTask<DateTimeOffset> NextDueAsync(string domain, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.FirstAsync($"SELECT {FirstDue("$1")}", row => Earliest(row, 0), domain), cancellationToken);

    /// <summary>Takes recipients of a destination that are due: at most <paramref name="max"/>, by message, circulars last.</summary>
    public Task<List<OutboundWork>> ClaimAsync(string worker, string domain, int max, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var claimed = new List<(long Message, QueuePriority Priority, QueuedRecipient Recipient)>();
            for (var priority = QueuePriority.First; priority <= QueuePriority.Bulk && claimed.Count < max; priority++)
                await ClaimAsync(
                    tx,
                    claimed,
                    worker,
                    now,
                    $"SELECT id FROM outbound_recipients WHERE domain = $3 AND priority = $4 AND next_attempt_at <= $5 ORDER BY next_attempt_at, id LIMIT $6{(tx.IsPostgres ? " FOR UPDATE SKIP LOCKED" : "")}",
                    domain,
                    (int)priority,
                    now,
                    max - claimed.Count);
            return await WorkOfAsync(tx, domain, claimed);
        },
        cancellationToken);

    /// <summary>Takes recipients of a destination whose time is over, due or not: they are to be given up.</summary>
    public Task<List<OutboundWork>> ClaimExpiredAsync(string worker, string domain, int max, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var claimed = new List<(long Message, QueuePriority Priority, QueuedRecipient Recipient)>();
            await ClaimAsync(
                tx,
                claimed,
                worker,
                now,
                $"""
                SELECT r.id FROM outbound_recipients r JOIN outbound_messages m ON m.id = r.message_id
                WHERE r.domain = $3 AND m.expires_at <= $4 AND (r.lease_until IS NULL OR r.lease_until < $4) LIMIT $5{(tx.IsPostgres ? " FOR UPDATE OF r SKIP LOCKED" : "")}
                """,
                domain,
                now,
                max);
            return await WorkOfAsync(tx, domain, claimed);
        },
        cancellationToken);

    /// <summary>Gives back what was taken and not tried.</summary>
    public Task<int> ReleaseAsync(IEnumerable<OutboundWork> works, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var released = 0;
            foreach (var recipient in works.SelectMany(w => w.Recipients))
                released += await tx.ExecuteAsync("UPDATE outbound_recipients SET next_attempt_at = $2, lease_owner = NULL, lease_until = NULL WHERE id = $1", recipient.Id, recipient.NextAttempt.ToUnixTimeMilliseconds());
            return released;
        },
        cancellationToken);

    /// <summary>Gives back what a process took that has ended since. Only where no other can be at work: on the embedded database, before this one's begins.</summary>
    public Task<int> ReleaseAllAsync(CancellationToken cancellationToken) => database.WriteAsync(
        async tx => tx.IsPostgres ? 0 : await tx.ExecuteAsync(
            "UPDATE outbound_recipients SET next_attempt_at = $1, lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL", clock.GetUtcNow().ToUnixTimeMilliseconds()),
        cancellationToken);

    private static string FirstDue(string domain) =>
        string.Join(", ", Enumerable.Range(0, 3).Select(priority => $"(SELECT MIN(next_attempt_at) FROM outbound_recipients WHERE domain = {domain} AND priority = {priority})"));

    private static DateTimeOffset Earliest(DbDataReader row, int first)
    {
        var earliest = DateTimeOffset.MaxValue;
        for (var i = first; i < first + 3; i++)
        {
            if (!row.IsDBNull(i) && DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(i)) is var due && due < earliest)
                earliest = due;
        }
        return earliest;
    }

    // While a recipient is taken it is due when its lease ends: one column says for all when to look again.
    private static async ValueTask ClaimAsync(Tx tx, List<(long Message, QueuePriority Priority, QueuedRecipient Recipient)> claimed, string worker, long now, string which, params object?[] arguments)
    {
        await tx.ForEachAsync(
            $"""
            UPDATE outbound_recipients AS r SET lease_owner = $1, lease_until = $2, next_attempt_at = $2 WHERE r.id IN ({which})
            RETURNING {RecipientColumns.Replace("r.", "", StringComparison.Ordinal)}, message_id, priority
            """,
            row => claimed.Add((row.GetInt64(8), (QueuePriority)row.GetInt16(9), ReadRecipient(row) with { NextAttempt = DateTimeOffset.FromUnixTimeMilliseconds(now) })),
            [worker, now + (long)Lease.TotalMilliseconds, .. arguments]);
    }

    private static async ValueTask<List<OutboundWork>> WorkOfAsync(Tx tx, string domain, List<(long Message, QueuePriority Priority, QueuedRecipient Recipient)> claimed)
    {
        var work = new List<OutboundWork>();
        foreach (var group in claimed.GroupBy(c => (c.Priority, c.Message)).OrderBy(g => g.Key))
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
                    domain,
                    [.. group.Select(c => c.Recipient)],
                    row.IsDBNull(8) ? null : new(row.GetInt64(8))),
                group.Key.Message);
            work.Add(one!);
        }
        return work;
    }

    /// <summary>
    /// Writes how a try ended, and with it the notices that follow from it: the recipients that are done with leave the queue in the transaction that
    /// brings the notice on its way, so neither is lost nor doubled.
    /// </summary>
    public Task<int> FinishAsync(OutboundWork work, IReadOnlyList<OutboundOutcome> outcomes, DateTimeOffset retryAt, (Envelope Envelope, StagedContent Content)? notice, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async tx =>
            {
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var (recipient, result, status, _, tellsDelay) in outcomes)
                {
                    if (result == OutboundResult.Deferred)
                        await tx.ExecuteAsync(
                            "UPDATE outbound_recipients SET attempts = attempts + 1, next_attempt_at = $2, last_status = $3, delay_told = $4, lease_owner = NULL, lease_until = NULL WHERE id = $1",
                            recipient.Id,
                            retryAt.ToUnixTimeMilliseconds(),
                            status,
                            recipient.IsDelayTold || tellsDelay ? 1 : 0);
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

    /// <summary>Messages that wait, oldest first, after <paramref name="after"/>.</summary>
    public ValueTask<IReadOnlyList<QueuedMessage>> ListAsync(long after, int max, CancellationToken cancellationToken) => ReadAsync("m.id > $1 ORDER BY m.id LIMIT $2", cancellationToken, after, max);

    /// <summary>One message that waits; null when it is not in the queue.</summary>
    public async ValueTask<QueuedMessage?> FindAsync(long id, CancellationToken cancellationToken) => await ReadAsync("m.id = $1", cancellationToken, id) is [var found] ? found : null;

    /// <summary>The time at which a recipient is due that an operator wants tried at once, even where its servers are left alone for now.</summary>
    internal static readonly DateTimeOffset AtOnce = DateTimeOffset.UnixEpoch;

    /// <summary>Makes a message's recipients due now, or those of all messages; returns how many.</summary>
    public async Task<int> RetryAsync(long? id, CancellationToken cancellationToken)
    {
        var changed = await database.WriteAsync(
            tx => tx.ExecuteAsync(
                $"UPDATE outbound_recipients SET next_attempt_at = {AtOnce.ToUnixTimeMilliseconds()} WHERE (lease_until IS NULL OR lease_until < $1) {(id is null ? "" : "AND message_id = $2")}",
                id is { } one ? [clock.GetUtcNow().ToUnixTimeMilliseconds(), one] : [clock.GetUtcNow().ToUnixTimeMilliseconds()]),
            cancellationToken);
        Added?.Invoke([]);
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
                {
                var recipients = await tx.QueryAsync($"SELECT {RecipientColumns} FROM outbound_recipients r WHERE r.message_id = $1 ORDER BY r.id", ReadRecipient, messages[i].Id);
                messages[i] = messages[i] with { Recipients = [.. recipients.Select(r => r.NextAttempt == AtOnce ? r with { NextAttempt = messages[i].Created } : r)] };
            }
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
        row.IsDBNull(6) ? null : row.GetString(6),
        row.GetInt16(7) != 0);
}
