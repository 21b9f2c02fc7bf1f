using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

public sealed partial class Messages
{
    private readonly MailIndexes indexes = new();

    /// <summary>Runs <paramref name="read"/> over an account as <paramref name="who"/> meets it; null where it has nothing to see there.</summary>
    public ValueTask<T?> InScopeAsync<T>(PrincipalId who, AccountId account, Func<Tx, AccountScope, ValueTask<T?>> read, CancellationToken cancellationToken)
        where T : class => database.ReadAsync(
        async tx => await AccountScope.OpenAsync(tx, indexes, who, account) is { } scope ? await read(tx, scope) : null,
        cancellationToken);

    /// <summary>The accounts that <paramref name="who"/> may use: its own first, then by address.</summary>
    public ValueTask<IReadOnlyList<UsableAccount>> AccountsOfAsync(PrincipalId who, CancellationToken cancellationToken) => database.ReadAsync(
        async tx => (IReadOnlyList<UsableAccount>)await tx.QueryAsync(
            """
            SELECT a.id, a.name, d.address, CASE WHEN a.id = p.home_account_id THEN 1 ELSE 0 END AS home, COALESCE(g.rights, 0) % 2
            FROM principals p
            CROSS JOIN accounts a JOIN addresses d ON d.account_id = a.id AND d.is_primary = 1
            LEFT JOIN grants g ON g.principal_id = p.id AND g.account_id = a.id
            WHERE p.id = $1 AND p.state = 0 AND a.state = 0 AND (a.id IN (SELECT account_id FROM grants WHERE principal_id = $1 AND rights % 2 = 1)
              OR a.id IN (SELECT b.account_id FROM mailbox_rights r JOIN mailboxes b ON b.id = r.mailbox_id
                WHERE r.identifier IN ((SELECT login FROM principals WHERE id = $1), 'anyone') AND r.rights % 2 = 1))
            ORDER BY home DESC, d.address
            """,
            row => new UsableAccount(new(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetInt64(3) == 1, row.GetInt64(4) == 1),
            who.Value),
        cancellationToken);

    /// <summary>A message with its facts; null where <paramref name="who"/> may not read it or it is gone.</summary>
    public ValueTask<StoredMessage?> FindStoredAsync(PrincipalId who, AccountId account, MessageId id, CancellationToken cancellationToken) => database.ReadAsync(
        async tx =>
        {
            if (await AccountScope.OpenAsync(tx, null, who, account) is not { } scope
                || !(await MailIndex.ReadSomeAsync(tx, account, [id])).TryGetValue(id, out var found) || scope.Seen(found) is not { } message)
                return null;
            return (await StoredMessage.ReadAsync(tx, [message])).FirstOrDefault();
        },
        cancellationToken);

    /// <summary>
    /// Changes messages of an account, each as a whole or not at all, in one transaction with one sequence. Null where the account cannot be used, and
    /// <see cref="ChangeResult.Results"/> empty where it no longer stands at <paramref name="ifAt"/>.
    /// </summary>
    public Task<ChangeResult?> ChangeAsync(PrincipalId who, AccountId account, IReadOnlyList<MessageChange> changes, ModSeq? ifAt, CancellationToken cancellationToken) => database.WriteAsync(
        async tx =>
        {
            await Mailboxes.LockAsync(tx, account, account);
            if (await AccountScope.OpenAsync(tx, null, who, account) is not { } scope)
                return null;
            var before = scope.ModSeq;
            if (ifAt is { } expected && expected != before)
                return new ChangeResult(before, before, []);

            // 1. What each change comes to.
            var plan = new ChangePlan(scope, await MailIndex.ReadSomeAsync(tx, account, changes.Select(c => c.Id)));
            var results = new ChangeRefusal[changes.Count];
            for (var i = 0; i < changes.Count; i++)
                results[i] = plan.Add(changes[i]);
            if (plan.IsEmpty)
                return new(before, before, results);

            // 2. Flags, then new copies, then what goes: a message that moves is never without a mailbox.
            var modSeq = await Mailboxes.BumpAsync(tx, account);
            foreach (var (group, messages) in plan.Flags)
                await WriteFlagsAsync(tx, group.Mailbox, messages, group.Flags, group.Keywords, modSeq);
            foreach (var (mailbox, delta) in plan.Deltas)
                await delta.ApplyAsync(tx, mailbox, modSeq);
            foreach (var (mailbox, rows) in plan.Added)
                await EnterAsync(tx, scope.Mailboxes[mailbox].Mailbox, rows, modSeq, Now);
            foreach (var (mailbox, rows) in plan.Removed)
                await RemoveAsync(tx, scope.Mailboxes[mailbox].Mailbox, rows, modSeq, Now, vaultTerm);
            return new(before, modSeq, results);
        },
        cancellationToken);

    /// <summary>Makes a message of a content that is new or, with <paramref name="kept"/>, of one that the store has.</summary>
    public async Task<Outcome<CreatedMessage>> CreateAsync(
        PrincipalId who,
        AccountId account,
        StagedContent? content,
        (ContentId Id, byte[] Prefix)? kept,
        IReadOnlyList<MailboxId> mailboxes,
        MessageFlags flags,
        IReadOnlyList<string> keywords,
        DateTimeOffset? received,
        CancellationToken cancellationToken)
    {
        var created = await database.WriteAsync<Outcome<CreatedMessage>>(
            async tx =>
            {
                await Mailboxes.LockAsync(tx, account, account);
                if (await AccountScope.OpenAsync(tx, null, who, account) is not { } scope || mailboxes.Count == 0 || !mailboxes.All(scope.Mailboxes.ContainsKey))
                    return Refusal.NotFound;
                if (!mailboxes.All(id => scope.Mailboxes[id].Rights.HasFlag(MailboxRights.Insert)))
                    return Refusal.NoPermission;
                if (keywords.Count > Keywords.MaxOfMessage)
                    return Refusal.TooMany;
                var prefix = kept?.Prefix ?? [];
                var (id, size, keys) = content is not null
                    ? (await content.InsertAsync(tx, Now), content.Size, content.ThreadKeys)
                    : await KeptAsync(tx, kept!.Value.Id);
                if (!await ChargeAsync(tx, account, size + prefix.Length, 1))
                    throw new RefusedException(Refusal.OverQuota);
                var modSeq = await Mailboxes.BumpAsync(tx, account);
                var message = await InsertMessageAsync(tx, account, id, size, keys, prefix, received?.ToUnixTimeMilliseconds() ?? Now, modSeq);
                var thread = await tx.ScalarAsync<long>("SELECT thread_id FROM messages WHERE id = $1", message.Value);
                foreach (var mailbox in mailboxes)
                    await EnterAsync(tx, scope.Mailboxes[mailbox].Mailbox, [new(default, flags, Keywords.Join(keywords), message, size + prefix.Length)], modSeq, Now);
                return new CreatedMessage(message, thread, size + prefix.Length, scope.ModSeq, modSeq);
            },
            cancellationToken).OrRefusedAsync();
        if (created.Ok)
            content?.Keep();
        return created;
    }

    private static async ValueTask<(ContentId Id, long Size, ThreadKeys Keys)> KeptAsync(Tx tx, ContentId id)
    {
        var (size, facts) = await tx.FirstAsync("SELECT size, facts FROM contents WHERE id = $1", row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), id.Value);
        return facts is null ? throw new RefusedException(Refusal.NotFound) : (id, size, ThreadKeys.Of(facts));
    }

    private static async ValueTask WriteFlagsAsync(Tx tx, MailboxId mailbox, IReadOnlyList<IndexedMessage> messages, MessageFlags flags, string keywords, ModSeq modSeq)
    {
        var ids = Numbers(messages.Select(m => m.Id.Value));
        await tx.ExecuteAsync(
            $"UPDATE entries SET flags = $2, keywords = $3, modseq = $4 WHERE mailbox_id = $1 AND uid IN {In(tx, 5)}",
            mailbox.Value,
            (int)flags,
            keywords,
            modSeq.Value,
            Numbers(messages.SelectMany(m => m.Copies).Where(c => c.Mailbox == mailbox).Select(c => (long)c.Uid.Value)));
        await tx.ExecuteAsync($"UPDATE messages SET modseq = $1 WHERE id IN {In(tx, 2)}", modSeq.Value, ids);
    }

    /// <summary>What changes of messages come to, gathered by mailbox.</summary>
    private sealed class ChangePlan(AccountScope scope, Dictionary<MessageId, IndexedMessage> messages)
    {
        private readonly HashSet<MessageId> named = [];

        public Dictionary<(MailboxId Mailbox, MessageFlags Flags, string Keywords), List<IndexedMessage>> Flags { get; } = [];

        public Dictionary<MailboxId, MailboxDelta> Deltas { get; } = [];

        public Dictionary<MailboxId, List<Row>> Added { get; } = [];

        public Dictionary<MailboxId, List<Row>> Removed { get; } = [];

        public bool IsEmpty => Flags.Count == 0 && Added.Count == 0 && Removed.Count == 0;

        public ChangeRefusal Add(MessageChange change)
        {
            // A message named twice has been dealt with: the second meets it as if it were gone.
            if (!messages.TryGetValue(change.Id, out var found) || scope.Seen(found) is not { } message || !named.Add(change.Id))
                return ChangeRefusal.NotFound;

            // 1. Where it goes.
            var at = message.Copies.Select(c => c.Mailbox).ToHashSet();
            var goal = Goal(at, change);
            var (added, removed) = (goal.Except(at).ToArray(), at.Except(goal).ToArray());
            if (!change.Destroy && goal.Count == 0)
                return ChangeRefusal.NoMailbox;
            if (!added.All(scope.Mailboxes.ContainsKey))
                return ChangeRefusal.NoSuchMailbox;
            if (!added.All(id => scope.Mailboxes[id].Rights.HasFlag(MailboxRights.Insert)) || !removed.All(id => scope.Mailboxes[id].Rights.HasFlag(MailboxRights.DeleteMessages | MailboxRights.Expunge)))
                return ChangeRefusal.NoPermission;

            // 2. What it bears. Of a copy that goes nobody asks.
            var edited = message.Copies.Select(copy => (Copy: copy, Now: Edit(copy, change.Keywords))).ToArray();
            foreach (var (copy, now) in edited)
            {
                if (removed.Contains(copy.Mailbox))
                    continue;
                if (!MayMark(copy, now))
                    return ChangeRefusal.NoPermission;
                if (now.Keywords.Count(' ') >= Keywords.MaxOfMessage)
                    return ChangeRefusal.TooManyKeywords;
            }

            // 3. Gathered.
            foreach (var (copy, now) in edited)
            {
                if (removed.Contains(copy.Mailbox) || (copy.Flags == now.Flags && copy.Keywords == now.Keywords))
                    continue;
                Of(Flags, (copy.Mailbox, now.Flags, now.Keywords)).Add(message);
                var delta = Deltas.GetValueOrDefault(copy.Mailbox);
                delta.Unseen += Unseen(now.Flags) - Unseen(copy.Flags);
                delta.Deleted += Deleted(now.Flags) - Deleted(copy.Flags);
                Deltas[copy.Mailbox] = delta;
            }
            var flags = edited.Aggregate(MessageFlags.None, (all, e) => all | e.Now.Flags) & ~MessageFlags.Deleted;
            var keywords = Keywords.Join(edited.SelectMany(e => Keywords.Split(e.Now.Keywords)));
            foreach (var id in added)
                Of(Added, id).Add(new(default, flags, keywords, message.Id, message.Size));
            foreach (var copy in message.Copies.Where(c => removed.Contains(c.Mailbox)))
                Of(Removed, copy.Mailbox).Add(new(copy.Uid, copy.Flags, copy.Keywords, message.Id, message.Size));
            return ChangeRefusal.None;
        }

        private static HashSet<MailboxId> Goal(HashSet<MailboxId> at, MessageChange change) => change switch
        {
            { Destroy: true } => [],
            { Mailboxes: null } => at,
            { Mailboxes.Replace: true } => [.. change.Mailboxes.Add],
            _ => [.. at.Union(change.Mailboxes.Add).Except(change.Mailboxes.Remove)],
        };

        private static (MessageFlags Flags, string Keywords) Edit(MessageCopy copy, KeywordEdit? edit)
        {
            if (edit is null)
                return (copy.Flags, copy.Keywords);
            // \Deleted is no keyword here: only IMAP knows it.
            var deleted = copy.Flags & MessageFlags.Deleted;
            return edit.Replace
                ? (edit.Set | deleted, Keywords.Join(edit.SetKeywords))
                : ((copy.Flags | edit.Set) & ~edit.Clear, Keywords.Join(Keywords.Split(copy.Keywords).Concat(edit.SetKeywords).Except(edit.ClearKeywords, StringComparer.OrdinalIgnoreCase)));
        }

        // RFC 4314 §4: \Seen needs s, the rest w.
        private bool MayMark(MessageCopy copy, (MessageFlags Flags, string Keywords) now)
        {
            var rights = scope.Mailboxes[copy.Mailbox].Rights;
            var changed = copy.Flags ^ now.Flags;
            return ((changed & MessageFlags.Seen) == 0 || rights.HasFlag(MailboxRights.Seen))
                && (((changed & ~MessageFlags.Seen) == 0 && copy.Keywords == now.Keywords) || rights.HasFlag(MailboxRights.Write));
        }

        private static List<TItem> Of<TKey, TItem>(Dictionary<TKey, List<TItem>> lists, TKey key)
            where TKey : notnull => lists.TryGetValue(key, out var list) ? list : lists[key] = [];
    }
}
