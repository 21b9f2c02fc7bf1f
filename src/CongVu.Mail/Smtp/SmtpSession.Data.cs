using System.Globalization;
using CongVu.Formats.Smtp;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    private async ValueTask<SmtpReply?> DataAsync()
    {
        var begun = transaction!;
        if (begun.Recipients == 0)
            return SmtpReply.NoRecipients;
        if (begun.Body == BodyType.BinaryMime)
            return SmtpReply.BinaryNeedsBdat;
        await SendAsync(SmtpReply.StartData);

        await using var content = server.Store.Contents.Create();
        var reader = new SmtpDataReader();
        Exception? failure = null;
        while (!reader.IsDone)
        {
            connection.Allow(options.CommandTimeout);
            var read = await connection.Input.ReadAsync(connection.Closed);
            var rest = read.Buffer;
            foreach (var segment in rest)
            {
                var used = 0;
                while (TakeRun(ref reader, segment, ref used, out var run))
                {
                    // What is refused anyway is read to its end and not kept.
                    if (reader.HasBareLineEnd || begun.TooLarge || failure is not null)
                        continue;
                    begun.TooLarge = content.Length + run.Length > server.Path.Limits.MessageBytes;
                    if (begun.TooLarge)
                        continue;
                    try
                    {
                        await content.WriteAsync(run, connection.Closed);
                    }
                    catch (IOException error)
                    {
                        failure = error;
                    }
                }
                if (reader.IsDone)
                {
                    rest = rest.Slice(used);
                    break;
                }
                rest = rest.Slice(segment.Length);
            }
            connection.Input.AdvanceTo(rest.Start, rest.IsEmpty ? rest.End : rest.Start);
            if (read.IsCompleted && !reader.IsDone)
                return null;
        }
        if (failure is not null)
        {
            server.Failed(failure, connection.Remote);
            await ResetAsync();
            return SmtpReply.NoSpace;
        }
        if (reader.HasBareLineEnd)
        {
            Refuse(SmtpReply.BareLineEnd, "");
            await ResetAsync();
            return SmtpReply.BareLineEnd;
        }
        return await FinishAsync(content);
    }

    // A struct reader does not live across an await, so a run is given as memory.
    private static bool TakeRun(ref SmtpDataReader reader, ReadOnlyMemory<byte> segment, ref int used, out ReadOnlyMemory<byte> run)
    {
        var before = used;
        if (!reader.Next(segment.Span, ref used, out var found))
        {
            run = default;
            return false;
        }
        run = segment.Span.Overlaps(found, out var offset) ? segment.Slice(offset, found.Length) : LineEnd;
        return before <= used;
    }

    private static readonly ReadOnlyMemory<byte> LineEnd = "\r\n"u8.ToArray();

    // RFC 3030 §2: the bytes follow the command at once, whatever is answered.
    private async ValueTask<SmtpReply?> BdatAsync(string argument)
    {
        var fields = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var last = fields.Length == 2 && fields[1].Equals("LAST", StringComparison.OrdinalIgnoreCase);
        if (fields.Length is 0 or > 2 || (fields.Length == 2 && !last) || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var left))
            return SmtpReply.Syntax;
        var begun = transaction!;
        var content = begun.Content ??= server.Store.Contents.Create();
        while (left > 0)
        {
            connection.Allow(options.CommandTimeout);
            var read = await connection.Input.ReadAsync(connection.Closed);
            var part = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            begun.TooLarge |= content.Length + part.Length > server.Path.Limits.MessageBytes;
            if (!begun.TooLarge && begun.Recipients > 0)
                await content.WriteAsync(part, connection.Closed);
            left -= part.Length;
            connection.Input.AdvanceTo(part.End);
            if (read.IsCompleted && left > 0)
                return null;
        }
        if (begun.Recipients == 0)
        {
            await ResetAsync();
            return SmtpReply.NoRecipients;
        }
        if (!last)
            return begun.TooLarge ? SmtpReply.TooLarge : SmtpReply.Ok;
        return await FinishAsync(content);
    }

    // The end of the data: one verdict for all recipients, and 250 only after the commit.
    private async ValueTask<SmtpReply> FinishAsync(ContentWriter content)
    {
        var begun = transaction!;
        try
        {
            if (begun.TooLarge)
                return Refuse(SmtpReply.TooLarge, "");
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
                RemoteHost = connection.Remote.Address.ToString(),
            };
            // A commit under way is not given up because the client hangs up.
            var (refusal, _) = await server.Path.AcceptAsync(envelope, content, Received(id, now), author, options.HostName, now, CancellationToken.None);
            return refusal == MessageRefusal.None ? new(250, "2.0.0", $"Taken as {id}") : Refuse(SmtpReply.Of(refusal), "");
        }
        finally
        {
            await ResetAsync();
        }
    }

    // RFC 5321 §4.4; the protocol's name by RFC 3848. The recipient is named only where it gives no other away.
    private string Received(string id, DateTimeOffset now)
    {
        var begun = transaction!;
        var with = (begun.SmtpUtf8 ? "UTF8SMTP" : isEsmtp ? "ESMTP" : "SMTP") + (connection.IsTls ? "S" : "") + (author is not null ? "A" : "");
        var address = connection.Remote.Address.IsIPv4MappedToIPv6 ? connection.Remote.Address.MapToIPv4() : connection.Remote.Address;
        var literal = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";
        var tls = connection.TlsDescription is { } description ? $"\r\n\t({description})" : "";
        var only = begun.Recipients == 1 ? $"\r\n\tfor <{(begun.Local.Count > 0 ? begun.Local[0].Address : begun.Remote[0].Address)}>" : "";
        return $"Received: from {helo} ({literal}){tls}\r\n\tby {options.HostName} with {with} id {id}{only};\r\n\t{MailPath.MailDate(now)}\r\n";
    }
}
