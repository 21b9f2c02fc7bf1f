using System.Globalization;
using System.Text;
using CongVu.Formats.Mime;
using CongVu.Formats.SenderAuthentication;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Store;

namespace CongVu.Mail.Delivery;

/// <summary>Why a whole message is not taken.</summary>
public enum MessageRefusal
{
    /// <summary>It was taken.</summary>
    None,

    /// <summary>Attachments above the limit (A5.3).</summary>
    AttachmentsTooLarge,

    /// <summary>It has passed too many servers (RFC 5321 §6.3).</summary>
    Loop,

    /// <summary>From names an address that the sender may not write as.</summary>
    FromNotAllowed,

    /// <summary>Not exactly one From field, or no address in it (RFC 5322 §3.6).</summary>
    BadFrom,

    /// <summary>The domain in From asks to refuse what it has not sent (RFC 9989 §4.7).</summary>
    NotFromDomain,

    /// <summary>A virus (A12.5).</summary>
    Virus,

    /// <summary>A program among its files (A12.6).</summary>
    Executable,

    /// <summary>A document with macros or packages (A12.6).</summary>
    ActiveContent,

    /// <summary>An encrypted archive or document (A12.6).</summary>
    Encrypted,

    /// <summary>An archive that cannot be looked into (A12.6).</summary>
    Unreadable,

    /// <summary>A mark of a state secret (A13.7).</summary>
    StateSecret,

    /// <summary>Spam (A12.4).</summary>
    Spam,

    /// <summary>A filter asks for it once more, later.</summary>
    SpamLater,

    /// <summary>No virus scanner answers; later (A12.5).</summary>
    NotScanned,
}

/// <summary>What became of a message.</summary>
/// <param name="Refusal">Why it was not taken.</param>
/// <param name="Receipt">That it was.</param>
/// <param name="Detail">What the refusal is about, or what the sender of a message that was taken should know.</param>
public readonly record struct Acceptance(MessageRefusal Refusal, DeliveryReceipt? Receipt, string Detail = "");

/// <summary>What follows from a DMARC failure.</summary>
public enum DmarcAction
{
    /// <summary>It is marked in Authentication-Results.</summary>
    Mark,

    /// <summary>Where the domain asks for quarantine or more, it also goes to Junk.</summary>
    Junk,

    /// <summary>Where the domain asks for it, the message is refused.</summary>
    Reject,
}

/// <summary>How mail from outside is looked at.</summary>
/// <param name="Sender">Who sent it.</param>
/// <param name="OnDmarcFailure">What follows.</param>
public sealed record InboundPolicy(SenderInspection Sender, DmarcAction OnDmarcFailure = DmarcAction.Junk);

/// <summary>Limits on one message.</summary>
/// <param name="AttachmentBytes">Decoded bytes of attachments (A5.3: 30 MB).</param>
/// <param name="MessageBytes">Bytes of the message on the way: 30 MB in base64, and its texts.</param>
public sealed record MessageLimits(long AttachmentBytes = 30L << 20, long MessageBytes = 45L << 20);

/// <summary>
/// The path of every message, whether it came by SMTP or was submitted: 1. what it is, 2. who sent it, 3. what is in it, 4. may it pass,
/// 5. one transaction for all its recipients.
/// One verdict is given for all of them; recipients were looked at before.
/// </summary>
public sealed class MailPath(MailStore store, MessageLimits limits, InboundPolicy? inbound = null, Inspection? inspection = null)
{
    /// <summary>RFC 5321 §6.3: a hundred is more than any path.</summary>
    private const int MaxReceived = 100;

    private static readonly TimeSpan BehindPause = TimeSpan.FromMilliseconds(50);

    /// <summary>The limits that hold.</summary>
    public MessageLimits Limits => limits;

    /// <summary>Takes a message for all recipients of its envelope. Durable when it returns without a refusal.</summary>
    /// <param name="envelope">Sender and recipients.</param>
    /// <param name="message">What was received.</param>
    /// <param name="received">The Received line for it.</param>
    /// <param name="author">Who submitted it; null for mail from outside.</param>
    /// <param name="hostName">This server, for a Message-ID that is missing.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Gives up before the commit, not during it.</param>
    public async ValueTask<Acceptance> AcceptAsync(
        Envelope envelope, ContentWriter message, string received, Principal? author, string hostName, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // 0. Where the index cannot follow, deliveries wait for it a little.
        if (store.Search.IsBehind)
            await Task.Delay(BehindPause, cancellationToken);

        // 1. A submission gets what its author's program left out (RFC 6409 §8). The writer's head is gone once it is finished.
        var fromFields = author is null ? 0 : CountFields(message.Head.Span, "from"u8);
        if (author is null && IsLooping(message.Head.Span, envelope.Local))
            return new(MessageRefusal.Loop, null);

        // 2. Who sent it? Only mail from other servers is asked about.
        SenderFinding? sender = null;
        if (author is null && inbound is not null && envelope.Peer is { } peer && inbound.Sender.AppliesTo(peer.Address))
        {
            sender = await inbound.Sender.InspectAsync(message, envelope.Sender, peer, now, cancellationToken);
            var asked = sender.Dmarc.Result == DmarcResult.Fail ? sender.Dmarc.Policy : DmarcPolicy.None;
            if (asked == DmarcPolicy.Reject && inbound.OnDmarcFailure == DmarcAction.Reject)
                return new(MessageRefusal.NotFromDomain, null);
            if (asked != DmarcPolicy.None && inbound.OnDmarcFailure != DmarcAction.Mark)
                envelope = envelope with { IsJunk = true };
            received = sender.Results + received;
        }

        // 3. What is in it? Findings first, then the one decision. What this server writes itself is not looked at.
        Verdict? verdict = null;
        MessageFacts? read = null;
        if (inspection is not null && (author is not null || envelope.Peer is not null))
        {
            var findings = await inspection.InspectAsync(message, envelope, author, sender, cancellationToken);
            verdict = Verdict.Of(findings, inspection.Policy);
            read = findings.Facts;
            await ListAsync(envelope, author, findings, cancellationToken);
            if (verdict.Refusal != MessageRefusal.None)
                return new(verdict.Refusal, null, verdict.Detail);
            envelope = envelope with { IsJunk = envelope.IsJunk || verdict.IsJunk };
            received = verdict.Fields + received;
        }
        var missing = author is null ? "" : MissingFields(message.Head.Span, hostName, now);
        await using var content = await message.FinishAsync(Encoding.UTF8.GetBytes(received + missing), missing.Length == 0 ? read : null, cancellationToken);
        var facts = content.Facts;

        // 4. Limits, loops, and whose name it bears.
        if (content.AttachmentBytes > limits.AttachmentBytes)
            return new(MessageRefusal.AttachmentsTooLarge, null);
        if (facts.ReceivedCount > MaxReceived)
            return new(MessageRefusal.Loop, null);
        if (author is not null)
        {
            // Programs differ in which of two From fields they show.
            if (facts.FromAddresses.Count == 0 || fromFields != 1)
                return new(MessageRefusal.BadFrom, null);
            foreach (var address in facts.FromAddresses)
            {
                if (!await store.Accounts.MaySendAsAsync(author.Id, address, cancellationToken))
                    return new(MessageRefusal.FromNotAllowed, null);
            }
        }

        // 5. The commit: on its way, or in quarantine.
        var receipt = verdict is { Hold: not HoldReason.None }
            ? await store.Quarantine.HoldAsync(envelope, content, verdict.Hold, verdict.Detail, cancellationToken)
            : await store.Deliveries.DeliverAsync(envelope, content, cancellationToken);
        return new(MessageRefusal.None, receipt, verdict?.Notice ?? "");
    }

    private async ValueTask ListAsync(Envelope envelope, Principal? author, Findings findings, CancellationToken cancellationToken)
    {
        // A13.2: who sends viruses from here is listed.
        var listed = author is not null && findings.Virus.Result == VirusResult.Infected ? [.. findings.Usage, new UsageFinding(UsageKind.Virus, findings.Virus.Name)] : findings.Usage;
        if (listed.Count > 0)
            await store.UsageLog.AddAsync(envelope, listed, findings.Facts.MessageId ?? "", cancellationToken);
    }

    private static string MissingFields(ReadOnlySpan<byte> head, string hostName, DateTimeOffset now)
    {
        var fields = new StringBuilder();
        if (!HasField(head, "date"u8))
            fields.Append("Date: ").Append(MailDate(now)).Append("\r\n");
        if (!HasField(head, "message-id"u8))
            fields.Append(CultureInfo.InvariantCulture, $"Message-ID: <{Guid.NewGuid():N}@{hostName}>\r\n");
        return fields.ToString();
    }

    /// <summary>A date as RFC 5322 §3.3 writes it, in the time of Vietnam.</summary>
    public static string MailDate(DateTimeOffset at)
    {
        var local = at.ToOffset(TimeSpan.FromHours(7));
        return string.Create(CultureInfo.InvariantCulture, $"{local:ddd, d MMM yyyy HH:mm:ss} +0700");
    }

    /// <summary>The header section in <paramref name="head"/> has a field of this (lower-case) name.</summary>
    internal static bool HasField(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name) => CountFields(head, name) > 0;

    private static int CountFields(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        var count = 0;
        while (NextField(ref head, name, out _))
            count++;
        return count;
    }

    // RFC 9228: who finds itself in Delivered-To has had the message before.
    private static bool IsLooping(ReadOnlySpan<byte> head, IReadOnlyList<LocalRecipient> recipients)
    {
        while (NextField(ref head, "delivered-to"u8, out var value))
        {
            var delivered = Address.Normalize(Encoding.UTF8.GetString(value));
            foreach (var recipient in recipients)
            {
                if (recipient.Address == delivered)
                    return true;
            }
        }
        return false;
    }

    // Moves on behind the next field of this name; the first line of its value. False at the end of the header section.
    private static bool NextField(ref ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        value = default;
        while (!head.IsEmpty)
        {
            var end = head.IndexOf((byte)'\n');
            var line = end < 0 ? head : head[..end];
            head = end < 0 ? default : head[(end + 1)..];
            if (line.Length <= 1 && (line.IsEmpty || line[0] == (byte)'\r'))
            {
                head = default;
                return false;
            }
            if (line.Length <= name.Length || !Ascii.EqualsIgnoreCase(line[..name.Length], name))
                continue;
            // RFC 5322 §4.5: old programs put a space before the colon.
            var rest = line[name.Length..].TrimStart(" \t"u8);
            if (rest.IsEmpty || rest[0] != (byte)':')
                continue;
            value = rest[1..].Trim(" \t\r"u8);
            return true;
        }
        return false;
    }
}
