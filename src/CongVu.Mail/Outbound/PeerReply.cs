namespace CongVu.Mail.Outbound;

/// <summary>What another server answered (RFC 5321 §4.2).</summary>
/// <param name="Code">Its three digits.</param>
/// <param name="Lines">What stands behind them, line by line.</param>
internal sealed record PeerReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>2yz.</summary>
    public bool IsDone => Code is >= 200 and < 300;

    /// <summary>5yz: it would be so again.</summary>
    public bool IsPermanent => Code >= 500;

    /// <summary>In one line, as a status is kept.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Code} {string.Join(' ', Lines)}");
}

/// <summary>Why a conversation with another server came to nothing.</summary>
internal enum PeerFault
{
    /// <summary>Not reached, broke off, or too slow.</summary>
    Connection,

    /// <summary>What it said is no SMTP, or it does not want to talk.</summary>
    Protocol,

    /// <summary>TLS was needed and not offered.</summary>
    NoTls,

    /// <summary>TLS could not be agreed upon.</summary>
    Handshake,

    /// <summary>Its certificate is not what was asked for.</summary>
    Certificate,

    /// <summary>It did not let us sign in.</summary>
    SignIn,
}

/// <summary>A conversation with another server came to nothing; nobody's mail was taken by it.</summary>
internal sealed class PeerException(PeerFault fault, string message, PeerReply? reply = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public PeerFault Fault => fault;

    /// <summary>Its last words, where those were the reason.</summary>
    public PeerReply? Reply => reply;

    /// <summary>As a status is kept: its own words, or an enhanced code (RFC 3463) with ours.</summary>
    public string Status => reply?.ToString() ?? (fault is PeerFault.NoTls or PeerFault.Handshake or PeerFault.Certificate ? "4.7.5 " : fault == PeerFault.Protocol ? "4.5.0 " : "4.4.1 ") + Message;
}
