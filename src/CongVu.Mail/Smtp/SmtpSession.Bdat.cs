using System.Globalization;
using CongVu.Mail.Connections;
using CongVu.Mail.Store;

namespace CongVu.Mail.Smtp;

internal sealed partial class SmtpSession
{
    /// <summary>A chunk that is not wanted is read and dropped up to this size; beyond it the connection ends.</summary>
    private const long MaxDroppedChunk = 64L << 20;

    // RFC 3030 §2: the bytes follow the command at once, whatever is answered.
    private async ValueTask<SmtpReply> BdatAsync(string argument)
    {
        // 1. How much is it? Without that nobody knows where the next command begins.
        if (!ReadChunk(argument, out var size, out var isLast))
            return SmtpRefusal.BadChunk;
        var refusal = transaction is null ? SmtpRefusal.BadSequence : transaction.Recipients == 0 ? SmtpRefusal.NoRecipients : SmtpRefusal.None;
        if (refusal != SmtpRefusal.None)
            return await DropChunkAsync(size) ? await GiveUpAsync(refusal) : SmtpReply.HangUp;

        // 2. The bytes.
        var begun = transaction!;
        var message = begun.Chunks ??= new(server.Store.Contents.Create(), server.Path.Limits.MessageBytes);
        if (size > server.Path.Limits.MessageBytes)
        {
            await message.RefuseAsync(SmtpRefusal.MessageTooLarge);
            if (size > MaxDroppedChunk)
            {
                Write(SmtpRefusal.MessageTooLarge);
                await connection.FlushAsync();
                return SmtpReply.HangUp;
            }
        }
        if (!await ReadChunkAsync(begun, message, size))
            return SmtpReply.HangUp;

        // 3. The verdict; of a message that is refused, at every chunk.
        if (isLast && begun.LineEnds.EndsWithCr && begun.Body != BodyType.BinaryMime)
            await message.RefuseAsync(SmtpRefusal.BareLineEnd);
        if (isLast)
            return await FinishAsync(message);
        return message.Refusal == SmtpRefusal.None ? SmtpReply.Ok : message.Refusal;
    }

    private static bool ReadChunk(string argument, out long size, out bool isLast)
    {
        var fields = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        isLast = fields.Length == 2 && fields[1].Equals("LAST", StringComparison.OrdinalIgnoreCase);
        size = 0;
        return fields.Length == (isLast ? 2 : 1) && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out size);
    }

    private async ValueTask<bool> ReadChunkAsync(SmtpTransaction begun, IncomingMessage message, long size)
    {
        var pace = new DataPace(server.Clock, options.CommandTimeout);
        for (var left = size; left > 0;)
        {
            connection.Allow(pace.Next(size - left));
            var read = await connection.ReadAsync();
            var part = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            foreach (var segment in part)
            {
                if (begun.Body != BodyType.BinaryMime && !begun.CheckLineEnds(segment.Span))
                    await message.RefuseAsync(SmtpRefusal.BareLineEnd);
                await message.KeepAsync(segment, connection.Closed);
            }
            left -= part.Length;
            connection.Input.AdvanceTo(part.End);
            if (read.IsCompleted && left > 0)
                return false;
        }
        return true;
    }

    private async ValueTask<bool> DropChunkAsync(long size)
    {
        if (size > MaxDroppedChunk)
            return false;
        var pace = new DataPace(server.Clock, options.CommandTimeout);
        for (var left = size; left > 0;)
        {
            connection.Allow(pace.Next(size - left));
            var read = await connection.ReadAsync();
            var part = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            left -= part.Length;
            connection.Input.AdvanceTo(part.End);
            if (read.IsCompleted && left > 0)
                return false;
        }
        return true;
    }

    private async ValueTask<SmtpReply> GiveUpAsync(SmtpRefusal refusal)
    {
        await ResetAsync();
        return refusal;
    }
}
