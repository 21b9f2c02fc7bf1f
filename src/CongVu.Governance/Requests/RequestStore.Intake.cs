using CongVu.Governance.Addresses;
using CongVu.Governance.Authorities;
using CongVu.Mail.Store.Database;

namespace CongVu.Governance.Requests;

public sealed partial class RequestStore
{
    /// <summary>The address as A7.1 prints it, which is a slip: it leads to the first intake mailbox where nobody has it.</summary>
    private const string PrintedSlip = "ttcentt.sttt";

    /// <summary>Mailboxes to which requests come (A6.1), the first being the one that answers are sent from; without a domain they are of the first one.</summary>
    public IReadOnlyList<string> IntakeAddresses { get; set; } = ["ttcntt.stttt", "stttt"];

    /// <summary>The intake addresses with their domains, and the spelling that leads to the first of them.</summary>
    internal async Task<(IReadOnlyList<string> Addresses, string Spelling)> IntakeAsync(CancellationToken cancellationToken)
    {
        var domain = await store.Mail.Accounts.DomainsAsync(cancellationToken) is [var first, ..] ? first : "localhost";
        return ([.. IntakeAddresses.Select(a => a.Contains('@', StringComparison.Ordinal) ? a : $"{a}@{domain}")], $"{PrintedSlip}@{domain}");
    }

    /// <summary>A reference for a request that is about to be added, so that the reply to it can be written before.</summary>
    internal async Task<string> ReserveReferenceAsync(Request? request, CancellationToken cancellationToken) =>
        request?.Reference ?? await store.Mail.Database.WriteAsync(NextReferenceAsync, cancellationToken);

    /// <summary>The request that a document is already.</summary>
    internal static async ValueTask<Request?> SameDocumentAsync(Tx tx, RequestToAdd request) =>
        KeyOf(request.Organization, request.Number, request.DocumentDate) is { } key ? await tx.FirstAsync<Request?>($"SELECT {Columns} WHERE r.document_key = $1", Read, key) : null;

    /// <summary>When a request that is about to be added will be due.</summary>
    internal ValueTask<DateOnly?> DueOfAsync(RequestToAdd request, CancellationToken cancellationToken) => store.ReadAsync(
        async tx =>
        {
            var figures = (await AddressStore.ProfileAsync(tx)).Figures;
            var kind = request.Kind ?? RequestKinds.Of(request.Form?.Rows ?? [], figures);
            return request.ReceivedOn is { } day ? RequestKinds.Limit(kind, figures).DueAfter(day, await store.Calendar.ReadAsync(tx)).Date : (DateOnly?)null;
        },
        cancellationToken);

    /// <summary>Notes a mail that joined a request.</summary>
    internal async ValueTask NoteMailAsync(Tx tx, Actor actor, RequestId id, IntakeMail mail, bool isOwn, IReadOnlyList<FileToKeep> files)
    {
        var request = (await FindAsync(tx, id))!;
        await KeepAsync(tx, id, RequestDocumentKind.Supplement, files);
        await RecordAsync(tx, actor, id, isOwn ? "mail" : "foreignMail", request.State, $"{mail.From}: {mail.Subject}");
    }
}
