using System.Globalization;
using CongVu.Formats.Smtp;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    private async ValueTask<SmtpReply> MailAsync(string argument)
    {
        // 1. Arguments.
        if (SmtpPath.Parse(argument, "FROM") is not { } path)
            return SmtpRefusal.BadAddress;
        if (path.Parameters.Count > 0 && !isEsmtp)
            return SmtpRefusal.UnknownParameter;
        if (ReadMailParameters(path, out var begun) is not SmtpRefusal.None and var bad)
            return bad;
        if (path.Address.Length > 0 && path.Domain.Length == path.Address.Length)
            return SmtpRefusal.BadAddress;

        // 2. May it?
        if (!begun!.SmtpUtf8 && !System.Text.Ascii.IsValid(path.Address))
            return SmtpRefusal.NeedsSmtpUtf8;
        if (begun.DeclaredSize > server.Path.Limits.MessageBytes)
            return SmtpRefusal.MessageTooLarge;
        if (++messages > options.MaxMessages)
            return SmtpRefusal.TooManyMessages;
        if (author is not null && path.Address.Length > 0 && !await server.Store.Accounts.MaySendAsAsync(author.Id, path.Address, connection.Closed))
            return SmtpRefusal.SenderNotAllowed;

        // 3. Begun.
        transaction = begun;
        return SmtpReply.SenderOk;
    }

    private SmtpRefusal ReadMailParameters(SmtpPath path, out SmtpTransaction? begun)
    {
        begun = null;
        long? size = null;
        var body = BodyType.SevenBit;
        var utf8 = false;
        var give = DsnReturn.Unspecified;
        string? envelopeId = null;
        DateTimeOffset? hold = null;
        var now = server.Clock.GetUtcNow();
        foreach (var (name, value) in path.Parameters)
        {
            switch (name)
            {
                // RFC 1870.
                case "SIZE" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes):
                    size = bytes;
                    break;
                case "BODY" when value.ToUpperInvariant() is "7BIT" or "8BITMIME" or "BINARYMIME":
                    body = value.ToUpperInvariant() switch { "7BIT" => BodyType.SevenBit, "8BITMIME" => BodyType.EightBitMime, _ => BodyType.BinaryMime };
                    break;
                case "SMTPUTF8" when value.Length == 0:
                    utf8 = true;
                    break;
                // RFC 3461 §4.3-4.
                case "RET" when value.ToUpperInvariant() is "FULL" or "HDRS":
                    give = value.Equals("FULL", StringComparison.OrdinalIgnoreCase) ? DsnReturn.Full : DsnReturn.Headers;
                    break;
                case "ENVID" when value.Length is > 0 and <= 100 && Xtext.Decode(value) is not null:
                    envelopeId = value;
                    break;
                // RFC 4954 §5: taken and not believed.
                case "AUTH" when role == SmtpRole.Submission:
                    break;
                // RFC 4865 §4.
                case "HOLDFOR" when role == SmtpRole.Submission && hold is null && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= options.MaxHold.TotalSeconds:
                    hold = now.AddSeconds(seconds);
                    break;
                case "HOLDUNTIL" when role == SmtpRole.Submission && hold is null
                    && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) && until <= now + options.MaxHold:
                    hold = until;
                    break;
                case "SIZE" or "BODY" or "SMTPUTF8" or "RET" or "ENVID" or "HOLDFOR" or "HOLDUNTIL":
                    return SmtpRefusal.Syntax;
                default:
                    return SmtpRefusal.UnknownParameter;
            }
        }
        begun = new() { Sender = path.Address, Body = body, SmtpUtf8 = utf8, DeclaredSize = size, EnvelopeId = envelopeId, Return = give, HoldUntil = hold };
        return SmtpRefusal.None;
    }
}
