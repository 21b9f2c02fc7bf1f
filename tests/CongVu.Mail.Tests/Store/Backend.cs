namespace CongVu.Mail.Tests.Store;

public enum Backend
{
    Sqlite,
    Postgres,
}

/// <summary>Time that stands until it is moved.</summary>
public sealed class ManualClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
