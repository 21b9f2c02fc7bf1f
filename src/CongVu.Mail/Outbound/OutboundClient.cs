using System.Globalization;
using CongVu.Mail.Store;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace CongVu.Mail.Outbound;

/// <summary>One conversation with another server for one message: MailKit speaks, this keeps what was said of each recipient.</summary>
internal sealed class OutboundClient : SmtpClient
{
    private readonly OutboundWork work;
    private readonly Dictionary<string, OutboundOutcome> refused = new(StringComparer.Ordinal);

    internal OutboundClient(OutboundWork work, string hostName, bool checkCertificate)
    {
        this.work = work;
        LocalDomain = hostName;
        Timeout = (int)TimeSpan.FromMinutes(5).TotalMilliseconds;
        // RFC 7435: where nothing demands TLS, encryption without proof of identity is better than none.
        if (!checkCertificate)
        {
            CheckCertificateRevocation = false;
#pragma warning disable CA5359 // Opportunistic: the alternative is no TLS at all.
            ServerCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
    }

    /// <summary>Sends to the host; the outcome of every recipient.</summary>
    internal async Task<IReadOnlyList<OutboundOutcome>> SendAsync(string host, int port, SmartHost? smartHost, Stream content, SigningKeys keys, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await ConnectAsync(host, port, smartHost?.RequireTls == true ? SecureSocketOptions.StartTls : SecureSocketOptions.StartTlsWhenAvailable, cancellationToken);
        if (smartHost?.User is { } user)
            await AuthenticateAsync(user, smartHost.Password ?? "", cancellationToken);
        // The content stays where it is: parts are read from the store as they are written.
        var message = await MimeMessage.LoadAsync(ParserOptions.Default, content, persistent: true, cancellationToken);
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        format.International = work.SmtpUtf8;
        // What others wrote and we pass on is not ours to sign. MailKit writes a signed message without SMTPUTF8, so one that needs it goes unsigned.
        if ((work.Submitter is not null || work.Sender.Length == 0) && !work.SmtpUtf8)
            await OutboundSignature.AddAsync(message, format, Capabilities, keys, now, cancellationToken);
        string answer;
        try
        {
            answer = await SendAsync(format, message, MailboxOf(work.Sender), work.Recipients.Select(r => MailboxOf(r.Address)), cancellationToken);
        }
        catch (NothingAcceptedException)
        {
            answer = "";
        }
        await DisconnectAsync(quit: true, cancellationToken);
        return [.. work.Recipients.Select(r => refused.GetValueOrDefault(r.Address) ?? new(r, OutboundResult.Sent, answer))];
    }

    /// <inheritdoc/>
    protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
    {
        foreach (var recipient in work.Recipients)
        {
            if (recipient.Address == mailbox.Address)
                refused[recipient.Address] = Outcome(recipient, response.StatusCode, response.Response);
        }
    }

    /// <inheritdoc/>
    protected override void OnNoRecipientsAccepted(MimeMessage message) => throw new NothingAcceptedException();

    /// <inheritdoc/>
    protected override string GetEnvelopeId(MimeMessage message) => work.EnvelopeId ?? "";

    /// <inheritdoc/>
    protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox)
    {
        var notify = work.Recipients.First(r => r.Address == mailbox.Address).Notify;
        if (notify == DsnNotify.None)
            return null;
        return (notify.HasFlag(DsnNotify.Success) ? DeliveryStatusNotification.Success : 0)
            | (notify.HasFlag(DsnNotify.Failure) ? DeliveryStatusNotification.Failure : 0)
            | (notify.HasFlag(DsnNotify.Delay) ? DeliveryStatusNotification.Delay : 0);
    }

    internal static OutboundOutcome Outcome(QueuedRecipient recipient, SmtpStatusCode code, string text) =>
        new(recipient, (int)code is >= 500 ? OutboundResult.Failed : OutboundResult.Deferred, string.Create(CultureInfo.InvariantCulture, $"{(int)code} {text}"));

    private static MailboxAddress MailboxOf(string address) => address.Length == 0 ? new MailboxAddress("", "") : MailboxAddress.Parse(ParserOptions.Default, address);

    private sealed class NothingAcceptedException : Exception;
}
