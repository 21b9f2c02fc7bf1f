using System.Text.Json;
using CongVu.Mail.Jmap.Blobs;
using CongVu.Mail.Jmap.Contacts;
using CongVu.Mail.Jmap.Emails;
using CongVu.Mail.Jmap.Mailboxes;
using CongVu.Mail.Jmap.Push;
using CongVu.Mail.Jmap.Quotas;
using CongVu.Mail.Jmap.Submission;
using CongVu.Mail.Jmap.Threads;

namespace CongVu.Mail.Jmap;

/// <summary>A method: which capability it belongs to, the arguments that it takes (null for any), and what it does with them and the response to write.</summary>
internal sealed record Method(string Capability, IReadOnlyList<string>? Arguments, Func<Call, Utf8JsonWriter, CancellationToken, ValueTask> Run);

/// <summary>Every method spoken here.</summary>
internal static class MethodTable
{
    // RFC 8620 §5.1-5.6.
    private static readonly string[] Get = ["accountId", "ids", "properties"];
    private static readonly string[] Changes = ["accountId", "sinceState", "maxChanges"];
    private static readonly string[] Query = ["accountId", "filter", "sort", "position", "anchor", "anchorOffset", "limit", "calculateTotal"];
    private static readonly string[] QueryChanges = ["accountId", "filter", "sort", "sinceQueryState", "maxChanges", "upToId", "calculateTotal"];
    private static readonly string[] Set = ["accountId", "ifInState", "create", "update", "destroy"];
    private static readonly string[] Copy = ["fromAccountId", "ifFromInState", "accountId", "ifInState", "create"];

    internal static readonly Dictionary<string, Method> All = new(StringComparer.Ordinal)
    {
        ["Core/echo"] = new(Capabilities.Core, null, EchoAsync),
        ["PushSubscription/get"] = new(Capabilities.Core, ["ids", "properties"], PushSubscriptionMethods.GetAsync),
        ["PushSubscription/set"] = new(Capabilities.Core, ["create", "update", "destroy"], PushSubscriptionMethods.SetAsync),
        ["Mailbox/get"] = new(Capabilities.Mail, Get, MailboxGet.RunAsync),
        ["Mailbox/changes"] = new(Capabilities.Mail, Changes, MailboxChanges.RunAsync),
        ["Mailbox/query"] = new(Capabilities.Mail, [.. Query, "sortAsTree", "filterAsTree"], MailboxQuery.RunAsync),
        ["Mailbox/queryChanges"] = new(Capabilities.Mail, [.. QueryChanges, "sortAsTree", "filterAsTree"], MailboxQuery.RunChangesAsync),
        ["Mailbox/set"] = new(Capabilities.Mail, [.. Set, "onDestroyRemoveEmails"], MailboxSet.RunAsync),
        ["Thread/get"] = new(Capabilities.Mail, Get, ThreadMethods.GetAsync),
        ["Thread/changes"] = new(Capabilities.Mail, Changes, ThreadMethods.ChangesAsync),
        ["Email/get"] = new(Capabilities.Mail, [.. Get, "bodyProperties", "fetchTextBodyValues", "fetchHTMLBodyValues", "fetchAllBodyValues", "maxBodyValueBytes"], EmailGet.RunAsync),
        ["Email/changes"] = new(Capabilities.Mail, Changes, EmailChanges.RunAsync),
        ["Email/query"] = new(Capabilities.Mail, [.. Query, "collapseThreads"], EmailQuery.RunAsync),
        ["Email/queryChanges"] = new(Capabilities.Mail, [.. QueryChanges, "collapseThreads"], EmailQuery.RunChangesAsync),
        ["Email/set"] = new(Capabilities.Mail, Set, EmailSet.RunAsync),
        ["Email/copy"] = new(Capabilities.Mail, [.. Copy, "onSuccessDestroyOriginal", "destroyFromIfInState"], EmailCopy.RunAsync),
        ["Email/import"] = new(Capabilities.Mail, ["accountId", "ifInState", "emails"], EmailImport.RunAsync),
        ["Email/parse"] = new(Capabilities.Mail, ["accountId", "blobIds", "properties", "bodyProperties", "fetchTextBodyValues", "fetchHTMLBodyValues", "fetchAllBodyValues", "maxBodyValueBytes"], EmailParse.RunAsync),
        ["Identity/get"] = new(Capabilities.Submission, Get, IdentityMethods.GetAsync),
        ["Identity/changes"] = new(Capabilities.Submission, Changes, IdentityMethods.ChangesAsync),
        ["Identity/set"] = new(Capabilities.Submission, Set, IdentityMethods.SetAsync),
        ["EmailSubmission/get"] = new(Capabilities.Submission, Get, SubmissionMethods.GetAsync),
        ["EmailSubmission/changes"] = new(Capabilities.Submission, Changes, SubmissionMethods.ChangesAsync),
        ["EmailSubmission/query"] = new(Capabilities.Submission, Query, SubmissionMethods.QueryAsync),
        ["EmailSubmission/queryChanges"] = new(Capabilities.Submission, QueryChanges, SubmissionMethods.QueryChangesAsync),
        ["EmailSubmission/set"] = new(Capabilities.Submission, [.. Set, "onSuccessUpdateEmail", "onSuccessDestroyEmail"], SubmissionMethods.SetAsync),
        ["VacationResponse/get"] = new(Capabilities.Vacation, Get, VacationMethods.GetAsync),
        ["VacationResponse/set"] = new(Capabilities.Vacation, Set, VacationMethods.SetAsync),
        ["SearchSnippet/get"] = new(Capabilities.Mail, ["accountId", "filter", "emailIds"], SearchSnippetGet.RunAsync),
        ["Blob/copy"] = new(Capabilities.Core, ["fromAccountId", "accountId", "blobIds"], BlobMethods.CopyAsync),
        ["Blob/upload"] = new(Capabilities.Blob, ["accountId", "create"], BlobMethods.UploadAsync),
        ["Blob/get"] = new(Capabilities.Blob, [.. Get, "offset", "length"], BlobMethods.GetAsync),
        ["Blob/lookup"] = new(Capabilities.Blob, ["accountId", "typeNames", "ids"], BlobMethods.LookupAsync),
        ["Quota/get"] = new(Capabilities.Quota, Get, QuotaMethods.GetAsync),
        ["Quota/changes"] = new(Capabilities.Quota, Changes, QuotaMethods.ChangesAsync),
        ["Quota/query"] = new(Capabilities.Quota, Query, QuotaMethods.QueryAsync),
        ["Quota/queryChanges"] = new(Capabilities.Quota, QueryChanges, QuotaMethods.QueryChangesAsync),
        ["AddressBook/get"] = new(Capabilities.Contacts, Get, ContactMethods.GetBooksAsync),
        ["AddressBook/changes"] = new(Capabilities.Contacts, Changes, ContactMethods.ChangesAsync),
        ["AddressBook/set"] = new(Capabilities.Contacts, [.. Set, "onDestroyRemoveContents", "onSuccessSetIsDefault"], ContactMethods.SetAsync),
        ["ContactCard/get"] = new(Capabilities.Contacts, Get, ContactMethods.GetCardsAsync),
        ["ContactCard/changes"] = new(Capabilities.Contacts, Changes, ContactMethods.ChangesAsync),
        ["ContactCard/query"] = new(Capabilities.Contacts, Query, ContactMethods.QueryCardsAsync),
        ["ContactCard/queryChanges"] = new(Capabilities.Contacts, QueryChanges, ContactMethods.QueryChangesAsync),
        ["ContactCard/set"] = new(Capabilities.Contacts, Set, ContactMethods.SetAsync),
    };

    // RFC 8620 §4.
    private static ValueTask EchoAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        call.Arguments.Element.WriteTo(json);
        return ValueTask.CompletedTask;
    }
}
