using CongVu.Formats.Imap;

namespace CongVu.Mail.Imap;

internal delegate T ArgumentsReader<T>(ref ImapReader reader);

/// <summary>A command as it came: its bytes without the last line end, tag and name read.</summary>
internal sealed class ImapCommand
{
    private readonly ReadOnlyMemory<byte> text;
    private readonly bool utf8;
    private readonly int argumentsAt;

    internal ImapCommand(ReadOnlyMemory<byte> text, bool utf8, bool hasMessage)
    {
        this.text = text;
        this.utf8 = utf8;
        HasMessage = hasMessage;
        var reader = new ImapReader(text.Span, utf8);
        Head = CommandHead.Read(ref reader);
        argumentsAt = reader.Position;
        Error = reader.Error;
    }

    internal CommandHead Head { get; }

    internal bool Uid => Head.Uid;

    /// <summary>Why it is no command.</summary>
    internal string? Error { get; }

    /// <summary>A message of APPEND or REPLACE follows.</summary>
    internal bool HasMessage { get; }

    /// <summary>Reads the arguments; false with the reply when they are wrong.</summary>
    internal bool TryRead<T>(ArgumentsReader<T> read, out T arguments, out ImapReply bad)
    {
        var reader = new ImapReader(text.Span[argumentsAt..], utf8);
        arguments = read(ref reader);
        bad = reader.Error is { } error ? ImapReply.Bad(error) : default;
        return reader.Error is null;
    }

    /// <summary>There must be no arguments.</summary>
    internal bool TryReadNothing(out ImapReply bad) => TryRead(Nothing, out _, out bad);

    private static bool Nothing(ref ImapReader reader)
    {
        reader.End();
        return true;
    }
}
