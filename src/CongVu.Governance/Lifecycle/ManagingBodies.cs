using CongVu.Governance.Authorities;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Lifecycle;

/// <summary>A mailbox that notices go to.</summary>
internal readonly record struct NoticeMailbox(AccountId Account, string Address);

/// <summary>
/// Who is told of a mailbox: the organization that manages it directly (A8.1), where that one has no mailbox in use the next above it, at last the managing body itself. Read whole, because a run asks for many.
/// </summary>
internal sealed class ManagingBodies
{
    private readonly Dictionary<long, Body> bodies = [];
    private readonly Dictionary<long, long> organizationOf = [];
    private readonly Dictionary<long, long> mailboxOf = [];

    private ManagingBodies()
    {
    }

    /// <summary>Mailboxes of those who hold the role of the managing body.</summary>
    internal IReadOnlyList<NoticeMailbox> Managers { get; private set; } = [];

    internal static async ValueTask<ManagingBodies> ReadAsync(Tx tx, DateOnly today)
    {
        var read = new ManagingBodies();
        await tx.ForEachAsync(
            """
            SELECT o.id, o.parent_id, o.name, o.account_id, d.address, COALESCE(a.state, 9) FROM organizations o
            LEFT JOIN accounts a ON a.id = o.account_id LEFT JOIN addresses d ON d.account_id = a.id AND d.is_primary = 1
            """,
            row =>
            {
                var inUse = row.GetInt32(5) == (int)AccountState.Active;
                read.bodies[row.GetInt64(0)] = new(row.IsDBNull(1) ? null : row.GetInt64(1), row.GetString(2), inUse ? new NoticeMailbox(new(row.GetInt64(3)), row.GetString(4)) : null);
                if (!row.IsDBNull(3))
                    read.mailboxOf[row.GetInt64(3)] = row.GetInt64(0);
            });
        // Of several postings the main one counts.
        await tx.ForEachAsync(
            """
            SELECT p.account_id, t.organization_id FROM people p JOIN postings t ON t.person_id = p.id
            WHERE p.account_id IS NOT NULL AND t.from_date <= $1 AND (t.to_date IS NULL OR t.to_date >= $1) ORDER BY t.is_primary, t.id
            """,
            row => read.organizationOf[row.GetInt64(0)] = row.GetInt64(1),
            VietnamTime.Text(today));
        read.Managers = await tx.QueryAsync(
            """
            SELECT DISTINCT a.id, d.address FROM roles r JOIN principals p ON p.id = r.principal_id AND p.state = 0 JOIN accounts a ON a.id = p.home_account_id AND a.state = 0
            JOIN addresses d ON d.account_id = a.id AND d.is_primary = 1 WHERE r.role = $1 AND r.organization_id IS NULL ORDER BY a.id
            """,
            row => new NoticeMailbox(new(row.GetInt64(0)), row.GetString(1)),
            (int)Role.ManagingBody);
        return read;
    }

    /// <summary>Where notices about a mailbox go.</summary>
    internal IReadOnlyList<NoticeMailbox> Of(AccountId account)
    {
        long? at = mailboxOf.TryGetValue(account.Value, out var own) ? bodies[own].Parent : organizationOf.TryGetValue(account.Value, out var employer) ? employer : null;
        for (var steps = 0; at is { } id && steps < 64 && bodies.TryGetValue(id, out var body); steps++, at = body.Parent)
        {
            if (body.Mailbox is { } mailbox && mailbox.Account != account)
                return [mailbox];
        }
        return Managers;
    }

    /// <summary>The first of them, for those of one organization to be told together.</summary>
    internal NoticeMailbox? FirstOf(AccountId account) => Of(account) is [var first, ..] ? first : null;

    private sealed record Body(long? Parent, string Name, NoticeMailbox? Mailbox);
}
