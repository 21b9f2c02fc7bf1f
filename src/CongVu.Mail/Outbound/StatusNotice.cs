using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CongVu.Formats.Smtp;
using CongVu.Mail.Store;
using MimeKit;
using MailStore = CongVu.Mail.Store.MailStore;

namespace CongVu.Mail.Outbound;

/// <summary>Delivery status notifications (RFC 3464): what the sender is told, in Vietnamese and English, and for machines.</summary>
internal static partial class StatusNotice
{
    /// <summary>What of a returned message is given back whole; of larger ones only the header (RFC 3461 §6.2).</summary>
    private const long MaxReturned = 100 * 1024;

    /// <summary>What a sender is told of a recipient (RFC 3464 §2.3.3), and how people are.</summary>
    private sealed record Told(string Action, string Subject, string Vietnamese, string English, string VietnameseEnd, string EnglishEnd);

    private static readonly Told Failed = new(
        "failed",
        "Thư không chuyển được (Undelivered mail)",
        "Thư của bạn không chuyển được đến:",
        "Your message could not be delivered to:",
        "Hệ thống sẽ không gửi lại. Hãy kiểm tra địa chỉ hoặc liên hệ người nhận bằng cách khác.",
        "It will not be tried again. Check the address, or reach the recipient in another way.");

    private static readonly Told Delayed = new(
        "delayed",
        "Thư chưa chuyển được, hệ thống còn thử lại (Delayed mail)",
        "Thư của bạn chưa chuyển được đến:",
        "Your message has not yet been delivered to:",
        "Hệ thống vẫn tiếp tục gửi. Bạn không cần làm gì; nếu việc gấp, hãy liên hệ người nhận bằng cách khác.",
        "It goes on being tried. There is nothing to do; if it is urgent, reach the recipient in another way.");

    private static readonly Told Relayed = new(
        "relayed",
        "Thư đã chuyển tới máy chủ của người nhận (Relayed mail)",
        "Máy chủ của những người nhận sau đã nhận thư của bạn; máy chủ ấy không báo phát:",
        "The server of these recipients has taken your message; it does not report delivery:",
        "",
        "");

    private static readonly Told Delivered = new(
        "delivered",
        "Thư đã đến hộp thư (Delivered mail)",
        "Thư của bạn đã đến hộp thư của:",
        "Your message has reached the mailbox of:",
        "",
        "");

    /// <summary>
    /// The notice that follows from how a try ended, with its way to the sender; null where there is none to give. The null path is never answered
    /// (RFC 5321 §6.1), and neither is a sender here who does not exist any more.
    /// </summary>
    internal static async Task<(Store.Envelope Envelope, StagedContent Content)?> MakeAsync(MailStore store, OutboundWork work, IReadOnlyList<OutboundOutcome> outcomes, string hostName, DateTimeOffset now)
    {
        if (work.Sender.Length == 0)
            return null;
        var tell = outcomes.Select(o => (Outcome: o, Told: Of(o))).Where(t => t.Told is not null).Select(t => (t.Outcome, t.Told!)).ToArray();
        if (tell.Length == 0)
            return null;
        var sender = await store.Accounts.LookupAsync(work.Sender, CancellationToken.None);
        var envelope = sender.Status switch
        {
            AddressStatus.Local or AddressStatus.OverQuota => new Store.Envelope { Sender = "", Local = [new(sender.Account, sender.Address)], RemoteHost = hostName },
            AddressStatus.NotLocal => new Store.Envelope { Sender = "", Remote = [new(work.Sender, sender.Address[(sender.Address.LastIndexOf('@') + 1)..])], RemoteHost = hostName },
            _ => null,
        };
        if (envelope is null)
            return null;
        await using var reader = await store.Contents.OpenAsync(work.Content, default, CancellationToken.None);
        await using var writer = store.Contents.Create();
        await writer.WriteAsync(await WriteAsync(work, tell, hostName, now, reader.AsStream()), CancellationToken.None);
        return (envelope, await writer.FinishAsync(default, CancellationToken.None));
    }

    // RFC 3461 §5.2: who has not said anything hears of failures, and of long waiting.
    private static Told? Of(OutboundOutcome outcome)
    {
        var notify = outcome.Recipient.Notify;
        return outcome.Result switch
        {
            OutboundResult.Failed when notify == DsnNotify.None || notify.HasFlag(DsnNotify.Failure) => Failed,
            OutboundResult.Deferred when outcome.TellsDelay => Delayed,
            OutboundResult.Sent when notify.HasFlag(DsnNotify.Success) && !outcome.IsNoticePassedOn => outcome.Status.StartsWith("250 2.1.5 ", StringComparison.Ordinal) ? Delivered : Relayed,
            _ => null,
        };
    }

    private static async Task<byte[]> WriteAsync(OutboundWork work, IReadOnlyList<(OutboundOutcome Outcome, Told Told)> tell, string hostName, DateTimeOffset now, Stream original)
    {
        var text = new StringBuilder();
        foreach (var group in tell.GroupBy(t => t.Told))
        {
            text.Append(CultureInfo.InvariantCulture, $"{group.Key.Vietnamese}\r\n{group.Key.English}\r\n\r\n");
            foreach (var (outcome, _) in group)
                text.Append(CultureInfo.InvariantCulture, $"  {outcome.Recipient.Address}\r\n    {outcome.Status.ReplaceLineEndings(" ")}\r\n");
            text.Append(CultureInfo.InvariantCulture, $"\r\n{group.Key.VietnameseEnd}\r\n{group.Key.EnglishEnd}\r\n\r\n");
        }

        var status = new MessageDeliveryStatus();
        var about = new HeaderList { { "Reporting-MTA", $"dns; {hostName}" }, { "Arrival-Date", Delivery.MailPath.MailDate(work.Created) } };
        if (work.EnvelopeId is { } id && Xtext.Decode(id) is { } decoded)
            about.Insert(0, new Header("Original-Envelope-Id", decoded));
        status.StatusGroups.Add(about);
        foreach (var (outcome, told) in tell)
            status.StatusGroups.Add(Group(work, outcome, told));

        var message = new MimeMessage
        {
            Date = now.ToOffset(TimeSpan.FromHours(7)),
            Subject = tell[0].Told.Subject,
            MessageId = $"{Guid.NewGuid():N}@{hostName}",
            Body = new MultipartReport("delivery-status") { new TextPart("plain") { Text = text.ToString() }, status, await ReturnedAsync(work, tell.Any(t => t.Told == Failed), original) },
        };
        message.From.Add(new MailboxAddress("Hệ thống thư điện tử", $"postmaster@{hostName}"));
        message.To.Add(MailboxAddress.Parse(work.Sender));
        message.Headers.Add("Auto-Submitted", "auto-replied");
        using var bytes = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        await message.WriteToAsync(format, bytes, CancellationToken.None);
        return bytes.ToArray();
    }

    // RFC 3464 §2.3.
    private static HeaderList Group(OutboundWork work, OutboundOutcome outcome, Told told)
    {
        var group = new HeaderList();
        if (outcome.Recipient.OriginalRecipient is { } original && original.IndexOf(';', StringComparison.Ordinal) is > 0 and var at)
            group.Add("Original-Recipient", $"{original[..at]}; {Xtext.Decode(original[(at + 1)..]) ?? original[(at + 1)..]}");
        group.Add("Final-Recipient", $"rfc822; {outcome.Recipient.Address}");
        group.Add("Action", told.Action);
        group.Add("Status", Enhanced().Match(outcome.Status) is { Success: true } code ? code.Value : outcome.Result == OutboundResult.Sent ? "2.0.0" : outcome.Status.StartsWith('4') ? "4.4.7" : "5.0.0");
        if (char.IsAsciiDigit(outcome.Status[0]) && outcome.Status.Length > 3 && outcome.Status[3] == ' ')
            group.Add("Diagnostic-Code", $"smtp; {outcome.Status.ReplaceLineEndings(" ")}");
        if (told == Delayed)
            group.Add("Will-Retry-Until", Delivery.MailPath.MailDate(work.Expires));
        return group;
    }

    private static async Task<MimeEntity> ReturnedAsync(OutboundWork work, bool hasFailed, Stream original)
    {
        // RFC 3461 §4.3: RET is for failures; other notices carry the header.
        var whole = hasFailed && (work.Return == DsnReturn.Full || (work.Return == DsnReturn.Unspecified && original.Length <= MaxReturned));
        if (whole && original.Length <= MaxReturned * 100)
        {
            var copy = new MemoryStream();
            await original.CopyToAsync(copy);
            copy.Position = 0;
            return new MimePart("message", "rfc822") { Content = new MimeContent(copy), ContentTransferEncoding = work.Body == BodyType.SevenBit ? ContentEncoding.SevenBit : ContentEncoding.EightBit };
        }
        var head = new byte[64 * 1024];
        var read = await original.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false);
        var end = head.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
        return new MimePart("text", "rfc822-headers") { Content = new MimeContent(new MemoryStream(head, 0, end < 0 ? read : end + 2)), ContentTransferEncoding = ContentEncoding.EightBit };
    }

    [GeneratedRegex(@"\b[245]\.\d{1,3}\.\d{1,3}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Enhanced();
}
