using System.Globalization;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Governance.Resources;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Requests;

/// <summary>Who signs an answer.</summary>
/// <param name="Number">Its number; null takes the next one of the year.</param>
/// <param name="SignedOn">Its day; null is today.</param>
/// <param name="SignerTitle">The position; another than the head's signs "KT.".</param>
/// <param name="SignerName">The name.</param>
public sealed record AnswerSignature(int? Number, DateOnly? SignedOn, string SignerTitle, string SignerName);

public sealed partial class RequestStore
{
    // Answers are Vietnamese, in whatever language the operator works.
    private static readonly Wording Vietnamese = new(isVietnamese: true);

    /// <summary>The words for documents in Word and as PDF.</summary>
    public const string DocxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    /// <summary>Drafts the answer of a request whose rows are all dealt with; the remarks stand in it as sentences of their own.</summary>
    public Task<Result<OfficialDocument>> DraftAnswerAsync(Actor actor, RequestId id, string remarks, CancellationToken cancellationToken) => store.ChangeAsync<OfficialDocument>(
        async tx =>
        {
            var found = await AnswerableAsync(tx, actor, id, Right.Provision);
            if (!found.Ok)
                return found.Problem!;
            if (remarks.Length > TableFile.MaxCellChars)
                return new Problem(ProblemKind.TooLong, remarks[..40], $"{TableFile.MaxCellChars}");
            await tx.ExecuteAsync(
                "INSERT INTO request_answers (request_id, signer_title, signer_name, remarks) VALUES ($1, '', '', $2) ON CONFLICT (request_id) DO UPDATE SET remarks = $2", id.Value, remarks.Trim());
            await RecordAsync(tx, actor, id, "draftAnswer", found.Value.State, "");
            return await DocumentAsync(tx, found.Value);
        },
        cancellationToken);

    /// <summary>Signs and numbers the answer (A6.2), and makes its DOCX and, where LibreOffice is installed, its PDF. Signed again before it is issued, it keeps its number.</summary>
    public async Task<Result<RequestAnswer>> SignAnswerAsync(Actor actor, RequestId id, AnswerSignature signature, CancellationToken cancellationToken)
    {
        // 1. The number and the signature.
        var signed = await store.ChangeAsync<(Request Request, OfficialDocument Document)>(
            async tx =>
            {
                var found = await AnswerableAsync(tx, actor, id, Right.Approve);
                if (!found.Ok)
                    return found.Problem!;
                var day = signature.SignedOn ?? store.Today;
                if (day > store.Today || day < found.Value.ReceivedOn)
                    return new Problem(ProblemKind.InvalidDate, Shown(day));
                if (signature.SignerName.Trim().Length == 0)
                    return new Problem(ProblemKind.Missing, "signer");
                if (signature.SignerName.Length + signature.SignerTitle.Length > MaxText)
                    return new Problem(ProblemKind.TooLong, signature.SignerName, $"{MaxText}");
                var before = await AnswerAsync(tx, id);
                if (signature.Number is <= 0 or > 1_000_000)
                    return new Problem(ProblemKind.Missing, "number");
                var number = signature.Number ?? before?.Number ?? (await tx.ScalarAsync<int?>("SELECT MAX(number) FROM request_answers WHERE year = $1", day.Year) ?? 0) + 1;
                if (await tx.ScalarAsync<long?>("SELECT request_id FROM request_answers WHERE year = $1 AND number = $2 AND request_id <> $3", day.Year, number, id.Value) is not null)
                    return new Problem(ProblemKind.AlreadyExists, $"{number:00}/{Issuer.Symbol}");
                await tx.ExecuteAsync("INSERT INTO request_answers (request_id, signer_title, signer_name, remarks) VALUES ($1, '', '', '') ON CONFLICT (request_id) DO NOTHING", id.Value);
                await tx.ExecuteAsync(
                    "UPDATE request_answers SET number = $2, year = $3, signed_on = $4, signer_title = $5, signer_name = $6 WHERE request_id = $1",
                    id.Value,
                    number,
                    day.Year,
                    VietnamTime.Text(day),
                    signature.SignerTitle.Trim(),
                    signature.SignerName.Trim());
                await RecordAsync(tx, actor, id, "signAnswer", found.Value.State, string.Create(CultureInfo.InvariantCulture, $"{number:00}/{Issuer.Symbol}; {signature.SignerTitle} {signature.SignerName}"));
                return (found.Value, await DocumentAsync(tx, found.Value));
            },
            cancellationToken);
        if (signed.Problem is { } problem)
            return problem;

        // 2. Its files, which take longer than a transaction should.
        var (request, document) = signed.Value;
        var docx = DocumentWriter.Write(document);
        var pdf = await PdfConversion.FromDocxAsync(docx, cancellationToken);
        var name = $"{document.NumberLine["Số: ".Length..].Replace('/', '-')}-{request.Reference}";
        await using var word = await StageAsync($"{name}.docx", DocxType, docx, cancellationToken);
        await using var page = pdf is null ? null : await StageAsync($"{name}.pdf", "application/pdf", pdf, cancellationToken);

        // 3. They take the place of those signed before.
        return await store.ChangeAsync<RequestAnswer>(
            async tx =>
            {
                foreach (var old in (await DocumentsAsync(tx, id)).Where(d => d.Kind is RequestDocumentKind.Answer or RequestDocumentKind.AnswerPdf))
                {
                    await tx.ExecuteAsync("DELETE FROM request_documents WHERE id = $1", old.Id);
                    await Contents.ReleaseAsync(tx, old.Content);
                }
                await KeepAsync(tx, id, RequestDocumentKind.Answer, [word]);
                if (page is not null)
                    await KeepAsync(tx, id, RequestDocumentKind.AnswerPdf, [page]);
                return (await AnswerAsync(tx, id))!;
            },
            cancellationToken);
    }

    /// <summary>
    /// Sends the signed answer with its files to the organization's mailbox; for an organization that is new, suspended or locked out, to the body that manages it directly. Only then is the request done (A6.2).
    /// </summary>
    public async Task<Result<Request>> IssueAnswerAsync(Actor actor, RequestId id, CancellationToken cancellationToken)
    {
        // 1. What goes where.
        var ready = await store.ReadAsync(
            async tx =>
            {
                var found = await AnswerableAsync(tx, actor, id, Right.Provision);
                if (!found.Ok)
                    return (Result<(Request, RequestAnswer, AnswerRecipient, List<RequestDocument>)>)found.Problem!;
                var files = (await DocumentsAsync(tx, id)).Where(d => d.Kind is RequestDocumentKind.Answer or RequestDocumentKind.AnswerPdf).ToList();
                if (await AnswerAsync(tx, id) is not { Number: not null } answer || files.Count == 0)
                    return new Problem(ProblemKind.NotSigned, found.Value.Reference);
                if (await RecipientAsync(tx, found.Value) is not { } recipient)
                    return new Problem(ProblemKind.NoRecipient, found.Value.OrganizationName);
                return (found.Value, answer, recipient, files);
            },
            cancellationToken);
        if (ready.Problem is { } problem)
            return problem;
        var (request, answer, recipient, documents) = ready.Value;
        var attachments = new List<(RequestDocument, byte[])>();
        foreach (var document in documents)
            attachments.Add((document, await ReadContentAsync(document.Content, cancellationToken)));
        var mail = new RequestMail(store, this);
        await using var letter = await mail.AnswerAsync(request, answer, recipient, attachments, cancellationToken);

        // 2. The letter and the end of the request are one transaction.
        return await store.ChangeAsync<Request>(
            async tx =>
            {
                var still = await AnswerableAsync(tx, actor, id, Right.Provision);
                if (!still.Ok)
                    return still.Problem!;
                if (await AnswerAsync(tx, id) is not { IssuedAt: null })
                    return new Problem(ProblemKind.WrongState, request.Reference);
                await mail.SendAsync(tx, letter, id);
                await tx.ExecuteAsync("UPDATE request_answers SET issued_at = $2, sent_to = $3 WHERE request_id = $1", id.Value, store.Now, recipient.Address);
                var rows = still.Value.Rows;
                var step = rows.Done == 0 ? RequestStep.IssueRejected : rows.Refused > 0 ? RequestStep.IssuePartly : RequestStep.IssueDone;
                return await StepAsync(tx, actor, id, step, Right.Provision, recipient.Address, null);
            },
            cancellationToken);
    }

    /// <summary>The answer as it stands, signed or a draft; null where there is nothing to answer yet.</summary>
    public async Task<Result<OfficialDocument>> AnswerDocumentAsync(Actor actor, RequestId id, CancellationToken cancellationToken) => await store.ReadAsync(
        async tx => await FindAsync(tx, id) is { } request && await MaySeeAsync(tx, actor, request) ? (Result<OfficialDocument>)await DocumentAsync(tx, request) : Problem.NotFound($"#{id.Value}"), cancellationToken);

    /// <summary>The bytes of a file of a request, for somebody who may see it.</summary>
    public async Task<Result<(RequestDocument Document, byte[] Bytes)>> ReadDocumentAsync(Actor actor, RequestId id, long document, CancellationToken cancellationToken)
    {
        var found = await store.ReadAsync(
            async tx => await FindAsync(tx, id) is { } request && await MaySeeAsync(tx, actor, request) ? (await DocumentsAsync(tx, id)).Find(d => d.Id == document) : null, cancellationToken);
        return found is null ? Problem.NotFound($"#{document}") : (found, await ReadContentAsync(found.Content, cancellationToken));
    }

    /// <summary>The whole of a content.</summary>
    public async Task<byte[]> ReadContentAsync(ContentId content, CancellationToken cancellationToken)
    {
        await using var reader = await store.Mail.Contents.OpenAsync(content, default, cancellationToken);
        var bytes = new byte[reader.Length];
        for (var at = 0; at < bytes.Length;)
        {
            var read = await reader.ReadAsync(at, bytes.AsMemory(at), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException("A content is shorter than its row says.");
            at += read;
        }
        return bytes;
    }

    private async ValueTask<Result<Request>> AnswerableAsync(Tx tx, Actor actor, RequestId id, Right right)
    {
        if (await FindAsync(tx, id) is not { } request)
            return Problem.NotFound($"#{id.Value}");
        if (await store.Authority.RefuseAsync(tx, actor, right, null) is { } refused)
            return refused;
        if (request.State is not (RequestState.AwaitingSignature or RequestState.Rejected) || await AnswerAsync(tx, id) is { IssuedAt: not null })
            return new Problem(ProblemKind.WrongState, request.Reference);
        return request;
    }

    private static ValueTask<RequestAnswer?> AnswerAsync(Tx tx, RequestId id) => tx.FirstAsync<RequestAnswer?>(
        "SELECT number, signed_on, signer_title, signer_name, remarks, issued_at, sent_to FROM request_answers WHERE request_id = $1",
        row => new(row.IsDBNull(0) ? null : row.GetInt32(0), Day(row, 1), row.GetString(2), row.GetString(3), row.GetString(4), row.IsDBNull(5) ? null : Moment(row.GetInt64(5)), row.GetString(6)),
        id.Value);

    private async ValueTask<OfficialDocument> DocumentAsync(Tx tx, Request request)
    {
        var answer = await AnswerAsync(tx, request.Id);
        var rows = await RowsAsync(tx, request.Id);
        var more = new List<string>();
        if (rows.Exists(r => r.State == RowState.Done && r.Action is MailboxAction.Create or MailboxAction.ResetPassword && r.Subject == FormSubject.People))
            more.Add("Thông tin đăng nhập được chuyển trực tiếp đến từng cá nhân bằng phong bì niêm phong hoặc mã sử dụng một lần, không gửi kèm văn bản này; khi đăng nhập lần đầu phải thay đổi mật khẩu theo hướng dẫn của hệ thống.");
        if (rows.Exists(r => r.State == RowState.Done && r.Action is MailboxAction.Create && r.Subject == FormSubject.Organizations))
            more.Add("Thủ trưởng cơ quan, đơn vị phân công người quản lý hộp thư cơ quan; người được giao sử dụng tài khoản cá nhân của mình để truy cập.");
        if (answer?.Remarks is { Length: > 0 } remarks)
            more.AddRange(remarks.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return Letters.Answer(
            Issuer,
            new(answer?.Number, answer?.SignedOn, answer?.SignerTitle ?? "", answer?.SignerName ?? ""),
            request.OrganizationName,
            RequestKinds.Words(request.Kind),
            request.Number,
            request.DocumentDate,
            [.. rows.Select(r => new AnswerRow(r.Name, r.Subject == FormSubject.People ? string.Join(", ", new[] { r[FormField.Position], r[FormField.Unit] }.Where(t => t.Length > 0)) : "", r.Address ?? r[FormField.Address], Outcome(r)))],
            more);
    }

    private static string Outcome(RequestRow row) => row.State switch
    {
        RowState.Done => $"Đã {Form.Words(row.Action ?? MailboxAction.Change)}",
        RowState.Refused when row.Problem is { } problem => $"Chưa thực hiện: {Vietnamese.Explain(problem)}",
        _ => "",
    };

    // A6.2: the organization's own mailbox, where somebody can read it; else the next one above.
    private static async ValueTask<AnswerRecipient?> RecipientAsync(Tx tx, Request request)
    {
        if (request.Organization is not { } asking)
            return null;
        var opened = (await RowsAsync(tx, request.Id)).Where(r => r.State == RowState.Done && r.Subject == FormSubject.Organizations && r.Action is MailboxAction.Create or MailboxAction.Restore or MailboxAction.Reopen).Select(r => r.Account).ToHashSet();
        foreach (var id in await Authority.AboveAsync(tx, asking))
        {
            var organization = (await OrganizationStore.FindAsync(tx, new(id)))!;
            if (organization.Account is not { } account || (id == asking.Value && opened.Contains(account)))
                continue;
            if (await Accounts.FindAsync(tx, account) is { State: AccountState.Active } mailbox
                && await tx.ScalarAsync<long?>("SELECT 1 FROM grants g JOIN principals p ON p.id = g.principal_id AND p.state = 0 WHERE g.account_id = $1", account.Value) is not null)
                return new(account, mailbox.PrimaryAddress, organization.Name);
        }
        return null;
    }
}

/// <summary>Where an answer goes.</summary>
internal sealed record AnswerRecipient(AccountId Account, string Address, string Name);
