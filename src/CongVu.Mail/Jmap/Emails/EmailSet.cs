using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Email/set (RFC 8621 §4.6): messages are made one by one, all changes and removals are one transaction.</summary>
internal static class EmailSet
{
    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var account = call.AccountOf();
        var set = SetRun.Read(call);
        var scope = await call.InScopeAsync((_, found) => ValueTask.FromResult(found), cancellationToken);
        var before = call.State(scope);
        if (set.IfInState is { } expected && expected != before)
            throw new MethodErrorException("stateMismatch");

        // 1. New messages.
        foreach (var (creation, value) in set.Create)
            await CreateAsync(call, set, account, creation, value, cancellationToken);

        // 2. Changes; what is destroyed as well is not changed first.
        var (changes, given) = ReadChanges(call, set);
        if (changes.Count > 0)
        {
            // Creations above have moved the sequence themselves.
            var ifAt = set.IfInState is not null && !set.CreatedCreations.Any() ? scope.ModSeq : (ModSeq?)null;
            var result = await call.Store.Messages.ChangeAsync(call.Who, account, changes, ifAt, cancellationToken) ?? throw new MethodErrorException("accountNotFound");
            if (result.Results.Count == 0)
                throw new MethodErrorException("stateMismatch");
            for (var i = 0; i < changes.Count; i++)
                Report(set, changes[i], given[i], result.Results[i]);
        }
        var after = await call.InScopeAsync((_, found) => ValueTask.FromResult(found), cancellationToken);
        set.Write(json, before, call.State(after));
    }

    private static async ValueTask CreateAsync(Call call, SetRun set, AccountId account, string creation, JsonElement value, CancellationToken cancellationToken)
    {
        try
        {
            var draft = EmailDraft.Read(call, value);
            await using var writer = call.Store.Contents.Create();
            await EmailBuilder.WriteAsync(call, account, value, writer, cancellationToken);
            await using var content = await writer.FinishAsync(default, cancellationToken);
            if (content.AttachmentBytes > call.Limits.MaxSizeAttachmentsPerEmail)
                throw new SetErrorException(new("tooLarge", "The attachments are above the limit.", null) { More = [new("maxSize", call.Limits.MaxSizeAttachmentsPerEmail)] });
            var created = await call.Store.Messages.CreateAsync(call.Who, account, content, null, draft.Mailboxes, draft.Flags, draft.Keywords, draft.Received, cancellationToken);
            if (created.Ok)
                WriteCreated(set, creation, created.Value);
            else
                set.NotCreated(creation, Error(created.Refusal));
        }
        catch (SetErrorException error)
        {
            set.NotCreated(creation, error.Error);
        }
    }

    internal static void WriteCreated(SetRun set, string creation, CreatedMessage created) => set.Created(creation, JmapId.Of(created.Id), json =>
    {
        json.WriteString("blobId"u8, Blob.Of(created.Id));
        json.WriteString("threadId"u8, JmapId.Thread(created.ThreadId));
        json.WriteNumber("size"u8, created.Size);
    });

    internal static SetError Error(Refusal refusal) => refusal switch
    {
        Refusal.NotFound => SetError.InvalidProperties("There is no such mailbox.", "mailboxIds"),
        Refusal.NoPermission => SetError.Forbidden,
        Refusal.TooMany => new("tooManyKeywords"),
        _ => new("overQuota"),
    };

    private static (List<MessageChange> Changes, List<string> Given) ReadChanges(Call call, SetRun set)
    {
        var (changes, given) = (new List<MessageChange>(), new List<string>());
        var destroyed = set.Destroy.ToHashSet(StringComparer.Ordinal);
        foreach (var (id, patch) in set.Update)
        {
            var real = call.Resolve(id);
            if (destroyed.Contains(real))
            {
                set.NotUpdated(id, new("willDestroy"));
                continue;
            }
            try
            {
                changes.Add(JmapId.Message(real) is { } key ? EmailPatch.Read(call, key, patch) : throw new SetErrorException(SetError.NotFound));
                given.Add(id);
            }
            catch (SetErrorException error)
            {
                set.NotUpdated(id, error.Error);
            }
        }
        foreach (var id in set.Destroy)
        {
            if (JmapId.Message(id) is { } key)
            {
                changes.Add(new(key, Destroy: true));
                given.Add(id);
            }
            else
            {
                set.NotDestroyed(id, SetError.NotFound);
            }
        }
        return (changes, given);
    }

    private static void Report(SetRun set, MessageChange change, string id, ChangeRefusal refusal)
    {
        if (refusal == ChangeRefusal.None)
        {
            if (change.Destroy)
                set.Destroyed(id);
            else
                set.Updated(id);
            return;
        }
        var error = refusal switch
        {
            ChangeRefusal.NotFound => SetError.NotFound,
            ChangeRefusal.NoPermission => SetError.Forbidden,
            ChangeRefusal.TooManyKeywords => new("tooManyKeywords"),
            _ => SetError.InvalidProperties(refusal == ChangeRefusal.NoMailbox ? "A message is in one mailbox at least." : "There is no such mailbox.", "mailboxIds"),
        };
        if (change.Destroy)
            set.NotDestroyed(id, error);
        else
            set.NotUpdated(id, error);
    }
}
