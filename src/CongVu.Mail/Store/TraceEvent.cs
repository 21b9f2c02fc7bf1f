namespace CongVu.Mail.Store;

/// <summary>What happened to a message on its way (the trace answers "where is my mail").</summary>
public enum TraceEvent
{
    /// <summary>Put into a mailbox here.</summary>
    Delivered = 1,

    /// <summary>Waits to be sent to another server.</summary>
    Queued = 2,

    /// <summary>Refused in the session.</summary>
    Refused = 3,

    /// <summary>Taken by another server.</summary>
    Sent = 4,

    /// <summary>Another server or the network said "later".</summary>
    Deferred = 5,

    /// <summary>Given up; the sender was told.</summary>
    Bounced = 6,

    /// <summary>Taken out of the queue by an operator.</summary>
    Dropped = 7,

    /// <summary>Waits in quarantine.</summary>
    Held = 8,

    /// <summary>Let go out of quarantine.</summary>
    Released = 9,
}
