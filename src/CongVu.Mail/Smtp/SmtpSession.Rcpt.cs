using System.Text;
using CongVu.Formats.Smtp;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    // Who has signed in is known, and the machine itself is trusted with long lists.
    private bool IsStranger => author is null && !System.Net.IPAddress.IsLoopback(connection.Remote.Address);

    private int MaxRecipients => IsStranger ? Math.Min(options.MaxRecipients, options.MaxRecipientsOfStrangers) : options.MaxRecipients;

    private async ValueTask<SmtpReply> RcptAsync(string argument)
    {
        // 1. Arguments.
        var begun = transaction!;
        if (SmtpPath.Parse(argument, "TO") is not { Address.Length: > 0 } path)
            return SmtpRefusal.BadAddress;
        if (ReadRcptParameters(path, out var notify, out var original) is not SmtpRefusal.None and var bad)
            return bad;
        if (!begun.SmtpUtf8 && !Ascii.IsValid(path.Address))
            return SmtpRefusal.NeedsSmtpUtf8;
        if (begun.Recipients >= MaxRecipients || !begun.HasRoomFor(path.Address, original, IsStranger))
            return SmtpRefusal.TooManyRecipients;

        // 2. Who is it? RFC 5321 §4.1.1.3: postmaster needs no domain.
        var address = path.Address;
        if (!address.Contains('@', StringComparison.Ordinal))
            address = $"{address}@{(await server.Store.Accounts.DomainsAsync(connection.Closed) is [var first, ..] ? first : "")}";
        var found = await server.Store.Accounts.LookupAsync(address, connection.Closed);

        // 3. No relaying for strangers; what cannot be delivered is refused here, so that nothing has to be sent back.
        var refusal = found.Status == AddressStatus.NotLocal && author is null ? SmtpRefusal.NoRelay : SmtpReply.Of(found.Status);
        if (refusal != SmtpRefusal.None)
            return Refuse(begun, address, found.MovedTo is { } moved && Ascii.IsValid(moved) ? SmtpReply.Moved(moved) : refusal);

        // 4. What is held waits in the queue, wherever it goes.
        if (found.Status == AddressStatus.NotLocal || begun.HoldUntil is not null)
            begun.Remote.Add(new(found.Status == AddressStatus.NotLocal ? address : found.Address, found.Address[(found.Address.LastIndexOf('@') + 1)..], original, notify));
        else
            begun.Local.Add(new(found.Account, found.Address, original, notify));
        return SmtpReply.RecipientOk;
    }

    private SmtpReply Refuse(SmtpTransaction begun, string recipient, SmtpReply reply)
    {
        Trace(begun, recipient, reply);
        return author is null && ++refusedRecipients > MaxRefusedRecipients ? SmtpRefusal.TooManyErrors : reply;
    }

    // For those who ask where a message is.
    private void Trace(SmtpTransaction refused, string recipient, SmtpReply reply) =>
        server.Store.Refusals.Add(connection.Remote.Address.ToString(), refused.Sender, recipient, $"{reply.Code} {reply.Enhanced} {reply.Text}");

    // RFC 3461 §4.1-2.
    private SmtpRefusal ReadRcptParameters(SmtpPath path, out DsnNotify notify, out string? original)
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
                        return SmtpRefusal.Syntax;
                    break;
                case "ORCPT" when isEsmtp && value.Length <= 500 && value.Contains(';', StringComparison.Ordinal) && Xtext.Decode(value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..]) is not null:
                    original = value;
                    break;
                case "ORCPT":
                    return SmtpRefusal.Syntax;
                default:
                    return SmtpRefusal.UnknownParameter;
            }
        }
        return SmtpRefusal.None;
    }
}
