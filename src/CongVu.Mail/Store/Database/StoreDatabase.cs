using System.Reflection;

namespace CongVu.Mail.Store.Database;

/// <summary>
/// The database below the store. Work is a function of a <see cref="Tx"/>; it may run again after a conflict, so it must have no effect
/// but on the database. When <see cref="WriteAsync{T}"/> returns, the work is committed and synced to disk.
/// </summary>
public abstract class StoreDatabase : IAsyncDisposable
{
    /// <summary>Called after each commit with every account it changed and the sequence that account has now.</summary>
    public Action<IReadOnlyDictionary<long, long>>? Committed { get; set; }

    /// <summary>A sync failed: what is on the disk is unknown, and the process must end and recover at its next start.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>Runs <paramref name="work"/> in a transaction and commits it durably.</summary>
    /// <exception cref="StoreException">The store cannot do it now; nothing of the work is kept.</exception>
    public abstract Task<T> WriteAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken);

    /// <summary>Runs <paramref name="work"/> on one consistent snapshot. It must not wait for anything but the database.</summary>
    public abstract ValueTask<T> ReadAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken);

    /// <summary>The same where the statements of <paramref name="work"/> need not see one snapshot: a look at a row or two.</summary>
    public virtual ValueTask<T> LookAsync<T>(Func<Tx, ValueTask<T>> work, CancellationToken cancellationToken) => ReadAsync(work, cancellationToken);

    /// <summary>Fills the engine's own words into a migration's common text.</summary>
    protected abstract string Localize(string sql);

    /// <summary>Applies the numbered migrations that are missing, each in a transaction of its own: the engine's, then those of <paramref name="further"/>, whose numbers are above.</summary>
    public async Task MigrateAsync(IReadOnlyList<Assembly> further, CancellationToken cancellationToken)
    {
        await WriteAsync(tx => tx.ExecuteAsync("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)"), cancellationToken);
        foreach (var (assembly, name) in from assembly in further.Prepend(Assembly.GetExecutingAssembly())
                                         from name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal)
                                         where name.StartsWith("Migrations/", StringComparison.Ordinal)
                                         select (assembly, name))
        {
            var file = name["Migrations/".Length..];
            var number = int.Parse(file.AsSpan(0, 4), provider: null);
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var statements = Statements(Localize(await reader.ReadToEndAsync(cancellationToken)));
            await WriteAsync(tx => ApplyAsync(tx, number, file, statements), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    private static async ValueTask<bool> ApplyAsync(Tx tx, int number, string file, string[] statements)
    {
        if (await tx.ScalarAsync<long?>("SELECT number FROM migrations WHERE number = $1", number) is not null)
            return false;
        foreach (var statement in statements)
            await tx.ExecuteAsync(statement);
        await tx.ExecuteAsync("INSERT INTO migrations (number, name) VALUES ($1, $2)", number, file);
        return true;
    }

    // Migrations are ours: no semicolon stands inside a literal or a comment.
    private static string[] Statements(string sql) =>
        string.Join('\n', sql.Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal)))
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
