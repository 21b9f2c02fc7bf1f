using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Email/import (RFC 8621 §4.8): an uploaded message becomes one of the account; its bytes are kept once.</summary>
internal static class EmailImport
{
    private const int MaxFirstLine = 1_024;

    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var account = call.AccountOf();
        var emails = SetRun.Map(call.Arguments, "emails");
        if (emails.Count > call.Limits.MaxObjectsInSet)
            throw new MethodErrorException("requestTooLarge");
        var before = await StateAsync(call, cancellationToken);
        if (call.Arguments.Text("ifInState") is { } expected && expected != before)
            throw new MethodErrorException("stateMismatch");
        var set = SetRun.Read(call, creates: false);
        foreach (var (creation, value) in emails)
            await ImportAsync(call, set, account, creation, value, cancellationToken);
        var after = await StateAsync(call, cancellationToken);
        json.WriteStartObject();
        json.WriteString("accountId"u8, JmapId.Of(account));
        json.WriteString("oldState"u8, before);
        json.WriteString("newState"u8, after);
        set.WriteCreations(json);
        json.WriteEndObject();
    }

    private static async ValueTask<string> StateAsync(Call call, CancellationToken cancellationToken) => await call.InScopeAsync((_, scope) => ValueTask.FromResult(call.State(scope)), cancellationToken);

    private static async ValueTask ImportAsync(Call call, SetRun set, AccountId account, string creation, JsonElement value, CancellationToken cancellationToken)
    {
        try
        {
            if (!value.TryGetProperty("blobId"u8, out var blobId) || blobId.ValueKind != JsonValueKind.String)
                throw SetErrorException.Invalid("A message is made of a blob.", "blobId");
            foreach (var property in value.EnumerateObject())
            {
                if (property.Name is not ("blobId" or "mailboxIds" or "keywords" or "receivedAt"))
                    throw SetErrorException.Invalid($"{property.Name} cannot be set.", property.Name);
            }
            var draft = EmailDraft.Read(call, value);
            await using var blob = await Blob.OpenAsync(call.Store, call.Who, account, call.Resolve(blobId.GetString()!), cancellationToken)
                ?? throw new SetErrorException(new("blobNotFound", "The blob does not exist.") { More = [new("notFound", new[] { blobId.GetString()! })] });
            var start = new System.Buffers.ArrayBufferWriter<byte>(MaxFirstLine);
            await blob.CopyToAsync(start, 0, MaxFirstLine, cancellationToken);
            if (!EmailParse.LooksLikeMessage(start.WrittenSpan))
                throw new SetErrorException(new("invalidEmail", "The blob is no message."));
            var created = blob.Kept is { } kept
                ? await call.Store.Messages.CreateAsync(call.Who, account, null, (kept.Content, kept.Prefix), draft.Mailboxes, draft.Flags, draft.Keywords, draft.Received, cancellationToken)
                : await CopyBytesAsync(call, account, blob, draft, cancellationToken);
            if (created.Ok)
                EmailSet.WriteCreated(set, creation, created.Value);
            else
                set.NotCreated(creation, EmailSet.Error(created.Refusal));
        }
        catch (SetErrorException error)
        {
            set.NotCreated(creation, error.Error);
        }
    }

    private static async ValueTask<Outcome<CreatedMessage>> CopyBytesAsync(Call call, AccountId account, Blob blob, EmailDraft draft, CancellationToken cancellationToken)
    {
        var bytes = await blob.ReadAllAsync(call.Limits.MaxSizeUpload, cancellationToken) ?? throw new SetErrorException(new("tooLarge"));
        await using var writer = call.Store.Contents.Create();
        await writer.WriteAsync(bytes, cancellationToken);
        await using var content = await writer.FinishAsync(default, cancellationToken);
        return await call.Store.Messages.CreateAsync(call.Who, account, content, null, draft.Mailboxes, draft.Flags, draft.Keywords, draft.Received, cancellationToken);
    }
}
