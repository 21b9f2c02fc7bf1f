using System.Buffers;
using System.Text;
using MimeKit;

namespace CongVu.Formats.Mime;

/// <summary>ENVELOPE, BODY and BODYSTRUCTURE as IMAP writes them (RFC 9051 §7.5.2), in ASCII: what is not goes as encoded words or RFC 2231 parameters.</summary>
internal static class ImapStructure
{
    /// <summary>Stands for the domain of an address that has none.</summary>
    internal const string MissingDomain = "MISSING_DOMAIN";

    internal static void WriteEnvelope(IBufferWriter<byte> target, HeaderSet headers)
    {
        var from = headers.Addresses(HeaderId.From);
        target.Write("("u8);
        WriteText(target, headers.Raw(HeaderId.Date));
        Space(target);
        WriteText(target, headers.Raw(HeaderId.Subject));
        Space(target);
        WriteAddresses(target, from);
        Space(target);
        // §7.5.2: Sender and Reply-To default to From.
        WriteAddresses(target, headers.Addresses(HeaderId.Sender) is { Count: > 0 } sender ? sender : from);
        Space(target);
        WriteAddresses(target, headers.Addresses(HeaderId.ReplyTo) is { Count: > 0 } replyTo ? replyTo : from);
        foreach (var id in (ReadOnlySpan<HeaderId>)[HeaderId.To, HeaderId.Cc, HeaderId.Bcc])
        {
            Space(target);
            WriteAddresses(target, headers.Addresses(id));
        }
        Space(target);
        WriteText(target, headers.Raw(HeaderId.InReplyTo));
        Space(target);
        WriteText(target, headers.Raw(HeaderId.MessageId));
        target.Write(")"u8);
    }

    internal static void WriteBody(IBufferWriter<byte> target, FactsReader.Node node, bool extended)
    {
        target.Write("("u8);
        if (node.Part.Kind == PartKind.Multipart)
            WriteMultipart(target, node, extended);
        else
            WriteSingle(target, node, extended);
        target.Write(")"u8);
    }

    private static void WriteMultipart(IBufferWriter<byte> target, FactsReader.Node node, bool extended)
    {
        foreach (var child in node.Children)
            WriteBody(target, child, extended);
        // The grammar wants one part at least (body-type-mpart); a multipart without any has an empty text.
        if (node.Children.Count == 0)
            target.Write("(\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0)"u8);
        Space(target);
        WriteString(target, node.ContentType.MediaSubtype);
        if (!extended)
            return;
        Space(target);
        WriteParameters(target, node.ContentType.Parameters);
        WriteExtension(target, node);
    }

    private static void WriteSingle(IBufferWriter<byte> target, FactsReader.Node node, bool extended)
    {
        var (part, headers) = (node.Part, node.Headers);
        WriteString(target, node.ContentType.MediaType);
        Space(target);
        WriteString(target, node.ContentType.MediaSubtype);
        Space(target);
        if (node.ContentType.Parameters.Count == 0 && part.MediaType == "text/plain")
            target.Write("(\"charset\" \"us-ascii\")"u8);
        else
            WriteParameters(target, node.ContentType.Parameters);
        Space(target);
        WriteText(target, headers.Raw(HeaderId.ContentId));
        Space(target);
        WriteText(target, headers.Raw(HeaderId.ContentDescription));
        Space(target);
        WriteText(target, headers.Raw(HeaderId.ContentTransferEncoding) is { Length: > 0 } encoding ? encoding : "7bit"u8.ToArray());
        Space(target);
        WriteNumber(target, part.Size);
        if (part.Kind == PartKind.Message && node.Children.Count > 0)
        {
            Space(target);
            WriteEnvelope(target, node.Children[0].Headers);
            Space(target);
            WriteBody(target, node.Children[0], extended);
            Space(target);
            WriteNumber(target, part.Lines);
        }
        else if (part.MediaType.StartsWith("text/", StringComparison.Ordinal))
        {
            Space(target);
            WriteNumber(target, part.Lines);
        }
        if (!extended)
            return;
        Space(target);
        WriteText(target, headers.Raw(HeaderId.ContentMd5));
        WriteExtension(target, node);
    }

    // Disposition, language, location.
    private static void WriteExtension(IBufferWriter<byte> target, FactsReader.Node node)
    {
        Space(target);
        if (node.Headers.Disposition() is { } disposition)
        {
            target.Write("("u8);
            WriteString(target, disposition.Disposition);
            Space(target);
            WriteParameters(target, disposition.Parameters);
            target.Write(")"u8);
        }
        else
        {
            target.Write("NIL"u8);
        }
        Space(target);
        WriteLanguages(target, node.Headers.Text(HeaderId.ContentLanguage));
        Space(target);
        WriteText(target, node.Headers.Raw(HeaderId.ContentLocation));
    }

    private static void WriteLanguages(IBufferWriter<byte> target, string languages)
    {
        var tags = languages.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (tags.Length <= 1)
        {
            WriteText(target, tags.Length == 0 ? null : Encoding.UTF8.GetBytes(tags[0]));
            return;
        }
        target.Write("("u8);
        for (var i = 0; i < tags.Length; i++)
        {
            if (i > 0)
                Space(target);
            WriteString(target, tags[i]);
        }
        target.Write(")"u8);
    }

    private static void WriteParameters(IBufferWriter<byte> target, ParameterList parameters)
    {
        if (parameters.Count == 0)
        {
            target.Write("NIL"u8);
            return;
        }
        var separator = "("u8;
        foreach (var parameter in parameters)
        {
            target.Write(separator);
            separator = " "u8;
            var value = parameter.Value ?? "";
            if (HeaderSet.IsAscii(Encoding.UTF8.GetBytes(value)))
            {
                WriteString(target, parameter.Name);
                Space(target);
                WriteQuoted(target, Encoding.ASCII.GetBytes(value));
                continue;
            }
            // RFC 2231 §4.
            WriteString(target, parameter.Name + "*");
            Space(target);
            WriteQuoted(target, Encoding.ASCII.GetBytes("utf-8''" + Uri.EscapeDataString(value)));
        }
        target.Write(")"u8);
    }

    private static void WriteAddresses(IBufferWriter<byte> target, InternetAddressList list)
    {
        if (list.Count == 0)
        {
            target.Write("NIL"u8);
            return;
        }
        target.Write("("u8);
        foreach (var address in list)
            WriteAddress(target, address);
        target.Write(")"u8);
    }

    private static void WriteAddress(IBufferWriter<byte> target, InternetAddress address)
    {
        switch (address)
        {
            case MailboxAddress mailbox:
                target.Write("("u8);
                WriteName(target, mailbox.Name);
                target.Write(" "u8);
                if (mailbox.Route.Count > 0)
                    WriteString(target, string.Join(',', mailbox.Route.Select(domain => "@" + domain)));
                else
                    target.Write("NIL"u8);
                Space(target);
                WriteString(target, mailbox.LocalPart);
                Space(target);
                // Never NIL, that would open a group; and of an empty one programs make the same.
                WriteString(target, mailbox.Domain.Length > 0 ? mailbox.Domain : MissingDomain);
                target.Write(")"u8);
                break;
            case GroupAddress group:
                // §7.5.2: a group opens with its name and no host, and closes with neither.
                target.Write("(NIL NIL "u8);
                WriteName(target, group.Name ?? "");
                target.Write(" NIL)"u8);
                foreach (var member in group.Members.OfType<MailboxAddress>())
                    WriteAddress(target, member);
                target.Write("(NIL NIL NIL NIL)"u8);
                break;
            default:
                break;
        }
    }

    private static void WriteName(IBufferWriter<byte> target, string? name)
    {
        if (string.IsNullOrEmpty(name))
            target.Write("NIL"u8);
        else
            // Not as a phrase: the string's own quotation marks are the only ones (§7.5.2).
            WriteQuoted(target, EncodedWords.EncodeText(Charsets.Decode(Encoding.UTF8.GetBytes(name), "utf-8")));
    }

    // A header value as it stands, or as encoded words where it is not ASCII.
    private static void WriteText(IBufferWriter<byte> target, byte[]? value)
    {
        if (value is null)
            target.Write("NIL"u8);
        else
            WriteQuoted(target, HeaderSet.IsAscii(value) ? value : EncodedWords.EncodeText(Charsets.Guess(value)));
    }

    private static void WriteString(IBufferWriter<byte> target, string? value) => WriteQuoted(target, EncodedWords.EncodeText(value ?? ""));

    private static void WriteQuoted(IBufferWriter<byte> target, ReadOnlySpan<byte> ascii)
    {
        target.Write("\""u8);
        foreach (var b in ascii)
        {
            if (b is (byte)'"' or (byte)'\\')
                target.Write("\\"u8);
            if (b is >= 0x20 and < 0x7f)
                target.Write([b]);
            else
                Space(target);
        }
        target.Write("\""u8);
    }

    private static void WriteNumber(IBufferWriter<byte> target, long value)
    {
        var span = target.GetSpan(20);
        value.TryFormat(span, out var written, provider: System.Globalization.CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    private static void Space(IBufferWriter<byte> target) => target.Write(" "u8);
}
