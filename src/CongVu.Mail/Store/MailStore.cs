using CongVu.Mail.Store.Database;
using CongVu.Mail.Store.Search;
using System.Reflection;

namespace CongVu.Mail.Store;

/// <summary>Where a store is and how it keeps.</summary>
public sealed record StoreOptions
{
    /// <summary>Files: the embedded database, contents, the search index.</summary>
    public required string Folder { get; init; }

    /// <summary>PostgreSQL instead of the embedded database.</summary>
    public string? PostgresConnection { get; init; }

    /// <summary>How long an expunged message can be restored.</summary>
    public TimeSpan VaultTerm { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Assemblies whose migrations make further tables beside the engine's, for what is built on it.</summary>
    public IReadOnlyList<Assembly> Migrations { get; init; } = [];
}

/// <summary>
/// The mail store: everything that lasts. Who it is for and what it promises stands at each part: <see cref="Accounts"/> and <see cref="SignIn"/>,
/// <see cref="Mailboxes"/> and <see cref="Messages"/>, <see cref="Contents"/>, <see cref="Deliveries"/> and <see cref="Queue"/>, <see cref="Changes"/>.
/// A call that returns has committed durably; a <see cref="StoreException"/> means that nothing of it was kept.
/// </summary>
public sealed class MailStore : IAsyncDisposable
{
    private MailStore(StoreDatabase database, StoreOptions options, TimeProvider clock)
    {
        Database = database;
        Options = options;
        Contents = new(database, Path.Combine(options.Folder, "blobs"));
        Accounts = new(database, clock);
        SecondStep = new(database, clock);
        Activity = new(database, clock);
        SignIn = new(database, Accounts, SecondStep, Activity, clock);
        Mailboxes = new(database, clock, options.VaultTerm);
        Messages = new(database, Contents, clock, options.VaultTerm);
        Queue = new(database, clock);
        Audit = new(database, clock);
        Deliveries = new(database, Queue, clock);
        Quarantine = new(database, Deliveries, clock);
        UsageLog = new(database, clock);
        SpamWords = new(database, clock);
        Search = new(database, Contents, database is PostgresStoreDatabase ? new PostgresIndex(database) : new FtsIndex(Path.Combine(options.Folder, "search.db")));
        Refusals = new(database, clock);
        Uploads = new(database, clock);
        Submissions = new(database, clock);
        Identities = new(database);
        Vacations = new(database, clock);
        PushSubscriptions = new(database, clock);
        WebSessions = new(database, clock);
        Passkeys = new(database, clock);
        SigningKeys = new(database, clock);
        Erasure = new(database, Search, clock);
        Sweeper = new(database, Contents, Search, Uploads, Erasure, clock);
        database.Committed = changed =>
        {
            Search.Stirred();
            Changes.Publish(changed);
            AccountsChanged?.Invoke(changed.Keys);
        };
    }

    /// <summary>The database below.</summary>
    public StoreDatabase Database { get; }

    /// <summary>Where and how it keeps.</summary>
    public StoreOptions Options { get; }

    /// <summary>Bytes of messages.</summary>
    public Contents Contents { get; }

    /// <summary>Part of every state that clients keep; another one after a restore, so that they read anew.</summary>
    public long Epoch { get; private init; }

    /// <summary>Principals, accounts, addresses, grants.</summary>
    public Accounts Accounts { get; }

    /// <summary>Codes of authenticators.</summary>
    public SecondStep SecondStep { get; }

    /// <summary>When mailboxes were last used.</summary>
    public Activity Activity { get; }

    /// <summary>Passwords checked.</summary>
    public SignIn SignIn { get; }

    /// <summary>Mailboxes and their rights.</summary>
    public Mailboxes Mailboxes { get; }

    /// <summary>Messages in mailboxes.</summary>
    public Messages Messages { get; }

    /// <summary>Mail coming in.</summary>
    public DeliveryStore Deliveries { get; }

    /// <summary>Mail going out.</summary>
    public Queue Queue { get; }

    /// <summary>Mail that waits for a person.</summary>
    public Quarantine Quarantine { get; }

    /// <summary>What mail showed about how addresses are used.</summary>
    public UsageLog UsageLog { get; }

    /// <summary>What was learned of spam.</summary>
    public SpamWords SpamWords { get; }

    /// <summary>Words in messages.</summary>
    public MessageSearch Search { get; }

    /// <summary>Mail that was refused, for the trace.</summary>
    public RefusalLog Refusals { get; }

    /// <summary>Bytes uploaded and not yet used.</summary>
    public Uploads Uploads { get; }

    /// <summary>Messages given to be sent.</summary>
    public Submissions Submissions { get; }

    /// <summary>In whose name and with which signature people write.</summary>
    public Identities Identities { get; }

    /// <summary>Answers while holders are away.</summary>
    public Vacations Vacations { get; }

    /// <summary>Where devices want to be told of changes.</summary>
    public PushSubscriptions PushSubscriptions { get; }

    /// <summary>Browsers that are signed in.</summary>
    public WebSessions WebSessions { get; }

    /// <summary>Keys with which people sign in instead of a password.</summary>
    public Passkeys Passkeys { get; }

    /// <summary>Keys that sign mail going out.</summary>
    public SigningKeys SigningKeys { get; }

    /// <summary>Takes away what removed accounts held.</summary>
    public Erasure Erasure { get; }

    /// <summary>Takes away what nobody can reach.</summary>
    public Sweeper Sweeper { get; }

    /// <summary>Who did what.</summary>
    public Audit Audit { get; }

    /// <summary>Notices of changes.</summary>
    public ChangeStream Changes { get; } = new();

    /// <summary>Called after each commit with the accounts that it changed. It must be quick and must not throw.</summary>
    public Action<IEnumerable<long>>? AccountsChanged { get; set; }

    /// <summary>Opens a store, or makes a new one, and brings its schema up to date.</summary>
    public static async Task<MailStore> OpenAsync(StoreOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Folder);
        StoreDatabase database = options.PostgresConnection is { } connection
            ? await PostgresStoreDatabase.OpenAsync(connection, options.Migrations, cancellationToken)
            : await SqliteStoreDatabase.OpenAsync(Path.Combine(options.Folder, "store.db"), options.Migrations, cancellationToken);
        var epoch = await database.ReadAsync(tx => tx.ScalarAsync<long?>("SELECT value FROM counters WHERE name = 'epoch'"), cancellationToken);
        return new(database, options, clock) { Epoch = epoch ?? 1 };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        SignIn.Dispose();
        SpamWords.Dispose();
        await Search.DisposeAsync();
        await Database.DisposeAsync();
    }
}
