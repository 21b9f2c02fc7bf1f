namespace CongVu.Mail.Jmap;

/// <summary>Limits of the session object (RFC 8620 §2), each with its reason.</summary>
public sealed record JmapLimits
{
    /// <summary>An upload: A5.3's 30 MB, and what a client adds to it.</summary>
    public long MaxSizeUpload { get; init; } = 50L << 20;

    /// <summary>Uploads of one principal at once.</summary>
    public int MaxConcurrentUpload { get; init; } = 4;

    /// <summary>A request: 500 messages made with their texts.</summary>
    public int MaxSizeRequest { get; init; } = 10 << 20;

    /// <summary>Requests of one principal at once: a browser's tabs.</summary>
    public int MaxConcurrentRequests { get; init; } = 8;

    /// <summary>Method calls of a request.</summary>
    public int MaxCallsInRequest { get; init; } = 32;

    /// <summary>Objects that one /get reads.</summary>
    public int MaxObjectsInGet { get; init; } = 500;

    /// <summary>Objects that one /set changes: one transaction of the writer.</summary>
    public int MaxObjectsInSet { get; init; } = 500;

    /// <summary>Ids that one /query answers; more are asked for by position.</summary>
    public int MaxObjectsInQuery { get; init; } = 5_000;

    /// <summary>Changes that one /changes answers.</summary>
    public int MaxChanges { get; init; } = 5_000;

    /// <summary>Decoded bytes of one part's text in Email/get.</summary>
    public int MaxBodyValueBytes { get; init; } = 1 << 20;

    /// <summary>Decoded bytes of a message's attachments (A5.3).</summary>
    public long MaxSizeAttachmentsPerEmail { get; init; } = 30L << 20;

    /// <summary>How long a message can wait to be sent.</summary>
    public TimeSpan MaxDelayedSend { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Conditions of one filter.</summary>
    public int MaxFilterConditions { get; init; } = 100;

    /// <summary>Levels of a request's JSON.</summary>
    public int MaxDepth { get; init; } = 64;
}
