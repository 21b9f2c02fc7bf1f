using System.Globalization;
using System.Text;
using CongVu.Governance.Documents;
using CongVu.Governance.Resources;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using MimeKit;

namespace CongVu.Governance.Requests;

/// <summary>A letter that is written and not sent yet.</summary>
internal sealed record Letter(string MessageId, Envelope Envelope, StagedContent Content) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>The mails of a request: real ones, written before a transaction and delivered in it.</summary>
internal sealed class RequestMail(GovernanceStore store, RequestStore requests)
{
    /// <summary>Cells that an acknowledgement names; more are seen in the request.</summary>
    private const int MaxNamed = 20;

    private static readonly Wording Words = new(isVietnamese: true);
    private static readonly FormatOptions Format = MakeFormat();

    /// <summary>The letter with an answer and its files.</summary>
    internal async Task<Letter> AnswerAsync(Request request, RequestAnswer answer, AnswerRecipient to, IReadOnlyList<(RequestDocument Document, byte[] Bytes)> files, CancellationToken cancellationToken)
    {
        var number = string.Create(CultureInfo.InvariantCulture, $"{answer.Number:00}/{requests.Issuer.Symbol}");
        var text = Words["requestMail.answer", request.OrganizationName, requests.Issuer.Name, number, RequestKinds.Words(request.Kind), request.Reference];
        using var message = Begin(await SenderAsync(cancellationToken), $"V/v trả lời đề nghị {RequestKinds.Words(request.Kind)} [{request.Reference}]", "auto-generated");
        message.To.Add(new MailboxAddress(Encoding.UTF8, to.Name, to.Address));
        var body = new Multipart("mixed") { Plain(text) };
        foreach (var (document, bytes) in files)
        {
            body.Add(new MimePart(ContentType.Parse(document.MediaType))
            {
                Content = new MimeContent(new MemoryStream(bytes)),
                ContentDisposition = new(ContentDisposition.Attachment),
                ContentTransferEncoding = ContentEncoding.Base64,
                FileName = document.Name,
            });
        }
        message.Body = body;
        return await StageAsync(message, new() { Sender = "", Local = [new(to.Account, to.Address)] }, cancellationToken);
    }

    /// <summary>The reply to a mail that became a request, or joined one, with its reference and what could not be read (A6.1).</summary>
    internal async Task<Letter?> AcknowledgeAsync(IntakeMail mail, string reference, bool isNew, DateOnly? due, FormReading? form, CancellationToken cancellationToken)
    {
        var found = await store.Mail.Accounts.LookupAsync(mail.From, cancellationToken);
        if (found.Status is AddressStatus.Unknown or AddressStatus.Closed || !MailboxAddress.TryParse(mail.From, out var to))
            return null;
        var text = new StringBuilder(Words[isNew ? "requestMail.received" : "requestMail.joined", requests.Issuer.Operator, reference, mail.Subject, due is { } day ? day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture) : "–"]);
        if (form is { Problems.Count: > 0 })
        {
            text.Append("\n\n").Append(Words["requestMail.problems"]);
            foreach (var problem in form.Problems.Take(MaxNamed))
                text.Append("\n- ").Append(problem.Say(Words));
            if (form.Problems.Count > MaxNamed)
                text.Append("\n- …");
        }
        else if (isNew && form is null)
        {
            text.Append("\n\n").Append(Words["requestMail.noList"]);
        }
        using var message = Begin(await SenderAsync(cancellationToken), $"Re: {mail.Subject} [{reference}]", "auto-replied");
        message.To.Add(to);
        if (mail.MessageId is { Length: > 0 } id)
        {
            message.InReplyTo = id;
            message.References.AddRange(mail.References.TakeLast(20));
            message.References.Add(id);
        }
        message.Body = Plain(text.ToString());
        // RFC 3834 §3.3: nothing comes back from it.
        var envelope = new Envelope { Sender = "" };
        return await StageAsync(
            message,
            found.Status == AddressStatus.NotLocal ? envelope with { Remote = [new(mail.From, mail.From[(mail.From.LastIndexOf('@') + 1)..])] } : envelope with { Local = [new(found.Account, found.Address)] },
            cancellationToken);
    }

    /// <summary>Delivers a letter in the transaction of what it tells of; replies to it find the request.</summary>
    internal async ValueTask SendAsync(Tx tx, Letter letter, RequestId request)
    {
        await store.Mail.Deliveries.DeliverAsync(tx, letter.Envelope, letter.Content);
        await LinkAsync(tx, letter.MessageId, request, null, null);
    }

    /// <summary>Notes that a mail belongs to a request.</summary>
    internal async ValueTask LinkAsync(Tx tx, string messageId, RequestId request, AccountId? account, MessageId? message) => await tx.ExecuteAsync(
        "INSERT INTO request_messages (message_id_header, request_id, account_id, message_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (message_id_header) DO NOTHING",
        messageId,
        request.Value,
        account?.Value,
        message?.Value,
        store.Now);

    private async Task<string> SenderAsync(CancellationToken cancellationToken)
    {
        foreach (var address in (await requests.IntakeAsync(cancellationToken)).Addresses)
        {
            if (await store.Mail.Accounts.FindAsync(address, cancellationToken) is { } account)
                return account.PrimaryAddress;
        }
        return $"postmaster@{(await store.Mail.Accounts.DomainsAsync(cancellationToken) is [var domain, ..] ? domain : "localhost")}";
    }

    private MimeMessage Begin(string from, string subject, string automatic)
    {
        var message = new MimeMessage
        {
            Date = store.Clock.GetUtcNow().ToOffset(VietnamTime.Offset),
            Subject = subject.Length > 400 ? subject[..400] : subject,
            MessageId = $"{Guid.NewGuid():N}@{from[(from.IndexOf('@', StringComparison.Ordinal) + 1)..]}",
        };
        message.From.Add(new MailboxAddress(Encoding.UTF8, requests.Issuer.Operator, from));
        message.Headers.Add("Auto-Submitted", automatic);
        return message;
    }

    private async Task<Letter> StageAsync(MimeMessage message, Envelope envelope, CancellationToken cancellationToken)
    {
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        await message.WriteToAsync(Format, bytes, cancellationToken);
        await using var writer = store.Mail.Contents.Create();
        await writer.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), cancellationToken);
        return new(message.MessageId!, envelope, await writer.FinishAsync(default, cancellationToken));
    }

    private static TextPart Plain(string text)
    {
        var part = new TextPart("plain");
        part.SetText(Encoding.UTF8, text.ReplaceLineEndings("\r\n"));
        return part;
    }

    private static FormatOptions MakeFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
