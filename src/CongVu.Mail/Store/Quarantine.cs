using System.Text.Json;
using CongVu.Formats.Mime;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>How far a held message is.</summary>
public enum HeldState
{
    /// <summary>It waits.</summary>
    Held = 0,

    /// <summary>One person released it; it is a matter for two.</summary>
    AwaitsSecond = 1,

    /// <summary>It was delivered and sent.</summary>
    Released = 2,

    /// <summary>It will not be.</summary>
    Deleted = 3,
}

/// <summary>A message in quarantine.</summary>
/// <param name="Id">Its key.</param>
/// <param name="Reason">Why it waits.</param>
/// <param name="Detail">The file or place that it is about.</param>
/// <param name="Sender">The reverse path.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Size">Bytes.</param>
/// <param name="HeldAt">Since when.</param>
/// <param name="State">How far it is.</param>
/// <param name="FirstBy">Who released it first.</param>
/// <param name="DecidedBy">Who decided.</param>
/// <param name="Recipients">To whom it is to go.</param>
/// <param name="IsOutgoing">It was submitted here.</param>
public sealed record HeldMessage(
    long Id, HoldReason Reason, string Detail, string Sender, string Subject, long Size, DateTimeOffset HeldAt, HeldState State, string? FirstBy, string? DecidedBy, IReadOnlyList<string> Recipients, bool IsOutgoing);

/// <summary>What came of a decision.</summary>
public enum HeldOutcome
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>There is no such message, or it was decided before.</summary>
    NotFound,

    /// <summary>It now waits for a second person.</summary>
    NeedsSecond,

    /// <summary>The same person cannot be the second.</summary>
    SamePerson,

    /// <summary>Nobody has released it yet whom one could second.</summary>
    NotReleased,
}

/// <summary>Messages that wait for a person (A12.6, A13.7). Each decision is on the audit trail, in the transaction that carries it out.</summary>
public sealed class Quarantine
{
    private const string Columns = "id, reason, detail, sender, subject, size, held_at, state, first_by, decided_by, envelope";

    private readonly StoreDatabase database;
    private readonly DeliveryStore deliveries;
    private readonly TimeProvider clock;

    internal Quarantine(StoreDatabase database, DeliveryStore deliveries, TimeProvider clock)
    {
        this.database = database;
        this.deliveries = deliveries;
        this.clock = clock;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Keeps a message until somebody decides. Durable when it returns; the sender is told that it was taken.</summary>
    public async Task<DeliveryReceipt> HoldAsync(Envelope envelope, StagedContent content, HoldReason reason, string detail, CancellationToken cancellationToken)
    {
        var now = Now;
        var kept = envelope with { Peer = null, Submission = null };
        var receipt = await database.WriteAsync(
            async tx =>
            {
                var id = await content.InsertAsync(tx, now);
                long? submission = envelope.Submission is { } submitted ? await Submissions.AddAsync(tx, submitted, null) : null;
                await tx.ExecuteAsync(
                    "INSERT INTO quarantine (content_id, envelope, reason, detail, sender, subject, size, held_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    id.Value,
                    JsonSerializer.Serialize(kept),
                    (int)reason,
                    detail,
                    envelope.Sender,
                    content.Facts.Subject,
                    content.Size,
                    now);
                foreach (var recipient in Recipients(envelope))
                    await TraceLog.WriteAsync(tx, now, TraceEvent.Held, envelope.RemoteHost, envelope.Sender, recipient, id, $"{reason}", content.Facts.MessageId ?? "", content.Size);
                return new DeliveryReceipt(id, null, submission);
            },
            cancellationToken);
        content.Keep();
        return receipt;
    }

    /// <summary>Messages by state, the oldest first.</summary>
    public async ValueTask<IReadOnlyList<HeldMessage>> ListAsync(bool onlyOpen, long after, int max, CancellationToken cancellationToken) => await database.ReadAsync(
        tx => tx.QueryAsync($"SELECT {Columns} FROM quarantine WHERE id > $1 AND state <= $2 ORDER BY id LIMIT $3", Read, after, onlyOpen ? (int)HeldState.AwaitsSecond : (int)HeldState.Deleted, max),
        cancellationToken);

    /// <summary>One message; null for none.</summary>
    public ValueTask<HeldMessage?> FindAsync(long id, CancellationToken cancellationToken) =>
        database.ReadAsync(tx => tx.FirstAsync($"SELECT {Columns} FROM quarantine WHERE id = $1", Read, id), cancellationToken);

    /// <summary>
    /// The header and the beginning of the text, for who must decide; null for none. Of what may be a state secret nothing but the header is shown, and that
    /// somebody looked is on the audit trail.
    /// </summary>
    public async ValueTask<string?> PreviewAsync(long id, string actor, Contents contents, CancellationToken cancellationToken)
    {
        const int maxCharacters = 4_000;
        var found = await database.WriteAsync(
            async tx =>
            {
                var row = await tx.FirstAsync(
                    "SELECT q.content_id, q.reason, c.facts FROM quarantine q JOIN contents c ON c.id = q.content_id WHERE q.id = $1",
                    r => (Content: r.GetInt64(0), Reason: (HoldReason)r.GetInt32(1), Facts: r.GetFieldValue<byte[]>(2)),
                    id);
                if (row.Facts is not null)
                    await Audit.WriteAsync(tx, Now, actor, "quarantine.preview", $"quarantine {id}", $"{row.Reason}");
                return row;
            },
            cancellationToken);
        if (found.Facts is null)
            return null;
        var facts = MessageFacts.Deserialize(found.Facts);
        var head = $"From: {facts.From}\nTo: {facts.To}\nCc: {facts.Cc}\nSubject: {facts.Subject}\nDate: {facts.Date:u}\n\n";
        if (found.Reason == HoldReason.StateSecret)
            return head;
        await using var stream = (await contents.OpenAsync(new(found.Content), default, cancellationToken)).AsStream();
        var text = await MessageText.ReadBodyAsync(stream, facts, cancellationToken);
        return head + (text.Length > maxCharacters ? text[..maxCharacters] + " …" : text);
    }

    /// <summary>Lets a message go on its way. What may be a state secret waits for a second person's <see cref="ApproveAsync"/>.</summary>
    public async Task<HeldOutcome> ReleaseAsync(long id, string actor, CancellationToken cancellationToken)
    {
        var outcome = HeldOutcome.NotFound;
        await deliveries.DeliverKeptAsync(
            async tx =>
            {
                var row = await LockAsync(tx, id);
                outcome = HeldOutcome.NotFound;
                if (row is null || row.State != HeldState.Held)
                    return null;
                if (row.Reason == HoldReason.StateSecret)
                {
                    await tx.ExecuteAsync("UPDATE quarantine SET state = $2, first_by = $3 WHERE id = $1", id, (int)HeldState.AwaitsSecond, actor);
                    await Audit.WriteAsync(tx, Now, actor, "quarantine.release", $"quarantine {id}", "first of two");
                    outcome = HeldOutcome.NeedsSecond;
                    return null;
                }
                outcome = HeldOutcome.Done;
                return await DecideAsync(tx, row, HeldState.Released, actor, "quarantine.release");
            },
            cancellationToken);
        return outcome;
    }

    /// <summary>Seconds another person's release.</summary>
    public async Task<HeldOutcome> ApproveAsync(long id, string actor, CancellationToken cancellationToken)
    {
        var outcome = HeldOutcome.NotFound;
        await deliveries.DeliverKeptAsync(
            async tx =>
            {
                var row = await LockAsync(tx, id);
                outcome = row switch
                {
                    null => HeldOutcome.NotFound,
                    { State: HeldState.Held } => HeldOutcome.NotReleased,
                    { State: not HeldState.AwaitsSecond } => HeldOutcome.NotFound,
                    _ when row.FirstBy == actor => HeldOutcome.SamePerson,
                    _ => HeldOutcome.Done,
                };
                return outcome == HeldOutcome.Done ? await DecideAsync(tx, row!, HeldState.Released, actor, "quarantine.approve") : null;
            },
            cancellationToken);
        return outcome;
    }

    /// <summary>Decides that a message goes nowhere. Its row stays as a record; its content goes with the next sweeps.</summary>
    public Task<HeldOutcome> DeleteAsync(long id, string actor, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            if (await LockAsync(tx, id) is not { State: HeldState.Held or HeldState.AwaitsSecond } row)
                return HeldOutcome.NotFound;
            await DecideAsync(tx, row, HeldState.Deleted, actor, "quarantine.delete");
            return HeldOutcome.Done;
        },
        cancellationToken);

    /// <summary>Messages held for people here of which they have not been told, and says that they are told now.</summary>
    public Task<List<(AccountId Account, string Address, HeldMessage Message)>> TakeForDigestAsync(CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            const int max = 2_000;
            var due = await tx.QueryAsync(
                $"SELECT {Columns} FROM quarantine WHERE state <= 1 AND digested_at IS NULL ORDER BY id LIMIT {max}",
                row => (Message: Read(row), Envelope: JsonSerializer.Deserialize<Envelope>(row.GetString(10))!));
            var told = new List<(AccountId, string, HeldMessage)>();
            foreach (var (message, envelope) in due)
            {
                await tx.ExecuteAsync("UPDATE quarantine SET digested_at = $2 WHERE id = $1", message.Id, Now);
                told.AddRange(envelope.Local.DistinctBy(r => r.Account).Select(r => (r.Account, r.Address, message)));
                if (envelope.Submitter is { } submitter && envelope.Local.All(r => r.Account != submitter))
                    told.Add((submitter, envelope.Sender, message));
            }
            return told;
        },
        cancellationToken);

    private async ValueTask<Kept> DecideAsync(Tx tx, Row row, HeldState state, string actor, string action)
    {
        var now = Now;
        await tx.ExecuteAsync("UPDATE quarantine SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1", row.Id, (int)state, actor, now);
        await Audit.WriteAsync(tx, now, actor, action, $"quarantine {row.Id}", $"{row.Reason}");
        foreach (var recipient in Recipients(row.Envelope))
            await TraceLog.WriteAsync(tx, now, state == HeldState.Released ? TraceEvent.Released : TraceEvent.Dropped, row.Envelope.RemoteHost, row.Envelope.Sender, recipient, row.Content, "quarantine", row.Facts.MessageId ?? "", row.Size);
        return new(row.Envelope, row.Content, row.Size, row.Facts);
    }

    private static IEnumerable<string> Recipients(Envelope envelope) => envelope.Local.Select(r => r.Address).Concat(envelope.Remote.Select(r => r.Address));

    private static async ValueTask<Row?> LockAsync(Tx tx, long id)
    {
        // To lock it, it is written.
        await tx.ExecuteAsync("UPDATE quarantine SET state = state WHERE id = $1", id);
        return await tx.FirstAsync(
            "SELECT q.id, q.reason, q.state, q.first_by, q.envelope, q.content_id, q.size, c.facts FROM quarantine q JOIN contents c ON c.id = q.content_id WHERE q.id = $1",
            row => new Row(
                row.GetInt64(0),
                (HoldReason)row.GetInt32(1),
                (HeldState)row.GetInt32(2),
                row.IsDBNull(3) ? null : row.GetString(3),
                JsonSerializer.Deserialize<Envelope>(row.GetString(4))!,
                new(row.GetInt64(5)),
                row.GetInt64(6),
                MessageFacts.Deserialize(row.GetFieldValue<byte[]>(7))),
            id);
    }

    private static HeldMessage Read(System.Data.Common.DbDataReader row)
    {
        var envelope = JsonSerializer.Deserialize<Envelope>(row.GetString(10))!;
        return new(
            row.GetInt64(0),
            (HoldReason)row.GetInt32(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.GetInt64(5),
            DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
            (HeldState)row.GetInt32(7),
            row.IsDBNull(8) ? null : row.GetString(8),
            row.IsDBNull(9) ? null : row.GetString(9),
            [.. Recipients(envelope)],
            envelope.Submitter is not null);
    }

    /// <summary>A message that is to be delivered although it has been kept before.</summary>
    internal sealed record Kept(Envelope Envelope, ContentId Content, long Size, MessageFacts Facts);

    private sealed record Row(long Id, HoldReason Reason, HeldState State, string? FirstBy, Envelope Envelope, ContentId Content, long Size, MessageFacts Facts);
}
