using System.Diagnostics;
using CongVu.Formats.Mime;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store.Search;

/// <summary>
/// Full-text search, exact at any moment. A commit that adds a message marks it as pending in the same transaction; the indexer adds its text to the index
/// and only then takes the mark away. A search reads the marks first and looks into those messages itself, then asks the index: whichever way a message
/// went in between, one of the two has it.
/// </summary>
public sealed class MessageSearch : IAsyncDisposable
{
    /// <summary>Messages of one step of the indexer.</summary>
    private const int BatchMessages = 100;

    /// <summary>A content that more accounts than this have is indexed once for all of them.</summary>
    private const int MaxOwnCopies = 3;

    /// <summary>Up to this many waiting, the indexer leaves nearly all of the processor to others.</summary>
    private const int EasyBacklog = 10_000;

    /// <summary>Beyond this a search reads too many messages itself.</summary>
    private const int MaxBacklog = 20_000;

    private readonly StoreDatabase database;
    private readonly Contents contents;
    private readonly SearchIndex index;
    /// <summary>Without a change for so long there is nobody to yield to.</summary>
    private static readonly TimeSpan ChangePause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim indexing = new(1);
    private long lastChange;

    internal MessageSearch(StoreDatabase database, Contents contents, SearchIndex index)
    {
        this.database = database;
        this.contents = contents;
        this.index = index;
    }

    /// <summary>The account's messages whose <paramref name="field"/> contains <paramref name="needle"/>, case and diacritics aside; expunged ones may be among them.</summary>
    public async ValueTask<IReadOnlySet<MessageId>> MatchAsync(AccountId account, SearchField field, string needle, CancellationToken cancellationToken)
    {
        // 1. What is not in the index yet, before the index is asked.
        var found = new HashSet<MessageId>();
        var pending = await database.ReadAsync(
            tx => tx.QueryAsync("SELECT p.message_id, m.content_id FROM search_pending p JOIN messages m ON m.id = p.message_id WHERE p.account_id = $1", ReadPair, account.Value), cancellationToken);
        foreach (var (message, content) in pending)
        {
            if (SearchWords.Contains(await TextAsync(content, cancellationToken), field, needle))
                found.Add(message);
        }

        // 2. The index. A needle without any word is looked for in every message.
        var words = SearchWords.Normalize(needle);
        var verify = SearchWords.NeedsVerification(needle) || words.Split(' ').Any(word => word.Length >= SearchWords.MaxWordChars);
        var candidates = words.Length == 0
            ? await database.ReadAsync(tx => tx.QueryAsync("SELECT id, content_id FROM messages WHERE account_id = $1 AND vaulted_at IS NULL", ReadPair, account.Value), cancellationToken)
            : await CandidatesAsync(account, field, words, verify, found, cancellationToken);

        // 3. Where words do not tell all, the texts do.
        foreach (var (message, content) in candidates)
        {
            if (!found.Contains(message) && SearchWords.Contains(await TextAsync(content, cancellationToken), field, needle))
                found.Add(message);
        }
        return found;
    }

    /// <summary>So many messages wait to be indexed that searches grow slow: deliveries should slow down.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Says that accounts are changing just now.</summary>
    internal void Stirred() => Volatile.Write(ref lastChange, Stopwatch.GetTimestamp());

    /// <summary>Messages that wait to be indexed.</summary>
    public ValueTask<long> BacklogAsync(CancellationToken cancellationToken) => database.ReadAsync(tx => tx.ScalarAsync<long>("SELECT COUNT(*) FROM search_pending"), cancellationToken);

    /// <summary>Indexes what is pending until nothing is; returns how many messages.</summary>
    public Task<int> DrainAsync(CancellationToken cancellationToken) => DrainAsync(yielding: false, cancellationToken);

    /// <summary>The same; <paramref name="yielding"/> leaves most of the processor to others.</summary>
    internal async Task<int> DrainAsync(bool yielding, CancellationToken cancellationToken)
    {
        await indexing.WaitAsync(cancellationToken);
        try
        {
            var total = 0;
            while (true)
            {
                var start = Stopwatch.GetTimestamp();
                var count = await StepAsync(cancellationToken);
                if (count == 0)
                    break;
                total += count;
                // Counted no further than it matters.
                var waiting = await database.ReadAsync(tx => tx.ScalarAsync<long>($"SELECT COUNT(*) FROM (SELECT 1 FROM search_pending LIMIT {MaxBacklog + 1}) AS waiting"), cancellationToken);
                IsBehind = waiting > MaxBacklog;
                // Others come first: while they are at work and they are not too far ahead, the time is theirs.
                if (yielding && !IsBehind && Stopwatch.GetElapsedTime(Volatile.Read(ref lastChange)) < ChangePause)
                    await Task.Delay(Stopwatch.GetElapsedTime(start) * (waiting > EasyBacklog ? 2 : 9), cancellationToken);
            }
            return total;
        }
        finally
        {
            indexing.Release();
        }
    }

    /// <summary>Takes texts out of the index whose messages are gone for good.</summary>
    internal ValueTask RemoveAsync(IReadOnlyList<long> keys, CancellationToken cancellationToken) => keys.Count == 0 ? ValueTask.CompletedTask : index.RemoveAsync(keys, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await index.DisposeAsync();
        indexing.Dispose();
    }

    // Matches of the account's own texts are messages at once; of shared texts the account's messages with that content.
    private async ValueTask<List<(MessageId, ContentId)>> CandidatesAsync(AccountId account, SearchField field, string words, bool verify, HashSet<MessageId> found, CancellationToken cancellationToken)
    {
        var (first, last) = SearchIndex.RangeOf(account);
        var own = await index.MatchAsync(first, last, field, words, cancellationToken);
        var shared = await index.MatchAsync(0, SearchIndex.Mask, field, words, cancellationToken);
        var candidates = new List<(MessageId, ContentId)>();
        if (shared.Count > 0)
            candidates.AddRange(await database.ReadAsync(tx => SharedAsync(tx, account, shared), cancellationToken));
        if (!verify)
        {
            found.EnsureCapacity(found.Count + own.Count + candidates.Count);
            foreach (var key in own)
                found.Add(new(key & SearchIndex.Mask));
            foreach (var (message, _) in candidates)
                found.Add(message);
            return [];
        }
        foreach (var key in own)
        {
            var message = new MessageId(key & SearchIndex.Mask);
            if (await database.ReadAsync(tx => tx.ScalarAsync<long?>("SELECT content_id FROM messages WHERE id = $1", message.Value), cancellationToken) is { } content)
                candidates.Add((message, new(content)));
        }
        return candidates;
    }

    private static async ValueTask<List<(MessageId, ContentId)>> SharedAsync(Tx tx, AccountId account, List<long> keys)
    {
        var found = new List<(MessageId, ContentId)>();
        foreach (var key in keys)
            found.AddRange(await tx.QueryAsync("SELECT id, content_id FROM messages WHERE content_id = $1 AND account_id = $2", ReadPair, key, account.Value));
        return found;
    }

    private async Task<int> StepAsync(CancellationToken cancellationToken)
    {
        // 1. What is pending, and how many accounts have each content.
        var batch = await database.ReadAsync(
            tx => tx.QueryAsync(
                $"SELECT p.message_id, m.content_id, p.account_id FROM search_pending p JOIN messages m ON m.id = p.message_id ORDER BY p.message_id LIMIT {BatchMessages}",
                row => (Message: new MessageId(row.GetInt64(0)), Content: new ContentId(row.GetInt64(1)), Account: new AccountId(row.GetInt64(2)))),
            cancellationToken);
        if (batch.Count == 0)
            return 0;

        // 2. Their texts into the index, committed there.
        var texts = new List<KeyValuePair<long, MessageText>>();
        foreach (var group in batch.GroupBy(one => one.Content))
        {
            var (text, copies) = await TextAndCopiesAsync(group.Key, cancellationToken);
            if (copies > MaxOwnCopies)
                texts.Add(new(group.Key.Value, text));
            else
                texts.AddRange(group.Select(one => KeyValuePair.Create(SearchIndex.KeyOf(one.Account, one.Message), text)));
        }
        await index.AddAsync(texts, cancellationToken);

        // 3. Only now are they no longer pending. A crash before this adds them once more, which changes nothing.
        await database.WriteAsync(
            tx => tx.ExecuteAsync($"DELETE FROM search_pending WHERE message_id IN {Messages.In(tx, 1)}", Messages.Numbers(batch.Select(one => one.Message.Value))),
            cancellationToken);
        return batch.Count;
    }

    private async ValueTask<MessageText> TextAsync(ContentId content, CancellationToken cancellationToken) => (await TextAndCopiesAsync(content, cancellationToken)).Text;

    private async ValueTask<(MessageText Text, int Copies)> TextAndCopiesAsync(ContentId content, CancellationToken cancellationToken)
    {
        var (facts, row, copies) = await database.ReadAsync(
            tx => tx.FirstAsync(
                """
                SELECT c.size, c.storage, c.file, d.data, c.facts, (SELECT COUNT(*) FROM (SELECT 1 FROM messages WHERE content_id = c.id LIMIT 4) AS copies)
                FROM contents c LEFT JOIN content_data d ON d.content_id = c.id WHERE c.id = $1
                """,
                row => (row.GetFieldValue<byte[]>(4), ContentRow.Read(row, content, 0), row.GetInt32(5)),
                content.Value),
            cancellationToken);
        if (facts is null)
            return (new("", "", "", "", "", ""), copies);
        await using var stream = contents.Open(row).AsStream();
        return (await MessageText.ReadAsync(stream, MessageFacts.Deserialize(facts), cancellationToken), copies);
    }

    private static (MessageId, ContentId) ReadPair(System.Data.Common.DbDataReader row) => (new(row.GetInt64(0)), new(row.GetInt64(1)));
}
