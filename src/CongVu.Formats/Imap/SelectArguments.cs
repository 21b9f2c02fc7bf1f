namespace CongVu.Formats.Imap;

/// <summary>What a client that resynchronizes knows (RFC 7162 §3.2.5).</summary>
/// <param name="UidValidity">The mailbox's validity then.</param>
/// <param name="ModSeq">The highest sequence it has seen.</param>
/// <param name="KnownUids">The UIDs it has; null for all up to the highest.</param>
/// <param name="MatchSequences">Message numbers that it knows the UIDs of, to find where expunges began.</param>
/// <param name="MatchUids">Those UIDs.</param>
public sealed record Resync(uint UidValidity, long ModSeq, SequenceSet? KnownUids, SequenceSet? MatchSequences, SequenceSet? MatchUids);

/// <summary>SELECT and EXAMINE (RFC 9051 §6.3.2).</summary>
/// <param name="Mailbox">Which.</param>
/// <param name="CondStore">CONDSTORE was given (RFC 7162 §3.1.8).</param>
/// <param name="Resync">QRESYNC was given.</param>
public sealed record SelectArguments(string Mailbox, bool CondStore, Resync? Resync)
{
    /// <summary>Reads the arguments.</summary>
    public static SelectArguments Read(ref ImapReader reader)
    {
        reader.Space();
        var mailbox = reader.Mailbox();
        var condStore = false;
        Resync? resync = null;
        if (reader.Try(" ("u8))
        {
            do
            {
                switch (reader.Word("a select parameter"))
                {
                    case "CONDSTORE": condStore = true; break;
                    case "QRESYNC":
                        reader.Space();
                        resync = ReadResync(ref reader);
                        break;
                    case var other: reader.Fail($"Unknown select parameter {other}"); break;
                }
            }
            while (!reader.Failed && reader.Try((byte)' '));
            reader.Expect((byte)')');
        }
        reader.End();
        return new(mailbox, condStore, resync);
    }

    private static Resync ReadResync(ref ImapReader reader)
    {
        reader.Expect((byte)'(');
        var validity = reader.NzNumber("a UIDVALIDITY");
        reader.Space();
        var modSeq = reader.Number64("a modification sequence");
        SequenceSet? known = null, sequences = null, uids = null;
        if (reader.Try((byte)' ') && reader.Next != '(')
        {
            known = reader.SequenceSet();
            if (reader.Next == ' ')
                reader.Space();
        }
        if (reader.Try((byte)'('))
        {
            sequences = reader.SequenceSet();
            reader.Space();
            uids = reader.SequenceSet();
            reader.Expect((byte)')');
        }
        reader.Expect((byte)')');
        return new(validity, modSeq, known, sequences, uids);
    }
}
