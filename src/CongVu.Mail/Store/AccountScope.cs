using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// An account as one principal meets it at one sequence: all of it as its holder or custodian, or the mailboxes that were shared (RFC 4314).
/// </summary>
/// <param name="Account">The account.</param>
/// <param name="IsOwner">The principal holds it or is custodian of it: it sees everything in it.</param>
/// <param name="IsHome">It is the principal's own.</param>
/// <param name="Floor">Changes since an older sequence are not known in full.</param>
/// <param name="Mailboxes">What it may look up, by key.</param>
/// <param name="Index">The account's messages; none where only the rights were asked for.</param>
public sealed record AccountScope(Account Account, bool IsOwner, bool IsHome, ModSeq Floor, IReadOnlyDictionary<MailboxId, VisibleMailbox> Mailboxes, MailIndex Index)
{
    /// <summary>The sequence that this is a view of.</summary>
    public ModSeq ModSeq => Account.ModSeq;

    /// <summary>The principal may read the message: it has a copy in a mailbox that it may read.</summary>
    public bool Sees(IndexedMessage message)
    {
        if (IsOwner)
            return true;
        foreach (var copy in message.Copies)
        {
            if (MayRead(copy.Mailbox))
                return true;
        }
        return false;
    }

    /// <summary>The principal may read what is in the mailbox.</summary>
    public bool MayRead(MailboxId mailbox) => Mailboxes.TryGetValue(mailbox, out var found) && found.Rights.HasFlag(MailboxRights.Read);

    /// <summary>A message that the principal may read; null without one. Of a shared account it has only the copies that are visible.</summary>
    public IndexedMessage? Find(MessageId id) => Index.Find(id) is { } found ? Seen(found) : null;

    /// <summary>The message as the principal may read it; null where it may not.</summary>
    internal IndexedMessage? Seen(IndexedMessage message) => Sees(message) ? Visible(message) : null;

    /// <summary>The messages that the principal may read, newest first.</summary>
    public IEnumerable<IndexedMessage> Messages => IsOwner ? Index.Messages : Index.Messages.Where(Sees).Select(Visible);

    /// <summary>The messages of a conversation that the principal may read, newest first.</summary>
    public IEnumerable<IndexedMessage> Thread(long id) => IsOwner ? Index.Thread(id) : Index.Thread(id).Where(Sees).Select(Visible);

    private IndexedMessage Visible(IndexedMessage message) => IsOwner || message.Copies.All(copy => MayRead(copy.Mailbox))
        ? message
        : new()
        {
            Id = message.Id,
            ThreadId = message.ThreadId,
            Received = message.Received,
            Size = message.Size,
            Created = message.Created,
            ModSeq = message.ModSeq,
            Copies = [.. message.Copies.Where(copy => MayRead(copy.Mailbox))],
        };

    /// <summary>
    /// Null where the principal has nothing to see. Work that writes opens it without <paramref name="indexes"/>: what it sees may never be committed,
    /// and must not be kept.
    /// </summary>
    internal static async ValueTask<AccountScope?> OpenAsync(Tx tx, MailIndexes? indexes, PrincipalId who, AccountId id)
    {
        var row = await tx.FirstAsync<(Account Account, long Floor, bool IsOwner, bool IsHome)?>(
            """
            SELECT a.id, a.kind, a.name, a.state, d.address, a.quota_bytes, a.used_bytes, a.message_count, a.modseq, a.tombstone_floor, COALESCE(g.rights, 0), COALESCE(p.home_account_id, 0)
            FROM accounts a JOIN addresses d ON d.account_id = a.id AND d.is_primary = 1
            JOIN principals p ON p.id = $1 AND p.state = 0 AND p.must_change_password = 0
            LEFT JOIN grants g ON g.account_id = a.id AND g.principal_id = p.id
            WHERE a.id = $2 AND a.state = 0
            """,
            r => (Accounts.ReadAccount(r), r.GetInt64(9), ((AccountRights)r.GetInt32(10)).HasFlag(AccountRights.Own), r.GetInt64(11) == id.Value),
            who.Value,
            id.Value);
        if (row is not { } found)
            return null;
        var mailboxes = (await Access.ListAsync(tx, who, id)).Where(m => m.Rights.HasFlag(MailboxRights.Lookup)).ToDictionary(m => m.Mailbox.Id);
        if (!found.IsOwner && mailboxes.Count == 0)
            return null;
        var index = indexes is null ? MailIndex.Empty(id) : await indexes.GetAsync(tx, id, found.Account.ModSeq, new(found.Floor));
        return new(found.Account, found.IsOwner, found.IsHome, new(found.Floor), mailboxes, index);
    }
}

/// <summary>An account that a principal may use, for lists of them.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">Its holder's name.</param>
/// <param name="Address">Its primary address.</param>
/// <param name="IsHome">The principal's own.</param>
/// <param name="IsOwner">The principal holds it or is custodian of it.</param>
public sealed record UsableAccount(AccountId Id, string Name, string Address, bool IsHome, bool IsOwner);
