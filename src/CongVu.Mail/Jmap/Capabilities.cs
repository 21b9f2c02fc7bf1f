namespace CongVu.Mail.Jmap;

/// <summary>The URIs of what is spoken here.</summary>
internal static class Capabilities
{
    internal const string Core = "urn:ietf:params:jmap:core";
    internal const string Mail = "urn:ietf:params:jmap:mail";
    internal const string Submission = "urn:ietf:params:jmap:submission";
    internal const string Vacation = "urn:ietf:params:jmap:vacationresponse";
    internal const string WebSocket = "urn:ietf:params:jmap:websocket";
    internal const string Blob = "urn:ietf:params:jmap:blob";
    internal const string Quota = "urn:ietf:params:jmap:quota";
    internal const string Contacts = "urn:ietf:params:jmap:contacts";

    /// <summary>Those that an account has; the others are the server's.</summary>
    internal static readonly string[] OfAccounts = [Mail, Submission, Vacation, Blob, Quota, Contacts];

    internal static readonly string[] All = [Core, Mail, Submission, Vacation, WebSocket, Blob, Quota, Contacts];
}
