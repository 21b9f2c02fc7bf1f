using System.Buffers;
using System.Globalization;
using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap;

public sealed partial class JmapApi
{
    /// <summary>The session object of <paramref name="who"/> (RFC 8620 §2).</summary>
    /// <param name="who">Who is signed in.</param>
    /// <param name="login">Its name.</param>
    /// <param name="origin">Where this server was reached, "https://host:port".</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<ReadOnlyMemory<byte>> SessionAsync(PrincipalId who, string login, string origin, CancellationToken cancellationToken)
    {
        var accounts = await Store.Messages.AccountsOfAsync(who, cancellationToken);
        var target = new ArrayBufferWriter<byte>(4096);
        await using var json = new Utf8JsonWriter(target, WriterOptions);
        json.WriteStartObject();
        json.WriteStartObject("capabilities"u8);
        WriteCore(json);
        foreach (var capability in Capabilities.All)
        {
            if (capability == Capabilities.WebSocket)
                WriteWebSocket(json, origin);
            else if (capability != Capabilities.Core)
                WriteEmpty(json, capability);
        }
        json.WriteEndObject();
        json.WriteStartObject("accounts"u8);
        foreach (var account in accounts)
            WriteAccount(json, account);
        json.WriteEndObject();
        json.WriteStartObject("primaryAccounts"u8);
        if (accounts.FirstOrDefault(a => a.IsHome) is { } home)
        {
            // §2: of those that an account has.
            foreach (var capability in Capabilities.OfAccounts)
                json.WriteString(capability, JmapId.Of(home.Id));
        }
        json.WriteEndObject();
        json.WriteString("username"u8, login);
        json.WriteString("apiUrl"u8, $"{origin}/jmap/api");
        json.WriteString("downloadUrl"u8, origin + "/jmap/download/{accountId}/{blobId}/{name}?type={type}");
        json.WriteString("uploadUrl"u8, origin + "/jmap/upload/{accountId}/");
        json.WriteString("eventSourceUrl"u8, origin + "/jmap/eventsource?types={types}&closeafter={closeafter}&ping={ping}");
        json.WriteString("state"u8, StateOf(accounts));
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken);
        return target.WrittenMemory;
    }

    /// <summary>The state of the session object: another one when accounts come or go.</summary>
    internal async ValueTask<string> SessionStateAsync(PrincipalId who, CancellationToken cancellationToken) => StateOf(await Store.Messages.AccountsOfAsync(who, cancellationToken));

    private static string StateOf(IReadOnlyList<UsableAccount> accounts)
    {
        var hash = 14695981039346656037UL;
        foreach (var account in accounts)
        {
            foreach (var c in $"{account.Id.Value}|{account.Name}|{account.Address}|{account.IsOwner}")
                hash = unchecked((hash ^ c) * 1099511628211UL);
        }
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private void WriteCore(Utf8JsonWriter json)
    {
        json.WriteStartObject(Capabilities.Core);
        json.WriteNumber("maxSizeUpload"u8, Limits.MaxSizeUpload);
        json.WriteNumber("maxConcurrentUpload"u8, Limits.MaxConcurrentUpload);
        json.WriteNumber("maxSizeRequest"u8, Limits.MaxSizeRequest);
        json.WriteNumber("maxConcurrentRequests"u8, Limits.MaxConcurrentRequests);
        json.WriteNumber("maxCallsInRequest"u8, Limits.MaxCallsInRequest);
        json.WriteNumber("maxObjectsInGet"u8, Limits.MaxObjectsInGet);
        json.WriteNumber("maxObjectsInSet"u8, Limits.MaxObjectsInSet);
        json.WriteStartArray("collationAlgorithms"u8);
        json.WriteStringValue("i;ascii-casemap"u8);
        json.WriteStringValue("i;unicode-casemap"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteWebSocket(Utf8JsonWriter json, string origin)
    {
        json.WriteStartObject(Capabilities.WebSocket);
        // http becomes ws, https becomes wss.
        json.WriteString("url"u8, $"ws{origin["http".Length..]}/jmap/ws");
        json.WriteBoolean("supportsPush"u8, true);
        json.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter json, string capability)
    {
        json.WriteStartObject(capability);
        json.WriteEndObject();
    }

    private void WriteAccount(Utf8JsonWriter json, UsableAccount account)
    {
        json.WriteStartObject(JmapId.Of(account.Id));
        json.WriteString("name"u8, account.Address);
        json.WriteBoolean("isPersonal"u8, account.IsHome);
        json.WriteBoolean("isReadOnly"u8, false);
        json.WriteStartObject("accountCapabilities"u8);
        WriteMail(json, account);
        // Who sees some mailboxes of an account neither sends in its name nor knows its room.
        if (account.IsOwner)
            WriteOwners(json);
        json.WriteStartObject(Capabilities.Blob);
        json.WriteNumber("maxSizeBlobSet"u8, Limits.MaxSizeUpload);
        json.WriteNumber("maxDataSources"u8, 64);
        GetReply.WriteStrings(json, "supportedTypeNames", ["Email", "Mailbox", "Thread"]);
        GetReply.WriteStrings(json, "supportedDigestAlgorithms", ["sha", "sha-256"]);
        json.WriteEndObject();
        if (account.IsHome)
        {
            json.WriteStartObject(Capabilities.Contacts);
            json.WriteNumber("maxAddressBooksPerCard"u8, 1);
            json.WriteBoolean("mayCreateAddressBook"u8, false);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteOwners(Utf8JsonWriter json)
    {
        json.WriteStartObject(Capabilities.Submission);
        json.WriteNumber("maxDelayedSend"u8, (long)Limits.MaxDelayedSend.TotalSeconds);
        json.WriteStartObject("submissionExtensions"u8);
        foreach (var extension in (ReadOnlySpan<string>)["DSN", "FUTURERELEASE", "SMTPUTF8", "SIZE"])
        {
            json.WriteStartArray(extension);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
        WriteEmpty(json, Capabilities.Vacation);
        WriteEmpty(json, Capabilities.Quota);
    }

    private void WriteMail(Utf8JsonWriter json, UsableAccount account)
    {
        json.WriteStartObject(Capabilities.Mail);
        json.WriteNull("maxMailboxesPerEmail"u8);
        json.WriteNull("maxMailboxDepth"u8);
        json.WriteNumber("maxSizeMailboxName"u8, 200);
        json.WriteNumber("maxSizeAttachmentsPerEmail"u8, Limits.MaxSizeAttachmentsPerEmail);
        GetReply.WriteStrings(json, "emailQuerySortOptions", ["receivedAt", "sentAt", "size", "from", "to", "subject", "hasKeyword", "allInThreadHaveKeyword", "someInThreadHaveKeyword"]);
        json.WriteBoolean("mayCreateTopLevelMailbox"u8, account.IsOwner);
        json.WriteEndObject();
    }
}
