namespace CongVu.Mail.Outbound;

/// <summary>What the worker knows of a domain that mail waits for.</summary>
/// <param name="domain">The domain.</param>
internal sealed class Destination(string domain)
{
    /// <summary>The domain.</summary>
    public string Domain => domain;

    /// <summary>When the first of its mail is due.</summary>
    public DateTimeOffset Due { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>Its servers could not be talked to: not before this.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>Conversations that go on.</summary>
    public int Running { get; set; }

    /// <summary>Conversations that may: one until the first has gone well.</summary>
    public int Limit { get; set; } = 1;

    /// <summary>Conversations in a row that came to nothing.</summary>
    public int Failures { get; set; }

    /// <summary>When to begin the next conversation.</summary>
    public DateTimeOffset Next => Due > NotBefore ? Due : NotBefore;

    /// <summary>Takes in how a conversation went: who cannot be reached is tried less and less often, and by one at a time.</summary>
    public void Ended(DestinationRun run, int maxPerDomain, DateTimeOffset now)
    {
        Running--;
        if (run.HasFailed)
        {
            Failures++;
            Limit = 1;
            NotBefore = now + TimeSpan.FromMinutes(Math.Min(30, Math.Pow(2, Failures - 1)));
        }
        else if (run.Sent > 0)
        {
            Failures = 0;
            Limit = maxPerDomain;
            NotBefore = default;
        }
    }
}
