namespace CongVu.Mail.Connections;

/// <summary>
/// The time a client gets for a long run of bytes: a pause between two pieces, and a pace over the whole, so that one byte in each pause does not hold
/// a session for days.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="pause">The longest wait for the next piece.</param>
public readonly struct DataPace(TimeProvider clock, TimeSpan pause)
{
    /// <summary>Any client gets this long, whatever its pace.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>The pace of a bad telephone line.</summary>
    private const long BytesPerSecond = 1024;

    private readonly long started = clock.GetTimestamp();

    /// <summary>How long to wait for the next piece when this much has come.</summary>
    public TimeSpan Next(long received)
    {
        var left = Grace + TimeSpan.FromSeconds(received / BytesPerSecond) - clock.GetElapsedTime(started);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < pause ? left : pause;
    }
}
