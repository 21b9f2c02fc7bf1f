using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>Mail on its way to other servers.</summary>
public sealed partial class Queue
{
    /// <summary>How long another server may refuse "for now" before the sender is told (RFC 5321 §4.5.4.1: 4-5 days).</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(5);

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal Queue(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Called after a commit that added mail for these domains, so that the worker need not wait for its next look; with none when it should look itself.</summary>
    public Action<IReadOnlyCollection<string>>? Added { get; set; }

    /// <summary>Who has this many recipients elsewhere writes a circular, which lets other mail go first.</summary>
    private const int ManyRecipients = 50;

    /// <summary>Adds a message for the remote recipients of its envelope.</summary>
    internal static async ValueTask<long> AddAsync(Tx tx, Envelope envelope, ContentId content, long now)
    {
        var due = envelope.HoldUntil?.ToUnixTimeMilliseconds() is { } hold && hold > now ? hold : now;
        var id = await tx.ScalarAsync<long>(
            """
            INSERT INTO outbound_messages (content_id, prefix, sender, account_id, envelope_id, dsn_return, smtputf8, body, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id
            """,
            content.Value,
            Array.Empty<byte>(),
            envelope.Sender,
            envelope.Submitter?.Value,
            envelope.EnvelopeId,
            (int)envelope.Return,
            envelope.SmtpUtf8 ? 1 : 0,
            (int)envelope.Body,
            now,
            due + (long)Lifetime.TotalMilliseconds);
        foreach (var recipient in envelope.Remote)
            await tx.ExecuteAsync(
                "INSERT INTO outbound_recipients (message_id, recipient, domain, original_recipient, notify, next_attempt_at, priority) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                id,
                recipient.Address,
                recipient.Domain,
                recipient.OriginalRecipient,
                (int)recipient.Notify,
                due,
                (int)(envelope.Remote.Count >= ManyRecipients ? QueuePriority.Bulk : QueuePriority.Normal));
        return id;
    }
}
