using CongVu.Formats.Smtp;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

/// <summary>A mail transaction (RFC 5321 §3.3): from MAIL to the end of its data.</summary>
internal sealed class SmtpTransaction
{
    /// <summary>What a stranger's recipients may hold: an unknown session costs no more than 64 KB in all.</summary>
    private const int MaxRecipientBytesOfStrangers = 32 * 1024;

    private int recipientBytes;
    private LineEndCheck lineEnds;

    internal required string Sender { get; init; }

    internal required BodyType Body { get; init; }

    internal required bool SmtpUtf8 { get; init; }

    internal required long? DeclaredSize { get; init; }

    internal string? EnvelopeId { get; init; }

    internal DsnReturn Return { get; init; }

    internal DateTimeOffset? HoldUntil { get; init; }

    internal List<LocalRecipient> Local { get; } = [];

    internal List<RemoteRecipient> Remote { get; } = [];

    internal int Recipients => Local.Count + Remote.Count;

    /// <summary>What BDAT has brought so far.</summary>
    internal IncomingMessage? Chunks { get; set; }

    /// <summary>What the chunks' line ends were so far.</summary>
    internal LineEndCheck LineEnds => lineEnds;

    /// <summary>Looks at the next bytes of a chunk; false when a CR or LF stands alone.</summary>
    internal bool CheckLineEnds(ReadOnlySpan<byte> bytes) => lineEnds.IsClean(bytes);

    /// <summary>Counts a recipient's memory; false when a stranger has had enough.</summary>
    internal bool HasRoomFor(string address, string? original, bool isStranger)
    {
        // Two bytes a character, and the objects around them.
        recipientBytes += 150 + ((address.Length + (original?.Length ?? 0)) * sizeof(char));
        return !isStranger || recipientBytes <= MaxRecipientBytesOfStrangers;
    }
}
