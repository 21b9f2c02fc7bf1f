using System.Buffers;
using System.Globalization;
using System.Text;
using CongVu.Formats.Smtp;
using CongVu.Mail.Store;

namespace CongVu.Mail.Outbound;

internal sealed partial class SmtpPeer
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>Sends one message; the outcome of every recipient.</summary>
    /// <exception cref="PeerException">The conversation broke; who was not yet answered for may or may not have got it.</exception>
    public async Task<IReadOnlyList<OutboundOutcome>> SendAsync(OutboundWork work, OutgoingMessage message)
    {
        if (MaxSize < message.Length)
            return All(work, OutboundResult.Failed, string.Create(CultureInfo.InvariantCulture, $"552 5.3.4 {host} takes no message larger than {MaxSize} bytes"));

        // 1. The envelope, in one go where the peer likes it (RFC 2920).
        var commands = new List<string>(work.Recipients.Count + 1) { MailCommand(work, message) };
        commands.AddRange(work.Recipients.Select(RecipientCommand));
        var replies = new List<PeerReply>(commands.Count);
        if (Extensions.HasFlag(PeerExtensions.Pipelining))
            await WriteAsync(string.Concat(commands), CommandTime);
        foreach (var command in commands)
        {
            if (!Extensions.HasFlag(PeerExtensions.Pipelining))
            {
                if (replies is [{ IsDone: false }])
                    break;
                await WriteAsync(command, CommandTime);
            }
            replies.Add(await ReadReplyAsync(CommandTime));
        }
        if (!replies[0].IsDone)
        {
            await ResetAsync();
            return All(work, Result(replies[0]), replies[0].ToString());
        }
        var accepted = replies.Skip(1).Any(r => r.IsDone);
        if (!accepted)
        {
            await ResetAsync();
            return [.. work.Recipients.Select((r, i) => new OutboundOutcome(r, Result(replies[i + 1]), replies[i + 1].ToString()))];
        }

        // 2. The message, and one answer for all who were accepted.
        var answer = message.IsBinary ? await SendChunksAsync(message) : await SendDataAsync(message);
        return [.. work.Recipients.Select((r, i) => replies[i + 1].IsDone
            ? new OutboundOutcome(r, answer.IsDone ? OutboundResult.Sent : Result(answer), answer.ToString(), Extensions.HasFlag(PeerExtensions.Dsn))
            : new OutboundOutcome(r, Result(replies[i + 1]), replies[i + 1].ToString()))];
    }

    private static OutboundResult Result(PeerReply reply) => reply.IsPermanent ? OutboundResult.Failed : OutboundResult.Deferred;

    private static OutboundOutcome[] All(OutboundWork work, OutboundResult result, string status) => [.. work.Recipients.Select(r => new OutboundOutcome(r, result, status))];

    private string MailCommand(OutboundWork work, OutgoingMessage message)
    {
        var command = new StringBuilder("MAIL FROM:<").Append(work.Sender).Append('>');
        if (Extensions.HasFlag(PeerExtensions.Size))
            command.Append(CultureInfo.InvariantCulture, $" SIZE={message.Length}");
        if (message.IsBinary)
            command.Append(" BODY=BINARYMIME");
        else if (message.Has8Bit && Extensions.HasFlag(PeerExtensions.EightBitMime))
            command.Append(" BODY=8BITMIME");
        if (work.SmtpUtf8)
            command.Append(" SMTPUTF8");
        // RFC 3461 §5.2.1.
        if (Extensions.HasFlag(PeerExtensions.Dsn))
        {
            if (work.Return != DsnReturn.Unspecified)
                command.Append(work.Return == DsnReturn.Full ? " RET=FULL" : " RET=HDRS");
            if (work.EnvelopeId is { } id)
                command.Append(" ENVID=").Append(id);
        }
        return command.Append("\r\n").ToString();
    }

    private string RecipientCommand(QueuedRecipient recipient)
    {
        var command = new StringBuilder("RCPT TO:<").Append(recipient.Address).Append('>');
        if (Extensions.HasFlag(PeerExtensions.Dsn))
        {
            if (recipient.Notify != DsnNotify.None)
                command.Append(" NOTIFY=").AppendJoin(',', NotifyWords(recipient.Notify));
            command.Append(" ORCPT=").Append(recipient.OriginalRecipient ?? $"rfc822;{Xtext.Encode(recipient.Address)}");
        }
        return command.Append("\r\n").ToString();
    }

    private static IEnumerable<string> NotifyWords(DsnNotify notify)
    {
        if (notify.HasFlag(DsnNotify.Never))
            return ["NEVER"];
        (DsnNotify Flag, string Word)[] all = [(DsnNotify.Success, "SUCCESS"), (DsnNotify.Failure, "FAILURE"), (DsnNotify.Delay, "DELAY")];
        return all.Where(w => notify.HasFlag(w.Flag)).Select(w => w.Word);
    }

    private async Task ResetAsync() => await CommandAsync("RSET\r\n", CommandTime);

    private async Task<PeerReply> SendDataAsync(OutgoingMessage message)
    {
        var start = await CommandAsync("DATA\r\n", DataStartTime);
        if (start.Code != 354)
            return start;
        var read = ArrayPool<byte>.Shared.Rent(BlockBytes);
        var write = ArrayPool<byte>.Shared.Rent((2 * BlockBytes) + 8);
        try
        {
            var stuffing = new DotStuffing();
            var stream = message.Open();
            int count;
            while ((count = await stream.ReadAsync(read.AsMemory(0, BlockBytes), deadline.Token)) > 0)
                await WriteAsync(write.AsMemory(0, stuffing.Write(read.AsSpan(0, count), write)), BlockTime);
            await WriteAsync(write.AsMemory(0, stuffing.End(write)), BlockTime);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(read);
            ArrayPool<byte>.Shared.Return(write);
        }
        return await ReadReplyAsync(DataEndTime);
    }

    // RFC 3030 §2, §3: what has no lines goes in chunks.
    private async Task<PeerReply> SendChunksAsync(OutgoingMessage message)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var stream = message.Open();
            var left = message.Length;
            while (true)
            {
                var count = await stream.ReadAtLeastAsync(block.AsMemory(0, (int)Math.Min(left, BlockBytes)), (int)Math.Min(left, BlockBytes), throwOnEndOfStream: true, deadline.Token);
                left -= count;
                await WriteAsync(string.Create(CultureInfo.InvariantCulture, $"BDAT {count}{(left == 0 ? " LAST" : "")}\r\n"), BlockTime);
                await WriteAsync(block.AsMemory(0, count), BlockTime);
                var reply = await ReadReplyAsync(left == 0 ? DataEndTime : BlockTime);
                if (left == 0 || !reply.IsDone)
                {
                    if (left > 0)
                        await ResetAsync();
                    return reply;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
