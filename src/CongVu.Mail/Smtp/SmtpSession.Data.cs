using System.Globalization;
using CongVu.Formats.Smtp;
using CongVu.Mail.Connections;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    private static readonly ReadOnlyMemory<byte> LineEnd = "\r\n"u8.ToArray();

    private async ValueTask<SmtpReply> DataAsync(string argument)
    {
        // 1. May it come?
        var begun = transaction!;
        if (argument.Length > 0)
            return SmtpRefusal.Syntax;
        if (begun.Recipients == 0)
            return SmtpRefusal.NoRecipients;
        if (begun.Body == BodyType.BinaryMime)
            return SmtpRefusal.BinaryNeedsBdat;
        await SendAsync(SmtpReply.StartData);

        // 2. The text, to its end in any case.
        await using var message = new IncomingMessage(server.Store.Contents.Create(), server.Path.Limits.MessageBytes);
        var reader = new SmtpDataReader();
        var pace = new DataPace(server.Clock, options.CommandTimeout);
        for (long received = 0; !reader.IsDone;)
        {
            connection.Allow(pace.Next(received));
            var read = await connection.ReadAsync();
            var rest = read.Buffer;
            foreach (var segment in rest)
            {
                var used = 0;
                while (TakeRun(ref reader, segment, ref used, out var run))
                    await message.KeepAsync(run, connection.Closed);
                if (reader.HasBareLineEnd)
                    await message.RefuseAsync(SmtpRefusal.BareLineEnd);
                received += used;
                rest = rest.Slice(used);
                if (reader.IsDone)
                    break;
            }
            connection.Input.AdvanceTo(rest.Start, rest.IsEmpty ? rest.End : rest.Start);
            if (read.IsCompleted && !reader.IsDone)
                return SmtpReply.HangUp;
        }

        // 3. The verdict.
        return await FinishAsync(message);
    }

    // A struct reader does not live across an await, so a run is given as memory.
    private static bool TakeRun(ref SmtpDataReader reader, ReadOnlyMemory<byte> segment, ref int used, out ReadOnlyMemory<byte> run)
    {
        if (!reader.Next(segment.Span, ref used, out var found))
        {
            run = default;
            return false;
        }
        run = segment.Span.Overlaps(found, out var offset) ? segment.Slice(offset, found.Length) : LineEnd;
        return true;
    }

    // The end of the data: one verdict for all recipients, and 250 only after the commit.
    private async ValueTask<SmtpReply> FinishAsync(IncomingMessage message)
    {
        var begun = transaction!;
        try
        {
            if (message.Failure is { } failure)
                server.Failed(failure, connection.Remote);
            if (message.Refusal != SmtpRefusal.None)
                return Refused(begun, message.Refusal);
            var now = server.Clock.GetUtcNow();
            var id = Guid.CreateVersion7(now).ToString("N");
            var envelope = new Envelope
            {
                Sender = begun.Sender,
                Local = begun.Local,
                Remote = begun.Remote,
                EnvelopeId = begun.EnvelopeId,
                Return = begun.Return,
                SmtpUtf8 = begun.SmtpUtf8,
                Body = begun.Body,
                HoldUntil = begun.HoldUntil,
                Submitter = author?.HomeAccount,
                Peer = author is null ? new(connection.Remote.Address, helo ?? "") : null,
                RemoteHost = connection.Remote.Address.ToString(),
            };
            // A commit under way is not given up because the client hangs up.
            connection.Allow(Timeout.InfiniteTimeSpan);
            var accepted = await server.Path.AcceptAsync(envelope, message.Content, Received(id, now), author, options.HostName, now, CancellationToken.None);
            SmtpReply reply = SmtpReply.Of(accepted.Refusal);
            return accepted.Refusal == MessageRefusal.None ? new SmtpReply(250, "2.0.0", $"Taken as {id}").About(accepted.Detail) : Refused(begun, reply.About(accepted.Detail));
        }
        finally
        {
            await ResetAsync();
        }
    }

    private SmtpReply Refused(SmtpTransaction begun, SmtpReply reply)
    {
        foreach (var recipient in begun.Local)
            Trace(begun, recipient.Address, reply);
        foreach (var recipient in begun.Remote)
            Trace(begun, recipient.Address, reply);
        return reply;
    }

    // RFC 5321 §4.4; the protocol's name by RFC 3848 and RFC 6531 §4.3. The recipient is named only where it gives no other away.
    private string Received(string id, DateTimeOffset now)
    {
        var begun = transaction!;
        var with = (begun.SmtpUtf8 ? "UTF8SMTP" : isEsmtp ? "ESMTP" : "SMTP") + (connection.IsTls ? "S" : "") + (author is not null ? "A" : "");
        var address = connection.Remote.Address.IsIPv4MappedToIPv6 ? connection.Remote.Address.MapToIPv4() : connection.Remote.Address;
        var literal = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";
        var tls = connection.TlsDescription is { } description ? $"\r\n\t({description})" : "";
        var only = begun.Recipients == 1 ? $"\r\n\tfor <{(begun.Local.Count > 0 ? begun.Local[0].Address : begun.Remote[0].Address)}>" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Received: from {helo} ({literal}){tls}\r\n\tby {options.HostName} with {with} id {id}{only};\r\n\t{MailPath.MailDate(now)}\r\n");
    }
}
