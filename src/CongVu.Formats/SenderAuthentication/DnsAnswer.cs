using System.Net;

namespace CongVu.Formats.SenderAuthentication;

/// <summary>What is asked of DNS.</summary>
public enum DnsKind
{
    /// <summary>IPv4 addresses.</summary>
    A,

    /// <summary>IPv6 addresses.</summary>
    Aaaa,

    /// <summary>Names of mail servers, best first.</summary>
    Mx,

    /// <summary>Names of an address.</summary>
    Ptr,

    /// <summary>Texts; the strings of one record are joined, each character is a byte.</summary>
    Txt,
}

/// <summary>How a question to DNS ended.</summary>
public enum DnsStatus
{
    /// <summary>The name exists; there may be no record of the kind.</summary>
    Answered,

    /// <summary>The name does not exist (NXDOMAIN).</summary>
    NoSuchName,

    /// <summary>No answer now.</summary>
    Failed,
}

/// <summary>An answer of DNS.</summary>
/// <param name="Status">How the question ended.</param>
/// <param name="Texts">Names or texts; empty for addresses.</param>
/// <param name="Addresses">Addresses; empty for the rest.</param>
public sealed record DnsAnswer(DnsStatus Status, IReadOnlyList<string> Texts, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>The name does not exist.</summary>
    public static DnsAnswer NoSuchName { get; } = new(DnsStatus.NoSuchName, [], []);

    /// <summary>No answer now.</summary>
    public static DnsAnswer Failed { get; } = new(DnsStatus.Failed, [], []);

    /// <summary>The name exists, without such a record.</summary>
    public static DnsAnswer Empty { get; } = new(DnsStatus.Answered, [], []);

    /// <summary>Nothing was found, for certain.</summary>
    public bool IsVoid => Status != DnsStatus.Failed && Texts.Count == 0 && Addresses.Count == 0;
}

/// <summary>Asks DNS. It answers <see cref="DnsAnswer.Failed"/> where it cannot, and never throws but for cancellation.</summary>
/// <param name="name">The name in ASCII, without a dot at its end.</param>
/// <param name="kind">What is asked.</param>
/// <param name="cancellationToken">Gives up.</param>
public delegate ValueTask<DnsAnswer> DnsLookup(string name, DnsKind kind, CancellationToken cancellationToken);
