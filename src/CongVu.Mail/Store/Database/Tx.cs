using System.Data;
using System.Data.Common;
using Npgsql;

namespace CongVu.Mail.Store.Database;

/// <summary>
/// One transaction's view of the database. SQL is the common text of both engines with positional parameters <c>$1</c>, <c>$2</c> …
/// On SQLite every call completes synchronously and its command stays prepared with the connection.
/// A transaction is used by one caller at a time and is dead after its work returns.
/// </summary>
public sealed class Tx
{
    private readonly DbConnection connection;
    private readonly Dictionary<string, DbCommand>? prepared;
    private readonly CancellationToken cancellationToken;
    private Dictionary<long, long>? touched;
    private List<Action>? afterCommit;

    internal Tx(DbConnection connection, Dictionary<string, DbCommand>? prepared, CancellationToken cancellationToken)
    {
        this.connection = connection;
        this.prepared = prepared;
        this.cancellationToken = cancellationToken;
    }

    /// <summary>The engine is PostgreSQL: the few statements that differ ask here.</summary>
    public bool IsPostgres => prepared is null;

    /// <summary>The accounts that this work changed, with the sequence each has now.</summary>
    internal IReadOnlyDictionary<long, long>? Touched => touched;

    /// <summary>Says that <paramref name="account"/> stands at <paramref name="modSeq"/> when this commits; readers of the change stream are told then.</summary>
    public void Touch(AccountId account, ModSeq modSeq) => (touched ??= [])[account.Value] = modSeq.Value;

    /// <summary>Something to do once this is committed: quick, and unable to fail. Work that is run again registers it again; work that is taken back never does it.</summary>
    public void AfterCommit(Action action) => (afterCommit ??= []).Add(action);

    internal void RunAfterCommit() => afterCommit?.ForEach(action => action());

    /// <summary>Runs a statement; returns the rows it changed.</summary>
    public async ValueTask<int> ExecuteAsync(string sql, params object?[] arguments)
    {
        var command = Command(sql, arguments);
        try
        {
            return await command.ExecuteNonQueryAsync(cancellationToken);
        }
        finally
        {
            await ReleaseAsync(command);
        }
    }

    /// <summary>The first column of the first row, or null without a row.</summary>
    public async ValueTask<T?> ScalarAsync<T>(string sql, params object?[] arguments)
    {
        var command = Command(sql, arguments);
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) switch
            {
                null or DBNull => default,
                T value => value,
                var value => (T)Convert.ChangeType(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T), null),
            };
        }
        finally
        {
            await ReleaseAsync(command);
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
    public async ValueTask ForEachAsync(string sql, Action<DbDataReader> row, params object?[] arguments)
    {
        var command = Command(sql, arguments);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                row(reader);
        }
        finally
        {
            await ReleaseAsync(command);
        }
    }

    /// <summary>Calls <paramref name="row"/> for every row until it says false; it must not call back into this transaction.</summary>
    public async ValueTask ForEachWhileAsync(string sql, Func<DbDataReader, bool> row, params object?[] arguments)
    {
        var command = Command(sql, arguments);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellationToken);
            while (await reader.ReadAsync(cancellationToken) && row(reader))
            {
            }
        }
        finally
        {
            await ReleaseAsync(command);
        }
    }

    /// <summary>The first row, or default without one.</summary>
    public async ValueTask<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> read, params object?[] arguments)
    {
        var command = Command(sql, arguments);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? read(reader) : default;
        }
        finally
        {
            await ReleaseAsync(command);
        }
    }

    private DbCommand Command(string sql, object?[] arguments)
    {
        if (prepared is not null && prepared.TryGetValue(sql, out var kept))
        {
            for (var i = 0; i < arguments.Length; i++)
                kept.Parameters[i].Value = arguments[i] ?? DBNull.Value;
            return kept;
        }

        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < arguments.Length; i++)
        {
            var parameter = command.CreateParameter();
            if (prepared is not null)
                parameter.ParameterName = $"${i + 1}";
            parameter.Value = arguments[i] ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        if (prepared is not null)
        {
            prepared.Add(sql, command);
            command.Prepare();
        }
        return command;
    }

    private static ValueTask ReleaseAsync(DbCommand command) => command is NpgsqlCommand ? command.DisposeAsync() : ValueTask.CompletedTask;
}
