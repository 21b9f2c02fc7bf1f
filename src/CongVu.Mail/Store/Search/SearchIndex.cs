using CongVu.Formats.Mime;

namespace CongVu.Mail.Store.Search;

/// <summary>
/// What an index keeps: texts by key. The key of a message is its account's id above 36 bits and its own below, so an account's are neighbours; the key
/// of a content that many accounts share is the content's id alone.
/// </summary>
internal abstract class SearchIndex : IAsyncDisposable
{
    private const int AccountShift = 36;
    internal const long Mask = (1L << AccountShift) - 1;

    internal static long KeyOf(AccountId account, MessageId message) => (account.Value << AccountShift) | message.Value;

    internal static (long First, long Last) RangeOf(AccountId account) => (account.Value << AccountShift, (account.Value << AccountShift) | Mask);

    /// <summary>Adds texts that are not there yet, and commits.</summary>
    internal abstract ValueTask AddAsync(IReadOnlyList<KeyValuePair<long, MessageText>> texts, CancellationToken cancellationToken);

    /// <summary>Takes texts out.</summary>
    internal abstract ValueTask RemoveAsync(IReadOnlyList<long> keys, CancellationToken cancellationToken);

    /// <summary>Keys from first to last whose field may contain the (normalized) words: all that do, and none more unless <see cref="SearchWords.NeedsVerification"/>.</summary>
    internal abstract ValueTask<List<long>> MatchAsync(long first, long last, SearchField field, string words, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
