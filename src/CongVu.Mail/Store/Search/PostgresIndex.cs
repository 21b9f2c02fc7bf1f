using CongVu.Formats.Mime;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store.Search;

/// <summary>The index beside a PostgreSQL store: the folded texts in a table that all server processes share, read through by account.</summary>
internal sealed class PostgresIndex(StoreDatabase database) : SearchIndex
{
    internal override async ValueTask AddAsync(IReadOnlyList<KeyValuePair<long, MessageText>> texts, CancellationToken cancellationToken) => await database.WriteAsync(
        async tx =>
        {
            foreach (var (key, text) in texts)
                await tx.ExecuteAsync(
                    "INSERT INTO search_texts (key, subject, sender, recipient, cc, bcc, body) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING",
                    key,
                    Column(text.Subject),
                    Column(text.From),
                    Column(text.To),
                    Column(text.Cc),
                    Column(text.Bcc),
                    Column(text.Body));
            return 0;
        },
        cancellationToken);

    internal override async ValueTask RemoveAsync(IReadOnlyList<long> keys, CancellationToken cancellationToken) => await database.WriteAsync(
        async tx =>
        {
            foreach (var key in keys)
                await tx.ExecuteAsync("DELETE FROM search_texts WHERE key = $1", key);
            return 0;
        },
        cancellationToken);

    internal override ValueTask<List<long>> MatchAsync(long first, long last, SearchField field, string words, CancellationToken cancellationToken)
    {
        var match = field switch
        {
            SearchField.Body => "strpos(body, $3) > 0",
            SearchField.Subject => "strpos(subject, $3) > 0",
            SearchField.From => "strpos(sender, $3) > 0",
            SearchField.To => "strpos(recipient, $3) > 0",
            SearchField.Cc => "strpos(cc, $3) > 0",
            SearchField.Bcc => "strpos(bcc, $3) > 0",
            _ => "strpos(subject, $3) + strpos(sender, $3) + strpos(recipient, $3) + strpos(cc, $3) + strpos(bcc, $3) + strpos(body, $3) > 0",
        };
        return database.ReadAsync(tx => tx.QueryAsync($"SELECT key FROM search_texts WHERE key BETWEEN $1 AND $2 AND {match}", row => row.GetInt64(0), first, last, words), cancellationToken);
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // PostgreSQL's text has no NUL; words have none either.
    private static string Column(string text) => SearchWords.Normalize(text);
}
