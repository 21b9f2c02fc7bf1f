using CongVu.Formats.Mime;
using CongVu.Formats.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>
/// A query at work: 1. words are looked up in the search index, 2. the account's index is filtered, 3. what is left is sorted, 4. and conversations are
/// collapsed. Rows are read only for what neither index knows.
/// </summary>
internal sealed class EmailQueryRun
{
    private const int FactsBatch = 1_000;

    private readonly Call call;
    private readonly Dictionary<TextCondition, IReadOnlySet<MessageId>> words = [];
    private readonly Dictionary<HeaderCondition, HashSet<MessageId>> headers = [];
    private HashSet<MessageId>? withAttachment;

    private EmailQueryRun(Call call, AccountScope scope)
    {
        this.call = call;
        Scope = scope;
    }

    /// <summary>The account at the moment of the query.</summary>
    internal AccountScope Scope { get; }

    /// <summary>What was found, in order.</summary>
    internal IReadOnlyList<IndexedMessage> Results { get; private set; } = [];

    internal string State => call.State(Scope);

    internal static async ValueTask<EmailQueryRun> RunAsync(Call call, EmailFilter query, CancellationToken cancellationToken)
    {
        var scope = await call.InScopeAsync((_, found) => ValueTask.FromResult(found), cancellationToken);
        var run = new EmailQueryRun(call, scope);
        var conditions = Filter<EmailCondition>.Conditions(query.Filter).ToArray();

        // 1. Words first: what arrives meanwhile is not in the scope and does not count.
        foreach (var text in conditions.SelectMany(c => c.Texts))
            await run.LookUpAsync(text, cancellationToken);
        if (conditions.Any(c => c.HasAttachment is not null))
            run.withAttachment = await run.WithAttachmentAsync(cancellationToken);
        foreach (var header in conditions.Select(c => c.Header).OfType<HeaderCondition>())
            await run.ReadHeadersAsync(header, query.Filter, cancellationToken);

        // 2. Filter.
        var found = scope.Messages.Where(m => Filter<EmailCondition>.Matches(query.Filter, condition => run.Decide(condition, m))).ToArray();

        // 3. Sort: the index is newest first.
        if (query.Sort is not ([] or [{ Property: "receivedAt", Ascending: false }]))
            await run.SortAsync(found, query.Sort, cancellationToken);

        // 4. RFC 8621 §4.4.3: of each conversation the first.
        var seen = new HashSet<long>();
        run.Results = query.CollapseThreads ? [.. found.Where(m => seen.Add(m.ThreadId))] : found;
        return run;
    }

    private bool Decide(EmailCondition condition, IndexedMessage message)
    {
        if (condition.InNoMailbox
            || (condition.InMailbox is { } mailbox && !message.IsIn(mailbox))
            || (condition.InMailboxOtherThan is { } others && message.Copies.All(c => others.Contains(c.Mailbox)))
            || (condition.Before is { } before && message.Received >= before.ToUnixTimeMilliseconds())
            || (condition.After is { } after && message.Received < after.ToUnixTimeMilliseconds())
            || message.Size < condition.MinSize
            || message.Size >= condition.MaxSize)
            return false;
        if ((condition.HasKeyword is { } has && !JmapKeywords.Has(message, has)) || (condition.NotKeyword is { } not && JmapKeywords.Has(message, not)))
            return false;
        if ((condition.AllInThreadHaveKeyword is { } all && !Scope.Thread(message.ThreadId).All(m => JmapKeywords.Has(m, all)))
            || (condition.SomeInThreadHaveKeyword is { } some && !Scope.Thread(message.ThreadId).Any(m => JmapKeywords.Has(m, some)))
            || (condition.NoneInThreadHaveKeyword is { } none && Scope.Thread(message.ThreadId).Any(m => JmapKeywords.Has(m, none))))
            return false;
        if (condition.HasAttachment is { } wants && withAttachment!.Contains(message.Id) != wants)
            return false;
        foreach (var text in condition.Texts)
        {
            if (!words[text].Contains(message.Id))
                return false;
        }
        return condition.Header is not { } header || !headers.TryGetValue(header, out var with) || with.Contains(message.Id);
    }

    private async ValueTask LookUpAsync(TextCondition text, CancellationToken cancellationToken)
    {
        HashSet<MessageId>? all = null;
        foreach (var word in text.Words)
        {
            var found = await call.Store.Search.MatchAsync(Scope.Account.Id, text.Field, word, cancellationToken);
            if (all is null)
                all = [.. found];
            else
                all.IntersectWith(found);
        }
        words[text] = all!;
    }

    // Attachments shown in place do not count, so the bytes counted at delivery are a first sieve only.
    private async ValueTask<HashSet<MessageId>> WithAttachmentAsync(CancellationToken cancellationToken)
    {
        var found = await call.Store.Database.ReadAsync(
            tx => tx.QueryAsync(
                "SELECT m.id, c.facts FROM messages m JOIN contents c ON c.id = m.content_id WHERE m.account_id = $1 AND m.vaulted_at IS NULL AND c.attachment_bytes > 0",
                row => (Id: new MessageId(row.GetInt64(0)), Has: HasAttachment(row.GetFieldValue<byte[]>(1))),
                Scope.Account.Id.Value),
            cancellationToken);
        return [.. found.Where(m => m.Has).Select(m => m.Id)];
    }

    private static bool HasAttachment(byte[] facts) => BodyLists.Of(BodyPart.Of(MessageFacts.Deserialize(facts).Root)).Attachments.Any(part => part.Part.Disposition != "inline");

    // Headers are read only of what the rest of the filter leaves.
    private async ValueTask ReadHeadersAsync(HeaderCondition condition, Filter<EmailCondition>? filter, CancellationToken cancellationToken)
    {
        var with = new HashSet<MessageId>();
        var others = filter is Filter<EmailCondition>.Operator { Name: "AND" } and ? and.Of.Where(f => !Filter<EmailCondition>.Conditions(f).Any(c => c.Header is not null)).ToArray() : [];
        var candidates = Scope.Messages.Where(m => others.All(f => Filter<EmailCondition>.Matches(f, c => Decide(c, m)))).ToArray();
        foreach (var batch in candidates.Chunk(FactsBatch))
        {
            var rows = await call.Store.Database.ReadAsync(tx => StoredMessage.ReadAsync(tx, batch), cancellationToken);
            foreach (var row in rows)
            {
                await using var email = EmailView.Of(call.Store, row);
                var values = (await email.HeaderAsync(cancellationToken)).All(condition.Name);
                if (condition.Value is { } value ? values.Any(v => Contains(v, value)) : values.Any())
                    with.Add(row.Indexed.Id);
            }
        }
        headers[condition] = with;
    }

    private static bool Contains(byte[] value, string text) => VietnameseFolding.Fold(HeaderBlock.Text(value)).Contains(VietnameseFolding.Fold(text), StringComparison.Ordinal);

    private async ValueTask SortAsync(IndexedMessage[] found, IReadOnlyList<Comparator> sort, CancellationToken cancellationToken)
    {
        var facts = sort.Any(s => s.Property is "sentAt" or "from" or "to" or "subject") ? await SortFactsAsync(found, cancellationToken) : [];
        Array.Sort(found, (a, b) =>
        {
            foreach (var by in sort)
            {
                var order = by.Property switch
                {
                    "receivedAt" => a.Received.CompareTo(b.Received),
                    "size" => a.Size.CompareTo(b.Size),
                    "sentAt" => facts[a.Id].Sent.CompareTo(facts[b.Id].Sent),
                    "from" => string.CompareOrdinal(facts[a.Id].From, facts[b.Id].From),
                    "to" => string.CompareOrdinal(facts[a.Id].To, facts[b.Id].To),
                    "subject" => string.CompareOrdinal(facts[a.Id].Subject, facts[b.Id].Subject),
                    "hasKeyword" => JmapKeywords.Has(a, by.Keyword!).CompareTo(JmapKeywords.Has(b, by.Keyword!)),
                    "allInThreadHaveKeyword" => Scope.Thread(a.ThreadId).All(m => JmapKeywords.Has(m, by.Keyword!)).CompareTo(Scope.Thread(b.ThreadId).All(m => JmapKeywords.Has(m, by.Keyword!))),
                    _ => Scope.Thread(a.ThreadId).Any(m => JmapKeywords.Has(m, by.Keyword!)).CompareTo(Scope.Thread(b.ThreadId).Any(m => JmapKeywords.Has(m, by.Keyword!))),
                };
                if (order != 0)
                    return by.Ascending ? order : -order;
            }
            return b.Received.CompareTo(a.Received) is var received and not 0 ? received : b.Id.Value.CompareTo(a.Id.Value);
        });
    }

    private readonly record struct SortFacts(long Sent, string From, string To, string Subject);

    private async ValueTask<Dictionary<MessageId, SortFacts>> SortFactsAsync(IndexedMessage[] found, CancellationToken cancellationToken)
    {
        var all = new Dictionary<MessageId, SortFacts>(found.Length);
        foreach (var batch in found.Chunk(FactsBatch))
        {
            var rows = await call.Store.Database.ReadAsync(
                tx => tx.QueryAsync(
                    $"SELECT m.id, c.facts FROM messages m JOIN contents c ON c.id = m.content_id WHERE m.id IN {Messages.In(tx, 1)}",
                    row => (new MessageId(row.GetInt64(0)), Read(row.GetFieldValue<byte[]>(1))),
                    Messages.Numbers(batch.Select(m => m.Id.Value))),
                cancellationToken);
            foreach (var (id, facts) in rows)
                all[id] = facts;
        }
        // Gone meanwhile: somewhere.
        foreach (var message in found)
            all.TryAdd(message.Id, new(message.Received / 1000, "", "", ""));
        return all;
    }

    private static SortFacts Read(byte[] serialized)
    {
        var facts = MessageFacts.Deserialize(serialized);
        var (from, to) = facts.SortDisplay;
        return new(facts.Date?.ToUnixTimeSeconds() ?? 0, VietnameseFolding.Fold(from), VietnameseFolding.Fold(to), VietnameseFolding.Fold(facts.BaseSubject));
    }
}
