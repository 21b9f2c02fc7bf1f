using System.Reflection;
using System.Threading.Channels;
using Npgsql;

namespace CongVu.Mail.Store.Database;

/// <summary>PostgreSQL. Each piece of work is a transaction of its own; the server groups the syncs of concurrent commits.</summary>
public sealed class PostgresStoreDatabase : StoreDatabase
{
    /// <summary>Conflicts (deadlock, serialization) that a piece of work may meet before the caller is told.</summary>
    private const int MaxAttempts = 5;

    /// <summary>Statements of one transaction of <see cref="RunTogetherAsync"/>.</summary>
    private const int MaxGroup = 64;

    private readonly NpgsqlDataSource source;
    private readonly Channel<Piece> pieces = Channel.CreateUnbounded<Piece>(new() { SingleReader = true });
    private readonly Task grouping;

    private PostgresStoreDatabase(NpgsqlDataSource source)
    {
        this.source = source;
        grouping = Task.Run(GroupAsync);
    }

    /// <summary>Connects and brings the schema up to date.</summary>
    public static async Task<PostgresStoreDatabase> OpenAsync(string connectionString, IReadOnlyList<Assembly> migrations, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 200, AutoPrepareMinUsages = 2 };
        var database = new PostgresStoreDatabase(NpgsqlDataSource.Create(settings));
        await database.MigrateAsync(migrations, cancellationToken);
        return database;
    }

    /// <inheritdoc/>
    public override async Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(cancellationToken);
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var tx = new Tx(connection, cancellationToken);
                var result = await work(tx);
                // A commit under way is not given up: the caller must learn how it ended.
                await transaction.CommitAsync(CancellationToken.None);
                if (tx.Touched is { } changed)
                    Committed?.Invoke(changed);
                tx.RunAfterCommit();
                return result;
            }
            catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure && attempt < MaxAttempts)
            {
            }
            catch (NpgsqlException error)
            {
                throw NotCommitted(error);
            }
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken);
            return await work(new Tx(connection, cancellationToken));
        }
        catch (NpgsqlException error)
        {
            throw new StoreException("The store cannot be read.", error);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<T> LookAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellationToken);
            return await work(new Tx(connection, cancellationToken));
        }
        catch (NpgsqlException error)
        {
            throw new StoreException("The store cannot be read.", error);
        }
    }

    /// <summary>
    /// Runs one statement that changes <paramref name="account"/> and returns one row: a key, and the account's new sequence or null where nothing became of
    /// it. Those that wait at the same time go to the server together, in one transaction and one journey, so that deliveries to one account do not wait for
    /// each other's sync. When it returns, the change is committed and synced.
    /// </summary>
    internal Task<(long Key, long? ModSeq)> RunTogetherAsync(AccountId account, string sql, object?[] arguments)
    {
        var piece = new Piece(account, sql, arguments);
        return pieces.Writer.TryWrite(piece) ? piece.Done.Task : throw new ObjectDisposedException(nameof(PostgresStoreDatabase));
    }

    private async Task GroupAsync()
    {
        var group = new List<Piece>(MaxGroup);
        while (await pieces.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxGroup && pieces.Reader.TryRead(out var piece))
                group.Add(piece);
            // Accounts are locked in the order of their ids; of one account, who came first is first.
            List<Piece> ordered = [.. group.OrderBy(piece => piece.Account.Value)];
            if (!await TryRunAsync(ordered))
            {
                // A piece that fails takes only itself back.
                foreach (var piece in ordered)
                    await RunAloneAsync(piece);
            }
        }
    }

    private async Task<bool> TryRunAsync(List<Piece> group)
    {
        var rows = new List<(long Key, long? ModSeq)>(group.Count);
        try
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var batch = new NpgsqlBatch(connection, transaction))
            {
                foreach (var piece in group)
                {
                    var command = new NpgsqlBatchCommand(piece.Sql);
                    foreach (var argument in piece.Arguments)
                        command.Parameters.Add(new() { Value = argument ?? DBNull.Value });
                    batch.BatchCommands.Add(command);
                }
                await using var reader = await batch.ExecuteReaderAsync();
                do
                {
                    await reader.ReadAsync();
                    rows.Add((reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetInt64(1)));
                }
                while (await reader.NextResultAsync());
            }
            await transaction.CommitAsync();
        }
        catch (PostgresException)
        {
            // The server has taken all of it back.
            return false;
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
        {
            // How it ended is not known: whoever waits is told that it did not, and comes again.
            foreach (var piece in group)
                piece.Done.TrySetException(NotCommitted(error));
            return true;
        }
        var changed = new Dictionary<long, long>();
        foreach (var (piece, row) in group.Zip(rows))
        {
            if (row.ModSeq is { } modSeq)
                changed[piece.Account.Value] = modSeq;
        }
        if (changed.Count > 0)
            Committed?.Invoke(changed);
        for (var i = 0; i < group.Count; i++)
            group[i].Done.TrySetResult(rows[i]);
        return true;
    }

    private async Task RunAloneAsync(Piece piece)
    {
        try
        {
            piece.Done.TrySetResult(await WriteAsync(
                async tx =>
                {
                    var row = await tx.FirstAsync<(long Key, long? ModSeq)>(piece.Sql, row => (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1)), piece.Arguments);
                    if (row.ModSeq is { } modSeq)
                        tx.Touch(piece.Account, new(modSeq));
                    return row;
                },
                CancellationToken.None));
        }
        catch (Exception error)
        {
            piece.Done.TrySetException(error);
        }
    }

    private static StoreException NotCommitted(Exception error) => new("The store could not commit.", error, error is NpgsqlException { SqlState: PostgresErrorCodes.DiskFull });

    /// <inheritdoc/>
    protected override string Localize(string sql) => sql
        .Replace(" TEXT", " TEXT COLLATE \"C\"", StringComparison.Ordinal)
        .Replace("{id}", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{blob}", "BYTEA", StringComparison.Ordinal)
        .Replace("{without_rowid}", "", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        pieces.Writer.TryComplete();
        await grouping;
        await source.DisposeAsync();
    }

    private sealed record Piece(AccountId Account, string Sql, object?[] Arguments)
    {
        public TaskCompletionSource<(long Key, long? ModSeq)> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
