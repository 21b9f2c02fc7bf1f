using System.Data.Common;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// The one place that says what a principal may do in a mailbox: everything where it was granted the account, else the union of its rights
/// and anyone's less the negative ones (RFC 4314 §2). Nothing while the account or the principal is not active (A8.1), or its
/// password must be changed first (A6.3, A12.2).
/// </summary>
internal static class Access
{
    internal const string Columns = "m.id, m.account_id, m.path, m.role, m.uidvalidity, m.uidnext, m.message_count, m.unseen_count, m.deleted_count, m.size_bytes, m.modseq";

    // One row for each identifier that has rights here; the grant is the same in all of them.
    private const string Visible = $"""
        SELECT {Columns}, COALESCE(g.rights, 0), COALESCE(r.rights, 0), COALESCE(r.identifier, ''), ad.address, p.home_account_id, a.tombstone_floor
        FROM principals p
        CROSS JOIN mailboxes m
        JOIN accounts a ON a.id = m.account_id AND a.state = 0
        JOIN addresses ad ON ad.account_id = a.id AND ad.is_primary = 1
        LEFT JOIN grants g ON g.principal_id = p.id AND g.account_id = a.id
        LEFT JOIN mailbox_rights r ON r.mailbox_id = m.id AND r.identifier IN (p.login, '-' || p.login, 'anyone', '-anyone')
        WHERE p.id = $1 AND p.state = 0 AND p.must_change_password = 0
        """;

    /// <summary>The prefix of other accounts' mailbox names (RFC 2342 "other users").</summary>
    internal const string SharedPrefix = "Shared/";

    internal static Mailbox ReadMailbox(DbDataReader row) => new(
        new(row.GetInt64(0)),
        new(row.GetInt64(1)),
        row.GetString(2),
        (MailboxRole)row.GetInt16(3),
        (uint)row.GetInt64(4),
        new((uint)row.GetInt64(5)),
        row.GetInt64(6),
        row.GetInt64(7),
        row.GetInt64(8),
        row.GetInt64(9),
        new(row.GetInt64(10)));

    /// <summary>A mailbox by key; null where the principal may neither see nor use it.</summary>
    internal static async ValueTask<VisibleMailbox?> FindAsync(Tx tx, PrincipalId who, MailboxId id) =>
        (await ReadAsync(tx, $"{Visible} AND m.id = $2", who.Value, id.Value)).FirstOrDefault();

    /// <summary>A mailbox by the name that the principal knows it by.</summary>
    internal static async ValueTask<VisibleMailbox?> FindAsync(Tx tx, PrincipalId who, string name)
    {
        // One's own, which nearly all are, in one statement.
        if (!name.StartsWith(SharedPrefix, StringComparison.Ordinal))
            return (await ReadAsync(tx, $"{Visible} AND m.account_id = p.home_account_id AND m.path = $2", who.Value, MailboxName.Normalize(name))).FirstOrDefault();
        return await PlaceAsync(tx, who, name) is { } place
            ? (await ReadAsync(tx, $"{Visible} AND m.account_id = $2 AND m.path = $3", who.Value, place.Account.Value, place.Path)).FirstOrDefault()
            : null;
    }

    /// <summary>All that the principal may use in any way.</summary>
    internal static ValueTask<List<VisibleMailbox>> ListAsync(Tx tx, PrincipalId who) => ReadAsync(
        tx,
        $"""
        {Visible} AND (m.account_id IN (SELECT account_id FROM grants WHERE principal_id = $1)
          OR m.id IN (SELECT s.mailbox_id FROM mailbox_rights s JOIN principals q ON q.id = $1 AND s.identifier IN (q.login, 'anyone')))
        ORDER BY m.id
        """,
        who.Value);

    /// <summary>What of one account the principal may use in any way.</summary>
    internal static ValueTask<List<VisibleMailbox>> ListAsync(Tx tx, PrincipalId who, AccountId account) =>
        ReadAsync(tx, $"{Visible} AND m.account_id = $2 ORDER BY m.id", who.Value, account.Value);

    /// <summary>Where a name points, whether or not anything stands there; null when it points at no account.</summary>
    internal static async ValueTask<(AccountId Account, string Path)?> PlaceAsync(Tx tx, PrincipalId who, string name)
    {
        if (!name.StartsWith(SharedPrefix, StringComparison.Ordinal))
        {
            var home = await tx.ScalarAsync<long?>("SELECT home_account_id FROM principals WHERE id = $1", who.Value);
            return home is { } own ? (new AccountId(own), MailboxName.Normalize(name)) : null;
        }
        var rest = name[SharedPrefix.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
            return null;
        var account = await tx.ScalarAsync<long?>("SELECT account_id FROM addresses WHERE address = $1", Address.Normalize(rest[..slash]));
        return account is { } shared ? (new AccountId(shared), MailboxName.Normalize(rest[(slash + 1)..])) : null;
    }

    private static async ValueTask<List<VisibleMailbox>> ReadAsync(Tx tx, string sql, params object?[] arguments)
    {
        var found = new List<VisibleMailbox>();
        MailboxRights given = default, taken = default;
        await tx.ForEachAsync(
            sql,
            row =>
            {
                var id = new MailboxId(row.GetInt64(0));
                if (found.Count == 0 || found[^1].Mailbox.Id != id)
                {
                    Settle(found, given, taken);
                    given = taken = MailboxRights.None;
                    var mailbox = ReadMailbox(row);
                    var isHome = !row.IsDBNull(15) && row.GetInt64(15) == mailbox.Account.Value;
                    found.Add(new(isHome ? mailbox.Path : $"{SharedPrefix}{row.GetString(14)}/{mailbox.Path}", mailbox, MailboxRights.None) { TombstoneFloor = new(row.GetInt64(16)) });
                }
                if (((AccountRights)row.GetInt32(11)).HasFlag(AccountRights.Own))
                    given = MailboxRights.All;
                else if (row.GetString(13).StartsWith('-'))
                    taken |= (MailboxRights)row.GetInt32(12);
                else
                    given |= (MailboxRights)row.GetInt32(12);
            },
            arguments);
        Settle(found, given, taken);
        return found;
    }

    private static void Settle(List<VisibleMailbox> found, MailboxRights given, MailboxRights taken)
    {
        if (found.Count == 0)
            return;
        var rights = given == MailboxRights.All ? given : given & ~taken;
        if (rights == MailboxRights.None)
            found.RemoveAt(found.Count - 1);
        else
            found[^1] = found[^1] with { Rights = rights };
    }
}
