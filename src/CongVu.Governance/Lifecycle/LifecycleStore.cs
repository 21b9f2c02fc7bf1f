using System.Globalization;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Organizations;
using CongVu.Governance.People;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Lifecycle;

/// <summary>
/// The life of mailboxes (A8): in use, suspended, closed, removed. What an act changes, its entry in the history and the audit trail, and the notice that tells of it are one transaction; what falls
/// due by itself is proposed and carried out by <see cref="DailyRun"/>.
/// </summary>
public sealed partial class LifecycleStore
{
    private const int MaxText = 2_000;

    private readonly GovernanceStore store;
    private readonly NoticeDesk desk;

    internal LifecycleStore(GovernanceStore store)
    {
        this.store = store;
        desk = new(store);
        Run = new(store, desk);
    }

    /// <summary>The daily run.</summary>
    public DailyRun Run { get; }

    /// <summary>The policy that holds: the figures of the installation's profile.</summary>
    public static async ValueTask<LifecyclePolicy> PolicyAsync(Tx tx) => new() { Figures = (await AddressStore.ProfileAsync(tx)).Figures };

    /// <summary>How a mailbox stands; null where there is none.</summary>
    public ValueTask<MailboxLife?> FindAsync(AccountId account, CancellationToken cancellationToken) => store.ReadAsync(
        async tx => await LifeRow.ReadAsync(tx, account, store.Today) is { } row ? Life(row, await DatesAsync(tx)) : null, cancellationToken);

    /// <summary>All mailboxes that are suspended, closed, held, or will be closed.</summary>
    public ValueTask<List<MailboxLife>> ListAsync(CancellationToken cancellationToken) => store.ReadAsync(
        async tx =>
        {
            var dates = await DatesAsync(tx);
            return (await LifeRow.ReadAllAsync(tx, store.Today)).Where(r => r.Step != LifeStep.InUse || r.IsHeld || r.ClosesOn is not null).Select(r => Life(r, dates)).OrderBy(l => l.Address, StringComparer.Ordinal).ToList();
        },
        cancellationToken);

    /// <summary>What happened to a mailbox, the earliest first.</summary>
    public ValueTask<List<LifeEvent>> HistoryAsync(AccountId account, CancellationToken cancellationToken) => store.ReadAsync(
        tx => tx.QueryAsync(
            "SELECT at, actor, what, reason, document FROM mailbox_events WHERE account_id = $1 ORDER BY id",
            row => new LifeEvent(DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)),
            account.Value),
        cancellationToken);

    /// <summary>The files that were attached to what happened to a mailbox.</summary>
    public ValueTask<List<Evidence>> EvidenceAsync(AccountId account, CancellationToken cancellationToken) => store.ReadAsync(
        tx => tx.QueryAsync(
            "SELECT name, data FROM mailbox_evidence WHERE account_id = $1 ORDER BY id", row => new Evidence(row.GetString(0), row.GetFieldValue<byte[]>(1)), account.Value),
        cancellationToken);

    /// <summary>The records of removed mailboxes, the latest first.</summary>
    public ValueTask<List<RemovalRecord>> RemovalsAsync(CancellationToken cancellationToken) => store.ReadAsync(
        tx => tx.QueryAsync(
            """
            SELECT r.account_id, r.address, r.addresses, r.name, r.kind, r.reason, r.notified_on, r.approved_by, r.removed_on, r.mailboxes, r.messages, r.bytes, r.digest, r.backups_until, a.removed_at
            FROM removal_records r JOIN accounts a ON a.id = r.account_id ORDER BY r.id DESC
            """,
            row => new RemovalRecord(
                new(row.GetInt64(0)),
                row.GetString(1),
                row.GetString(2),
                row.GetString(3),
                (AccountKind)row.GetInt16(4),
                (LifeReason)row.GetInt16(5),
                row.IsDBNull(6) ? null : VietnamTime.Read(row.GetString(6)),
                row.GetString(7),
                VietnamTime.Read(row.GetString(8)),
                row.GetInt32(9),
                row.GetInt64(10),
                row.GetInt64(11),
                row.GetString(12),
                VietnamTime.Read(row.GetString(13)),
                !row.IsDBNull(14))),
        cancellationToken);

    /// <summary>The organization that a mailbox belongs to: its own, or its holder's main one.</summary>
    public static async ValueTask<OrganizationId?> OrganizationOfAsync(Tx tx, AccountId account)
    {
        if (await tx.ScalarAsync<long?>("SELECT id FROM organizations WHERE account_id = $1", account.Value) is { } own)
            return new(own);
        return await PeopleStore.FindAsync(tx, account) is { } person && await PeopleStore.PrimaryPostingAsync(tx, person.Id) is { } posting ? posting.Organization : null;
    }

    internal async ValueTask<LifeDates> DatesAsync(Tx tx) => new(await PolicyAsync(tx), await store.Calendar.ReadAsync(tx));

    /// <summary>Writes an entry of a mailbox's history and of the audit trail; returns its key.</summary>
    internal async ValueTask<long> RecordAsync(Tx tx, Actor actor, LifeRow row, string what, string reason, string document)
    {
        await store.AuditAsync(tx, actor, $"mailbox.{what}", row.Address, document.Length == 0 ? reason : $"{reason}; {document}");
        return await tx.ScalarAsync<long>(
            "INSERT INTO mailbox_events (account_id, at, actor, what, reason, document) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id", row.Account.Value, store.Now, actor.Name, what, reason, document);
    }

    /// <summary>Puts a mailbox at a step of its life; a closing that was ordered stays until it is done.</summary>
    internal static async ValueTask SetStepAsync(Tx tx, AccountId account, LifeStep step, LifeReason? reason, DateOnly since, DateOnly? notifiedOn = null, string? movedTo = null, DateOnly? keptUntil = null)
    {
        await tx.ExecuteAsync("INSERT INTO mailbox_lives (account_id) VALUES ($1) ON CONFLICT (account_id) DO NOTHING", account.Value);
        await tx.ExecuteAsync(
            """
            UPDATE mailbox_lives SET step = $2, reason = $3, since = $4, notified_on = $5, kept_until = $7, reopen_asked_on = NULL,
              moved_to = CASE WHEN $2 < 2 AND closes_on IS NOT NULL THEN moved_to ELSE $6 END,
              closes_on = CASE WHEN $2 < 2 THEN closes_on END, closes_reason = CASE WHEN $2 < 2 THEN closes_reason END,
              clock_from = CASE WHEN $2 = 0 THEN $4 ELSE clock_from END WHERE account_id = $1
            """,
            account.Value,
            (int)step,
            (int?)reason,
            VietnamTime.Text(since),
            Text(notifiedOn),
            movedTo,
            Text(keptUntil));
    }

    internal static string? Text(DateOnly? day) => day is { } d ? VietnamTime.Text(d) : null;

    private static MailboxLife Life(LifeRow row, LifeDates dates) => new(
        row.Account, row.Address, row.Name, row.State == AccountState.Removed ? LifeStep.Removed : row.Step, row.Reason, row.Since, row.LastUsed, row.NotifiedOn, row.LastDay(dates), row.ReopenAskedOn, row.ClosesOn, row.MovedTo,
        row.IsHeld);

    private static Problem? CheckText(string name, string text, bool isNeeded) =>
        isNeeded && string.IsNullOrWhiteSpace(text) ? new(ProblemKind.Missing, name) : text.Length > MaxText ? new(ProblemKind.TooLong, name, MaxText.ToString(CultureInfo.InvariantCulture)) : null;
}
