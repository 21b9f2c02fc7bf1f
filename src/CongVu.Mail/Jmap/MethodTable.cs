using System.Text.Json;
using CongVu.Mail.Jmap.Blobs;
using CongVu.Mail.Jmap.Contacts;
using CongVu.Mail.Jmap.Emails;
using CongVu.Mail.Jmap.Mailboxes;
using CongVu.Mail.Jmap.Quotas;
using CongVu.Mail.Jmap.Submission;
using CongVu.Mail.Jmap.Threads;

namespace CongVu.Mail.Jmap;

/// <summary>A method: which capability it belongs to and what it does with its arguments and the response to write.</summary>
internal sealed record Method(string Capability, Func<Call, Utf8JsonWriter, CancellationToken, ValueTask> Run);

/// <summary>Every method spoken here.</summary>
internal static class MethodTable
{
    internal static readonly Dictionary<string, Method> All = new(StringComparer.Ordinal)
    {
        ["Core/echo"] = new(Capabilities.Core, EchoAsync),
        ["Mailbox/get"] = new(Capabilities.Mail, MailboxGet.RunAsync),
        ["Mailbox/changes"] = new(Capabilities.Mail, MailboxChanges.RunAsync),
        ["Mailbox/query"] = new(Capabilities.Mail, MailboxQuery.RunAsync),
        ["Mailbox/queryChanges"] = new(Capabilities.Mail, MailboxQuery.RunChangesAsync),
        ["Mailbox/set"] = new(Capabilities.Mail, MailboxSet.RunAsync),
        ["Thread/get"] = new(Capabilities.Mail, ThreadMethods.GetAsync),
        ["Thread/changes"] = new(Capabilities.Mail, ThreadMethods.ChangesAsync),
        ["Email/get"] = new(Capabilities.Mail, EmailGet.RunAsync),
        ["Email/changes"] = new(Capabilities.Mail, EmailChanges.RunAsync),
        ["Email/query"] = new(Capabilities.Mail, EmailQuery.RunAsync),
        ["Email/queryChanges"] = new(Capabilities.Mail, EmailQuery.RunChangesAsync),
        ["Email/set"] = new(Capabilities.Mail, EmailSet.RunAsync),
        ["Email/copy"] = new(Capabilities.Mail, EmailCopy.RunAsync),
        ["Email/import"] = new(Capabilities.Mail, EmailImport.RunAsync),
        ["Email/parse"] = new(Capabilities.Mail, EmailParse.RunAsync),
        ["Identity/get"] = new(Capabilities.Submission, IdentityMethods.GetAsync),
        ["Identity/changes"] = new(Capabilities.Submission, IdentityMethods.ChangesAsync),
        ["Identity/set"] = new(Capabilities.Submission, IdentityMethods.SetAsync),
        ["EmailSubmission/get"] = new(Capabilities.Submission, SubmissionMethods.GetAsync),
        ["EmailSubmission/changes"] = new(Capabilities.Submission, SubmissionMethods.ChangesAsync),
        ["EmailSubmission/query"] = new(Capabilities.Submission, SubmissionMethods.QueryAsync),
        ["EmailSubmission/queryChanges"] = new(Capabilities.Submission, SubmissionMethods.QueryChangesAsync),
        ["EmailSubmission/set"] = new(Capabilities.Submission, SubmissionMethods.SetAsync),
        ["VacationResponse/get"] = new(Capabilities.Vacation, VacationMethods.GetAsync),
        ["VacationResponse/set"] = new(Capabilities.Vacation, VacationMethods.SetAsync),
        ["SearchSnippet/get"] = new(Capabilities.Mail, SearchSnippetGet.RunAsync),
        ["Blob/copy"] = new(Capabilities.Core, BlobMethods.CopyAsync),
        ["Blob/upload"] = new(Capabilities.Blob, BlobMethods.UploadAsync),
        ["Blob/get"] = new(Capabilities.Blob, BlobMethods.GetAsync),
        ["Blob/lookup"] = new(Capabilities.Blob, BlobMethods.LookupAsync),
        ["Quota/get"] = new(Capabilities.Quota, QuotaMethods.GetAsync),
        ["Quota/changes"] = new(Capabilities.Quota, QuotaMethods.ChangesAsync),
        ["Quota/query"] = new(Capabilities.Quota, QuotaMethods.QueryAsync),
        ["Quota/queryChanges"] = new(Capabilities.Quota, QuotaMethods.QueryChangesAsync),
        ["AddressBook/get"] = new(Capabilities.Contacts, ContactMethods.GetBooksAsync),
        ["AddressBook/changes"] = new(Capabilities.Contacts, ContactMethods.ChangesAsync),
        ["ContactCard/get"] = new(Capabilities.Contacts, ContactMethods.GetCardsAsync),
        ["ContactCard/changes"] = new(Capabilities.Contacts, ContactMethods.ChangesAsync),
        ["ContactCard/query"] = new(Capabilities.Contacts, ContactMethods.QueryCardsAsync),
        ["ContactCard/queryChanges"] = new(Capabilities.Contacts, ContactMethods.ChangesAsync),
    };

    // RFC 8620 §4.
    private static ValueTask EchoAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        foreach (var property in call.Arguments.Element.EnumerateObject())
            call.Arguments.Find(property.Name);
        call.Arguments.Element.WriteTo(json);
        return ValueTask.CompletedTask;
    }
}
