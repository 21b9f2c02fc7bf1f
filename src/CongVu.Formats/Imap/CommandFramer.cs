using System.Buffers;
using System.Buffers.Text;

namespace CongVu.Formats.Imap;

/// <summary>What the framer found at the beginning of the input.</summary>
public enum FrameStatus
{
    /// <summary>Not all of it is here.</summary>
    NeedMore,

    /// <summary>A whole command.</summary>
    Complete,

    /// <summary>The client waits for leave to send a literal that fits: answer "+" once and go on.</summary>
    AwaitsContinuation,

    /// <summary>A message of APPEND or REPLACE is announced: <see cref="CommandFramer.Length"/> bytes stand before its first octet.</summary>
    Message,

    /// <summary>The line is longer than allowed and has no end yet.</summary>
    LineTooLong,

    /// <summary>A literal is longer than allowed; the client waits for leave, which it must not get.</summary>
    LiteralTooLong,

    /// <summary>A literal that is longer than allowed is already on its way (RFC 7888 §4).</summary>
    LiteralTooLongSent,
}

/// <summary>How much one command may hold.</summary>
/// <param name="LineBytes">Its lines together, literals apart.</param>
/// <param name="LiteralBytes">Its literals together, messages of APPEND and REPLACE apart.</param>
public readonly record struct CommandLimits(int LineBytes, int LiteralBytes)
{
    /// <summary>Before sign-in: what a login needs, so that strangers hold little.</summary>
    public static readonly CommandLimits Stranger = new(4 * 1024, 4 * 1024);

    /// <summary>After sign-in: long sets of UIDs and long searches.</summary>
    public static readonly CommandLimits SignedIn = new(64 * 1024, 64 * 1024);
}

/// <summary>
/// Finds where a command ends (RFC 9051 §2.2.1): lines with literals between them. It looks at each octet once, however they come, and at
/// literals' octets not at all. A command's bytes stay in the caller's buffer until it is whole; messages are announced instead and never buffered.
/// </summary>
public sealed class CommandFramer
{
    private CommandLimits limits;
    private long scanned;
    private long lineStart;
    private long lineBytes;
    private long literalBytes;
    private bool continued;
    private bool afterMessage;
    private bool takesMessages;
    private int argumentsBeforeMessage;

    /// <summary>A framer for one connection.</summary>
    public CommandFramer(CommandLimits limits) => this.limits = limits;

    /// <summary>Bytes of the command, its last line end included; or up to the message that is announced.</summary>
    public long Length { get; private set; }

    /// <summary>The literal that was announced or refused.</summary>
    public LiteralHeader Literal { get; private set; }

    /// <summary>Begins the next command.</summary>
    public void Reset(CommandLimits newLimits)
    {
        limits = newLimits;
        scanned = lineStart = lineBytes = literalBytes = 0;
        continued = afterMessage = takesMessages = false;
        Length = 0;
    }

    /// <summary>Goes on after a message was taken: what follows ends the command or announces another message (RFC 3502).</summary>
    public void ResetAfterMessage()
    {
        Reset(limits);
        afterMessage = takesMessages = true;
    }

    /// <summary>Looks at what has come since the last call. <paramref name="buffer"/> begins where the command (or what follows a message) begins.</summary>
    public FrameStatus Scan(in ReadOnlySequence<byte> buffer)
    {
        while (true)
        {
            if (scanned >= buffer.Length)
                return FrameStatus.NeedMore;
            if (buffer.Slice(scanned).PositionOf((byte)'\n') is not { } at)
            {
                scanned = buffer.Length;
                return lineBytes + scanned - lineStart > limits.LineBytes ? FrameStatus.LineTooLong : FrameStatus.NeedMore;
            }
            var end = buffer.GetOffset(at) - buffer.GetOffset(buffer.Start) + 1;
            lineBytes += end - lineStart;
            if (lineBytes > limits.LineBytes)
                return FrameStatus.LineTooLong;
            var line = buffer.Slice(lineStart, end - lineStart);
            if (ReadLiteralHeader(line) is not { } literal)
            {
                Length = end;
                return FrameStatus.Complete;
            }
            if (lineStart == 0 && !afterMessage)
                LookAtCommand(line);
            if (takesMessages && !IsArgumentBeforeMessage(line))
            {
                (Length, Literal) = (end, literal);
                return FrameStatus.Message;
            }
            if (!continued)
            {
                literalBytes += literal.Length;
                Literal = literal;
                if (literalBytes > limits.LiteralBytes)
                    return literal.IsSynchronizing ? FrameStatus.LiteralTooLong : FrameStatus.LiteralTooLongSent;
            }
            if (literal.IsSynchronizing && !continued)
            {
                // Asked once; the next call comes here again and passes.
                continued = true;
                lineBytes -= end - lineStart;
                return FrameStatus.AwaitsContinuation;
            }
            continued = false;
            scanned = lineStart = end + literal.Length;
        }
    }

    private static LiteralHeader? ReadLiteralHeader(in ReadOnlySequence<byte> line)
    {
        // "~{" 19 digits "+}" CRLF
        const int longest = 25;
        Span<byte> tail = stackalloc byte[(int)Math.Min(longest, line.Length)];
        line.Slice(line.Length - tail.Length).CopyTo(tail);
        var text = (ReadOnlySpan<byte>)tail[..^1];
        return ReadLiteralHeader(text.EndsWith("\r"u8) ? text[..^1] : text);
    }

    /// <summary>Reads {n}, {n+} or ~{n} at the very end of a text.</summary>
    internal static LiteralHeader? ReadLiteralHeader(ReadOnlySpan<byte> text)
    {
        if (!text.EndsWith("}"u8) || text.LastIndexOf((byte)'{') is var open && open < 0)
            return null;
        var inside = text[(open + 1)..^1];
        var synchronizing = !inside.EndsWith("+"u8);
        if (!synchronizing)
            inside = inside[..^1];
        if (inside.IsEmpty || inside.ContainsAnyExceptInRange((byte)'0', (byte)'9') || !Utf8Parser.TryParse(inside, out long length, out _))
            return null;
        return new(length, synchronizing, open > 0 && text[open - 1] == (byte)'~');
    }

    private void LookAtCommand(in ReadOnlySequence<byte> line)
    {
        Span<byte> head = stackalloc byte[(int)Math.Min(line.Length, 300)];
        line.Slice(0, head.Length).CopyTo(head);
        ReadOnlySpan<byte> rest = head;
        NextWord(ref rest);
        var command = NextWord(ref rest);
        if (command.Length == 3 && System.Text.Ascii.EqualsIgnoreCase(command, "UID"u8))
            command = NextWord(ref rest);
        var isReplace = System.Text.Ascii.EqualsIgnoreCase(command, "REPLACE"u8);
        takesMessages = isReplace || System.Text.Ascii.EqualsIgnoreCase(command, "APPEND"u8);
        argumentsBeforeMessage = isReplace ? 1 : 0;
    }

    // Of APPEND only the mailbox's name, right after the command's, may be a literal that is no message; of REPLACE one argument later.
    private bool IsArgumentBeforeMessage(in ReadOnlySequence<byte> line)
    {
        if (afterMessage || lineStart > 0 || line.Length > 300)
            return false;
        Span<byte> head = stackalloc byte[(int)line.Length];
        line.CopyTo(head);
        ReadOnlySpan<byte> rest = head;
        NextWord(ref rest);
        if (NextWord(ref rest) is { Length: 3 } uid && System.Text.Ascii.EqualsIgnoreCase(uid, "UID"u8))
            NextWord(ref rest);
        for (var i = 0; i < argumentsBeforeMessage; i++)
            NextWord(ref rest);
        return rest.StartsWith("{"u8);
    }

    private static ReadOnlySpan<byte> NextWord(ref ReadOnlySpan<byte> rest)
    {
        var space = rest.IndexOf((byte)' ');
        var word = space < 0 ? rest : rest[..space];
        rest = space < 0 ? default : rest[(space + 1)..];
        return word;
    }
}

/// <summary>A literal announced (RFC 9051 §4.3, RFC 7888, RFC 3516).</summary>
/// <param name="Length">Octets.</param>
/// <param name="IsSynchronizing">The client waits for "+".</param>
/// <param name="IsBinary">literal8: it may hold NUL.</param>
public readonly record struct LiteralHeader(long Length, bool IsSynchronizing, bool IsBinary);
