using System.Buffers;
using CongVu.Formats.Imap;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Imap;

internal sealed partial class ImapSession
{
    /// <summary>A message that is not wanted but on its way is read and dropped up to this size; beyond it the connection ends.</summary>
    private const long MaxDropped = 256L << 20;

    /// <summary>
    /// The next command. With it null the client was answered already; with an end, a reason to say goodbye (empty: it has gone).
    /// </summary>
    private async ValueTask<(string? End, ImapCommand? Command)> ReadCommandAsync()
    {
        framer.Reset(Principal is null ? CommandLimits.Stranger : CommandLimits.SignedIn);
        var (status, text) = await ReadFrameAsync();
        switch (status)
        {
            case FrameStatus.Complete:
                return (null, new(WithoutLineEnd(text), Utf8, hasMessage: false));
            case FrameStatus.Message:
                return (null, new(WithoutLineEnd(text), Utf8, hasMessage: true));
            case FrameStatus.LineTooLong:
                await DropLineAsync();
                Refuse(text, ImapReply.Bad("The command is too long"));
                return ++errors >= Server.Options.MaxErrors || Principal is null ? ("The command is too long", null) : (null, null);
            case FrameStatus.LiteralTooLong:
                Refuse(text, ImapReply.Bad("The literal is too long"));
                return ++errors >= Server.Options.MaxErrors ? ("Too many errors", null) : (null, null);
            case FrameStatus.LiteralTooLongSent:
                return ("The literal is too long", null);
            default:
                return (stopping.IsCancellationRequested ? "The server is stopping" : "", null);
        }
    }

    /// <summary>
    /// What follows the octets of a message: another message's announcement, or the end of the command. Null when it is neither that can be read.
    /// </summary>
    internal async ValueTask<(FrameStatus Status, ReadOnlyMemory<byte> Text)> ReadAfterMessageAsync()
    {
        framer.ResetAfterMessage();
        var (status, text) = await ReadFrameAsync();
        return (status, WithoutLineEnd(text));
    }

    /// <summary>The announced message.</summary>
    internal LiteralHeader MessageLiteral => framer.Literal;

    /// <summary>Copies the octets of a message, asked for if need be.</summary>
    internal async ValueTask ReadMessageAsync(LiteralHeader literal, ContentWriter target)
    {
        if (literal.IsSynchronizing)
            await ContinueAsync("Ready for the message");
        for (var left = literal.Length; left > 0;)
        {
            Connection.Allow(Server.Options.DataTimeout);
            var read = await Connection.Input.ReadAsync(Closed);
            var part = read.Buffer.Slice(0, Math.Min(left, read.Buffer.Length));
            try
            {
                await target.WriteAsync(part, Closed);
            }
            catch (Exception error) when (error is IOException or StoreException)
            {
                throw new MessageInterruptedException(error);
            }
            left -= part.Length;
            Connection.Input.AdvanceTo(part.End);
            if (left > 0 && read.IsCompleted)
                throw new Microsoft.AspNetCore.Connections.ConnectionAbortedException("The client left within a message.");
        }
    }

    /// <summary>
    /// Gives up a command whose message is not wanted: one that waits for leave is refused, one on its way is read and dropped with the rest of the command
    /// (RFC 7888 §4). The reply, or the end of the session where that would be too much.
    /// </summary>
    internal async ValueTask<ImapReply> DropMessagesAsync(LiteralHeader literal, ImapReply reply)
    {
        while (true)
        {
            if (literal.IsSynchronizing)
                return reply;
            if (literal.Length > MaxDropped)
            {
                await SayGoodbyeAsync("The literal is too long");
                return ImapReply.End;
            }
            await DropAsync(literal.Length);
            var (status, _) = await ReadAfterMessageAsync();
            if (status == FrameStatus.Complete)
                return reply;
            if (status != FrameStatus.Message)
            {
                await SayGoodbyeAsync("Expected the end of the command");
                return ImapReply.End;
            }
            literal = framer.Literal;
        }
    }

    /// <summary>A line that is no command: DONE, or an answer to a challenge. It waits without a buffer and flushes nothing. Null when it does not come.</summary>
    internal async ValueTask<string?> ReadLineAsync()
    {
        const int maxLine = 4 * 1024;
        var input = Connection.Input;
        while (true)
        {
            var read = await input.ReadAsync(Closed);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = read.Buffer.Slice(0, end);
                var text = line.Length > maxLine ? "" : System.Text.Encoding.ASCII.GetString(line.ToArray()).TrimEnd('\r');
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return text;
            }
            var tooLong = read.Buffer.Length > maxLine;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted || tooLong || stopping.IsCancellationRequested)
                return null;
        }
    }

    /// <summary>Asks the client to go on.</summary>
    internal ValueTask ContinueAsync(string text)
    {
        var writer = new ImapWriter(Connection.Output, Utf8);
        writer.Raw("+ "u8);
        writer.HumanText(text);
        writer.Crlf();
        writer.Commit();
        return Connection.FlushAsync();
    }

    private ValueTask<ImapReply> WithoutMessageAsync(ImapCommand command, ImapReply reply) => command.HasMessage ? DropMessagesAsync(framer.Literal, reply) : new(reply);

    // What was written goes out before this waits, so that the answers to commands sent together leave together.
    private async ValueTask<(FrameStatus Status, byte[] Text)> ReadFrameAsync()
    {
        var input = Connection.Input;
        while (true)
        {
            if (!input.TryRead(out var read))
            {
                await Connection.FlushAsync();
                read = await input.ReadAsync(Closed);
            }
            var buffer = read.Buffer;
            if (stopping.IsCancellationRequested)
            {
                input.AdvanceTo(buffer.Start);
                return (FrameStatus.NeedMore, []);
            }
            var status = framer.Scan(buffer);
            switch (status)
            {
                case FrameStatus.NeedMore:
                    input.AdvanceTo(buffer.Start, buffer.End);
                    if (read.IsCompleted)
                        return (status, []);
                    break;
                case FrameStatus.AwaitsContinuation:
                    input.AdvanceTo(buffer.Start);
                    await ContinueAsync("Ready for the literal");
                    break;
                case FrameStatus.Complete or FrameStatus.Message:
                    var text = buffer.Slice(0, framer.Length).ToArray();
                    input.AdvanceTo(buffer.GetPosition(framer.Length));
                    return (status, text);
                case FrameStatus.LiteralTooLong:
                    // The line was read; its literal will not come.
                    var line = buffer.PositionOf((byte)'\n')!.Value;
                    var head = buffer.Slice(0, Math.Min(300, buffer.Length)).ToArray();
                    input.AdvanceTo(buffer.GetPosition(1, line));
                    return (status, head);
                default:
                    var beginning = buffer.Slice(0, Math.Min(300, buffer.Length)).ToArray();
                    input.AdvanceTo(buffer.Start);
                    return (status, beginning);
            }
        }
    }

    private void Refuse(ReadOnlySpan<byte> beginning, ImapReply reply)
    {
        var reader = new ImapReader(beginning, Utf8);
        var tag = reader.Tag();
        WriteTagged(reader.Failed || tag.Length > 100 ? "*" : tag, reply);
    }

    private async ValueTask DropLineAsync()
    {
        while (true)
        {
            var read = await Connection.Input.ReadAsync(Closed);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                Connection.Input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return;
            }
            Connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }

    private async ValueTask DropAsync(long count)
    {
        while (count > 0)
        {
            Connection.Allow(Server.Options.DataTimeout);
            var read = await Connection.Input.ReadAsync(Closed);
            var part = read.Buffer.Slice(0, Math.Min(count, read.Buffer.Length));
            count -= part.Length;
            Connection.Input.AdvanceTo(part.End);
            if (count > 0 && read.IsCompleted)
                throw new Microsoft.AspNetCore.Connections.ConnectionAbortedException("The client left within a message.");
        }
    }

    private static ReadOnlyMemory<byte> WithoutLineEnd(byte[] text)
    {
        var length = text.Length;
        if (length > 0 && text[length - 1] == '\n')
            length--;
        if (length > 0 && text[length - 1] == '\r')
            length--;
        return text.AsMemory(0, length);
    }
}

/// <summary>A message could not be taken in while it was coming.</summary>
internal sealed class MessageInterruptedException(Exception cause) : Exception("The message could not be taken.", cause);

/// <summary>A message's bytes could not be read while they were being sent.</summary>
internal sealed class ResponseBrokenException(Exception cause) : Exception("The response could not be completed.", cause);
