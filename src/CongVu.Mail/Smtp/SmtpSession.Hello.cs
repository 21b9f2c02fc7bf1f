using System.Globalization;
using System.Text;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    private SmtpReply Ehlo(string argument)
    {
        if (!IsHelloName(argument))
            return SmtpReply.Syntax;
        helo = argument;
        isEsmtp = true;
        transaction = null;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"250-{options.HostName}\r\n250-PIPELINING\r\n250-SIZE {server.Path.Limits.MessageBytes}\r\n");
        text.Append("250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-BINARYMIME\r\n250-DSN\r\n");
        text.Append(CultureInfo.InvariantCulture, $"250-LIMITS RCPTMAX={options.MaxRecipients} MAILMAX={options.MaxMessages}\r\n");
        if (options.Certificate is not null && !connection.IsTls)
            text.Append("250-STARTTLS\r\n");
        if (role == SmtpRole.Submission)
        {
            if (connection.IsPrivate && author is null)
                text.Append("250-AUTH PLAIN LOGIN").Append(options.OfferScram ? " SCRAM-SHA-256" : "").Append(options.OfferScram && connection.IsTls ? " SCRAM-SHA-256-PLUS" : "").Append("\r\n");
            // RFC 4865 §3: the longest hold in seconds, and until when.
            text.Append(CultureInfo.InvariantCulture, $"250-FUTURERELEASE {(long)options.MaxHold.TotalSeconds} {server.Clock.GetUtcNow() + options.MaxHold:yyyy-MM-ddTHH:mm:ssZ}\r\n");
        }
        Write(text.ToString());
        return new(250, "", "ENHANCEDSTATUSCODES");
    }

    private SmtpReply Helo(string argument)
    {
        if (!IsHelloName(argument))
            return SmtpReply.Syntax;
        helo = argument;
        isEsmtp = false;
        transaction = null;
        return new(250, "", options.HostName);
    }

    // What stands in Received lines must not break them; names that are no domains are common and harmless.
    private static bool IsHelloName(string name) => name.Length is > 0 and <= 255 && !name.Any(c => char.IsControl(c) || c is ' ' or '(' or ')' or '<' or '>' or '\\');

    private async ValueTask<SmtpReply?> StartTlsAsync(string argument)
    {
        if (argument.Length > 0)
            return SmtpReply.Syntax;
        if (!await connection.StartTlsAsync(options.Certificate!(), () => Write(SmtpReply.ReadyForTls)))
            return null;
        // §4.2: everything said before is forgotten.
        helo = null;
        isEsmtp = false;
        author = null;
        return await NextAfterTlsAsync();
    }

    // TLS has no reply of its own: the next command is answered instead.
    private async ValueTask<SmtpReply?> NextAfterTlsAsync() => await ReadLineAsync() is { } read
        ? read.Status switch
        {
            Connections.LineStatus.TooLong => SmtpReply.LineTooLong,
            Connections.LineStatus.BareLineFeed => SmtpReply.BareLineFeed,
            _ when Formats.Smtp.SmtpCommand.Parse(line.AsSpan(0, read.Length)) is { } command => await AnswerAsync(command),
            _ => SmtpReply.Unknown,
        }
        : null;
}
