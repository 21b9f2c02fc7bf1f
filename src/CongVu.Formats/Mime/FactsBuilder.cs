using System.Buffers;
using System.Text;
using MimeKit;

namespace CongVu.Formats.Mime;

/// <summary>Makes the fields of <see cref="MessageFacts"/> from what one pass found.</summary>
internal static class FactsBuilder
{
    /// <summary>Ids that one message may refer to: threads need the ends of the chain only.</summary>
    private const int MaxReferences = 100;
    private const int MaxTextChars = 4000;

    internal static MessageFacts Build(FactsReader.Node root, string preview)
    {
        var headers = root.Headers;
        var date = headers.Date();
        var attachments = Leaves(root.Part).Where(part => part.IsAttachment).ToArray();
        var own = headers.Ids(HeaderId.MessageId).FirstOrDefault() ?? "";
        var (from, to, cc, bcc) = (headers.Addresses(HeaderId.From), headers.Addresses(HeaderId.To), headers.Addresses(HeaderId.Cc), headers.Addresses(HeaderId.Bcc));
        var subject = headers.Text(HeaderId.Subject);
        long[] numbers =
        [
            root.Part.BodyOffset,
            attachments.Sum(part => part.DecodedBytes),
            attachments.Length,
            date is null ? 0 : 1,
            date?.ToUnixTimeSeconds() ?? 0,
            (long)(date?.Offset.TotalMinutes ?? 0),
            headers.Received,
        ];
        byte[][] fields =
        [
            Written(target => ImapStructure.WriteEnvelope(target, headers)),
            Written(target => ImapStructure.WriteBody(target, root, extended: true)),
            Bytes(preview),
            Written(target => ImapStructure.WriteBody(target, root, extended: false)),
            Numbers(numbers),
            Bytes(own),
            Bytes(BaseSubject.Of(subject)),
            Bytes(string.Join(' ', headers.Ids(HeaderId.References).Concat(headers.Ids(HeaderId.InReplyTo)).Where(id => id != own && !id.Contains(' ', StringComparison.Ordinal)).Distinct().Take(MaxReferences))),
            Bytes(subject),
            Bytes(People(from)),
            Bytes(People(to)),
            Bytes(People(cc)),
            Bytes(People(bcc)),
            Bytes(string.Join('\n', from.Mailboxes.Select(m => m.Address))),
            Bytes($"{SortMailbox(from)}\n{SortMailbox(to)}\n{SortMailbox(cc)}"),
            Bytes($"{SortName(from)}\n{SortName(to)}"),
            PartCodec.Write(root.Part),
        ];
        return MessageFacts.Of(fields);
    }

    private static IEnumerable<MimePart> Leaves(MimePart part) =>
        part.Kind == PartKind.Leaf || part.IsAttachment ? [part] : part.Children.SelectMany(Leaves);

    // "Name <address>" of each, composed.
    private static string People(InternetAddressList list) => Cut(string.Join(", ", list.Mailboxes.Select(m => string.IsNullOrEmpty(m.Name) ? m.Address : $"{Name(m)} <{m.Address}>")));

    private static string Name(MailboxAddress mailbox) => Charsets.Decode(Encoding.UTF8.GetBytes(mailbox.Name ?? ""), "utf-8").Replace('\n', ' ').Replace('\r', ' ');

    // RFC 5256 §3: the local part of the first address; a group's name where it comes first.
    private static string SortMailbox(InternetAddressList list) => list.FirstOrDefault() switch
    {
        MailboxAddress mailbox => OneLine(mailbox.LocalPart),
        GroupAddress group => OneLine(group.Name),
        _ => "",
    };

    // RFC 5957 §3: the display name, else local part at domain.
    private static string SortName(InternetAddressList list) => list.FirstOrDefault() switch
    {
        MailboxAddress mailbox => OneLine(string.IsNullOrEmpty(mailbox.Name) ? mailbox.Address : Name(mailbox)),
        GroupAddress group => OneLine(group.Name),
        _ => "",
    };

    private static string OneLine(string? text) => text is null ? "" : Cut(text.ReplaceLineEndings(" ").ToUpperInvariant());

    private static string Cut(string text) => text.Length <= MaxTextChars ? text : text[..(char.IsHighSurrogate(text[MaxTextChars - 1]) ? MaxTextChars - 1 : MaxTextChars)];

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    internal static byte[] Numbers(long[] numbers)
    {
        var bytes = new byte[numbers.Length * sizeof(long)];
        Buffer.BlockCopy(numbers, 0, bytes, 0, bytes.Length);
        return bytes;
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var target = new ArrayBufferWriter<byte>(512);
        write(target);
        return target.WrittenSpan.ToArray();
    }
}
