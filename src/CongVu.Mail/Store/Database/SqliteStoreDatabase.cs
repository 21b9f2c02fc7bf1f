using System.Collections.Concurrent;
using System.Data.Common;
using System.Reflection;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CongVu.Mail.Store.Database;

/// <summary>
/// SQLite in WAL mode with synchronous=FULL. One thread writes: it takes whatever work is waiting, runs it in one transaction and commits, so
/// that one disk sync serves every concurrent session. Readers have connections of their own.
/// </summary>
public sealed class SqliteStoreDatabase : StoreDatabase
{
    /// <summary>Work in one commit: enough for every session of a busy server, small enough to bound its latency.</summary>
    private const int MaxGroup = 512;

    /// <summary>Pages in the log before they are carried into the main file: 32 MB.</summary>
    private const int CheckpointPages = 4096;

    /// <summary>SQLITE_DBSTATUS_CACHE_WRITE: pages written to the log.</summary>
    private const int CacheWrite = 9;

    /// <summary>Work that may wait for the writer; beyond it callers wait to hand theirs in.</summary>
    private const int MaxWaiting = 4096;

    private readonly string connectionString;
    private readonly TimeSpan lockWait;
    private readonly Channel<Work> queue = Channel.CreateBounded<Work>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private readonly SqliteSession writer;
    private readonly Thread thread;
    private volatile Exception? failure;
    private SqliteSession? checkpointer;
    private Task? checkpointing;
    private long pagesLogged;

    private SqliteStoreDatabase(string file, TimeSpan lockWait)
    {
        this.lockWait = lockWait;
        connectionString = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, DefaultTimeout = (int)Math.Ceiling(lockWait.TotalSeconds) }.ConnectionString;
        writer = Open();
        thread = new Thread(Run) { IsBackground = true, Name = "store writer" };
        thread.Start();
    }

    /// <summary>Opens or creates the database file at <paramref name="file"/> and brings its schema up to date.</summary>
    public static Task<SqliteStoreDatabase> OpenAsync(string file, IReadOnlyList<Assembly> migrations, CancellationToken cancellationToken) =>
        OpenAsync(file, TimeSpan.FromSeconds(20), migrations, cancellationToken);

    /// <summary>Opens the file; another process may hold its lock for <paramref name="lockWait"/> before work is refused for now.</summary>
    public static async Task<SqliteStoreDatabase> OpenAsync(string file, TimeSpan lockWait, IReadOnlyList<Assembly> migrations, CancellationToken cancellationToken)
    {
        var database = new SqliteStoreDatabase(file, lockWait);
        await database.MigrateAsync(migrations, cancellationToken);
        return database;
    }

    /// <inheritdoc/>
    public override async Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        var item = new Work<T>(work, cancellationToken);
        if (failure is { } cause)
            throw new StoreException("The store has stopped after a failed sync.", cause);
        await queue.Writer.WriteAsync(item, cancellationToken);
        return await item.Task;
    }

    /// <inheritdoc/>
    public override async ValueTask<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        if (!readers.TryTake(out var session))
            session = Open();
        try
        {
            session.Execute("BEGIN");
            try
            {
                return await work(new Tx(session, cancellationToken));
            }
            finally
            {
                session.Execute("COMMIT");
            }
        }
        catch (SqliteException error)
        {
            throw new StoreException("The store cannot be read.", error);
        }
        finally
        {
            readers.Add(session);
        }
    }

    /// <inheritdoc/>
    protected override string Localize(string sql) => sql
        .Replace("{id}", "INTEGER PRIMARY KEY AUTOINCREMENT", StringComparison.Ordinal)
        .Replace("{blob}", "BLOB", StringComparison.Ordinal)
        .Replace("{without_rowid}", " WITHOUT ROWID", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (queue.Writer.TryComplete())
            thread.Join();
        if (checkpointing is not null)
            await checkpointing;
        checkpointer?.Dispose();
        while (readers.TryTake(out var session))
            session.Dispose();
        writer.Dispose();
    }

    private SqliteSession Open()
    {
        var session = new SqliteSession(connectionString);
        // Commands of an operator write from processes of their own: SQLite's own waiting is a millisecond at first, not a tenth of a second.
        session.Execute($"PRAGMA busy_timeout={(int)lockWait.TotalMilliseconds}");
        // Page size before the first table; checkpoints are our own.
        session.Execute("PRAGMA page_size=8192");
        session.Execute("PRAGMA journal_mode=WAL");
        session.Execute("PRAGMA synchronous=FULL");
        session.Execute("PRAGMA foreign_keys=OFF");
        session.Execute("PRAGMA wal_autocheckpoint=0");
        session.Execute("PRAGMA cache_size=-32768");
        // What a change may have to take back within its transaction is no file.
        session.Execute("PRAGMA temp_store=MEMORY");
        return session;
    }

    private void Run()
    {
        var group = new List<Work>(MaxGroup);
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Commit(group);
            group.Clear();
        }
    }

    private void Commit(List<Work> group)
    {
        Dictionary<long, long>? changed;
        try
        {
            // 1. One transaction; whatever is waiting joins it while its predecessors run.
            if (!TryBegin(group))
                return;
            if (!TryRunTogether(group, out changed))
            {
                // 2. A piece that fails takes only itself back: those before it once more, each in a savepoint.
                writer.Execute("ROLLBACK");
                if (!TryBegin(group))
                    return;
                changed = null;
                foreach (var work in group)
                {
                    if (work.Fault is not null)
                        continue;
                    work.Transaction = RunInSavepoint(work);
                    changed = Merge(changed, work.Transaction?.Touched);
                }
            }

            // 3. The sync. Only now may anyone be told.
            writer.Execute("COMMIT");
        }
        catch (Exception error) when (error is SqliteException or DbException)
        {
            Abandon(group, error);
            return;
        }

        // Notices first: a session that is told that its change is done has noticed it itself by then.
        if (changed is not null)
            Committed?.Invoke(changed);
        foreach (var work in group)
        {
            work.Transaction?.RunAfterCommit();
            work.Complete();
        }
        CheckpointWhenDue();
    }

    // Without savepoints, which copy every page that a piece changes: nearly always nothing fails. False when a piece did.
    private bool TryRunTogether(List<Work> group, out Dictionary<long, long>? changed)
    {
        changed = null;
        while (group.Count < MaxGroup && queue.Reader.TryRead(out var work))
        {
            if (failure is { } cause)
            {
                work.Fail(new StoreException("The store has stopped after a failed sync.", cause));
                continue;
            }
            if (!work.Start())
                continue;
            group.Add(work);
            var tx = new Tx(writer, work.CancellationToken);
            try
            {
                work.Run(tx);
            }
            catch (Exception error) when (!IsFatal(error) && raw.sqlite3_get_autocommit(writer.Handle) == 0)
            {
                work.Fault = FaultOf(error);
                return false;
            }
            work.Transaction = tx;
            changed = Merge(changed, tx.Touched);
        }
        return true;
    }

    // The log is carried into the main file by a connection of its own, while commits go on; what they added meanwhile is little and is carried by the
    // writer between two groups, so that the log can begin anew. A commit never waits for the whole.
    private void CheckpointWhenDue()
    {
        _ = raw.sqlite3_db_status(writer.Handle, CacheWrite, out var pages, out _, 1);
        pagesLogged += pages;
        if (checkpointing is { IsCompleted: true })
        {
            checkpointing = null;
            Carry(writer);
        }
        if (pagesLogged < CheckpointPages || checkpointing is not null)
            return;
        pagesLogged = 0;
        checkpointing = Task.Run(Checkpoint);
    }

    private void Checkpoint()
    {
        checkpointer ??= Open();
        Carry(checkpointer);
    }

    private void Carry(SqliteSession session)
    {
        try
        {
            session.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        }
        catch (SqliteException error) when (error.SqliteErrorCode is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL))
        {
            // What was committed is in the log and stays there; but a disk that fails here will fail there.
            failure = error;
            Failed?.Invoke(error);
        }
        catch (SqliteException)
        {
            // The next one does it.
        }
    }

    // Another process may hold the lock for longer than we wait. Nothing is broken then: those who wait are told to come again.
    private bool TryBegin(List<Work> begun)
    {
        try
        {
            writer.Execute("BEGIN IMMEDIATE");
            return true;
        }
        catch (SqliteException error) when (error.SqliteErrorCode == raw.SQLITE_BUSY)
        {
            for (var waiting = queue.Reader.Count; waiting > 0 && queue.Reader.TryRead(out var work); waiting--)
                begun.Add(work);
            foreach (var work in begun)
                work.Fail(new StoreException("Another process has been writing for too long.", error));
            return false;
        }
    }

    private Tx? RunInSavepoint(Work work)
    {
        writer.Execute("SAVEPOINT piece");
        var tx = new Tx(writer, work.CancellationToken);
        try
        {
            work.Run(tx);
            writer.Execute("RELEASE piece");
            return tx;
        }
        catch (Exception error) when (!IsFatal(error) && raw.sqlite3_get_autocommit(writer.Handle) == 0)
        {
            writer.Execute("ROLLBACK TO piece");
            writer.Execute("RELEASE piece");
            work.Fault = FaultOf(error);
            return null;
        }
    }

    private static Exception FaultOf(Exception error) => error is SqliteException ? new StoreException("The store refused the change.", error) : error;

    private void Abandon(List<Work> group, Exception error)
    {
        var outOfSpace = error is SqliteException { SqliteErrorCode: raw.SQLITE_FULL };
        if (!outOfSpace)
        {
            failure = error;
            Failed?.Invoke(error);
        }
        if (raw.sqlite3_get_autocommit(writer.Handle) == 0)
            writer.Execute("ROLLBACK");
        foreach (var work in group)
            work.Fail(new StoreException(outOfSpace ? "The disk is full." : "The store could not commit.", error, outOfSpace));
    }

    private static bool IsFatal(Exception error) =>
        error is SqliteException { SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_READONLY };

    private static Dictionary<long, long>? Merge(Dictionary<long, long>? all, IReadOnlyDictionary<long, long>? more)
    {
        if (more is null)
            return all;
        all ??= [];
        foreach (var (account, modSeq) in more)
            all[account] = modSeq;
        return all;
    }

    private abstract class Work(CancellationToken cancellationToken)
    {
        public CancellationToken CancellationToken { get; } = cancellationToken;

        /// <summary>What the piece itself threw; the others of its group go on.</summary>
        public Exception? Fault { get; set; }

        /// <summary>What the piece did, when it did not fail.</summary>
        public Tx? Transaction { get; set; }

        /// <summary>False when the caller has given up before the work began; afterwards it is always finished.</summary>
        public abstract bool Start();

        public abstract void Run(Tx tx);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Work<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken) : Work(cancellationToken)
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;

        public Task<T> Task => completion.Task;

        public override bool Start() => !CancellationToken.IsCancellationRequested || !completion.TrySetCanceled(CancellationToken);

        public override void Run(Tx tx)
        {
            var running = work(tx).AsTask();
            if (!running.IsCompleted)
                throw new InvalidOperationException("Work of the store waits for nothing but the database.");
            result = running.GetAwaiter().GetResult();
        }

        public override void Complete()
        {
            if (Fault is null)
                completion.SetResult(result);
            else
                completion.SetException(Fault);
        }

        public override void Fail(Exception error) => completion.TrySetException(Fault ?? error);
    }
}
