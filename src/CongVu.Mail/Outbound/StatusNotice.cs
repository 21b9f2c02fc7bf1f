using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CongVu.Formats.Smtp;
using CongVu.Mail.Store;
using MimeKit;

namespace CongVu.Mail.Outbound;

/// <summary>Delivery status notifications (RFC 3464): what the sender is told, in Vietnamese and English, and for machines.</summary>
internal static partial class StatusNotice
{
    /// <summary>What of a returned message is given back whole; of larger ones only the header (RFC 3461 §6.2).</summary>
    private const long MaxReturned = 100 * 1024;

    /// <summary>The recipients whose failure the sender is to hear of; the null path is never answered (RFC 5321 §6.1).</summary>
    internal static IReadOnlyList<OutboundOutcome> ToTell(OutboundWork work, IEnumerable<OutboundOutcome> outcomes) => work.Sender.Length == 0
        ? []
        : [.. outcomes.Where(o => o.Result == OutboundResult.Failed && (o.Recipient.Notify == DsnNotify.None || o.Recipient.Notify.HasFlag(DsnNotify.Failure)))];

    /// <summary>Writes the notice of failed recipients.</summary>
    internal static async Task<byte[]> FailureAsync(OutboundWork work, IReadOnlyList<OutboundOutcome> failed, string hostName, DateTimeOffset now, Stream original, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Thư của bạn không chuyển được đến:\r\nYour message could not be delivered to:\r\n\r\n");
        foreach (var outcome in failed)
            text.Append(CultureInfo.InvariantCulture, $"  {outcome.Recipient.Address}\r\n    {outcome.Status.ReplaceLineEndings(" ")}\r\n");
        text.Append("\r\nHệ thống sẽ không gửi lại. Hãy kiểm tra địa chỉ hoặc liên hệ người nhận bằng cách khác.\r\nIt will not be tried again. Check the address, or reach the recipient in another way.\r\n");

        var status = new MessageDeliveryStatus();
        var about = new HeaderList { { "Reporting-MTA", $"dns; {hostName}" }, { "Arrival-Date", Delivery.MailPath.MailDate(work.Created) } };
        if (work.EnvelopeId is { } id && Xtext.Decode(id) is { } decoded)
            about.Insert(0, new Header("Original-Envelope-Id", decoded));
        status.StatusGroups.Add(about);
        foreach (var outcome in failed)
            status.StatusGroups.Add(Group(outcome));

        var message = new MimeMessage
        {
            Date = now.ToOffset(TimeSpan.FromHours(7)),
            Subject = "Thư không chuyển được (Undelivered mail)",
            MessageId = $"{Guid.NewGuid():N}@{hostName}",
            Body = new MultipartReport("delivery-status") { new TextPart("plain") { Text = text.ToString() }, status, await ReturnedAsync(work, original, cancellationToken) },
        };
        message.From.Add(new MailboxAddress("Hệ thống thư điện tử", $"postmaster@{hostName}"));
        message.To.Add(MailboxAddress.Parse(work.Sender));
        message.Headers.Add("Auto-Submitted", "auto-replied");
        using var bytes = new MemoryStream();
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        await message.WriteToAsync(format, bytes, cancellationToken);
        return bytes.ToArray();
    }

    // RFC 3464 §2.3.
    private static HeaderList Group(OutboundOutcome outcome)
    {
        var group = new HeaderList();
        if (outcome.Recipient.OriginalRecipient is { } original)
            group.Add("Original-Recipient", original.Replace(";", "; ", StringComparison.Ordinal));
        group.Add("Final-Recipient", $"rfc822; {outcome.Recipient.Address}");
        group.Add("Action", "failed");
        group.Add("Status", Enhanced().Match(outcome.Status) is { Success: true } code ? code.Value : outcome.Status.StartsWith('4') ? "4.4.7" : "5.0.0");
        if (char.IsAsciiDigit(outcome.Status[0]) && outcome.Status.Length > 3 && outcome.Status[3] == ' ')
            group.Add("Diagnostic-Code", $"smtp; {outcome.Status.ReplaceLineEndings(" ")}");
        return group;
    }

    private static async Task<MimeEntity> ReturnedAsync(OutboundWork work, Stream original, CancellationToken cancellationToken)
    {
        var whole = work.Return == DsnReturn.Full || (work.Return == DsnReturn.Unspecified && original.Length <= MaxReturned);
        if (whole && original.Length <= MaxReturned * 100)
        {
            var copy = new MemoryStream();
            await original.CopyToAsync(copy, cancellationToken);
            copy.Position = 0;
            return new MimePart("message", "rfc822") { Content = new MimeContent(copy), ContentTransferEncoding = work.Body == BodyType.SevenBit ? ContentEncoding.SevenBit : ContentEncoding.EightBit };
        }
        var head = new byte[64 * 1024];
        var read = await original.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        var end = head.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
        return new MimePart("text", "rfc822-headers") { Content = new MimeContent(new MemoryStream(head, 0, end < 0 ? read : end + 2)), ContentTransferEncoding = ContentEncoding.EightBit };
    }

    [GeneratedRegex(@"\b[245]\.\d{1,3}\.\d{1,3}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Enhanced();
}
