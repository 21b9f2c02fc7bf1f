using System.Text;

namespace CongVu.Formats.Mime;

/// <summary>Reads the addresses back out of <see cref="MessageFacts.Envelope"/>, which is ours and well-formed, so that lists need no header.</summary>
public sealed class EnvelopeView
{
    private readonly List<IReadOnlyList<HeaderAddress>> addresses = new(6);

    /// <summary>A view of a written ENVELOPE.</summary>
    public EnvelopeView(ReadOnlySpan<byte> written)
    {
        var at = 1;
        Text(written, ref at);
        Text(written, ref at);
        for (var i = 0; i < 6; i++)
            addresses.Add(List(written, ref at));
        InReplyTo = Text(written, ref at);
    }

    /// <summary>From.</summary>
    public IReadOnlyList<HeaderAddress> From => addresses[0];

    /// <summary>To.</summary>
    public IReadOnlyList<HeaderAddress> To => addresses[3];

    /// <summary>Cc.</summary>
    public IReadOnlyList<HeaderAddress> Cc => addresses[4];

    /// <summary>Bcc.</summary>
    public IReadOnlyList<HeaderAddress> Bcc => addresses[5];

    /// <summary>In-Reply-To as it stands; null without it.</summary>
    public byte[]? InReplyTo { get; }

    private static List<HeaderAddress> List(ReadOnlySpan<byte> written, ref int at)
    {
        var list = new List<HeaderAddress>();
        Skip(written, ref at);
        if (written[at] != (byte)'(')
        {
            at += "NIL".Length;
            return list;
        }
        at++;
        while (written[at] == (byte)'(')
        {
            at++;
            var name = Text(written, ref at);
            Text(written, ref at);
            var (local, host) = (Text(written, ref at), Text(written, ref at));
            at++;
            // Without a host it is where a group begins or ends.
            if (local is not null && host is not null)
                list.Add(new(name is not null && EncodedWords.Decode(name).Trim() is { Length: > 0 } decoded ? decoded : null, Decode(host) is var domain && domain == ImapStructure.MissingDomain ? Decode(local) : $"{Decode(local)}@{domain}"));
        }
        at++;
        return list;
    }

    private static string Decode(byte[] text) => text.AsSpan().IndexOf("=?"u8) < 0 ? Encoding.ASCII.GetString(text) : EncodedWords.Decode(text);

    private static byte[]? Text(ReadOnlySpan<byte> written, ref int at)
    {
        Skip(written, ref at);
        if (written[at] != (byte)'"')
        {
            at += "NIL".Length;
            return null;
        }
        var text = new List<byte>();
        for (at++; written[at] != (byte)'"'; at++)
        {
            if (written[at] == (byte)'\\')
                at++;
            text.Add(written[at]);
        }
        at++;
        return [.. text];
    }

    private static void Skip(ReadOnlySpan<byte> written, ref int at)
    {
        while (written[at] == (byte)' ')
            at++;
    }
}
