using System.Buffers;

namespace CongVu.Formats.Smtp;

/// <summary>
/// The text after DATA: undoes dot stuffing and finds the end (RFC 5321 §4.5.2). Only CRLF ends a line. A bare CR or LF makes the message bad: it is
/// still read to its true end, so that nothing in it can be taken for a command.
/// </summary>
public struct SmtpDataReader
{
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);
    private State state;

    private enum State
    {
        LineStart,
        InLine,
        Cr,
        Dot,
        DotCr,
        Done,
    }

    /// <summary>The line with the single dot was read.</summary>
    public readonly bool IsDone => state == State.Done;

    /// <summary>There was a bare CR or LF.</summary>
    public bool HasBareLineEnd { get; private set; }

    /// <summary>
    /// Reads on in <paramref name="input"/> from <paramref name="position"/> until there is a run of message bytes to keep, the end, or nothing left.
    /// True: <paramref name="run"/> is to be kept (a CR that stood at the end of the input before is given as a run of its own).
    /// </summary>
    public bool Next(ReadOnlySpan<byte> input, ref int position, out ReadOnlySpan<byte> run)
    {
        run = default;
        var start = position;
        while (position < input.Length)
        {
            var b = input[position];
            switch (state)
            {
                case State.LineStart when b == (byte)'.':
                    // The dot is not kept: what came before it is a run.
                    run = input[start..position];
                    position++;
                    state = State.Dot;
                    if (!run.IsEmpty)
                        return true;
                    start = position;
                    break;
                case State.LineStart:
                    state = State.InLine;
                    break;
                case State.Dot when b == (byte)'\r':
                    position++;
                    state = State.DotCr;
                    break;
                case State.Dot:
                    start = position;
                    state = State.InLine;
                    break;
                case State.DotCr when b == (byte)'\n':
                    position++;
                    state = State.Done;
                    return false;
                case State.DotCr:
                    HasBareLineEnd = true;
                    start = position;
                    state = State.InLine;
                    break;
                case State.Cr when b == (byte)'\n':
                    // The CR may have stood at the end of the input before.
                    position++;
                    state = State.LineStart;
                    if (start == position - 1)
                    {
                        run = "\r\n"u8;
                        return true;
                    }
                    break;
                case State.Cr:
                    HasBareLineEnd = true;
                    state = State.InLine;
                    break;
                default:
                    var end = input[position..].IndexOfAny(LineEnds);
                    if (end < 0)
                    {
                        position = input.Length;
                        break;
                    }
                    position += end + 1;
                    if (input[position - 1] == (byte)'\n')
                        HasBareLineEnd = true;
                    else
                        state = State.Cr;
                    break;
            }
        }
        // A CR at the very end waits for what follows it.
        var keep = state is State.Cr ? position - 1 : position;
        run = state is State.Dot or State.DotCr || keep <= start ? default : input[start..keep];
        return !run.IsEmpty;
    }
}
