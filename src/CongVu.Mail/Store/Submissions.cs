using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>A submission to keep with the message it sends.</summary>
/// <param name="Account">The account it was sent from.</param>
/// <param name="Identity">The identity.</param>
/// <param name="Message">The message of the account that was sent.</param>
/// <param name="ThreadId">Its conversation.</param>
/// <param name="EnvelopeJson">The envelope as the client is shown it.</param>
/// <param name="SendAt">When it is to go.</param>
public sealed record NewSubmission(AccountId Account, long Identity, MessageId Message, long ThreadId, string EnvelopeJson, DateTimeOffset SendAt);

/// <summary>Whether a submission can still be stopped (RFC 8621 §7).</summary>
public enum UndoStatus
{
    /// <summary>It can.</summary>
    Pending,

    /// <summary>It is on its way.</summary>
    Final,

    /// <summary>It was.</summary>
    Canceled,
}

/// <summary>A submission as it is now.</summary>
/// <param name="Id">Key.</param>
/// <param name="Identity">The identity it was sent with.</param>
/// <param name="Message">The message; it may be gone.</param>
/// <param name="ThreadId">Its conversation.</param>
/// <param name="EnvelopeJson">Its envelope.</param>
/// <param name="SendAt">When it was or is to go.</param>
/// <param name="Status">Whether it can be stopped.</param>
/// <param name="Waiting">Recipients still in the queue, with the last answer of their server.</param>
/// <param name="Created">When it was made.</param>
/// <param name="ModSeq">Its latest change.</param>
/// <param name="IsDestroyed">It is kept only to tell that it is gone.</param>
public sealed record Submission(
    long Id, long Identity, MessageId Message, long ThreadId, string EnvelopeJson, DateTimeOffset SendAt, UndoStatus Status, IReadOnlyDictionary<string, string?> Waiting, ModSeq Created, ModSeq ModSeq, bool IsDestroyed);

/// <summary>Messages given to be sent. Nothing runs here: what is to wait, waits in the outbound queue.</summary>
public sealed class Submissions
{
    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal Submissions(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>All of an account, the gone ones among them. Whether the caller may see them is for the caller to know.</summary>
    internal async ValueTask<List<Submission>> ListAsync(Tx tx, AccountId account)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var waiting = await tx.QueryAsync(
            """
            SELECT s.id, r.recipient, r.last_status, r.attempts, r.next_attempt_at, COALESCE(r.lease_until, 0)
            FROM submissions s JOIN outbound_recipients r ON r.message_id = s.queue_id WHERE s.account_id = $1
            """,
            row => (Id: row.GetInt64(0), Recipient: row.GetString(1), Status: row.IsDBNull(2) ? null : row.GetString(2), IsHeld: row.GetInt32(3) == 0 && row.GetInt64(4) > now && row.GetInt64(5) < now),
            account.Value);
        var bySubmission = waiting.ToLookup(w => w.Id);
        return await tx.QueryAsync(
            "SELECT id, identity_id, message_id, thread_id, envelope, send_at, canceled, created_modseq, modseq, destroyed FROM submissions WHERE account_id = $1 ORDER BY id",
            row =>
            {
                var recipients = bySubmission[row.GetInt64(0)].ToArray();
                var status = row.GetInt16(6) != 0 ? UndoStatus.Canceled : recipients.Length > 0 && recipients.All(r => r.IsHeld) ? UndoStatus.Pending : UndoStatus.Final;
                return new Submission(
                    row.GetInt64(0),
                    row.GetInt64(1),
                    new(row.GetInt64(2)),
                    row.GetInt64(3),
                    row.GetString(4),
                    DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
                    status,
                    recipients.DistinctBy(r => r.Recipient).ToDictionary(r => r.Recipient, r => r.Status),
                    new(row.GetInt64(7)),
                    new(row.GetInt64(8)),
                    row.GetInt16(9) != 0);
            },
            account.Value);
    }

    /// <summary>Stops a submission that has not begun to go; false when it is too late.</summary>
    internal Task<bool> CancelAsync(AccountId account, long id, string actor, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            await Mailboxes.LockAsync(tx, account, account);
            if ((await ListAsync(tx, account)).Find(s => s.Id == id) is not { Status: UndoStatus.Pending })
                return false;
            var queue = await tx.ScalarAsync<long>("SELECT queue_id FROM submissions WHERE id = $1", id);
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var gone = await tx.QueryAsync(
                "SELECT m.sender, r.recipient, m.content_id FROM outbound_messages m JOIN outbound_recipients r ON r.message_id = m.id WHERE m.id = $1", row => (row.GetString(0), row.GetString(1), row.GetInt64(2)), queue);
            foreach (var (sender, recipient, content) in gone)
                await TraceLog.WriteAsync(tx, now, TraceEvent.Dropped, "", sender, recipient, new(content), actor);
            await tx.ExecuteAsync("DELETE FROM outbound_recipients WHERE message_id = $1", queue);
            await tx.ExecuteAsync("DELETE FROM outbound_messages WHERE id = $1", queue);
            await tx.ExecuteAsync("UPDATE submissions SET canceled = 1, modseq = $2 WHERE id = $1", id, (await Mailboxes.BumpAsync(tx, account)).Value);
            return true;
        },
        cancellationToken);

    /// <summary>Forgets a submission; what it sent goes on.</summary>
    internal Task<bool> DestroyAsync(AccountId account, long id, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            if (await tx.ScalarAsync<long?>("SELECT 1 FROM submissions WHERE id = $1 AND account_id = $2 AND destroyed = 0", id, account.Value) is null)
                return false;
            await tx.ExecuteAsync("UPDATE submissions SET destroyed = 1, modseq = $2 WHERE id = $1", id, (await Mailboxes.BumpAsync(tx, account)).Value);
            return true;
        },
        cancellationToken);

    internal static async ValueTask<long> AddAsync(Tx tx, NewSubmission submission, long? queue) => await tx.ScalarAsync<long>(
        """
        INSERT INTO submissions (account_id, identity_id, message_id, thread_id, envelope, send_at, queue_id, created_modseq, modseq)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) RETURNING id
        """,
        submission.Account.Value,
        submission.Identity,
        submission.Message.Value,
        submission.ThreadId,
        submission.EnvelopeJson,
        submission.SendAt.ToUnixTimeMilliseconds(),
        queue,
        (await Mailboxes.BumpAsync(tx, submission.Account)).Value);

    /// <summary>A queued message has moved on: clients that follow its submission are told.</summary>
    internal static async ValueTask MovedAsync(Tx tx, long queue)
    {
        if (await tx.FirstAsync<(long Id, long Account)?>("SELECT id, account_id FROM submissions WHERE queue_id = $1", row => (row.GetInt64(0), row.GetInt64(1)), queue) is not { } submission)
            return;
        var modSeq = await Mailboxes.BumpAsync(tx, new(submission.Account));
        await tx.ExecuteAsync("UPDATE submissions SET modseq = $2 WHERE id = $1", submission.Id, modSeq.Value);
    }
}
