using System.Globalization;
using System.Text;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    private async ValueTask<SmtpReply> HelloAsync(string argument, bool esmtp)
    {
        if (!IsHelloName(argument))
            return SmtpRefusal.Syntax;
        // RFC 5321 §4.1.4: a new EHLO is a RSET.
        await ResetAsync();
        helo = argument;
        isEsmtp = esmtp;
        if (!esmtp)
            return new(250, "", options.HostName);
        Write(Extensions());
        return SmtpReply.Answered;
    }

    private string Extensions()
    {
        var text = new StringBuilder(512);
        text.Append(CultureInfo.InvariantCulture, $"250-{options.HostName}\r\n250-PIPELINING\r\n250-SIZE {server.Path.Limits.MessageBytes}\r\n");
        text.Append("250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250-DSN\r\n");
        text.Append(CultureInfo.InvariantCulture, $"250-LIMITS RCPTMAX={MaxRecipients} MAILMAX={options.MaxMessages}\r\n");
        if (options.Certificate is not null && !connection.IsTls)
            text.Append("250-STARTTLS\r\n");
        if (role == SmtpRole.Submission)
        {
            if (connection.IsPrivate && author is null)
                text.Append("250-AUTH PLAIN LOGIN").Append(options.OfferScram ? " SCRAM-SHA-256" : "").Append(options.OfferScram && connection.IsTls ? " SCRAM-SHA-256-PLUS" : "").Append("\r\n");
            // RFC 4865 §3: the longest hold in seconds, and until when.
            text.Append(CultureInfo.InvariantCulture, $"250-FUTURERELEASE {(long)options.MaxHold.TotalSeconds} {server.Clock.GetUtcNow() + options.MaxHold:yyyy-MM-ddTHH:mm:ssZ}\r\n");
        }
        return text.Append("250 ENHANCEDSTATUSCODES\r\n").ToString();
    }

    // What stands in Received lines must not break them; names that are no domains are common and harmless.
    private static bool IsHelloName(string name) => name.Length is > 0 and <= 255 && !name.Any(c => char.IsControl(c) || c is ' ' or '(' or ')' or '<' or '>' or '\\' or ';' or '"');

    private async ValueTask<SmtpReply> StartTlsAsync(string argument)
    {
        if (argument.Length > 0)
            return SmtpRefusal.Syntax;
        if (!await connection.StartTlsAsync(options.Certificate!(), () => Write(SmtpReply.ReadyForTls)))
            return SmtpReply.HangUp;
        // RFC 3207 §4.2: everything said before is forgotten.
        helo = null;
        isEsmtp = false;
        author = null;
        return SmtpReply.Answered;
    }
}
