using System.Collections.Concurrent;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Delivery.Inspect.Spam;

/// <summary>
/// Learns from what people move into Junk and out of it, by whatever protocol (A12.4): it is told which accounts have changed, compares their Junk mailboxes with
/// what lay there before, and teaches the difference. What a filter put there itself teaches nothing, and neither does what is only thrown away. What was seen is
/// kept, so that nothing is learned twice and a restart loses nothing.
/// </summary>
public sealed partial class JunkLearner(MailStore store, RspamdClient? rspamd, TimeProvider clock, ILogger<JunkLearner> log)
{
    private const int MaxMoves = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<long, bool> changed = new();

    /// <summary>Says that accounts have changed. Quick.</summary>
    public void Changed(IEnumerable<long> accounts)
    {
        foreach (var account in accounts)
            changed[account] = true;
    }

    /// <summary>Learns until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        store.AccountsChanged = Changed;
        var all = true;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // After a start, whatever changed before.
                var accounts = all ? null : changed.Keys.ToArray();
                foreach (var account in accounts ?? [])
                    changed.TryRemove(account, out _);
                if (accounts is null or { Length: > 0 })
                    await LearnAsync(accounts, stopping);
                all = false;
            }
            catch (StoreException error)
            {
                LogFailed(error);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(Pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks at the Junk mailboxes of accounts, or of all; returns how many messages were learned.</summary>
    public async Task<int> LearnAsync(long[]? accounts, CancellationToken cancellationToken)
    {
        var mailboxes = await store.Database.ReadAsync(
            tx => tx.QueryAsync(
                $"""
                SELECT m.id, m.account_id, m.modseq, COALESCE(s.modseq, 0) FROM mailboxes m LEFT JOIN junk_seen s ON s.mailbox_id = m.id
                WHERE m.role = {(int)MailboxRole.Junk} AND m.modseq > COALESCE(s.modseq, 0) {(accounts is null ? "" : $"AND m.account_id IN {Messages.In(tx, 1)}")}
                """,
                row => (Id: row.GetInt64(0), Account: row.GetInt64(1), ModSeq: row.GetInt64(2), Seen: row.GetInt64(3)),
                accounts is null ? [] : [Messages.Numbers(accounts)]),
            cancellationToken);
        var learned = 0;
        foreach (var (id, account, modSeq, seen) in mailboxes)
            learned += await LearnAsync(id, account, modSeq, seen, cancellationToken);
        return learned;
    }

    private async Task<int> LearnAsync(long mailbox, long account, long modSeq, long seen, CancellationToken cancellationToken)
    {
        // 1. What came, and whether a filter put it there: then it was created in this very entry.
        var came = await store.Database.ReadAsync(
            tx => tx.QueryAsync(
                $"""
                SELECT e.message_id, m.content_id, CASE WHEN m.created_modseq = e.created_modseq THEN 1 ELSE 0 END FROM entries e JOIN messages m ON m.id = e.message_id
                WHERE e.mailbox_id = $1 AND e.created_modseq > $2 AND NOT EXISTS (SELECT 1 FROM junk_messages j WHERE j.mailbox_id = $1 AND j.message_id = e.message_id) LIMIT {MaxMoves}
                """,
                row => (Message: row.GetInt64(0), Content: row.GetInt64(1), ByFilter: row.GetInt32(2) == 1),
                mailbox,
                seen),
            cancellationToken);

        // 2. What went: to another mailbox that is not for throwing away.
        var went = await store.Database.ReadAsync(
            tx => tx.QueryAsync(
                $"""
                SELECT j.message_id, m.content_id, CASE WHEN EXISTS (
                  SELECT 1 FROM entries e JOIN mailboxes b ON b.id = e.mailbox_id WHERE e.message_id = j.message_id AND b.role <> {(int)MailboxRole.Trash}) THEN 1 ELSE 0 END
                FROM junk_messages j LEFT JOIN messages m ON m.id = j.message_id
                WHERE j.mailbox_id = $1 AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.message_id = j.message_id AND e.mailbox_id = $1) LIMIT {MaxMoves}
                """,
                row => (Message: row.GetInt64(0), Content: row.IsDBNull(1) ? 0 : row.GetInt64(1), IsKept: row.GetInt32(2) == 1),
                mailbox),
            cancellationToken);

        // 3. Each is learned in the transaction that remembers it.
        var count = 0;
        foreach (var (message, content, byFilter) in came)
        {
            if (await LearnOneAsync(mailbox, message, content, isSpam: true, teaches: !byFilter, cancellationToken))
                count++;
        }
        foreach (var (message, content, isKept) in went)
        {
            if (await LearnOneAsync(mailbox, message, content, isSpam: false, teaches: isKept && content != 0, cancellationToken))
                count++;
        }
        if (came.Count == MaxMoves || went.Count == MaxMoves)
        {
            changed[account] = true;
            return count;
        }
        await store.Database.WriteAsync(
            async tx => await tx.ExecuteAsync("INSERT INTO junk_seen (mailbox_id, modseq) VALUES ($1, $2) ON CONFLICT (mailbox_id) DO UPDATE SET modseq = excluded.modseq", mailbox, modSeq), cancellationToken);
        return count;
    }

    private async Task<bool> LearnOneAsync(long mailbox, long message, long content, bool isSpam, bool teaches, CancellationToken cancellationToken)
    {
        HashSet<int>? tokens = null;
        if (teaches)
        {
            await using var stream = (await store.Contents.OpenAsync(new(content), default, cancellationToken)).AsStream();
            tokens = await TokensAsync(stream, cancellationToken);
            if (rspamd is not null && !await rspamd.LearnAsync(stream, isSpam, cancellationToken))
                LogNotTaught(message);
        }
        var isNew = await store.Database.WriteAsync(
            async tx =>
            {
                var rows = isSpam
                    ? await tx.ExecuteAsync("INSERT INTO junk_messages (mailbox_id, message_id) VALUES ($1, $2) ON CONFLICT (mailbox_id, message_id) DO NOTHING", mailbox, message)
                    : await tx.ExecuteAsync("DELETE FROM junk_messages WHERE mailbox_id = $1 AND message_id = $2", mailbox, message);
                if (rows > 0 && tokens is not null)
                    await SpamWords.LearnAsync(tx, tokens, isSpam);
                return rows > 0;
            },
            cancellationToken);
        store.SpamWords.Stale();
        return isNew && teaches;
    }

    /// <summary>What a message is judged by.</summary>
    public static async ValueTask<HashSet<int>> TokensAsync(Stream content, CancellationToken cancellationToken)
    {
        content.Position = 0;
        var facts = MessageFacts.Read(content, cancellationToken);
        content.Position = 0;
        var head = new byte[(int)Math.Min(facts.BodyOffset, 256 * 1024)];
        var length = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        return SpamTokens.Of(facts, HeaderBlock.Read(head.AsSpan(0, length)), await MessageText.ReadBodyAsync(content, facts, cancellationToken));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The spam filter could not learn from Junk mailboxes; trying again.")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "rspamd could not be taught message {Message}.")]
    private partial void LogNotTaught(long message);
}
