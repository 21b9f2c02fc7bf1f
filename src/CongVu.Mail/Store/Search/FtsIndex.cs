using System.Text;
using CongVu.Formats.Mime;
using CongVu.Mail.Store.Database;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CongVu.Mail.Store.Search;

/// <summary>The embedded index: SQLite's FTS5 in a database of its own, which can be thrown away and made anew. It holds words and places, not texts.</summary>
internal sealed class FtsIndex : SearchIndex
{
    /// <summary>Alternatives in one query.</summary>
    private const int MaxAlternatives = 1000;

    private readonly string connectionString;
    private readonly SqliteSession writer;
    private readonly Stack<SqliteSession> readers = new();
    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1);
    private Terms? terms;

    internal FtsIndex(string file)
    {
        connectionString = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 30 }.ConnectionString;
        writer = Open();
        // Words are split by us: whatever is not ASCII is part of one. Deletes need no texts.
        writer.Execute("CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(subject, sender, recipient, cc, bcc, body, content='', contentless_delete=1, tokenize='ascii')");
        writer.Execute("CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5vocab(texts, col)");
        writer.Execute("CREATE TABLE IF NOT EXISTS keys (key INTEGER PRIMARY KEY)");
        writer.Execute("INSERT INTO texts(texts, rank) VALUES ('automerge', 8)");
    }

    internal override async ValueTask AddAsync(IReadOnlyList<KeyValuePair<long, MessageText>> texts, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            Add(texts);
        }
        finally
        {
            writing.Release();
        }
    }

    internal override async ValueTask RemoveAsync(IReadOnlyList<long> keys, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            Transact(() =>
            {
                foreach (var one in keys)
                {
                    if (writer.Run("DELETE FROM keys WHERE key = $1", one) > 0)
                        writer.Run("DELETE FROM texts WHERE rowid = $1", one);
                }
            });
        }
        finally
        {
            writing.Release();
        }
    }

    internal override ValueTask<List<long>> MatchAsync(long first, long last, SearchField field, string words, CancellationToken cancellationToken)
    {
        var keys = new List<long>();
        var queries = 0;
        var reader = Rent();
        try
        {
            foreach (var query in Queries(reader, field, words.Split(' ')))
            {
                cancellationToken.ThrowIfCancellationRequested();
                queries++;
                reader.ForEach("SELECT rowid FROM texts WHERE texts MATCH $1 AND rowid BETWEEN $2 AND $3", row => keys.Add(row.GetInt64(0)), query, first, last);
            }
        }
        finally
        {
            lock (gate)
                readers.Push(reader);
        }
        // Only alternatives that were asked apart can have found the same.
        return ValueTask.FromResult(queries > 1 ? [.. keys.Distinct()] : keys);
    }

    public override ValueTask DisposeAsync()
    {
        writer.Dispose();
        foreach (var reader in readers)
            reader.Dispose();
        writing.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Add(IReadOnlyList<KeyValuePair<long, MessageText>> texts)
    {
        Transact(() =>
        {
            var added = new List<(string Words, bool InBody)>();
            foreach (var (id, text) in texts)
            {
                if (writer.Run("INSERT OR IGNORE INTO keys (key) VALUES ($1)", id) == 0)
                    continue;
                string[] columns = [.. new[] { text.Subject, text.From, text.To, text.Cc, text.Bcc, text.Body }.Select(SearchWords.Normalize)];
                writer.Run("INSERT INTO texts (rowid, subject, sender, recipient, cc, bcc, body) VALUES ($1, $2, $3, $4, $5, $6, $7)", [id, .. columns]);
                for (var i = 0; i < columns.Length; i++)
                    added.Add((columns[i], i == columns.Length - 1));
            }
            // Known before they can be found: a search never misses a word that is in the index.
            if (terms is not { } list)
                return;
            foreach (var (words, inBody) in added)
                (inBody ? list.Body : list.Header).Add(words);
        });
        if (terms is { Header.IsStale: true } or { Body.IsStale: true })
            terms = null;
    }

    private void Transact(Action work)
    {
        writer.Execute("BEGIN IMMEDIATE");
        try
        {
            work();
            writer.Execute("COMMIT");
        }
        catch
        {
            if (raw.sqlite3_get_autocommit(writer.Handle) == 0)
                writer.Execute("ROLLBACK");
            throw;
        }
    }

    // The first word may begin earlier and the last may go on: a needle is any piece of text.
    private IEnumerable<string> Queries(SqliteSession reader, SearchField field, string[] words)
    {
        var column = field switch
        {
            SearchField.Body => "{body} : ",
            SearchField.Subject => "{subject} : ",
            SearchField.From => "{sender} : ",
            SearchField.To => "{recipient} : ",
            SearchField.Cc => "{cc} : ",
            SearchField.Bcc => "{bcc} : ",
            _ => "",
        };
        var rest = words.Length == 1 ? "" : " " + string.Join(' ', words[1..]);
        var known = KnownTerms(reader);
        var alternatives = new HashSet<string>(StringComparer.Ordinal);
        if (field is not SearchField.Body)
            alternatives.UnionWith(known.Header.Find(words[0], atEnd: words.Length > 1));
        if (field is SearchField.Body or SearchField.Text)
            alternatives.UnionWith(known.Body.Find(words[0], atEnd: words.Length > 1));
        foreach (var chunk in alternatives.Chunk(MaxAlternatives))
        {
            var query = new StringBuilder(column).Append('(');
            for (var i = 0; i < chunk.Length; i++)
                query.Append(i == 0 ? "" : " OR ").Append('"').Append(chunk[i]).Append(rest).Append(words.Length == 1 ? "\"" : "\" *");
            yield return query.Append(')').ToString();
        }
    }

    private Terms KnownTerms(SqliteSession reader)
    {
        if (terms is { } known)
            return known;
        // While no words are added: else one could fall between the list and its first addition.
        writing.Wait();
        try
        {
            return terms ??= new(Read(reader, "SELECT DISTINCT term FROM words WHERE col <> 'body'"), Read(reader, "SELECT term FROM words WHERE col = 'body'"));
        }
        finally
        {
            writing.Release();
        }
    }

    private static TermList Read(SqliteSession reader, string sql)
    {
        var bytes = new MemoryStream();
        bytes.WriteByte((byte)'\n');
        reader.ForEach(
            sql,
            row =>
            {
                bytes.Write(Encoding.UTF8.GetBytes(row.GetString(0)));
                bytes.WriteByte((byte)'\n');
            });
        return new(bytes.ToArray());
    }

    private SqliteSession Rent()
    {
        lock (gate)
        {
            if (readers.TryPop(out var reader))
                return reader;
        }
        return Open();
    }

    private SqliteSession Open()
    {
        var session = new SqliteSession(connectionString);
        session.Execute("PRAGMA busy_timeout=30000");
        // It can be made anew, so a lost last second is no harm: what was pending is asked of the store.
        session.Execute("PRAGMA page_size=8192");
        session.Execute("PRAGMA journal_mode=WAL");
        session.Execute("PRAGMA synchronous=NORMAL");
        session.Execute("PRAGMA cache_size=-16384");
        return session;
    }

    /// <summary>Words of headers apart from those of bodies, which are many more: a search in one does not try the other's.</summary>
    private sealed record Terms(TermList Header, TermList Body);
}
