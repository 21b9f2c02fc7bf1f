using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>Something that mail showed about an address here.</summary>
/// <param name="Id">Its key.</param>
/// <param name="At">When.</param>
/// <param name="Kind">What.</param>
/// <param name="Address">The address here.</param>
/// <param name="Peer">The other side's address.</param>
/// <param name="Evidence">Why.</param>
/// <param name="MessageId">The message.</param>
public sealed record UsageEntry(long Id, DateTimeOffset At, UsageKind Kind, string Address, string Peer, string Evidence, string MessageId);

/// <summary>What mail showed about how official addresses are used, for holders and organizations (A13.2, A13.4, A13.5, A13.7). Never contents.</summary>
public sealed class UsageLog
{
    private readonly StoreDatabase database;
    private readonly TimeProvider clock;

    internal UsageLog(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Lists what was found about a message, for its recipients here, or for the account that sent it.</summary>
    public Task AddAsync(Envelope envelope, IReadOnlyList<UsageFinding> findings, string messageId, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            const int maxRecipients = 500;
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            var own = envelope.Submitter is { } submitter
                ? [(submitter, envelope.Sender, Peer: envelope.Remote.Count > 0 ? envelope.Remote[0].Address : "")]
                : envelope.Local.DistinctBy(r => r.Account).Take(maxRecipients).Select(r => (r.Account, r.Address, Peer: envelope.Sender)).ToArray();
            foreach (var (account, address, peer) in own)
            {
                foreach (var finding in findings)
                    await tx.ExecuteAsync(
                        "INSERT INTO usage_findings (at, kind, account_id, address, peer, evidence, message_id_header) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        now,
                        (int)finding.Kind,
                        account.Value,
                        address,
                        peer,
                        finding.Evidence,
                        messageId);
            }
            return 0;
        },
        cancellationToken);

    /// <summary>What was found, the latest first; of one account where it is given.</summary>
    public async ValueTask<IReadOnlyList<UsageEntry>> ListAsync(UsageKind? kind, AccountId? account, long before, int max, CancellationToken cancellationToken) => await database.ReadAsync(
        tx => tx.QueryAsync(
            $"SELECT id, at, kind, address, peer, evidence, message_id_header FROM usage_findings WHERE id < $1 {(kind is { } k ? $"AND kind = {(int)k}" : "")} {(account is { } a ? $"AND account_id = {a.Value}" : "")} ORDER BY id DESC LIMIT $2",
            row => new UsageEntry(row.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), (UsageKind)row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6)),
            before,
            max),
        cancellationToken);
}
