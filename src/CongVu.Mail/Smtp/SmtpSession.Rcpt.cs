using CongVu.Formats.Smtp;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    private async ValueTask<SmtpReply> RcptAsync(string argument)
    {
        // 1. Arguments.
        var begun = transaction!;
        if (SmtpPath.Parse(argument, "TO") is not { Address.Length: > 0 } path)
            return SmtpReply.BadAddress;
        if (ReadRcptParameters(path, out var notify, out var original) is { } bad)
            return bad;
        if (begun.Recipients >= options.MaxRecipients)
            return SmtpReply.TooManyRecipients;
        if (!begun.SmtpUtf8 && !System.Text.Ascii.IsValid(path.Address))
            return SmtpReply.NeedsSmtpUtf8;

        // 2. Who is it? RFC 5321 §4.1.1.3: postmaster needs no domain.
        var address = path.Address;
        if (!address.Contains('@', StringComparison.Ordinal))
            address = $"{address}@{(await server.Store.Accounts.DomainsAsync(connection.Closed) is [var first, ..] ? first : "")}";
        var found = await server.Store.Accounts.LookupAsync(address, connection.Closed);

        // 3. No relaying for strangers; what cannot be delivered is refused here, so that nothing has to be sent back.
        if (SmtpReply.Of(found.Status) is { } refused)
            return Refuse(refused, found.Address);
        if (found.Status == AddressStatus.NotLocal)
        {
            if (author is null)
                return Refuse(SmtpReply.NoRelay, found.Address);
            begun.Remote.Add(new(address, found.Address[(found.Address.LastIndexOf('@') + 1)..], original, notify));
        }
        else if (begun.HoldUntil is not null)
        {
            // What is held waits in the queue, wherever it goes.
            begun.Remote.Add(new(found.Address, found.Address[(found.Address.LastIndexOf('@') + 1)..], original, notify));
        }
        else
        {
            begun.Local.Add(new(found.Account, found.Address, original, notify));
        }
        return new(250, "2.1.5", "Recipient OK");
    }

    private SmtpReply Refuse(SmtpReply reply, string recipient)
    {
        server.Store.Refusals.Add(connection.Remote.Address.ToString(), transaction?.Sender ?? "", recipient, $"{reply.Code} {reply.Enhanced} {reply.Text}");
        return reply;
    }

    // RFC 3461 §4.1-2.
    private SmtpReply? ReadRcptParameters(SmtpPath path, out DsnNotify notify, out string? original)
    {
        (notify, original) = (DsnNotify.None, null);
        foreach (var (name, value) in path.Parameters)
        {
            switch (name)
            {
                case "NOTIFY" when isEsmtp:
                    foreach (var word in value.ToUpperInvariant().Split(','))
                    {
                        notify |= word switch { "NEVER" => DsnNotify.Never, "SUCCESS" => DsnNotify.Success, "FAILURE" => DsnNotify.Failure, "DELAY" => DsnNotify.Delay, _ => (DsnNotify)256 };
                    }
                    if ((int)notify >= 256 || (notify.HasFlag(DsnNotify.Never) && notify != DsnNotify.Never))
                        return SmtpReply.Syntax;
                    break;
                case "ORCPT" when isEsmtp && value.Length <= 500 && value.Contains(';', StringComparison.Ordinal) && Xtext.Decode(value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..]) is not null:
                    original = value;
                    break;
                case "ORCPT":
                    return SmtpReply.Syntax;
                default:
                    return SmtpReply.ParameterUnknown;
            }
        }
        return null;
    }
}
