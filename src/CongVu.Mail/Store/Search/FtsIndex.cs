using System.Text;
using CongVu.Formats.Mime;
using Microsoft.Data.Sqlite;

namespace CongVu.Mail.Store.Search;

/// <summary>The embedded index: SQLite's FTS5 in a database of its own, which can be thrown away and made anew. It holds words and places, not texts.</summary>
internal sealed class FtsIndex : SearchIndex
{
    /// <summary>Alternatives in one query.</summary>
    private const int MaxAlternatives = 1000;

    private readonly string connectionString;
    private readonly SqliteConnection writer;
    private readonly Stack<SqliteConnection> readers = new();
    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1);
    private Terms? terms;

    internal FtsIndex(string file)
    {
        connectionString = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = 30 }.ConnectionString;
        writer = Open();
        // Words are split by us: whatever is not ASCII is part of one. Deletes need no texts.
        Execute("CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5(subject, sender, recipient, cc, bcc, body, content='', contentless_delete=1, tokenize='ascii')");
        Execute("CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5vocab(texts, col)");
        Execute("CREATE TABLE IF NOT EXISTS keys (key INTEGER PRIMARY KEY)");
        Execute("INSERT INTO texts(texts, rank) VALUES ('automerge', 8)");
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
            using var transaction = writer.BeginTransaction();
            using var text = Command(writer, "DELETE FROM texts WHERE rowid = $key", transaction);
            using var key = Command(writer, "DELETE FROM keys WHERE key = $key", transaction);
            foreach (var one in keys)
            {
                key.Parameters[0].Value = one;
                if (key.ExecuteNonQuery() == 0)
                    continue;
                text.Parameters[0].Value = one;
                text.ExecuteNonQuery();
            }
            transaction.Commit();
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
                using var command = reader.CreateCommand();
                command.CommandText = "SELECT rowid FROM texts WHERE texts MATCH $query AND rowid BETWEEN $first AND $last";
                command.Parameters.AddWithValue("$query", query);
                command.Parameters.AddWithValue("$first", first);
                command.Parameters.AddWithValue("$last", last);
                using var rows = command.ExecuteReader();
                while (rows.Read())
                    keys.Add(rows.GetInt64(0));
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
        using var transaction = writer.BeginTransaction();
        using var key = Command(writer, "INSERT OR IGNORE INTO keys (key) VALUES ($key)", transaction);
        using var insert = writer.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText = "INSERT INTO texts (rowid, subject, sender, recipient, cc, bcc, body) VALUES ($0, $1, $2, $3, $4, $5, $6)";
        for (var i = 0; i <= 6; i++)
            insert.Parameters.Add(new($"${i}", null));
        var added = new List<(string Words, bool InBody)>();
        foreach (var (id, text) in texts)
        {
            key.Parameters[0].Value = id;
            if (key.ExecuteNonQuery() == 0)
                continue;
            insert.Parameters[0].Value = id;
            string[] columns = [text.Subject, text.From, text.To, text.Cc, text.Bcc, text.Body];
            for (var i = 0; i < columns.Length; i++)
            {
                var words = SearchWords.Normalize(columns[i]);
                insert.Parameters[i + 1].Value = words;
                added.Add((words, i == columns.Length - 1));
            }
            insert.ExecuteNonQuery();
        }
        // Known before they can be found: a search never misses a word that is in the index.
        if (terms is { } list)
        {
            foreach (var (words, inBody) in added)
                (inBody ? list.Body : list.Header).Add(words);
        }
        transaction.Commit();
        if (terms is { Header.IsStale: true } or { Body.IsStale: true })
            terms = null;
    }

    // The first word may begin earlier and the last may go on: a needle is any piece of text.
    private IEnumerable<string> Queries(SqliteConnection reader, SearchField field, string[] words)
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

    private Terms KnownTerms(SqliteConnection reader)
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

    private static TermList Read(SqliteConnection reader, string sql)
    {
        var bytes = new MemoryStream();
        bytes.WriteByte((byte)'\n');
        using var command = reader.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            bytes.Write(Encoding.UTF8.GetBytes(rows.GetString(0)));
            bytes.WriteByte((byte)'\n');
        }
        return new(bytes.ToArray());
    }

    private SqliteConnection Rent()
    {
        lock (gate)
        {
            if (readers.TryPop(out var reader))
                return reader;
        }
        return Open();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(connectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        // It can be made anew, so a lost last second is no harm: what was pending is asked of the store.
        command.CommandText = "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16384";
        command.ExecuteNonQuery();
        return connection;
    }

    private void Execute(string sql)
    {
        using var command = writer.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, SqliteTransaction transaction)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.Parameters.Add(new("$key", null));
        return command;
    }

    /// <summary>Words of headers apart from those of bodies, which are many more: a search in one does not try the other's.</summary>
    private sealed record Terms(TermList Header, TermList Body);
}
