using System.Data;
using System.Data.Common;
using Npgsql;

namespace CongVu.Mail.Store.Database;

/// <summary>
/// One transaction's view of the database. SQL is the common text of both engines with positional parameters <c>$1</c>, <c>$2</c> …
/// On SQLite every call completes synchronously and its statement stays prepared with the connection.
/// A transaction is used by one caller at a time and is dead after its work returns.
/// </summary>
public sealed class Tx
{
    private readonly SqliteSession? sqlite;
    private readonly NpgsqlConnection? postgres;
    private readonly CancellationToken cancellationToken;
    private Dictionary<long, long>? touched;
    private List<Action>? afterCommit;

    internal Tx(SqliteSession sqlite, CancellationToken cancellationToken)
    {
        this.sqlite = sqlite;
        this.cancellationToken = cancellationToken;
    }

    internal Tx(NpgsqlConnection postgres, CancellationToken cancellationToken)
    {
        this.postgres = postgres;
        this.cancellationToken = cancellationToken;
    }

    /// <summary>The engine is PostgreSQL: the few statements that differ ask here.</summary>
    public bool IsPostgres => postgres is not null;

    /// <summary>The accounts that this work changed, with the sequence each has now.</summary>
    internal IReadOnlyDictionary<long, long>? Touched => touched;

    /// <summary>Says that <paramref name="account"/> stands at <paramref name="modSeq"/> when this commits; readers of the change stream are told then.</summary>
    public void Touch(AccountId account, ModSeq modSeq) => (touched ??= [])[account.Value] = modSeq.Value;

    /// <summary>Something to do once this is committed: quick, and unable to fail. Work that is run again registers it again; work that is taken back never does it.</summary>
    public void AfterCommit(Action action) => (afterCommit ??= []).Add(action);

    internal void RunAfterCommit() => afterCommit?.ForEach(action => action());

    /// <summary>Runs a statement; returns the rows it changed.</summary>
    public ValueTask<int> ExecuteAsync(string sql, params object?[] arguments)
    {
        if (sqlite is null)
            return ExecutePostgresAsync(sql, arguments);
        var statement = Begin(sql, arguments);
        try
        {
            return new(statement.Run());
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>The first column of the first row, or null without a row.</summary>
    public ValueTask<T?> ScalarAsync<T>(string sql, params object?[] arguments)
    {
        if (sqlite is null)
            return ScalarPostgresAsync<T>(sql, arguments);
        var statement = Begin(sql, arguments);
        try
        {
            return new(Of<T>(statement.Scalar()));
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>Every row, read by <paramref name="read"/>, which must not call back into this transaction.</summary>
    public async ValueTask<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] arguments)
    {
        var rows = new List<T>();
        await ForEachAsync(sql, reader => rows.Add(read(reader)), arguments);
        return rows;
    }

    /// <summary>Calls <paramref name="row"/> for every row, which must not call back into this transaction.</summary>
    public ValueTask ForEachAsync(string sql, Action<DbDataReader> row, params object?[] arguments) => ForEachWhileAsync(
        sql,
        reader =>
        {
            row(reader);
            return true;
        },
        arguments);

    /// <summary>Calls <paramref name="row"/> for every row until it says false; it must not call back into this transaction.</summary>
    public ValueTask ForEachWhileAsync(string sql, Func<DbDataReader, bool> row, params object?[] arguments)
    {
        if (sqlite is null)
            return ForEachPostgresAsync(sql, row, arguments);
        var statement = Begin(sql, arguments);
        try
        {
            while (statement.Next() && row(statement.Row))
                cancellationToken.ThrowIfCancellationRequested();
            return default;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>The first row, or default without one.</summary>
    public async ValueTask<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] arguments)
    {
        var first = default(T);
        await ForEachWhileAsync(
            sql,
            row =>
            {
                first = read(row);
                return false;
            },
            arguments);
        return first;
    }

    private SqliteStatement Begin(string sql, object?[] arguments)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var statement = sqlite!.Statement(sql);
        statement.Bind(arguments);
        return statement;
    }

    private async ValueTask<int> ExecutePostgresAsync(string sql, object?[] arguments)
    {
        await using var command = Command(sql, arguments);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async ValueTask<T?> ScalarPostgresAsync<T>(string sql, object?[] arguments)
    {
        await using var command = Command(sql, arguments);
        return Of<T>(await command.ExecuteScalarAsync(cancellationToken));
    }

    private async ValueTask ForEachPostgresAsync(string sql, Func<DbDataReader, bool> row, object?[] arguments)
    {
        await using var command = Command(sql, arguments);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellationToken);
        while (await reader.ReadAsync(cancellationToken) && row(reader))
        {
        }
    }

    private NpgsqlCommand Command(string sql, object?[] arguments)
    {
        var command = postgres!.CreateCommand();
        command.CommandText = sql;
        foreach (var argument in arguments)
            command.Parameters.Add(new() { Value = argument ?? DBNull.Value });
        return command;
    }

    private static T? Of<T>(object? value) => value switch
    {
        null or DBNull => default,
        T wanted => wanted,
        _ => (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), null),
    };
}
