using System.Text;
using System.Text.RegularExpressions;
using CongVu.Formats.Mime;
using CongVu.Formats.SenderAuthentication;
using CongVu.Governance.Documents;
using MimeKit;
using MimePart = MimeKit.MimePart;

namespace CongVu.Governance.Requests;

/// <summary>How far it is known who sent a mail.</summary>
public enum SenderProof
{
    /// <summary>It is not known.</summary>
    None,

    /// <summary>The sender signed in here.</summary>
    SignedIn,

    /// <summary>DMARC passed for the domain in From, by this server's own results.</summary>
    Aligned,
}

/// <summary>A mail in an intake mailbox, read for what requests need (A6.1).</summary>
internal sealed partial record IntakeMail(
    string From, SenderProof Proof, bool IsFromProgram, string Subject, string Text, string? MessageId, IReadOnlyList<string> References, string? Reference, IReadOnlyList<IntakeFile> Files, FormReading? Form)
{
    private const int MaxHeader = 256 * 1024;
    private const int MaxFiles = 20;
    private const int MaxText = 20_000;

    /// <summary>Decoded bytes of the files that are kept (A5.3).</summary>
    private const long MaxFileBytes = 30L << 20;

    /// <summary>It asks for something about mailboxes.</summary>
    internal bool IsRequest
    {
        get
        {
            if (Form is { Kind: not null, Rows.Count: > 0 })
                return true;
            var subject = FormWords.Letters(Subject);
            return (subject.Contains("hopthu", StringComparison.Ordinal) || subject.Contains("hothu", StringComparison.Ordinal) || subject.Contains("thudientu", StringComparison.Ordinal) || subject.Contains("matkhau", StringComparison.Ordinal))
                && (subject.Contains("denghi", StringComparison.Ordinal) || subject.Contains("yeucau", StringComparison.Ordinal) || (subject.Contains("vv", StringComparison.Ordinal) && FormWords.ActionsIn(Subject).Count > 0));
        }
    }

    /// <summary>Reads a message, prefix and content.</summary>
    internal static async Task<IntakeMail> ReadAsync(byte[] message, string hostName, CancellationToken cancellationToken)
    {
        var header = HeaderBlock.Read(message.AsSpan(0, Math.Min(message.Length, MaxHeader)));
        var from = header.All("From").SelectMany(HeaderBlock.Addresses).Select(a => a.Email.Trim().ToLowerInvariant()).ToArray();
        using var parsed = await MimeMessage.LoadAsync(new MemoryStream(message), persistent: true, cancellationToken);
        var files = new List<IntakeFile>();
        var left = MaxFileBytes;
        foreach (var part in parsed.BodyParts.OfType<MimePart>())
        {
            if (files.Count == MaxFiles || (part is TextPart && !part.IsAttachment && part.FileName is null) || part.Content is null)
                continue;
            if (await DecodeAsync(part, left, cancellationToken) is not { } bytes)
                continue;
            left -= bytes.Length;
            files.Add(new(FileName(part, files.Count + 1), part.ContentType.MimeType, bytes));
        }
        var subject = header.Last("Subject") is { } s ? HeaderBlock.Text(s).Trim() : "";
        var text = parsed.TextBody ?? "";
        return new(
            from is [var only] ? only : "",
            from.Length == 1 ? ProofOf(message, from[0], hostName) : SenderProof.None,
            IsProgram(header),
            subject.Length > 300 ? subject[..300] : subject,
            text.Length > MaxText ? text[..MaxText] : text,
            header.Last("Message-ID") is { } id && HeaderBlock.MessageIds(id) is [var own, ..] ? own : null,
            [.. (header.Last("References") is { } references ? HeaderBlock.MessageIds(references) : null) ?? [], .. (header.Last("In-Reply-To") is { } reply ? HeaderBlock.MessageIds(reply) : null) ?? []],
            ReferenceNumber().Match(subject.ToUpperInvariant()) is { Success: true } quoted ? quoted.Value : null,
            files,
            FormOf(files));
    }

    // Every list that was attached, as one: a circular may bring one for each office.
    private static FormReading? FormOf(List<IntakeFile> files)
    {
        FormReading? all = null;
        foreach (var file in files)
        {
            if (!file.IsList)
                continue;
            var read = FormReader.Read(file.Bytes);
            if (read.Fault != FileFault.None || read.Rows.Count == 0)
                continue;
            all = all is null ? read : all with { Rows = [.. all.Rows, .. read.Rows], Problems = [.. all.Problems, .. read.Problems], Kind = all.Kind == read.Kind ? all.Kind : null };
        }
        return all;
    }

    private static async Task<byte[]?> DecodeAsync(MimePart part, long most, CancellationToken cancellationToken)
    {
        using var decoded = new MemoryStream();
        await part.Content!.DecodeToAsync(decoded, cancellationToken);
        return decoded.Length <= most ? decoded.ToArray() : null;
    }

    private static string FileName(MimePart part, int number)
    {
        var name = string.Concat((part.FileName ?? $"tep-{number}").Where(c => !char.IsControl(c) && c is not ('/' or '\\' or ':' or '"')));
        return name.Length > 150 ? name[^150..] : name;
    }

    /// <summary>
    /// What this server itself wrote on top of the message: its Received line of a submission, or its own results. The delivery's own lines of the recipient come first; nothing that a sender wrote can stand above them.
    /// </summary>
    private static SenderProof ProofOf(byte[] message, string from, string hostName)
    {
        var fields = MessageFields.Read(message.AsMemory(0, Math.Min(message.Length, MaxHeader)));
        foreach (var field in fields.All)
        {
            if (field.Name is "return-path" or "delivered-to")
                continue;
            var value = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(field.Value));
            if (AuthenticationResults.IsOf(field, hostName))
                return Dmarc().Match(value) is { Success: true } dmarc && IsDomainOf(dmarc.Groups[1].Value, from) ? SenderProof.Aligned : SenderProof.None;
            if (field.Name != "received")
                return SenderProof.None;
            var by = SubmittedBy().Match(value);
            return by.Success && by.Groups[1].Value.Equals(hostName, StringComparison.OrdinalIgnoreCase) ? SenderProof.SignedIn : SenderProof.None;
        }
        return SenderProof.None;
    }

    private static bool IsDomainOf(string domain, string address) => address.EndsWith($"@{domain}", StringComparison.OrdinalIgnoreCase);

    // RFC 3834 §2 and RFC 3464: bounces come from nobody, programs say what they are.
    private static bool IsProgram(HeaderBlock header) =>
        (header.Last("Return-Path") is { } path && HeaderBlock.Text(path).Trim() == "<>")
        || (header.Last("Auto-Submitted") is { } auto && !HeaderBlock.Text(auto).Trim().StartsWith("no", StringComparison.OrdinalIgnoreCase))
        || (header.Last("Precedence") is { } precedence && HeaderBlock.Text(precedence).Trim().ToLowerInvariant() is "bulk" or "list" or "junk")
        || header.Last("List-Id") is not null || header.Last("X-Auto-Response-Suppress") is not null;

    [GeneratedRegex(@"YC-\d{4}-\d{6,9}")]
    private static partial Regex ReferenceNumber();

    // Written by us: a line with the protocol in which the author signed in (RFC 3848: ends in A), or JMAP. What a client says of itself stands on the first line only.
    [GeneratedRegex(@"^(?:\s*from [^\r\n]*\r?\n\t(?:\([^\r\n]*\)\r?\n\t)?|\s*)by (\S+) with (?:JMAP|(?:UTF8)?E?SMTPS?A)\b")]
    private static partial Regex SubmittedBy();

    [GeneratedRegex(@";\s*dmarc=pass\b[^;]*header\.from=""?([^\s;""]+)")]
    private static partial Regex Dmarc();
}

/// <summary>A file of a mail.</summary>
internal sealed record IntakeFile(string Name, string MediaType, byte[] Bytes)
{
    /// <summary>It may be a form or a list.</summary>
    internal bool IsList => Path.GetExtension(Name).ToLowerInvariant() is ".docx" or ".xlsx" or ".csv" || MediaType is "text/csv" || MediaType.EndsWith("wordprocessingml.document", StringComparison.Ordinal) || MediaType.EndsWith("spreadsheetml.sheet", StringComparison.Ordinal);
}
