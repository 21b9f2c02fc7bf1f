using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CongVu.Mail.Store.Database;

/// <summary>A connection with its prepared statements, used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteStatement> statements = new(StringComparer.Ordinal);

    internal SqliteSession(string connectionString)
    {
        connection = new(connectionString);
        connection.Open();
    }

    internal sqlite3 Handle => connection.Handle!;

    internal SqliteStatement Statement(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
            statements.Add(sql, statement = new(Handle, sql));
        return statement;
    }

    internal void Execute(string sql) => Run(sql);

    /// <summary>Runs a statement; the rows it changed.</summary>
    internal int Run(string sql, params ReadOnlySpan<object?> arguments)
    {
        var statement = Statement(sql);
        try
        {
            statement.Bind(arguments);
            return statement.Run();
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Calls <paramref name="row"/> for every row.</summary>
    internal void ForEach(string sql, Action<SqliteRow> row, params ReadOnlySpan<object?> arguments)
    {
        var statement = Statement(sql);
        try
        {
            statement.Bind(arguments);
            while (statement.Next())
                row(statement.Row);
        }
        finally
        {
            statement.Reset();
        }
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
            statement.Dispose();
        connection.Dispose();
    }
}
