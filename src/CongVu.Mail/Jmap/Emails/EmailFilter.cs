using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>A text that is looked for in a field; every word of it must be there, what stands in quotation marks as it stands.</summary>
internal sealed record TextCondition(Store.Search.SearchField Field, IReadOnlyList<string> Words);

/// <summary>A header field that must be there, with <paramref name="Value"/> in it unless null.</summary>
internal sealed record HeaderCondition(string Name, string? Value);

/// <summary>One condition of an Email filter (RFC 8621 §4.4.1): all that is given holds.</summary>
internal sealed record EmailCondition
{
    internal MailboxId? InMailbox { get; init; }

    /// <summary>A mailbox is named that does not exist for this principal: nothing is in it.</summary>
    internal bool InNoMailbox { get; init; }

    internal IReadOnlyList<MailboxId>? InMailboxOtherThan { get; init; }

    internal DateTimeOffset? Before { get; init; }

    internal DateTimeOffset? After { get; init; }

    internal long? MinSize { get; init; }

    internal long? MaxSize { get; init; }

    internal string? AllInThreadHaveKeyword { get; init; }

    internal string? SomeInThreadHaveKeyword { get; init; }

    internal string? NoneInThreadHaveKeyword { get; init; }

    internal string? HasKeyword { get; init; }

    internal string? NotKeyword { get; init; }

    internal bool? HasAttachment { get; init; }

    internal IReadOnlyList<TextCondition> Texts { get; init; } = [];

    internal HeaderCondition? Header { get; init; }
}

/// <summary>A query: filter, order, and whether a conversation counts once.</summary>
internal sealed record EmailFilter(Filter<EmailCondition>? Filter, IReadOnlyList<Comparator> Sort, bool CollapseThreads)
{
    private static readonly HashSet<string> SortProperties =
        ["receivedAt", "sentAt", "size", "from", "to", "subject", "hasKeyword", "allInThreadHaveKeyword", "someInThreadHaveKeyword"];

    private static readonly (string Name, Store.Search.SearchField Field)[] TextFields =
    [
        ("text", Store.Search.SearchField.Text),
        ("from", Store.Search.SearchField.From),
        ("to", Store.Search.SearchField.To),
        ("cc", Store.Search.SearchField.Cc),
        ("bcc", Store.Search.SearchField.Bcc),
        ("subject", Store.Search.SearchField.Subject),
        ("body", Store.Search.SearchField.Body),
    ];

    /// <summary>A change of one message may move others of its conversation in or out.</summary>
    internal bool DependsOnThread => CollapseThreads
        || Sort.Any(s => s.Property.Contains("InThread", StringComparison.Ordinal))
        || Filter<EmailCondition>.Conditions(Filter).Any(c => (c.AllInThreadHaveKeyword ?? c.SomeInThreadHaveKeyword ?? c.NoneInThreadHaveKeyword) is not null);

    /// <summary>A message may come into the results, leave them or take another place in them as it is changed (RFC 8620 §5.6).</summary>
    internal bool IsMutable => DependsOnThread
        || Sort.Any(s => s.Property == "hasKeyword")
        || Filter<EmailCondition>.Conditions(Filter).Any(c => c.InMailbox is not null || c.InNoMailbox || c.InMailboxOtherThan is not null || c.HasKeyword is not null || c.NotKeyword is not null);

    internal static EmailFilter Read(Call call) => new(
        Filter<EmailCondition>.Read(call.Arguments.Object("filter"), call.Limits.MaxFilterConditions, arguments => ReadCondition(call, arguments)),
        Comparator.ReadAll(call, SortProperties),
        call.Arguments.Flag("collapseThreads", otherwise: false));

    internal static Filter<EmailCondition>? ReadFilter(Call call) =>
        Filter<EmailCondition>.Read(call.Arguments.Object("filter"), call.Limits.MaxFilterConditions, arguments => ReadCondition(call, arguments));

    private static EmailCondition ReadCondition(Call call, Arguments arguments)
    {
        var mailbox = arguments.Text("inMailbox");
        var inMailbox = mailbox is null ? null : JmapId.Mailbox(call.Resolve(mailbox));
        return new()
        {
            InMailbox = inMailbox,
            InNoMailbox = mailbox is not null && inMailbox is null,
            InMailboxOtherThan = arguments.Texts("inMailboxOtherThan")?.Select(id => JmapId.Mailbox(call.Resolve(id)) ?? default).ToArray(),
            Before = arguments.Date("before"),
            After = arguments.Date("after"),
            MinSize = arguments.Unsigned("minSize"),
            MaxSize = arguments.Unsigned("maxSize"),
            AllInThreadHaveKeyword = arguments.Text("allInThreadHaveKeyword"),
            SomeInThreadHaveKeyword = arguments.Text("someInThreadHaveKeyword"),
            NoneInThreadHaveKeyword = arguments.Text("noneInThreadHaveKeyword"),
            HasKeyword = arguments.Text("hasKeyword"),
            NotKeyword = arguments.Text("notKeyword"),
            HasAttachment = arguments.Find("hasAttachment") is null ? null : arguments.Flag("hasAttachment", otherwise: false),
            Texts = [.. ReadTexts(arguments)],
            Header = ReadHeader(arguments),
        };
    }

    private static IEnumerable<TextCondition> ReadTexts(Arguments arguments)
    {
        foreach (var (name, field) in TextFields)
        {
            if (arguments.Text(name) is { } text && Words(text) is { Count: > 0 } words)
                yield return new(field, words);
        }
    }

    private static HeaderCondition? ReadHeader(Arguments arguments) => arguments.Texts("header") switch
    {
        null => null,
        [{ Length: > 0 } name] => new(name, null),
        [{ Length: > 0 } name, var value] => new(name, value),
        _ => throw MethodErrorException.InvalidArguments("header is a list of a name and, if wanted, a text."),
    };

    // RFC 8621 §4.4.1: words in any order; in quotation marks together.
    internal static IReadOnlyList<string> Words(string text)
    {
        var words = new List<string>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            var quote = text[at] is '"' or '\'' && text.IndexOf(text[at], at + 1) > 0 ? text[at] : '\0';
            var start = quote == '\0' ? at : at + 1;
            var end = start;
            while (end < text.Length && (quote == '\0' ? !char.IsWhiteSpace(text[end]) : text[end] != quote))
                end++;
            if (end > start)
                words.Add(text[start..end]);
            at = quote == '\0' ? end : end + 1;
        }
        return words;
    }
}
