using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CongVu.Formats.Text;
using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Governance.WorkingDays;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Requests;

/// <summary>A file to keep with a request; its content was staged before the transaction began.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="Content">Its bytes.</param>
public sealed record FileToKeep(string Name, string MediaType, StagedContent Content) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

/// <summary>What became of a request that came in.</summary>
/// <param name="Request">The request.</param>
/// <param name="IsNew">False when its document had come before: it is the same request then.</param>
public sealed record RequestAdded(Request Request, bool IsNew);

/// <summary>
/// Requests of organizations, from their receipt to the answer (A6-A8, A14.1). A document is one request however often and by whatever channel it arrives, and the earliest receipt counts.
/// Steps follow <see cref="RequestFlow"/>; each is one transaction with its entry in the history and in the audit trail.
/// </summary>
public sealed partial class RequestStore
{
    /// <summary>Rows of a request: what an operator can look through; larger lists are handed in in parts.</summary>
    public const int MaxRows = 2_000;

    private const int MaxText = 500;

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private const string Columns = """
        r.id, r.reference, r.kind, r.state, r.organization_id, COALESCE(o.name, r.claimed_organization), r.channel, r.number, r.document_date, r.signer, r.requester, r.requester_position, r.phone, r.sender,
        r.owes_document, r.received_on, r.complete_on, r.due_on, r.due_is_provisional, r.owner, r.note,
        (SELECT COUNT(*) FROM request_rows w WHERE w.request_id = r.id AND w.state = 0),
        (SELECT COUNT(*) FROM request_rows w WHERE w.request_id = r.id AND w.state = 1),
        (SELECT COUNT(*) FROM request_rows w WHERE w.request_id = r.id AND w.state = 2),
        r.created_at FROM requests r LEFT JOIN organizations o ON o.id = r.organization_id
        """;

    private readonly GovernanceStore store;

    internal RequestStore(GovernanceStore store)
    {
        this.store = store;
        store.Calendar.Changed.Add(RecountAsync);
    }

    /// <summary>In whose name answers go out.</summary>
    public IssuingBody Issuer { get; set; } = new();

    /// <summary>Records a request that came in, or finds the one that its document is already.</summary>
    public Task<Result<RequestAdded>> AddAsync(Actor actor, RequestToAdd request, IReadOnlyList<FileToKeep> files, CancellationToken cancellationToken) =>
        store.ChangeAsync(tx => AddAsync(tx, actor, request, files), cancellationToken);

    /// <summary>Records a request as part of a larger change.</summary>
    public async ValueTask<Result<RequestAdded>> AddAsync(Tx tx, Actor actor, RequestToAdd request, IReadOnlyList<FileToKeep> files)
    {
        // 1. For whom, and may they?
        if (await RefuseWriterAsync(tx, actor, request.Organization) is { } refused)
            return refused;
        if (request.ReceivedOn is not null && await store.Authority.RefuseAsync(tx, actor, Right.Provision, null) is { } notOperator)
            return notOperator;
        if (Check(request, store.Today) is { } wrong)
            return wrong;

        // 2. The same document again: the earliest receipt counts (A6.1).
        var key = KeyOf(request.Organization, request.Number, request.DocumentDate);
        if (key is not null && await tx.FirstAsync<Request?>($"SELECT {Columns} WHERE r.document_key = $1", Read, key) is { } before)
            return await AgainAsync(tx, actor, before, request, files);

        // 3. A new one.
        var figures = (await AddressStore.ProfileAsync(tx)).Figures;
        IReadOnlyList<FormRow> rows = request.Form?.Rows ?? [];
        var kind = request.Kind ?? RequestKinds.Of(rows, figures);
        var state = request.ReceivedOn is null ? RequestState.Draft : RequestState.Received;
        var id = new RequestId(await tx.ScalarAsync<long>(
            """
            INSERT INTO requests (reference, kind, state, organization_id, claimed_organization, channel, number, document_date, document_key, signer, requester, requester_position, phone, sender, owes_document,
              received_on, complete_on, note, problems, created_by, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17, $18, $19, $20) RETURNING id
            """,
            request.Reference ?? await NextReferenceAsync(tx),
            (int)kind,
            (int)state,
            request.Organization?.Value,
            request.ClaimedOrganization,
            (int)request.Channel,
            request.Number.Trim(),
            Text(request.DocumentDate),
            key,
            request.Signer.Trim(),
            request.Requester.Trim(),
            request.RequesterPosition.Trim(),
            request.Phone.Trim(),
            request.Sender,
            request.Channel == RequestChannel.Phone && request.Number.Length == 0 ? 1 : 0,
            Text(request.ReceivedOn),
            request.Note.Trim(),
            JsonSerializer.Serialize(request.Form?.Problems ?? [], Json),
            actor.Name,
            store.Now));
        await PutRowsAsync(tx, id, kind, rows);
        await KeepAsync(tx, id, RequestDocumentKind.Asked, files);
        await CountAsync(tx, id);
        await RecordAsync(tx, actor, id, "add", state, $"{request.Channel}; {request.Number}");
        return new RequestAdded((await FindAsync(tx, id))!, IsNew: true);
    }

    /// <summary>A request by key, as part of a larger change.</summary>
    public static ValueTask<Request?> FindAsync(Tx tx, RequestId id) => tx.FirstAsync<Request?>($"SELECT {Columns} WHERE r.id = $1", Read, id.Value);

    /// <summary>A request by its reference, or by its key as "#12".</summary>
    public static ValueTask<Request?> FindAsync(Tx tx, string reference) => reference.StartsWith('#') && long.TryParse(reference.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        ? FindAsync(tx, new RequestId(id))
        : tx.FirstAsync<Request?>($"SELECT {Columns} WHERE r.reference = $1", Read, reference.Trim().ToUpperInvariant());

    /// <summary>A request with everything that belongs to it, for somebody who may see its organization's.</summary>
    public async Task<Result<RequestFile>> OpenAsync(Actor actor, RequestId id, CancellationToken cancellationToken) => await store.ReadAsync(
        async tx =>
        {
            if (await FindAsync(tx, id) is not { } request)
                return Problem.NotFound($"#{id.Value}");
            // Who may not see it is not told that it exists.
            if (!await MaySeeAsync(tx, actor, request))
                return Problem.NotFound($"#{id.Value}");
            var problems = await tx.ScalarAsync<string>("SELECT problems FROM requests WHERE id = $1", id.Value);
            return (Result<RequestFile>)new RequestFile(
                request,
                await RowsAsync(tx, id),
                JsonSerializer.Deserialize<CellProblem[]>(problems ?? "[]", Json)!,
                await DocumentsAsync(tx, id),
                await tx.QueryAsync(
                    "SELECT at, actor, what, state, note FROM request_events WHERE request_id = $1 ORDER BY id",
                    row => new RequestEvent(Moment(row.GetInt64(0)), row.GetString(1), row.GetString(2), (RequestState)row.GetInt16(3), row.GetString(4)),
                    id.Value),
                await AnswerAsync(tx, id));
        },
        cancellationToken);

    /// <summary>Requests that <paramref name="actor"/> may see, the most urgent first: those that are open, or all.</summary>
    public ValueTask<List<Request>> ListAsync(Actor actor, bool openOnly, OrganizationId? organization, string? text, int limit, CancellationToken cancellationToken) => store.ReadAsync(
        async tx =>
        {
            var all = await tx.QueryAsync(
                $"SELECT {Columns} WHERE ($1 = 0 OR r.state < {(int)RequestState.Done}) AND ($2 = 0 OR r.organization_id = $2) ORDER BY CASE WHEN r.due_on IS NULL THEN 1 ELSE 0 END, r.due_on, r.id",
                Read,
                openOnly ? 1 : 0,
                organization?.Value ?? 0L);
            var words = VietnameseFolding.Fold(text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var may = new Dictionary<OrganizationId, bool>();
            var seesAll = await store.Authority.MayAsync(tx, actor, Right.View, null);
            var found = new List<Request>();
            foreach (var request in all)
            {
                if (found.Count == limit)
                    break;
                if (!seesAll && (request.Organization is not { } of || !(may.TryGetValue(of, out var known) ? known : may[of] = await store.Authority.MayAsync(tx, actor, Right.View, of))))
                    continue;
                var key = VietnameseFolding.Fold($"{request.Reference} {request.OrganizationName} {request.Number} {request.Requester} {request.Sender}");
                if (words.All(w => key.Contains(w, StringComparison.Ordinal)))
                    found.Add(request);
            }
            return found;
        },
        cancellationToken);

    /// <summary>What is late, and what is due today or on the next working day; and what still owes its document.</summary>
    public async Task<(IReadOnlyList<Request> Late, IReadOnlyList<Request> NearlyLate, IReadOnlyList<Request> OwingDocument)> LateAsync(Actor actor, CancellationToken cancellationToken)
    {
        var open = await ListAsync(actor, openOnly: true, null, null, int.MaxValue, cancellationToken);
        var calendar = await store.Calendar.ReadAsync(cancellationToken);
        var next = calendar.AddWorkingDays(store.Today, 1).Date;
        return (
            [.. open.Where(r => r.DueOn < store.Today)],
            [.. open.Where(r => r.DueOn >= store.Today && r.DueOn <= next)],
            [.. open.Where(r => r.OwesDocument)]);
    }

    /// <summary>The rows of a request in their order.</summary>
    public static ValueTask<List<RequestRow>> RowsAsync(Tx tx, RequestId id) => tx.QueryAsync(
        "SELECT id, position, subject, action, cells, state, problem, address, account_id FROM request_rows WHERE request_id = $1 ORDER BY position", ReadRow, id.Value);

    /// <summary>The files of a request.</summary>
    public static ValueTask<List<RequestDocument>> DocumentsAsync(Tx tx, RequestId id) => tx.QueryAsync(
        "SELECT id, kind, name, media_type, content_id, size, created_at FROM request_documents WHERE request_id = $1 ORDER BY id",
        row => new RequestDocument(row.GetInt64(0), (RequestDocumentKind)row.GetInt16(1), row.GetString(2), row.GetString(3), new(row.GetInt64(4)), row.GetInt64(5), Moment(row.GetInt64(6))),
        id.Value);

    /// <summary>Stages a file's bytes, to be kept with a request.</summary>
    public async Task<FileToKeep> StageAsync(string name, string mediaType, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await using var writer = store.Mail.Contents.Create();
        await writer.WriteAsync(bytes, cancellationToken);
        return new(name, mediaType, await writer.FinishAsync(default, cancellationToken));
    }

    // The same document by another channel, or again by the same one.
    private async ValueTask<Result<RequestAdded>> AgainAsync(Tx tx, Actor actor, Request before, RequestToAdd request, IReadOnlyList<FileToKeep> files)
    {
        if (request.ReceivedOn is { } received && (before.ReceivedOn is null || received < before.ReceivedOn))
        {
            var runsFromReceipt = before.CompleteOn is null || before.CompleteOn == before.ReceivedOn;
            await tx.ExecuteAsync("UPDATE requests SET received_on = $2, complete_on = CASE WHEN $3 = 1 THEN $2 ELSE complete_on END WHERE id = $1", before.Id.Value, VietnamTime.Text(received), runsFromReceipt ? 1 : 0);
        }
        if (before.State is RequestState.Draft or RequestState.Submitted && request.ReceivedOn is not null)
            await tx.ExecuteAsync("UPDATE requests SET state = $2 WHERE id = $1", before.Id.Value, (int)RequestState.Received);
        await tx.ExecuteAsync("UPDATE requests SET owes_document = 0 WHERE id = $1", before.Id.Value);
        // A list that comes with the second copy fills a request that had none.
        if (before.Rows.All == 0 && request.Form is { Rows.Count: > 0 } form)
            await PutFormAsync(tx, before.Id, form);
        await KeepAsync(tx, before.Id, RequestDocumentKind.Supplement, files);
        await CountAsync(tx, before.Id);
        var now = (await FindAsync(tx, before.Id))!;
        await RecordAsync(tx, actor, before.Id, "again", now.State, $"{request.Channel}");
        return new RequestAdded(now, IsNew: false);
    }

    private static async ValueTask PutFormAsync(Tx tx, RequestId id, FormReading form)
    {
        var figures = (await AddressStore.ProfileAsync(tx)).Figures;
        var kind = RequestKinds.Of(form.Rows, figures);
        await tx.ExecuteAsync("UPDATE requests SET kind = $2, problems = $3 WHERE id = $1", id.Value, (int)kind, JsonSerializer.Serialize(form.Problems, Json));
        await PutRowsAsync(tx, id, kind, form.Rows);
    }

    // Rows that are done stay; the others give way to those of the new list.
    private static async ValueTask PutRowsAsync(Tx tx, RequestId id, RequestKind kind, IReadOnlyList<FormRow> rows)
    {
        await tx.ExecuteAsync("DELETE FROM request_rows WHERE request_id = $1 AND state <> $2", id.Value, (int)RowState.Done);
        var position = await tx.ScalarAsync<int?>("SELECT MAX(position) FROM request_rows WHERE request_id = $1", id.Value) ?? 0;
        foreach (var row in rows)
            await tx.ExecuteAsync(
                "INSERT INTO request_rows (request_id, position, subject, action, cells) VALUES ($1, $2, $3, $4, $5)",
                id.Value,
                ++position,
                (int)row.Subject,
                (int?)(row.Action ?? RequestKinds.Action(kind)),
                JsonSerializer.Serialize(row.Values, Json));
    }

    private async ValueTask KeepAsync(Tx tx, RequestId id, RequestDocumentKind kind, IReadOnlyList<FileToKeep> files)
    {
        foreach (var file in files)
        {
            var content = await Contents.KeepAsync(tx, file.Content, store.Now);
            await tx.ExecuteAsync(
                "INSERT INTO request_documents (request_id, kind, name, media_type, content_id, size, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                id.Value,
                (int)kind,
                file.Name,
                file.MediaType,
                content.Value,
                file.Content.Size,
                store.Now);
        }
    }

    /// <summary>Reckons the due day of a request: none while it waits for the organization, or is not received.</summary>
    private async ValueTask CountAsync(Tx tx, RequestId id)
    {
        var request = (await FindAsync(tx, id))!;
        CountedDate? due = request.CompleteOn is { } from && request.State is RequestState.Received or RequestState.InProgress or RequestState.AwaitingSignature
            ? RequestKinds.Limit(request.Kind, (await AddressStore.ProfileAsync(tx)).Figures).DueAfter(request.CompleteOn!.Value, await store.Calendar.ReadAsync(tx))
            : null;
        await tx.ExecuteAsync("UPDATE requests SET due_on = $2, due_is_provisional = $3 WHERE id = $1", id.Value, Text(due?.Date), due is { IsProvisional: true } ? 1 : 0);
    }

    // A new decision on days off moves what is open (A6.2).
    private async ValueTask RecountAsync(Tx tx, WorkingCalendar calendar)
    {
        foreach (var id in await tx.QueryAsync("SELECT id FROM requests WHERE due_on IS NOT NULL", row => row.GetInt64(0)))
            await CountAsync(tx, new(id));
    }

    private async ValueTask RecordAsync(Tx tx, Actor actor, RequestId id, string what, RequestState state, string note)
    {
        await tx.ExecuteAsync("INSERT INTO request_events (request_id, at, actor, what, state, note) VALUES ($1, $2, $3, $4, $5, $6)", id.Value, store.Now, actor.Name, what, (int)state, note);
        await store.AuditAsync(tx, actor, $"request.{what}", $"request {id.Value}", note);
    }

    // Requests are prepared for one's own organization and the units it manages; operators enter what came in.
    private async ValueTask<Problem?> RefuseWriterAsync(Tx tx, Actor actor, OrganizationId? organization) =>
        await store.Authority.MayAsync(tx, actor, Right.Provision, null) ? null
        : organization is { } of ? await store.Authority.RefuseAsync(tx, actor, Right.PrepareRequest, of)
        : new(ProblemKind.NoPermission, nameof(Right.PrepareRequest));

    private async ValueTask<bool> MaySeeAsync(Tx tx, Actor actor, Request request) =>
        await store.Authority.MayAsync(tx, actor, Right.View, null) || (request.Organization is { } of && await store.Authority.MayAsync(tx, actor, Right.View, of));

    private static Problem? Check(RequestToAdd request, DateOnly today)
    {
        if (request.ReceivedOn is { } received && (received > today || received < today.AddYears(-1)))
            return new(ProblemKind.InvalidDate, Shown(received));
        if (request.DocumentDate is { } date && (date > (request.ReceivedOn ?? today) || date < today.AddYears(-2)))
            return new(ProblemKind.InvalidDate, Shown(date));
        foreach (var text in (ReadOnlySpan<string>)[request.Number, request.Signer, request.Requester, request.RequesterPosition, request.Phone, request.Sender, request.ClaimedOrganization])
        {
            if (text.Length > MaxText)
                return new(ProblemKind.TooLong, text[..40], $"{MaxText}");
        }
        return request.Form is { } form ? Check(form) : null;
    }

    private static Problem? Check(FormReading form) =>
        form.Fault != FileFault.None ? new(ProblemKind.UnreadableFile, form.Fault.ToString())
        : form.Rows.Count > MaxRows ? new(ProblemKind.TooManyRows, $"{form.Rows.Count}", $"{MaxRows}")
        : null;

    // "07/SNV-VP" and "7/SNV - VP" are one number.
    internal static string? KeyOf(OrganizationId? organization, string number, DateOnly? date)
    {
        var folded = string.Concat(VietnameseFolding.Fold(number).Where(c => !char.IsWhiteSpace(c))).TrimStart('0');
        return organization is { } of && folded.Any(char.IsDigit) ? string.Create(CultureInfo.InvariantCulture, $"{of.Value}|{folded}|{Text(date)}") : null;
    }

    private async ValueTask<string> NextReferenceAsync(Tx tx)
    {
        var year = store.Today.Year;
        var number = await tx.ScalarAsync<long>("INSERT INTO counters (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value", $"request-{year}");
        return string.Create(CultureInfo.InvariantCulture, $"YC-{year}-{number:D6}");
    }

    private static string? Text(DateOnly? day) => day is { } d ? VietnamTime.Text(d) : null;

    private static string Shown(DateOnly day) => day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);

    private static DateTimeOffset Moment(long at) => DateTimeOffset.FromUnixTimeMilliseconds(at);

    private static DateOnly? Day(DbDataReader row, int column) => row.IsDBNull(column) ? null : VietnamTime.Read(row.GetString(column));

    private static RequestRow ReadRow(DbDataReader row) => new(
        row.GetInt64(0),
        row.GetInt32(1),
        (FormSubject)row.GetInt16(2),
        row.IsDBNull(3) ? null : (MailboxAction)row.GetInt16(3),
        JsonSerializer.Deserialize<Dictionary<FormField, string>>(row.GetString(4), Json)!,
        (RowState)row.GetInt16(5),
        row.IsDBNull(6) ? null : JsonSerializer.Deserialize<Problem>(row.GetString(6), Json),
        row.IsDBNull(7) ? null : row.GetString(7),
        row.IsDBNull(8) ? null : new AccountId(row.GetInt64(8)));

    private static Request Read(DbDataReader row) => new(
        new(row.GetInt64(0)),
        row.GetString(1),
        (RequestKind)row.GetInt16(2),
        (RequestState)row.GetInt16(3),
        row.IsDBNull(4) ? null : new OrganizationId(row.GetInt64(4)),
        row.GetString(5),
        (RequestChannel)row.GetInt16(6),
        row.GetString(7),
        Day(row, 8),
        row.GetString(9),
        row.GetString(10),
        row.GetString(11),
        row.GetString(12),
        row.GetString(13),
        row.GetInt16(14) != 0,
        Day(row, 15),
        Day(row, 16),
        Day(row, 17),
        row.GetInt16(18) != 0,
        row.IsDBNull(19) ? null : row.GetString(19),
        row.GetString(20),
        new((int)row.GetInt64(21), (int)row.GetInt64(22), (int)row.GetInt64(23)),
        Moment(row.GetInt64(24)));
}
