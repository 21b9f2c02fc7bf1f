using System.Threading.Channels;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Store;

/// <summary>
/// Refusals in the trace: they are written together a little later, so that a flood of refused recipients costs no commit each. What a crash loses of
/// them was never promised to anybody.
/// </summary>
public sealed class RefusalLog
{
    /// <summary>Refusals that wait; a flood beyond it is not traced in full.</summary>
    private const int MaxWaiting = 10_000;
    private const int MaxBatch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly StoreDatabase database;
    private readonly TimeProvider clock;
    private readonly Channel<Refused> waiting = Channel.CreateBounded<Refused>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    internal RefusalLog(StoreDatabase database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Notes a refusal.</summary>
    /// <param name="remote">The peer.</param>
    /// <param name="sender">The reverse path.</param>
    /// <param name="recipient">The recipient; empty where the whole message was refused.</param>
    /// <param name="reason">What was answered.</param>
    public void Add(string remote, string sender, string recipient, string reason) => waiting.Writer.TryWrite(new(clock.GetUtcNow().ToUnixTimeMilliseconds(), remote, sender, recipient, reason));

    /// <summary>Writes what is noted until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stopping))
            {
                await FlushAsync(stopping);
                await Task.Delay(Pause, clock, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (StoreException)
        {
            // The store has ended, and with it what could be traced.
        }
    }

    /// <summary>Writes what is noted now.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (waiting.Reader.TryPeek(out _))
        {
            var batch = new List<Refused>();
            while (batch.Count < MaxBatch && waiting.Reader.TryRead(out var one))
                batch.Add(one);
            await database.WriteAsync(
                async tx =>
                {
                    foreach (var one in batch)
                        await TraceLog.WriteAsync(tx, one.At, TraceEvent.Refused, one.Remote, one.Sender, one.Recipient, default, one.Reason);
                    return 0;
                },
                cancellationToken);
        }
    }

    private readonly record struct Refused(long At, string Remote, string Sender, string Recipient, string Reason);
}
