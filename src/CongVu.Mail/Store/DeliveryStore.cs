using System.Text;
using System.Text.Json;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// Takes a message for all its recipients. Up to <see cref="SliceRecipients"/> of them are served in the one transaction that also holds the
/// content and the queue rows. A circular to more is taken by that transaction with the list of its recipients; slices of them follow, each
/// moving the mark in its own transaction, so that other mail passes in between and a crash goes on where it was.
/// </summary>
public sealed class DeliveryStore
{
    /// <summary>Recipients of one transaction: some milliseconds of the writer's time.</summary>
    private const int SliceRecipients = 100;

    /// <summary>Recipients here of a message that is part of a larger change.</summary>
    public const int MaxRecipientsInChange = SliceRecipients;

    private readonly StoreDatabase database;
    private readonly Queue queue;
    private readonly TimeProvider clock;

    internal DeliveryStore(StoreDatabase database, Queue queue, TimeProvider clock)
    {
        this.database = database;
        this.queue = queue;
        this.clock = clock;
    }

    /// <summary>Called after each message that was delivered to people here. It must be quick and must not throw.</summary>
    public Action<Envelope, ContentId>? Delivered { get; set; }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Commits a message for all recipients of its envelope; when it returns they are durable.</summary>
    /// <exception cref="StoreException">Nothing was kept; the peer is to try again.</exception>
    public async Task<DeliveryReceipt> DeliverAsync(Envelope envelope, StagedContent content, CancellationToken cancellationToken)
    {
        // Accounts are locked in the order of their ids; two addresses of one account are one delivery.
        var local = envelope.Local.DistinctBy(r => r.Account).OrderBy(r => r.Account.Value).ToArray();
        var (receipt, fanout) = await database.WriteAsync(tx => AcceptAsync(tx, envelope, local, content, Now), cancellationToken);
        content.Keep();
        if (receipt.QueueId is not null)
            Announce(envelope);
        if (fanout is { } id)
            await FanOutAsync(id, CancellationToken.None);
        if (envelope.Local.Count > 0)
            Delivered?.Invoke(envelope, receipt.Content);
        return receipt;
    }

    /// <summary>
    /// Delivers a message as part of a larger change: it is there exactly when the change is. The content must have been staged before the work began, and there are
    /// at most <see cref="MaxRecipientsInChange"/> recipients here.
    /// </summary>
    public async ValueTask<DeliveryReceipt> DeliverAsync(Tx tx, Envelope envelope, StagedContent content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(envelope.Local.Count, MaxRecipientsInChange);
        var local = envelope.Local.DistinctBy(r => r.Account).OrderBy(r => r.Account.Value).ToArray();
        var (receipt, _) = await AcceptAsync(tx, envelope, local, content, Now);
        tx.AfterCommit(() =>
        {
            content.Keep();
            if (receipt.QueueId is not null)
                Announce(envelope);
            if (local.Length > 0)
                Delivered?.Invoke(envelope, receipt.Content);
        });
        return receipt;
    }

    /// <summary>Delivers a message that was kept before, in the transaction that decides so; nothing where the decision is null.</summary>
    internal async Task DeliverKeptAsync(Func<Tx, ValueTask<Quarantine.Kept?>> decide, CancellationToken cancellationToken)
    {
        var (kept, receipt, fanout) = await database.WriteAsync(
            async tx =>
            {
                if (await decide(tx) is not { } decided)
                    return default;
                var local = decided.Envelope.Local.DistinctBy(r => r.Account).OrderBy(r => r.Account.Value).ToArray();
                var (receipt, fanout) = await AcceptAsync(
                    tx, decided.Envelope, local, decided.Content, decided.Size, decided.Facts.MessageId ?? "", ThreadKeys.Of(decided.Facts), Now);
                return (decided, receipt, fanout);
            },
            cancellationToken);
        if (kept is null)
            return;
        if (receipt!.QueueId is not null)
            Announce(kept.Envelope);
        if (fanout is { } id)
            await FanOutAsync(id, CancellationToken.None);
        if (kept.Envelope.Local.Count > 0)
            Delivered?.Invoke(kept.Envelope, kept.Content);
    }

    /// <summary>Delivers a content that is already kept to one more account.</summary>
    public Task<bool> DeliverStoredAsync(ContentId content, string sender, LocalRecipient recipient, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            var (size, facts) = await tx.FirstAsync("SELECT size, facts FROM contents WHERE id = $1", row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), content.Value);
            await DeliverOneAsync(tx, new(sender, "", "", content, size), new(recipient.Account.Value, recipient.Address), ThreadKeys.Of(facts!), Now);
            return true;
        },
        cancellationToken);

    /// <summary>Goes on with the circulars that a crash or a failed write interrupted.</summary>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        var left = await database.ReadAsync(tx => tx.QueryAsync("SELECT id FROM fanouts ORDER BY id", row => row.GetInt64(0)), cancellationToken);
        foreach (var id in left)
            await FanOutAsync(id, cancellationToken);
    }

    /// <summary>The transaction of a message: content, queue rows, and the accounts or the row of the circular.</summary>
    internal static async ValueTask<(DeliveryReceipt, long? Fanout)> AcceptAsync(Tx tx, Envelope envelope, LocalRecipient[] local, StagedContent content, long now)
    {
        var id = await content.InsertAsync(tx, now);
        return await AcceptAsync(tx, envelope, local, id, content.Size, content.Facts.MessageId ?? "", content.ThreadKeys, now);
    }

    private static async ValueTask<(DeliveryReceipt, long? Fanout)> AcceptAsync(
        Tx tx, Envelope envelope, LocalRecipient[] local, ContentId id, long size, string messageId, ThreadKeys keys, long now)
    {
        var source = new Source(envelope.Sender, envelope.RemoteHost, messageId, id, size, envelope.IsJunk);
        long? queue = envelope.Remote.Count == 0 ? null : await Queue.AddAsync(tx, envelope, id, now);
        long? submission = envelope.Submission is { } submitted ? await Submissions.AddAsync(tx, submitted, queue) : null;
        foreach (var recipient in envelope.Remote)
            await TraceAsync(tx, TraceEvent.Queued, source, recipient.Address, now, "");
        if (local.Length > SliceRecipients)
        {
            var list = JsonSerializer.Serialize(local.Select(r => new Target(r.Account.Value, r.Address)));
            var fanout = await tx.ScalarAsync<long>(
                "INSERT INTO fanouts (content_id, sender, remote, message_id_header, size, recipients, thread_keys, received_at, is_junk) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                id.Value,
                envelope.Sender,
                envelope.RemoteHost,
                source.MessageId,
                size,
                list,
                JsonSerializer.Serialize(keys),
                now,
                envelope.IsJunk ? 1 : 0);
            return (new(id, queue, submission), fanout);
        }
        foreach (var recipient in local)
            await DeliverOneAsync(tx, source, new(recipient.Account.Value, recipient.Address), keys, now);
        return (new(id, queue, submission), null);
    }

    private void Announce(Envelope envelope) => queue.Added?.Invoke([.. envelope.Remote.Select(r => r.Domain).Distinct(StringComparer.Ordinal)]);

    private async Task FanOutAsync(long id, CancellationToken cancellationToken)
    {
        while (await database.WriteAsync(tx => SliceAsync(tx, id), cancellationToken))
        {
        }
    }

    // The next slice; false when none is left. The recipients not yet served stay in the row.
    private static async ValueTask<bool> SliceAsync(Tx tx, long id)
    {
        var row = await tx.FirstAsync(
            "SELECT content_id, sender, remote, message_id_header, size, recipients, thread_keys, received_at, done, is_junk FROM fanouts WHERE id = $1",
            r => (Source: new Source(r.GetString(1), r.GetString(2), r.GetString(3), new(r.GetInt64(0)), r.GetInt64(4), r.GetInt32(9) != 0), Targets: r.GetString(5), Keys: r.GetString(6), At: r.GetInt64(7), Done: r.GetInt32(8)),
            id);
        if (row.Targets is null)
            return false;
        var targets = JsonSerializer.Deserialize<Target[]>(row.Targets)!;
        var keys = JsonSerializer.Deserialize<ThreadKeys>(row.Keys);
        foreach (var target in targets.AsSpan(row.Done, Math.Min(SliceRecipients, targets.Length - row.Done)).ToArray())
            await DeliverOneAsync(tx, row.Source, target, keys, row.At);
        var done = row.Done + SliceRecipients;
        if (done < targets.Length)
            await tx.ExecuteAsync("UPDATE fanouts SET done = $2 WHERE id = $1", id, done);
        else
            await tx.ExecuteAsync("DELETE FROM fanouts WHERE id = $1", id);
        return done < targets.Length;
    }

    private static async ValueTask DeliverOneAsync(Tx tx, Source source, Target target, ThreadKeys keys, long now)
    {
        var prefix = PrefixOf(source, target);
        if (tx.IsPostgres && !source.IsJunk)
        {
            await DeliverAtOnceAsync(tx, source, target, keys, prefix, now);
            return;
        }
        var delivered = await Messages.DeliverAsync(tx, new(target.Account), source.Content, source.Size, keys, prefix, source.IsJunk, now);
        await TraceAsync(tx, delivered is null ? TraceEvent.Refused : TraceEvent.Delivered, source, target.Address, now, source.IsJunk ? "Junk" : "");
    }

    // The same as the statements of Messages.DeliverAsync and the trace, in one: to another server each statement is a journey. It is to follow a part "c" with
    // the content's id; its own arguments begin at a place of the statement, those of the content's size and the moment are named.
    private static string Deliver(string contentSize, string now, int first) =>
        $$"""
            a AS (
              UPDATE accounts SET modseq = modseq + 1, used_bytes = used_bytes + ${{first + 1}}, message_count = message_count + 1 WHERE id = ${{first}} AND state < 3 RETURNING modseq),
            b AS (
              UPDATE mailboxes SET uidnext = uidnext + 1, message_count = message_count + 1, unseen_count = unseen_count + 1, size_bytes = size_bytes + ${{first + 1}}, modseq = a.modseq
              FROM a WHERE account_id = ${{first}} AND path = 'INBOX' RETURNING id, uidnext - 1 AS uid),
            t AS (
              SELECT COALESCE(
                (SELECT thread_id FROM thread_refs WHERE account_id = ${{first}} AND ref = ${{first + 3}}),
                (SELECT r.thread_id FROM unnest(${{first + 4}}) WITH ORDINALITY AS k(ref, n) JOIN thread_refs r ON r.account_id = ${{first}} AND r.ref = k.ref ORDER BY k.n LIMIT 1),
                ${{first + 5}}) AS id),
            m AS (
              INSERT INTO messages (account_id, content_id, thread_id, received_at, size, prefix, created_modseq, modseq)
              SELECT ${{first}}, c.id, t.id, {{now}}, ${{first + 1}}, ${{first + 2}}, a.modseq, a.modseq FROM a, t, c RETURNING id),
            r AS (
              INSERT INTO thread_refs (account_id, ref, thread_id) SELECT ${{first}}, k.ref, t.id FROM a, t, unnest(${{first + 4}} || ${{first + 3}}) AS k(ref) ON CONFLICT (account_id, ref) DO NOTHING),
            e AS (
              INSERT INTO entries (mailbox_id, uid, message_id, flags, keywords, saved_at, created_modseq, modseq) SELECT b.id, b.uid, m.id, 0, '', {{now}}, a.modseq, a.modseq FROM a, b, m),
            p AS (
              INSERT INTO search_pending (message_id, account_id) SELECT m.id, ${{first}} FROM m),
            l AS (
              INSERT INTO trace (at, event, remote, sender, recipient, message_id_header, size, content_id, detail)
              SELECT {{now}}, CASE WHEN EXISTS (SELECT 1 FROM a) THEN ${{first + 6}} ELSE ${{first + 7}} END, ${{first + 8}}, ${{first + 9}}, ${{first + 10}}, ${{first + 11}}, {{contentSize}}, c.id, '' FROM c)
            SELECT c.id, (SELECT modseq FROM a) FROM c
            """;

    private static readonly string DeliverKept = $"WITH c AS (SELECT $3::bigint AS id), {Deliver("$1", "$2", 4)}";

    private static async ValueTask DeliverAtOnceAsync(Tx tx, Source source, Target target, ThreadKeys keys, byte[] prefix, long now)
    {
        var (_, modSeq) = await tx.FirstAsync<(long, long?)>(
            DeliverKept,
            row => (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1)),
            [source.Size, now, source.Content.Value, .. Arguments(source, target, keys, prefix)]);
        if (modSeq is { } at)
            tx.Touch(new(target.Account), new(at));
    }

    private static object?[] Arguments(Source source, Target target, ThreadKeys keys, byte[] prefix) =>
    [
        target.Account,
        source.Size + prefix.Length,
        prefix,
        keys.Own,
        keys.References,
        keys.References is [var root, ..] ? root : keys.Own,
        (int)TraceEvent.Delivered,
        (int)TraceEvent.Refused,
        source.RemoteHost,
        source.Sender,
        target.Address,
        source.MessageId,
    ];

    // RFC 5321 §4.4: the final delivery writes the return path; Delivered-To shows loops.
    private static byte[] PrefixOf(Source source, Target target) => Encoding.UTF8.GetBytes($"Return-Path: <{source.Sender}>\r\nDelivered-To: {target.Address}\r\n");

    private static ValueTask TraceAsync(Tx tx, TraceEvent what, Source source, string recipient, long now, string detail) =>
        TraceLog.WriteAsync(tx, now, what, source.RemoteHost, source.Sender, recipient, source.Content, detail, source.MessageId, source.Size);

    private readonly record struct Source(string Sender, string RemoteHost, string MessageId, ContentId Content, long Size, bool IsJunk = false);

    private sealed record Target(long Account, string Address);
}
