using System.Text;
using CongVu.Formats.Mime;

namespace CongVu.Fuzz;

/// <summary>Any bytes have facts: parts lie inside each other and the message, what IMAP writes is balanced ASCII, and the texts can be read.</summary>
internal static class FactsTarget
{
    internal static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "From: An <an@x.vn>\r\nTo: Tổ: b@x.vn;, c@x.vn\r\nSubject: =?utf-8?b?QsOhbyBjw6Fv?= =?viscii?q?=AE?=\r\nDate: Mon, 2 Mar 2026 08:00:00 +0700\r\nReferences: <a@b> <c@d>\r\n\r\nbody\r\n",
            "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; charset=windows-1258\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>Vi=EA=F2t<style>x</style>\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nx\r\n--b\r\nContent-Type: application/pdf; name*=utf-8''C%C3%B4ng.pdf\r\nContent-Disposition: attachment; filename*0=a; filename*1=b\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    internal static readonly string[] Words =
    [
        "\r\n\r\n", "--b\r\n", "--b--\r\n", "Content-Type: multipart/mixed; boundary=b\r\n", "Content-Type: message/rfc822\r\n", "boundary=", "=?utf-8?q?", "=?vni?b?", "?=", "charset=tcvn3", "charset=utf-7", "\"", "\\", "<", ">", "(", ")", ":", ";", ",", "@", "\0", "\t", "filename*0*=utf-8''%", "<!--", "&#", "+AOk-",
    ];

    internal static void Run(byte[] input)
    {
        var facts = MessageFacts.Read(new MemoryStream(input), CancellationToken.None);
        var again = MessageFacts.Deserialize(facts.Serialize());
        Check(again.Root, 0, input.Length);
        Balanced(again.Envelope.Span);
        Balanced(again.BodyStructure.Span);
        Balanced(again.Body.Span);
        Sections(again, again.Root, [], input.Length);
        _ = again.Preview.Length + again.Subject.Length + again.From.Length + again.References.Count + again.BaseSubject.Length + again.FromAddresses.Count;
        _ = (again.Date, again.SortMailboxes, again.SortDisplay);
        var text = MessageText.ReadAsync(new MemoryStream(input), again, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        Assert.True(text.Body.Length <= MessageText.MaxCharacters + 1000);
    }

    private static void Check(MimePart part, long from, long to)
    {
        Assert.True(part.HeaderOffset >= from && part.HeaderOffset <= part.BodyOffset && part.BodyOffset <= part.EndOffset && part.EndOffset <= to, $"{from} {part.HeaderOffset} {part.BodyOffset} {part.EndOffset} {to}");
        foreach (var child in part.Children)
            Check(child, part.BodyOffset, part.EndOffset);
    }

    private static void Sections(MessageFacts facts, MimePart part, int[] path, long size)
    {
        foreach (var text in Enum.GetValues<SectionText>())
        {
            if (MimeSection.Find(facts, 10, path, text, size + 10) is { } range)
                Assert.True(range.Offset >= 0 && range.Length >= 0 && range.Offset + range.Length <= size + 10);
        }
        for (var i = 0; i < Math.Min(part.Children.Count, 5); i++)
            Sections(facts, part.Children[i], [.. path, i + 1], size);
    }

    private static void Balanced(ReadOnlySpan<byte> text)
    {
        var (depth, quoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            Assert.InRange(text[i], (byte)0x20, (byte)0x7e);
            if (quoted && text[i] == (byte)'\\')
                i++;
            else if (text[i] == (byte)'"')
                quoted = !quoted;
            else if (!quoted)
                depth += text[i] == (byte)'(' ? 1 : text[i] == (byte)')' ? -1 : 0;
            Assert.True(depth >= 0);
        }
        Assert.Equal((0, false), (depth, quoted));
    }
}
