using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// What this installation learned of spam: in how many messages of each kind a token stood, by its slot. A row for each slot that was ever seen (two million at
/// most); all of them in memory, 8 MB, brought up when somebody has learned.
/// </summary>
public sealed class SpamWords : IDisposable
{
    /// <summary>Tokens of this many slots.</summary>
    private const int Slots = 1 << 21;

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim loading = new(1);
    private ushort[] spam = [];
    private ushort[] ham = [];
    private long nextLook;

    internal SpamWords(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Messages learned as spam and as others.</summary>
    public (long Spam, long Ham) Learned { get; private set; }

    /// <summary>In how many messages of each kind a token stood.</summary>
    public (int Spam, int Ham) Counts(int slot) => spam.Length == 0 ? default : (spam[slot], ham[slot]);

    /// <summary>Reads what was learned since, also by other processes; looks once in ten seconds.</summary>
    public async ValueTask RefreshAsync(CancellationToken cancellationToken)
    {
        if (clock.GetTimestamp() < Volatile.Read(ref nextLook))
            return;
        await loading.WaitAsync(cancellationToken);
        try
        {
            var learned = await database.ReadAsync(LearnedAsync, cancellationToken);
            if (learned != Learned)
            {
                var (newSpam, newHam) = (new ushort[Slots], new ushort[Slots]);
                await database.ReadAsync(
                    async tx =>
                    {
                        await tx.ForEachAsync("SELECT slot, spam, ham FROM spam_words", row =>
                        {
                            var slot = row.GetInt32(0) & (Slots - 1);
                            newSpam[slot] = (ushort)Math.Min(ushort.MaxValue, row.GetInt64(1));
                            newHam[slot] = (ushort)Math.Min(ushort.MaxValue, row.GetInt64(2));
                        });
                        return 0;
                    },
                    cancellationToken);
                (spam, ham, Learned) = (newSpam, newHam, learned);
            }
            Volatile.Write(ref nextLook, clock.GetTimestamp() + (10 * clock.TimestampFrequency));
        }
        finally
        {
            loading.Release();
        }
    }

    /// <summary>Learns the tokens of one message.</summary>
    public async Task LearnAsync(IReadOnlySet<int> slots, bool isSpam, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            async tx =>
            {
                await LearnAsync(tx, slots, isSpam);
                return 0;
            },
            cancellationToken);
        Volatile.Write(ref nextLook, 0);
    }

    internal static async ValueTask LearnAsync(Tx tx, IReadOnlySet<int> slots, bool isSpam)
    {
        var list = Messages.Numbers(slots.Order().Select(s => (long)s));
        var source = tx.IsPostgres ? "SELECT value::bigint, $2::bigint, $3::bigint FROM json_array_elements_text($1::json)" : "SELECT value, $2, $3 FROM json_each($1) WHERE true";
        await tx.ExecuteAsync(
            $"INSERT INTO spam_words (slot, spam, ham) {source} ON CONFLICT (slot) DO UPDATE SET spam = spam_words.spam + excluded.spam, ham = spam_words.ham + excluded.ham",
            list,
            isSpam ? 1L : 0L,
            isSpam ? 0L : 1L);
        await tx.ExecuteAsync(
            "INSERT INTO counters (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1", isSpam ? "spam.spam" : "spam.ham");
    }

    /// <inheritdoc/>
    public void Dispose() => loading.Dispose();

    /// <summary>Forgets that they were looked at, so that the next question reads anew.</summary>
    internal void Stale() => Volatile.Write(ref nextLook, 0);

    private static async ValueTask<(long, long)> LearnedAsync(Tx tx) =>
        (await tx.ScalarAsync<long?>("SELECT value FROM counters WHERE name = 'spam.spam'") ?? 0, await tx.ScalarAsync<long?>("SELECT value FROM counters WHERE name = 'spam.ham'") ?? 0);
}
